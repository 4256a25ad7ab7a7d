"""Log likelihood of the record, fact by fact, for given parameters.

The model sums these terms inside its graph; here each stands alone, in NumPy,
for reweighting, leave-future-out and power-scaling. A test holds their sums
equal to the graph's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from forecasts.schema import SIDES
from forecasts.world.draws import administration_effects, slopes
from forecasts.world.exposure import Exposure
from forecasts.world.inputs import SIGNAL_RATE_WINDOW_DAYS, Inputs
from forecasts.world.priors import Floats

if TYPE_CHECKING:
    import xarray as xr


def log_likelihood(posterior: xr.Dataset, inputs: Inputs) -> xr.Dataset:
    """Pointwise log likelihood of every component.

    Parameters
    ----------
    posterior : xarray.Dataset, dims (chain, draw, ...)
        Parameters; any draws will do, prior ones too.
    inputs : Inputs

    Returns
    -------
    xarray.Dataset, dims (chain, draw, ...)
        One variable a component of the model, without constants of counts:
        ``background`` by stream (events and exposure of its whole record),
        ``plan_fate`` by plan, ``level`` by case of equal covariates,
        ``bilateral_held``, ``us_there``, ``prc_there`` and ``summit_took_place``
        by summit in the order of the inputs, ``announcements`` and ``lead`` by
        group and announced contact, ``signal_count`` by family, ``reception``
        by trip, ``venues`` by kind, ``postponed`` and ``accompanied`` as one term.
    """
    import xarray as xr

    flat = posterior.stack(sample=("chain", "draw")).transpose("sample", ...)
    shape = (posterior.sizes["chain"], posterior.sizes["draw"])
    terms = {"background": ("stream", background(flat, inputs)), **components(flat, inputs)}
    return xr.Dataset(
        {
            name: (("chain", "draw", dim), values.reshape(*shape, -1))
            for name, (dim, values) in terms.items()
        },
        coords={
            "chain": posterior["chain"],
            "draw": posterior["draw"],
            "stream": list(inputs.exposure.streams),
            "plan": list(inputs.plans.ids),
        },
    )


def components(flat: xr.Dataset, inputs: Inputs) -> dict[str, tuple[str, Floats]]:
    """Every component but the background, by name: its dim, and terms with dims (sample, dim)."""
    took_place = inputs.summits.in_person[inputs.summits.in_person >= 0]
    in_person = flat["summit_in_person"].to_numpy()[:, None]
    terms = {
        "plan_fate": ("plan", plan_fate(flat, inputs)),
        "postponed": ("postponed_case", postponed(flat, inputs)),
        "level": ("level_case", level(flat, inputs)),
        "bilateral_held": ("bilateral_case", bilateral_held(flat, inputs)),
        "summit_took_place": ("summit_case", binomial(took_place, 1, in_person)),
        "announcements": ("lead_group", announcements(flat, inputs)),
        "lead": ("announced_contact", lead(flat, inputs)),
        "signal_count": ("family", signal_count(flat, inputs)),
        "reception": ("trip", reception(flat, inputs)),
        "venues": ("kind", venues(flat, inputs)),
        "accompanied": ("visit_case", accompanied(flat, inputs)),
    }
    for side in SIDES:
        terms[f"{side}_there"] = (f"{side}_case", there(flat, inputs, side))
    return terms


def background(flat: xr.Dataset, inputs: Inputs) -> Floats:
    """Poisson process terms, dims (sample, stream)."""
    seen = inputs.exposure
    effects, _ = administration_effects(flat)
    by_pair = flat["log_rate"].to_numpy()[:, None, :] + effects
    slope, recency = slopes(flat), flat["recency_log_ratio"].to_numpy()
    full = full_detection(flat)
    terms = np.empty(recency.shape)
    for sample in range(len(terms)):
        log_hazard = by_pair[sample, seen.row_administration] + seen.row_reading @ slope[sample]
        at_risk = seen.days + seen.recent_days * np.exp(recency[sample])
        expected = np.exp(log_hazard) * full[sample, seen.row_detection] * at_risk
        terms[sample] = -expected.sum(axis=0)
    return np.asarray(terms + logged(flat, seen))


def full_detection(flat: xr.Dataset) -> Floats:
    """Share of events on record, full recording first, dims (sample, 1 + detection)."""
    detection = flat["detection"].to_numpy()
    return np.concatenate([np.ones((len(detection), 1)), detection], axis=1)


def logged(flat: xr.Dataset, seen: Exposure) -> Floats:
    """Sum of log hazards over events, dims (sample, stream): linear in the counts of `seen`."""
    effects, _ = administration_effects(flat)
    by_pair = flat["log_rate"].to_numpy()[:, None, :] + effects
    terms = np.einsum("as,nas->ns", seen.events, by_pair)
    terms += np.einsum("fs,nfs->ns", seen.event_reading, slopes(flat))
    terms += seen.recent_events * flat["recency_log_ratio"].to_numpy()
    terms += np.log(flat["detection"].to_numpy()) @ seen.detected_events.T
    return np.asarray(terms)


def plan_fate(flat: xr.Dataset, inputs: Inputs) -> Floats:
    """Fate of each plan among the plans in the table, dims (sample, plan)."""
    plans = inputs.plans
    base, step = (flat[name].to_numpy()[:, None] for name in ("loss_log_hazard", "loss_last_week"))
    detection = flat["lost_plan_detection"].to_numpy()[:, None]
    early, late = np.exp(base), np.exp(base + step)
    survival = np.exp(-(early * plans.early_days + late * plans.late_days))
    survived = -(early * plans.early_survived + late * plans.late_survived)
    lost = np.log(detection) + base + step * plans.lost_late
    return np.asarray(survived + plans.lost * lost - np.log(survival + detection * (1 - survival)))


def postponed(flat: xr.Dataset, inputs: Inputs) -> Floats:
    """How many lost plans were postponed, dims (sample, 1)."""
    count = np.array([inputs.plans.postponed.sum()])
    return binomial(
        count, int(inputs.plans.lost.sum()), flat["postponed_share"].to_numpy()[:, None]
    )


def announcements(flat: xr.Dataset, inputs: Inputs) -> Floats:
    """How many contacts were announced, dims (sample, lead_group)."""
    leads = inputs.leads
    return binomial(leads.announced, leads.contacts, flat["announced_share"].to_numpy())


def lead(flat: xr.Dataset, inputs: Inputs) -> Floats:
    """Log of days from announcement to contact, dims (sample, announced_contact)."""
    centre = flat["lead_log_days"].to_numpy()[:, inputs.leads.group]
    spread = flat["lead_log_sd"].to_numpy()[:, None]
    score = (inputs.leads.log_days - centre) / spread
    return np.asarray(-0.5 * score**2 - np.log(spread) - 0.5 * np.log(2 * np.pi))


def signal_count(flat: xr.Dataset, inputs: Inputs) -> Floats:
    """Poisson counts of recent signals, dims (sample, family), without log factorials."""
    log_rate = flat["log_signal_rate"].to_numpy()
    expected = np.exp(log_rate) * SIGNAL_RATE_WINDOW_DAYS
    return np.asarray(inputs.signals.recent_count * np.log(expected) - expected)


def reception(flat: xr.Dataset, inputs: Inputs) -> Floats:
    """Whether the paramount leader received the visitor, dims (sample, trip)."""
    cases = inputs.outcomes
    kind = flat["received_kind_sd"].to_numpy()[:, None] * flat["received_kind_raw"].to_numpy()
    odds = flat["received"].to_numpy()[:, None] + kind[:, cases.received_kind]
    odds = odds + flat["received_beijing"].to_numpy()[:, None] * cases.received_beijing
    odds = odds + flat["received_trend"].to_numpy()[:, None] * cases.received_decade
    return bernoulli(cases.received, odds)


def venues(flat: xr.Dataset, inputs: Inputs) -> Floats:
    """Where background contacts took place, dims (sample, kind)."""
    share = flat["venue_share"].transpose("sample", "kind", "venue").to_numpy()
    return np.asarray((inputs.outcomes.venue_count * np.log(share)).sum(axis=-1))


def accompanied(flat: xr.Dataset, inputs: Inputs) -> Floats:
    """How often the secretary came along with a president, dims (sample, 1)."""
    cases = inputs.outcomes
    share = flat["secretary_accompanies"].to_numpy()[:, None]
    return binomial(np.array([cases.accompanied]), cases.leader_visits_to_prc, share)


def level(flat: xr.Dataset, inputs: Inputs) -> Floats:
    """Ordered logistic and breakthrough terms of each case, dims (sample, case)."""
    cases = inputs.outcomes
    kind = (flat["level_kind_sd"] * flat["level_kind_raw"]).transpose("sample", "kind").to_numpy()
    pair = (flat["level_sd"] * flat["level_pair_raw"]).transpose("sample", "administration")
    own = flat["level_own"].transpose("sample", "kind", "administration")
    visit = flat["level_visit"].to_numpy()[:, None]
    score = kind[:, cases.kind] + visit * cases.visit + pair.to_numpy()[:, cases.administration]
    score = score + own.to_numpy()[:, cases.kind, cases.administration]
    below = expit(flat["level_cuts"].to_numpy()[:, None, :] - score[:, :, None])
    edge = np.zeros((*below.shape[:2], 1))
    limits = np.concatenate([edge, below, edge + 1], axis=-1)
    count = cases.level_count
    merged = np.concatenate([count[:, :-2], count[:, -2:].sum(axis=1, keepdims=True)], axis=1)
    terms = (merged * np.log(np.diff(limits, axis=-1))).sum(axis=-1)
    share = flat["breakthrough_share"].to_numpy()[:, None]
    terms += count[:, -1] * np.log(share) + count[:, -2] * np.log1p(-share)
    return np.asarray(terms)


def bilateral_held(flat: xr.Dataset, inputs: Inputs) -> Floats:
    """Whether the leaders met, given that both were there, dims (sample, case)."""
    past = inputs.summits
    rows = np.flatnonzero(past.bilateral >= 0)
    _, effect = administration_effects(flat)
    odds = flat["bilateral"].to_numpy()[:, past.series[rows]] + effect[:, past.administration[rows]]
    odds = odds + flat["bilateral_recency"].to_numpy()[:, None] * past.recent[rows]
    return bernoulli(past.bilateral[rows], odds)


def there(flat: xr.Dataset, inputs: Inputs, side: str) -> Floats:
    """Whether a leader came, dims (sample, case)."""
    past = inputs.summits
    attends = past.us_attends if side == "us" else past.prc_attends
    home, away = (past.us_hosts, past.prc_hosts)[:: 1 if side == "us" else -1]
    rows = np.flatnonzero(attends >= 0)
    spread = flat["presence_sd"].sel(side=side) * flat["presence_raw"].sel(side=side)
    odds = flat[f"{side}_attends"].to_numpy()[:, past.series[rows]]
    odds = odds + flat["own_host"].to_numpy()[:, None] * home[rows]
    odds = odds + flat["counterpart_host"].to_numpy()[:, None] * away[rows]
    odds = (
        odds + spread.transpose("sample", "administration").to_numpy()[:, past.administration[rows]]
    )
    return bernoulli(attends[rows], odds)


def bernoulli(happened: np.ndarray, log_odds: Floats) -> Floats:
    """Log probability of 0/1 outcomes."""
    return np.asarray(-np.logaddexp(0.0, np.where(happened == 1, -log_odds, log_odds)))


def binomial(count: np.ndarray, size: np.ndarray | int, share: Floats) -> Floats:
    """Log likelihood of `count` of `size`, without the constant."""
    return np.asarray(count * np.log(share) + (size - count) * np.log1p(-share))


def expit(log_odds: Floats) -> Floats:
    """Inverse of the log-odds."""
    return np.asarray(0.5 * (1.0 + np.tanh(0.5 * log_odds)))
