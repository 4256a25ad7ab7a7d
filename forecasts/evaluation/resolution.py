"""What the record says of an event, by the algebra that reads simulated futures.

The record is one future in which nothing happens after its end. What it does
not say is not guessed: an event that hangs on it stays undecided.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from forecasts.evidence.view import View
from forecasts.questions.algebra import split
from forecasts.questions.events import Asked
from forecasts.questions.futures import ContactTable, Futures, PlanFates
from forecasts.questions.names import named
from forecasts.questions.record import recorded
from forecasts.schema import LEVELS
from forecasts.world.simulate import decided_plans, known_summits, past_contacts, past_losses


def verdict(asked: Asked, view: View) -> bool | None:
    """Whether an event happened, by what `view` holds.

    Whether its window is over within the record is for the caller to check.

    Parameters
    ----------
    asked : Asked
        The event; a window without a first day starts after the record.
    view : View
        The record as of a later day.

    Returns
    -------
    bool or None
        ``None`` where the record lacks a plan, a summit, a level or a
        reception that decides it, and where a condition did not come about.

    Examples
    --------
    >>> from datetime import date
    >>> from forecasts.portfolio import bundled, load
    >>> from forecasts.questions.events import ContactAt
    >>> view = load(bundled()).as_of(date(2026, 8, 22))
    >>> verdict(ContactAt("MC-APEC-20231115"), view)
    True
    >>> verdict(ContactAt("MC-APEC-20261118"), view) is None
    True
    """
    names = named(asked)
    record = _record(view, names)
    if names - {*record.plans.ids, *record.summits.ids}:
        return None
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
