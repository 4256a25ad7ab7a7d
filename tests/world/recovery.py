"""Made-up records: facts drawn from the model itself, for known parameters.

Each function takes one prior draw (an xarray Dataset without chain and draw)
and the arrays of a real view, whose covariates it keeps.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import xarray as xr

from forecasts.world.cases import PlanCases
from forecasts.world.draws import administration_effects, slopes
from forecasts.world.exposure import Exposure
from forecasts.world.inputs import Inputs
from forecasts.world.loglik import expit
from forecasts.world.model import observed_arrays
from forecasts.world.priors import Floats

Rng = np.random.Generator


def pretended(truth: xr.Dataset, real: Inputs, rng: Rng) -> Inputs:
    """Inputs in which hazards, bilaterals, plans and levels follow from `truth`."""
    one = truth.expand_dims("sample")
    return replace(
        real,
        exposure=background(one, real.exposure, rng),
        summits=replace(real.summits, bilateral=_bilaterals(one, real, rng)),
        plans=_plans(truth, real, rng),
        outcomes=replace(real.outcomes, level_count=_levels(truth, real, rng)),
    )


def expected_events(one: xr.Dataset, seen: Exposure) -> tuple[Floats, Floats]:
    """Expected events of each row outside and inside the 28 days after a contact."""
    effects, _ = administration_effects(one)
    by_pair = one["log_rate"].to_numpy()[0] + effects[0]
    hazard = np.exp(by_pair[seen.row_administration] + seen.row_reading @ slopes(one)[0])
    full = np.concatenate([[1.0], one["detection"].to_numpy()[0]])
    hazard = hazard * full[seen.row_detection]
    ratio = np.exp(one["recency_log_ratio"].to_numpy()[0])
    return hazard * seen.days, hazard * seen.recent_days * ratio


def background(one: xr.Dataset, seen: Exposure, rng: Rng) -> Exposure:
    """Poisson counts of every row, summed as the model reads them."""
    usual, fresh = (rng.poisson(mean) for mean in expected_events(one, seen))
    counts = (usual + fresh).astype(float)
    events = np.zeros_like(seen.events)
    np.add.at(events, seen.row_administration, counts)
    detected = np.stack(
        [
            (counts * (seen.row_detection == number)).sum(axis=0)
            for number in range(1, len(seen.detections) + 1)
        ],
        axis=1,
    )
    return replace(
        seen,
        events=events,
        event_reading=seen.row_reading.T @ counts,
        recent_events=fresh.sum(axis=0).astype(float),
        detected_events=detected,
    )


def _bilaterals(one: xr.Dataset, real: Inputs, rng: Rng) -> np.ndarray:
    past = real.summits
    _, effect = administration_effects(one)
    odds = one["bilateral"].to_numpy()[0][past.series] + effect[0][past.administration]
    odds = odds + float(one["bilateral_recency"][0]) * past.recent
    met = rng.uniform(size=odds.size) < expit(odds)
    return np.where(past.bilateral >= 0, met.astype(np.int64), -1)


def _plans(truth: xr.Dataset, real: Inputs, rng: Rng) -> PlanCases:
    """Fates of the plans in the table, where a lost plan is seen with a lower chance."""
    plans, size = real.plans, len(real.plans.ids)
    low = float(np.exp(truth["loss_log_hazard"]))
    high = low * float(np.exp(truth["loss_last_week"]))
    budget = low * plans.early_days + high * plans.late_days
    lost_share = -np.expm1(-budget)
    seen = float(truth["lost_plan_detection"]) * lost_share
    lost = rng.uniform(size=size) < seen / (seen + np.exp(-budget))
    spent = -np.log1p(-rng.uniform(size=size) * lost_share)
    early = low * plans.early_days
    survived_early = np.minimum(spent / low, plans.early_days)
    survived_late = np.maximum(spent - early, 0.0) / high
    return replace(
        plans,
        lost=lost.astype(np.int64),
        postponed=(lost & (rng.uniform(size=size) < float(truth["postponed_share"]))).astype(
            np.int64
        ),
        lost_late=(lost & (spent > early)).astype(np.int64),
        early_survived=np.where(lost, survived_early, plans.early_days),
        late_survived=np.where(lost, survived_late, plans.late_days),
    )


def _levels(truth: xr.Dataset, real: Inputs, rng: Rng) -> Floats:
    cases = real.outcomes
    kind = (truth["level_kind_sd"] * truth["level_kind_raw"]).to_numpy()
    pair = (truth["level_sd"] * truth["level_pair_raw"]).to_numpy()
    own = truth["level_own"].transpose("kind", "administration").to_numpy()
    score = kind[cases.kind] + float(truth["level_visit"]) * cases.visit
    score = score + pair[cases.administration] + own[cases.kind, cases.administration]
    first = float(truth["level_first_cut"])
    second = first + float(np.logaddexp(0.0, truth["level_cut_step"]))
    low, middle = expit(first - score), expit(second - score)
    share = float(truth["breakthrough_share"])
    chances = np.stack(
        [low, middle - low, (1 - middle) * (1 - share), (1 - middle) * share], axis=1
    )
    totals = cases.level_count.sum(axis=1).astype(int)
    return rng.multinomial(totals, chances).astype(float)


def packed(made: Inputs) -> dict[str, np.ndarray]:
    """The two vectors that a compiled model reads its data from."""
    parts = [np.ravel(array).astype(np.float64) for array in observed_arrays(made).values()]
    bounds = np.concatenate([[0], np.cumsum([part.size for part in parts])])
    return {"observed": np.concatenate(parts), "observed_bounds": bounds.astype(np.int64)}
