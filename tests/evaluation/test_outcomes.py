"""What happened: the same as the algebra says, and silent where the record is."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date, timedelta

import pytest

from forecasts.evaluation.outcomes import Happened, cluster, happened, outcome
from forecasts.evaluation.resolution import verdict
from forecasts.evaluation.templates import Template, asked_at
from forecasts.evidence.tables import Contact
from forecasts.evidence.view import View
from forecasts.portfolio import Portfolio
from tests.builders import contact, coverage, opportunity, plan
from tests.builders_world import portfolio_of, quiet_evidence, real_portfolio

DAY = date(2023, 6, 18)
HORIZONS = (30, 90, 180, 365)
LATE = date(2026, 8, 22)
COMPLETE = date(2026, 6, 15)


def ahead(days: int) -> date:
    return DAY + timedelta(days=days)


def origins(every_days: int) -> list[date]:
    first, last = date(2005, 1, 1), date(2026, 8, 1)
    return [first + timedelta(days=n) for n in range(0, (last - first).days, every_days)]


def world(**tables: object) -> tuple[Portfolio, View, Happened]:
    portfolio = portfolio_of(quiet_evidence(**tables))
    return portfolio, portfolio.as_of(DAY), happened(portfolio)


def trip(day: date, **over: object) -> Contact:
    return contact(**{"id": f"trip-{day}", "start": day, "end": day, "known": day, **over})


def outcomes(template: str, *, subject: str = "state_sec_visit", **tables: object) -> list[float]:
    portfolio, view, record = world(**tables)
    return [
        outcome(each, record)
        for each in asked_at(view, portfolio, HORIZONS)
        if each.template == template and each.subject == subject
    ]


def silent(portfolio: Portfolio) -> Portfolio:
    """The portfolio without the level of every third contact."""
    contacts = tuple(
        replace(row, level=None) if number % 3 == 0 else row
        for number, row in enumerate(portfolio.evidence.contacts)
    )
    return replace(portfolio, evidence=replace(portfolio.evidence, contacts=contacts))


@pytest.mark.parametrize("forget", [False, True], ids=["as recorded", "levels missing"])
def test_outcomes_are_those_of_the_algebra(forget: bool) -> None:
    """On origins of twenty years, past the record's end, every cell agrees with the algebra."""
    portfolio = silent(real_portfolio()) if forget else real_portfolio()
    record, late = happened(portfolio), portfolio.as_of(LATE)
    for day in origins(every_days=797):
        for each in asked_at(portfolio.as_of(day), portfolio, (60, 300)):
            over = each.closes <= late.complete_until
            said = verdict(each.event, late) if over else None
            expected = math.nan if said is None else float(said)
            assert outcome(each, record) == pytest.approx(expected, nan_ok=True), each


def test_a_window_past_the_record_has_no_outcome_even_after_a_yes() -> None:
    """A meeting on day 5 does not settle a window whose last day is not recorded completely."""
    for last, decided in ((ahead(90), 2), (ahead(89), 1), (ahead(29), 0)):
        rows = tuple(
            coverage(kind=kind, complete_until=last, censored_from=ahead(400))
            for kind in real_portfolio().kinds
        )
        said = outcomes("contact", contacts=(trip(ahead(5)),), coverage=rows)

        assert said[:decided] == [1.0] * decided
        assert all(math.isnan(value) for value in said[decided:])


def test_recording_that_ends_early_for_one_kind_censors_that_kind() -> None:
    """Each kind has its own last day of complete recording."""
    rows = tuple(
        replace(row, complete_until=ahead(29)) if row.kind == "state_sec_visit" else row
        for row in quiet_evidence().coverage
    )

    assert all(math.isnan(value) for value in outcomes("contact", coverage=rows))
    assert outcomes("contact", subject="dialogue", coverage=rows) == [0.0] * 4


def test_the_last_day_of_a_window_counts_and_the_day_of_the_origin_does_not() -> None:
    """Windows run from the day after the origin to their last day, both included."""
    assert outcomes("contact", contacts=(trip(ahead(30)),))[0] == 1.0
    assert outcomes("contact", contacts=(trip(ahead(31)),))[0] == 0.0
    assert outcomes("contact", contacts=(trip(DAY),)) == [0.0] * 4


def test_a_contact_that_became_known_late_did_happen() -> None:
    """The origin could not know of it for a year; the outcome comes from the later record."""
    secret = trip(ahead(10), known=ahead(370))
    portfolio, view, record = world(contacts=(secret,))

    assert view.contacts == ()
    [first, *_] = asked_at(view, portfolio, (30,))
    meets = next(a for a in asked_at(view, portfolio, (30,)) if a.subject == "state_sec_visit")
    assert first.template == "contact"
    assert outcome(meets, record) == 1.0
    assert outcome(meets, happened(portfolio, through=ahead(369))) == 0.0


def test_what_became_public_after_the_day_of_resolving_is_not_used() -> None:
    """Resolved on the last day of a window the outcome is there, the day before it is not."""
    portfolio, view, _ = world(contacts=(trip(ahead(5)),))
    [meets] = [
        a
        for a in asked_at(view, portfolio, (30,))
        if (a.template, a.subject) == ("contact", "state_sec_visit")
    ]

    assert outcome(meets, happened(portfolio, through=ahead(30))) == 1.0
    assert math.isnan(outcome(meets, happened(portfolio, through=ahead(29))))


