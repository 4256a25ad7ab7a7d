"""Errors of a probability: what the model does not know, and what the simulation does not."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from forecasts.questions.estimates import beta_interval, estimate, log_odds_of

DRAWS, REPLICATES = 400, 25


def simulated(rng: np.random.Generator, p_s: np.ndarray, replicates: int) -> np.ndarray:
    return (rng.uniform(size=(p_s.size, replicates)) < p_s[:, None]).ravel()


def test_epistemic_variance_is_unbiased() -> None:
    """Averaged over simulations, the epistemic variance is that of the true p_s, without noise."""
    rng = np.random.default_rng(3)
    true_variance = stats.beta(6, 4).var()
    found, naive = [], []
    for _ in range(300):
        happens = simulated(rng, rng.beta(6, 4, size=DRAWS), REPLICATES)
        found.append(estimate(happens, np.ones_like(happens), DRAWS).epistemic_sd ** 2)
        naive.append(happens.reshape(DRAWS, -1).mean(axis=1).var(ddof=1))
    error = np.std(found) / np.sqrt(len(found))

    assert np.mean(found) == pytest.approx(true_variance, abs=4 * error)
    assert np.mean(naive) > true_variance + 4 * error  # what the correction is for


def test_without_model_uncertainty_the_interval_closes() -> None:
    """If every draw has the same p, the epistemic sd is near nought, well below the noise."""
    happens = simulated(np.random.default_rng(4), np.full(DRAWS, 0.3), REPLICATES)
    result = estimate(happens, np.ones_like(happens), DRAWS)

    assert result.epistemic_sd < 0.03 < np.sqrt(0.3 * 0.7 / REPLICATES)


def test_mcse_is_the_spread_over_repetitions() -> None:
    """The Monte Carlo error is the standard deviation of the probability over repetitions."""
    rng = np.random.default_rng(5)
    results = []
    for _ in range(400):
        happens = simulated(rng, rng.beta(2, 3, size=100), 10)
        results.append(estimate(happens, np.ones_like(happens), 100))
    spread = np.std([r.probability for r in results], ddof=1)

    assert np.mean([r.mcse for r in results]) == pytest.approx(spread, rel=0.15)


@pytest.mark.parametrize("times", [4, 16])
def test_mcse_shrinks_with_the_root_of_the_effort(times: int) -> None:
    """Four times the draws halve the Monte Carlo error; epistemic sd stays."""
    rng = np.random.default_rng(6)
    few, many = (
        estimate(happens, np.ones_like(happens), draws)
        for draws in (500, 500 * times)
        for happens in [simulated(rng, rng.beta(2, 3, size=draws), 10)]
    )

    assert few.mcse / many.mcse == pytest.approx(np.sqrt(times), rel=0.2)
    assert few.epistemic_sd == pytest.approx(many.epistemic_sd, rel=0.2)


def test_less_efficient_draws_have_more_error() -> None:
    """Correlated draws count for less: the Monte Carlo error grows, the interval does not."""
    rng = np.random.default_rng(7)
    happens = simulated(rng, rng.beta(2, 3, size=200), 10)
    good, poor = (estimate(happens, np.ones_like(happens), 200, efficiency=e) for e in (1.0, 0.25))

    assert good.mcse < poor.mcse <= 2 * good.mcse
    assert good.interval == poor.interval


@given(st.integers(0, 10**6))
def test_ratio_without_a_condition_is_the_plain_share(seed: int) -> None:
    """A conditional on what is always true is the unconditional, error and all."""
    rng = np.random.default_rng(seed)
    happens = simulated(rng, rng.beta(1, 1, size=20), 5)
    result = estimate(happens, np.ones_like(happens), 20)
    shares = happens.reshape(20, 5).mean(axis=1)
    within = happens.reshape(20, 5).var(axis=1, ddof=1).mean() / 5

    assert result.probability == happens.mean()
    assert result.futures == 100
    assert result.epistemic_sd**2 == pytest.approx(max(shares.var(ddof=1) - within, 0.0), abs=1e-12)


def test_mcse_of_a_ratio_is_its_spread() -> None:
    """Also for a conditional, the Monte Carlo error is the spread over repetitions."""
    rng = np.random.default_rng(8)
    results = []
    for _ in range(400):
        condition = simulated(rng, rng.beta(5, 5, size=100), 10)
        happens = condition & simulated(rng, rng.beta(6, 3, size=100), 10)
        results.append(estimate(happens, condition, 100))

    assert np.mean([r.probability for r in results]) == pytest.approx(2 / 3, abs=0.01)
    spread = np.std([r.probability for r in results], ddof=1)
    assert np.mean([r.mcse for r in results]) == pytest.approx(spread, rel=0.15)


@given(st.floats(0.05, 0.95), st.floats(0.01, 0.2))
def test_interval_is_that_of_the_beta_with_these_moments(mean: float, sd: float) -> None:
    """The interval holds 80 % of the Beta distribution with the stated mean and sd."""
    size = mean * (1 - mean) / sd**2 - 1
    if size <= 1.0:
        return
    beta = stats.beta(mean * size, (1 - mean) * size)
    low, high = beta_interval(mean, sd)

    assert beta.mean() == pytest.approx(mean)
    assert beta.std() == pytest.approx(sd)
    assert low == pytest.approx(min(beta.ppf(0.1), mean))
    assert high == pytest.approx(max(beta.ppf(0.9), mean))
    assert 0.0 <= low <= mean <= high <= 1.0


@pytest.mark.parametrize("probability", [0.0, 1.0])
def test_sure_events_have_no_interval(probability: float) -> None:
    """What happens in all futures or in none has itself as interval, and finite log-odds."""
    assert beta_interval(probability, 0.1) == (probability, probability)
    assert np.isfinite(log_odds_of(probability, 1000))
