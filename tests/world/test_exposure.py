"""Exposure sums: nothing is lost or counted twice when days are gathered into rows."""

from __future__ import annotations

from datetime import date
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecasts.world.draws import thin
from forecasts.world.exposure import (
    ADMINISTRATIONS_AT_LEAST,
    LOST_PLAN,
    NEXT_ADMINISTRATION,
    administration_index,
    administrations_of,
    background_contacts,
    rate_from,
    recency_days,
)
from forecasts.world.inputs import Inputs
from forecasts.world.loglik import background
from forecasts.world.readings import readings
from tests.builders_world import World, posterior, real_portfolio

AS_OF = date(2023, 6, 18)


@cache
def real_world() -> World:
    return World(real_portfolio(), real_portfolio().as_of(AS_OF))


@pytest.fixture(scope="module")
def world() -> World:
    return real_world()


def observed_from(world: World, kind: str) -> date:
    return next(rate_from(row) for row in world.view.coverage if row.kind == kind)


def test_every_observed_day_is_in_one_row(world: World) -> None:
    """By kind, the days of all rows are the days from the first observed one to the last known."""
    seen = world.data.exposure
    total = (seen.days + seen.recent_days).sum(axis=0)

    for s, kind in enumerate(seen.streams[:-1]):
        first = max(observed_from(world, kind), date(1971, 7, 5))
        assert total[s] == (world.view.known_through - first).days + 1, kind
    assert total[-1] == (world.view.known_through - date(1989, 1, 1)).days + 1


def test_every_background_contact_is_one_event(world: World) -> None:
    """By kind, events are the background contacts since the kind is observed."""
    seen = world.data.exposure

    for s, kind in enumerate(seen.streams[:-1]):
        first = max(observed_from(world, kind), date(1971, 7, 5))
        found = [c for c in background_contacts(world.view, kind) if c.start >= first]
        assert seen.events[:, s].sum() == len(found), kind
    lost = [x for x in world.view.losses if not x.dated_plan and x.cancelled.year >= 1989]
    assert seen.events[:, -1].sum() == len(lost)
    assert seen.events.sum() > 200


def test_pairs_without_days_have_no_events(world: World) -> None:
    """Pairs of leaders to come have neither events nor days; every known one has days."""
    seen = world.data.exposure
    days = np.zeros(seen.events.shape)
    np.add.at(days, seen.row_administration, seen.days + seen.recent_days)

    assert (seen.events[days == 0] == 0).all()
    known = seen.administrations.index(NEXT_ADMINISTRATION)
    assert days[known:].sum() == seen.events[known:].sum() == 0
    assert (days[:known].sum(axis=1) > 0).all()


def test_room_for_pairs_does_not_tell_how_many_will_be_known() -> None:
    """The arrays of every as-of day have the same number of pairs, so one posterior fits all."""
    portfolio = real_portfolio()
    sizes = {
        len(administrations_of(portfolio.as_of(date(year, 6, 1)))) for year in range(1975, 2026, 5)
    }

    assert sizes == {ADMINISTRATIONS_AT_LEAST}


@settings(max_examples=10)
@given(st.integers(0, 10**6), st.sampled_from(["fm_third", "state_sec_visit", "leader_in_person"]))
def test_rows_have_the_likelihood_of_days(seed: int, kind: str) -> None:
    """For random parameters, the likelihood of rows is that of a Poisson count on each day."""
    world = real_world()
    parameters = random_parameters(world.data, np.random.default_rng(seed))
    flat = thin(posterior(world.data, draws=1, **parameters), 1)
    flat["detection"] = (("sample", "detection_period"), parameters_detection(world.data, seed))
    stream = world.data.exposure.streams.index(kind)

    assert background(flat, world.data)[0, stream] == pytest.approx(
        day_by_day(world, kind, parameters, flat["detection"].to_numpy()[0]), rel=1e-9
    )


def random_parameters(data: Inputs, rng: np.random.Generator) -> dict[str, np.ndarray]:
    seen = data.exposure
    admins, streams, families = (
        len(seen.administrations),
        len(seen.streams),
        len(seen.families),
    )
    return {
        "log_rate": rng.normal(-6.0, 0.5, streams),
        "pair": rng.normal(size=admins),
        "administration_loading": rng.uniform(0, 0.5, streams),
        "administration_sd": rng.uniform(0, 0.5, streams + 1),
        "pair_own": rng.normal(size=(admins, streams + 1)),
        "signal_scale": rng.uniform(0, 0.5, families),
        "signal_raw": rng.normal(size=(families, streams)),
        "recency_log_ratio": rng.normal(size=streams),
    }


def parameters_detection(data: Inputs, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed + 1)
    return rng.uniform(0.3, 0.9, (1, len(data.exposure.detections)))


def day_by_day(
    world: World, kind: str, parameters: dict[str, np.ndarray], detection: np.ndarray
) -> float:
    """The log likelihood of one kind, as one Poisson count a day, written plainly."""
    view, portfolio = world.view, world.portfolio
    seen = world.data.exposure
    stream = seen.streams.index(kind)
    first = max(observed_from(world, kind), date(1971, 7, 5)).toordinal()
    days = np.arange(first, view.known_through.toordinal() + 1)
    monday = days - (days - date(1971, 7, 5).toordinal()) % 7
    slope = parameters["signal_scale"] * parameters["signal_raw"][:, stream]
    pair = administration_index(view, days)
    log_hazard = (
        parameters["log_rate"][stream]
        + parameters["pair"][pair] * parameters["administration_loading"][stream]
        + parameters["pair_own"][pair, stream] * parameters["administration_sd"][stream]
        + readings(view.signals, tuple(portfolio.signals.values()), monday) @ slope
    )
    starts = np.array([c.start.toordinal() for c in view.contacts if c.kind == kind])
    age = days[:, None] - starts[None, :]
    fresh = ((age >= 1) & (age <= recency_days(kind))).any(axis=1)
    log_hazard += parameters["recency_log_ratio"][stream] * fresh
    for name, share in zip(seen.detections, detection, strict=True):
        whose, _, span = name.partition(" ")
        if whose in ("*", kind) and not span.startswith("complete_until"):
            begin, end = (date.fromisoformat(text).toordinal() for text in span.split(".."))
            log_hazard[(days >= begin) & (days <= end)] += np.log(share)
    events = [c.start.toordinal() for c in background_contacts(view, kind)]
    count = np.array([events.count(int(day)) for day in days])
    return float((count * log_hazard - np.exp(log_hazard)).sum())


def test_lost_plans_know_no_recency(world: World) -> None:
    """The stream of losses has no recent days: a loss does not wear off."""
    seen = world.data.exposure

    assert seen.streams[-1] == LOST_PLAN
    assert seen.recent_days[:, -1].sum() == seen.recent_events[-1] == 0
