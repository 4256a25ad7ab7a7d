"""The world model on the real record: its groups, its likelihood, its honesty.

One compiled model serves the whole file: compiling is what costs.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr

from forecasts.inference.fit import TARGET_ACCEPT, Settings, fit
from forecasts.portfolio import Portfolio, bundled, load
from forecasts.world.inputs import Inputs, inputs
from forecasts.world.loglik import log_likelihood
from forecasts.world.model import build, coordinates
from tests.world.recovery import packed, pretended

pytestmark = pytest.mark.slow

AS_OF = date(2023, 6, 18)
SMALL = Settings(draws=300, tune=400)
TINY = Settings(draws=40, tune=100, chains=2, cores=2)
REPLICATES = 12
RECOVERED = (
    "log_rate",
    "recency_log_ratio",
    "detection",
    "signal_scale",
    "administration_loading",
    "administration_sd",
    "loss_log_hazard",
    "loss_last_week",
    "lost_plan_detection",
    "postponed_share",
    "level_first_cut",
    "level_visit",
    "level_kind_sd",
    "level_sd",
    "breakthrough_share",
    "bilateral_recency",
)


@dataclass(frozen=True)
class Fitted:
    portfolio: Portfolio
    data: Inputs
    compiled: Any
    tree: xr.DataTree


@pytest.fixture(scope="session")
def fitted() -> Iterator[Fitted]:
    """A short fit of the real record; later fits of this process reuse its compiled model."""
    import nutpie

    portfolio = load(bundled())
    data = inputs(portfolio.as_of(AS_OF), portfolio)
    compile_once, kept = nutpie.compile_pymc_model, list[Any]()

    def compile_or_reuse(model: Any) -> Any:
        if not kept:
            kept.append(compile_once(model))
        return kept[0]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(nutpie, "compile_pymc_model", compile_or_reuse)
        tree = fit(data, portfolio.priors, seed=1, settings=SMALL)
        yield Fitted(portfolio, data, kept[0], tree)


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


def test_terms_of_the_likelihood_sum_to_those_of_the_graph(fitted: Fitted) -> None:
    """Written twice, in NumPy and in the graph, the likelihood agrees at random points."""
    points, graph = _at_random_points(fitted, count=4)
    terms = log_likelihood(points, fitted.data)

    def total(name: str) -> np.ndarray:
        return terms[name].sum(str(terms[name].dims[-1])).to_numpy().ravel()

    sums = {
        "background": graph["background"],
        "plan_fate": graph["plan_fate"],
        "level": graph["levels"] + graph["breakthroughs"],
        "bilateral_held": graph["bilateral_held"],
        "us_there": graph["us_there"],
        "prc_there": graph["prc_there"],
    }
    assert set(sums) == set(terms.data_vars)
    for name, expected in sums.items():
        np.testing.assert_allclose(total(name), expected, rtol=1e-9, err_msg=name)


def _at_random_points(fitted: Fitted, count: int) -> tuple[xr.Dataset, dict[str, np.ndarray]]:
    """Random parameters, and what the graph makes of each potential and observed variable."""
    model = build(fitted.data, fitted.portfolio.priors)
    potentials = model.replace_rvs_by_values(model.potentials)
    seen = [rv for rv in model.observed_RVs if rv.name.endswith(("_held", "_there"))]
    logps = model.logp(vars=seen, sum=False)
    shown = model.unobserved_value_vars
    names = [p.name for p in model.potentials] + [rv.name for rv in seen]
    evaluate = model.compile_fn(
        [*shown, *potentials, *(term.sum() for term in logps)],
        inputs=model.value_vars,
        mode="FAST_COMPILE",
        on_unused_input="ignore",
        point_fn=False,
    )
    rng, first = np.random.default_rng(5), model.initial_point()
    rows = []
    for _ in range(count):
        point = {k: v + rng.normal(0.0, 0.4, np.shape(v)) for k, v in first.items()}
        rows.append(evaluate(*(point[variable.name] for variable in model.value_vars)))
    columns = [np.stack([np.asarray(row[i]) for row in rows]) for i in range(len(rows[0]))]
    values = {v.name: column for v, column in zip(shown, columns, strict=False)}
    points = xr.Dataset(
        {
            name: (("chain", "draw", *model.named_vars_to_dims.get(name, ())), values[name][None])
            for name in fitted.tree["posterior"].data_vars
        },
        coords={
            "chain": [0],
            "draw": np.arange(count),
            **{name: list(at) for name, at in model.coords.items()},
        },
    )
    return points, dict(zip(names, columns[len(shown) :], strict=True))


def test_known_parameters_are_recovered(fitted: Fitted) -> None:
    """Of records made up from prior draws, 80 % intervals hold the truth some 80 % of the time."""
    rng = np.random.default_rng(11)
    prior = fitted.tree["prior"].to_dataset().isel(chain=0)
    hits = []
    for number in range(REPLICATES):
        truth = prior.isel(draw=number * 37)
        fit_of_it = _refit(fitted, pretended(truth, fitted.data, rng), seed=number)
        hits.append(_inside(fit_of_it, truth))
    covered = np.mean(hits)

    assert 0.72 < covered < 0.88
    shares = np.mean(hits, axis=0)
    # Twelve fair draws at 0.8 give four or fewer with a chance of 6 in 10,000.
    assert (shares > 4 / REPLICATES).all()


def _refit(fitted: Fitted, made: Inputs, seed: int) -> xr.Dataset:
    import nutpie

    sampled = nutpie.sample(
        fitted.compiled.with_data(**packed(made)),
        draws=250,
        tune=300,
        chains=2,
        cores=2,
        seed=seed,
        save_warmup=False,
        progress_bar=False,
        target_accept=TARGET_ACCEPT[0],
    )
    dataset: xr.Dataset = sampled["posterior"].to_dataset()
    return dataset


def _inside(posterior: xr.Dataset, truth: xr.Dataset) -> list[bool]:
    """Whether each recovered parameter lies in its central 80 %."""
    inside: list[bool] = []
    for name in RECOVERED:
        low, high = posterior[name].quantile([0.1, 0.9], ("chain", "draw")).to_numpy()
        inside.extend(np.ravel((low <= truth[name].to_numpy()) & (truth[name].to_numpy() <= high)))
    return inside


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
    return digest(fit(fitted.data, fitted.portfolio.priors, seed=seed, settings=settings))
