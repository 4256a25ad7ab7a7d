"""Resolving questions from the record itself.

The record is read as a single future in which nothing happens after its end,
by the same algebra that reads simulated futures. What the record does not say
is not guessed: a question that hangs on it stays unresolved.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np

from forecasts.evidence.view import View
from forecasts.portfolio import Portfolio, Question
from forecasts.questions.algebra import anchored, split
from forecasts.questions.events import Asked
from forecasts.questions.futures import ContactTable, Futures, PlanFates
from forecasts.questions.names import last_day, named
from forecasts.questions.record import recorded
from forecasts.schema import LEVELS
from forecasts.world.simulate import decided_plans, known_summits, past_contacts, past_losses


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
    names = named(question.event)
    record = _record(view, names)
    if names - {*record.plans.ids, *record.summits.ids}:
        return None
    asked = anchored(question.event, question.opens + timedelta(days=1))
    verdicts = {_verdict(asked, each) for each in (record, _in_favour(record))}
    return verdicts.pop() if len(verdicts) == 1 else None


def _verdict(asked: Asked, record: Futures) -> bool | None:
    happens, condition = split(asked, record)
    return bool(happens[0]) if condition[0] else None


def _record(view: View, names: frozenset[str]) -> Futures:
    places = tuple(sorted({contact.country for contact in view.contacts} - {""}))
    return recorded(
        view.known_through,
        past=past_contacts(view, places),
        lost_past=past_losses(view).tolist(),
        plans=decided_plans(view, names),
        summits=known_summits(view, names),
        places=places,
    )


def _in_favour(record: Futures) -> Futures:
    """Return the same record with every unknown level and reception as high as it could be."""
    return replace(record, past=_highest(record.past), plans=_highest(record.plans))


def _highest[Table: (ContactTable, PlanFates)](table: Table) -> Table:
    return replace(
        table,
        level=np.where(table.level < 0, len(LEVELS) - 1, table.level).astype(np.int8),
        received=np.where(table.received < 0, 1, table.received).astype(np.int8),
    )
