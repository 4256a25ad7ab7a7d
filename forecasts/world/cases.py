"""Cases that teach the model about plans, lead times, venues and outcomes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from forecasts.evidence.linking import bilateral_at
from forecasts.evidence.tables import Contact, Plan
from forecasts.evidence.view import View
from forecasts.portfolio.declared import Portfolio
from forecasts.schema import LEVELS
from forecasts.world.exposure import Ints, administration_index, background_contacts, rate_from
from forecasts.world.priors import Floats

LAST_WEEK_DAYS = 7
SUMMIT_GROUP = "summit"
"""Group of bilaterals at summits among the lead times: announced days, not months, ahead."""

ANNOUNCEMENTS_FROM_YEAR = 2009
"""Before it announcement days are too rarely on record to estimate a share."""

IN_PERSON_VENUES = ("us", "prc", "third")
CENTRE_YEAR = 2000.0


@dataclass(frozen=True, slots=True)
class PlanCases:
    """Decided dated plans. Arrays have dims (plan,).

    `early_days` and `late_days` are the days from announcement to the planned
    date, before and within its last week; `early_survived` and
    `late_survived` those that a lost plan survived (for a held one, all).
    """

    ids: tuple[str, ...]
    lost: Ints
    postponed: Ints
    lost_late: Ints
    early_days: Floats
    late_days: Floats
    early_survived: Floats
    late_survived: Floats


def plan_cases(view: View) -> PlanCases:
    """Exposure of every plan whose fate is public."""
    plans = [plan for plan in view.plans if plan.status != "pending"]
    spans = np.array([_spans(plan) for plan in plans], dtype=np.float64).reshape(len(plans), 4)
    lost = np.array([plan.status != "held" for plan in plans], dtype=np.int64)
    return PlanCases(
        ids=tuple(plan.id for plan in plans),
        lost=lost,
        postponed=np.array([plan.status == "postponed" for plan in plans], dtype=np.int64),
        lost_late=lost * (spans[:, 3] > 0),
        early_days=spans[:, 0],
        late_days=spans[:, 1],
        early_survived=spans[:, 2],
        late_survived=spans[:, 3],
    )


def _spans(plan: Plan) -> tuple[int, int, int, int]:
    lead = (plan.planned - plan.announced).days
    early = max(lead - LAST_WEEK_DAYS, 0)
    late = lead - early
    if plan.status == "held" or plan.status_date is None:
        return early, late, early, late
    survived = min(max((plan.status_date - plan.announced).days, 0), lead)
    return early, late, min(survived, early), max(survived - early, 0)


@dataclass(frozen=True, slots=True)
class LeadCases:
    """How long ahead contacts were announced.

    `group` and `log_days` have dims (announced,); `announced` and `contacts`
    count by group.
    """

    groups: tuple[str, ...]
    group: Ints
    log_days: Floats
    announced: Ints
    contacts: Ints


def lead_cases(view: View, portfolio: Portfolio) -> LeadCases:
    """Announcement leads by kind, bilaterals at summits apart. Half a day stands for zero."""
    groups = (*portfolio.kinds, SUMMIT_GROUP)
    members = [background_contacts(view, kind) for kind in portfolio.kinds]
    members.append(list(bilateral_at(view.contacts, view.opportunities).values()))
    recent = [[c for c in group if c.start.year >= ANNOUNCEMENTS_FROM_YEAR] for group in members]
    leads = [(g, _lead_days(c)) for g, group in enumerate(recent) for c in group if c.announced]
    return LeadCases(
        groups=groups,
        group=np.array([g for g, _ in leads], dtype=np.int64),
        log_days=np.log([days + 0.5 for _, days in leads]),
        announced=np.array([sum(c.announced is not None for c in g) for g in recent]),
        contacts=np.array([len(g) for g in recent]),
    )


def _lead_days(contact: Contact) -> int:
    return (contact.start - contact.announced).days if contact.announced else 0


@dataclass(frozen=True, slots=True)
class OutcomeCases:
    """Outcomes of past contacts, counted.

    `level_count` has dims (case, level) with the covariates of each case in
    `kind`, `visit`, `administration`; reception has dims (reception,);
    `venue_count` has dims (kind, venue).
    """

    kind: Ints
    visit: Ints
    administration: Ints
    level_count: Floats
    received: Ints
    received_kind: Ints
    received_beijing: Ints
    received_decade: Floats
    venue_count: Floats
    leader_visits_to_prc: int
    accompanied: int


def outcome_cases(view: View, portfolio: Portfolio) -> OutcomeCases:
    """Levels, receptions and venues of the contacts that have ended."""
    at_summits = {c.id for c in bilateral_at(view.contacts, view.opportunities).values()}
    kinds = portfolio.kinds
    ended = [c for c in view.contacts if c.kind in kinds and c.level is not None]
    starts = np.array([c.start.toordinal() for c in ended], dtype=np.int64)
    keys = np.column_stack([
        [kinds.index(c.kind) for c in ended],
        [is_visit(c, at_summits) for c in ended],
        np.maximum(administration_index(view, starts), 0),
    ]).astype(np.int64)
    cases, case_of = np.unique(keys.reshape(-1, 3), axis=0, return_inverse=True)
    counts = np.zeros((len(cases), len(LEVELS)))
    levels = np.array([LEVELS.index(c.level or "") for c in ended], dtype=np.int64)
    np.add.at(counts, (case_of.ravel(), levels), 1.0)
    trips = [c for c in ended if c.received is not None and not c.accompanies_president]
    to_prc = [c for c in view.contacts if c.kind == "leader_in_person" and c.venue == "prc"]
    return OutcomeCases(
        kind=cases[:, 0],
        visit=cases[:, 1],
        administration=cases[:, 2],
        level_count=counts,
        received=np.array([bool(c.received) for c in trips], dtype=np.int64),
        received_kind=np.array([kinds.index(c.kind) for c in trips], dtype=np.int64),
        received_beijing=np.array(["Beijing" in c.city for c in trips], dtype=np.int64),
        received_decade=np.array([decade(c.start.year) for c in trips], dtype=np.float64),
        venue_count=_venues(view, kinds),
        leader_visits_to_prc=len(to_prc),
        accompanied=sum(_accompanied(view, visit) for visit in to_prc),
    )


def decade(year: float) -> float:
    """Decades since 2000."""
    return (year - CENTRE_YEAR) / 10.0


def is_visit(contact: Contact, at_summits: set[str]) -> int:
    """Whether one side travelled to the other, outside a summit."""
    return int(contact.venue in ("us", "prc") and contact.id not in at_summits)


def _venues(view: View, kinds: Sequence[str]) -> Floats:
    """Venues of background contacts in the period that may serve as a base rate."""
    since = {row.kind: rate_from(row) for row in view.coverage}
    counts = np.zeros((len(kinds), len(IN_PERSON_VENUES)))
    for k, kind in enumerate(kinds):
        for contact in background_contacts(view, kind):
            if contact.venue in IN_PERSON_VENUES and contact.start >= since[kind]:
                counts[k, IN_PERSON_VENUES.index(contact.venue)] += 1
    return counts


def _accompanied(view: View, visit: Contact) -> bool:
    return any(
        c.kind == "state_sec_visit"
        and c.accompanies_president
        and abs((c.start - visit.start).days) <= LAST_WEEK_DAYS
        for c in view.contacts
    )
