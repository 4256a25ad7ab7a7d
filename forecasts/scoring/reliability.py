"""What perfect forecasts would show: bands for the reliability diagram, a null for miscalibration.

Outcomes are drawn anew from the forecasts themselves, as if these were right,
and recalibrated as the real ones were. Without clusters every cell is drawn
on its own, which assumes that cells are independent given their forecasts.
With clusters one uniform number is drawn a cluster and shared by its cells:
if one comes true at a low probability, those with a higher one do too. Windows
of different length over the same wait agree like that. Clusters are taken as
independent of each other: dependence between them is beyond this, and so are
outcomes of one cluster that exclude each other.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from forecasts.scoring.arrays import Bools, Floats, Ints, Labels, numbered, paired
from forecasts.scoring.calibration import Pools, pooled

if TYPE_CHECKING:
    import xarray as xr

REPLICATES: Final = 1000
"""Sets of outcomes drawn from the forecasts."""

MASS: Final = 0.9
LIMIT: Final = 0.95
CURVE_POINTS: Final = 200
"""Forecast values on a diagram, beside the ends of each step of the curve."""


@dataclass(frozen=True, slots=True)
class MiscalibrationTest:
    """Miscalibration of the Brier score beside what perfect forecasts would show.

    Parameters
    ----------
    observed : float
        Miscalibration of the forecasts.
    expected : float
        Its mean if the forecasts were right.
    limit : float
        Its 95 % point if the forecasts were right.
    p_value : float
        Share of such sets of outcomes with at least the observed one.
    count : int
        Scored cells.
    """

    observed: float
    expected: float
    limit: float
    p_value: float
    count: int


def miscalibration_test(
    *,
    probability: xr.DataArray,
    outcome: xr.DataArray,
    clusters: Labels | None = None,
    seed: int,
    n: int = REPLICATES,
) -> MiscalibrationTest:
    """Compare miscalibration with its distribution under "the forecasts are right".

    Parameters
    ----------
    probability, outcome : xarray.DataArray, dims (cell)
    clusters : array_like, dims (cell), optional
        Name of the fact that decides each cell. Left out, cells are independent.
    seed : int
    n : int
        Sets of outcomes to draw.

    Returns
    -------
    MiscalibrationTest
        NaN throughout where nothing is scored.

    Examples
    --------
    Ten sure forecasts that all fail could hardly be right:

    >>> import xarray as xr
    >>> said, happened = (
    ...     xr.DataArray([0.9] * 10, dims="cell"),
    ...     xr.DataArray([0.0] * 10, dims="cell"),
    ... )
    >>> test = miscalibration_test(probability=said, outcome=happened, seed=1)
    >>> round(test.observed, 2), test.p_value < 0.01
    (0.81, True)
    """
    said, happened, scored = paired(probability=probability, outcome=outcome)
    if not said.size:
        return MiscalibrationTest(np.nan, np.nan, np.nan, np.nan, 0)
    pools = pooled(said)
    real = pools.frequency(happened)
    observed = pools.miscalibration(real, pools.recalibrated(real))
    null = np.array([
        pools.miscalibration(frequency, curve)
        for frequency, curve in _perfect(pools, said, _within(clusters, scored), seed, n)
    ])
    # rounding must not make a tie of equal sets of outcomes into a difference
    exceed = int((null >= observed - 1e-12).sum())
    limit = float(np.quantile(null, LIMIT))
    return MiscalibrationTest(
        observed, float(null.mean()), limit, (1 + exceed) / (1 + n), said.size
    )


def reliability(
    *,
    probability: xr.DataArray,
    outcome: xr.DataArray,
    clusters: Labels | None = None,
    seed: int,
    n: int = REPLICATES,
    mass: float = MASS,
) -> xr.Dataset:
    """Reliability diagram as data: the recalibrated curve and its consistency band.

    Parameters
    ----------
    probability, outcome : xarray.DataArray, dims (cell)
    clusters : array_like, dims (cell), optional
        Name of the fact that decides each cell. Left out, cells are independent.
    seed : int
    n : int
        Sets of outcomes to draw for the band.
    mass : float
        Share of them that the band holds at each forecast value.

    Returns
    -------
    xarray.Dataset, dims (forecast)
        Over ascending forecast values (all, or some 200 of them and the ends of
        each step): ``recalibrated``, and ``low`` and ``high``, between which it lies
        with probability `mass` at each value if the forecasts are right;
        ``count``, the scored cells above the forecast value before and up to this
        one. Attributes: ``mass``, ``seed``, ``n``, ``count``.

    Examples
    --------
    >>> import xarray as xr
    >>> said = xr.DataArray([0.1, 0.4, 0.6, 0.9], dims="cell")
    >>> happened = xr.DataArray([0.0, 1.0, 0.0, 1.0], dims="cell")
    >>> diagram = reliability(probability=said, outcome=happened, seed=1)
    >>> diagram["recalibrated"].values.tolist()
    [0.0, 0.5, 0.5, 1.0]
    """
    import xarray as xr

    said, happened, scored = paired(probability=probability, outcome=outcome)
    attrs = {"mass": mass, "seed": seed, "n": n, "count": said.size}
    if not said.size:
        names = ("recalibrated", "low", "high", "count")
        empty = {name: ("forecast", np.empty(0)) for name in names}
        return xr.Dataset(empty, {"forecast": np.empty(0)}, attrs)
    pools = pooled(said)
    curve = pools.recalibrated(pools.frequency(happened))
    shown = _shown(curve)
    drawn = np.array([
        c[shown] for _, c in _perfect(pools, said, _within(clusters, scored), seed, n)
    ])
    low, high = np.quantile(drawn, [(1 - mass) / 2, (1 + mass) / 2], axis=0)
    counts = np.diff(pools.size.cumsum()[shown], prepend=0).astype(np.int64)
    columns = {"recalibrated": curve[shown], "low": low, "high": high, "count": counts}
    return xr.Dataset(
        {name: ("forecast", values) for name, values in columns.items()},
        {"forecast": pools.value[shown]},
        attrs,
    )


def _within(clusters: Labels | None, scored: Bools) -> Ints | None:
    return None if clusters is None else numbered(np.asarray(clusters)[scored])[0]


def _perfect(
    pools: Pools, said: Floats, clusters: Ints | None, seed: int, n: int
) -> Iterator[tuple[Floats, Floats]]:
    """Frequencies and recalibrated curve, dims (pool), of outcomes drawn from the forecasts."""
    rng = np.random.default_rng(seed)
    for _ in range(n):
        luck = rng.random(said.size if clusters is None else int(clusters.max()) + 1)
        happened = (luck if clusters is None else luck[clusters]) < said
        frequency = pools.frequency(happened.astype(np.float64))
        yield frequency, pools.recalibrated(frequency)


def _shown(curve: Floats) -> Ints:
    """Positions of the values to show: evenly spread, the ends of each step always."""
    last = len(curve) - 1
    steps = np.flatnonzero(np.diff(curve) > 0)
    even = np.linspace(0, last, min(CURVE_POINTS, last + 1)).round().astype(np.int64)
    return np.unique(np.concatenate([even, steps, steps + 1]))
