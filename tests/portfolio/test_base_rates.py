"""Base rates: which cases count, and what was known of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import beta

from forecasts.evidence.tables import Contact
from forecasts.evidence.view import as_of
from forecasts.portfolio.base_rates import BaseRate, base_rate, interval, share, window_of
from forecasts.portfolio.declared import Question
from forecasts.questions.events import ContactAt, ContactCount, Given, OutcomeOf
from tests.builders import (
    contact,
    coverage,
    evidence,
    loss,
    opportunity,
    plan,
    question,
    reference_class,
)

DAY = date(2023, 6, 18)


def _trips(*starts: date, **over: Any) -> tuple[Contact, ...]:
    return tuple(
        contact(id=f"C{n}", start=start, end=start, known=start, announced=None, **over)
        for n, start in enumerate(starts)
    )


def _days_ahead(length: int) -> Question:
    """Ask about a window of `length` days from the day after `DAY`."""
    until = DAY + timedelta(days=length)
    return question(event=ContactCount(("state_sec_visit",), until=until), closes=until)


def _windows(*starts: date, length: int, as_of_day: date = DAY, **over: Any) -> BaseRate:
    record = evidence(contacts=_trips(*starts), plans=())
    return base_rate(as_of(record, as_of_day), reference_class(**over), _days_ahead(length))


def test_windows_are_as_long_as_the_question_and_laid_backwards() -> None:
    """100 days from 8 March 2022 hold four windows of 25 days ending on the cut-off."""
    day = DAY - timedelta(days=30)
    rate = _windows(day, length=25, since=DAY - timedelta(days=99))

    assert [case.date for case in rate.cases] == [
        DAY - timedelta(days=back) for back in (99, 74, 49, 24)
    ]
    assert [case.happened for case in rate.cases] == [False, False, True, False]
    assert (rate.n, rate.events, rate.probability) == (4, 1, 0.25)
    assert rate.cases[2].label == "2023-04-30 to 2023-05-24: once"


def test_a_window_that_does_not_fit_is_left_out() -> None:
    """Ninety-nine days hold three windows of 25 days."""
    assert _windows(length=25, since=DAY - timedelta(days=98)).n == 3


def test_both_ends_of_a_window_count() -> None:
    """A contact on the first or last day of a window happened in it."""
    rate = _windows(DAY, DAY - timedelta(days=49), length=25, since=DAY - timedelta(days=49))

    assert [case.happened for case in rate.cases] == [True, True]


def test_windows_can_ask_for_a_count() -> None:
    """At least two is a rarer thing than at least one."""
    starts = (DAY, DAY - timedelta(days=1), DAY - timedelta(days=30))
    rate = _windows(*starts, length=25, since=DAY - timedelta(days=49), happened={"at_least": 2})

    assert [case.happened for case in rate.cases] == [False, True]
    assert [case.label[-5:] for case in rate.cases] == [" once", "twice"]


def test_windows_keep_to_the_years_of_record() -> None:
    """They begin when every kind is observed, and end where the record is complete."""
    record = evidence(
        contacts=(),
        plans=(),
        coverage=(
            coverage(observed_from=date(2023, 1, 1), complete_until=date(2023, 3, 31)),
            coverage(kind="dialogue", observed_from=date(2023, 2, 1)),
        ),
    )
    declared = reference_class(where={"kind": ("state_sec_visit", "dialogue")})

    rate = base_rate(as_of(record, DAY), declared, _days_ahead(10))

    assert [case.date for case in rate.cases] == [
        date(2023, 2, 10), date(2023, 2, 20), date(2023, 3, 2), date(2023, 3, 12),
        date(2023, 3, 22),
    ]  # fmt: skip


def test_no_case_says_so() -> None:
    """A window longer than the record gives n = 0, not a rate."""
    rate = _windows(length=9999)

    assert (rate.n, rate.events, rate.probability, rate.cases) == (0, 0, 0.5, ())


@pytest.mark.parametrize(
    ("where", "labels"),
    [
        ({"kind": "state_sec_visit"}, ["Antony Blinken in Beijing", "John Kerry in Shanghai"]),
        ({"kind": "state_sec_visit", "accompanying": "no"}, ["Antony Blinken in Beijing"]),
        ({"kind": ("foreign_min_visit", "fm_third")}, ["Wang Yi in Washington",
                                                       "Antony Blinken and Wang Yi in Jakarta"]),
        ({"kind": "fm_third", "venue": "us"}, []),
        ({"kind": "fm_third", "place": ("Indonesia",)}, ["Antony Blinken and Wang Yi in Jakarta"]),
        ({"kind": "fm_remote"}, ["Antony Blinken and Wang Yi remotely"]),
    ],
)  # fmt: skip
def test_contacts_are_filtered_and_labelled(where: dict[str, Any], labels: list[str]) -> None:
    """Kind, venue, place and whether a president came along choose the cases."""
    past = {"start": date(2022, 1, 1), "end": date(2022, 1, 2), "known": date(2022, 1, 1)}
    contacts = (
        contact(**past),
        contact(**past, us_lead="John Kerry", city="Shanghai", occasion="accompanying president"),
        contact(**past, kind="foreign_min_visit", venue="us", prc_lead="Wang Yi",
                city="Washington", country="United States"),
        contact(**past, kind="fm_third", venue="third", prc_lead="Wang Yi", city="Jakarta",
                country="Indonesia"),
        contact(**past, kind="fm_remote", venue="remote", prc_lead="Wang Yi", city="",
                country=""),
    )  # fmt: skip
    declared = reference_class(unit="contacts", where=where, happened={"received": "yes"})
    view = as_of(evidence(contacts=contacts, plans=()), DAY)

    rate = base_rate(view, declared, question())

    assert sorted(case.label for case in rate.cases) == sorted(labels)


def test_an_unknown_result_is_no_case() -> None:
    """A reception that was never established is neither yes nor no."""
    past = [date(2022, 1, day) for day in (1, 2, 3)]
    contacts = tuple(
        replace(each, received=received)
        for each, received in zip(_trips(*past), (True, False, None), strict=True)
    )
    declared = reference_class(unit="contacts", happened={"received": "yes"})

    rate = base_rate(as_of(evidence(contacts=contacts), DAY), declared, question())

    assert (rate.n, rate.events) == (2, 1)


def test_a_trip_under_way_is_no_case_yet() -> None:
    """Blinken's visit counts from its last day."""
    declared = reference_class(unit="contacts", happened={"received": "yes"})
    record = evidence()

    assert base_rate(as_of(record, date(2023, 6, 18)), declared, question()).n == 0
    assert base_rate(as_of(record, date(2023, 6, 19)), declared, question()).n == 1


