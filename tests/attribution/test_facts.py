"""Facts between two days: which rows tell one story, and what lies between the two views."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecasts.attribution.facts import (
    CALLED_OFF,
    CONTACT,
    PLAN,
    SIGNAL,
    SUMMIT,
    TABLES,
    Fact,
    facts_between,
    grouped,
    knowing,
)
from forecasts.evidence.tables import Evidence
from forecasts.evidence.view import View, as_of
from forecasts.world.summits import coming_summits
from tests.builders import contact, loss, opportunity, plan, signal
from tests.builders_world import quiet_evidence, real_portfolio

OLD, NEW = date(2023, 6, 16), date(2023, 7, 7)
DAYS = st.dates(date(2012, 1, 1), date(2026, 6, 1))


def between(evidence: Evidence, old: date = OLD, new: date = NEW) -> tuple[Fact, ...]:
    families = real_portfolio().signals
    return facts_between(as_of(evidence, old), as_of(evidence, new), families)


@given(DAYS, st.integers(0, 400))
def test_all_facts_together_are_the_new_view(old: date, days: int) -> None:
    """On the shipped record, knowing every fact between two days is the view of the later day."""
    first = real_portfolio().as_of(old)
    last = real_portfolio().as_of(old + timedelta(days=days))
    facts = facts_between(first, last, real_portfolio().signals)

    assert knowing(first, last, facts) == last


@given(DAYS, st.integers(0, 400))
def test_every_changed_row_is_in_one_fact(old: date, days: int) -> None:
    """No row is told twice, and none that is new or different is left out."""
    first = real_portfolio().as_of(old)
    last = real_portfolio().as_of(old + timedelta(days=days))
    facts = facts_between(first, last, real_portfolio().signals)
    rows = [row for fact in facts for row in fact.rows]
    differ = {
        (table, row.id)
        for table in TABLES
        for row in set(getattr(last, table)) - set(getattr(first, table))
    }

    assert len(rows) == len(set(rows))
    assert set(rows) == differ


@given(DAYS, st.integers(1, 400))
def test_without_facts_only_the_day_is_another(old: date, days: int) -> None:
    """Time passes: rows are those of the earlier day, but for summits that stay open."""
    first = real_portfolio().as_of(old)
    last = real_portfolio().as_of(old + timedelta(days=days))

    waiting = knowing(first, last, ())

    assert waiting.known_through == last.known_through
    for table in set(TABLES) - {"opportunities"}:
        assert getattr(waiting, table) == getattr(first, table)
    for now, then in zip(waiting.opportunities, first.opportunities, strict=True):
        assert replace(now, end=then.end) == then


def test_a_contact_brings_the_fate_of_its_plan() -> None:
    """The trip and the plan that announced it are one fact."""
    (fact,) = between(quiet_evidence(contacts=(contact(),), plans=(plan(),)))

    assert fact.sort == CONTACT
    assert fact.rows == {("contacts", "C1"), ("plans", plan().id)}


def test_a_called_off_plan_brings_its_loss() -> None:
    """The lost plan, and the row that says so, are one fact."""
    lost = plan(
        announced=date(2023, 6, 1), status="cancelled", status_date=date(2023, 6, 20), contact_id=""
    )
    gone = loss(cancelled=date(2023, 6, 20), dated_plan=True)

    (fact,) = between(quiet_evidence(plans=(lost,), losses=(gone,)))

    assert fact.sort == CALLED_OFF
    assert fact.rows == {("losses", "X1"), ("plans", lost.id)}


def test_a_summit_brings_the_meeting_there() -> None:
    """How a summit went and the meeting there are one fact; without a meeting it stands alone."""
    bali = opportunity(
        id="G", start=date(2022, 11, 15), end=date(2022, 11, 16), country="Indonesia",
        city="Bali", prc_attends=True,
    )  # fmt: skip
    met = contact(
        id="B", kind="leader_in_person", start=date(2022, 11, 14), end=date(2022, 11, 14),
        known=date(2022, 11, 14), announced=None, country="Indonesia", city="Bali", venue="third",
    )  # fmt: skip
    days = {"old": date(2022, 11, 1), "new": date(2022, 12, 1)}

    (both,) = between(quiet_evidence(contacts=(met,), opportunities=(bali,)), **days)
    (alone,) = between(quiet_evidence(opportunities=(bali,)), **days)

    assert (both.sort, len(both.rows)) == (CONTACT, 2)
    assert (alone.sort, len(alone.rows)) == (SUMMIT, 1)


def test_a_new_announcement_and_a_signal_are_facts_of_their_own() -> None:
    """Each is named by what it is, in the order in which it became known."""
    coming = plan(
        announced=date(2023, 7, 2), planned=date(2023, 8, 1), status_date=date(2023, 8, 1)
    )
    later = signal(event_date=date(2023, 7, 3), known=date(2023, 7, 3))

    found = between(quiet_evidence(plans=(coming,), signals=(later,)))

    assert [(fact.sort, fact.group) for fact in found] == [
        (PLAN, "state_sec_visit"),
        (SIGNAL, "hostile"),
    ]


def test_how_a_visit_ended_is_a_fact() -> None:
    """A contact under way on the earlier day changes once, when it ends."""
    (fact,) = between(quiet_evidence(contacts=(contact(),)), old=date(2023, 6, 18))

    assert fact.label.endswith("how it ended")
    assert fact.known == date(2023, 6, 19)


def test_a_summit_that_nobody_has_heard_of_is_still_to_come() -> None:
    """Past its day and without a fact, it is decided on the next day instead of vanishing."""
    days = (date(2023, 9, 1), date(2023, 10, 1))
    old, new = (as_of(quiet_evidence(opportunities=(opportunity(),)), day) for day in days)

    waiting = knowing(old, new, ())

    assert [summit.id for summit in coming_summits(waiting, date(2023, 10, 8))] == [
        "MC-G20-20230909"
    ]
    assert not coming_summits(new, date(2023, 10, 8))


def made(sort: str, group: str, number: int) -> Fact:
    return Fact(sort, group, f"{sort} {number}", OLD, frozenset({(sort, str(number))}))


made_facts = st.lists(
    st.tuples(st.sampled_from([CONTACT, PLAN, CALLED_OFF, SIGNAL, SUMMIT]), st.sampled_from("abc")),
    max_size=25,
).map(lambda each: [made(sort, group, number) for number, (sort, group) in enumerate(each)])


@given(made_facts)
def test_grouping_loses_nothing_and_keeps_the_limit(facts: list[Fact]) -> None:
    """At most six groups, which have every row once; few facts stay as they are."""
    found = grouped(facts, 6)
    rows = [row for fact in found for row in fact.rows]

    assert len(found) <= 6
    assert sorted(rows) == sorted(row for fact in facts for row in fact.rows)
    if len(facts) <= 6:
        assert found == tuple(facts)
    for fact in found:
        assert len(fact.facts) in (0, len(fact.rows))


def test_signals_are_grouped_before_contacts() -> None:
    """Signals of one family give way first; single contacts keep their bars."""
    facts = [made(SIGNAL, "hostile", n) for n in range(4)]
    facts += [made(CONTACT, "state_sec_visit", n) for n in range(4, 8)]

    found = grouped(facts, 6)

    assert [fact.sort for fact in found] == [SIGNAL, *[CONTACT] * 4]
    assert found[0].label == "4 signals (hostile)"
    assert found[0].facts == tuple(fact.label for fact in facts[:4])


@pytest.mark.parametrize("day", [date(2023, 6, 18), date(2025, 1, 31)])
def test_the_same_day_has_no_facts(day: date) -> None:
    """Nothing becomes known between a view and itself."""
    view: View = real_portfolio().as_of(day)

    assert facts_between(view, view, real_portfolio().signals) == ()


def test_no_more_is_grouped_than_has_to_be() -> None:
    """Six facts of one family stay apart; with a seventh they are one group."""
    six = [made(SIGNAL, "hostile", n) for n in range(6)]

    assert grouped(six, 6) == tuple(six)
    assert len(grouped([*six, made(SIGNAL, "hostile", 6)], 6)) == 1
