"""Resampling whole clusters or blocks of origins: how often each was drawn, not copies of cells.

One fact decides many questions and horizons, and neighbouring origins look at
the same months. So cells are never drawn one by one. A *unit* is a cluster, or
an origin with all its cells; a replicate says how many times each unit was drawn.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from forecasts.errors import BadInput
from forecasts.scoring.arrays import Floats, Ints, Labels, numbered

REPLICATES: Final = 2000
SHORTEST_BLOCK: Final = 6
"""Origins in a block at least: half a year of monthly ones."""

FEWEST_BLOCKS: Final = 4
"""Blocks that the record must hold, whatever the horizon."""

_AT_ONCE = 256  # replicates turned into floats at a time: bounds memory


@dataclass(frozen=True, slots=True)
class Resampling:
    """Replicates of a table of cells.

    Parameters
    ----------
    method : str
        ``"clusters"`` or ``"blocks"``.
    unit : numpy.ndarray, dims (cell)
        Number of the unit that each cell moves with.
    times : numpy.ndarray, dims (replicate, unit)
        How often each unit was drawn.
    block_length : int
        Units drawn together; 1 for clusters.
    """

    method: str
    unit: Ints
    times: npt.NDArray[np.uint16]
    block_length: int

    @property
    def units(self) -> int:
        """How many units there are."""
        return int(self.times.shape[1])

    def totals(self, values: Floats) -> Floats:
        """Weighted sums of `values`, dims (cell, column), in each replicate.

        Returns
        -------
        numpy.ndarray, dims (replicate, column)

        Examples
        --------
        A replicate draws as many clusters as there are:

        >>> drawn = resample_clusters(["C1", "C2", "C3"], seed=1, n=2)
        >>> drawn.totals(np.ones((3, 1))).tolist()
        [[3.0], [3.0]]
        """
        from scipy.sparse import csr_array

        cells = np.arange(len(self.unit))
        member = csr_array(
            (np.ones(len(cells)), (self.unit, cells)), shape=(self.units, len(cells))
        )
        by_unit = np.asarray(member @ values)
        starts = range(0, len(self.times), _AT_ONCE)
        parts = [self.times[i : i + _AT_ONCE].astype(np.float64) @ by_unit for i in starts]
        return np.concatenate(parts)


def resample_clusters(clusters: Labels, *, seed: int, n: int = REPLICATES) -> Resampling:
    """Draw clusters with replacement, as many as there are.

    Parameters
    ----------
    clusters : array_like, dims (cell)
        Name of the fact that decides each cell.
    seed : int
    n : int
        Replicates.

    Returns
    -------
    Resampling

    References
    ----------
    .. [1] Field, C. A. and Welsh, A. H. (2007). Bootstrapping clustered data.
       *Journal of the Royal Statistical Society B* 69, 369-390.

    Examples
    --------
    >>> resample_clusters(["C1", "C1", "C2"], seed=1, n=5).times.sum(axis=1).tolist()
    [2, 2, 2, 2, 2]
    """
    unit, count = _units(clusters, "clusters")
    rng = np.random.default_rng(seed)
    times = np.empty((n, count), dtype=np.uint16)
    for row in times:
        row[:] = np.bincount(rng.integers(0, count, count), minlength=count)
    return Resampling("clusters", unit, times, 1)


def resample_blocks(origins: Labels, *, length: int, seed: int, n: int = REPLICATES) -> Resampling:
    """Draw blocks of consecutive origins with replacement; all cells of an origin move together.

    Blocks are circular: the first origin follows the last, so that every origin
    is drawn equally often. The last block drawn is cut, so that a replicate has
    as many origins as the table.

    Parameters
    ----------
    origins : array_like, dims (cell)
        Days, or anything that sorts in time.
    length : int
        Origins in a block; see :func:`block_length`.
    seed : int
    n : int
        Replicates.

    Returns
    -------
    Resampling

    Raises
    ------
    BadInput
        If the length is not between 1 and the number of origins.

    References
    ----------
    .. [1] Politis, D. N. and Romano, J. P. (1992). A circular block-resampling
       procedure for stationary data. In *Exploring the Limits of Bootstrap*, 263-270.

    Examples
    --------
    >>> drawn = resample_blocks([2001, 2002, 2003, 2004], length=2, seed=1, n=3)
    >>> drawn.times.sum(axis=1).tolist()
    [4, 4, 4]
    """
    unit, count = _units(origins, "origins")
    if not 1 <= length <= count:
        expected = f"between 1 and the number of origins, {count}"
        raise BadInput("block length", expected, length, "use block_length(...)")
    rng = np.random.default_rng(seed)
    starts = rng.integers(0, count, (n, -(-count // length)))
    times = np.empty((n, count), dtype=np.uint16)
    for row, first in zip(times, starts, strict=True):
        drawn = (first[:, np.newaxis] + np.arange(length)).reshape(-1)[:count] % count
        row[:] = np.bincount(drawn, minlength=count)
    return Resampling("blocks", unit, times, length)


def block_length(*, horizon_days: float, every_days: float, origins: int) -> int:
    """Origins in a block: twice the horizon, six at least, a quarter of the record at most.

    Windows that start less than a horizon apart overlap, so a block must hold
    more than one horizon; and with fewer than four blocks there is nothing to draw.

    Parameters
    ----------
    horizon_days : float
        Longest horizon among the cells.
    every_days : float
        Days from one origin to the next.
    origins : int
        Origins in the table.

    Returns
    -------
    int
        At least 1.

    Examples
    --------
    >>> [block_length(horizon_days=h, every_days=30, origins=246) for h in (30, 180, 365)]
    [6, 12, 24]
    """
    wanted = max(SHORTEST_BLOCK, round(2 * horizon_days / every_days))
    return max(1, min(wanted, origins // FEWEST_BLOCKS))


def effective_clusters(clusters: Labels, weights: npt.ArrayLike | None = None) -> float:
    r"""Kish's effective number of clusters, :math:`(\sum_c w_c)^2 / \sum_c w_c^2`.

    As many clusters of equal weight would give a mean of the same variance, if a
    cluster's cells moved as one.

    Parameters
    ----------
    clusters : array_like, dims (cell)
        Names of clusters of the *scored* cells.
    weights : array_like, dims (cell), optional
        Equal where left out.

    Returns
    -------
    float
        Between 1 and the number of clusters; 0 where there are no cells.

    References
    ----------
    .. [1] Kish, L. (1965). *Survey Sampling*, section 11.7.

    Examples
    --------
    Nine cells of one fact and one of another are little more than one fact:

    >>> round(effective_clusters(["C1"] * 9 + ["C2"]), 2)
    1.22
    """
    codes, count = numbered(clusters)
    weight = None if weights is None else np.asarray(weights, dtype=np.float64)
    total = np.bincount(codes, weight, minlength=count)
    squares = float(np.dot(total, total))
    return float(total.sum()) ** 2 / squares if squares else 0.0


def _units(labels: Labels, name: str) -> tuple[Ints, int]:
    unit, count = numbered(labels)
    if count == 0:
        raise BadInput(name, "at least one cell", "none", "select cells that are scored")
    return unit, count
