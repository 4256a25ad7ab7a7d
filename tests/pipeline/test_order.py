"""What may be ordered, and which orders are the same run."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from forecasts.errors import BadInput
from forecasts.inference.fit import Settings
from forecasts.pipeline.run import Order, check_day, chosen, default_as_of, run_id
from forecasts.portfolio import Portfolio
from tests.builders_world import real_portfolio

JUNE = date(2023, 6, 18)


@pytest.fixture
def portfolio() -> Portfolio:
    return real_portfolio()


def identifier(portfolio: Portfolio, order: Order) -> str:
    return run_id(portfolio, order, chosen(portfolio, order))


def test_run_id_is_stable(portfolio: Portfolio) -> None:
    """The same order on the same portfolio is the same run, in whatever order questions stand."""
    order = Order(JUNE)
    questions = chosen(portfolio, order)

    assert run_id(portfolio, order, questions) == run_id(portfolio, Order(JUNE), questions[::-1])
    assert len(identifier(portfolio, order)) == 16


@pytest.mark.parametrize(
    "other",
    [
        Order(JUNE, seed=2),
        Order(JUNE, replicates=10),
        Order(JUNE, settings=Settings(draws=500)),
        Order(date(2023, 6, 19)),
        Order(JUNE, questions=("leaders-meet-by-2023-12-31",)),
    ],
)
def test_run_id_changes_with_the_order(portfolio: Portfolio, other: Order) -> None:
    """Seed, effort, day and questions are each part of what a run is."""
    assert identifier(portfolio, other) != identifier(portfolio, Order(JUNE))


def test_run_id_changes_with_the_portfolio(portfolio: Portfolio) -> None:
    """One changed byte in a declared file is another run."""
    changed = replace(portfolio, digest="0" * 64)

    assert identifier(changed, Order(JUNE)) != identifier(portfolio, Order(JUNE))


def test_default_day_is_the_last_the_record_speaks_of(portfolio: Portfolio) -> None:
    """Without a day, a run is as of the day before the record is censored."""
    assert default_as_of(portfolio) == date(2026, 8, 22)
    assert portfolio.as_of(default_as_of(portfolio)).known_through == date(2026, 8, 22)


def test_days_before_the_evidence_are_refused(portfolio: Portfolio) -> None:
    """A day before the record begins, in 1971, is bad input that names the first day."""
    with pytest.raises(BadInput, match=r"--as-of.*1971.*1970-12-31"):
        check_day(portfolio, date(1970, 12, 31))
    check_day(portfolio, date(1972, 1, 1))


def test_open_questions_are_chosen_by_default(portfolio: Portfolio) -> None:
    """Without names, every question that is open on the day is answered, and only those."""
    sets = {question.set for question in chosen(portfolio, Order(JUNE))}
    live = {question.set for question in chosen(portfolio, Order(default_as_of(portfolio)))}

    assert sets == {"june-2023"}
    assert live == {"live"}
    one = chosen(portfolio, Order(JUNE, questions=("leaders-meet-by-2023-12-31",)))
    assert [question.id for question in one] == ["leaders-meet-by-2023-12-31"]


@pytest.mark.parametrize(
    ("order", "message"),
    [
        (Order(JUNE, questions=("leaders-met",)), r"--question.*leaders-met"),
        (Order(JUNE, questions=("xi-visits-us-by-2026-12-31",)), r"--as-of.*2026-.*2023-06-18"),
        (Order(date(1999, 1, 1)), r"--as-of.*open.*1999-01-01"),
    ],
    ids=["unknown", "not-open", "none-open"],
)
def test_orders_that_no_question_fits_are_refused(
    portfolio: Portfolio, order: Order, message: str
) -> None:
    """A question that is unknown or not open, or a day without any, is bad input that says so."""
    with pytest.raises(BadInput, match=message):
        chosen(portfolio, order)
