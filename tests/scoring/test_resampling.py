"""Whole clusters and blocks are drawn, and totals count each cell as often as its unit."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecasts.errors import BadInput
from forecasts.scoring.resampling import (
    block_length,
    effective_clusters,
    resample_blocks,
    resample_clusters,
)

names = st.lists(st.sampled_from("abcde"), min_size=1, max_size=20)


@settings(max_examples=30)
@given(names)
def test_totals_are_sums_over_copies(clusters: list[str]) -> None:
    """A total is the sum over cells, each as often as its cluster was drawn."""
    values = np.arange(len(clusters), dtype=np.float64)
    drawn = resample_clusters(clusters, seed=1, n=300)

    copies = [np.repeat(values, times[drawn.unit]).sum() for times in drawn.times]

    assert drawn.totals(values[:, np.newaxis])[:, 0] == pytest.approx(copies)


@settings(max_examples=30)
@given(names)
def test_a_replicate_has_as_many_units_as_the_table(clusters: list[str]) -> None:
    """Clusters are drawn with replacement, as many as there are."""
    drawn = resample_clusters(clusters, seed=1, n=20)

    assert drawn.units == len(set(clusters))
    assert (drawn.times.sum(axis=1) == drawn.units).all()


def test_the_seed_decides() -> None:
    """The same seed gives the same replicates, another seed others."""
    first, again, other = (resample_clusters(range(30), seed=seed, n=5) for seed in (1, 1, 2))

    assert np.array_equal(first.times, again.times)
    assert not np.array_equal(first.times, other.times)


def test_blocks_are_runs_of_origins_in_time() -> None:
    """With two blocks to a record, what was drawn is two runs on the circle of origins."""
    days = np.array(["2005-01-03", "2005-01-01", "2005-01-04", "2005-01-02"], "datetime64[D]")

    drawn = resample_blocks(days, length=2, seed=1, n=200)

    in_time = drawn.times
    runs = {(1, 1, 0, 0), (0, 1, 1, 0), (0, 0, 1, 1), (1, 0, 0, 1)}
    two = {tuple(np.add(a, b)) for a in runs for b in runs}
    assert {tuple(times) for times in in_time.tolist()} == {tuple(map(int, t)) for t in two}
    assert drawn.unit.tolist() == [2, 0, 3, 1]


def test_every_origin_is_drawn_equally_often() -> None:
    """On a circle the first and last origins are no rarer than the others, cut block or not."""
    drawn = resample_blocks(np.arange(10), length=4, seed=1, n=4000)

    assert (drawn.times.sum(axis=1) == 10).all()
    assert drawn.times.mean(axis=0) == pytest.approx(1.0, abs=0.06)


@pytest.mark.parametrize("length", [0, 4])
def test_a_block_fits_the_record(length: int) -> None:
    """A block has one origin at least, and not more than there are."""
    with pytest.raises(BadInput, match="block length"):
        resample_blocks([1, 2, 3], length=length, seed=1)


def test_no_cells_cannot_be_drawn() -> None:
    """An empty table is refused with a reason."""
    with pytest.raises(BadInput, match="clusters"):
        resample_clusters([], seed=1)


@pytest.mark.parametrize(
    ("horizon", "every", "origins", "length"),
    [(30, 30, 246, 6), (365, 30, 246, 24), (365, 30, 40, 10), (365, 30, 3, 1), (10, 1, 500, 20)],
)
def test_block_length(horizon: int, every: int, origins: int, length: int) -> None:
    """Twice the horizon, six at least, a quarter of the record at most, one in any case."""
    assert block_length(horizon_days=horizon, every_days=every, origins=origins) == length


@given(names)
def test_effective_clusters_are_between_one_and_all(clusters: list[str]) -> None:
    """Clusters of unequal size are worth fewer; of equal size, what they number."""
    effective = effective_clusters(clusters)

    assert 1 - 1e-9 <= effective <= len(set(clusters)) + 1e-9
    assert effective_clusters(sorted(set(clusters)) * 3) == pytest.approx(len(set(clusters)))


def test_weights_count_as_cells() -> None:
    """Weight 3 on one cell is as three cells of its cluster; without cells there is nothing."""
    assert effective_clusters(["a", "b"], [3, 1]) == pytest.approx(effective_clusters(list("aaab")))
    assert effective_clusters([]) == 0
