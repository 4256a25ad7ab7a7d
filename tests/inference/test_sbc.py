"""Simulation-based calibration finds samplers that are wrong, and lets right ones pass."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
import xarray as xr
from scipy import stats

from forecasts.inference.fit import Settings
from forecasts.inference.sbc import (
    NOT_TOP_LEVEL,
    RANKED_AMONG,
    quantities,
    simulations,
    verdicts,
)
from forecasts.world.inputs import Inputs, inputs
from tests.builders_world import real_portfolio
from tests.world.made_up import chained, random_draws

SIMULATIONS = 60
MANY = 600
RECORDS = 10


def ranks_of(spread: float, shift: float = 0.0, quantities_: int = MANY) -> xr.Dataset:
    """Ranks where the truth is N(0, 1) and the sampler believes N(shift, spread)."""
    rng = np.random.default_rng(1)
    truth = rng.normal(size=(SIMULATIONS, quantities_))
    drawn = rng.normal(shift, spread, size=(RANKED_AMONG, SIMULATIONS, quantities_))
    rank = (drawn < truth).sum(axis=0)
    table = xr.Dataset({"rank": (("simulation", "quantity"), rank)})
    return table.assign_attrs(ranked_among=RANKED_AMONG)


def test_a_right_sampler_leaves_the_band_one_time_in_twenty() -> None:
    """Of 600 quantities that are calibrated, some 5 % leave the band, and none beyond chance."""
    judged = verdicts(ranks_of(spread=1.0))

    assert float(judged["inside"].mean()) == pytest.approx(0.95, abs=4 * np.sqrt(0.0475 / MANY))
    assert not judged["failed"].any()
    for mass in (80, 90):
        assert float(judged[f"coverage_{mass}"].mean()) == pytest.approx(mass / 100, abs=0.01)


def test_p_values_of_a_right_sampler_are_uniform() -> None:
    """What the band's statistic calls rare is as rare as it says."""
    p_values = verdicts(ranks_of(spread=1.0))["p_value"].to_numpy()

    assert stats.kstest(p_values, "uniform").pvalue > 0.01


@pytest.mark.parametrize(("spread", "shift"), [(0.5, 0.0), (2.0, 0.0), (1.0, 0.8), (1.0, -0.8)])
def test_a_wrong_sampler_fails(spread: float, shift: float) -> None:
    """Too narrow, too wide, too high, too low: each fails, the number of quantities allowed for."""
    judged = verdicts(ranks_of(spread, shift, quantities_=50))

    assert judged["failed"].all()


def test_intervals_of_a_narrow_sampler_hold_too_little() -> None:
    """Half the spread makes an 80 % interval hold the truth about half the time."""
    judged = verdicts(ranks_of(spread=0.5))
    expected = 2 * stats.norm.cdf(stats.norm.ppf(0.9) * 0.5) - 1

    assert float(judged["coverage_80"].mean()) == pytest.approx(expected, abs=0.02)


def test_the_band_is_what_the_verdict_says() -> None:
    """A quantity is inside exactly where its whole curve lies between the two limits."""
    judged = verdicts(ranks_of(spread=1.1))
    within = (judged["ecdf"] >= judged["lower"] - 1e-9) & (judged["ecdf"] <= judged["upper"] + 1e-9)

    assert (within.all("point") == judged["inside"]).mean() > 0.99
    assert 0 < int((~judged["inside"]).sum()) < MANY


@pytest.fixture(scope="module")
def data() -> Inputs:
    return inputs(real_portfolio().as_of(date(2023, 6, 18)), real_portfolio())


class IgnoresTheData:
    """A sampler whose posterior is the prior, whatever the record."""

    def __init__(self, data: Inputs) -> None:
        self.data = data

    def prior(self, seed: int) -> xr.Dataset:
        return chained(random_draws(self.data, 8, seed=seed))

    def posterior(self, _inputs: Inputs, *, seed: int, settings: Settings) -> xr.DataTree:
        assert settings.draws > 0
        drawn = chained(random_draws(self.data, RANKED_AMONG, seed=10_000 + seed))
        calm = xr.Dataset({"diverging": (("chain", "draw"), np.zeros((1, RANKED_AMONG), bool))})
        return xr.DataTree.from_dict({"posterior": drawn, "sample_stats": calm})


@pytest.fixture(scope="module")
def ranked(data: Inputs) -> xr.Dataset:
    return simulations(IgnoresTheData(data), data, count=RECORDS, seed=1)


def test_only_the_likelihood_catches_a_sampler_that_ignores_the_data(ranked: xr.Dataset) -> None:
    """Its parameters rank uniformly; the log likelihood of the truth is always far above."""
    judged = verdicts(ranked).set_index(quantity="quantity")
    failed = judged["quantity"].to_numpy()[judged["failed"].to_numpy()]

    assert failed.tolist() == ["log likelihood"]
    assert (ranked["rank"].sel(quantity="log likelihood") == RANKED_AMONG).all()


def test_every_simulation_has_a_record_of_its_own(ranked: xr.Dataset) -> None:
    """More simulations than prior draws at a time are no trouble, and none is repeated."""
    assert ranked.sizes["simulation"] == RECORDS
    assert len(set(ranked["events"].to_numpy().tolist())) >= RECORDS - 1
    assert (ranked["divergences"] == 0).all()
    assert (ranked["ess"] > 0).all()


def test_every_top_level_parameter_is_ranked(data: Inputs, ranked: xr.Dataset) -> None:
    """Each named parameter, each coordinate, three event queries and the log likelihood."""
    draws = random_draws(data, 2, seed=1)
    names = {str(name).partition("[")[0] for name in ranked["quantity"].to_numpy()}
    skipped = {name for name in map(str, draws) if name.endswith("_raw")} | set(NOT_TOP_LEVEL)
    coordinates = sum(draws[name][0].size for name in draws if name not in skipped)

    assert names >= set(map(str, draws)) - skipped
    assert not names & skipped
    assert ranked.sizes["quantity"] == coordinates + 4


def test_quantities_follow_their_draws(data: Inputs) -> None:
    """A quantity has the value of its parameter, draw by draw; chances lie between 0 and 1."""
    draws = chained(random_draws(data, 5, seed=1))
    found = quantities(draws, data)

    np.testing.assert_array_equal(found["own_host"], draws["own_host"])
    at = draws["bilateral"].sel(series="APEC")
    np.testing.assert_array_equal(found["bilateral[APEC]"], at)
    for name in ("leaders meet within a year", "leaders meet at APEC", "announced contact is lost"):
        assert ((found[name] > 0) & (found[name] < 1)).all()
