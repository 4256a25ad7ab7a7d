"""From the event table of a question file to an event."""

from __future__ import annotations

import tomllib
from datetime import date

import pytest

from forecasts.errors import BadInput
from forecasts.questions.events import (
    AllOf,
    AnyOf,
    Asked,
    Attends,
    ContactAt,
    ContactCount,
    Given,
    Not,
    OutcomeOf,
    PlanOutcome,
)
from forecasts.questions.names import leaves
from forecasts.questions.parse import PARSERS, parse_event

UNTIL = date(2023, 12, 31)
MEET = ContactCount(("leader_in_person",), until=UNTIL)
MEET_TOML = '{type = "contact_by", kind = "leader_in_person", until = 2023-12-31}'


def _parse(text: str) -> Asked:
    return parse_event(tomllib.loads(text), "questions/x.toml, event")


GOOD = [
    ('type = "contact_by"\nkind = "leader_in_person"\nuntil = 2023-12-31', MEET),
    (
        """
type = "contact_by"
kind = ["leader_in_person", "leader_remote"]
until = 2023-12-31
after = 2023-07-01
venue = "us"
place = "United States"
visitor = "prc"
""",
        ContactCount(
            ("leader_in_person", "leader_remote"),
            until=UNTIL,
            after=date(2023, 7, 1),
            venue="us",
            place="United States",
            visitor="prc",
        ),
    ),
    (
        'type = "contact_count"\nkind = "leader_remote"\nuntil = 2023-12-31\nat_least = 2',
        ContactCount(("leader_remote",), until=UNTIL, at_least=2),
    ),
    ('type = "contact_at"\nopportunity = "MC-G20-20230909"', ContactAt("MC-G20-20230909")),
    ('type = "attends"\nopportunity = "X"\nside = "prc"', Attends("X", "prc")),
    ('type = "plan_outcome"\nplan = "k:a:b"\noutcome = "held"', PlanOutcome("k:a:b", "held")),
    (
        'type = "plan_outcome"\nplan = "any"\noutcome = "lost"\nuntil = 2023-12-31',
        PlanOutcome("any", "lost", UNTIL),
    ),
    (
        'type = "outcome_of"\nplan = "k:a:b"\nreceived = true',
        OutcomeOf(plan="k:a:b", received=True),
    ),
    (
        """
type = "outcome_of"
next = "leader_in_person"
until = 2023-12-31
level_at_least = "deliverable"
""",
        OutcomeOf(next_of=("leader_in_person",), until=UNTIL, level_at_least="deliverable"),
    ),
    (f'type = "all_of"\nevents = [{MEET_TOML}]', AllOf((MEET,))),
    (f'type = "any_of"\nevents = [{MEET_TOML}, {MEET_TOML}]', AnyOf((MEET, MEET))),
    (f'type = "not"\nevent = {MEET_TOML}', Not(MEET)),
    (f'type = "given"\nevent = {MEET_TOML}\ncondition = {MEET_TOML}', Given(MEET, MEET)),
]


@pytest.mark.parametrize(("text", "event"), GOOD, ids=range(len(GOOD)))
def test_a_table_is_read_as_the_event_it_names(text: str, event: Asked) -> None:
    """Every type of event, with its defaults and all its keys."""
    assert _parse(text) == event


def test_every_type_is_among_the_examples() -> None:
    """A new type of event needs an example here."""
    named = {tomllib.loads(text)["type"] for text, _ in GOOD}

    assert named == {*PARSERS, "given"}


