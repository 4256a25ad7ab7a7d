"""The baselines against counts made the slow way, case by case."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecasts.evaluation.baselines import BASELINES, PAST_FROM, Past, baselines, past_of
from forecasts.evaluation.templates import Template, asked_at
from forecasts.evidence.tables import Contact
from tests.builders import administration, contact, coverage, opportunity, plan
from tests.builders_world import pending_plan, portfolio_of, quiet_evidence, real_portfolio

DAY = date(2023, 6, 18)
HORIZONS = (30, 90, 180, 365)
OBSERVED_DAYS = 4000
LEADERS, TRIPS = "leader_in_person", "state_sec_visit"


def ahead(days: int) -> date:
    return DAY + timedelta(days=days)


def trip(day: date, **over: object) -> Contact:
    usual = {"id": f"trip-{day}", "start": day, "end": day, "known": day}
    return contact(**{**usual, "announced": None, **over})


def meeting(day: date, **over: object) -> Contact:
    return trip(day, **{"id": f"meeting-{day}", "kind": LEADERS, **over})


def recorded_from(first: date) -> dict[str, Any]:
    """Every kind recorded from `first`, under one pair of leaders since before that."""
    kinds = real_portfolio().kinds
    return {
        "coverage": tuple(coverage(kind=kind, observed_from=first) for kind in kinds),
        "administrations": (administration(start=date(1969, 1, 20), known=date(1969, 1, 20)),),
    }


def said(
    name: str, template: str = "contact", subject: str = TRIPS, *, days: int = 30, **tables: Any
) -> float:
    """What a baseline says of the one question that fits, on `DAY`."""
    past, each = asked(template, subject, days=days, **tables)
    return BASELINES[name](past, each)


def asked(
    template: str, subject: str, *, days: int = 30, day: date = DAY, **tables: Any
) -> tuple[Past, Template]:
    usual = recorded_from(ahead(1 - OBSERVED_DAYS))
    portfolio = portfolio_of(quiet_evidence(**{**usual, **tables}))
    view = portfolio.as_of(day)
    [each] = [
        a
        for a in asked_at(view, portfolio, (days,))
        if (a.template, a.subject) == (template, subject)
    ]
    return past_of(view, portfolio, [each]), each


def shrunk(k: float, n: float) -> float:
    return (k + 0.5) / (n + 1)


def within(rate: float, days: int) -> float:
    return 1 - math.exp(-rate * days)


# What every baseline promises.


def test_every_answer_is_a_probability_of_something_open() -> None:
    """On twenty years of origins each answer lies strictly between 0 and 1, in the named order."""
    portfolio = real_portfolio()
    for number in range(0, 20 * 365, 600):
        view = portfolio.as_of(date(2005, 1, 1) + timedelta(days=number))
        templates = asked_at(view, portfolio, HORIZONS)
        answers = baselines(view, portfolio, templates)
        assert answers.shape == (len(templates), len(BASELINES))
        missing = np.isnan(answers)
        assert ((answers > 0) & (answers < 1) | missing).all()
        assert (missing.all(axis=1) == missing.any(axis=1)).all()

    assert list(BASELINES) == [
        "climatology",
        "recent climatology",
        "constant hazard",
        "calendar only",
        "plans only",
    ]


def test_nothing_is_said_from_a_record_shorter_than_the_window() -> None:
    """So many days of record say something of as many days, and nothing of one more."""
    for days, answered in ((366, True), (367, False)):
        for name in BASELINES:
            answer = said(name, days=days, **recorded_from(ahead(-365)))
            assert math.isnan(answer) is not answered, name


# Climatology.


@given(
    st.sets(st.integers(0, 399), max_size=12),
    st.integers(1, 120),
    st.sampled_from(["once", "twice"]),
)
def test_climatology_counts_every_window(ages: set[int], days: int, often: str) -> None:
    """The share of windows, one from each day, with a contact; weighed as those end to end."""
    copies = 1 if often == "once" else 2
    rows = [trip(ahead(-age), id=f"{age}-{n}") for age in ages for n in range(copies)]
    windows = [range(last, last + days) for last in range(400 - days + 1)]
    share = sum(any(age in window for age in ages) for window in windows) / len(windows)
    n = 400 / days

    answer = said("climatology", days=days, contacts=tuple(rows), **recorded_from(ahead(-399)))

    assert answer == pytest.approx(shrunk(share * n, n))


def test_contacts_before_the_record_may_be_used_are_not_counted() -> None:
    """Neither the contact nor the days before the first usable one change an answer."""
    for name in BASELINES:
        with_old = said(name, contacts=(trip(ahead(-OBSERVED_DAYS)), trip(ahead(-9))))
        assert with_old == said(name, contacts=(trip(ahead(-9)),)), name


def test_the_thin_record_before_1990_is_left_out_once_there_are_five_years_after_it() -> None:
    """A contact of 1985 counts on an origin of 1994, and no more on one of 1995."""
    usual = recorded_from(date(1980, 1, 1))
    old = (trip(date(1985, 5, 5)),)
    for day, counts in ((date(1994, 12, 30), True), (date(1995, 1, 2), False)):
        answers = [
            BASELINES["climatology"](*asked("contact", TRIPS, day=day, contacts=rows, **usual))
            for rows in (old, ())
        ]
        assert (answers[0] > answers[1]) is counts
    assert date(1990, 1, 1) == PAST_FROM


def test_recent_climatology_forgets_after_five_years() -> None:
    """A contact six years ago counts in climatology alone; one four years ago in both."""
    quiet = said("recent climatology")
    old, new = (trip(ahead(-6 * 365)),), (trip(ahead(-4 * 365)),)

    assert said("climatology", contacts=old) > said("climatology")
    assert said("recent climatology", contacts=old) == quiet
    assert said("recent climatology", contacts=new) > quiet


def test_a_contact_counts_on_the_day_on_which_it_took_place() -> None:
    """A contact of six years ago that became known last week is an old one."""
    late = (trip(ahead(-6 * 365), known=ahead(-7)),)

    assert said("recent climatology", contacts=late) == said("recent climatology")
    assert said("climatology", contacts=late) > said("climatology")


def test_recent_climatology_falls_back_where_five_years_hold_nothing() -> None:
    """With no window or case of its own it says what climatology says."""
    long = 2000  # days: longer than five years
    rows = (trip(ahead(-3000)), trip(ahead(-2500), level="deliverable"))

    assert said("recent climatology", days=long, contacts=rows) == said(
        "climatology", days=long, contacts=rows
    )
    level = said("recent climatology", "level", contacts=rows)
    assert level == said("climatology", "level", contacts=rows) == shrunk(1, 2)


def test_levels_plans_and_summits_are_shares_of_past_cases() -> None:
    """Two of three trips delivered, three of four plans held, one meeting at two summits."""
    trips = tuple(
        trip(ahead(-100 * n), level=level)
        for n, level in enumerate(("deliverable", "dialogue", "breakthrough"), start=1)
    )
    assert said("climatology", "level", contacts=trips) == shrunk(2, 3)

    fates = ("held", "held", "held", "cancelled")
    decided = [
        plan(announced=ahead(-500 - n), planned=ahead(-400), status=fate, status_date=ahead(-400))
        for n, fate in enumerate(fates)
    ]
    plans = (*decided, pending_plan(announced=ahead(-5), planned=ahead(9)))
    assert said("climatology", "plan", plans=plans) == shrunk(3, 4)

    assert said("climatology", "summit", "G20", **summits(apec=(True,), g20=(False,))) == shrunk(
        1, 2
    )


def summits(*, apec: tuple[bool, ...], g20: tuple[bool, ...]) -> dict[str, Any]:
    """Past summits with or without a meeting, and a G20 to come in 20 days."""
    rows, met = [opportunity(id="coming", start=ahead(20), end=ahead(20), known=DAY)], []
    for series, country, results in (("APEC", "Peru", apec), ("G20", "Italy", g20)):
        for number, happened in enumerate(results, start=1):
            day = ahead(-300 * number)
            rows.append(
                opportunity(
                    id=f"{series}-{number}", series=series, start=day, end=day, country=country
                )
            )
            if happened:
                met.append(meeting(day, id=f"{series}-{number}-met", country=country))
    rows = [replace(row, known=row.start - timedelta(days=200)) for row in rows]
    return {"opportunities": tuple(rows), "contacts": tuple(met)}


# Constant hazard.


def test_a_new_administration_starts_from_the_usual_rate() -> None:
    """With no day in office yet the hazard is the rate of all the past."""
    rows = tuple(trip(ahead(-100 * n)) for n in range(1, 8))
    usual = recorded_from(ahead(1 - OBSERVED_DAYS))
    usual["administrations"] = (
        *usual["administrations"],
        administration(id="new", start=DAY, known=ahead(-60)),
    )
    rate = 7.5 / OBSERVED_DAYS

    answer = said("constant hazard", contacts=rows, **usual)

    one_day_in = (0 + 1) / (1 + 1 / rate)
    assert answer == pytest.approx(within(one_day_in, 30))
    assert answer == pytest.approx(within(rate, 30), rel=0.01)


def test_an_administration_makes_its_own_rate() -> None:
    """After T days with k contacts the rate is (k + 1) / (T + 1 / usual rate)."""
    rows = tuple(trip(ahead(-days)) for days in (10, 20, 30, 500, 900))
    usual = recorded_from(ahead(1 - OBSERVED_DAYS))
    usual["administrations"] = (
        *usual["administrations"],
        administration(id="new", start=ahead(-99), known=ahead(-150)),
        administration(id="elected", start=ahead(60), known=ahead(-3)),
    )
    rate = (3 + 1) / (100 + OBSERVED_DAYS / 5.5)

    assert said("constant hazard", contacts=rows, **usual) == pytest.approx(within(rate, 30))


def test_an_administration_makes_its_own_share() -> None:
    """One delivery in its two trips, with one case's worth of the usual share: (1 + s) / 3."""
    levels = {-10: "deliverable", -20: "none", -500: "none", -900: "none"}
    rows = tuple(trip(ahead(days), level=level) for days, level in levels.items())
    usual = recorded_from(ahead(1 - OBSERVED_DAYS))
    usual["administrations"] = (
        *usual["administrations"],
        administration(id="new", start=ahead(-99), known=ahead(-150)),
    )

    answer = said("constant hazard", "level", contacts=rows, **usual)

    assert answer == pytest.approx((1 + shrunk(1, 4)) / 3)


