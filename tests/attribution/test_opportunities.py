"""Value of information: outcomes average to today's answer, and distances are what they say."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecasts.attribution.opportunities import Opportunity, opportunities, opportunity_rows
from forecasts.questions.algebra import split
from forecasts.questions.events import (
    AllOf,
    Asked,
    ContactAt,
    ContactCount,
    Event,
    Given,
    Not,
    PlanOutcome,
)
from forecasts.questions.futures import CANCELLED, HELD, POSTPONED, Futures
from tests.builders_futures import HORIZON, day, events, futures, made_futures

CLOSES = day(HORIZON)
EVENT = ContactCount(("leader_in_person",), until=CLOSES, at_least=2)


def found(asked: Asked, made: Futures, closes_on: int = HORIZON, at_least: int = 1) -> tuple[
    Opportunity, ...
]:  # fmt: skip
    return opportunities(asked, day(closes_on), made, at_least=at_least)


conditions = st.one_of(st.none(), events())


@given(futures(), events(), conditions, st.integers(1, 12))
def test_the_expected_answer_is_todays(made: Futures, event, condition, at_least) -> None:  # type: ignore[no-untyped-def]
    """Martingale: over the outcomes of any opportunity, merged or not, answers average to now's."""
    asked = event if condition is None else Given(event, condition)
    happens, met = split(asked, made)
    if not met.any():
        assert found(asked, made) == ()
        return
    today = happens.sum() / met.sum()
    for each in found(asked, made, at_least=at_least):
        if each.branches:
            shares = np.array([branch.probability for branch in each.branches])
            answers = np.array([branch.answer for branch in each.branches])
            assert shares.sum() == pytest.approx(1.0, abs=1e-12)
            assert shares @ answers == pytest.approx(today, abs=1e-12)
            assert each.move == pytest.approx(shares @ np.abs(answers - today), abs=1e-12)
            assert all(branch.futures >= at_least for branch in each.branches)


@given(futures(), events())
def test_information_is_that_of_the_table(made: Futures, event) -> None:  # type: ignore[no-untyped-def]
    """Nats are the entropy of the answer less what is left of it once the outcome is known."""
    for each in found(event, made):
        if each.branches:
            today = sum(branch.probability * branch.answer for branch in each.branches)
            left = sum(branch.probability * _entropy(branch.answer) for branch in each.branches)
            assert each.nats == pytest.approx(_entropy(today) - left, abs=1e-9)
            assert each.nats >= 0.0


def _entropy(p: float) -> float:
    return float(-sum(q * np.log(q) for q in (p, 1 - p) if q > 0))


def decided(made: Futures, meets: np.ndarray) -> Futures:
    """The leaders meet at the first summit where `meets` says so."""
    bilateral = np.column_stack([meets, made.summits.bilateral[:, 1]])
    return replace(made, summits=replace(made.summits, bilateral=bilateral))


def test_an_opportunity_that_decides_moves_farthest() -> None:
    """Where a summit settles part of an answer, its move is 2 p (1 - p) of the settled share."""
    made = made_futures(1, draws=40)
    meets = np.arange(made.size) % 4 == 0
    asked = AllOf((ContactAt("summit-a"),))  # the same event, but not by its bare name

    first = found(asked, decided(made, meets))[0]

    assert first.id == "summit-a"
    assert first.move == pytest.approx(2 * 0.25 * 0.75)
    assert first.nats == pytest.approx(_entropy(0.25))
    assert {branch.answer for branch in first.branches} == {0.0, 1.0}


def test_an_unrelated_opportunity_moves_within_its_error() -> None:
    """Independent of the event: expected move and information are of the size of their errors."""
    made = made_futures(2, draws=2000, replicates=5)
    plan = next(each for each in found(EVENT, made) if each.id == "plan-a")

    assert plan.move < 4 * plan.move_mcse
    assert plan.nats < 10 / made.size


@pytest.mark.parametrize("condition", [None, ContactCount(("leader_remote",), until=day(25))])
@pytest.mark.parametrize("both", [0.1, 0.6])
def test_errors_are_the_spread_over_repetitions(condition: Event | None, both: float) -> None:
    """Over fresh futures, move and nats scatter as their Monte Carlo errors say."""
    event = AllOf((ContactCount(("leader_in_person",), until=CLOSES),))
    asked = event if condition is None else Given(event, condition)
    found_values = []
    for seed in range(200):
        made = made_futures(seed, draws=100, replicates=5, busy=2.0)
        rng = np.random.default_rng(seed)
        happens, _ = split(event, made)
        meets = np.where(rng.random(made.size) < both, happens, rng.random(made.size) < 0.9)
        each = next(o for o in found(asked, decided(made, meets)) if o.id == "summit-a")
        found_values.append((each.move, each.move_mcse, each.nats, each.nats_mcse))
    values = np.array(found_values)
    for number in (0, 2):
        value, error = values[:, number], values[:, number + 1]
        clear = value.mean() > 3 * error.mean()  # nearer to nought, a distance is skewed
        assert error.mean() == pytest.approx(value.std(ddof=1), rel=0.15 if clear else 0.5)


