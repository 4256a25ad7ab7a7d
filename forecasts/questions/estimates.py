r"""From futures to a probability: mean, model uncertainty, Monte Carlo error.

With `r` futures for each posterior draw s, the share :math:`\hat p_s` of those
in which the event happens is a noisy reading of :math:`p_s`. The variance of
an outcome splits into what is left to chance and what the model does not know,

.. math:: P(1-P) = E[p_s(1-p_s)] + Var(p_s),

and the second part is estimated without bias from between and within draws.
A conditional probability is a ratio of two such means; its residual
:math:`A - P B` takes the place of A.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from forecasts.questions.futures import Bools
from forecasts.schema import INTERVAL_MASS

Floats = npt.NDArray[np.float64]

FUTURES_AT_LEAST = 400
"""A conditional probability needs this many futures in which its condition holds."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A probability with two kinds of error, kept apart.

    Parameters
    ----------
    probability : float
        Share of futures (of those that meet the condition) in which it happens.
    epistemic_sd : float
        Standard deviation of the probability over the posterior.
    interval : tuple of float
        80 % of a Beta distribution with that mean and standard deviation.
    mcse : float
        Monte Carlo standard error of `probability`.
    futures : int
        Futures that meet the condition (all, without one).
    """

    probability: float
    epistemic_sd: float
    interval: tuple[float, float]
    mcse: float
    futures: int


def estimate(happens: Bools, condition: Bools, draws: int, *, efficiency: float = 1.0) -> Estimate:
    """Estimate P(happens | condition) from futures in order of draw.

    Parameters
    ----------
    happens, condition : array of bool, dims (future,)
        Numerator (a subset of the condition) and denominator.
    draws : int
        Posterior draws; the futures are ``draws`` equal blocks.
    efficiency : float
        Effective over nominal number of posterior draws.

    Returns
    -------
    Estimate
        NaN throughout where the condition holds in no future.

    References
    ----------
    .. [1] Cochran, W. G. (1977). *Sampling Techniques*, ch. 6 (ratios).

    Examples
    --------
    Two draws that are sure, one of yes and one of no, leave all to the model:

    >>> happens = np.repeat([True, False], 50)
    >>> result = estimate(happens, np.ones(100, dtype=bool), 2)
    >>> result.probability, round(result.epistemic_sd, 2)
    (0.5, 0.71)
    """
    count = int(condition.sum())
    if count == 0:
        return Estimate(np.nan, np.nan, (np.nan, np.nan), np.nan, 0)
    probability = float(happens.sum() / count)
    residual = (happens - probability * condition).reshape(draws, -1) / condition.mean()
    between, within = _variances(residual)
    epistemic = max(between - within, 0.0)
    effective = max(draws * efficiency, 1.0)
    mcse = float(np.sqrt(epistemic / effective + within / draws))
    sd = float(np.sqrt(epistemic))
    return Estimate(probability, sd, beta_interval(probability, sd), mcse, count)


def _variances(residual: Floats) -> tuple[float, float]:
    """Variance of the block means, and the part of it that is noise within blocks."""
    draws, replicates = residual.shape
    between = float(residual.mean(axis=1).var(ddof=1)) if draws > 1 else 0.0
    within = float(residual.var(axis=1, ddof=1).mean() / replicates) if replicates > 1 else 0.0
    return between, within


def beta_interval(mean: float, sd: float, mass: float = INTERVAL_MASS) -> tuple[float, float]:
    """Central interval of the Beta distribution with a given mean and standard deviation.

    Examples
    --------
    >>> low, high = beta_interval(0.7, 0.1)
    >>> round(low, 2), round(high, 2)
    (0.57, 0.82)
    """
    from scipy.special import betaincinv

    variance = sd**2
    if variance <= 0.0 or not 0.0 < mean < 1.0:
        return (mean, mean)
    size = max(mean * (1.0 - mean) / variance - 1.0, 1e-3)
    tail = (1.0 - mass) / 2
    low, high = betaincinv(mean * size, (1.0 - mean) * size, [tail, 1.0 - tail])
    return (min(float(low), mean), max(float(high), mean))


def log_odds_of(probability: float, count: int) -> float:
    """Log-odds of a share of `count` futures; none or all count as half a future from the edge.

    Examples
    --------
    >>> log_odds_of(0.5, 100)
    0.0
    """
    edge = 0.5 / max(count, 1)
    clipped = min(max(probability, edge), 1.0 - edge)
    return float(np.log(clipped / (1.0 - clipped)))
