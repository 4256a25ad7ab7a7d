"""Proper scores, one number a forecast; nothing is averaged here.

Dimensions pass through by name, lower is better, and NaN (no answer,
unresolved, annulled) stays NaN. Ranked scores are kernels of `scoringrules`.
The Brier and the log score are one line each and are written out: importing
`scoringrules` compiles for some three seconds, which no report that shows two
plain scores should wait for. The tests hold all four to independent values.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

import numpy as np

from forecasts.errors import BadInput
from forecasts.scoring.arrays import aligned, check_outcome, check_probability

if TYPE_CHECKING:
    import xarray as xr

FLOOR: Final = 1e-6
"""Nearest to 0 or 1 that a probability counts in the log score: a sure miss costs 13.8."""

SUM_TOLERANCE: Final = 1e-6


class Rule(Protocol):
    """A pointwise score of probabilities."""

    def __call__(self, *, probability: xr.DataArray, outcome: xr.DataArray) -> xr.DataArray:
        """Score each cell."""


def brier(*, probability: xr.DataArray, outcome: xr.DataArray) -> xr.DataArray:
    r"""Brier score of each forecast, :math:`(p - y)^2`.

    Parameters
    ----------
    probability : xarray.DataArray, dims (...)
        In [0, 1]; NaN where there is no answer.
    outcome : xarray.DataArray, dims (...)
        0 or 1; NaN where unresolved or annulled. It need not have every dimension.

    Returns
    -------
    xarray.DataArray, dims (...)
        In [0, 1]; NaN wherever either is NaN.

    Raises
    ------
    BadInput
        For impossible values, or labels that do not agree.

    References
    ----------
    .. [1] Brier, G. W. (1950). Verification of forecasts expressed in terms of
       probability. *Monthly Weather Review* 78, 1-3.

    Examples
    --------
    >>> import xarray as xr
    >>> said = xr.DataArray([0.8, 0.8, 0.8], dims="cell")
    >>> happened = xr.DataArray([1.0, 0.0, float("nan")], dims="cell")
    >>> brier(probability=said, outcome=happened).round(2).values.tolist()
    [0.04, 0.64, nan]
    """
    said, happened = _checked(probability, outcome)
    return (said - happened) ** 2


def log_score(
    *, probability: xr.DataArray, outcome: xr.DataArray, floor: float = FLOOR
) -> xr.DataArray:
    r"""Logarithmic score of each forecast: minus the log of the probability of what happened.

    Probabilities are first moved into :math:`[\epsilon, 1 - \epsilon]`, so that
    a sure miss costs :math:`-\ln\epsilon` and not infinity. The score is in nats.

    Parameters
    ----------
    probability, outcome : xarray.DataArray, dims (...)
        As in :func:`brier`.
    floor : float
        :math:`\epsilon`.

    Returns
    -------
    xarray.DataArray, dims (...)
        Not negative; NaN wherever either is NaN.

    References
    ----------
    .. [1] Good, I. J. (1952). Rational decisions. *Journal of the Royal
       Statistical Society B* 14, 107-114.

    Examples
    --------
    An even chance costs ln 2, whatever happens:

    >>> import xarray as xr
    >>> said, happened = (
    ...     xr.DataArray([0.5, 0.0], dims="cell"),
    ...     xr.DataArray([1.0, 1.0], dims="cell"),
    ... )
    >>> log_score(probability=said, outcome=happened).round(3).values.tolist()
    [0.693, 13.816]
    """
    import xarray as xr

    said, happened = _checked(probability, outcome)
    given = abs(said.clip(floor, 1 - floor) + happened - 1)
    surprise: xr.DataArray = xr.apply_ufunc(np.log, given)
    return -surprise


def rps(*, probabilities: xr.DataArray, outcome: xr.DataArray, dim: str) -> xr.DataArray:
    r"""Ranked probability score of forecasts over ordered levels.

    The sum over levels :math:`k` of :math:`(F_k - \mathbf 1\{y \le k\})^2`, where
    :math:`F` is cumulative. It is not divided by the number of levels, so that
    with two levels it is the Brier score.

    Parameters
    ----------
    probabilities : xarray.DataArray, dims (..., `dim`)
        One probability a level, in ascending order of level, with sum 1.
    outcome : xarray.DataArray, dims (...)
        Number of the level that came, from 0; NaN where unresolved or annulled.
    dim : str
        Name of the dimension of levels.

    Returns
    -------
    xarray.DataArray, dims (...)
        From 0 to the number of levels less one; NaN wherever an input is.

    Raises
    ------
    BadInput
        If probabilities do not sum to 1, or an outcome is no level.

    References
    ----------
    .. [1] Epstein, E. S. (1969). A scoring system for probability forecasts of
       ranked categories. *Journal of Applied Meteorology* 8, 985-987.

    Examples
    --------
    >>> import xarray as xr
    >>> said = xr.DataArray([0.1, 0.2, 0.3, 0.4], dims="level")
    >>> rps(probabilities=said, outcome=xr.DataArray(2.0), dim="level").round(2).item()
    0.26
    """
    import xarray as xr
    from scoringrules import rps_score

    said, happened = aligned(probabilities, outcome)
    check_probability(said)
    _check_levels(said, happened, dim)
    levels = xr.DataArray(np.arange(said.sizes[dim], dtype=np.float64), dims=dim)
    came = (happened == levels).astype(np.float64).where(happened.notnull())

    def kernel(obs: object, fct: object) -> object:
        return rps_score(obs, fct, onehot=True, backend="numpy")

    came, said = xr.broadcast(came, said)
    score: xr.DataArray = xr.apply_ufunc(kernel, came, said, input_core_dims=[[dim], [dim]])
    return score


def crps(*, samples: xr.DataArray, outcome: xr.DataArray, dim: str) -> xr.DataArray:
    r"""Continuous ranked probability score of counts (or any numbers), from samples.

    :math:`E|X - y| - \tfrac12 E|X - X'|` under the distribution that puts equal
    weight on each sample, in the unit of the outcome. With one sample it is the
    absolute error.

    Parameters
    ----------
    samples : xarray.DataArray, dims (..., `dim`)
        Simulated values.
    outcome : xarray.DataArray, dims (...)
        What came; NaN where unresolved or annulled.
    dim : str
        Name of the dimension of samples.

    Returns
    -------
    xarray.DataArray, dims (...)
        Not negative; NaN wherever an input is.

    References
    ----------
    .. [1] Gneiting, T. and Raftery, A. E. (2007). Strictly proper scoring rules,
       prediction, and estimation. *JASA* 102, 359-378.

    Examples
    --------
    >>> import xarray as xr
    >>> meetings = xr.DataArray([0.0, 2.0], dims="future")
    >>> crps(samples=meetings, outcome=xr.DataArray(2.0), dim="future").item()
    0.5
    """
    import xarray as xr
    from scoringrules import crps_ensemble

    drawn, happened = aligned(samples, outcome)
    rest = drawn.isel({dim: 0}, drop=True)

    def kernel(obs: object, fct: object) -> object:
        return crps_ensemble(obs, fct, estimator="qd", backend="numpy")

    drawn, _ = xr.broadcast(drawn, happened)
    happened, _ = xr.broadcast(happened, rest)
    score: xr.DataArray = xr.apply_ufunc(kernel, happened, drawn, input_core_dims=[[], [dim]])
    return score


def _checked(probability: xr.DataArray, outcome: xr.DataArray) -> tuple[xr.DataArray, xr.DataArray]:
    check_probability(probability)
    check_outcome(outcome)
    return aligned(probability, outcome)


def _check_levels(said: xr.DataArray, happened: xr.DataArray, dim: str) -> None:
    total = np.asarray(said.sum(dim, skipna=False))
    wrong = total[np.abs(total - 1) > SUM_TOLERANCE]
    if wrong.size:
        mend = "give every level its probability"
        raise BadInput(f"probabilities over {dim}", "a sum of 1", wrong[0], mend)
    values = np.asarray(happened, dtype=np.float64)
    values = values[~np.isnan(values)]
    wrong = values[~np.isin(values, np.arange(said.sizes[dim]))]
    if wrong.size:
        expected = f"the number of a level, 0 to {said.sizes[dim] - 1}, or NaN"
        raise BadInput("outcome", expected, wrong[0], "count levels from 0")
