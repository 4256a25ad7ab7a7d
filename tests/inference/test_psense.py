"""Power-scaling against closed forms, against ArviZ, and against answers that depend on nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
import xarray as xr

from forecasts.inference.psense import (
    LIKELIHOOD,
    PRIOR,
    Read,
    Scaled,
    Sensitivity,
    blocks_read,
    read,
    scaled,
    sensitivities,
    sentence,
)
from forecasts.questions.algebra import anchored, split
from forecasts.questions.events import AllOf, ContactCount, Given, OutcomeOf
from forecasts.world.blocks import BLOCKS
from forecasts.world.inputs import inputs
from tests.builders_world import World, portfolio_of, quiet_evidence, real_portfolio
from tests.world.made_up import random_draws

SIZE = 4000
AS_OF = date(2023, 6, 18)
CALL = ContactCount(("leader_remote",), until=date(2023, 12, 31))
CASES, SEEN_MEAN = 3, 0.9


@pytest.fixture(scope="module")
def mean() -> np.ndarray:
    """Draws of a mean: prior N(0, 1), three cases of unit variance around 0.9."""
    rng = np.random.default_rng(1)
    return rng.normal(CASES * SEEN_MEAN / (CASES + 1), (CASES + 1) ** -0.5, size=SIZE)


@pytest.fixture(scope="module")
def rows(mean: np.ndarray) -> dict[str, Sensitivity]:
    """Sensitivities of that mean to its prior and likelihood."""
    draws = Scaled(
        prior={"levels": -0.5 * mean**2},
        likelihood={"levels": -0.5 * CASES * (mean - SEEN_MEAN) ** 2},
        single={},
    )
    found = sensitivities({"q": Read(mean, ("levels",))}, draws, seed=1)
    return {row.component: row for row in found}


def test_moves_are_the_derivative_of_the_answer(rows: dict[str, Sensitivity]) -> None:
    """With a prior of weight a the mean is n y / (a + n); the move is its slope in log2 a at 1."""
    slope = np.log(2) * CASES * SEEN_MEAN / (CASES + 1) ** 2

    assert rows[PRIOR].moves == pytest.approx(-slope, rel=0.1)
    assert rows[LIKELIHOOD].moves == pytest.approx(slope, rel=0.1)


def test_values_are_those_of_arviz(mean: np.ndarray, rows: dict[str, Sensitivity]) -> None:
    """ArviZ gives the same numbers for the same draws."""
    from arviz_stats import psense

    terms = {"log_prior": -0.5 * mean**2, "log_likelihood": -0.5 * CASES * (mean - SEEN_MEAN) ** 2}
    groups = {"posterior": mean, **terms}
    tree = xr.DataTree.from_dict({
        group: xr.Dataset({"q": (("chain", "draw"), values[None])})
        for group, values in groups.items()
    })

    assert rows[PRIOR].value == pytest.approx(float(psense(tree, group="prior")["q"]))
    assert rows[LIKELIHOOD].value == pytest.approx(float(psense(tree, group="likelihood")["q"]))
    assert rows[PRIOR].flagged


def test_an_unrelated_component_is_not_flagged(mean: np.ndarray) -> None:
    """Many terms that say nothing of an answer pass 0.05 by chance, and are called undecided."""
    noise = np.random.default_rng(2).chisquare(400, size=SIZE) / -2
    draws = Scaled({"levels": noise}, {"levels": 0 * noise}, {"own": ("levels", -0.5 * mean**2)})
    prior, likelihood, own = sensitivities({"q": Read(mean, ("levels",))}, draws, seed=1)

    assert prior.value > 0.05
    assert not prior.flagged
    assert prior.undecided
    assert likelihood.value == 0.0
    assert own.flagged


def test_blocks_that_an_answer_does_not_read_are_left_out(mean: np.ndarray) -> None:
    """Neither the whole nor a single prior of another block enters."""
    other = np.random.default_rng(2).normal(size=SIZE)
    both = {"levels": -0.5 * mean**2, "presence": other}
    draws = Scaled(both, both, {"a": ("levels", mean), "b": ("presence", other)})

    found = sensitivities({"q": Read(mean, ("levels",))}, draws, seed=1)
    alone = sensitivities(
        {"q": Read(mean, ("levels",))}, Scaled({"levels": both["levels"]}, both, {}), seed=1
    )

    assert [row.component for row in found] == [PRIOR, LIKELIHOOD, "a"]
    assert found[0].value == alone[0].value


def test_a_settled_answer_moves_with_nothing() -> None:
    """What holds in every future hangs on no belief."""
    draws = Scaled({"levels": np.arange(9.0)}, {"levels": np.arange(9.0)}, {})
    found = sensitivities({"q": Read(np.ones(9), ("levels",))}, draws, seed=1)

    assert {row.value for row in found} == {0.0}


def test_outcomes_are_read_by_those_who_ask_for_them() -> None:
    """Levels and receptions matter to questions about them, also inside of others."""
    level = OutcomeOf(next_of=("leader_in_person",), until=CALL.until, level_at_least="deliverable")
    received = replace(level, level_at_least="", received=True)

    assert set(BLOCKS) - set(blocks_read(CALL)) == {"levels", "receptions"}
    assert set(BLOCKS) - set(blocks_read(Given(level, CALL))) == {"receptions"}
    assert blocks_read(AllOf((level, received))) == tuple(BLOCKS)


@pytest.fixture(scope="module")
def quiet() -> World:
    portfolio = portfolio_of(quiet_evidence())
    return World(portfolio, portfolio.as_of(AS_OF))


@pytest.mark.parametrize(
    "asked", [CALL, Given(CALL, ContactCount(("fm_third",), until=date(2023, 8, 1)))]
)
def test_answers_by_draw_average_to_the_answer(quiet: World, asked: object) -> None:
    """Whatever the condition, the mean over draws is the share that is published."""
    futures = quiet.simulate(draws=8, replicates=200)
    asked = anchored(asked, date(2023, 6, 19))  # type: ignore[arg-type]
    happens, condition = split(asked, futures)

    by_draw = read(asked, futures).probability

    assert by_draw.shape == (8,)
    assert by_draw.mean() == pytest.approx(happens.sum() / condition.sum())


def test_draws_that_differ_give_answers_that_differ(quiet: World) -> None:
    """An answer is read draw by draw: with one draw's rate at nothing, its answer is no."""
    rate = np.full((1, 4, len(quiet.data.exposure.streams)), np.log(1 / 90))
    rate[0, 2] = -30.0

    by_draw = read(CALL, quiet.simulate(draws=4, replicates=300, log_rate=rate)).probability

    assert by_draw[2] == 0.0
    assert (by_draw[[0, 1, 3]] > 0.7).all()


