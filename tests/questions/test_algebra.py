"""The laws of probability, future by future, for random events on random futures."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecasts.errors import BadInput
from forecasts.questions.algebra import anchored, holds, split
from forecasts.questions.estimates import estimate
from forecasts.questions.events import (
    AllOf,
    AnyOf,
    Attends,
    ContactAt,
    ContactCount,
    Event,
    Given,
    Not,
    OutcomeOf,
    PlanOutcome,
)
from forecasts.questions.futures import Bools, ContactTable, Futures
from forecasts.questions.names import is_increasing
from forecasts.schema import KINDS, VENUES
from tests.builders_futures import (
    HORIZON,
    PLACES,
    counts,
    day,
    days,
    events,
    futures,
    increasing,
    made_futures,
    next_outcomes,
)


def p(happens: Bools) -> float:
    return float(happens.mean())


def implies(a: Bools, b: Bools) -> bool:
    return not (a & ~b).any()


@given(futures(), counts() | next_outcomes(), days(), days())
def test_later_deadline_never_undoes(
    worlds: Futures, event: ContactCount | OutcomeOf, one: date, other: date
) -> None:
    """What has happened by a deadline has happened by every later one."""
    first, second = sorted([one, other])

    assert implies(
        holds(replace(event, until=first), worlds), holds(replace(event, until=second), worlds)
    )


@given(futures(), increasing(), days(), days())
def test_later_day_of_reading_never_undoes(
    worlds: Futures, event: Event, one: date, other: date
) -> None:
    """An event without negation that holds by one day holds by every later one, and in the end."""
    first, second = (holds(event, worlds, by=at) for at in sorted([one, other]))

    assert is_increasing(event)
    assert implies(first, second)
    assert implies(second, holds(event, worlds))


@given(futures(), events(), st.none() | days())
def test_complement(worlds: Futures, event: Event, by: date | None) -> None:
    """An event or its negation holds in each future, never both; twice negated it is itself."""
    yes, no = holds(event, worlds, by), holds(Not(event), worlds, by)

    assert (yes ^ no).all()
    assert p(yes) + p(no) == pytest.approx(1.0, abs=1e-15)
    np.testing.assert_array_equal(holds(Not(Not(event)), worlds, by), yes)


@given(futures(), events(), events())
def test_conjunction_and_disjunction(worlds: Futures, a: Event, b: Event) -> None:
    """P(A and B) is at most either; P(A or B) = P(A) + P(B) - P(A and B); De Morgan's law holds."""
    both, either = holds(AllOf((a, b)), worlds), holds(AnyOf((a, b)), worlds)
    p_a, p_b = p(holds(a, worlds)), p(holds(b, worlds))

    assert p(both) <= min(p_a, p_b)
    assert p(either) == pytest.approx(p_a + p_b - p(both), abs=1e-15)
    np.testing.assert_array_equal(~either, holds(AllOf((Not(a), Not(b))), worlds))


@given(futures(), events(), counts())
def test_parts_by_count_sum_to_the_whole(
    worlds: Futures, event: Event, count: ContactCount
) -> None:
    """No, one, two and more contacts part every event without rest."""
    at_least = [holds(replace(count, at_least=k), worlds) for k in (1, 2, 3)]
    parts = [
        ~at_least[0],
        at_least[0] & ~at_least[1],
        at_least[1] & ~at_least[2],
        at_least[2],
    ]
    whole = holds(event, worlds)

    np.testing.assert_array_equal(np.sum(parts, axis=0), 1)
    assert sum(p(whole & part) for part in parts) == pytest.approx(p(whole), abs=1e-15)


@given(futures(), counts())
def test_more_contacts_imply_fewer(worlds: Futures, count: ContactCount) -> None:
    """At least k + 1 contacts are at least k."""
    more = replace(count, at_least=count.at_least + 1)

    assert implies(holds(more, worlds), holds(count, worlds))


@given(futures(), events(), events())
def test_conditional_times_condition_is_joint(worlds: Futures, a: Event, b: Event) -> None:
    """P(A|B) P(B) = P(A and B), also through the estimate that is published."""
    joint, condition = split(Given(a, b), worlds)
    result = estimate(joint, condition, worlds.draws)

    np.testing.assert_array_equal(joint, holds(AllOf((a, b)), worlds))
    if not condition.any():
        assert np.isnan(result.probability)
        return
    assert result.futures == condition.sum()
    assert result.probability * p(condition) == pytest.approx(p(joint), abs=1e-15)


