"""The world model on the real record: its groups, its likelihood, its honesty.

One compiled model serves the whole file: compiling is what costs.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from scipy.special import gammaln

from forecasts.inference.fit import Sampler, Settings, fit
from forecasts.inference.sbc import simulations, verdicts
from forecasts.portfolio import Portfolio, bundled, load
from forecasts.world.inputs import Inputs, inputs
from forecasts.world.loglik import log_likelihood
from forecasts.world.logprior import log_prior, log_standard_normal
from forecasts.world.model import build, coordinates

pytestmark = pytest.mark.slow

AS_OF = date(2023, 6, 18)
SMALL = Settings(draws=300, tune=400)
TINY = Settings(draws=40, tune=100, chains=2, cores=2)
SIMULATIONS = 20


@dataclass(frozen=True)
class Fitted:
    portfolio: Portfolio
    data: Inputs
    sampler: Sampler
    tree: xr.DataTree


@pytest.fixture(scope="module")
def fitted() -> Fitted:
    """A short fit of the real record; later fits of this file reuse its compiled model."""
    portfolio = load(bundled())
    data = inputs(portfolio.as_of(AS_OF), portfolio)
    sampler = Sampler(data, portfolio.priors)
    tree = fit(data, portfolio.priors, seed=1, settings=SMALL, sampler=sampler)
    return Fitted(portfolio, data, sampler, tree)


def test_groups_and_dims_are_named(fitted: Fitted) -> None:
    """A fit returns posterior, prior, statistics, likelihood and data, with dims of known names."""
    tree = fitted.tree
    names = {"chain", "draw", *coordinates(fitted.data)}

    assert {"posterior", "prior", "sample_stats", "log_likelihood", "constant_data"} <= {*tree}
    assert {str(dim) for dim in tree["posterior"].dims} <= names
    assert {str(dim) for dim in tree["prior"].dims} <= names
    assert tree["posterior"].sizes["chain"] == SMALL.chains
    assert tree["posterior"].sizes["draw"] == SMALL.draws
    assert {"level_case", "bilateral_case"} <= {str(d) for d in tree["log_likelihood"].dims}
    assert all(np.isfinite(array).all() for array in tree["log_likelihood"].data_vars.values())


def test_constant_data_is_what_was_read(fitted: Fitted) -> None:
    """The group of constant data holds the arrays of the view, unchanged."""
    kept = fitted.tree["constant_data"]

    np.testing.assert_array_equal(kept["exposure.events"], fitted.data.exposure.events)
    np.testing.assert_array_equal(kept["plans.lost"], fitted.data.plans.lost)


def test_prior_draws_name_every_free_parameter(fitted: Fitted) -> None:
    """Each parameter of the posterior that is drawn has prior draws, and they are wider."""
    prior, posterior = (fitted.tree[group].to_dataset() for group in ("prior", "posterior"))

    assert set(posterior.data_vars) - set(prior.data_vars) == {"level_cuts"}
    share = posterior["log_rate"].std(("chain", "draw")) / prior["log_rate"].std(("chain", "draw"))
    assert float(share.mean()) < 0.7


@dataclass(frozen=True)
class AtPoints:
    """Random parameters, what the graph makes of its terms there, and its prior densities."""

    points: xr.Dataset
    terms: dict[str, np.ndarray]
    prior: np.ndarray


@pytest.fixture(scope="module")
def at_points(fitted: Fitted) -> AtPoints:
    """The graph evaluated at four random points."""
    model = build(fitted.data, fitted.portfolio.priors)
    potentials = model.replace_rvs_by_values(model.potentials)
    seen = [*model.observed_RVs, *model.free_RVs]
    logps = model.logp(vars=seen, sum=False, jacobian=False)
    shown = model.unobserved_value_vars
    evaluate = model.compile_fn(
        [*shown, *potentials, *(term.sum() for term in logps)],
        inputs=model.value_vars,
        mode="FAST_COMPILE",
        on_unused_input="ignore",
        point_fn=False,
    )
    rng, first = np.random.default_rng(5), model.initial_point()
    rows = []
    for _ in range(4):
        point = {k: v + rng.normal(0.0, 0.4, np.shape(v)) for k, v in first.items()}
        rows.append(evaluate(*(point[variable.name] for variable in model.value_vars)))
    columns = [np.stack([np.asarray(row[i]) for row in rows]) for i in range(len(rows[0]))]
    values = {v.name: column for v, column in zip(shown, columns, strict=False)}
    names = [variable.name for variable in (*model.potentials, *seen)]
    terms = dict(zip(names, columns[len(shown) :], strict=True))
    points = xr.Dataset(
        {
            name: (("chain", "draw", *model.named_vars_to_dims.get(name, ())), values[name][None])
            for name in fitted.tree["posterior"].data_vars
        },
        coords={
            "chain": [0],
            "draw": np.arange(len(rows)),
            **{name: list(at) for name, at in model.coords.items()},
        },
    )
    prior = np.sum([terms.pop(variable.name) for variable in model.free_RVs], axis=0)
    return AtPoints(points, terms, prior)


def test_terms_of_the_likelihood_sum_to_those_of_the_graph(
    fitted: Fitted, at_points: AtPoints
) -> None:
    """Written twice, in NumPy and in the graph, every component agrees at random points.

    Levels and breakthroughs are one component; counts of signals lack the factorials.
    """
    found = log_likelihood(at_points.points, fitted.data)
    total = {str(n): v.sum(str(v.dims[-1])).to_numpy().ravel() for n, v in found.items()}
    graph = dict(at_points.terms)
    graph["level"] = graph.pop("levels") + graph.pop("breakthroughs")
    recent = fitted.data.signals.recent_count
    graph["signal_count"] = graph["signal_count"] + gammaln(recent + 1.0).sum()

    assert set(graph) == set(total)
    for name, expected in graph.items():
        np.testing.assert_allclose(total[name], expected, rtol=1e-9, err_msg=name)


def test_declared_priors_are_those_of_the_graph(fitted: Fitted, at_points: AtPoints) -> None:
    """Densities of the declared priors and of the standard normals sum to the graph's."""
    flat = at_points.points.isel(chain=0).rename(draw="sample")
    declared = log_prior(flat, fitted.portfolio.priors)
    parts = [*declared.data_vars.values(), *log_standard_normal(flat).data_vars.values()]
    total = np.sum([part.to_numpy().reshape(4, -1).sum(axis=1) for part in parts], axis=0)

    np.testing.assert_allclose(total, at_points.prior, rtol=1e-9)


