"""Whether an event can happen at all, by its own structure.

A probability of something impossible is 0, and one given something impossible
is undefined; both are mistakes in a question, found before anything is fitted.
"""

from __future__ import annotations

from datetime import date, timedelta

from forecasts.evidence.linking import DAYS_AROUND
from forecasts.evidence.tables import Evidence
from forecasts.questions.events import (
    AllOf,
    AnyOf,
    Attends,
    ContactAt,
    ContactCount,
    Event,
    Not,
    OutcomeOf,
    PlanOutcome,
)

_REMOTE = "remote"


def impossible(event: Event, first: date, evidence: Evidence) -> str:
    """Why `event` cannot happen from `first` on; empty if it can.

    Parameters
    ----------
    event : Event
        What is asked, or a condition.
    first : date
        First day of a window that names none.
    evidence : Evidence
        For the days of summits and plans.

    Examples
    --------
    >>> nothing = Evidence((), (), (), (), (), (), ())
    >>> late = ContactCount(("leader_remote",), until=date(2023, 6, 18))
    >>> impossible(late, date(2023, 6, 19), nothing)
    'a window that is empty: 2023-06-19 to 2023-06-18'
    """
    match event:
        case ContactCount(after=after, until=until):
            return _empty(after or first, until) or _contradictory(event)
        case PlanOutcome(after=after, until=until):
            return _empty(after or first, until) if until else ""
        case OutcomeOf(plan="", after=after, until=until):
            return _empty(after or first, until) if until else ""
        case ContactAt(opportunity=ident):
            return _over(ident, first - timedelta(days=DAYS_AROUND), evidence)
        case Attends(opportunity=ident):
            return _over(ident, first, evidence)
        case _:
            return _impossible_whole(event, first, evidence)


def _impossible_whole(event: Event, first: date, evidence: Evidence) -> str:
    match event:
        case AllOf(events=events):
            reasons = [impossible(each, first, evidence) for each in events]
            return next(filter(None, reasons), "") or _denies_itself(events)
        case AnyOf(events=events):
            reasons = [impossible(each, first, evidence) for each in events]
            return reasons[0] if all(reasons) else ""
        case _:
            return ""


def _empty(first: date, last: date) -> str:
    return f"a window that is empty: {first} to {last}" if last < first else ""


def _contradictory(event: ContactCount) -> str:
    """Filters that no contact passes: a call has no place, and nobody visits home."""
    remote = [kind.endswith(_REMOTE) for kind in event.kinds]
    if all(remote) and (event.venue not in ("", _REMOTE) or event.place or event.visitor):
        return "remote contacts only, but at a place"
    if event.venue == _REMOTE and (event.place or event.visitor):
        return "a remote contact at a place"
    if event.visitor and event.venue in (event.visitor, "third"):
        return f"a visitor from {event.visitor} on soil of {event.venue}"
    return ""


def _over(ident: str, first: date, evidence: Evidence) -> str:
    ends = [each.end for each in evidence.opportunities if each.id == ident]
    if ends and ends[0] < first:
        return f"a summit that was over on {ends[0]}"
    return ""


def _denies_itself(events: tuple[Event, ...]) -> str:
    if any(isinstance(each, Not) and each.event in events for each in events):
        return "an event together with its own negation"
    return ""
