"""The calibration line is the maximum likelihood line, and its intervals behave."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr
from scipy.optimize import minimize

from forecasts.scoring.logistic import LogitFit, logit_fit
from forecasts.scoring.resampling import resample_clusters


def fit(said: np.ndarray, happened: np.ndarray, *, seed: int = 1, n: int = 500) -> LogitFit:
    return logit_fit(
        probability=xr.DataArray(said, dims="cell"),
        outcome=xr.DataArray(happened, dims="cell"),
        resampling=resample_clusters(np.arange(said.size), seed=seed, n=n),
    )


def drawn(slope: float, cells: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    odds = rng.normal(0.5, 1.5, cells)
    happened = rng.random(cells) < 1 / (1 + np.exp(-slope * odds))
    return 1 / (1 + np.exp(-odds)), happened.astype(np.float64)


def test_the_line_is_the_most_likely_one() -> None:
    """A general optimiser finds the same line."""
    said, happened = drawn(0.7, 300, seed=1)
    odds = np.log(said / (1 - said))

    def loss(line: np.ndarray) -> float:
        at = line[0] + line[1] * odds
        return float(np.logaddexp(0, at).sum() - at @ happened)

    found = fit(said, happened)

    best = minimize(loss, [0.0, 1.0]).x
    assert [found.intercept.value, found.slope.value] == pytest.approx(best, abs=1e-4)


def test_a_replicate_is_a_refit_of_its_cells() -> None:
    """With one replicate, both ends of the interval are the fit to the cells that it drew."""
    said, happened = drawn(1.0, 60, seed=2)
    once = resample_clusters(np.arange(60), seed=7, n=1)
    copies = np.repeat(np.arange(60), once.times[0])

    found = fit(said, happened, seed=7, n=1)

    refit = fit(said[copies], happened[copies])
    assert found.slope.low == found.slope.high == pytest.approx(refit.slope.value, rel=0.01)
    assert found.intercept.low == pytest.approx(refit.intercept.value, abs=0.01)


@pytest.mark.parametrize("slope", [0.5, 1.0, 2.0])
def test_the_interval_finds_the_slope(slope: float) -> None:
    """The slope that outcomes were drawn with lies inside, and slopes far from it outside."""
    found = fit(*drawn(slope, 2000, seed=3)).slope

    assert found.low <= slope <= found.high
    assert found.high - found.low < 0.4


def test_forecasts_in_a_narrow_range_can_have_a_steep_line() -> None:
    """Said 49.75 % and 50.25 %, happened 1 and 4 times in 5: log-odds change 277 times as fast."""
    said = np.repeat([0.4975, 0.5025], 5)
    happened = np.array([1, 0, 0, 0, 0, 1, 1, 1, 1, 0], dtype=np.float64)

    found = fit(said, happened)

    span = np.log(said[-1] / (1 - said[-1])) - np.log(said[0] / (1 - said[0]))
    assert found.slope.value == pytest.approx(2 * np.log(4) / span)


def test_separated_outcomes_have_an_infinite_slope() -> None:
    """Where all that happened was said to be likelier than all that did not, there is no end."""
    found = fit(np.array([0.2, 0.3, 0.6, 0.7]), np.array([0.0, 0.0, 1.0, 1.0]))

    assert found.slope.value == np.inf
    assert np.isnan(found.intercept.value)


@pytest.mark.parametrize(
    ("said", "happened"),
    [([0.3, 0.3, 0.3], [0, 1, 0]), ([0.1, 0.5, 0.6], [1, 1, 1]), ([0.5], [np.nan])],
)
def test_without_variety_there_is_no_line(said: list[float], happened: list[float]) -> None:
    """Equal forecasts, equal outcomes or no scored cell give NaN, not a number."""
    found = fit(np.array(said), np.array(happened, dtype=np.float64))

    assert np.isnan([found.slope.value, found.slope.low, found.slope.high]).all()
