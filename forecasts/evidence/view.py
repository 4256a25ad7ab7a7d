"""Evidence as of a day: the only form in which facts reach a model.

A *view* holds what the public could know on `as_of`, and nothing else. Facts
that came later are absent; facts that were still open (the fate of a plan, who
came to a summit, how a visit ended) are masked in a way that does not depend
on how they turned out.
"""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import date, timedelta

from forecasts.evidence.tables import (
    Administration,
    Contact,
    Coverage,
    Evidence,
    Loss,
    Opportunity,
    Plan,
    Signal,
)


@dataclass(frozen=True, slots=True)
class View:
    """What was public on `as_of`.

    Parameters
    ----------
    as_of : date
        The information cut-off, compared with known dates only.
    known_through : date
        Last day that the record speaks of: `as_of`, or the last day before
        the record is censored. After it the past is unknown, not empty, and
        futures start the day after it.
    complete_until : date
        Last day of complete recording, at most `known_through`.
    contacts, plans, losses, opportunities, signals, administrations : tuple
        Rows public on `as_of`, open facts masked, each in order of its date.
    coverage : tuple of Coverage
        How each kind is recorded (a fact about the coding, not dated).
    """

    as_of: date
    known_through: date
    complete_until: date
    contacts: tuple[Contact, ...]
    plans: tuple[Plan, ...]
    losses: tuple[Loss, ...]
    opportunities: tuple[Opportunity, ...]
    signals: tuple[Signal, ...]
    coverage: tuple[Coverage, ...]
    administrations: tuple[Administration, ...]

    @property
    def pending(self) -> tuple[Plan, ...]:
        """Announced contacts whose fate is still open, in order of planned date."""
        return tuple(plan for plan in self.plans if plan.status == "pending")

    @property
    def coming(self) -> tuple[Opportunity, ...]:
        """Summits that had not begun on the last known day, in order of date."""
        return tuple(o for o in self.opportunities if o.start > self.known_through)


def as_of(evidence: Evidence, day: date) -> View:
    """Cut `evidence` down to what was public on `day`.

    The rules, table by table: a contact from its known date, with end, outcome
    and reception (and what would tell them) from its end; a plan from its
    announcement, with its fate from the status date and the contact that came
    of it from that contact's known date; a loss from the day of its
    cancellation; a summit from its known date (without one, from its end),
    with attendance from its end; a signal and an administration from their
    known dates.

    Examples
    --------
    A trip that has begun but not ended shows neither its end nor its outcome:

    >>> from forecasts.evidence.tables import Evidence
    >>> empty = Evidence((), (), (), (), (), (), ())
    >>> as_of(empty, date(2023, 6, 18)).contacts
    ()
    """
    ends = [row.censored_from - timedelta(days=1) for row in evidence.coverage]
    completes = [row.complete_until for row in evidence.coverage]
    known_through = min([day, *([max(ends)] if ends else [])])
    # From known dates alone: a link to a contact that is only announced says it will be held.
    public = {c.id for c in evidence.contacts if c.known <= day}
    return View(
        as_of=day,
        known_through=known_through,
        complete_until=min([known_through, *([max(completes)] if completes else [])]),
        contacts=_sorted(_mask_contact(c, day) for c in evidence.contacts if c.known <= day),
        plans=_sorted(_mask_plan(p, day, public) for p in evidence.plans if p.announced <= day),
        losses=tuple(x for x in evidence.losses if x.cancelled <= day),
        opportunities=_sorted(
            _mask_opportunity(o, day) for o in evidence.opportunities if (o.known or o.end) <= day
        ),
        signals=tuple(s for s in evidence.signals if s.known <= day),
        coverage=evidence.coverage,
        administrations=tuple(a for a in evidence.administrations if a.known <= day),
    )


def _sorted[Row: (Contact, Plan, Opportunity)](rows: Iterable[Row]) -> tuple[Row, ...]:
    return tuple(sorted(rows, key=_date_and_id))


def _date_and_id(row: Contact | Plan | Opportunity) -> tuple[date, str]:
    return (row.planned if isinstance(row, Plan) else row.start, row.id)


def _mask_contact(contact: Contact, day: date) -> Contact:
    """Hide how an open contact ends: also in who is said to have met, and in the source's title."""
    if contact.end is not None and contact.end <= day:
        return contact
    masked = replace(
        contact,
        end=None,
        received=None,
        level=None,
        note="",
        source_url="",
        source_title="",
        confidence="",
    )
    # The list of hosts grows with each reception; the visitor is known beforehand.
    if contact.venue == "prc":
        return replace(masked, prc_lead="", prc_role="")
    if contact.venue == "us":
        return replace(masked, us_lead="", us_role="")
    return masked


def _mask_plan(plan: Plan, day: date, public: AbstractSet[str]) -> Plan:
    """Hide the fate of an open plan, every field that was written after it, and a later contact."""
    if plan.status_date is not None and plan.status_date <= day:
        return plan if plan.contact_id in public else replace(plan, contact_id="")
    return replace(
        plan,
        status="pending",
        status_date=None,
        contact_id="",
        us_lead="",
        prc_lead="",
        source_url="",
        confidence="",
    )


def _mask_opportunity(opportunity: Opportunity, day: date) -> Opportunity:
    """Hide who came, and that a summit went virtual, until it has ended."""
    if opportunity.end <= day:
        return opportunity
    return replace(
        opportunity,
        city=opportunity.city.partition("(")[0].strip().removeprefix("virtual").strip(),
        in_person=None,
        us_attends=None,
        prc_attends=None,
        us_note="",
        prc_note="",
        source_url="",
        confidence="",
    )