def test_a_postponed_plan_is_lost_though_it_is_made_up_for() -> None:
    """Held means held on the date for which it was announced."""
    fates = {"held": 1.0, "postponed": 0.0, "cancelled": 0.0}
    for fate, expected in fates.items():
        decided = plan(
            announced=ahead(-4),
            planned=ahead(10),
            status=fate,
            status_date=ahead(10),
            contact_id="trip",
        )
        made_up = trip(ahead(200), id="trip")
        assert outcomes("plan", plans=(decided,), contacts=(made_up,)) == [expected]


def test_a_plan_without_a_fate_has_no_outcome() -> None:
    """An announced contact of which nothing more was heard is neither held nor lost."""
    decided = plan(announced=ahead(-4), planned=ahead(10), status="pending", status_date=None)

    assert all(math.isnan(value) for value in outcomes("plan", plans=(decided,)))


def test_the_leaders_met_at_a_summit_or_not() -> None:
    """A meeting in the host's country within three days is the summit's; elsewhere it is not."""
    summit = opportunity(start=ahead(10), end=ahead(11), known=DAY)
    for days, country, expected in ((14, "India", 1.0), (15, "India", 0.0), (10, "Brazil", 0.0)):
        met = trip(ahead(days), kind="leader_in_person", country=country)
        said = outcomes("summit", subject="G20", opportunities=(summit,), contacts=(met,))
        assert said == [expected]


def test_a_summit_of_which_the_record_does_not_speak_has_no_outcome() -> None:
    """Attendance that is not established leaves open whether the record knows of the summit."""
    summit = opportunity(start=ahead(10), end=ahead(11), known=DAY, prc_attends=None)

    assert math.isnan(*outcomes("summit", subject="G20", opportunities=(summit,)))


def test_the_next_contact_is_judged_and_only_if_it_comes() -> None:
    """The first trip decides, not a better one after it; without one there is no outcome."""
    past = trip(ahead(-90))
    first, second = trip(ahead(40), level="dialogue"), trip(ahead(60), level="breakthrough")

    said = outcomes("level", contacts=(past, first, second))
    assert math.isnan(said[0])
    assert said[1:] == [0.0, 0.0, 0.0]
    turned = (past, replace(first, level="deliverable"), second)
    assert outcomes("level", contacts=turned)[1:] == [1.0, 1.0, 1.0]


def test_a_level_that_is_not_established_is_not_a_no() -> None:
    """A contact whose outcome nobody coded leaves its question open."""
    said = outcomes("level", contacts=(trip(ahead(-90)), trip(ahead(20), level=None)))

    assert all(math.isnan(value) for value in said)


def test_one_fact_decides_every_horizon() -> None:
    """A contact cell is a yes exactly if the contact that names its cluster falls in its window."""
    portfolio = real_portfolio()
    record = happened(portfolio)
    starts = {c.id: c.start for c in portfolio.evidence.contacts}
    for day in origins(every_days=173):
        for each in asked_at(portfolio.as_of(day), portfolio, HORIZONS):
            said = outcome(each, record)
            if each.template == "contact" and not math.isnan(said):
                deciding = starts.get(cluster(each, record), date.max)
                assert said == float(each.opens <= deciding <= each.closes)


def test_clusters_name_what_decides() -> None:
    """The next contact, the summit or the plan; after the last contact, that it was the last."""
    decided = plan(announced=ahead(-4), planned=ahead(10), status_date=ahead(10))
    summit = opportunity(start=ahead(50), end=ahead(50), known=DAY)
    portfolio, view, record = world(
        contacts=(trip(ahead(-90)), trip(ahead(40)), trip(ahead(60), kind="dialogue")),
        plans=(decided,),
        opportunities=(summit,),
    )

    def names(view: View, template: str, subject: str) -> set[str]:
        return {
            cluster(each, record)
            for each in asked_at(view, portfolio, HORIZONS)
            if (each.template, each.subject) == (template, subject)
        }

    trips = "state_sec_visit"
    assert names(view, "contact", trips) == names(view, "level", trips) == {f"trip-{ahead(40)}"}
    assert names(view, "contact", "fm_third") == {"no fm_third"}
    assert names(view, "plan", trips) == {decided.id}
    assert names(view, "summit", "G20") == {summit.id}
    later = portfolio.as_of(ahead(41))
    assert names(later, "contact", trips) == {f"none after trip-{ahead(40)}"}


def test_the_default_is_the_last_day_that_the_evidence_supports() -> None:
    """Without a day, outcomes are those of the day before the record is censored."""
    portfolio = real_portfolio()

    assert happened(portfolio) == happened(portfolio, through=LATE)
    assert happened(portfolio).complete_until == COMPLETE


def _template(portfolio: Portfolio, day: date) -> Template:
    return asked_at(portfolio.as_of(day), portfolio, (30,))[0]


def test_known_yes_and_no() -> None:
    """The leaders met at Woodside in November 2023, and not in the month before."""
    portfolio = real_portfolio()
    record = happened(portfolio)

    assert outcome(_template(portfolio, date(2023, 10, 20)), record) == 1.0
    assert outcome(_template(portfolio, date(2023, 10, 15)), record) == 0.0
