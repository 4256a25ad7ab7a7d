"""Questions are resolved from the record, and only where the record decides."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from forecasts.pipeline.resolve import resolution
from forecasts.portfolio import bundled, load
from forecasts.questions.events import ContactCount, Given, Not, OutcomeOf

PORTFOLIO = load(bundled())
RECORD_END = date(2026, 8, 22)
JUNE_2023 = {
    "xi-receives-blinken-june-2023": True,
    "blinken-visit-deliverable-june-2023": False,
    "blinken-visit-breakthrough-june-2023": False,
    "treasury-in-person-by-2023-09-30": True,
    "leaders-meet-at-g20-new-delhi-2023": False,
    "leaders-meet-at-apec-san-francisco-2023": True,
    "leaders-meet-by-2023-12-31": True,
    "leaders-call-by-2023-12-31": False,
}


@pytest.mark.parametrize(("name", "happened"), JUNE_2023.items(), ids=JUNE_2023)
def test_the_past_is_resolved(name: str, happened: bool) -> None:
    """What is public knowledge of 2023 is what the record says."""
    assert resolution(PORTFOLIO.questions[name], PORTFOLIO, RECORD_END) is happened


def test_every_question_of_the_past_has_a_resolution() -> None:
    """The record decides each question of June 2023, and none whose window is still open."""
    for question in PORTFOLIO.questions.values():
        decided = resolution(question, PORTFOLIO, RECORD_END) is not None
        assert decided is (question.set == "june-2023"), question.id


def test_what_became_public_later_is_not_used() -> None:
    """On the day before a window closes a question is open, whatever has happened by then."""
    question = PORTFOLIO.questions["leaders-meet-by-2023-12-31"]
    last = question.closes

    assert resolution(question, PORTFOLIO, last - timedelta(days=1)) is None
    assert resolution(question, PORTFOLIO, last) is True


def test_partial_recording_decides_nothing() -> None:
    """A window that ends after the last day of complete recording is not resolved to no."""
    complete = PORTFOLIO.as_of(RECORD_END).complete_until
    asked = PORTFOLIO.questions["leaders-call-by-2023-12-31"]
    for days, decided in ((0, True), (1, False)):
        until = complete + timedelta(days=days)
        event = ContactCount(("leader_remote",), until=until)
        question = replace(asked, opens=date(2026, 1, 1), closes=until, event=event)
        assert (resolution(question, PORTFOLIO, RECORD_END) is not None) is decided


def test_a_condition_that_did_not_come_about_leaves_the_question_open() -> None:
    """Given a meeting that never was, how it ended is neither yes nor no."""
    question = PORTFOLIO.questions["leaders-meeting-2023-deliverable"]
    assert isinstance(question.event, Given)
    never = ContactCount(("leader_in_person",), until=date(2023, 9, 30))
    asked = replace(question.event, condition=never)

    assert resolution(question, PORTFOLIO, RECORD_END) is True
    assert resolution(replace(question, event=asked), PORTFOLIO, RECORD_END) is None


def test_a_fact_that_is_not_established_is_not_a_no() -> None:
    """A reception of which the record does not speak leaves its question unresolved."""
    question = PORTFOLIO.questions["xi-receives-blinken-june-2023"]
    contacts = tuple(
        replace(each, received=None) if each.start == date(2023, 6, 18) else each
        for each in PORTFOLIO.evidence.contacts
    )
    silent = replace(PORTFOLIO, evidence=replace(PORTFOLIO.evidence, contacts=contacts))

    assert resolution(question, silent, RECORD_END) is None
    assert isinstance(question.event, OutcomeOf)
    assert resolution(replace(question, event=Not(question.event)), silent, RECORD_END) is None
