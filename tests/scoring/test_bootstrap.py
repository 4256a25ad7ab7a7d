"""Intervals are those of the resampled statistic, as wide as clusters make them."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

from forecasts.scoring.arrays import Floats
from forecasts.scoring.bootstrap import (
    bootstrap,
    mean_interval,
    percentiles,
    skill_difference_interval,
    skill_interval,
)
from forecasts.scoring.resampling import resample_blocks, resample_clusters
from forecasts.scoring.skill import skill

NAN = float("nan")
RNG = np.random.default_rng(1)
CLUSTERS = RNG.integers(0, 25, 120)
OURS, THEIRS, BASE = RNG.random((3, 120))
OURS[:10] = NAN
BASE[5:15] = NAN


def row(values: Floats) -> xr.DataArray:
    return xr.DataArray(values, dims="cell")


def ends(found: xr.Dataset) -> list[float]:
    return [float(found[name]) for name in ("value", "low", "high")]


def test_skill_interval_is_the_bootstrap_of_the_skill() -> None:
    """The quick way by totals and the plain way by weights a cell give the same interval."""
    both = ~np.isnan(OURS + BASE)

    def plain(weights: Floats) -> Floats:
        base: Floats = weights[:, both] @ BASE[both]
        share: Floats = (weights[:, both] @ OURS[both]) / base
        return 1 - share

    slow = bootstrap(plain, resample_clusters(CLUSTERS, seed=3, n=400))
    quick = skill_interval(
        score=row(OURS), baseline=row(BASE), resampling=resample_clusters(CLUSTERS, seed=3, n=400)
    )

    assert ends(quick) == pytest.approx([slow.value, slow.low, slow.high])
    alone = skill(score=row(OURS), baseline=row(BASE), dim="cell")
    assert float(quick["value"]) == pytest.approx(float(alone["value"]))
    assert int(quick["count"]) == int(alone["count"]) == both.sum()
    assert int(quick["units"]) == len(np.unique(CLUSTERS[both]))


def test_blocks_give_the_same_both_ways() -> None:
    """The same holds for blocks of origins and a mean."""
    origins = np.arange(120) // 3

    def plain(weights: Floats) -> Floats:
        total: Floats = weights @ THEIRS
        return total / weights.sum(axis=1)

    slow = bootstrap(plain, resample_blocks(origins, length=6, seed=3, n=400))
    quick = mean_interval(row(THEIRS), resample_blocks(origins, length=6, seed=3, n=400))

    assert ends(quick) == pytest.approx([slow.value, slow.low, slow.high])


def test_many_columns_are_each_their_own() -> None:
    """A forecaster's interval does not depend on who else stands in the table."""
    table = xr.DataArray(np.stack([OURS, THEIRS]), dims=("forecaster", "cell"))
    drawn = resample_clusters(CLUSTERS, seed=3, n=400)

    together = skill_interval(score=table, baseline=row(BASE), resampling=drawn)

    for number, one in enumerate((OURS, THEIRS)):
        alone = skill_interval(score=row(one), baseline=row(BASE), resampling=drawn)
        assert ends(together.isel(forecaster=number)) == pytest.approx(ends(alone))


def test_difference_of_skill_is_paired() -> None:
    """It is the difference of the two skills on common cells, and 0 beyond doubt for twins."""
    drawn = resample_clusters(CLUSTERS, seed=3, n=400)
    common = ~np.isnan(OURS + BASE)
    skills = [
        float(skill(score=row(one[common]), baseline=row(BASE[common]), dim="cell")["value"])
        for one in (OURS, THEIRS)
    ]

    gain = skill_difference_interval(
        score=row(OURS), other=row(THEIRS), baseline=row(BASE), resampling=drawn
    )
    twins = skill_difference_interval(
        score=row(OURS), other=row(OURS), baseline=row(BASE), resampling=drawn
    )

    assert float(gain["value"]) == pytest.approx(skills[0] - skills[1])
    assert ends(twins) == pytest.approx([0, 0, 0])


def test_copies_of_a_cell_do_not_narrow_an_interval() -> None:
    """Ten copies of each cell in its cluster are no news; taken as independent they would be."""
    scores = RNG.random(30)
    once = mean_interval(row(scores), resample_clusters(np.arange(30), seed=1))
    copied = row(np.repeat(scores, 10))

    honest = mean_interval(copied, resample_clusters(np.repeat(np.arange(30), 10), seed=1))
    naive = mean_interval(copied, resample_clusters(np.arange(300), seed=1))

    assert ends(honest) == pytest.approx(ends(once))
    width = {name: float(f["high"] - f["low"]) for name, f in (("h", honest), ("n", naive))}
    assert width["h"] / width["n"] == pytest.approx(10**0.5, rel=0.1)


def test_the_interval_covers_as_often_as_it_says() -> None:
    """Over records of forty clusters, the 90 % interval of a mean holds it 90 % of the time."""
    rng = np.random.default_rng(2)
    clusters = np.repeat(np.arange(40), 5)
    held = []
    for number in range(100):
        scores = rng.exponential(size=40)[clusters] + rng.normal(size=200)
        drawn = resample_clusters(clusters, seed=number, n=200)
        found = mean_interval(row(scores), drawn)
        held.append(float(found["low"]) <= 1.0 <= float(found["high"]))

    assert 0.8 <= np.mean(held) <= 0.98


def test_blocks_see_that_neighbours_agree() -> None:
    """On a slowly changing series, blocks give a wider interval than single origins."""
    rng = np.random.default_rng(3)
    slow = row(np.convolve(rng.normal(size=259), np.ones(20) / 20, "valid"))
    single, long = (
        mean_interval(slow, resample_blocks(np.arange(240), length=length, seed=1))
        for length in (1, 24)
    )

    assert float(long["high"] - long["low"]) > 2 * float(single["high"] - single["low"])


def test_one_cluster_has_no_interval() -> None:
    """One fact gives a value, and says nothing about the next."""
    found = mean_interval(row(np.ones(5)), resample_clusters(["C1"] * 5, seed=1))
    plain = bootstrap(lambda w: w.sum(axis=1), resample_clusters(["C1"] * 5, seed=1))

    assert float(found["value"]) == 1.0
    assert np.isnan([*ends(found)[1:], plain.low, plain.high]).all()


def test_nothing_scored_has_no_value() -> None:
    """A column without a scored cell is NaN with count 0, beside one that has them."""
    table = xr.DataArray(np.stack([np.ones(4), np.full(4, NAN)]), dims=("forecaster", "cell"))

    found = mean_interval(table, resample_clusters(range(4), seed=1))

    assert found["count"].values.tolist() == [4, 0]
    assert np.isnan(found["value"].values).tolist() == [False, True]
    assert np.isnan(found["low"].values).tolist() == [False, True]


def test_ends_are_rounded_outwards_and_infinity_counts() -> None:
    """Ends are replicates, so one that is infinite shows; NaN ones are left out, but not most."""
    column = np.array([1.0, 2.0, 3.0, 4.0, np.inf])

    low, high = percentiles(np.stack([column, [1, 2, NAN, NAN, NAN]], axis=1), 0.5)

    assert (low[0], high[0]) == (2.0, 4.0)
    assert percentiles(column, 0.9)[1] == np.inf
    assert np.isnan([low[1], high[1]]).all()
