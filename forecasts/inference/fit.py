"""Fit the world model by NUTS, reproducibly."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from forecasts.inference.stored import constant_data
from forecasts.portfolio.declared import Prior
from forecasts.world.inputs import Inputs
from forecasts.world.loglik import log_likelihood
from forecasts.world.model import build, packed

if TYPE_CHECKING:
    import pymc as pm
    import xarray as xr

TARGET_ACCEPT = (0.9, 0.97)
"""Above NUTS's usual 0.8: the variances of small groups leave divergences there.

The second, slower, is tried where the first leaves any.
"""

PRIOR_DRAWS = 500

Progress = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class Settings:
    """How long to sample. Four chains, as R-hat wants."""

    draws: int = 1000
    tune: int = 600
    chains: int = 4
    cores: int = 2


class Sampler:
    """A world model, compiled once, that samples the posterior of any view.

    Compiling takes longer than sampling. Views of one portfolio differ in their
    data alone, so one compiled model serves all of them, one after the other.

    Parameters
    ----------
    inputs : Inputs
        Arrays of some view of the portfolio.
    priors : mapping of str to Prior
    """

    def __init__(self, inputs: Inputs, priors: Mapping[str, Prior]) -> None:
        import nutpie
        import pytensor

        self._model = build(inputs, priors)
        # With fastmath a process that compiles and one that loads the cache give different draws.
        with pytensor.config.change_flags(numba__fastmath=False):
            self._compiled: Any = nutpie.compile_pymc_model(self._model)

    def posterior(self, inputs: Inputs, *, seed: int, settings: Settings) -> xr.DataTree:
        """Sample the posterior given `inputs`.

        Returns
        -------
        xarray.DataTree
            Groups ``posterior`` and ``sample_stats``, dims (chain, draw, ...).
        """
        import nutpie

        compiled = self._compiled.with_data(**packed(inputs))

        def sample(target_accept: float) -> xr.DataTree:
            sampled: Any = nutpie.sample(
                compiled,
                draws=settings.draws,
                tune=settings.tune,
                chains=settings.chains,
                cores=settings.cores,
                seed=seed,
                save_warmup=False,
                progress_bar=False,
                target_accept=target_accept,
            )
            tree: xr.DataTree = sampled
            return tree

        tree = without_divergences(sample)
        names = list(inputs.exposure.administrations)
        named = tree["posterior"].to_dataset().assign_coords(administration=names)
        tree["posterior"] = named
        return tree

    def prior(self, seed: int) -> xr.Dataset:
        """Independent draws from the prior of every free parameter, dims (chain, draw, ...)."""
        return prior_draws(self._model, seed)


def fit(
    inputs: Inputs,
    priors: Mapping[str, Prior],
    *,
    seed: int,
    settings: Settings | None = None,
    progress: Progress | None = None,
    sampler: Sampler | None = None,
) -> xr.DataTree:
    """Sample the posterior of the world model.

    Parameters
    ----------
    inputs : Inputs
        Arrays of one view.
    priors : mapping of str to Prior
    seed : int
        The same seed gives the same draws, with a cold or a warm compile
        cache and on one core or two.
    settings : Settings, optional
    progress : callable, optional
        Called with a stage and the finished share of it.
    sampler : Sampler, optional
        One that was compiled for another view of the same portfolio.

    Returns
    -------
    xarray.DataTree
        Groups ``posterior`` and ``sample_stats``, dims (chain, draw, ...);
        ``prior``, dims (chain, draw, ...); ``log_likelihood``, one term a
        fact; ``constant_data``.
    """
    settings = settings or Settings()
    report = progress or (lambda stage, share: None)
    report("compiling the model", 0.0)
    sampler = sampler or Sampler(inputs, priors)
    report("sampling", 0.0)
    tree = sampler.posterior(inputs, seed=seed, settings=settings)
    report("sampling", 1.0)
    report("reading the prior", 0.0)
    tree["prior"] = sampler.prior(seed)
    tree["log_likelihood"] = log_likelihood(tree["posterior"].to_dataset(), inputs)
    tree["constant_data"] = constant_data(inputs)
    return tree


def without_divergences(sample: Callable[[float], xr.DataTree]) -> xr.DataTree:
    """Sample with smaller steps where larger ones left divergences; the last try stands.

    Parameters
    ----------
    sample : callable
        Takes a target acceptance and returns a tree with ``sample_stats``.
    """
    tree = sample(TARGET_ACCEPT[0])
    for target_accept in TARGET_ACCEPT[1:]:
        if not bool(tree["sample_stats"]["diverging"].any()):
            break
        tree = sample(target_accept)
    return tree


def prior_draws(model: pm.Model, seed: int) -> xr.Dataset:
    """Independent draws from the prior of every free parameter, dims (chain, draw, ...)."""
    import warnings

    import pymc as pm

    names = [variable.name for variable in model.free_RVs]
    with model, warnings.catch_warnings(), _quiet("pymc"):
        # Its warning is about potentials, which are likelihood terms here.
        warnings.filterwarnings("ignore", message="The effect of Potentials")
        drawn = pm.sample_prior_predictive(PRIOR_DRAWS, var_names=names, random_seed=seed)
    prior: xr.Dataset = drawn["prior"].to_dataset()
    return prior


@contextmanager
def _quiet(logger: str) -> Iterator[None]:
    """Keep a library from naming every parameter that it draws."""
    named = logging.getLogger(logger)
    level = named.level
    named.setLevel(logging.WARNING)
    try:
        yield
    finally:
        named.setLevel(level)
