"""What a dated question can ask: events, as frozen declarations.

An event says *what* would have to be true; :mod:`forecasts.questions.algebra`
decides *whether* it is, in one possible continuation of history or in the
record itself. Days are calendar days, both ends of a window included.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class ContactCount:
    """At least `at_least` contacts that pass the filters, from `after` to `until`.

    ``contact_by`` is the case ``at_least = 1``. `after` defaults to the day
    after the last known day. Empty filters pass everything.

    Parameters
    ----------
    kinds : tuple of str
        Any of these kinds of contact.
    until : date
        Last day of the window.
    after : date or None
        First day of the window.
    venue : str
        ``us``, ``prc``, ``third`` or ``remote``.
    place : str
        Host country, as the calendar spells it.
    visitor : str
        The side whose principal travels to the other: ``us`` or ``prc``.
    """

    kinds: tuple[str, ...]
    until: date
    at_least: int = 1
    after: date | None = None
    venue: str = ""
    place: str = ""
    visitor: str = ""


@dataclass(frozen=True, slots=True)
class ContactAt:
    """The leaders meet bilaterally at the summit `opportunity`, or in its three days around."""

    opportunity: str


@dataclass(frozen=True, slots=True)
class Attends:
    """The leader of `side` comes to the summit `opportunity` in person."""

    opportunity: str
    side: str


@dataclass(frozen=True, slots=True)
class PlanOutcome:
    """The announced contact `plan` is ``held``, ``postponed``, ``cancelled`` or ``lost``.

    `plan` is ``kind:announced:planned``, or ``"any"`` for some announced
    contact whatever, lost from `after` to `until` (then `outcome` must be
    ``lost``, and `until` is needed).
    """

    plan: str
    outcome: str
    until: date | None = None
    after: date | None = None


@dataclass(frozen=True, slots=True)
class OutcomeOf:
    """A contact takes place and ends in a given way.

    The contact is a named `plan`, or the first one of `next_of` from `after`
    to `until`. It must reach `level_at_least` (if set), and China's paramount
    leader must receive the US visitor (if `received`).
    """

    plan: str = ""
    next_of: tuple[str, ...] = ()
    until: date | None = None
    after: date | None = None
    level_at_least: str = ""
    received: bool = False


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every one of `events`."""

    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one of `events`."""

    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """`event` does not happen."""

    event: Event


@dataclass(frozen=True, slots=True)
class Given:
    """`event`, among the continuations in which `condition` holds.

    Only at the top of a question: a conditional is not itself an event.
    """

    event: Event
    condition: Event


type Event = ContactCount | ContactAt | Attends | PlanOutcome | OutcomeOf | AllOf | AnyOf | Not
"""What can be true or false of one continuation."""

type Asked = Event | Given
"""What a question can ask."""
