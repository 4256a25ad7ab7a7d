"""What is asked on an origin, and that nothing which came later has a say in it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecasts.errors import BadInput
from forecasts.evaluation.templates import Template, asked_at
from forecasts.evidence.tables import Evidence
from forecasts.questions.names import last_day, leaves
from tests.builders import contact, coverage, opportunity
from tests.builders_world import pending_plan, portfolio_of, quiet_evidence, real_portfolio

DAY = date(2023, 6, 18)
HORIZONS = (30, 90, 180, 365)


def ahead(days: int) -> date:
    return DAY + timedelta(days=days)


def asked(*, horizons: tuple[int, ...] = HORIZONS, **tables: Any) -> list[Template]:
    portfolio = portfolio_of(quiet_evidence(**tables))
    return list(asked_at(portfolio.as_of(DAY), portfolio, horizons))


def of(template: str, **tables: Any) -> list[Template]:
    return [each for each in asked(**tables) if each.template == template]


def buckets(templates: list[Template]) -> dict[str, int]:
    return {each.case: each.horizon_days for each in templates}


def test_every_kind_is_asked_over_every_horizon() -> None:
    """One question for each modelled kind and horizon, of exactly so many days from tomorrow on."""
    contacts = of("contact")

    kinds = real_portfolio().kinds
    assert [(a.subject, a.horizon_days) for a in contacts] == [
        (kind, days) for kind in kinds for days in HORIZONS
    ]
    for each in contacts:
        assert each.opens == ahead(1)
        assert (each.closes - each.opens).days + 1 == each.horizon_days


@settings(max_examples=15)
@given(st.dates(date(1995, 1, 1), date(2026, 8, 22)))
def test_the_event_says_the_window(day: date) -> None:
    """On any day, each event's own window is the one that the question is scored over."""
    view = real_portfolio().as_of(day)
    for each in asked_at(view, real_portfolio(), HORIZONS):
        assert view.known_through < each.opens <= each.closes
        assert last_day(each.event) in (None, each.closes)
        afters = {getattr(leaf, "after", None) for leaf in leaves(each.event)}
        assert afters <= {None, each.opens}


def test_a_kind_is_asked_about_once_its_record_begins() -> None:
    """A kind is asked about from a year after recording begins, and not a day sooner."""
    for first, is_asked in ((ahead(-365), True), (ahead(-364), False)):
        rows = tuple(
            replace(row, observed_from=first) if row.kind == "fm_remote" else row
            for row in quiet_evidence().coverage
        )
        assert ("fm_remote" in {a.subject for a in asked(coverage=rows)}) is is_asked


def test_a_rate_that_begins_late_is_respected() -> None:
    """`use_as_base_rate = from 2009` keeps the partly recorded years before it unasked."""
    portfolio = real_portfolio()
    for day, is_asked in ((date(2009, 12, 31), False), (date(2010, 1, 1), True)):
        kinds = {a.subject for a in asked_at(portfolio.as_of(day), portfolio, (30,))}
        assert ("treasury_in_person" in kinds) is is_asked


def test_a_summit_is_asked_in_the_shortest_horizon_that_reaches_it() -> None:
    """Its first day decides: a summit that begins on day 90 belongs to 90, on day 91 to 180."""
    summits = tuple(
        opportunity(id=f"in-{days}", start=ahead(days), end=ahead(days + 1), known=DAY)
        for days in (0, 1, 90, 91, 365, 366)
    )

    assert buckets(of("summit", opportunities=summits)) == {
        "in-1": 30,
        "in-90": 90,
        "in-91": 180,
        "in-365": 365,
    }


def test_only_announced_summits_of_the_yearly_series_are_asked() -> None:
    """A summit of another series, and one that is announced tomorrow, are not there to be asked."""
    summits = (
        opportunity(id="brics", series="BRICS", start=ahead(20), end=ahead(20), known=DAY),
        opportunity(id="secret", start=ahead(20), end=ahead(20), known=ahead(1)),
    )

    assert of("summit", opportunities=summits) == []


