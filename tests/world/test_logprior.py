"""Densities of the declared priors, against the distributions of SciPy."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
import xarray as xr
from scipy import stats

from forecasts.dates import DAYS_PER_YEAR
from forecasts.world.inputs import inputs
from forecasts.world.logprior import STANDARD_NORMAL, log_prior, parameter
from tests.builders_world import real_portfolio
from tests.world.made_up import random_draws

SIMULATOR_ALONE = {"postponed_gap_days", "standstill_days"}


@pytest.fixture(scope="module")
def flat() -> xr.Dataset:
    data = inputs(real_portfolio().as_of(date(2023, 6, 18)), real_portfolio())
    return random_draws(data, 4, seed=1)


@pytest.fixture(scope="module")
def terms(flat: xr.Dataset) -> xr.Dataset:
    return log_prior(flat, real_portfolio().priors)


def test_every_declared_prior_of_the_model_has_a_density(terms: xr.Dataset) -> None:
    """All are there but those that the simulator alone reads, and each is finite."""
    assert set(map(str, terms)) == set(real_portfolio().priors) - SIMULATOR_ALONE
    assert all(np.isfinite(each).all() for each in terms.data_vars.values())


def test_parameters_are_declared_or_standard(flat: xr.Dataset) -> None:
    """A free parameter has a declared prior, or is a standardised effect."""
    declared = {parameter(prior) for prior in real_portfolio().priors.values()}

    assert set(map(str, flat)) - {"level_cuts"} <= declared | set(STANDARD_NORMAL)


@pytest.mark.parametrize(
    ("name", "distribution"),
    [
        ("own_host", stats.norm(2.0, 0.7)),
        ("level_sd", stats.halfnorm(scale=0.5)),
        ("postponed_share", stats.beta(6.0, 3.0)),
    ],
)
def test_scalar_densities(
    flat: xr.Dataset, terms: xr.Dataset, name: str, distribution: stats.rv_continuous
) -> None:
    """Normal, half-normal and Beta agree with SciPy."""
    np.testing.assert_allclose(terms[name], distribution.logpdf(flat[name].to_numpy()))


def test_a_yearly_rate_is_declared_a_year_and_read_a_day(
    flat: xr.Dataset, terms: xr.Dataset
) -> None:
    """The log of a daily rate is normal around that of the declared median, spread over a year."""
    of, at = "leader_in_person", flat["log_rate"].sel(stream="leader_in_person").to_numpy()
    expected = stats.norm(np.log(0.7 / DAYS_PER_YEAR), 0.6).logpdf(at)

    np.testing.assert_allclose(terms["rate_per_year"].sel(stream=of), expected)


def test_entries_override_one_coordinate(flat: xr.Dataset, terms: xr.Dataset) -> None:
    """G20 has odds of its own; APEC has the usual ones."""
    for series, mean in (("G20", 3.0), ("APEC", 1.4)):
        at = flat["us_attends"].sel(series=series).to_numpy()
        expected = stats.norm(mean, 0.7).logpdf(at)
        np.testing.assert_allclose(terms["us_attends"].sel(series=series), expected)


def test_shares_that_sum_to_one_have_one_density_a_kind(terms: xr.Dataset) -> None:
    """A Dirichlet of ones is flat: the density of three shares is 2 everywhere."""
    assert terms["venue_share"].dims == ("sample", "kind")
    np.testing.assert_allclose(terms["venue_share"], np.log(2.0))


def test_two_dims_share_the_prior_of_the_first(flat: xr.Dataset, terms: xr.Dataset) -> None:
    """Effects of kinds under pairs are each normal with sd one half."""
    expected = stats.norm(0.0, 0.5).logpdf(flat["level_own"].to_numpy())

    np.testing.assert_allclose(terms["level_own"], expected)