def test_shares_have_their_exact_posterior(fitted: Fitted) -> None:
    """Where prior and likelihood are conjugate, sampled means and spreads are the closed form's."""
    posterior = fitted.tree["posterior"].to_dataset().stack(sample=("chain", "draw"))
    leads, cases = fitted.data.leads, fitted.data.outcomes
    exact = {
        "venue_share": 1.0 + cases.venue_count,
        "announced_share": 2.0 + np.stack([leads.announced, leads.contacts - leads.announced], 1),
    }
    for name, weight in exact.items():
        total = weight.sum(axis=1, keepdims=True)
        mean = weight / total
        spread = np.sqrt(mean * (1.0 - mean) / (total + 1.0))
        drawn = posterior[name].to_numpy().reshape(len(weight), -1, posterior.sizes["sample"])
        columns = drawn.shape[1]  # of two shares that sum to one, the first is drawn
        off = (drawn.mean(axis=-1) - mean[:, :columns]) / spread[:, :columns]
        assert np.abs(off).max() < 0.25, name
        ratio = drawn.std(axis=-1) / spread[:, :columns]
        assert 0.8 < ratio.min() < ratio.max() < 1.2, name


def test_known_parameters_rank_evenly_among_posterior_draws(fitted: Fitted) -> None:
    """Over records made up from prior draws no quantity is ranked unevenly beyond chance.

    Quantities are all top-level parameters, the log likelihood and event queries;
    `forecasts diagnose --sbc 200` does the same at length.
    """
    ranked = simulations(fitted.sampler, fitted.data, count=SIMULATIONS, seed=11)
    judged = verdicts(ranked)

    assert judged["quantity"].to_numpy()[judged["failed"].to_numpy()].tolist() == []
    assert float((~judged["inside"]).mean()) < 0.15
    assert 0.74 < float(judged["coverage_80"].mean()) < 0.86
    assert 0.85 < float(judged["coverage_90"].mean()) < 0.95


_DIGEST = """
from tests.world.test_model_slow import AS_OF, TINY, digest
from forecasts.inference.fit import fit
from forecasts.portfolio import bundled, load
from forecasts.world.inputs import inputs
portfolio = load(bundled())
data = inputs(portfolio.as_of(AS_OF), portfolio)
print(digest(fit(data, portfolio.priors, seed=7, settings=TINY)))
"""


def digest(tree: xr.DataTree) -> str:
    """Hash of every posterior draw, to the last bit."""
    posterior = tree["posterior"].to_dataset()
    total = hashlib.sha256()
    for name in sorted(map(str, posterior.data_vars)):
        total.update(name.encode())
        total.update(np.ascontiguousarray(posterior[name].to_numpy()).tobytes())
    return total.hexdigest()


def test_one_core_or_two_give_the_same_draws(fitted: Fitted) -> None:
    """The same seed gives the same draws to the bit on one core and on two; another does not."""
    one, two = (_tiny(fitted, cores=cores) for cores in (1, 2))

    assert one == two
    assert _tiny(fitted, cores=2, seed=8) != two


def test_cold_compile_cache_gives_the_same_draws(fitted: Fitted, tmp_path: Path) -> None:
    """A fresh process with an empty compile cache repeats the draws of this one to the bit."""
    environment = {
        **os.environ,
        "PYTENSOR_FLAGS": f"base_compiledir={tmp_path}",
        "NUMBA_CACHE_DIR": str(tmp_path / "numba"),
    }
    done = subprocess.run(
        [sys.executable, "-c", _DIGEST],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
        cwd=Path(__file__).parents[2],
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout.split()[-1] == _tiny(fitted, cores=1)


def _tiny(fitted: Fitted, *, cores: int, seed: int = 7) -> str:
    settings = Settings(TINY.draws, TINY.tune, TINY.chains, cores)
    return digest(
        fit(
            fitted.data,
            fitted.portfolio.priors,
            seed=seed,
            settings=settings,
            sampler=fitted.sampler,
        )
    )