@given(futures(), next_outcomes())
def test_levels_are_nested(worlds: Futures, event: OutcomeOf) -> None:
    """A breakthrough is a deliverable, a deliverable is a dialogue, and all need the contact."""
    ranked = [
        holds(replace(event, level_at_least=level), worlds)
        for level in ("breakthrough", "deliverable", "dialogue", "")
    ]
    contact = ContactCount(event.next_of, until=event.until or day(HORIZON), after=event.after)

    assert all(implies(a, b) for a, b in pairwise(ranked))
    assert implies(ranked[-1], holds(contact, worlds))


@given(futures(), counts())
def test_count_agrees_with_counting(worlds: Futures, event: ContactCount) -> None:
    """Counting rows one by one, past ones in every future, gives the same answer."""
    past, coming = worlds.past, worlds.contacts
    known = sum(_counts(event, past, row, first=1) for row in range(len(past)))
    tally = Counter(
        int(coming.future[row]) for row in range(len(coming)) if _counts(event, coming, row, 1)
    )
    expected = [known + tally[future] >= event.at_least for future in range(worlds.size)]

    np.testing.assert_array_equal(holds(event, worlds), expected)


def _counts(event: ContactCount, table: ContactTable, row: int, first: int) -> bool:
    """Whether one row passes, written plainly."""
    after = first if event.after is None else (event.after - day(0)).days
    venue, place = VENUES[table.venue[row]], int(table.place[row])
    return (
        KINDS[table.kind[row]] in event.kinds
        and after <= table.day[row] <= (event.until - day(0)).days
        and event.venue in ("", venue)
        and {"": venue, "us": "prc", "prc": "us"}[event.visitor] == venue
        and event.place in ("", PLACES[place] if place >= 0 else None)
    )


def test_past_contacts_count_from_the_window_s_first_day() -> None:
    """A known contact counts in every future if the window reaches back to it, else in none."""
    quiet = made_futures(0, busy=0.0)
    one = np.zeros(1)
    past = ContactTable(
        future=one.astype(np.int32),
        day=np.array([-5], dtype=np.int32),
        kind=one.astype(np.int8),
        venue=one.astype(np.int8),
        level=np.array([3], dtype=np.int8),
        received=one.astype(np.int8),
        place=one.astype(np.int16),
        plan=one.astype(np.int16),
    )
    worlds = replace(quiet, past=past)
    event = ContactCount((KINDS[0],), until=day(30), after=day(-5))

    assert holds(event, worlds).all()
    assert holds(event, worlds, by=day(-5)).all()
    assert not holds(event, worlds, by=day(-6)).any()
    assert not holds(replace(event, after=day(-4)), worlds).any()
    assert not holds(replace(event, after=None), worlds).any()
    assert not holds(replace(event, at_least=2), worlds).any()
    level = OutcomeOf(
        next_of=event.kinds, until=day(30), after=day(-5), level_at_least="breakthrough"
    )
    assert holds(level, worlds).all()


@given(futures())
def test_fates_of_a_plan_part_it(worlds: Futures) -> None:
    """A settled plan is held, postponed or cancelled, and lost is either of the last two."""
    fates = {name: holds(PlanOutcome("plan-a", name), worlds) for name in FATES}

    total = np.sum([fates[name] for name in FATES[:3]], axis=0)
    np.testing.assert_array_equal(total, 1)
    np.testing.assert_array_equal(fates["lost"], fates["postponed"] | fates["cancelled"])


FATES = ("held", "postponed", "cancelled", "lost")


@given(futures())
def test_bilateral_needs_both_leaders(worlds: Futures) -> None:
    """A meeting at a summit implies that each leader was there, as far as the futures say so."""
    met = holds(ContactAt("summit-a"), worlds)

    assert implies(met, holds(Attends("summit-a", "us"), worlds))
    assert implies(met, holds(Attends("summit-a", "prc"), worlds))
    assert not holds(ContactAt("summit-a"), worlds, by=day(10)).any()  # it ends on day 11


@pytest.mark.parametrize(
    "event", [ContactAt("summit-z"), PlanOutcome("plan-z", "held"), Attends("summit-z", "us")]
)
def test_unknown_names_are_refused(event: Event) -> None:
    """An event that names a summit or plan that is not there is bad input, not false."""
    with pytest.raises(BadInput, match="-z"):
        holds(event, made_futures(1))


@given(futures(), events())
def test_anchoring_keeps_given_windows(worlds: Futures, event: Event) -> None:
    """Anchored to the day after the last known day, every event means what it meant."""
    np.testing.assert_array_equal(split(anchored(event, day(1)), worlds)[0], holds(event, worlds))
