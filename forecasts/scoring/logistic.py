r"""Calibration in two numbers: the logistic regression of outcomes on the log-odds said.

:math:`\operatorname{logit} P(y = 1) = a + b \operatorname{logit} p`. Calibrated
forecasts have intercept :math:`a = 0` and slope :math:`b = 1`. A slope below 1
means that forecasts are too extreme, above 1 that they are too timid.

References
----------
.. [1] Cox, D. R. (1958). Two further applications of a model for binary
   regression. *Biometrika* 45, 562-565.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from forecasts.scoring.arrays import Bools, Floats, paired
from forecasts.scoring.bootstrap import FEWEST_UNITS, MASS, Interval, percentiles
from forecasts.scoring.resampling import Resampling
from forecasts.scoring.rules import FLOOR

if TYPE_CHECKING:
    import xarray as xr

STEPS: Final = 40
LONGEST_STEP: Final = 2.0
"""Furthest that a Newton step moves either number, per standard deviation of the log-odds said."""

TOLERANCE: Final = 1e-9
STEEPEST: Final = 30.0
"""A slope beyond this per standard deviation is infinite: forecasts separate the outcomes."""

ROUNDED: Final = 0.01
"""Log-odds are rounded to this for the replicates (not for the value), to tabulate the cells."""


@dataclass(frozen=True, slots=True)
class LogitFit:
    """Slope and intercept of outcomes on the log-odds said, each with its interval."""

    slope: Interval
    intercept: Interval
    count: int


def logit_fit(
    *,
    probability: xr.DataArray,
    outcome: xr.DataArray,
    resampling: Resampling,
    mass: float = MASS,
    floor: float = FLOOR,
) -> LogitFit:
    """Fit the calibration line, with bootstrap intervals from exact refits.

    Parameters
    ----------
    probability, outcome : xarray.DataArray, dims (cell)
    resampling : Resampling
        Of the same cells.
    mass : float
        Share of replicates inside each interval.
    floor : float
        Probabilities are first moved into [floor, 1 - floor]. One sure miss
        weighs much: choose the nearest to 0 that a forecast is meant to be read.

    Returns
    -------
    LogitFit
        NaN where no line can be fitted: all outcomes or all forecasts are equal.
        The slope is infinite where the forecasts separate the outcomes.

    Examples
    --------
    Said 1 in 4 and 3 in 4, and it was so:

    >>> import xarray as xr
    >>> from forecasts.scoring.resampling import resample_clusters
    >>> said = xr.DataArray([0.25] * 4 + [0.75] * 4, dims="cell")
    >>> happened = xr.DataArray([1.0, 0, 0, 0, 1, 1, 1, 0], dims="cell")
    >>> fit = logit_fit(
    ...     probability=said, outcome=happened, resampling=resample_clusters(range(8), seed=1)
    ... )
    >>> round(fit.slope.value, 6), round(abs(fit.intercept.value), 6)
    (1.0, 0.0)
    """
    said, happened, scored = paired(probability=probability, outcome=outcome)
    kept = np.clip(said, floor, 1 - floor)
    odds = np.log(kept / (1 - kept))
    ones = np.ones((1, said.size))
    (a, b), *_ = _newton(odds, ones, happened[np.newaxis]).tolist()
    if len(np.unique(resampling.unit[scored])) < FEWEST_UNITS:
        missing = Interval(b, np.nan, np.nan)
        return LogitFit(missing, Interval(a, np.nan, np.nan), said.size)
    value, totals, happening = _tabulated(odds, happened, scored, resampling)
    low, high = percentiles(_newton(value, totals, happening), mass)
    return LogitFit(
        slope=Interval(b, float(low[1]), float(high[1])),
        intercept=Interval(a, float(low[0]), float(high[0])),
        count=said.size,
    )


def _tabulated(
    odds: Floats, happened: Floats, scored: Bools, drawn: Resampling
) -> tuple[Floats, Floats, Floats]:
    """Distinct log-odds, dims (value); cells and happenings, dims (replicate, value)."""
    from scipy.sparse import csr_array

    value, at = np.unique(np.round(odds / ROUNDED) * ROUNDED, return_inverse=True)
    unit = drawn.unit[scored]
    shape = (drawn.units, 2 * len(value))
    column = at.reshape(-1) + len(value) * happened.astype(np.int64)
    table = csr_array((np.ones(len(unit)), (unit, column)), shape=shape)
    totals = np.asarray((table.T @ drawn.times.T.astype(np.float64)).T)
    not_happened, happening = np.split(totals, 2, axis=1)
    return value, not_happened + happening, happening


def _newton(odds: Floats, cells: Floats, happening: Floats) -> Floats:
    """Maximum likelihood (intercept, slope), dims (replicate, 2), of grouped outcomes.

    Parameters
    ----------
    odds : numpy.ndarray, dims (value)
    cells, happening : numpy.ndarray, dims (replicate, value)
    """
    from scipy.special import expit

    centre, spread = (odds.mean(), odds.std() or 1.0) if odds.size else (0.0, 1.0)
    said = (odds - centre) / spread
    line = np.zeros((len(cells), 2))
    with np.errstate(all="ignore"):
        for _ in range(STEPS):
            chance = expit(line[:, :1] + line[:, 1:] * said)
            residual = happening - cells * chance
            weight = cells * chance * (1 - chance)
            g0, g1 = residual.sum(axis=1), residual @ said
            h00, h01, h11 = weight.sum(axis=1), weight @ said, weight @ said**2
            det = h00 * h11 - h01**2
            step = np.stack([h11 * g0 - h01 * g1, h00 * g1 - h01 * g0], axis=1) / det[:, None]
            step = np.clip(np.nan_to_num(step), -LONGEST_STEP, LONGEST_STEP)
            line += step
            if np.abs(step).max(initial=0.0) < TOLERANCE:
                break
    line = _settled(line, odds, cells, happening)
    slope = line[:, 1] / spread
    return np.stack([line[:, 0] - np.where(np.isinf(slope), np.nan, slope) * centre, slope], axis=1)


def _settled(line: Floats, odds: Floats, cells: Floats, happening: Floats) -> Floats:
    """Mark fits that do not exist: NaN without variety, infinite under separation."""
    total, hits = cells.sum(axis=1), happening.sum(axis=1)
    lowest = np.where(cells > 0, odds, np.inf).min(axis=1, initial=np.inf)
    highest = np.where(cells > 0, odds, -np.inf).max(axis=1, initial=-np.inf)
    flat = (hits <= 0) | (hits >= total) | (lowest >= highest)
    steep = np.abs(line[:, 1]) > STEEPEST
    slope = np.where(steep, np.copysign(np.inf, line[:, 1]), line[:, 1])
    intercept = np.where(steep, np.nan, line[:, 0])
    return np.where(flat[:, None], np.nan, np.stack([intercept, slope], axis=1))
