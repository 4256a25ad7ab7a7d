"""Weights that turn draws given one record into draws given another."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from forecasts.inference.update import Update, resampled, smoothed, systematic, update
from forecasts.schema import KHAT_AT_MOST
from forecasts.world.blocks import BLOCKS
from forecasts.world.inputs import Inputs, inputs
from tests.builders_world import real_portfolio
from tests.world.made_up import random_draws

SIZE = 4000


def shift_ratio(draws: np.ndarray, to: float) -> np.ndarray:
    """Log density of a unit normal around `to` less that around 0."""
    return np.asarray(stats.norm.logpdf(draws, to) - stats.norm.logpdf(draws))


@pytest.mark.parametrize("to", [-0.5, 0.5])
def test_weights_move_a_mean_the_right_way(to: float) -> None:
    """Draws of N(0, 1) weighted to N(m, 1) have mean m: the library's sign is not ours.

    Handed the ratio as it is, the library would weight towards -m.
    """
    draws = np.random.default_rng(1).normal(size=SIZE)

    weights = smoothed(shift_ratio(draws, to))
    mean = float(np.exp(weights.log_weights) @ draws)

    assert mean == pytest.approx(to, abs=0.06)
    assert weights.khat < KHAT_AT_MOST


def test_weights_give_the_posterior_of_one_more_case() -> None:
    """Beta draws given 6 of 10, weighted by one more success, have the mean of 7 of 11."""
    draws = stats.beta(7, 5).rvs(SIZE, random_state=2)

    weights = smoothed(np.log(draws))

    assert float(np.exp(weights.log_weights) @ draws) == pytest.approx(8 / 13, abs=0.01)


def test_log_mean_is_the_chance_of_what_came() -> None:
    """The weighted mean likelihood of the next case is its predictive chance."""
    draws = stats.beta(7, 5).rvs(SIZE, random_state=2)
    equal = smoothed(np.zeros(SIZE))

    assert np.exp(equal.log_mean(np.log(draws))) == pytest.approx(7 / 12, abs=0.01)


def test_weights_far_away_are_not_trusted() -> None:
    """A target that the draws hardly reach has a tail shape above 0.7."""
    draws = np.random.default_rng(1).normal(size=SIZE)

    far = update({"hazards": stats.norm.logpdf(draws, 4.0, 0.5) - stats.norm.logpdf(draws)})
    same = update({"hazards": np.zeros(SIZE)})

    assert far.khat > KHAT_AT_MOST
    assert not far.trusted
    assert same.trusted
    assert same.ess == pytest.approx(SIZE)


def test_an_update_is_as_good_as_its_worst_block() -> None:
    """Tail shape is the largest, effective number the smallest, over blocks; logs add up."""
    draws = np.random.default_rng(1).normal(size=SIZE)
    ratios = {"levels": shift_ratio(draws, 0.2), "presence": shift_ratio(draws, 1.0)}
    one, two = (smoothed(ratio) for ratio in ratios.values())

    both = update(ratios)

    assert both.khat == max(one.khat, two.khat)
    assert both.ess == min(one.ess, two.ess) < SIZE
    values = {"levels": draws, "presence": -draws}
    assert both.log_mean(values) == pytest.approx(one.log_mean(draws) + two.log_mean(-draws))


@settings(max_examples=50)
@given(
    raw=st.lists(st.floats(0.0, 1.0), min_size=2, max_size=40).filter(lambda w: sum(w) > 1e-3),
    seed=st.integers(0, 100),
)
def test_systematic_resampling_rounds_expected_counts(raw: list[float], seed: int) -> None:
    """A draw of weight w comes up floor(wS) or ceil(wS) times, S draws in all."""
    weights = np.array(raw) / sum(raw)

    at = systematic(weights, np.random.default_rng(seed))
    times, expected = np.bincount(at, minlength=weights.size), weights * weights.size

    assert at.size == weights.size
    assert (times >= np.floor(expected - 1e-9)).all()
    assert (times <= np.ceil(expected + 1e-9)).all()


@pytest.fixture(scope="module")
def data() -> Inputs:
    return inputs(real_portfolio().as_of(date(2023, 6, 18)), real_portfolio())


@pytest.fixture(scope="module")
def flat(data: Inputs) -> xr.Dataset:
    return random_draws(data, 200, seed=1)


def equal_weights(size: int) -> Update:
    return update({block: np.zeros(size) for block in BLOCKS})


def positions(flat: xr.Dataset, drawn: xr.Dataset, name: str) -> list[int]:
    """Which draw each drawn value of a scalar parameter was."""
    was = flat[name].to_numpy().tolist()
    return [was.index(value) for value in drawn[name].to_numpy().tolist()]


def test_equal_weights_only_shuffle(flat: xr.Dataset, data: Inputs) -> None:
    """Nothing new leaves every draw there once, and parameters of a block together."""
    drawn = resampled(flat, equal_weights(200), data, seed=3).isel(chain=0)
    order = positions(flat, drawn, "own_host")

    assert sorted(order) == list(range(200))
    for name in BLOCKS["presence"]:
        moved = drawn[name].transpose("draw", ...).to_numpy()
        np.testing.assert_array_equal(moved, flat[name].to_numpy()[order])


def test_blocks_meet_at_random(flat: xr.Dataset, data: Inputs) -> None:
    """Each block has a shuffle of its own: weights of one say nothing of another."""
    drawn = resampled(flat, equal_weights(200), data, seed=3).isel(chain=0)
    names = ("own_host", "summit_in_person", "level_visit")
    one, two, three = (positions(flat, drawn, name) for name in names)

    assert one != two != three


def test_resampled_draws_have_the_weighted_mean(flat: xr.Dataset, data: Inputs) -> None:
    """Drawing again in proportion to the weights moves the mean of that block, and no other."""
    size = flat.sizes["sample"]
    ratios = {block: np.zeros(size) for block in BLOCKS}
    ratios["presence"] = 0.8 * flat["own_host"].to_numpy()
    weights = update(ratios)
    expected = float(np.exp(weights.blocks["presence"].log_weights) @ flat["own_host"].to_numpy())

    drawn = resampled(flat, weights, data, seed=3)

    assert float(drawn["own_host"].mean()) == pytest.approx(expected, abs=0.02)
    assert float(drawn["level_visit"].mean()) == pytest.approx(float(flat["level_visit"].mean()))


def test_resampled_draws_are_named_for_the_new_record(flat: xr.Dataset) -> None:
    """The pair that was to come has its draws when it is in office, under its own name."""
    new = inputs(real_portfolio().as_of(date(2025, 6, 1)), real_portfolio())

    drawn = resampled(flat, equal_weights(200), new, seed=3)

    assert drawn["administration"].to_numpy().tolist() == list(new.exposure.administrations)
    assert {*drawn.dims} >= {"chain", "draw"}
    assert "sample" not in drawn.dims


def test_a_parameter_of_no_block_is_refused(flat: xr.Dataset, data: Inputs) -> None:
    """A new parameter must be placed in a block before it can be drawn again."""
    with pytest.raises(KeyError, match="new_parameter"):
        resampled(flat.assign(new_parameter=flat["own_host"]), equal_weights(200), data, seed=3)
