"""Made-up records follow the very distribution that the likelihood is one of."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
import xarray as xr

from forecasts.world.inputs import Inputs, inputs
from forecasts.world.loglik import log_likelihood
from forecasts.world.model import observed_arrays
from forecasts.world.replicas import replica
from tests.builders_world import real_portfolio
from tests.world.made_up import chained, random_draws

AS_OF = date(2023, 6, 18)
REPLICAS = 200
STEP = 0.02
DIRECTIONS = 4
"""A component that one step hardly changes shows its faults in another."""


@pytest.fixture(scope="module")
def data() -> Inputs:
    """Arrays of the real record."""
    return inputs(real_portfolio().as_of(AS_OF), real_portfolio())


def totals(draws: xr.Dataset, record: Inputs) -> dict[str, np.ndarray]:
    """Log likelihood of each component, dims (sample,)."""
    terms = log_likelihood(chained(draws), record)
    return {str(name): np.asarray(value[0].sum(axis=-1)) for name, value in terms.data_vars.items()}


def test_likelihood_ratios_average_to_one(data: Inputs) -> None:
    """For records drawn under one parameter, each component's ratio to another averages 1.

    This holds for the distribution that the likelihood belongs to, and no other.
    """
    pair = _near_each_other(random_draws(data, 1 + DIRECTIONS, seed=1))
    rng = np.random.default_rng(2)
    ratios: dict[str, list[np.ndarray]] = {}
    for _ in range(REPLICAS):
        made = replica(pair.isel(sample=0), data, rng)
        for name, found in totals(pair, made).items():
            ratios.setdefault(name, []).append(np.exp(found[1:] - found[0]))

    for name, values in ratios.items():
        error = np.std(values, axis=0) / np.sqrt(REPLICAS)
        assert (np.abs(np.mean(values, axis=0) - 1.0) <= 4.0 * error + 1e-12).all(), name


def _near_each_other(draws: xr.Dataset) -> xr.Dataset:
    """The first draw, and a point on the way from it to each of the others."""
    first = draws.isel(sample=[0] * draws.sizes["sample"])
    moved = first + STEP * (draws - first)
    low, step = moved["level_first_cut"], np.logaddexp(0.0, moved["level_cut_step"])
    cuts = xr.concat([low, low + step], dim="cut").assign_coords(cut=draws["cut"])
    return moved.assign(level_cuts=cuts).transpose("sample", ...)


def test_every_observed_number_is_redrawn_and_no_covariate(data: Inputs) -> None:
    """A replica changes what the likelihood is of, and keeps what it is given."""
    made = replica(random_draws(data, 1, seed=3).isel(sample=0), data, np.random.default_rng(4))
    before, after = observed_arrays(data), observed_arrays(made)
    changed = {
        name
        for name, value in before.items()
        if value.shape != after[name].shape or (value != after[name]).any()
    }

    given = {"row_administration", "row_reading", "row_detection", "days", "recent_days"}
    given |= {"contacts", "kind", "visit", "administration", "early_days", "late_days"}
    given |= {"received_kind", "received_beijing", "received_decade"}
    summits = {name for name in before if name.startswith(("us_", "prc_", "bilateral_"))}
    assert changed - summits == set(before) - summits - given
    assert {"us_came", "prc_came", "bilateral_met"} <= changed
    np.testing.assert_array_equal(
        made.outcomes.level_count.sum(axis=1), data.outcomes.level_count.sum(axis=1)
    )


def test_a_record_depends_on_its_seed_alone(data: Inputs) -> None:
    """The same generator state gives the same record, another gives another."""
    truth = random_draws(data, 1, seed=3).isel(sample=0)
    one, same, other = (
        replica(truth, data, np.random.default_rng(seed)).exposure.events for seed in (5, 5, 6)
    )

    np.testing.assert_array_equal(one, same)
    assert (one != other).any()


def test_nobody_meets_who_is_not_there(data: Inputs) -> None:
    """A bilateral is recorded where both leaders came; nobody comes where nothing is held."""
    truth = random_draws(data, 1, seed=7).isel(sample=0)
    past = replica(truth, data, np.random.default_rng(8)).summits
    both = (past.us_attends == 1) & (past.prc_attends == 1)

    assert ((past.bilateral >= 0) == both).all()
    assert (past.us_attends[past.in_person != 1] == -1).all()


def test_silence_about_a_leader_stays_silence(data: Inputs) -> None:
    """Where the real record does not say who came to a summit, neither does a replica."""
    silent = replace(
        data, summits=replace(data.summits, prc_attends=np.full_like(data.summits.series, -1))
    )
    held = data.summits.in_person == 1
    truth = random_draws(data, 1, seed=7).isel(sample=0)
    past = replica(truth, silent, np.random.default_rng(8)).summits

    assert (past.prc_attends[held] == -1).all()
