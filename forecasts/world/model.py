r"""The world model: one unfitted PyMC model of the whole record.

Five components share the effects of administrations:

1. yearly summits: held in person? does each leader come? do they then meet?
2. background hazards of each kind of contact, and of called-off contacts;
3. plans: the daily hazard that an announced contact is lost;
4. outcomes given contact: level, reception, venue;
5. signals and announcements: how many arrive, how long ahead.

Every number in a prior comes from ``elicited/*.toml``. Where the likelihood is
a sum over counts it is written as such (a potential); its terms, fact by fact,
are in :mod:`forecasts.world.loglik`, which a test holds equal to this graph.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from forecasts.dates import DAYS_PER_YEAR
from forecasts.portfolio.declared import Prior
from forecasts.schema import LEVELS, SERIES, SIDES
from forecasts.world.cases import IN_PERSON_VENUES
from forecasts.world.inputs import SIGNAL_RATE_WINDOW_DAYS, Inputs
from forecasts.world.priors import field

if TYPE_CHECKING:
    import pymc as pm

MODEL_VERSION = "2"
"""Changes whenever the same evidence and priors would give other numbers."""

BILATERAL = "bilateral"


def coordinates(inputs: Inputs) -> dict[str, list[str]]:
    """Named coordinates of every dimension of the posterior."""
    streams = list(inputs.exposure.streams)
    kinds = streams[:-1]
    return {
        "stream": streams,
        "kind": kinds,
        "shared_effect": [*kinds, BILATERAL],
        "effect": [*streams, BILATERAL],
        "administration": list(inputs.exposure.administrations),
        "family": list(inputs.exposure.families),
        "detection_period": list(inputs.exposure.detections),
        "series": list(SERIES),
        "side": list(SIDES),
        "lead_group": list(inputs.leads.groups),
        "cut": list(LEVELS[1:-1]),
        "venue": list(IN_PERSON_VENUES),
        "opportunity": list(inputs.summits.ids),
        "plan": list(inputs.plans.ids),
    }


def build(inputs: Inputs, priors: Mapping[str, Prior]) -> pm.Model:
    """Write the model down, unfitted.

    Parameters
    ----------
    inputs : Inputs
        Arrays of one view.
    priors : mapping of str to Prior
        The portfolio's elicited beliefs, by parameter.

    Returns
    -------
    pymc.Model
        With named dims throughout; nothing is compiled or sampled.
    """
    import pymc as pm

    with pm.Model(coords=coordinates(inputs)) as model:
        prior, observed = _Priors(priors, model), _Observed(inputs)
        effects = _administration_effects(prior)
        _background(prior, observed, effects)
        _summits(prior, observed, effects)
        _plans(prior, observed)
        _announcements(prior, observed)
        _levels(prior, observed)
        _receptions(prior, observed)
        _shares(prior, observed)
    return model


class _Priors:
    """Makes random variables from declared priors, along a dimension of the model."""

    def __init__(self, priors: Mapping[str, Prior], model: pm.Model) -> None:
        self._priors, self._model = priors, model

    def __call__(
        self, name: str, dims: str | tuple[str, str] | None = None, *, per_day: bool = False
    ) -> Any:
        import pymc as pm

        match self._priors[name].distribution:
            case "normal":
                return pm.Normal(
                    name, self._get(name, "mean", dims), self._get(name, "sd", dims), dims=dims
                )
            case "lognormal":
                centre = np.log(
                    self._get(name, "median", dims) / (DAYS_PER_YEAR if per_day else 1.0)
                )
                label = "log_" + name.removesuffix("_per_year")
                return pm.Normal(label, centre, self._get(name, "sigma", dims), dims=dims)
            case "halfnormal":
                return pm.HalfNormal(name, self._get(name, "scale", dims), dims=dims)
            case "dirichlet":
                return pm.Dirichlet(name, self._get(name, "concentration", dims), dims=dims)
            case _:
                return pm.Beta(
                    name, self._get(name, "alpha", dims), self._get(name, "beta", dims), dims=dims
                )

    def size(self, dim: str) -> int:
        """Length of a dimension of the model."""
        return len(self._model.coords[dim] or ())

    def _get(self, name: str, field_name: str, dims: str | tuple[str, str] | None) -> Any:
        """One parameter along the first of `dims`; the second shares it."""
        first = dims if isinstance(dims, str) or dims is None else dims[0]
        names = [] if first is None else list(self._model.coords[first] or ())
        values = field(self._priors, name, field_name, names)
        return values[:, None] if isinstance(dims, tuple) and values.ndim == 1 else values


def _administration_effects(prior: _Priors) -> Any:
    """Log-scale effects of pairs of leaders, dims (administration, effect).

    Each pair brings something of its own, in part shared by all kinds of contact;
    the rest it inherits: a first-order autoregression over pairs in order.
    """
    import pymc as pm
    import pytensor.tensor as pt

    shared = pm.Normal("pair", 0.0, 1.0, dims="administration")
    loading = prior("administration_loading", "shared_effect")
    own = pm.Normal("pair_own", 0.0, 1.0, dims=("administration", "effect"))
    spread = prior("administration_sd", "effect")
    by_effect = pt.concatenate([loading[:-1], pt.zeros(1), loading[-1:]])
    brought = shared[:, None] * by_effect[None, :] + own * spread[None, :]
    persistence = prior("administration_persistence")
    order = np.arange(prior.size("administration"))
    pairs_ago = np.maximum(order[:, None] - order[None, :], 0)
    fresh = pt.sqrt(1.0 - persistence**2)
    weight = pt.power(persistence, pairs_ago) * pt.where(order[None, :] == 0, 1.0, fresh)
    return pt.dot(weight * np.tri(order.size), brought)


def _background(prior: _Priors, observed: _Observed, effects: Any) -> None:
    """Hazards outside the yearly summits: Poisson process with piecewise constant rates."""
    import pymc as pm
    import pytensor.tensor as pt

    log_rate = prior("rate_per_year", "stream", per_day=True)
    scale = prior("signal_scale", "family")
    raw = pm.Normal("signal_raw", 0.0, 1.0, dims=("family", "stream"))
    slope = scale[:, None] * raw
    recency = prior("recency_log_ratio", "stream")
    detection = prior("detection", "detection_period")
    by_pair = log_rate[None, :] + effects[:, :-1]
    log_hazard = by_pair[observed("row_administration")] + (pt.dot(observed("row_reading"), slope))
    full = pt.concatenate([pt.ones(1), detection])
    detected = full[observed("row_detection")]
    recent_days = observed("recent_days")
    at_risk = observed("days") + recent_days * pt.exp(recency)[None, :]
    expected = pt.sum(pt.exp(log_hazard) * detected * at_risk)
    logged = (
        pt.sum(observed("events") * by_pair)
        + pt.sum(observed("event_reading") * slope)
        + pt.sum(observed("recent_events") * recency)
        + pt.sum(observed("detected_events") * pt.log(detection)[None, :])
    )
    pm.Potential("background", logged - expected)


def _summits(prior: _Priors, observed: _Observed, effects: Any) -> None:
    """Held in person; who came; and whether they met, given that both came."""
    import pymc as pm

    in_person = prior("summit_in_person")
    pm.Bernoulli("summit_took_place", in_person, observed=observed("took_place"))
    own, counterpart = prior("own_host"), prior("counterpart_host")
    spread = prior("presence_sd", "side")
    raw = pm.Normal("presence_raw", 0.0, 1.0, dims=("side", "administration"))
    for side, name in enumerate(SIDES):
        log_odds = (
            prior(f"{name}_attends", "series")[observed(f"{name}_series")]
            + own * observed(f"{name}_home")
            + counterpart * observed(f"{name}_away")
            + spread[side] * raw[side, observed(f"{name}_pair")]
        )
        pm.Bernoulli(f"{name}_there", logit_p=log_odds, observed=observed(f"{name}_came"))
    log_odds = (
        prior("bilateral", "series")[observed("bilateral_series")]
        + effects[observed("bilateral_pair"), -1]
        + prior("bilateral_recency") * observed("bilateral_recent")
    )
    pm.Bernoulli("bilateral_held", logit_p=log_odds, observed=observed("bilateral_met"))


def _plans(prior: _Priors, observed: _Observed) -> None:
    r"""Lost plans: daily hazard with a step in the last week, seen through selection.

    A plan is in the table with relative chance 1 when held and :math:`\delta`
    when lost, so its likelihood is that of its fate among plans in the table.
    """
    import pymc as pm
    import pytensor.tensor as pt

    base, step = prior("loss_log_hazard"), prior("loss_last_week")
    detection = prior("lost_plan_detection")
    share = prior("postponed_share")
    prior("postponed_returns")
    early, late = pt.exp(base), pt.exp(base + step)
    survival = pt.exp(-(early * observed("early_days") + late * observed("late_days")))
    recorded = pt.log(survival + detection * (1.0 - survival))
    survived = -early * observed("early_survived")
    survived -= late * observed("late_survived")
    lost = pt.log(detection) + base + step * observed("lost_late")
    was_lost = observed("lost")
    pm.Potential("plan_fate", pt.sum(survived + was_lost * lost - recorded))
    count = observed("postponed").sum()
    pm.Potential("postponed", _binomial(count, was_lost.sum(), share))


def _announcements(prior: _Priors, observed: _Observed) -> None:
    import pymc as pm
    import pytensor.tensor as pt

    share = prior("announced_share", "lead_group")
    announced, contacts = observed("announced"), observed("contacts")
    pm.Potential("announcements", pt.sum(_binomial(announced, contacts, share)))
    centre, spread = prior("lead_log_days", "lead_group"), prior("lead_log_sd")
    centres = centre[observed("lead_of")]
    pm.Normal("lead", centres, spread, observed=observed("log_days"))
    log_rate = prior("signal_rate_per_year", "family", per_day=True)
    expected = pm.math.exp(log_rate) * SIGNAL_RATE_WINDOW_DAYS
    prior("standstill_rate_per_year", per_day=True)
    pm.Poisson("signal_count", expected, observed=observed("recent_count").astype("int64"))


def _levels(prior: _Priors, observed: _Observed) -> None:
    """Ordered logistic of none, dialogue and deliverable or more, on counts of equal cases.

    What share of the last are breakthroughs is the same for all: a few in fifty
    years cannot say whom they favour, and proportional odds would let a pair
    that announces deliverables at every meeting promise breakthroughs too.
    """
    import pymc as pm
    import pytensor.tensor as pt

    first = prior("level_first_cut")
    second = first + pt.softplus(prior("level_cut_step"))
    cuts = pm.Deterministic("level_cuts", pt.stack([first, second]), dims="cut")
    kind = prior("level_kind_sd") * pm.Normal("level_kind_raw", 0.0, 1.0, dims="kind")
    pair = prior("level_sd") * pm.Normal("level_pair_raw", 0.0, 1.0, dims="administration")
    own = prior("level_own", ("kind", "administration"))
    score = (
        kind[observed("kind")]
        + prior("level_visit") * observed("visit")
        + pair[observed("administration")]
        + own[observed("kind"), observed("administration")]
    )
    below = pt.sigmoid(cuts[None, :] - score[:, None])
    edge = pt.zeros_like(below[:, :1])
    limits = pt.concatenate([edge, below, edge + 1.0], axis=1)
    count = observed("level_count")
    substance = count[:, -2:].sum(axis=0)
    merged = pt.concatenate([count[:, :-2], count[:, -2:].sum(axis=1, keepdims=True)], axis=1)
    pm.Potential("levels", pt.sum(merged * pt.log(limits[:, 1:] - limits[:, :-1])))
    share = prior("breakthrough_share")
    pm.Potential("breakthroughs", _binomial(substance[1], substance.sum(), share))


def _receptions(prior: _Priors, observed: _Observed) -> None:
    import pymc as pm

    kind = prior("received_kind_sd") * pm.Normal("received_kind_raw", 0.0, 1.0, dims="kind")
    log_odds = (
        prior("received")
        + kind[observed("received_kind")]
        + prior("received_beijing") * observed("received_beijing")
        + prior("received_trend") * observed("received_decade")
    )
    pm.Bernoulli("reception", logit_p=log_odds, observed=observed("received"))


def _shares(prior: _Priors, observed: _Observed) -> None:
    """Venues of background contacts, and the secretary beside a visiting president."""
    import pymc as pm
    import pytensor.tensor as pt

    venue = prior("venue_share", ("kind", "venue"))
    pm.Potential("venues", pt.sum(observed("venue_count") * pt.log(venue)))
    accompanies = prior("secretary_accompanies")
    company = observed("company")
    pm.Potential("accompanied", _binomial(company[0], company[1], accompanies))


def _binomial(count: Any, size: Any, share: Any) -> Any:
    """Log likelihood of `count` of `size`, without the constant."""
    import pytensor.tensor as pt

    return count * pt.log(share) + (size - count) * pt.log1p(-share)


class _Observed:
    """Hands out observed arrays from one packed vector in the graph.

    The sampler's compiler pays for every shared array, and a constant in the
    graph would mean a new compilation for every new fact. Packed, with the
    bounds of each array as data too, a longer record needs neither.
    """

    def __init__(self, inputs: Inputs) -> None:
        import pymc as pm

        self._arrays = observed_arrays(inputs)
        vectors = packed(inputs)
        self._packed = pm.Data("observed", vectors["observed"])
        self._bounds = pm.Data("observed_bounds", vectors["observed_bounds"])

    def __call__(self, name: str) -> Any:
        """Array `name`, as integers where it holds codes or counts."""
        array = self._arrays[name]
        at = list(self._arrays).index(name)
        part = self._packed[self._bounds[at] : self._bounds[at + 1]]
        if array.dtype.kind in "iub":
            part = part.astype("int64")
        return part.reshape((-1, *array.shape[1:])) if array.ndim > 1 else part


def packed(inputs: Inputs) -> dict[str, np.ndarray]:
    """The two vectors that a compiled model reads its data from, by name."""
    parts = [np.ravel(array).astype(np.float64) for array in observed_arrays(inputs).values()]
    bounds = np.cumsum([0, *(part.size for part in parts)])
    return {"observed": np.concatenate(parts), "observed_bounds": bounds.astype(np.int64)}


def observed_arrays(inputs: Inputs) -> dict[str, np.ndarray]:
    """Arrays that the graph reads, by name; each has at least one dim."""
    seen, past, plans = inputs.exposure, inputs.summits, inputs.plans
    leads, cases = inputs.leads, inputs.outcomes
    named: dict[str, Any] = {
        "row_administration": seen.row_administration,
        "row_reading": seen.row_reading,
        "days": seen.days,
        "recent_days": seen.recent_days,
        "row_detection": seen.row_detection,
        "events": seen.events,
        "event_reading": seen.event_reading,
        "recent_events": seen.recent_events,
        "detected_events": seen.detected_events,
    }
    for side in SIDES:
        there = past.us_attends if side == "us" else past.prc_attends
        home, away = (past.us_hosts, past.prc_hosts)[:: 1 if side == "us" else -1]
        rows = np.flatnonzero(there >= 0)
        columns = {"series": past.series, "home": home, "away": away, "pair": past.administration}
        named |= {f"{side}_{name}": column[rows] for name, column in columns.items()}
        named[f"{side}_came"] = there[rows]
    rows = np.flatnonzero(past.bilateral >= 0)
    named |= {
        "took_place": past.in_person[past.in_person >= 0],
        "bilateral_series": past.series[rows],
        "bilateral_pair": past.administration[rows],
        "bilateral_recent": past.recent[rows],
        "bilateral_met": past.bilateral[rows],
        "lead_of": leads.group,
        "log_days": leads.log_days,
        "announced": leads.announced,
        "contacts": leads.contacts,
        "recent_count": inputs.signals.recent_count,
        "company": np.array([cases.accompanied, cases.leader_visits_to_prc]),
    }
    for group, names in (
        (plans, "lost postponed lost_late early_days late_days early_survived late_survived"),
        (cases, "kind visit administration level_count received received_kind"),
        (cases, "received_beijing received_decade venue_count"),
    ):
        named |= {name: getattr(group, name) for name in names.split()}
    return {name: np.atleast_1d(array) for name, array in named.items()}
