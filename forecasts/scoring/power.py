r"""Power: the chance that a true skill of some size is seen with so many clusters.

The mean loss difference :math:`\hat D = \sum_c s_c / \sum_c m_c` is a ratio of sums
over clusters, with :math:`s_c` the summed loss difference (baseline less forecaster) of
cluster :math:`c` and :math:`m_c` its cells. With :math:`C` clusters its standard error is

.. math:: \mathrm{SE}^2 = \frac{C}{C - 1} \frac{\sum_c (s_c - \hat D m_c)^2}{(\sum_c m_c)^2} .

A true skill :math:`\sigma` is a difference of :math:`\sigma \bar S_0`, where
:math:`\bar S_0` is the baseline's mean loss. A one-sided test at 5 % sees it with
probability

.. math:: \Phi\left(\sigma \bar S_0 / \mathrm{SE} - z_{0.95}\right) .

It is an approximation: normal, with the spread that was observed and the
baseline's loss taken as known. It is somewhat hopeful below twenty clusters or
so, and where clusters depend on each other.

References
----------
.. [1] Cochran, W. G. (1977). *Sampling Techniques*, sections 6.4 and 9A.
.. [2] Diebold, F. X. and Mariano, R. S. (1995). Comparing predictive accuracy.
   *Journal of Business and Economic Statistics* 13, 253-263.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, sqrt
from typing import TYPE_CHECKING, Final

import numpy as np

from forecasts.errors import BadInput
from forecasts.scoring.arrays import Labels, aligned, numbered

if TYPE_CHECKING:
    import xarray as xr

TEST_LEVEL: Final = 0.05
"""Chance that the one-sided test finds a skill where there is none."""

WANTED_POWER: Final = 0.8


@dataclass(frozen=True, slots=True)
class Noise:
    """How uncertain a mean loss difference is.

    Parameters
    ----------
    clusters : int
        Clusters that hold a scored cell.
    standard_error : float
        Of the mean loss difference; NaN below two clusters.
    baseline : float
        The baseline's mean loss.
    """

    clusters: int
    standard_error: float
    baseline: float


def noise(*, score: xr.DataArray, baseline: xr.DataArray, clusters: Labels) -> Noise:
    """Noise of the mean loss difference, from its spread between clusters.

    Parameters
    ----------
    score, baseline : xarray.DataArray, dims (cell)
        Pointwise losses; only cells that both have are used.
    clusters : array_like, dims (cell)
        Name of the fact that decides each cell.

    Returns
    -------
    Noise

    Examples
    --------
    >>> import xarray as xr
    >>> theirs = xr.DataArray([0.2, 0.2, 0.2, 0.2], dims="cell")
    >>> ours = xr.DataArray([0.1, 0.1, 0.2, 0.2], dims="cell")
    >>> found = noise(score=ours, baseline=theirs, clusters=["C1", "C1", "C2", "C2"])
    >>> round(found.standard_error, 3), round(found.baseline, 3), found.clusters
    (0.05, 0.2, 2)
    """
    ours, theirs = (np.asarray(row, dtype=np.float64) for row in aligned(score, baseline))
    both = ~(np.isnan(ours) | np.isnan(theirs))
    cells = int(both.sum())
    if not cells:
        return Noise(0, np.nan, np.nan)
    codes, count = numbered(np.asarray(clusters)[both])
    difference = (theirs - ours)[both]
    centred = np.bincount(codes, difference - difference.mean(), minlength=count)
    error = np.nan
    if count > 1:
        error = sqrt(count / (count - 1) * float(np.dot(centred, centred))) / cells
    return Noise(count, error, float(theirs[both].mean()))


def power(found: Noise, *, skill: float) -> float:
    """Probability that a one-sided test at 5 % would see a true skill of this size.

    Parameters
    ----------
    found : Noise
    skill : float
        Above 0.

    Returns
    -------
    float
        NaN where there is no spread to judge by: below two clusters, or a
        forecaster who says what the baseline says.

    Examples
    --------
    No skill is "seen" one time in twenty:

    >>> round(power(Noise(40, 0.01, 0.2), skill=0.0), 3)
    0.05
    >>> round(power(Noise(40, 0.01, 0.2), skill=0.2), 3)
    0.991
    """
    from scipy.special import ndtr, ndtri

    if not found.standard_error > 0:
        return float("nan")
    return float(ndtr(skill * found.baseline / found.standard_error + ndtri(TEST_LEVEL)))


def clusters_needed(found: Noise, *, skill: float, power: float = WANTED_POWER) -> int | None:
    r"""Clusters like these that it takes to see a true skill of this size.

    :math:`C \left((z_{0.95} + z_{\text{power}}) \, \mathrm{SE} / (\sigma \bar S_0)\right)^2`,
    rounded up, since the squared standard error falls as one over the clusters.

    Parameters
    ----------
    found : Noise
    skill : float
        Above 0.
    power : float
        Wanted probability of seeing it.

    Returns
    -------
    int or None
        ``None`` where :func:`power` is NaN.

    Examples
    --------
    Half the skill takes four times the facts:

    >>> clusters_needed(Noise(40, 0.01, 0.2), skill=0.1)
    62
    >>> clusters_needed(Noise(40, 0.01, 0.2), skill=0.05)
    248
    """
    from scipy.special import ndtri

    if not skill > 0:
        raise BadInput("skill to be seen", "a number above 0", skill, "name a gain to look for")
    if not (found.standard_error > 0 and found.baseline > 0):
        return None
    spread = (float(ndtri(power)) - float(ndtri(TEST_LEVEL))) * found.standard_error
    return ceil(found.clusters * (spread / (skill * found.baseline)) ** 2)
