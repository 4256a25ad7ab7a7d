"""Bootstrap intervals of means, skills and differences of skill.

These are percentile intervals over resampled clusters or blocks of origins.
They cover too little where there are few clusters (below about twenty), which
is why the effective number of clusters stands beside each.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from forecasts.scoring.arrays import Bools, Floats, Ints, aligned
from forecasts.scoring.resampling import Resampling

if TYPE_CHECKING:
    import xarray as xr

MASS: Final = 0.9
FEWEST_UNITS: Final = 2
"""Units that an interval needs: one alone says nothing about the next."""

_CELLS_AT_ONCE = 2_000_000

type Statistic = Callable[[Floats], Floats]
"""From weights, dims (replicate, cell), to one number a replicate."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A value with the interval that holds `mass` of its replicates; NaN where there is none."""

    value: float
    low: float
    high: float


def bootstrap(statistic: Statistic, drawn: Resampling, *, mass: float = MASS) -> Interval:
    """Interval of any weighted statistic.

    Parameters
    ----------
    statistic : callable
        From weights, dims (replicate, cell), to values, dims (replicate). It is
        called on some replicates at a time.
    drawn : Resampling
        Of clusters, or of blocks of origins.
    mass : float
        Share of replicates inside the interval.

    Returns
    -------
    Interval

    Examples
    --------
    >>> from forecasts.scoring.resampling import resample_clusters
    >>> scores = np.array([0.1, 0.1, 0.3])
    >>> mean = lambda weights: weights @ scores / weights.sum(axis=1)
    >>> interval = bootstrap(mean, resample_clusters(["C1", "C1", "C2"], seed=1))
    >>> round(interval.value, 3), round(interval.low, 3), round(interval.high, 3)
    (0.167, 0.1, 0.3)
    """
    cells = len(drawn.unit)
    value = float(statistic(np.ones((1, cells)))[0])
    if drawn.units < FEWEST_UNITS:
        return Interval(value, np.nan, np.nan)
    step = max(1, _CELLS_AT_ONCE // cells)
    parts = [
        statistic(drawn.times[i : i + step, drawn.unit].astype(np.float64))
        for i in range(0, len(drawn.times), step)
    ]
    low, high = percentiles(np.concatenate(parts), mass)
    return Interval(value, float(low), float(high))


def mean_interval(
    pointwise: xr.DataArray, resampling: Resampling, *, dim: str = "cell", mass: float = MASS
) -> xr.Dataset:
    """Mean of a pointwise statistic, with its interval.

    Parameters
    ----------
    pointwise : xarray.DataArray, dims (`dim`, ...)
        NaN where a cell is not scored.
    resampling : Resampling
        Of the cells along `dim`.
    dim : str
        Dimension of cells.
    mass : float
        Share of replicates inside the interval.

    Returns
    -------
    xarray.Dataset, dims (...)
        ``value``, ``low``, ``high``; ``count``, the scored cells; ``units``, the
        clusters or origins that hold them.

    Examples
    --------
    >>> import xarray as xr
    >>> from forecasts.scoring.resampling import resample_clusters
    >>> scores = xr.DataArray([0.1, 0.1, 0.3, float("nan")], dims="cell")
    >>> drawn = resample_clusters(["C1", "C1", "C2", "C3"], seed=1)
    >>> interval = mean_interval(scores, drawn)
    >>> interval["value"].round(3).item(), interval["count"].item(), interval["units"].item()
    (0.167, 3, 2)
    """
    return _intervals([pointwise], lambda means: means[0], resampling, dim, mass)


def skill_interval(
    *,
    score: xr.DataArray,
    baseline: xr.DataArray,
    resampling: Resampling,
    dim: str = "cell",
    mass: float = MASS,
) -> xr.Dataset:
    """Skill against a baseline on the cells that both have, with its interval.

    Parameters
    ----------
    score, baseline : xarray.DataArray, dims (`dim`, ...)
        Pointwise losses; `baseline` may lack dimensions that `score` has.
    resampling, dim, mass
        As in :func:`mean_interval`.

    Returns
    -------
    xarray.Dataset, dims (...)
        As of :func:`mean_interval`.

    Examples
    --------
    >>> from forecasts.scoring.resampling import resample_clusters
    >>> import xarray as xr
    >>> theirs = xr.DataArray([0.2, 0.3, 0.4], dims="cell")
    >>> drawn = resample_clusters(["C1", "C2", "C3"], seed=1)
    >>> interval = skill_interval(score=theirs / 2, baseline=theirs, resampling=drawn)
    >>> interval["value"].round(3).item(), interval["low"].round(3).item()
    (0.5, 0.5)
    """
    return _intervals([score, baseline], lambda m: 1 - _ratio(m[0], m[1]), resampling, dim, mass)


def skill_difference_interval(
    *,
    score: xr.DataArray,
    other: xr.DataArray,
    baseline: xr.DataArray,
    resampling: Resampling,
    dim: str = "cell",
    mass: float = MASS,
) -> xr.Dataset:
    """Skill of one forecaster less that of another, both against one baseline.

    Only cells that all three have are used. This is how an ablation is read: what
    signals add is the skill with them less the skill without.

    Parameters
    ----------
    score, other, baseline : xarray.DataArray, dims (`dim`, ...)
        Pointwise losses.
    resampling, dim, mass
        As in :func:`mean_interval`.

    Returns
    -------
    xarray.Dataset, dims (...)
        As of :func:`mean_interval`; above 0 where `score` is the better.

    Examples
    --------
    >>> from forecasts.scoring.resampling import resample_clusters
    >>> import xarray as xr
    >>> base = xr.DataArray([0.2, 0.3, 0.4], dims="cell")
    >>> drawn = resample_clusters(["C1", "C2", "C3"], seed=1)
    >>> gain = skill_difference_interval(
    ...     score=base / 2, other=base, baseline=base, resampling=drawn
    ... )
    >>> gain["value"].round(3).item()
    0.5
    """
    losses = [score, other, baseline]
    return _intervals(losses, lambda m: _ratio(m[1] - m[0], m[2]), resampling, dim, mass)


def percentiles(replicates: Floats, mass: float) -> tuple[Floats, Floats]:
    """Ends of the interval that holds `mass` of the replicates, rounded outwards.

    Parameters
    ----------
    replicates : numpy.ndarray, dims (replicate, ...)
        Those that are NaN are left out; infinite ones count.
    mass : float

    Returns
    -------
    tuple of numpy.ndarray, dims (...)
        NaN where at most half of the replicates have a value.
    """
    with np.errstate(all="ignore"):
        few = np.isnan(replicates).mean(axis=0) >= 0.5
        filled = np.where(few, 0.0, replicates)
        low = np.nanquantile(filled, (1 - mass) / 2, axis=0, method="lower")
        high = np.nanquantile(filled, (1 + mass) / 2, axis=0, method="higher")
    return np.where(few, np.nan, low), np.where(few, np.nan, high)


def _ratio(above: Floats, below: Floats) -> Floats:
    share = np.full(np.shape(above), np.nan)
    np.divide(above, below, out=share, where=below > 0)
    return share


def _intervals(
    losses: list[xr.DataArray],
    statistic: Callable[[list[Floats]], Floats],
    drawn: Resampling,
    dim: str,
    mass: float,
) -> xr.Dataset:
    """Interval of a function of the means of `losses` over the cells that all of them have."""
    import xarray as xr

    same = [losses[0], *(aligned(losses[0], loss)[1] for loss in losses[1:])]
    rows = [row.transpose(dim, ...) for row in xr.broadcast(*same)]
    values = [np.asarray(row, dtype=np.float64).reshape(row.sizes[dim], -1) for row in rows]
    scored = np.logical_and.reduce([~np.isnan(value) for value in values])
    columns = [np.where(scored, value, 0.0) for value in values] + [scored.astype(np.float64)]

    def estimate(totals: Floats) -> Floats:
        *sums, count = np.split(totals, len(columns), axis=-1)
        return statistic([_ratio(total, count) for total in sums])

    table = np.concatenate(columns, axis=1)
    low, high = percentiles(estimate(drawn.totals(table)), mass)
    units = _units_of(scored, drawn)
    enough = units >= FEWEST_UNITS
    found = {
        "value": estimate(table.sum(axis=0)),
        "low": np.where(enough, low, np.nan),
        "high": np.where(enough, high, np.nan),
        "count": scored.sum(axis=0),
        "units": units,
    }
    one = rows[0].isel({dim: 0}, drop=True)
    attrs = {"mass": mass, "replicates": len(drawn.times), "method": drawn.method}
    return xr.Dataset(
        {name: one.copy(data=column.reshape(one.shape)) for name, column in found.items()},
        attrs=attrs | {"block_length": drawn.block_length},
    )


def _units_of(scored: Bools, drawn: Resampling) -> Ints:
    held = [len(np.unique(drawn.unit[column])) for column in scored.T]
    return np.array(held, dtype=np.int64)
