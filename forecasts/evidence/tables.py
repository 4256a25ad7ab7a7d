"""The rows of evidence: one frozen dataclass a table, nothing derived.

Every fact has two times: when it happened and when it could be known. A field
that is not established is ``None`` or ``""``, never a guess.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Contact:
    """A meeting, visit or call that took place.

    `end`, `received` and `level` are ``None`` in a view that ends before the
    contact does. `received` says whether China's paramount leader received
    the US visitor; ``None`` also where that cannot apply.
    """

    id: str
    kind: str
    start: date
    end: date | None
    announced: date | None
    known: date
    us_lead: str
    us_role: str
    prc_lead: str
    prc_role: str
    city: str
    country: str
    venue: str
    occasion: str
    received: bool | None
    level: str | None
    note: str
    source_url: str
    source_title: str
    confidence: str

    @property
    def accompanies_president(self) -> bool:
        """Whether the visit is part of a president's own (dropped from stand-alone rates)."""
        return "accompanying president" in self.occasion or "presidential visit" in self.occasion


@dataclass(frozen=True, slots=True)
class Plan:
    """An announced contact with a date, and its fate once that is public.

    `id` is ``kind:announced:planned``: the identifiers of the source file
    tell held plans from lost ones, and may not reach a view.
    """

    id: str
    kind: str
    venue: str
    announced: date
    planned: date
    status: str
    status_date: date | None
    contact_id: str
    us_lead: str
    prc_lead: str
    source_url: str
    confidence: str


@dataclass(frozen=True, slots=True)
class Loss:
    """A planned contact that was called off: what was lost, and from when that was public."""

    id: str
    kind: str
    cancelled: date
    us_lead: str
    prc_lead: str
    reason: str
    dated_plan: bool
    source_url: str
    confidence: str


@dataclass(frozen=True, slots=True)
class Opportunity:
    """A summit both leaders could attend.

    `in_person`, `us_attends` and `prc_attends` are ``None`` until the summit
    has ended, or where the record does not say. `known` is ``None`` for a
    summit that is only in the record because of what happened there.
    """

    id: str
    series: str
    start: date
    end: date
    known: date | None
    city: str
    country: str
    in_person: bool | None
    us_attends: bool | None
    prc_attends: bool | None
    us_note: str
    prc_note: str
    source_url: str
    confidence: str


@dataclass(frozen=True, slots=True)
class Signal:
    """A dated reading that speaks for (+1) or against (-1) further contact."""

    id: str
    event_date: date
    known: date
    signal_type: str
    direction: int
    intensity: int
    actor: str
    description: str
    source_url: str
    confidence: str


@dataclass(frozen=True, slots=True)
class Coverage:
    """From when a kind is observed, and up to when its record is complete."""

    kind: str
    observed_from: date
    complete_until: date
    censored_from: date
    completeness: str
    use_as_base_rate: str
    note: str


@dataclass(frozen=True, slots=True)
class Administration:
    """A pair of US president and Chinese paramount leader, from `start` until the next."""

    id: str
    us_president: str
    prc_leader: str
    start: date
    known: date


@dataclass(frozen=True, slots=True)
class Evidence:
    """Every table of a portfolio, whole: what is known today, not on a past day."""

    contacts: tuple[Contact, ...]
    plans: tuple[Plan, ...]
    losses: tuple[Loss, ...]
    opportunities: tuple[Opportunity, ...]
    signals: tuple[Signal, ...]
    coverage: tuple[Coverage, ...]
    administrations: tuple[Administration, ...]