COUNT = 'type = "contact_by"\nkind = "leader_remote"\nuntil = 2023-12-31\n'
BAD = [
    ("", "", "a key 'type'", "no such key"),
    ("type = 3", ", type", "text in quotes", "3"),
    ('type = "contact_on"', ", type", "contact_by", "contact_on"),
    (COUNT.replace("leader_remote", "tea_party"), ", kind", "leader_remote", "tea_party"),
    (COUNT.replace('"leader_remote"', "[]"), ", kind", "at least one", "[]"),
    (COUNT.replace('"leader_remote"', "[1]"), ", kind", "list of texts", "[1]"),
    (COUNT.replace('kind = "leader_remote"', ""), "", "a key 'kind'", "no such key"),
    (COUNT.replace("until = 2023-12-31", ""), "", "a key 'until'", "no such key"),
    (COUNT.replace("2023-12-31", '"2023-12-31"'), ", until", "without quotes", "2023-12-31"),
    (COUNT.replace("2023-12-31", "2023-12-31T00:00:00"), ", until", "a day like", "2023-12-31"),
    (COUNT + 'venue = "moon"', ", venue", "us, prc, third", "moon"),
    (COUNT + 'visitor = "third"', ", visitor", "us, prc", "third"),
    (COUNT + "place = 3", ", place", "text in quotes", "3"),
    (COUNT + "at_least = 2", "", "one of the keys type, kind", "at_least"),
    (COUNT + "utnil = 2023-12-31", "", "one of the keys", "utnil"),
    (COUNT + "after = 2024-01-01", ", until", "from 2024-01-01", "2023-12-31"),
    (COUNT.replace("_by", "_count"), "", "a key 'at_least'", "no such key"),
    (COUNT.replace("_by", "_count") + "at_least = 0", ", at_least", "at least 1", "0"),
    (COUNT.replace("_by", "_count") + "at_least = 1.5", ", at_least", "whole number", "1.5"),
    (COUNT.replace("_by", "_count") + "at_least = true", ", at_least", "whole number", "True"),
    ('type = "contact_at"', "", "a key 'opportunity'", "no such key"),
    ('type = "attends"\nopportunity = "X"\nside = "third"', ", side", "us, prc", "third"),
    ('type = "plan_outcome"\nplan = "p"\noutcome = "won"', ", outcome", "held, postponed", "won"),
    (
        'type = "plan_outcome"\nplan = "any"\noutcome = "held"\nuntil = 2023-12-31',
        ", outcome", "lost, where the plan is any", "held",
    ),
    ('type = "plan_outcome"\nplan = "any"\noutcome = "lost"', "", "a key 'until'", "no such key"),
    ('type = "outcome_of"\nreceived = true', "", "either plan or next", "neither"),
    (
        'type = "outcome_of"\nplan = "p"\nnext = "leader_remote"\nreceived = true',
        "", "either plan or next", "both",
    ),
    ('type = "outcome_of"\nplan = "p"', "", "what counts", "neither"),
    ('type = "outcome_of"\nplan = "p"\nreceived = "yes"', ", received", "true or false", "yes"),
    (
        'type = "outcome_of"\nnext = "leader_remote"\nreceived = true',
        "", "a key 'until'", "no such key",
    ),
    ('type = "outcome_of"\nnext = []\nreceived = true', ", next", "at least one", "[]"),
    ('type = "outcome_of"\nplan = "p"\nlevel_at_least = "x"', ", level_at_least", "breakth", "x"),
    ('type = "all_of"\nevents = []', ", events", "at least one table", "[]"),
    ('type = "any_of"\nevents = [1]', ", events[1]", "a table", "1"),
    (
        f'type = "any_of"\nevents = [{MEET_TOML}, {{type = "not"}}]',
        ", events[2]", "a key 'event'", "no such key",
    ),
    ('type = "not"\nevent = "x"', ", event", "a table", "x"),
    (f'type = "given"\nevent = {MEET_TOML}', "", "a key 'condition'", "no such key"),
    (
        f'type = "not"\nevent = {{type = "given", event = {MEET_TOML}, condition = {MEET_TOML}}}',
        ", event, type", "given only at the top", "given",
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "place", "expected", "found"),
    BAD,
    ids=range(len(BAD)),
)
def test_a_table_that_says_nothing_clear_is_refused(
    text: str, place: str, expected: str, found: str
) -> None:
    """Unknown words, missing and misspelt keys, inverted windows, conditionals below the top."""
    with pytest.raises(BadInput) as caught:
        _parse(text)

    assert caught.value.where == f"questions/x.toml, event{place}"
    assert expected in caught.value.expected
    assert found in caught.value.found
    assert caught.value.mend


def test_leaves_are_the_events_that_others_are_made_of() -> None:
    """Every part is found, conditions included, however deep."""
    at, goes = ContactAt("X"), Attends("X", "us")
    asked = Given(AllOf((MEET, Not(at))), AnyOf((goes, MEET)))

    assert list(leaves(asked)) == [MEET, at, goes, MEET]
