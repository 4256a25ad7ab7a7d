"""Resolving questions from the record itself.

The record is read as a single future in which nothing happens after its end,
by the same algebra that reads simulated futures. What the record does not say
is not guessed: a question that hangs on it stays unresolved.
"""

from __future__ import annotations

from datetime import date, timedelta

from forecasts.evaluation.resolution import verdict
from forecasts.portfolio import Portfolio, Question
from forecasts.questions.algebra import anchored
from forecasts.questions.names import last_day


def resolution(question: Question, portfolio: Portfolio, through: date) -> bool | None:
    """Whether the event of a question happened, by what was public on a later day.

    Parameters
    ----------
    question : Question
    portfolio : Portfolio
        Holds the record.
    through : date
        The day on which it is resolved; what became public later is not used.

    Returns
    -------
    bool or None
        ``None`` while the window is not over within complete recording, where
        the record lacks a fact that decides it, and where a condition of the
        question did not come about.
    """
    view = portfolio.as_of(through)
    closes = max(question.closes, last_day(question.event) or question.closes)
    if closes > view.complete_until:
        return None
    return verdict(anchored(question.event, question.opens + timedelta(days=1)), view)
