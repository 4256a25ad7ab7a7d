"""What of the issued answers counts as a forecast, and what is only counted."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecasts.evaluation.record import (
    LIVE_WITHIN_DAYS,
    NOT_SCORED,
    Issued,
    cells,
    issued_of,
    sort_out,
)
from forecasts.questions.events import ContactAt
from tests.builders_record import AS_OF, HAPPENED, LATE, SOON, later, portfolio, run, said

MEET, CALL = "leaders-meet-by-2023-12-31", "leaders-call-by-2023-12-31"
QUESTIONS = portfolio().questions
NEXT_DAY = issued_of(run(0, said(MEET), issued_at=SOON))[0]


def issued(**over: Any) -> Issued:
    """One answer, issued the day after its as-of day."""
    return replace(NEXT_DAY, **over)


@pytest.mark.parametrize(("days", "live"), [(0, True), (30, True), (31, False), (1255, False)])
def test_a_late_answer_is_a_retrodiction(days: int, live: bool) -> None:
    """More than a month after the as-of day, whoever issues an answer has seen too much."""
    assert LIVE_WITHIN_DAYS == 30
    assert issued_of(run(0, said(MEET), issued_at=later(days)))[0].live is live


@pytest.mark.parametrize(("days_after", "live"), [(0, True), (1, False)])
def test_after_the_close_nothing_is_live(days_after: int, live: bool) -> None:
    """An answer that is issued when its window is over is no forecast, however soon it comes."""
    closes = date.fromisoformat(AS_OF) + timedelta(days=3)

    assert issued(closes=closes, issued=closes + timedelta(days=days_after)).live is live


@pytest.mark.parametrize("status", ["gated", "settled"])
def test_what_nobody_saw_or_everybody_knew_is_not_scored(status: str) -> None:
    """A gated answer did not leave the house; a settled one foretells nothing."""
    found = sort_out([issued(status=status), issued()], QUESTIONS)

    assert len(found.kept) == 1
    assert found.apart[status] == 1


def test_a_failed_run_gates_its_open_answers() -> None:
    """What a failed run made itself was withheld; what it carried or looked up was shown."""
    shown = [said(MEET), said(CALL, status="stale")]
    failed = {"passed": False, "failures": ["R-hat 1.08"]}

    assert [a.status for a in issued_of(run(0, *shown, gates=failed))] == ["gated", "stale"]


def test_a_stale_answer_is_scored_and_told() -> None:
    """Marking an answer as stale does not take it out of the record."""
    found = sort_out([issued(status="stale")], QUESTIONS)

    assert (len(found.kept), found.stale) == (1, 1)


def test_the_first_issue_of_a_day_counts() -> None:
    """A rerun cannot replace what was said first, in whatever order the two are read."""
    first = issued(issued_at="2023-06-19T09:00:00Z", probability=0.2)
    last = issued(issued_at="2023-06-19T10:00:00Z", probability=0.9)
    other_day = issued(as_of=date(2023, 6, 20), probability=0.5)

    for order in ([first, last, other_day], [other_day, last, first]):
        found = sort_out(order, QUESTIONS)
        assert [each.probability for each in found.kept] == [0.2, 0.5]
        assert found.apart["repeated"] == 1


def test_a_gated_rerun_leaves_the_shown_number_standing() -> None:
    """A later run that was withheld does not take back what readers saw."""
    rerun = issued(issued_at="2023-06-20T00:00:00Z", status="gated", probability=0.99)

    assert sort_out([issued(probability=0.2), rerun], QUESTIONS).kept[0].probability == 0.2


@pytest.mark.parametrize(
    "over",
    [
        {"question": "no-such-question"},
        {"closes": date(2024, 12, 31)},
        {"opens": date(2023, 1, 1)},
        {"happens_when": "They meet or speak."},
    ],
    ids=lambda over: next(iter(over)),
)
def test_a_question_that_changed_is_not_scored(over: dict[str, Any]) -> None:
    """An answer is judged by the question that was asked, never by one put in its place."""
    found = sort_out([issued(**over)], QUESTIONS)

    assert found.kept == ()
    assert found.apart["changed"] == 1


@given(
    st.lists(
        st.builds(
            issued,
            status=st.sampled_from(["open", "stale", "settled", "gated"]),
            question=st.sampled_from([MEET, "gone"]),
            as_of=st.dates(date(2023, 6, 16), date(2023, 6, 18)),
            issued_at=st.sampled_from([SOON, LATE]),
        )
    )
)
def test_every_answer_is_counted_once(answers: list[Issued]) -> None:
    """Kept and set aside add up to what was issued: nothing leaves the record unseen."""
    found = sort_out(answers, QUESTIONS)

    assert found.issued == len(answers) == len(found.kept) + sum(found.apart.values())
    assert set(found.apart) == set(NOT_SCORED)


def test_cells_carry_what_was_said() -> None:
    """A cell has the probability, the outcome, the fact, the days, and each baseline's number."""
    others = {"plans only": 0.3, "climatology": 0.4, "constant hazard": None, "crowd": 0.6}
    document = run(0, said(MEET, baselines=others), said(CALL, 0.1), issued_at=SOON)
    table = cells(issued_of(document), {MEET: True, CALL: None}, void=frozenset({CALL}))
    rate = document["answers"][0]["base_rate"]["probability"]

    assert table["forecaster"].values.tolist() == [
        "issued", "base rate", "climatology", "plans only", "crowd",
    ]  # fmt: skip
    np.testing.assert_allclose(
        table["probability"].values, [[0.7, rate, 0.4, 0.3, 0.6], [0.1, rate, *[math.nan] * 3]]
    )
    np.testing.assert_array_equal(table["outcome"].values, [1.0, math.nan])
    assert table["void"].values.tolist() == [False, True]
    assert table["cluster"].values.tolist() == [MEET, CALL]
    assert table["days_to_close"].values.tolist() == [196, 196]


def test_a_number_that_is_missing_is_not_nought() -> None:
    """An answer without a probability, or without a base rate, has none in the table either."""
    without = said(MEET, None, base_rate=None)
    table = cells(issued_of(run(0, without)), {MEET: True}, void=frozenset())

    assert np.isnan(table["probability"].values).all()


def test_the_questions_are_those_of_the_portfolio() -> None:
    """The builder's questions exist: a renamed one would be set aside, and prove nothing."""
    assert set(HAPPENED) <= set(QUESTIONS)
    assert isinstance(QUESTIONS["leaders-meet-at-g20-new-delhi-2023"].event, ContactAt)
