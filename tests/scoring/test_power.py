"""Power is what simulation shows, and falls with noise."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

from forecasts.errors import BadInput
from forecasts.scoring.power import Noise, clusters_needed, noise, power

Z = 1.6448536269514722  # 95 % point of the standard normal


def row(values: np.ndarray) -> xr.DataArray:
    return xr.DataArray(values, dims="cell")


def record(rng: np.random.Generator, skill: float, clusters: int) -> tuple[np.ndarray, ...]:
    """Losses of a baseline (mean 0.2) and a forecaster of that skill; unequal clusters."""
    names = np.repeat(np.arange(clusters), 1 + np.arange(clusters) % 5)
    theirs = np.full(names.size, 0.2)
    shared, own = rng.normal(0, 0.08, clusters), rng.normal(0, 0.05, names.size)
    return theirs * (1 - skill) + shared[names] + own, theirs, names


@pytest.mark.parametrize("skill", [0.0, 0.1, 0.2])
def test_power_is_how_often_a_skill_is_seen(skill: float) -> None:
    """Drawing records of a known skill, the one-sided test finds it as often as power says."""
    rng = np.random.default_rng(1)
    seen, told = [], []
    for _ in range(400):
        ours, theirs, names = record(rng, skill, clusters=60)
        found = noise(score=row(ours), baseline=row(theirs), clusters=names)
        seen.append((theirs - ours).mean() / found.standard_error > Z)
        told.append(power(found, skill=skill))

    assert np.mean(seen) == pytest.approx(np.mean(told), abs=0.06)


def test_the_clusters_needed_are_enough() -> None:
    """With so many clusters of the same kind the power is as wanted, with one fewer it is not."""
    found = Noise(clusters=50, standard_error=0.02, baseline=0.2)
    needed = clusters_needed(found, skill=0.1, power=0.8)
    assert needed is not None

    def with_clusters(number: int) -> float:
        scaled = Noise(number, 0.02 * (50 / number) ** 0.5, 0.2)
        return power(scaled, skill=0.1)

    assert with_clusters(needed) >= 0.8 > with_clusters(needed - 1)


def test_clusters_of_one_cell_give_the_usual_standard_error() -> None:
    """If every cell is its own cluster, the error is the standard deviation over root n."""
    rng = np.random.default_rng(2)
    ours, theirs = rng.random((2, 40))

    found = noise(score=row(ours), baseline=row(theirs), clusters=np.arange(40))

    assert found.standard_error == pytest.approx((theirs - ours).std(ddof=1) / 40**0.5)


def test_only_common_cells_count() -> None:
    """A cell that one of the two lacks changes nothing, nor does its cluster."""
    ours, theirs = np.array([0.1, 0.2, 0.1]), np.array([0.2, 0.2, 0.3])
    names = np.array(["a", "b", "c"])

    alone = noise(score=row(ours), baseline=row(theirs), clusters=names)
    wider = noise(
        score=row(np.r_[ours, np.nan]), baseline=row(np.r_[theirs, 0.9]), clusters=[*names, "d"]
    )

    assert wider == alone


@pytest.mark.parametrize("scored", [0, 1, 2])
def test_without_spread_there_is_no_power(scored: int) -> None:
    """No cells, one cluster, or a forecaster who says what the baseline says: NaN and None."""
    losses = row(np.full(scored, 0.2))

    found = noise(score=losses, baseline=losses, clusters=np.arange(scored))

    assert np.isnan(power(found, skill=0.2))
    assert clusters_needed(found, skill=0.2) is None


def test_a_skill_to_be_seen_is_above_zero() -> None:
    """No number of clusters shows a skill of 0."""
    with pytest.raises(BadInput, match="skill"):
        clusters_needed(Noise(50, 0.02, 0.2), skill=0.0)