# Calendar only.


def test_a_summit_is_at_the_rate_of_its_series() -> None:
    """Two meetings at three past G20s; what happened at APECs does not matter."""
    tables = summits(apec=(False, False), g20=(True, True, False))

    assert said("calendar only", "summit", "G20", **tables) == shrunk(2, 3)


def test_a_virtual_summit_counts_as_one_without_a_meeting() -> None:
    """On the origin nobody knows whether a summit will be virtual, so the rate holds both."""
    tables = summits(apec=(), g20=(True, False))
    virtual = tuple(replace(o, in_person=False) for o in tables["opportunities"])

    assert said("calendar only", "summit", "G20", **tables) == said(
        "calendar only", "summit", "G20", **{**tables, "opportunities": virtual}
    )


def test_summits_in_the_window_add_their_chance_to_the_rest() -> None:
    """1 - (1 - r) exp(-rate h): the G20 in 20 days is in a window of 20 days, not in one of 19.

    Meetings at summits are no part of the rate for the rest.
    """
    tables = summits(apec=(), g20=(True, False))
    tables["contacts"] = (*tables["contacts"], meeting(ahead(-400)), meeting(ahead(-3000)))
    rate = (1 + 0.5) / 1826  # one in five years, the older one forgotten
    rest = {days: within(rate, days) for days in (19, 20)}

    answers = {d: said("calendar only", "contact", LEADERS, days=d, **tables) for d in (19, 20)}

    assert answers[19] == pytest.approx(rest[19])
    assert answers[20] == pytest.approx(1 - (1 - shrunk(1, 2)) * (1 - rest[20]))


