"""Made-up records: facts drawn from the model itself, for known parameters.

A replica keeps what the model takes as given (days at risk, readings, who was
in office, how many contacts there were to be announced, received or judged)
and draws everything that the likelihood is a likelihood of. It serves to ask
whether sampling finds parameters that are known, and whether records like the
real one are usual among those that a posterior expects.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from forecasts.schema import LEVELS, SIDES
from forecasts.world.cases import LeadCases, OutcomeCases, PlanCases
from forecasts.world.draws import administration_effects, slopes
from forecasts.world.exposure import Exposure, Ints
from forecasts.world.inputs import SIGNAL_RATE_WINDOW_DAYS, Inputs, SignalState
from forecasts.world.loglik import expit, full_detection
from forecasts.world.priors import Floats
from forecasts.world.summits import UNKNOWN, PastSummits

if TYPE_CHECKING:
    import xarray as xr

Rng = np.random.Generator


def replica(truth: xr.Dataset, real: Inputs, rng: Rng) -> Inputs:
    """Draw a record from the model, with the covariates of a real one.

    Parameters
    ----------
    truth : xarray.Dataset
        One draw of every parameter, prior or posterior, without chain and draw.
    real : Inputs
        Arrays of a view.
    rng : numpy.random.Generator

    Returns
    -------
    Inputs
        Every observed number of `real` replaced. At a summit that takes place
        in the replica, a leader's coming is recorded unless the record does not
        say it of the real one.
    """
    one = truth.expand_dims("sample")
    return replace(
        real,
        exposure=background(one, real.exposure, rng),
        summits=_summits(one, real.summits, rng),
        plans=_plans(truth, real.plans, rng),
        leads=_leads(truth, real.leads, rng),
        outcomes=_outcomes(truth, real.outcomes, rng),
        signals=_signals(truth, real.signals, rng),
    )


def with_cuts(prior: xr.Dataset) -> xr.Dataset:
    """Add the cut-points of levels, which the prior's draws give as a first and a step.

    Parameters
    ----------
    prior : xarray.Dataset
        Draws of the free parameters, whatever their dims.
    """
    import xarray as xr

    if "level_cuts" in prior:
        return prior
    first, step = prior["level_first_cut"], np.logaddexp(0.0, prior["level_cut_step"])
    cuts = xr.concat([first, first + step], dim="cut").assign_coords(cut=list(LEVELS[1:-1]))
    return prior.assign(level_cuts=cuts)


def expected_events(one: xr.Dataset, seen: Exposure) -> tuple[Floats, Floats]:
    """Expected events on record, outside and inside the 28 days after a contact.

    Parameters
    ----------
    one : xarray.Dataset, dims (sample, ...)
        A single draw.
    seen : Exposure

    Returns
    -------
    array, dims (row, stream), and array, dims (row, stream)
    """
    effects, _ = administration_effects(one)
    by_pair = one["log_rate"].to_numpy()[0] + effects[0]
    hazard = np.exp(by_pair[seen.row_administration] + seen.row_reading @ slopes(one)[0])
    hazard = hazard * full_detection(one)[0][seen.row_detection]
    ratio = np.exp(one["recency_log_ratio"].to_numpy()[0])
    return hazard * seen.days, hazard * seen.recent_days * ratio


def background(one: xr.Dataset, seen: Exposure, rng: Rng) -> Exposure:
    """Poisson counts of every row, summed as the model reads them."""
    usual, fresh = (rng.poisson(mean) for mean in expected_events(one, seen))
    counts = (usual + fresh).astype(float)
    events = np.zeros_like(seen.events)
    np.add.at(events, seen.row_administration, counts)
    periods = range(1, len(seen.detections) + 1)
    detected = [(counts * (seen.row_detection == period)).sum(axis=0) for period in periods]
    return replace(
        seen,
        events=events,
        event_reading=seen.row_reading.T @ counts,
        recent_events=fresh.sum(axis=0).astype(float),
        detected_events=np.stack(detected, axis=1),
    )


def _summits(one: xr.Dataset, past: PastSummits, rng: Rng) -> PastSummits:
    """Held in person, who came, and whether they met, each where the one before allows it."""
    held = rng.uniform(size=past.in_person.size) < float(one["summit_in_person"][0])
    in_person = np.where(past.in_person >= 0, held, UNKNOWN)
    came = {side: _presence(one, past, in_person, side, rng) for side in SIDES}
    _, effect = administration_effects(one)
    odds = one["bilateral"].to_numpy()[0][past.series] + effect[0][past.administration]
    odds = odds + float(one["bilateral_recency"][0]) * past.recent
    met = _happens(odds, rng)
    both = (came["us"] == 1) & (came["prc"] == 1)
    return replace(
        past,
        in_person=in_person,
        us_attends=came["us"],
        prc_attends=came["prc"],
        bilateral=np.where(both, met, UNKNOWN),
    )


def _presence(one: xr.Dataset, past: PastSummits, in_person: Ints, side: str, rng: Rng) -> Ints:
    real = past.us_attends if side == "us" else past.prc_attends
    home, away = (past.us_hosts, past.prc_hosts)[:: 1 if side == "us" else -1]
    spread = (one["presence_sd"].sel(side=side) * one["presence_raw"].sel(side=side))[0]
    odds = one[f"{side}_attends"].to_numpy()[0][past.series]
    odds = odds + float(one["own_host"][0]) * home + float(one["counterpart_host"][0]) * away
    odds = odds + spread.to_numpy()[past.administration]
    silent = (past.in_person == 1) & (real == UNKNOWN)
    return np.where((in_person == 1) & ~silent, _happens(odds, rng), UNKNOWN)


def _plans(truth: xr.Dataset, plans: PlanCases, rng: Rng) -> PlanCases:
    """Fates of the plans in the table, where a lost plan is seen with a lower chance."""
    size = len(plans.ids)
    low = float(np.exp(truth["loss_log_hazard"]))
    high = low * float(np.exp(truth["loss_last_week"]))
    lost_share = -np.expm1(-(low * plans.early_days + high * plans.late_days))
    seen = float(truth["lost_plan_detection"]) * lost_share
    lost = rng.uniform(size=size) < seen / (seen + 1.0 - lost_share)
    spent = -np.log1p(-rng.uniform(size=size) * lost_share)
    early = low * plans.early_days
    postponed = lost & (rng.uniform(size=size) < float(truth["postponed_share"]))
    return replace(
        plans,
        lost=lost.astype(np.int64),
        postponed=postponed.astype(np.int64),
        lost_late=(lost & (spent > early)).astype(np.int64),
        early_survived=np.where(lost, np.minimum(spent / low, plans.early_days), plans.early_days),
        late_survived=np.where(lost, np.maximum(spent - early, 0.0) / high, plans.late_days),
    )


def _leads(truth: xr.Dataset, leads: LeadCases, rng: Rng) -> LeadCases:
    """How many of the contacts were announced, and how long ahead each."""
    announced = rng.binomial(leads.contacts, truth["announced_share"].to_numpy())
    group = np.repeat(np.arange(announced.size), announced)
    centre = truth["lead_log_days"].to_numpy()[group]
    return replace(
        leads,
        group=group,
        log_days=rng.normal(centre, float(truth["lead_log_sd"])),
        announced=announced,
    )


def _signals(truth: xr.Dataset, signals: SignalState, rng: Rng) -> SignalState:
    expected = np.exp(truth["log_signal_rate"].to_numpy()) * SIGNAL_RATE_WINDOW_DAYS
    return replace(signals, recent_count=rng.poisson(expected).astype(np.float64))


def _outcomes(truth: xr.Dataset, cases: OutcomeCases, rng: Rng) -> OutcomeCases:
    kind = (truth["received_kind_sd"] * truth["received_kind_raw"]).to_numpy()
    odds = float(truth["received"]) + kind[cases.received_kind]
    odds = odds + float(truth["received_beijing"]) * cases.received_beijing
    odds = odds + float(truth["received_trend"]) * cases.received_decade
    share = truth["venue_share"].transpose("kind", "venue").to_numpy()
    visits, accompanies = cases.leader_visits_to_prc, float(truth["secretary_accompanies"])
    return replace(
        cases,
        level_count=_levels(truth, cases, rng),
        received=_happens(odds, rng),
        venue_count=_multinomial(cases.venue_count.sum(axis=1), share, rng),
        accompanied=int(rng.binomial(visits, accompanies)),
    )


def _levels(truth: xr.Dataset, cases: OutcomeCases, rng: Rng) -> Floats:
    kind = (truth["level_kind_sd"] * truth["level_kind_raw"]).to_numpy()
    pair = (truth["level_sd"] * truth["level_pair_raw"]).to_numpy()
    own = truth["level_own"].transpose("kind", "administration").to_numpy()
    score = kind[cases.kind] + float(truth["level_visit"]) * cases.visit
    score = score + pair[cases.administration] + own[cases.kind, cases.administration]
    low, middle = (expit(cut - score) for cut in truth["level_cuts"].to_numpy())
    share = float(truth["breakthrough_share"])
    top = 1.0 - middle
    chances = np.stack([low, middle - low, top * (1.0 - share), top * share], axis=1)
    return _multinomial(cases.level_count.sum(axis=1), chances, rng)


def _multinomial(totals: Floats, chances: Floats, rng: Rng) -> Floats:
    whole = chances / chances.sum(axis=1, keepdims=True)
    return rng.multinomial(totals.astype(np.int64), whole).astype(np.float64)


def _happens(log_odds: Floats, rng: Rng) -> Ints:
    return (rng.uniform(size=log_odds.size) < expit(log_odds)).astype(np.int64)
