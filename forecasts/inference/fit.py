"""Fit the world model by NUTS, reproducibly."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from forecasts.portfolio.declared import Prior
from forecasts.world.inputs import Inputs, arrays
from forecasts.world.loglik import log_likelihood
from forecasts.world.model import build

if TYPE_CHECKING:
    import pymc as pm
    import xarray as xr

TARGET_ACCEPT = (0.9, 0.97)
"""Above NUTS's usual 0.8: the variances of small groups leave divergences there.

The second, slower, is tried where the first leaves any.
"""

PRIOR_DRAWS = 500

DATA_DIMS = {
    "exposure.row_reading": ("row", "family"),
    "exposure.days": ("row", "stream"),
    "exposure.recent_days": ("row", "stream"),
    "exposure.row_detection": ("row", "stream"),
    "exposure.events": ("administration", "stream"),
    "exposure.event_reading": ("family", "stream"),
    "exposure.recent_events": ("stream",),
    "exposure.detected_events": ("stream", "detection_period"),
    "leads.announced": ("lead_group",),
    "leads.contacts": ("lead_group",),
    "outcomes.level_count": ("level_case", "level"),
    "outcomes.received": ("trip",),
    "outcomes.received_kind": ("trip",),
    "outcomes.received_beijing": ("trip",),
    "outcomes.received_decade": ("trip",),
    "outcomes.venue_count": ("kind", "venue"),
    "signals.intensity": ("family", "point"),
}
"""Dims of the arrays that a fit reads, where they are not simply its cases."""

CASE_DIMS = {
    "exposure": "row",
    "summits": "opportunity",
    "plans": "plan",
    "leads": "announced_contact",
    "outcomes": "level_case",
    "signals": "family",
}

Progress = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class Settings:
    """How long to sample. Four chains, as R-hat wants."""

    draws: int = 1000
    tune: int = 600
    chains: int = 4
    cores: int = 2


def fit(
    inputs: Inputs,
    priors: Mapping[str, Prior],
    *,
    seed: int,
    settings: Settings | None = None,
    progress: Progress | None = None,
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

    Returns
    -------
    xarray.DataTree
        Groups ``posterior`` and ``sample_stats``, dims (chain, draw, ...);
        ``prior``, dims (chain, draw, ...); ``log_likelihood``, one term a
        fact; ``constant_data``.
    """
    settings = settings or Settings()
    report = progress or (lambda stage, share: None)
    model = build(inputs, priors)
    report("compiling the model", 0.0)
    tree = _sample(model, seed, settings, report)
    report("reading the prior", 0.0)
    tree["prior"] = prior_draws(model, seed)
    tree["log_likelihood"] = log_likelihood(tree["posterior"].to_dataset(), inputs)
    tree["constant_data"] = constant_data(inputs)
    return tree


def _sample(model: pm.Model, seed: int, settings: Settings, report: Progress) -> xr.DataTree:
    import nutpie
    import pytensor

    # With fastmath a process that compiles and one that loads the cache give different draws.
    with pytensor.config.change_flags(numba__fastmath=False):
        compiled = nutpie.compile_pymc_model(model)
    report("sampling", 0.0)

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
    report("sampling", 1.0)
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


def constant_data(inputs: Inputs) -> xr.Dataset:
    """The arrays that the posterior was conditioned on, each under its dotted name.

    Dims are those of :data:`DATA_DIMS`; an array that it does not list has one
    dim, the case that its component counts.
    """
    import xarray as xr

    dataset = xr.Dataset()
    for name, value in arrays(inputs):
        if isinstance(value, np.ndarray):
            dataset[name] = (DATA_DIMS.get(name, (CASE_DIMS[name.partition(".")[0]],)), value)
        elif isinstance(value, int | float):
            dataset[name] = float(value)
    return dataset
