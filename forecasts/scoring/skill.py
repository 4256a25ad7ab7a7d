"""Skill: how much of a baseline's loss a forecaster avoids, on the same cells."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING

from forecasts.scoring.arrays import aligned
from forecasts.scoring.means import weighted_mean

if TYPE_CHECKING:
    import xarray as xr


def skill(
    *,
    score: xr.DataArray,
    baseline: xr.DataArray,
    dim: str | Sequence[Hashable],
    weights: xr.DataArray | None = None,
) -> xr.Dataset:
    r"""Skill of a forecaster against a baseline, :math:`1 - \bar S / \bar S_0`.

    Both means are over the cells that both have: a forecaster who leaves out
    the hard cells gains nothing by it.

    Parameters
    ----------
    score, baseline : xarray.DataArray, dims (..., `dim`)
        Pointwise losses, lower is better. `baseline` may lack dimensions that
        `score` has, as when one baseline faces many forecasters.
    dim : str or sequence of str
        Dimensions to take the means over.
    weights : xarray.DataArray, optional
        As in :func:`forecasts.scoring.means.weighted_mean`.

    Returns
    -------
    xarray.Dataset, dims (...)
        ``value``, NaN where the baseline's mean is 0 or nothing is scored;
        ``score`` and ``baseline``, the two means; ``count``, the cells that
        both have; ``dropped``, those that only one has; ``unresolved``, those
        that neither has.

    References
    ----------
    .. [1] Murphy, A. H. (1988). Skill scores based on the mean square error.
       *Monthly Weather Review* 116, 2417-2424.

    Examples
    --------
    >>> import xarray as xr
    >>> ours = xr.DataArray([0.1, 0.2, float("nan")], dims="cell")
    >>> theirs = xr.DataArray([0.2, 0.4, 0.9], dims="cell")
    >>> against = skill(score=ours, baseline=theirs, dim="cell")
    >>> against["value"].round(2).item(), against["count"].item(), against["dropped"].item()
    (0.5, 2, 1)
    """
    import xarray as xr

    ours, theirs = xr.broadcast(*aligned(score, baseline))
    both = ours.notnull() & theirs.notnull()
    one = ours.notnull() ^ theirs.notnull()
    mean = weighted_mean(ours.where(both), dim, weights)
    base = weighted_mean(theirs.where(both), dim, weights)
    counts = True if weights is None else weights > 0
    dropped = (one & counts).sum(dim)
    return xr.Dataset({
        "value": 1 - mean["value"] / base["value"].where(base["value"] > 0),
        "score": mean["value"],
        "baseline": base["value"],
        "count": mean["count"],
        "dropped": dropped,
        "unresolved": mean["unresolved"] - dropped,
    })