def test_a_summit_with_its_meeting_behind_it_is_not_asked() -> None:
    """The leaders met yesterday, two days before the summit: there is nothing left to forecast."""
    summit = opportunity(start=ahead(1), end=ahead(2), known=ahead(-90))
    met = contact(
        kind="leader_in_person", start=ahead(-1), end=ahead(-1), known=ahead(-1), country="India"
    )

    assert len(of("summit", opportunities=(summit,))) == 1
    assert of("summit", opportunities=(summit,), contacts=(met,)) == []


def test_a_summit_closes_when_no_meeting_belongs_to_it_any_more() -> None:
    """A meeting three days after the last day is still at the summit, so the window holds it."""
    summit = opportunity(start=ahead(10), end=ahead(12), known=DAY)

    assert [a.closes for a in of("summit", opportunities=(summit,))] == [ahead(15)]


def test_plans_are_asked_by_their_planned_day() -> None:
    """Open plans of modelled kinds within the longest horizon; an overdue one comes tomorrow."""
    plans = tuple(
        pending_plan(announced=ahead(-50), planned=ahead(days)) for days in (-3, 30, 31, 366)
    )
    other = pending_plan(kind="vice_president", announced=ahead(-5), planned=ahead(5))
    templates = of("plan", plans=(*plans, other))

    assert buckets(templates) == {plans[0].id: 30, plans[1].id: 30, plans[2].id: 90}
    assert [a.closes for a in templates] == [ahead(1), ahead(30), ahead(31)]


def test_levels_are_asked_of_kinds_that_have_any() -> None:
    """Contacts without a coded level, or that are not over, ask for no level."""
    over = contact(id="over", end=ahead(-1), start=ahead(-2), known=ahead(-2))
    on = contact(id="on", kind="dialogue", start=ahead(-1), end=ahead(2), known=ahead(-1))
    bare = contact(id="bare", kind="fm_third", level=None, start=ahead(-9), end=ahead(-9))
    bare = replace(bare, known=ahead(-9))

    levels = of("level", contacts=(over, on, bare))

    assert [(a.subject, a.horizon_days) for a in levels] == [
        ("state_sec_visit", days) for days in HORIZONS
    ]


def test_horizons_come_in_any_order_and_once() -> None:
    """The same questions whatever the order, and however often a horizon is named."""
    assert asked(horizons=(365, 30, 30)) == asked(horizons=(30, 365))


@pytest.mark.parametrize("horizons", [(), (0, 30), (-1,)])
def test_horizons_that_ask_nothing_are_refused(horizons: tuple[int, ...]) -> None:
    """No horizon, or one without a day in it, is bad input."""
    with pytest.raises(BadInput, match="horizons"):
        asked(horizons=horizons)


def test_partial_recording_of_one_kind_leaves_the_others() -> None:
    """Coverage is judged kind by kind."""
    only = tuple(
        coverage(kind=kind, observed_from=ahead(-365) if kind == "dialogue" else ahead(9))
        for kind in real_portfolio().kinds
    )

    assert {a.subject for a in asked(coverage=only)} == {"dialogue"}


def whole_record_by(day: date) -> Evidence:
    """The bundled evidence without the rows that were not public on `day`."""
    evidence = real_portfolio().evidence
    return replace(
        evidence,
        contacts=tuple(c for c in evidence.contacts if c.known <= day),
        plans=tuple(p for p in evidence.plans if p.announced <= day),
        opportunities=tuple(o for o in evidence.opportunities if (o.known or o.end) <= day),
        administrations=tuple(a for a in evidence.administrations if a.known <= day),
    )


@settings(max_examples=10)
@given(st.dates(date(1990, 1, 1), date(2026, 8, 22)))
def test_what_is_asked_does_not_depend_on_what_came_later(day: date) -> None:
    """Cutting off every later row leaves the questions of a day as they were."""
    cut = portfolio_of(whole_record_by(day))
    whole = real_portfolio()

    assert asked_at(cut.as_of(day), cut, HORIZONS) == asked_at(whole.as_of(day), whole, HORIZONS)
