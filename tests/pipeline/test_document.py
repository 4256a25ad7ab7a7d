"""What a run document says of its evidence, and which answers may be used."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from forecasts.inference.answers import Answer
from forecasts.inference.gates import Gates
from forecasts.pipeline.document import freshness, record_end, status_of
from forecasts.portfolio import bundled, load
from forecasts.questions.estimates import Estimate

PORTFOLIO = load(bundled())
END = record_end(PORTFOLIO)
GOOD = Gates(
    rhat_max=1.0, ess_bulk_min=900, ess_tail_min=900, divergences=0, mcse_max=0.002, coherent=True
)


def answer(*, settled: bool = False) -> Answer:
    """An answer to some question of the portfolio."""
    question = PORTFOLIO.questions["leaders-meet-by-2023-12-31"]
    result = Estimate(0.5, 0.1, (0.4, 0.6), 0.002, 1000)
    return Answer(question, question.event, result, settled, ())


def test_evidence_is_fresh_up_to_the_end_of_its_record_and_stale_after() -> None:
    """One day later every table is stale by one day."""
    on_time = freshness(PORTFOLIO, PORTFOLIO.as_of(END))
    too_late = freshness(PORTFOLIO, PORTFOLIO.as_of(END + timedelta(days=1)))

    assert {row["status"] for row in on_time} == {"fresh"}
    assert {(row["status"], row["age_days"]) for row in too_late} == {("stale", 1)}


def test_after_the_record_the_past_is_unknown_and_not_empty() -> None:
    """A later day adds nothing known: futures start where the record ends."""
    late = PORTFOLIO.as_of(END + timedelta(days=100))

    assert late.known_through == END
    assert late.contacts == PORTFOLIO.as_of(END).contacts


def test_open_answer_is_stale_where_any_table_is_not_fresh() -> None:
    """Unknown is no more fresh than stale is, and the reason names the table."""
    fresh = {"table": "contacts", "status": "fresh"}

    assert status_of(answer(), GOOD, [fresh]) == ("open", "")
    for doubtful in ("stale", "unknown"):
        status, reason = status_of(
            answer(), GOOD, [fresh, {"table": "signals", "status": doubtful}]
        )
        assert status == "stale"
        assert "signals" in reason


def test_settled_answer_does_not_grow_stale() -> None:
    """What is on record stays decided."""
    old = [{"table": "contacts", "status": "stale"}]

    assert status_of(answer(settled=True), GOOD, old)[0] == "settled"


@pytest.mark.parametrize(
    "failed",
    [
        replace(GOOD, rhat_max=1.02),
        replace(GOOD, ess_bulk_min=399),
        replace(GOOD, ess_tail_min=399),
        replace(GOOD, divergences=1),
        replace(GOOD, mcse_max=0.0051),
        replace(GOOD, coherent=False),
    ],
)
def test_any_failed_gate_withholds_every_answer(failed: Gates) -> None:
    """Each gate closes by itself, says why, and outranks every other status."""
    assert GOOD.passed
    assert not failed.passed

    status, reason = status_of(answer(settled=True), failed, [])

    assert status == "gated"
    assert reason == failed.failures[0]


def test_record_ends_where_the_evidence_says() -> None:
    """The last day is the one before the record is censored."""
    assert date(2026, 8, 22) == END
