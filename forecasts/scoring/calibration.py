"""Calibration without bins: recalibrated probabilities, and what a mean score is made of.

After the CORP approach, the recalibrated probability of a forecast is the
isotonic regression of outcomes on forecasts, found by pooling adjacent
violators. There is nothing to choose. It fits noise when there are few cells, so
miscalibration is never 0: :mod:`forecasts.scoring.reliability` says how much of
it perfect forecasts would show.

References
----------
.. [1] Dimitriadis, T., Gneiting, T. and Jordan, A. I. (2021). Stable reliability
   diagrams for probabilistic classifiers. *PNAS* 118(8), e2016191118.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from forecasts.scoring.arrays import Floats, Ints, paired
from forecasts.scoring.rules import Rule, brier

if TYPE_CHECKING:
    import xarray as xr


@dataclass(frozen=True, slots=True)
class Decomposition:
    """Parts of a mean score: ``score = miscalibration - discrimination + uncertainty``.

    Parameters
    ----------
    score : float
        Mean score of the forecasts.
    miscalibration : float
        What recalibration would save; not negative.
    discrimination : float
        What recalibrated forecasts save against the overall frequency; not negative.
    uncertainty : float
        Mean score of the overall frequency, as if it had been known.
    count : int
        Scored cells.
    """

    score: float
    miscalibration: float
    discrimination: float
    uncertainty: float
    count: int


@dataclass(frozen=True, slots=True)
class Pools:
    """Cells pooled by forecast value, in ascending order; equal forecasts share one.

    Parameters
    ----------
    value : numpy.ndarray, dims (pool)
        Forecast probability.
    size : numpy.ndarray, dims (pool)
        Cells with that forecast.
    of_cell : numpy.ndarray, dims (cell)
        Number of the pool of each cell.
    """

    value: Floats
    size: Floats
    of_cell: Ints

    def frequency(self, happened: Floats) -> Floats:
        """How often it happened in each pool, dims (pool)."""
        return np.bincount(self.of_cell, happened, minlength=len(self.value)) / self.size

    def recalibrated(self, frequency: Floats) -> Floats:
        """Isotonic regression of the frequencies, dims (pool)."""
        from scipy.optimize import isotonic_regression

        return np.asarray(isotonic_regression(frequency, weights=self.size).x)

    def miscalibration(self, frequency: Floats, recalibrated: Floats) -> float:
        """Mean Brier score that recalibration saves."""
        gap = self.value - recalibrated
        saved = gap * (self.value + recalibrated - 2 * frequency)
        return float(np.dot(saved, self.size) / self.size.sum())


def pooled(said: Floats) -> Pools:
    """Pool forecasts, dims (cell), by value.

    Examples
    --------
    >>> pooled(np.array([0.7, 0.2, 0.7])).size.tolist()
    [1.0, 2.0]
    """
    value, of_cell, size = np.unique(said, return_inverse=True, return_counts=True)
    return Pools(value, size.astype(np.float64), of_cell.reshape(-1).astype(np.int64))


def recalibrate(*, probability: xr.DataArray, outcome: xr.DataArray) -> xr.DataArray:
    """Recalibrated probability of each cell: how often it happened when so much was said.

    Parameters
    ----------
    probability, outcome : xarray.DataArray, dims (cell)

    Returns
    -------
    xarray.DataArray, dims (cell)
        Never falls as the forecast rises; NaN where a cell is not scored.

    Examples
    --------
    >>> import xarray as xr
    >>> said = xr.DataArray([0.1, 0.4, 0.6, 0.9], dims="cell")
    >>> happened = xr.DataArray([0.0, 1.0, 0.0, 1.0], dims="cell")
    >>> recalibrate(probability=said, outcome=happened).values.tolist()
    [0.0, 0.5, 0.5, 1.0]
    """
    said, happened, scored = paired(probability=probability, outcome=outcome)
    values = np.full(probability.shape, np.nan)
    if said.size:
        pools = pooled(said)
        values[scored] = pools.recalibrated(pools.frequency(happened))[pools.of_cell]
    return probability.copy(data=values)


def decompose(
    *, probability: xr.DataArray, outcome: xr.DataArray, rule: Rule = brier
) -> Decomposition:
    r"""Split a mean score into miscalibration, discrimination and uncertainty.

    With :math:`\bar S` the mean score of the forecasts, :math:`\bar S_C` of the
    recalibrated ones and :math:`\bar S_R` of the overall frequency,

    .. math:: \bar S = (\bar S - \bar S_C) - (\bar S_R - \bar S_C) + \bar S_R .

    Parameters
    ----------
    probability, outcome : xarray.DataArray, dims (cell)
    rule : callable
        :func:`forecasts.scoring.rules.brier` or :func:`forecasts.scoring.rules.log_score`.

    Returns
    -------
    Decomposition
        NaN throughout where nothing is scored.

    Examples
    --------
    Saying one third three times, and being right once in three, is calibrated
    and tells nothing apart:

    >>> import xarray as xr
    >>> said = xr.DataArray([1 / 3] * 3, dims="cell")
    >>> parts = decompose(probability=said, outcome=xr.DataArray([1.0, 0.0, 0.0], dims="cell"))
    >>> round(parts.miscalibration, 12), round(parts.discrimination, 12)
    (0.0, 0.0)
    """
    better = recalibrate(probability=probability, outcome=outcome)
    scored = better.notnull()
    count = int(scored.sum())
    if not count:
        return Decomposition(np.nan, np.nan, np.nan, np.nan, 0)
    happened = outcome.where(scored)
    overall = better.where(~scored, float(happened.mean()))
    means = [
        float(rule(probability=said, outcome=happened).mean())
        for said in (probability, better, overall)
    ]
    score, recalibrated, uncertainty = means
    return Decomposition(
        score, score - recalibrated, uncertainty - recalibrated, uncertainty, count
    )
