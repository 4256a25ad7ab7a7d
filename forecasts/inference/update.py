r"""Reweight a posterior instead of sampling it anew.

If :math:`\theta_s` are draws given an old record, the same draws stand for the
posterior given a new one with weights :math:`w_s \propto p(new \mid \theta_s) /
p(old \mid \theta_s)`. Raw weights can be dominated by one draw; Pareto
smoothing tames their tail, and its shape :math:`\hat k` says when they can no
longer be trusted (above 0.7).

Blocks of parameters that are independent in the posterior get weights of their
own (:mod:`forecasts.world.blocks`).

References
----------
.. [1] Vehtari, Simpson, Gelman, Yao, Gabry (2024). Pareto smoothed importance
   sampling. JMLR 25(72).
.. [2] Buerkner, Gabry, Vehtari (2020). Approximate leave-future-out
   cross-validation for Bayesian time series models. JSCS 90(14).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from forecasts.schema import KHAT_AT_MOST
from forecasts.world.blocks import BLOCKS, in_no_block
from forecasts.world.inputs import Inputs
from forecasts.world.priors import Floats

if TYPE_CHECKING:
    import xarray as xr


@dataclass(frozen=True, slots=True)
class Weights:
    """Importance weights of one block of parameters.

    Parameters
    ----------
    log_weights : array, dims (sample,)
        Smoothed, and normalised to sum to one.
    khat : float
        Shape of the tail; -inf where the weights are all equal.
    """

    log_weights: Floats
    khat: float

    @property
    def ess(self) -> float:
        r"""Effective number of draws, :math:`1 / \sum_s w_s^2`."""
        return float(1.0 / np.exp(2.0 * self.log_weights).sum())

    def log_mean(self, log_values: Floats) -> float:
        """Logarithm of the weighted mean of ``exp(log_values)``, dims (sample,)."""
        return float(np.logaddexp.reduce(self.log_weights + log_values))


@dataclass(frozen=True, slots=True)
class Update:
    """Weights of every block of parameters for a new record."""

    blocks: dict[str, Weights]

    @property
    def khat(self) -> float:
        """Largest shape over the blocks."""
        return max((block.khat for block in self.blocks.values()), default=-np.inf)

    @property
    def ess(self) -> float:
        """Smallest effective number of draws over the blocks."""
        return min((block.ess for block in self.blocks.values()), default=np.nan)

    def log_mean(self, log_values: Mapping[str, Floats]) -> float:
        """Logarithm of the weighted mean of the product over blocks, by block dims (sample,)."""
        return sum(self.blocks[name].log_mean(values) for name, values in log_values.items())

    @property
    def trusted(self) -> bool:
        """Whether the weights stand for the new posterior."""
        return self.khat <= KHAT_AT_MOST


def smoothed(log_ratios: Floats) -> Weights:
    """Pareto-smoothed, normalised weights of log importance ratios, dims (sample,).

    Examples
    --------
    >>> weights = smoothed(np.zeros(100))
    >>> round(weights.ess), weights.khat
    (100, -inf)
    """
    if np.ptp(log_ratios) == 0.0:
        return Weights(np.full(log_ratios.size, -np.log(log_ratios.size)), -np.inf)
    from arviz_stats.base import array_stats

    # The library's function is written for leave-one-out, and negates what it is given.
    log_weights, khat = array_stats.psislw(-log_ratios)
    return Weights(np.asarray(log_weights), float(khat))


def update(ratios: Mapping[str, Floats]) -> Update:
    """Weights that turn draws given one record into draws given another.

    Parameters
    ----------
    ratios : mapping of str to array, dims (sample,)
        Log likelihood ratios by block, of :class:`forecasts.world.ratio.Reference`.
    """
    return Update({block: smoothed(ratio) for block, ratio in ratios.items()})


def resampled(flat: xr.Dataset, weights: Update, new: Inputs, *, seed: int) -> xr.Dataset:
    """Draw again, block by block, in proportion to the weights.

    Systematic resampling: a draw with weight w comes up floor(wS) or ceil(wS)
    times. Each block is shuffled, so that draws of different blocks meet at random.

    Parameters
    ----------
    flat : xarray.Dataset, dims (sample, ...)
    weights : Update
    new : Inputs
        The record that they were made for; it names the pairs of leaders. One that
        has come to office since has the draws that stood for the *next*.
    seed : int

    Returns
    -------
    xarray.Dataset, dims (chain, draw, ...)
        One chain of as many draws.
    """
    missing = in_no_block(map(str, flat.data_vars))
    if missing:
        raise KeyError(f"parameters in no block of forecasts.world.blocks: {sorted(missing)}")
    rng = np.random.default_rng(seed)
    drawn = flat.drop_vars([name for name in ("sample", "chain", "draw") if name in flat.coords])
    for name, block in weights.blocks.items():
        at = systematic(np.exp(block.log_weights), rng)
        names = [each for each in BLOCKS[name] if each in drawn]
        drawn = drawn.assign(drawn[names].isel(sample=at).data_vars)
    named = drawn.assign_coords(administration=list(new.exposure.administrations))
    return named.rename(sample="draw").expand_dims("chain")


def systematic(weights: Floats, rng: np.random.Generator) -> np.ndarray:
    """Indices of as many draws as there are weights, in random order.

    Examples
    --------
    >>> sorted(systematic(np.array([0.5, 0.5, 0.0, 0.0]), np.random.default_rng(1)).tolist())
    [0, 0, 1, 1]
    """
    size = weights.size
    limits = np.cumsum(weights / weights.sum())
    at = np.searchsorted(limits, (np.arange(size) + rng.uniform()) / size)
    return rng.permutation(np.minimum(at, size - 1))
