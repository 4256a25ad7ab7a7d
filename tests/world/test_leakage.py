"""Nothing that became public after the as-of day reaches the model, to the last bit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecasts.evidence.tables import Evidence, Plan
from forecasts.portfolio import Portfolio
from forecasts.schema import DIRECTIONS, KINDS, LEVELS, SIGNAL_TYPES, VENUES
from forecasts.world.inputs import arrays, inputs
from forecasts.world.setting import setting, start
from forecasts.world.simulate import past_contacts, past_losses
from tests.builders import administration, contact, loss, opportunity, plan, signal
from tests.builders_world import portfolio_of, real_portfolio

AS_OF = date(2023, 6, 18)
HORIZON_DAYS = 540
Planting = Callable[[Evidence, date], Evidence]


def planted_contacts(evidence: Evidence, cut: date) -> Evidence:
    """Contacts of every kind, venue and level, long past but first known on the day after."""
    late, start = cut + timedelta(days=1), cut - timedelta(days=20)
    rows = [
        contact(
            id=f"planted-{kind}-{venue}",
            kind=kind,
            venue=venue,
            level=level,
            start=start,
            end=start,
            announced=start - timedelta(days=9),
            known=late,
        )
        for kind in KINDS
        for venue, level in zip(VENUES, LEVELS, strict=True)
    ]
    return replace(evidence, contacts=(*evidence.contacts, *rows))


def planted_endings(evidence: Evidence, cut: date) -> Evidence:
    """What contacts that end after the cut-off came to, and when they ended, turned round."""

    def turned(row: Any) -> Any:
        if row.end <= cut:
            return row
        level = LEVELS[(LEVELS.index(row.level or "none") + 1) % len(LEVELS)]
        later = max(row.end, cut) + timedelta(days=3)
        return replace(row, level=level, received=not row.received, end=later)

    return replace(evidence, contacts=tuple(turned(row) for row in evidence.contacts))


def planted_plans(evidence: Evidence, cut: date) -> Evidence:
    """Plans announced on the day after, of every kind."""
    late = cut + timedelta(days=1)
    rows = [plan(kind=kind, announced=late, planned=late, status_date=late) for kind in KINDS]
    return replace(evidence, plans=(*evidence.plans, *rows))


def planted_fates(evidence: Evidence, cut: date) -> Evidence:
    """The fate of every plan that is open at the cut-off, turned round."""

    def turned(row: Plan) -> Plan:
        if row.announced > cut or (row.status_date is not None and row.status_date <= cut):
            return row
        fate = {"held": "cancelled", "cancelled": "postponed", "postponed": "held"}
        contact_id = evidence.contacts[0].id if row.status != "held" else ""
        return replace(
            row,
            status=fate.get(row.status, "held"),
            status_date=cut + timedelta(days=1),
            contact_id=contact_id,
            us_lead="someone else",
        )

    return replace(evidence, plans=tuple(turned(row) for row in evidence.plans))


def planted_losses(evidence: Evidence, cut: date) -> Evidence:
    """Announced contacts of every kind called off on the day after, dated and not."""
    late = cut + timedelta(days=1)
    rows = [
        loss(id=f"planted-{kind}-{dated}", kind=kind, cancelled=late, dated_plan=dated)
        for kind in KINDS
        for dated in (True, False)
    ]
    return replace(evidence, losses=(*evidence.losses, *rows))


def planted_attendance(evidence: Evidence, cut: date) -> Evidence:
    """Who came to summits that end after the cut-off, and whether they were held, turned round."""

    def turned(row: Any) -> Any:
        if row.end <= cut:
            return row
        there = {"us_attends": not row.us_attends, "prc_attends": not row.prc_attends}
        return replace(row, **there, in_person=not row.in_person, us_note="x", prc_note="y")

    return replace(evidence, opportunities=tuple(turned(row) for row in evidence.opportunities))


def planted_summits(evidence: Evidence, cut: date) -> Evidence:
    """Summits of every yearly series scheduled on the day after, past ones among them."""
    late = cut + timedelta(days=1)
    rows = [
        opportunity(
            id=f"planted-{series}-{ahead}",
            series=series,
            start=cut + timedelta(days=ahead),
            end=cut + timedelta(days=ahead),
            known=late,
        )
        for series in ("APEC", "G20", "UNGA")
        for ahead in (-30, 40)
    ]
    return replace(evidence, opportunities=(*evidence.opportunities, *rows))


def planted_signals(evidence: Evidence, cut: date) -> Evidence:
    """Signals of every type and direction that happened before and became known after."""
    rows = [
        signal(
            id=f"planted-{name}-{direction}",
            signal_type=name,
            direction=direction,
            intensity=5,
            event_date=cut - timedelta(days=10),
            known=cut + timedelta(days=1),
        )
        for name in SIGNAL_TYPES
        for direction in DIRECTIONS
    ]
    return replace(evidence, signals=(*evidence.signals, *rows))


def planted_administrations(evidence: Evidence, cut: date) -> Evidence:
    """A new pair of leaders, in office already but known from the day after."""
    late = cut + timedelta(days=1)
    row = administration(id="planted", start=late, known=late)
    return replace(evidence, administrations=(*evidence.administrations, row))


PLANTINGS: tuple[Planting, ...] = (
    planted_contacts,
    planted_endings,
    planted_plans,
    planted_fates,
    planted_losses,
    planted_attendance,
    planted_summits,
    planted_signals,
    planted_administrations,
)


def everything_read(portfolio: Portfolio, cut: date) -> dict[str, Any]:
    """The view as of `cut`, and all that the posterior and the simulator make of it, by name."""
    view = portfolio.as_of(cut)
    data = inputs(view, portfolio)
    begin = start(view, HORIZON_DAYS)
    read = dict(arrays(data))
    read |= {f"view.{f.name}": getattr(view, f.name) for f in fields(view)}
    read |= {f"start.{f.name}": getattr(begin, f.name) for f in fields(begin)}
    read |= {f"past.{name}": value for name, value in arrays(past_contacts(view, begin.places))}
    read["past.losses"] = past_losses(view)
    fixed = setting(begin, view, portfolio, data)
    return read | {f"setting.{name}": value for name, value in fixed._asdict().items()}


def differences(one: dict[str, Any], other: dict[str, Any]) -> list[str]:
    """Names under which two readings are not the same to the last bit."""
    assert one.keys() == other.keys()
    return [name for name, value in one.items() if not _same(value, other[name])]


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, np.ndarray):
        alike = one.shape == other.shape and one.dtype == other.dtype
        return bool(alike) and one.tobytes() == other.tobytes()
    return bool(one == other)


def opened(cut: date) -> Evidence:
    """The real evidence and, for every kind, a plan that is open on `cut` and held a day later."""
    evidence = real_portfolio().evidence
    next_day = cut + timedelta(days=1)
    rows = [
        plan(
            kind=kind,
            announced=cut - timedelta(days=4),
            planned=next_day,
            status_date=next_day,
            contact_id=evidence.contacts[-1].id,
        )
        for kind in real_portfolio().kinds
    ]
    return replace(evidence, plans=(*evidence.plans, *rows))


@pytest.fixture(scope="module")
def as_it_was() -> dict[str, Any]:
    return everything_read(portfolio_of(opened(AS_OF)), AS_OF)


@pytest.mark.parametrize("planting", PLANTINGS, ids=lambda planting: planting.__name__)
def test_facts_of_the_next_day_change_nothing(planting: Planting, as_it_was: Any) -> None:
    """Facts of one table that became public one day late leave every array bit-identical."""
    evidence = planting(opened(AS_OF), AS_OF)

    assert evidence != opened(AS_OF)
    assert differences(as_it_was, everything_read(portfolio_of(evidence), AS_OF)) == []


@pytest.mark.parametrize("planting", PLANTINGS, ids=lambda planting: planting.__name__)
def test_the_same_facts_matter_once_they_are_public(planting: Planting) -> None:
    """Seen months later, when they are public, the planted facts do change the arrays."""
    later = date(2023, 12, 1)
    planted = portfolio_of(planting(opened(AS_OF), AS_OF))

    assert _changes(everything_read(portfolio_of(opened(AS_OF)), later), planted, later)


def _changes(before: dict[str, Any], portfolio: Portfolio, cut: date) -> bool:
    after = everything_read(portfolio, cut)
    return before.keys() != after.keys() or bool(differences(before, after))


@settings(max_examples=8)
@given(st.dates(date(1990, 1, 1), date(2026, 8, 22)))
def test_no_day_lets_its_future_in(cut: date) -> None:
    """On any day, with facts planted in all tables and all later rows cut off, nothing changes."""
    evidence = planted = opened(cut)
    for planting in PLANTINGS:
        planted = planting(planted, cut)
    honest = everything_read(portfolio_of(evidence), cut)

    assert differences(honest, everything_read(portfolio_of(planted), cut)) == []
    assert differences(honest, everything_read(portfolio_of(cut_off(evidence, cut)), cut)) == []


def cut_off(evidence: Evidence, cut: date) -> Evidence:
    """The evidence without the rows that were not public on the day `cut`."""
    return replace(
        evidence,
        contacts=tuple(c for c in evidence.contacts if c.known <= cut),
        plans=tuple(p for p in evidence.plans if p.announced <= cut),
        losses=tuple(x for x in evidence.losses if x.cancelled <= cut),
        opportunities=tuple(o for o in evidence.opportunities if (o.known or o.end) <= cut),
        signals=tuple(s for s in evidence.signals if s.known <= cut),
        administrations=tuple(a for a in evidence.administrations if a.known <= cut),
    )
