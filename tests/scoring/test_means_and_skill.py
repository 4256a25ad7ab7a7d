"""Means bring their counts, and skill compares like with like."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from forecasts.errors import BadInput
from forecasts.scoring.means import weighted_mean
from forecasts.scoring.skill import skill

NAN = float("nan")
losses = arrays(np.float64, 8, elements=st.floats(0, 1) | st.just(NAN))


def row(*values: float) -> xr.DataArray:
    return xr.DataArray(np.array(values, dtype=np.float64), dims="cell")


@settings(max_examples=15)
@given(losses)
def test_every_cell_is_counted_once(loss: np.ndarray) -> None:
    """A cell is scored or unresolved, and the mean is over the scored ones alone."""
    mean = weighted_mean(row(*loss), "cell")

    assert int(mean["count"] + mean["unresolved"]) == loss.size
    assert int(mean["count"]) == np.isfinite(loss).sum()
    if mean["count"] > 0:
        assert float(mean["value"]) == pytest.approx(np.nanmean(loss))


@settings(max_examples=15)
@given(losses, st.integers(0, 7))
def test_a_whole_weight_is_a_cell_said_so_often(loss: np.ndarray, times: int) -> None:
    """Weight k is the same as k copies of the cell; weight 0 as leaving it out."""
    weights = row(times, *[1] * 7)
    copies = row(*[loss[0]] * times, *loss[1:])

    weighted = weighted_mean(row(*loss), "cell", weights)
    copied = weighted_mean(copies, "cell")

    np.testing.assert_allclose(weighted["value"], copied["value"])
    np.testing.assert_allclose(weighted["weight"], copied["weight"])


def test_nothing_scored_has_no_mean() -> None:
    """The mean of nothing is NaN, with count 0, not 0."""
    mean = weighted_mean(row(NAN, NAN), "cell")

    assert np.isnan(mean["value"])
    assert (int(mean["count"]), int(mean["unresolved"])) == (0, 2)


def test_means_keep_the_other_dimensions() -> None:
    """A mean over cells leaves one value a forecaster, with its own count."""
    scores = xr.DataArray([[0.1, NAN], [0.3, 0.5]], dims=("cell", "forecaster"))

    mean = weighted_mean(scores, "cell")

    assert mean["value"].dims == ("forecaster",)
    assert mean["value"].values == pytest.approx([0.2, 0.5])
    assert mean["count"].values.tolist() == [2, 1]


@pytest.mark.parametrize("weight", [-1.0, NAN])
def test_weights_are_numbers_of_at_least_zero(weight: float) -> None:
    """A negative weight, or none, is refused."""
    with pytest.raises(BadInput, match="weights"):
        weighted_mean(row(0.1, 0.2), "cell", row(1.0, weight))


@settings(max_examples=15)
@given(losses, losses)
def test_skill_uses_the_cells_that_both_have(ours: np.ndarray, theirs: np.ndarray) -> None:
    """Adding a cell that only one of them has changes the count of dropped cells and no more."""
    alone = skill(score=row(*ours), baseline=row(*theirs), dim="cell")

    wider = skill(score=row(*ours, 1.0), baseline=row(*theirs, NAN), dim="cell")

    np.testing.assert_equal(float(wider["value"]), float(alone["value"]))
    assert int(wider["dropped"]) == int(alone["dropped"]) + 1
    total = sum(int(wider[name]) for name in ("count", "dropped", "unresolved"))
    assert total == ours.size + 1


def test_skill_of_the_baseline_itself_is_zero() -> None:
    """Who says what the baseline says has skill 0; who never misses has skill 1."""
    base = row(0.2, 0.3)
    both = xr.concat([base, base * 0], "forecaster")

    found = skill(score=both, baseline=base, dim="cell")

    assert found["value"].values == pytest.approx([0.0, 1.0])


def test_there_is_no_skill_against_a_perfect_baseline() -> None:
    """Where the baseline's loss is 0, skill is NaN, not minus infinity."""
    found = skill(score=row(0.1), baseline=row(0.0), dim="cell")

    assert np.isnan(found["value"])
    assert int(found["count"]) == 1


def test_skill_weighs_and_counts_the_same_cells() -> None:
    """A cell of weight 0 is neither scored nor dropped, even where one of the two lacks it."""
    found = skill(
        score=row(0.1, 0.9, NAN), baseline=row(0.2, 0.1, 0.3), dim="cell", weights=row(1, 0, 0)
    )

    assert float(found["value"]) == pytest.approx(0.5)
    assert [int(found[name]) for name in ("count", "dropped", "unresolved")] == [1, 0, 0]
