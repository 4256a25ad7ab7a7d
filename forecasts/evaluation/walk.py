r"""Walk from origin to origin, sampling only when reweighting no longer serves.

On the first origin the posterior is sampled. On each later one the draws are
weighted by how much likelier its record makes them (:mod:`forecasts.inference.update`),
until the shape of the weights' tail, :math:`\hat k`, says that they can no
longer be trusted; then it is sampled again. So each answer is conditioned on
what was public on its origin, at a fraction of the price.

The score of a step is the log predictive density of what the next origin adds,

.. math:: \log \sum_s w_s \, \frac{p(record_{i+1} \mid \theta_s)}{p(record_i \mid \theta_s)},

summed over the blocks of parameters that are independent in the posterior.

References
----------
.. [1] Buerkner, Gabry, Vehtari (2020). Approximate leave-future-out
   cross-validation for Bayesian time series models. JSCS 90(14).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from forecasts.evidence.view import View
from forecasts.inference.fit import Sampler, Settings
from forecasts.inference.update import resampled, update
from forecasts.portfolio import Portfolio
from forecasts.world.exposure import signed_sum
from forecasts.world.inputs import Inputs, inputs
from forecasts.world.priors import Floats
from forecasts.world.ratio import Reference

if TYPE_CHECKING:
    import xarray as xr


@dataclass(frozen=True, slots=True)
class Step:
    """The posterior on one origin.

    Parameters
    ----------
    view, data : View, Inputs
        What was public, and the arrays made of it.
    posterior : xarray.Dataset, dims (chain, draw, ...)
    sampled : bool
        Whether it was sampled here, not reweighted.
    khat, ess : float
        Worst tail shape and smallest effective number of draws over the blocks,
        as they were before any refit; -inf and all draws on the first origin.
    divergences : int
        Of the fit that it rests on.
    elpd : float
        Log predictive density of what the next origin adds; NaN on the last.
    """

    view: View
    data: Inputs
    posterior: xr.Dataset
    sampled: bool
    khat: float
    ess: float
    divergences: int
    elpd: float


@dataclass(frozen=True, slots=True)
class Walk:
    """How to walk.

    Parameters
    ----------
    seed : int
        Of every fit, and of every resampling.
    settings : Settings
        Of every fit.
    signals : bool
        Whether readings of signals are in the model at all.
    exact : bool
        Sample on every origin, as the measure of what reweighting loses.
    """

    seed: int = 1
    settings: Settings = field(default_factory=Settings)
    signals: bool = True
    exact: bool = False


def steps(
    portfolio: Portfolio,
    origins: Sequence[date],
    how: Walk,
    sampler: Callable[[Inputs], Sampler],
    *,
    following: date | None = None,
) -> Iterator[Step]:
    """Posterior on each of `origins`, in order.

    Parameters
    ----------
    portfolio : Portfolio
    origins : sequence of date
        Ascending.
    how : Walk
    sampler : callable
        Gives the compiled model, once it is needed.
    following : date, optional
        The origin after the last one, for its `elpd`.

    Yields
    ------
    Step
    """
    days = [*origins, *([following] if following else [])]
    upcoming = (_seen(portfolio, day, how) for day in days)
    view, data = next(upcoming)
    reference: Reference | None = None
    ratios = dict[str, Floats]()
    divergences = 0
    for _ in origins:
        weights = update(ratios)
        sample = reference is None or how.exact or not weights.trusted
        khat, ess = weights.khat, weights.ess
        if reference is None or sample:
            flat, divergences = _fit(sampler(data), data, how)
            reference = Reference(flat, data)
            ratios = reference.log_ratio(data)
            weights = update(ratios)
        after, elpd = next(upcoming, None), np.nan
        if after is not None:
            later = reference.log_ratio(after[1])
            elpd = weights.log_mean({block: later[block] - ratios[block] for block in later})
            ratios = later
        posterior = resampled(reference.flat, weights, data, seed=how.seed)
        yield Step(view, data, posterior, sample, khat, ess, divergences, elpd)
        if after is not None:
            view, data = after


def _seen(portfolio: Portfolio, day: date, how: Walk) -> tuple[View, Inputs]:
    view = portfolio.as_of(day)
    data = inputs(view, portfolio)
    return view, data if how.signals else without_signals(data)


def without_signals(data: Inputs) -> Inputs:
    """Return the same record with every reading at its usual level, so that slopes stay priors."""
    seen = data.exposure
    quiet = replace(
        seen,
        row_reading=np.zeros_like(seen.row_reading),
        event_reading=np.zeros_like(seen.event_reading),
    )
    return replace(data, exposure=signed_sum([(1.0, quiet)]))


def _fit(sampler: Sampler, data: Inputs, how: Walk) -> tuple[xr.Dataset, int]:
    """Draws on a ``sample`` dim, and how many of them diverged."""
    tree = sampler.posterior(data, seed=how.seed, settings=how.settings)
    flat = tree["posterior"].to_dataset().stack(sample=("chain", "draw"))
    return flat.transpose("sample", ...), int(tree["sample_stats"]["diverging"].sum())
