"""Whether an event happens, future by future.

:func:`holds` maps an event and a set of futures to one Boolean a future. Since
every question is read from the same futures, the laws of probability hold to
the last bit: a later deadline never lowers a probability, an event and its
negation sum to one, and P(A|B) P(B) = P(A and B).

Nothing here draws a random number.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import singledispatch

import numpy as np
import numpy.typing as npt

from forecasts.errors import BadInput
from forecasts.questions.events import (
    AllOf,
    AnyOf,
    Asked,
    Attends,
    ContactAt,
    ContactCount,
    Event,
    Given,
    Not,
    OutcomeOf,
    PlanOutcome,
)
from forecasts.questions.futures import (
    CANCELLED,
    HELD,
    NEVER,
    POSTPONED,
    Bools,
    Codes,
    ContactTable,
    Futures,
    Ints,
)
from forecasts.schema import KINDS, LEVELS, VENUES

_FATE_CODES = {
    "held": (HELD,),
    "postponed": (POSTPONED,),
    "cancelled": (CANCELLED,),
    "lost": (POSTPONED, CANCELLED),
}
_VISITOR_VENUES = {"us": "prc", "prc": "us"}


def anchored(asked: Asked, first_day: date) -> Asked:
    """Give every window without a first day the day `first_day`.

    A question keeps its window on reruns: what happened between its opening
    and the last known day counts as happened.

    Examples
    --------
    >>> event = ContactCount(("leader_remote",), until=date(2023, 12, 31))
    >>> anchored(event, date(2023, 6, 19)).after
    datetime.date(2023, 6, 19)
    """
    match asked:
        case Given(event=event, condition=condition):
            return Given(_anchored(event, first_day), _anchored(condition, first_day))
        case _:
            return _anchored(asked, first_day)


def _anchored(event: Event, first_day: date) -> Event:
    match event:
        case ContactCount() | PlanOutcome() | OutcomeOf():
            return event if event.after is not None else replace(event, after=first_day)
        case AllOf(events=events):
            return AllOf(tuple(_anchored(each, first_day) for each in events))
        case AnyOf(events=events):
            return AnyOf(tuple(_anchored(each, first_day) for each in events))
        case Not(event=inner):
            return Not(_anchored(inner, first_day))
        case _:
            return event


@singledispatch
def holds(event: Event, futures: Futures, by: date | None = None) -> Bools:  # noqa: ARG001
    """Whether `event` has happened, in each future.

    Parameters
    ----------
    event : Event
        What is asked; windows without a first day start on day 1.
    futures : Futures
        The continuations.
    by : date, optional
        Count only what has happened by this day (for a horizon curve).
        A negation is that of its event by this day.

    Returns
    -------
    array of bool, dims (future,)

    Raises
    ------
    BadInput
        If the event names a plan or summit that the futures do not hold.

    Examples
    --------
    >>> from forecasts.questions.record import recorded
    >>> futures = recorded(date(2023, 6, 18))
    >>> holds(ContactCount(("leader_remote",), until=date(2023, 12, 31)), futures).tolist()
    [False]
    """
    raise TypeError(f"not an event: {event!r}")


@holds.register
def _(event: ContactCount, futures: Futures, by: date | None = None) -> Bools:
    return day_of(event, futures) <= _last(event.until, by, futures)


@holds.register
def _(event: ContactAt, futures: Futures, by: date | None = None) -> Bools:
    column = _column(futures.summits.ids, event.opportunity, "opportunity")
    in_time = _in_time(futures.summits.last_day[column], by, futures)
    return futures.summits.bilateral[:, column] & in_time


@holds.register
def _(event: Attends, futures: Futures, by: date | None = None) -> Bools:
    summits = futures.summits
    column = _column(summits.ids, event.opportunity, "opportunity")
    there = summits.us_attends if event.side == "us" else summits.prc_attends
    return there[:, column] & _in_time(summits.last_day[column], by, futures)


@holds.register
def _(event: PlanOutcome, futures: Futures, by: date | None = None) -> Bools:
    if event.plan == "any":
        first = 1 if event.after is None else futures.day_number(event.after)
        return _first_loss(futures, first) <= _last(event.until, by, futures)
    column = _column(futures.plans.ids, event.plan, "plan")
    has_fate = np.isin(futures.plans.fate[:, column], _FATE_CODES[event.outcome])
    in_time = futures.plans.fate_day[:, column] <= _last(event.until, by, futures)
    return np.asarray(has_fate & in_time)


@holds.register
def _(event: OutcomeOf, futures: Futures, by: date | None = None) -> Bools:
    day, level, received = _outcome(event, futures)
    good = day <= _last(event.until, by, futures)
    if event.level_at_least:
        good &= level >= LEVELS.index(event.level_at_least)
    if event.received:
        good &= received == 1
    return good


@holds.register
def _(event: AllOf, futures: Futures, by: date | None = None) -> Bools:
    return np.all([holds(each, futures, by) for each in event.events], axis=0)


@holds.register
def _(event: AnyOf, futures: Futures, by: date | None = None) -> Bools:
    return np.any([holds(each, futures, by) for each in event.events], axis=0)


@holds.register
def _(event: Not, futures: Futures, by: date | None = None) -> Bools:
    return ~holds(event.event, futures, by)


def split(asked: Asked, futures: Futures, by: date | None = None) -> tuple[Bools, Bools]:
    """Numerator and denominator of the probability asked for: (A and B, B).

    For an unconditional event the denominator is true everywhere.
    """
    if isinstance(asked, Given):
        condition = holds(asked.condition, futures, by)
        return holds(asked.event, futures, by) & condition, condition
    return holds(asked, futures, by), np.ones(futures.size, dtype=np.bool_)


def day_of(event: ContactCount, futures: Futures) -> Ints:
    """Day on which the count is reached in each future; `NEVER` if it is not.

    The deadline of the event is left out, so that one pass serves a whole
    horizon curve, which is therefore a cumulative distribution.
    """
    first = 1 if event.after is None else futures.day_number(event.after)
    past = np.sort(futures.past.day[_passes(event, futures.past, futures.places, first)])
    if past.size >= event.at_least:
        return np.full(futures.size, past[event.at_least - 1], dtype=np.int32)
    rows = np.flatnonzero(_passes(event, futures.contacts, futures.places, first))
    return _nth_day(futures, rows, event.at_least - int(past.size))


def _nth_day(futures: Futures, rows: npt.NDArray[np.int64], nth: int) -> Ints:
    chosen = _nth_row(futures.contacts.future[rows], nth)
    days = np.full(futures.size, NEVER, dtype=np.int32)
    days[futures.contacts.future[rows[chosen]]] = futures.contacts.day[rows[chosen]]
    return days


def _nth_row(future: Ints, nth: int) -> npt.NDArray[np.int64]:
    """Positions of the `nth` row of each future, given rows sorted by future."""
    starts = np.flatnonzero(np.r_[True, future[1:] != future[:-1]]) if future.size else future
    sizes = np.diff(np.r_[starts, future.size])
    return np.asarray(starts[sizes >= nth] + nth - 1, dtype=np.int64)


def _passes(event: ContactCount, table: ContactTable, places: tuple[str, ...], first: int) -> Bools:
    """Rows that pass the filters of `event`, from day `first` on."""
    passes = np.zeros(len(table), dtype=np.bool_)
    for kind in event.kinds:  # one byte compared at a time: ten times as fast as np.isin
        passes |= table.kind == KINDS.index(kind)
    passes &= table.day >= first
    for venue in (event.venue, _VISITOR_VENUES.get(event.visitor, "")):
        if venue:
            passes &= table.venue == VENUES.index(venue)
    if event.place:
        code = places.index(event.place) if event.place in places else len(places)
        passes &= table.place == code
    return passes


def _outcome(event: OutcomeOf, futures: Futures) -> tuple[Ints, Codes, Codes]:
    """Day, level and reception of the contact that `event` is about, in each future."""
    if event.plan:
        plans = futures.plans
        column = _column(plans.ids, event.plan, "plan")
        held = plans.fate[:, column] == HELD
        day = np.where(held, plans.fate_day[:, column], NEVER).astype(np.int32)
        return day, plans.level[:, column], plans.received[:, column]
    return _next_outcome(event, futures)


def _next_outcome(event: OutcomeOf, futures: Futures) -> tuple[Ints, Codes, Codes]:
    count = ContactCount(event.next_of, until=event.until or futures.last_day, after=event.after)
    first = 1 if event.after is None else futures.day_number(event.after)
    past = np.flatnonzero(_passes(count, futures.past, futures.places, first))
    if past.size:
        row = past[np.argmin(futures.past.day[past])]
        known = futures.past
        return (
            np.full(futures.size, known.day[row], dtype=np.int32),
            np.full(futures.size, known.level[row], dtype=np.int8),
            np.full(futures.size, known.received[row], dtype=np.int8),
        )
    table = futures.contacts
    rows = np.flatnonzero(_passes(count, table, futures.places, first))
    rows = rows[_nth_row(table.future[rows], 1)]
    day = np.full(futures.size, NEVER, dtype=np.int32)
    level, received = np.full((2, futures.size), -1, dtype=np.int8)
    day[table.future[rows]] = table.day[rows]
    level[table.future[rows]] = table.level[rows]
    received[table.future[rows]] = table.received[rows]
    return day, level, received


def _first_loss(futures: Futures, first: int) -> Ints:
    past = futures.lost_past[futures.lost_past >= first]
    if past.size:
        return np.full(futures.size, past.min(), dtype=np.int32)
    days = np.full(futures.size, NEVER, dtype=np.int32)
    late = futures.lost_day >= first
    np.minimum.at(days, futures.lost_future[late], futures.lost_day[late])
    return days


def _last(until: date | None, by: date | None, futures: Futures) -> int:
    ends = [end for end in (until, by) if end is not None]
    return min((futures.day_number(end) for end in ends), default=int(NEVER) - 1)


def _in_time(last_day: np.int32, by: date | None, futures: Futures) -> bool:
    return by is None or int(last_day) <= futures.day_number(by)


def _column(ids: tuple[str, ...], name: str, what: str) -> int:
    if name in ids:
        return ids.index(name)
    raise BadInput(
        f"event, {what}",
        f"a {what} that was public on the as-of day and whose end is on record or still to come",
        name,
        f"use one of {', '.join(ids) or 'none: there is no such ' + what}",
    )