def test_parts_add_up_to_the_whole() -> None:
    """Declared priors, each once, sum to the prior of their blocks; so do components of data."""
    data = inputs(real_portfolio().as_of(AS_OF), real_portfolio())
    parts = scaled(random_draws(data, 3, seed=1), real_portfolio().priors, data)
    total = np.sum([terms for _, terms in parts.single.values()], axis=0)

    np.testing.assert_allclose(np.sum(list(parts.prior.values()), axis=0), total)
    assert "rate_per_year for leader_in_person" in parts.single
    assert "us_attends for G20" in parts.single
    assert {block for block, _ in parts.single.values()} <= set(BLOCKS)
    assert set(parts.likelihood) == set(BLOCKS) - {"prior alone"}


@pytest.mark.parametrize(
    ("prior", "likelihood", "words"),
    [
        ((0.2, 0.1), (0.2, 0.1), "Prior and data both"),
        ((0.2, 0.1), (0.01, 0.0), "Strong prior, weak data"),
        ((0.2, 0.1), (0.08, 0.1), "cannot tell how much the data"),
        ((0.08, 0.1), (0.2, 0.1), "cannot tell how much of it is the prior"),
        ((0.01, 0.0), (0.2, 0.1), "The data speak"),
        ((0.01, 0.0), (0.01, 0.0), "Neither"),
    ],
)
def test_sentences_say_what_is_known(
    prior: tuple[float, float], likelihood: tuple[float, float], words: str
) -> None:
    """Value and noise of both wholes decide the sentence; what may be noise is not asserted."""
    whole = {
        name: Sensitivity("q", name, *numbers, 0.0, 0.0)
        for name, numbers in ((PRIOR, prior), (LIKELIHOOD, likelihood))
    }

    assert words in sentence(whole)