@pytest.mark.parametrize(("level", "events"), [("dialogue", 3), ("deliverable", 2), ("none", 4)])
def test_levels_are_ordered(level: str, events: int) -> None:
    """At least a deliverable includes a breakthrough."""
    starts = [date(2022, 1, day) for day in (1, 2, 3, 4)]
    levels = ("none", "dialogue", "deliverable", "breakthrough")
    contacts = tuple(
        replace(each, level=name) for each, name in zip(_trips(*starts), levels, strict=True)
    )
    declared = reference_class(unit="contacts", happened={"level_at_least": level})

    assert base_rate(as_of(evidence(contacts=contacts), DAY), declared, question()).events == events


def _summit_rate(where: dict[str, Any], happened: dict[str, Any], day: date) -> BaseRate:
    bali = {"id": "BALI", "city": "Bali", "country": "Indonesia", "prc_attends": True,
            "start": date(2022, 11, 15), "end": date(2022, 11, 16)}  # fmt: skip
    virtual = {"id": "V", "in_person": False, "us_attends": False,
               "city": "Riyadh (virtual)", "country": "Saudi Arabia",
               "start": date(2020, 11, 21), "end": date(2020, 11, 22)}  # fmt: skip
    met = contact(
        kind="leader_in_person", city="Bali", country="Indonesia", venue="third",
        start=date(2022, 11, 14), end=date(2022, 11, 14), known=date(2022, 11, 14),
    )  # fmt: skip
    record = evidence(
        contacts=(met,),
        opportunities=(opportunity(), opportunity(**bali), opportunity(**virtual)),
    )
    declared = reference_class(unit="opportunities", where=where, happened=happened)
    return base_rate(as_of(record, day), declared, question())


@pytest.mark.parametrize(
    ("where", "happened", "day", "n", "events"),
    [
        ({"series": "G20"}, {"bilateral": "yes"}, date(2023, 9, 10), 3, 1),
        ({"series": "G20"}, {"bilateral": "yes"}, date(2023, 9, 9), 2, 1),
        ({"series": "G20", "in_person": "yes"}, {"bilateral": "yes"}, date(2023, 9, 10), 2, 1),
        ({"series": "G20", "in_person": "yes"}, {"prc_attends": "yes"}, date(2023, 9, 10), 2, 1),
        ({"series": "G20"}, {"us_attends": "yes"}, date(2023, 9, 10), 3, 2),
        ({"series": "G20", "host": "us"}, {"bilateral": "yes"}, date(2023, 9, 10), 0, 0),
        ({"series": "G20", "place": ("India",)}, {"bilateral": "yes"}, date(2023, 9, 10), 1, 0),
        ({"series": "APEC"}, {"bilateral": "yes"}, date(2023, 9, 10), 0, 0),
    ],
)
def test_summits_count_from_their_end(
    where: dict[str, Any], happened: dict[str, Any], day: date, n: int, events: int
) -> None:
    """A bilateral is a meeting linked to the summit; attendance is known from the end."""
    rate = _summit_rate(where, happened, day)

    assert (rate.n, rate.events) == (n, events)


