"""What an event is made of: the windows, plans and summits that it names."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

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

type Leaf = ContactCount | ContactAt | Attends | PlanOutcome | OutcomeOf
"""An event that is not made of others."""


def leaves(asked: Asked) -> Iterator[Leaf]:
    """Yield the events that `asked` is made of, conditions included.

    Examples
    --------
    >>> both = AllOf((ContactAt("A"), Not(ContactAt("B"))))
    >>> [event.opportunity for event in leaves(both)]
    ['A', 'B']
    """
    match asked:
        case Given(event=event, condition=condition):
            yield from leaves(event)
            yield from leaves(condition)
        case AllOf(events=events) | AnyOf(events=events):
            for each in events:
                yield from leaves(each)
        case Not(event=event):
            yield from leaves(event)
        case _:
            yield asked


def named(asked: Asked) -> frozenset[str]:
    """Identifiers of the plans and summits that `asked` names."""
    names = set()
    for event in leaves(asked):
        match event:
            case ContactAt(opportunity=name) | Attends(opportunity=name):
                names.add(name)
            case PlanOutcome(plan=name) | OutcomeOf(plan=name):
                names.add(name)
    return frozenset(names - {"", "any"})


def last_day(asked: Asked) -> date | None:
    """Last day of the windows in `asked`; ``None`` if no part has one."""
    ends = [
        event.until
        for event in leaves(asked)
        if isinstance(event, ContactCount | PlanOutcome | OutcomeOf) and event.until is not None
    ]
    return max(ends, default=None)


def is_increasing(asked: Asked) -> bool:
    """Whether `asked`, once it has happened, stays happened: no negation, no condition.

    Examples
    --------
    >>> is_increasing(Not(ContactAt("A")))
    False
    """
    match asked:
        case Given() | Not():
            return False
        case AllOf(events=events) | AnyOf(events=events):
            return all(is_increasing(each) for each in events)
        case OutcomeOf(plan=plan):
            return not plan
        case PlanOutcome(plan=plan):
            return plan == "any"
        case _:
            return True
