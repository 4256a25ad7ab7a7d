"""A supposed fact moves an answer as a real one would, and nothing else moves."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from forecasts.attribution.states import Basis, State, reach_until
from forecasts.attribution.whatif import (
    WhatIf,
    contact_on,
    plan_for,
    signal_on,
    supposing,
    what_if,
)
from forecasts.evidence.tables import Contact, Plan, Signal
from forecasts.questions.events import ContactCount
from forecasts.world.inputs import inputs
from tests.builders_attribution import ASKED, CLOSES, EFFORT, OLD, basis, draws, small, state

PLANNED = OLD + timedelta(days=40)
TREASURY = ContactCount(("treasury_in_person",), until=CLOSES)


def supposed(*rows: Signal | Contact | Plan, asked=TREASURY, base: Basis | None = None) -> WhatIf:  # type: ignore[no-untyped-def]
    here = state()
    (found,) = what_if(
        asked, CLOSES, here, supposing(here.view, rows), base or basis(), signals=(False,)
    )
    return found


def test_nothing_supposed_moves_nothing() -> None:
    """Without a supposed row before and after are the same, error and all."""
    found = supposed()

    assert found.before == found.after
    assert found.points == found.delta_logit == found.mcse == found.points_mcse == 0.0


def test_an_announced_visit_all_but_settles_it() -> None:
    """A plan for the contact that is asked about raises the answer by far."""
    found = supposed(plan_for(PLANNED, "treasury_in_person", "prc", OLD))

    assert found.after > 0.9 > found.before
    assert found.points == pytest.approx(100 * (found.after - found.before))
    assert found.trusted


def test_a_plan_that_does_not_matter_moves_the_answer_within_its_error() -> None:
    """A visit of another office leaves the answer where it was."""
    found = supposed(plan_for(PLANNED, "climate_envoy", "prc", OLD))

    assert abs(found.delta_logit) <= 4 * found.mcse + 1e-12


def test_before_and_after_are_those_of_the_two_views() -> None:
    """The comparison is no more than two answers: with a row really on record it is the same."""
    row = contact_on(OLD - timedelta(days=10), "treasury_in_person", "prc")
    here = state()
    known = replace(here, view=supposing(here.view, [row]))
    ends = reach_until(TREASURY, CLOSES, here.view)
    expected = basis().reach(TREASURY, known, ends)

    found = supposed(row)

    assert found.after == pytest.approx(expected.probability, abs=1e-12)
    assert found.khat == expected.khat


def test_a_loud_hostile_signal_lowers_an_answer_that_reads_it() -> None:
    """Where readings move the futures and hostile ones slow every stream, the answer falls."""
    slowed = draws().copy()
    slowed["signal_scale"] = slowed["signal_scale"] * 0 + 1.0
    slowed["signal_raw"] = slowed["signal_raw"] * 0 - 2.0
    base = Basis(slowed, inputs(small().as_of(OLD), small()), small(), EFFORT)
    here = State(small().as_of(OLD), small(), signals=True)
    rows = [signal_on(OLD, "sanction", -1, 5), signal_on(OLD, "arms_sale_taiwan", -1, 5)]

    without, with_signals = what_if(
        TREASURY, CLOSES, here, supposing(here.view, rows), base, signals=(False, True)
    )

    assert with_signals.points < -3 * with_signals.points_mcse
    assert abs(without.points) < abs(with_signals.points)


def test_supposed_rows_keep_the_order_of_a_view() -> None:
    """Contacts and plans stay in order of their date, whatever is added."""
    view = small().as_of(OLD)
    rows: list[Signal | Contact | Plan] = [
        contact_on(date(2022, 12, 1), "fm_remote", "remote"),
        contact_on(date(2021, 12, 1), "fm_remote", "remote"),
        plan_for(date(2023, 6, 17), "leader_remote", "remote", OLD),
    ]

    found = supposing(view, rows)

    assert [c.start for c in found.contacts] == sorted(c.start for c in found.contacts)
    assert [p.planned for p in found.plans] == sorted(p.planned for p in found.plans)
    assert len(found.contacts) == len(view.contacts) + 2


def test_the_question_of_other_days_is_paired_too() -> None:
    """The error of the change is far below what two separate simulations would leave."""
    found = supposed(contact_on(OLD - timedelta(days=3), "fm_remote", "remote"), asked=ASKED)
    alone = basis().error(basis().reach(ASKED, state(), CLOSES).pull)

    assert found.mcse < 0.5 * np.sqrt(2) * alone
