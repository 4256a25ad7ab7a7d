"""The steps from base rate to answer add up, and say how sure they are of it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from forecasts.attribution.steps import BASE_RATE, HISTORY, PLANS, SIGNALS, steps
from forecasts.questions.algebra import split
from forecasts.questions.estimates import log_odds_of
from forecasts.questions.events import ContactCount, Event, Given, PlanOutcome
from forecasts.questions.futures import Futures
from forecasts.schema import KINDS
from tests.builders_futures import day, events, made_futures

EVENT = ContactCount(KINDS[:1], until=day(40))


def stages(seed: int, draws: int = 40) -> dict[str, Futures]:
    busy = {HISTORY: 1.0, PLANS: 2.0, SIGNALS: 3.0}
    return {name: made_futures(seed + n, draws=draws, busy=b) for n, (name, b) in
            enumerate(busy.items())}  # fmt: skip


@given(st.integers(0, 10**6), st.floats(0.01, 0.99), events(), st.none() | events())
def test_steps_sum_to_the_log_odds_of_the_answer(
    seed: int, base_rate: float, event: Event, condition: Event | None
) -> None:
    """Base rate and steps sum to the log-odds of the last stage, for any question."""
    asked = event if condition is None else Given(event, condition)
    made = stages(seed, draws=6)
    happens, holds = split(asked, made[SIGNALS])
    assume(holds.any())
    found = steps(asked, base_rate, made)

    total = sum(step.delta_logit for step in found)
    expected = log_odds_of(float(happens.sum() / holds.sum()), int(holds.sum()))
    assert total == pytest.approx(expected, abs=1e-9)
    assert [step.name for step in found] == [BASE_RATE, HISTORY, PLANS, SIGNALS]


def test_first_step_is_the_base_rate() -> None:
    """The first step is the log-odds of the base rate, without Monte Carlo error."""
    first = steps(EVENT, 0.25, stages(1))[0]

    assert first.name == BASE_RATE
    assert first.delta_logit == pytest.approx(np.log(1 / 3))
    assert first.mcse == 0.0


def test_stage_that_changes_nothing_is_a_step_of_nought() -> None:
    """Where two stages are the same futures, the step between them is exactly 0, error and all."""
    same = made_futures(3, draws=40)
    found = {s.name: s for s in steps(EVENT, 0.5, {HISTORY: same, PLANS: same, SIGNALS: same})}

    assert found[HISTORY].mcse > 0
    assert found[PLANS].delta_logit == found[PLANS].mcse == 0.0
    assert found[SIGNALS].delta_logit == found[SIGNALS].mcse == 0.0


def test_stage_without_the_plan_leaves_its_step_to_the_next() -> None:
    """A stage in which the plan asked about is unknown has a step of 0; the sum is unharmed."""
    made = stages(4)
    none = replace(made[HISTORY].plans, ids=("x", "y"))
    made[HISTORY] = replace(made[HISTORY], plans=none)
    asked = PlanOutcome("plan-a", "held")
    found = steps(asked, 0.5, made)
    happens, _ = split(asked, made[SIGNALS])

    assert found[1].delta_logit == 0.0
    assert found[2].delta_logit != 0.0
    total = sum(step.delta_logit for step in found)
    assert total == pytest.approx(log_odds_of(float(happens.mean()), happens.size))


def test_mcse_of_a_step_is_its_spread() -> None:
    """Over repetitions with fresh draws, a step spreads as its Monte Carlo error says."""
    found = [steps(EVENT, 0.5, stages(seed * 10, draws=60)) for seed in range(150)]
    spread = np.std([f[1].delta_logit for f in found], ddof=1)

    assert np.mean([f[1].mcse for f in found]) == pytest.approx(spread, rel=0.2)
