"""No baseline sees a fact before it was public, and each sees it after."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecasts.evaluation.baselines import baselines
from forecasts.evaluation.templates import asked_at
from forecasts.evidence.tables import Evidence
from forecasts.schema import KINDS, LEVELS
from tests.builders import administration, contact, opportunity
from tests.builders_world import portfolio_of, real_portfolio

DAY = date(2023, 6, 18)
HORIZONS = (30, 90, 180, 365)


def later_contacts(evidence: Evidence, day: date) -> Evidence:
    """Contacts of every kind in the past, first known on the day after."""
    start, late = day - timedelta(days=20), day + timedelta(days=1)
    rows = [contact(id=f"p-{k}", kind=k, start=start, end=start, known=late) for k in KINDS]
    return replace(evidence, contacts=(*evidence.contacts, *rows))


def later_endings(evidence: Evidence, day: date) -> Evidence:
    """What contacts still under way came to, turned round."""
    turned = [
        c
        if c.end and c.end <= day
        else replace(c, level=LEVELS[LEVELS.index(c.level or "none") - 1])
        for c in evidence.contacts
    ]
    return replace(evidence, contacts=tuple(turned))


def later_fates(evidence: Evidence, day: date) -> Evidence:
    """The fate of every open plan, turned round."""
    turned = [
        p
        if p.status_date and p.status_date <= day
        else replace(
            p, status="held" if p.status != "held" else "postponed", status_date=date(2031, 9, 4)
        )
        for p in evidence.plans
    ]
    return replace(evidence, plans=tuple(turned))


def later_summits(evidence: Evidence, day: date) -> Evidence:
    """Summits scheduled on the day after, and who came to those that were still to come."""
    turned = [o if o.end <= day else replace(o, in_person=False) for o in evidence.opportunities]
    late = day + timedelta(days=1)
    rows = [
        opportunity(
            id=f"p-{n}", start=day + timedelta(days=n), end=day + timedelta(days=n), known=late
        )
        for n in (-30, 40)
    ]
    return replace(evidence, opportunities=(*turned, *rows))


def later_leaders(evidence: Evidence, day: date) -> Evidence:
    """A pair of leaders in office since last month, known from the day after."""
    late = day + timedelta(days=1)
    row = administration(id="planted", start=day - timedelta(days=30), known=late)
    return replace(evidence, administrations=(*evidence.administrations, row))


PLANTINGS = (later_contacts, later_endings, later_fates, later_summits, later_leaders)


@settings(max_examples=6)
@given(st.dates(date(1996, 1, 1), date(2026, 8, 22)))
@pytest.mark.parametrize("plant", PLANTINGS, ids=lambda plant: plant.__name__)
def test_no_baseline_sees_what_became_known_later(
    plant: Callable[[Evidence, date], Evidence], day: date
) -> None:
    """Facts of the next day, planted in one table, leave every answer as it was to the last bit."""
    honest = real_portfolio()
    planted = portfolio_of(plant(honest.evidence, day))
    view, with_secrets = honest.as_of(day), planted.as_of(day)
    templates = asked_at(view, honest, HORIZONS)

    before = baselines(view, honest, templates)
    after = baselines(with_secrets, planted, templates)

    assert planted.evidence != honest.evidence
    assert before.tobytes() == after.tobytes()


@pytest.mark.parametrize("plant", [later_contacts, later_fates, later_leaders])
def test_the_same_facts_matter_once_they_are_known(
    plant: Callable[[Evidence, date], Evidence],
) -> None:
    """Counted years later, when they are public, the planted facts do move an answer."""
    honest, later = real_portfolio(), date(2026, 5, 1)
    planted = portfolio_of(plant(honest.evidence, DAY))
    templates = asked_at(honest.as_of(later), honest, HORIZONS)
    before, after = (baselines(p.as_of(later), p, templates) for p in (honest, planted))

    assert not np.array_equal(before, after, equal_nan=True)
