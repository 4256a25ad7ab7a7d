"""Log densities of the declared priors at given draws, prior by prior.

The model writes these terms inside its graph; here each stands alone, in
NumPy, so that single beliefs can be made heavier or lighter without fitting
anew. A test holds their sum equal to the graph's.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from forecasts.dates import DAYS_PER_YEAR
from forecasts.portfolio.declared import Prior
from forecasts.world.priors import Floats, field

if TYPE_CHECKING:
    import xarray as xr

STANDARD_NORMAL = (
    "pair",
    "pair_own",
    "signal_raw",
    "presence_raw",
    "level_kind_raw",
    "level_pair_raw",
    "received_kind_raw",
)
"""Standardised effects: not beliefs of their own, but what a declared scale multiplies."""

PER_YEAR = "_per_year"
"""A prior with this ending is about a yearly rate; the model has its log, a day."""


def log_prior(draws: xr.Dataset, priors: Mapping[str, Prior]) -> xr.Dataset:
    """Log density of each declared prior at each draw.

    Parameters
    ----------
    draws : xarray.Dataset, dims (sample, ...)
        Free parameters of the model.
    priors : mapping of str to Prior
        Those that no parameter of `draws` belongs to are left out: they are of
        the simulator alone.

    Returns
    -------
    xarray.Dataset, dims (sample, ...)
        One variable a prior, under its declared name, with the dims of its
        parameter. Rates and other log-normal parameters have the density of
        their logarithm.
    """
    import xarray as xr

    terms = {}
    for name, prior in priors.items():
        label = parameter(prior)
        if label in draws:
            array = draws[label].transpose("sample", ...)
            terms[name] = _density(array, name, priors)
    return xr.Dataset(terms)


def parameter(prior: Prior) -> str:
    """Name that the model gives to the parameter of a prior.

    Examples
    --------
    >>> rate = Prior("rate_per_year", "lognormal", {"median": 1.0, "sigma": 0.7}, {}, "", "", "")
    >>> parameter(rate)
    'log_rate'
    """
    if prior.distribution == "lognormal":
        return "log_" + prior.name.removesuffix(PER_YEAR)
    return prior.name


def log_standard_normal(draws: xr.Dataset) -> xr.Dataset:
    """Log density of each standardised effect, dims (sample, ...)."""
    terms: xr.Dataset = -0.5 * draws[list(STANDARD_NORMAL)] ** 2 - 0.5 * np.log(2 * np.pi)
    return terms


def _density(array: xr.DataArray, name: str, priors: Mapping[str, Prior]) -> xr.DataArray:
    """Density along the first dim of a parameter; the second, if any, shares its prior."""
    dims = array.dims[1:]
    names = [str(each) for each in array[dims[0]].to_numpy()] if dims else []

    def get(field_name: str) -> Floats:
        values = field(priors, name, field_name, names)
        return values[:, None] if len(dims) > 1 and values.ndim == 1 else values

    value = array.to_numpy()
    match priors[name].distribution:
        case "normal":
            terms = _normal(value, get("mean"), get("sd"))
        case "lognormal":
            a_day = DAYS_PER_YEAR if name.endswith(PER_YEAR) else 1.0
            terms = _normal(value, np.log(get("median") / a_day), get("sigma"))
        case "halfnormal":
            terms = _normal(value, np.zeros(()), get("scale")) + np.log(2.0)
        case "dirichlet":
            return array[..., 0].copy(data=_dirichlet(value, get("concentration")))
        case _:
            terms = _beta(value, get("alpha"), get("beta"))
    return array.copy(data=terms)


def _normal(value: Floats, mean: Floats, sd: Floats) -> Floats:
    return np.asarray(-0.5 * ((value - mean) / sd) ** 2 - np.log(sd) - 0.5 * np.log(2 * np.pi))


def _beta(value: Floats, alpha: Floats, beta: Floats) -> Floats:
    from scipy.special import betaln

    logged = (alpha - 1) * np.log(value) + (beta - 1) * np.log1p(-value)
    return np.asarray(logged - betaln(alpha, beta))


def _dirichlet(value: Floats, concentration: Floats) -> Floats:
    from scipy.special import gammaln

    constant = gammaln(concentration.sum(axis=-1)) - gammaln(concentration).sum(axis=-1)
    return np.asarray(((concentration - 1) * np.log(value)).sum(axis=-1) + constant)
