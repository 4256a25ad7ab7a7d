"""From pointwise statistics to their weighted mean, with the counts that it rests on."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from forecasts.errors import BadInput
from forecasts.scoring.arrays import aligned

if TYPE_CHECKING:
    import xarray as xr


def weighted_mean(
    pointwise: xr.DataArray,
    dim: str | Sequence[Hashable],
    weights: xr.DataArray | None = None,
) -> xr.Dataset:
    r"""Weighted mean over the cells that are scored.

    Parameters
    ----------
    pointwise : xarray.DataArray, dims (..., `dim`)
        Any statistic that has one value a cell; NaN where it cannot be scored.
    dim : str or sequence of str
        Dimensions to take the mean over.
    weights : xarray.DataArray, optional
        Not negative, never NaN; equal weights where it is left out. A cell of
        weight 0 is neither scored nor counted.

    Returns
    -------
    xarray.Dataset, dims (...)
        ``value``, NaN where nothing is scored; ``count``, the scored cells;
        ``unresolved``, those that are NaN; ``weight``, the sum of weights that
        `value` was divided by.

    Raises
    ------
    BadInput
        For a negative weight, or NaN.

    Examples
    --------
    >>> import xarray as xr
    >>> scores = xr.DataArray([0.04, 0.64, float("nan")], dims="cell")
    >>> mean = weighted_mean(scores, "cell")
    >>> mean["value"].round(2).item(), mean["count"].item(), mean["unresolved"].item()
    (0.34, 2, 1)
    """
    import xarray as xr

    weight = xr.ones_like(pointwise) if weights is None else _checked(pointwise, weights)
    resolved, counts = pointwise.notnull(), weight > 0
    total = weight.where(resolved & counts, 0.0).sum(dim)
    value = (pointwise * weight).where(resolved & counts, 0.0).sum(dim)
    return xr.Dataset({
        "value": value / total.where(total > 0),
        "count": (resolved & counts).sum(dim),
        "unresolved": (~resolved & counts).sum(dim),
        "weight": total,
    })


def _checked(pointwise: xr.DataArray, weights: xr.DataArray) -> xr.DataArray:
    import xarray as xr

    values = np.asarray(weights, dtype=np.float64)
    wrong = values[~(values >= 0)]
    if wrong.size:
        mend = "give a cell that must not count the weight 0"
        raise BadInput("weights", "numbers of at least 0", wrong[0], mend)
    _, same = aligned(pointwise, weights)
    return xr.broadcast(same, pointwise)[0]