@pytest.mark.parametrize(
    ("status", "events"), [("held", 1), ("lost", 2), ("postponed", 1), (("held", "lost"), 3)]
)
def test_plans_count_once_their_fate_is_public(status: object, events: int) -> None:
    """A pending plan is no case; postponed and cancelled are both lost."""
    fates = [("held", "C1"), ("postponed", ""), ("cancelled", ""), ("pending", "")]
    plans = tuple(
        plan(planned=date(2023, 6, 14 + n), status=fate, contact_id=target,
             status_date=None if fate == "pending" else date(2023, 6, 14 + n))
        for n, (fate, target) in enumerate(fates)
    )  # fmt: skip
    declared = reference_class(unit="plans", where={}, happened={"status": status})

    rate = base_rate(as_of(evidence(plans=plans), DAY), declared, question())

    assert (rate.n, rate.events) == (3, events)


def test_losses_are_counted_by_window() -> None:
    """What was called off counts on the day it became public."""
    record = evidence(losses=(loss(cancelled=DAY), loss(id="X2", kind="dialogue", cancelled=DAY)))
    declared = reference_class(
        unit="losses", where={"kind": "dialogue"}, since=DAY - timedelta(days=49)
    )

    rate = base_rate(as_of(record, DAY), declared, _days_ahead(25))

    assert [case.happened for case in rate.cases] == [False, True]
    assert rate.cases[1].label.endswith("once")


def test_cases_before_the_class_begins_are_left_out() -> None:
    """`since` holds for every unit."""
    declared = reference_class(
        unit="contacts", happened={"received": "yes"}, since=date(2023, 6, 19)
    )

    assert base_rate(as_of(evidence(), date(2023, 7, 1)), declared, question()).n == 0


@given(st.integers(0, 60), st.integers(0, 60))
def test_the_interval_is_that_of_jeffreys(events: int, more: int) -> None:
    """Central 80 % of Beta(events + 1/2, n - events + 1/2), and it holds the share."""
    n = events + more
    low, high = interval(events, n)
    posterior = beta(events + 0.5, more + 0.5)

    assert (low, high) == pytest.approx(posterior.ppf([0.1, 0.9]))
    assert low <= share(events, n) <= high


@pytest.mark.parametrize(
    ("events", "n", "expected"), [(13, 21, 13 / 21), (0, 9, 0.05), (9, 9, 0.95), (0, 0, 0.5)]
)
def test_a_share_of_none_or_all_is_not_certain(events: int, n: int, expected: float) -> None:
    """Where it never or always happened, the mean under Jeffreys' prior is shown."""
    assert share(events, n) == pytest.approx(expected)


UNTIL = date(2023, 12, 31)
NEXT_DAY = date(2023, 6, 19)


@pytest.mark.parametrize(
    ("event", "day", "window"),
    [
        (ContactCount(("other",), until=UNTIL), DAY, (NEXT_DAY, UNTIL)),
        (ContactCount(("other",), until=UNTIL, after=date(2023, 9, 1)), DAY,
         (date(2023, 9, 1), UNTIL)),
        (ContactCount(("other",), until=UNTIL, after=date(2023, 1, 1)), DAY, (NEXT_DAY, UNTIL)),
        (ContactCount(("other",), until=date(2023, 9, 30)), DAY, (NEXT_DAY, date(2023, 9, 30))),
        (ContactAt("X"), DAY, (NEXT_DAY, UNTIL)),
        (Given(OutcomeOf(next_of=("other",), until=UNTIL, received=True),
               ContactCount(("other",), until=date(2023, 9, 30))), DAY, (NEXT_DAY, UNTIL)),
        (ContactCount(("other",), until=UNTIL), UNTIL, (NEXT_DAY, UNTIL)),
    ],
)  # fmt: skip
def test_the_window_runs_from_tomorrow_to_the_last_deadline(
    event: Any, day: date, window: tuple[date, date]
) -> None:
    """An explicit later start shortens it; once closed, it is the whole window."""
    assert window_of(question(event=event), day) == window