@pytest.mark.parametrize("asked", [ContactAt("summit-a"), Not(ContactAt("summit-a"))])
def test_the_event_itself_is_named_and_not_ranked(asked: Asked) -> None:
    """What the question asks decides the answer: that is said, and the summit left out."""
    last = next(each for each in found(asked, made_futures(1)) if each.id == "summit-a")

    assert last.branches == ()
    assert last.note == "it is what the question asks: it decides the answer"


def test_a_plan_that_is_asked_about_is_named_too() -> None:
    """The fate of a plan, asked for by its name, is the question."""
    each = next(
        o for o in found(PlanOutcome("plan-a", "held"), made_futures(1)) if o.id == "plan-a"
    )

    assert each.note.startswith("it is what the question asks")


def test_what_comes_after_the_question_closes_is_left_out_and_said() -> None:
    """A summit of day 40 cannot change an answer that is settled on day 20."""
    late = {each.id: each for each in found(EVENT, made_futures(1), closes_on=20)}

    assert late["summit-b"].branches == ()
    assert late["summit-b"].note == "it is decided after the question closes"
    assert late["summit-a"].branches != ()


def test_a_plan_still_open_when_the_question_closes_is_an_outcome() -> None:
    """Only what can be known by then counts: later fates are one branch, still open."""
    made = made_futures(3, draws=40)

    plan = next(each for each in found(EVENT, made, closes_on=20) if each.id == "plan-a")
    early = made.plans.fate_day[:, 0] <= 20

    shares = {branch.outcome: branch.futures for branch in plan.branches}
    assert shares.pop("still open when the question closes") == int((~early).sum())
    assert sum(shares.values()) == int(early.sum())


def test_a_condition_that_fixes_an_outcome_leaves_nothing_to_learn() -> None:
    """Given that they do not meet at the summit, that summit has one outcome, and says so."""
    asked = Given(EVENT, Not(ContactAt("summit-a")))

    each = next(o for o in found(asked, made_futures(1)) if o.id == "summit-a")

    assert each.note == "one outcome in every future: no meeting of the leaders there"


def fated(counts: dict[int, int]) -> Futures:
    """Futures with so many of each fate of the first plan."""
    made = made_futures(5, draws=sum(counts.values()), replicates=1)
    fate = made.plans.fate.copy()
    fate[:, 0] = np.repeat(list(counts), list(counts.values()))
    days = np.maximum(made.plans.fate_day, 1)
    return replace(made, plans=replace(made.plans, fate=fate, fate_day=days))


def test_rare_ways_of_being_lost_are_merged_and_said() -> None:
    """Postponed and cancelled become one branch where either alone has too few futures."""
    made = fated({int(HELD): 900, int(POSTPONED): 450, int(CANCELLED): 60})

    plan = next(each for each in found(EVENT, made, at_least=400) if each.id == "plan-a")

    assert [branch.outcome for branch in plan.branches] == ["held", "postponed or cancelled"]
    assert plan.note == "too few futures of each alone: postponed or cancelled"


def test_an_outcome_that_is_all_but_sure_leaves_the_plan_out() -> None:
    """With fewer than 400 futures of anything else, nothing is said but why."""
    made = fated({int(HELD): 900, int(POSTPONED): 45, int(CANCELLED): 60})

    plan = next(each for each in found(EVENT, made, at_least=400) if each.id == "plan-a")

    assert plan.branches == ()
    assert plan.note == "any outcome but one (held) has only 105 futures of 1005"


def test_the_document_holds_plain_values() -> None:
    """What goes into a run document is JSON, farthest move first."""
    made = made_futures(1, draws=400)

    rows = opportunity_rows(EVENT, CLOSES, made)

    assert json.loads(json.dumps(rows, allow_nan=False)) == rows
    assert any(row["branches"] for row in rows)
    moves = np.array([row["move"] for row in rows], dtype=float)
    assert (np.diff(moves) <= 0).all()
