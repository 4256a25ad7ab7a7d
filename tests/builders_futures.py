"""Random futures and random events, for properties that hold of all of them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
from hypothesis import strategies as st

from forecasts.questions.events import (
    AllOf,
    AnyOf,
    Attends,
    ContactAt,
    ContactCount,
    Event,
    Not,
    OutcomeOf,
    PlanOutcome,
)
from forecasts.questions.futures import ContactTable, Futures, PlanFates, Summits
from forecasts.schema import KINDS

DAY_0 = date(2023, 6, 18)
HORIZON = 60
PLACES = ("China", "India", "United States")
PLANS = ("plan-a", "plan-b")
SUMMITS = ("summit-a", "summit-b")
USED = KINDS[:3]
"""Few kinds, so that random events find something."""


def day(number: int) -> date:
    """Date of day `number`; day 0 is the last known one."""
    return DAY_0 + timedelta(days=number)


def made_futures(seed: int, *, draws: int = 4, replicates: int = 5, busy: float = 3.0) -> Futures:
    """Random futures with, on average, `busy` contacts each and some past."""
    rng = np.random.default_rng(seed)
    size = draws * replicates
    numbers = np.repeat(np.arange(size), rng.poisson(busy, size))
    losses = np.repeat(np.arange(size), rng.poisson(0.5, size))
    return Futures(
        known_through=DAY_0,
        draws=draws,
        replicates=replicates,
        horizon_days=HORIZON,
        places=PLACES,
        contacts=_contacts(rng, numbers, first=1),
        past=_contacts(rng, np.zeros(rng.integers(0, 3), dtype=int), first=-HORIZON),
        lost_future=losses.astype(np.int32),
        lost_day=rng.integers(1, HORIZON + 1, losses.size).astype(np.int32),
        lost_past=rng.integers(-HORIZON, 1, rng.integers(0, 2)).astype(np.int32),
        plans=_plans(rng, size),
        summits=_summits(rng, size),
    )


def _contacts(rng: np.random.Generator, future: np.ndarray, first: int) -> ContactTable:
    def codes(low: int, high: int, dtype: Any = np.int8) -> np.ndarray:
        return rng.integers(low, high, future.size).astype(dtype)

    days = rng.integers(first, first + HORIZON, future.size)
    return ContactTable(
        future=future.astype(np.int32),
        day=days[np.lexsort((days, future))].astype(np.int32),
        kind=codes(0, len(USED)),
        venue=codes(0, 4),
        level=codes(-1, 4),
        received=codes(-1, 2),
        place=codes(-1, len(PLACES), np.int16),
        plan=codes(-1, 0, np.int16),
    )


def _plans(rng: np.random.Generator, size: int) -> PlanFates:
    shape = (size, len(PLANS))
    return PlanFates(
        ids=PLANS,
        fate=rng.integers(0, 3, shape).astype(np.int8),
        fate_day=rng.integers(-5, HORIZON, shape).astype(np.int32),
        level=rng.integers(-1, 4, shape).astype(np.int8),
        received=rng.integers(-1, 2, shape).astype(np.int8),
    )


def _summits(rng: np.random.Generator, size: int) -> Summits:
    us, prc, met = rng.uniform(size=(3, size, len(SUMMITS))) < 0.7
    first = np.array([10, 40], dtype=np.int32)
    return Summits(SUMMITS, first, first + 1, met & us & prc, us, prc)


def futures() -> st.SearchStrategy[Futures]:
    """Random futures, from none to many contacts each."""
    busy = st.sampled_from([0.0, 0.5, 3.0, 9.0])
    return st.builds(lambda seed, busy: made_futures(seed, busy=busy), st.integers(0, 10**6), busy)


def days(first: int = -HORIZON, last: int = HORIZON) -> st.SearchStrategy[date]:
    """Days between two day numbers."""
    return st.integers(first, last).map(day)


def counts() -> st.SearchStrategy[ContactCount]:
    """Counts of contacts with any filters."""
    return st.builds(
        ContactCount,
        kinds=st.lists(st.sampled_from(USED), min_size=1, unique=True).map(tuple),
        until=days(),
        at_least=st.integers(1, 4),
        after=st.none() | days(),
        venue=st.sampled_from(["", "", "us", "prc", "third", "remote"]),
        place=st.sampled_from(["", "", *PLACES, "Elsewhere"]),
        visitor=st.sampled_from(["", "", "us", "prc"]),
    )


def next_outcomes() -> st.SearchStrategy[OutcomeOf]:
    """Outcomes of the next contact of some kinds."""
    return st.builds(
        OutcomeOf,
        next_of=st.lists(st.sampled_from(USED), min_size=1, unique=True).map(tuple),
        until=days(),
        after=st.none() | days(),
        level_at_least=st.sampled_from(["dialogue", "deliverable", "breakthrough"]),
        received=st.booleans(),
    )


def increasing_leaves() -> st.SearchStrategy[Event]:
    """Simple events with a deadline that, once true, stay true."""
    lost = st.builds(
        PlanOutcome,
        plan=st.just("any"),
        outcome=st.just("lost"),
        until=days(),
        after=st.none() | days(),
    )
    return st.one_of(counts(), next_outcomes(), lost)


def leaves() -> st.SearchStrategy[Event]:
    """Every type of simple event."""
    fates = st.sampled_from(["held", "postponed", "cancelled", "lost"])
    return st.one_of(
        increasing_leaves(),
        st.builds(ContactAt, st.sampled_from(SUMMITS)),
        st.builds(Attends, st.sampled_from(SUMMITS), st.sampled_from(["us", "prc"])),
        st.builds(PlanOutcome, st.sampled_from(PLANS), fates, st.none() | days()),
        st.builds(OutcomeOf, plan=st.sampled_from(PLANS), level_at_least=st.just("deliverable")),
    )


def events(leaf: st.SearchStrategy[Event] | None = None) -> st.SearchStrategy[Event]:
    """Events of any depth, negations included."""
    return st.recursive(
        leaf or leaves(),
        lambda inner: st.one_of(
            st.builds(Not, inner),
            st.builds(AllOf, st.lists(inner, min_size=1, max_size=3).map(tuple)),
            st.builds(AnyOf, st.lists(inner, min_size=1, max_size=3).map(tuple)),
        ),
        max_leaves=5,
    )


def increasing() -> st.SearchStrategy[Event]:
    """Events of any depth without a negation, that only gain from a later date."""
    return st.recursive(
        increasing_leaves(),
        lambda inner: st.one_of(
            st.builds(AllOf, st.lists(inner, min_size=1, max_size=3).map(tuple)),
            st.builds(AnyOf, st.lists(inner, min_size=1, max_size=3).map(tuple)),
        ),
        max_leaves=5,
    )
