"""Baselines issued with a question are those of the template that it has the form of."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from forecasts.evaluation.asked import issued_baselines
from forecasts.evaluation.baselines import BASELINES, baselines
from forecasts.evaluation.templates import asked_at
from forecasts.questions.events import (
    Asked,
    ContactAt,
    ContactCount,
    Not,
    OutcomeOf,
    PlanOutcome,
)
from tests.builders_world import real_portfolio

DAY = date(2023, 6, 15)
SOON = DAY + timedelta(days=90)


@pytest.mark.parametrize("template", ["contact", "plan"])
def test_a_question_in_a_template_s_form_has_its_baselines(template: str) -> None:
    """Each contact and plan question of a day, asked by hand, gets what the backtest would say."""
    portfolio = real_portfolio()
    view = portfolio.as_of(DAY)
    asked = [each for each in asked_at(view, portfolio, (30, 90)) if each.template == template]
    expected = baselines(view, portfolio, asked)

    assert asked
    for each, row in zip(asked, expected, strict=True):
        said = issued_baselines(each.event, view, portfolio)
        assert list(said) == list(BASELINES)
        assert list(said.values()) == pytest.approx(list(row), nan_ok=True)


def test_a_coming_summit_has_baselines() -> None:
    """The G20 that was announced gets the past rate of its series; one that is over gets none."""
    portfolio = real_portfolio()
    view = portfolio.as_of(DAY)
    coming = next(each.id for each in view.coming if each.series == "G20")
    over = next(each.id for each in view.opportunities if each.series == "G20")

    said = issued_baselines(ContactAt(coming), view, portfolio)
    assert said["calendar only"] is not None
    assert 0.2 < said["calendar only"] < 0.9
    assert issued_baselines(ContactAt(over), view, portfolio) == {}


@pytest.mark.parametrize(
    "asked",
    [
        ContactCount(("leader_in_person",), until=SOON, at_least=2),
        ContactCount(("leader_in_person", "leader_remote"), until=SOON),
        ContactCount(("leader_in_person",), until=SOON, venue="us"),
        ContactCount(("leader_in_person",), until=DAY),
        ContactCount(("leader_in_person",), until=SOON, after=DAY + timedelta(days=9)),
        ContactCount(("intel",), until=SOON),
        Not(ContactCount(("leader_in_person",), until=SOON)),
        PlanOutcome("state_sec_visit:2023-01-01:2023-12-01", "held"),
        OutcomeOf(next_of=("leader_in_person",), until=SOON),
    ],
)
def test_other_questions_have_none(asked: Asked) -> None:
    """A baseline is never stretched to a question that it was not made for."""
    assert issued_baselines(asked, real_portfolio().as_of(DAY), real_portfolio()) == {}