def test_a_summit_with_its_meeting_behind_it_adds_nothing() -> None:
    """The leaders met yesterday, a day before the summit: only the rest is still open."""
    summit = opportunity(start=ahead(1), end=ahead(2), known=ahead(-90))
    met = meeting(ahead(-1), country="India")

    answer = said("calendar only", "contact", LEADERS, opportunities=(summit,), contacts=(met,))

    assert answer == pytest.approx(within(0.5 / 1826, 30))


def test_a_yearly_summit_that_is_not_announced_yet_is_expected() -> None:
    """A G20 every November is part of a window that holds the next November."""
    past = tuple(
        opportunity(id=f"G20-{y}", start=date(y, 11, 15), end=date(y, 11, 16), known=None)
        for y in range(2019, 2023)
    )
    quiet = said("calendar only", "contact", LEADERS, days=200)

    answer = said("calendar only", "contact", LEADERS, days=200, opportunities=past)

    assert answer == pytest.approx(1 - (1 - shrunk(0, 4)) * (1 - quiet))


def test_other_kinds_know_no_calendar() -> None:
    """For trips a summit is neither here nor there: the recent rate alone."""
    tables = summits(apec=(True,), g20=(True,))
    tables["contacts"] = (*tables["contacts"], trip(ahead(-400)))

    assert said("calendar only", **tables) == pytest.approx(within(1.5 / 1826, 30))


# Plans only.


def announced(*days: int, kind: str = TRIPS, **over: object) -> dict[str, Any]:
    """Open plans so many days ahead, and three past ones of which two were held."""
    decided = [
        plan(announced=ahead(-500 - n), planned=ahead(-400), status=fate, status_date=ahead(-400))
        for n, fate in enumerate(("held", "held", "postponed"))
    ]
    ahead_of = [
        pending_plan(kind=kind, announced=ahead(-50), planned=ahead(d), **over) for d in days
    ]
    return {"plans": (*decided, *ahead_of)}


HELD = shrunk(2, 3)


@pytest.mark.parametrize(
    ("days", "inside"), [((), 0), ((31,), 0), ((30,), 1), ((-3,), 1), ((3, 9, 99), 2)]
)
def test_each_plan_in_the_window_is_held_at_the_past_rate(
    days: tuple[int, ...], inside: int
) -> None:
    """1 - (1 - climatology)(1 - held) for each plan of the kind; an overdue one counts."""
    usual = said("climatology")

    answer = said("plans only", **announced(*days))

    assert answer == pytest.approx(1 - (1 - usual) * (1 - HELD) ** inside)


def test_a_plan_of_another_kind_changes_nothing() -> None:
    """An announced dialogue says nothing of trips."""
    answer = said("plans only", **announced(5, kind="dialogue"))

    assert answer == pytest.approx(said("climatology"))


@pytest.mark.parametrize(
    ("day", "venue", "kind", "at"),
    [
        (17, "third", LEADERS, True),
        (16, "third", LEADERS, False),
        (20, "prc", LEADERS, False),
        (20, "third", TRIPS, False),
    ],
)
def test_a_leaders_plan_at_a_summit_is_that_summits(
    day: int, venue: str, kind: str, at: bool
) -> None:
    """Within three days and on the host's soil the plan is the summit's own meeting."""
    tables = {**summits(apec=(), g20=(False,)), **announced(day, kind=kind, venue=venue)}

    answer = said("plans only", "summit", "G20", **tables)

    assert answer == (HELD if at else said("climatology", "summit", "G20", **tables))


def test_a_plan_cell_is_held_at_the_past_rate() -> None:
    """Two of three past plans were held."""
    assert said("plans only", "plan", **announced(9)) == HELD
