"""Reweighting a stored posterior in the place of a fit: when, from what, and how it is said."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr

from forecasts.inference.fit import Settings
from forecasts.inference.stored import constant_data
from forecasts.ledger import Store, open_store, write_run
from forecasts.pipeline.issue import run_into
from forecasts.pipeline.reuse import (
    REWEIGHTED,
    SAMPLED,
    Source,
    model_digest,
    nearest_source,
    reuse,
)
from forecasts.pipeline.run import Order, run
from forecasts.world.inputs import inputs
from tests.builders_run import run_document
from tests.builders_walk import random_draws
from tests.builders_world import real_portfolio

DAY = date(2023, 6, 18)
ORDER = Order(as_of=DAY, settings=Settings(draws=300, chains=1))
NOW = datetime(2023, 6, 19, tzinfo=UTC)


def stored(store: Store, day: date, number: int = 1, **over: Any) -> str:
    """Enter a sampled run of `day`, its posterior random draws, and return its identifier."""
    data = inputs(real_portfolio().as_of(day), real_portfolio())
    tree = xr.DataTree.from_dict({
        "posterior": random_draws(data, 1),
        "constant_data": constant_data(data),
    })
    digest = model_digest(real_portfolio(), ORDER.seed, ORDER.settings)
    identifier = f"{number:016x}"
    document = run_document(
        run_id=identifier,
        as_of=day.isoformat(),
        posterior={"how": SAMPLED, "digest": digest},
        **over,
    )
    write_run(store, document, lambda path: tree.to_netcdf(path, engine="h5netcdf"), {"seed": 1})
    return identifier


def found(store: Store, day: date = DAY) -> Source | None:
    digest = model_digest(real_portfolio(), ORDER.seed, ORDER.settings)
    return nearest_source(store, digest, day)


def test_the_nearest_sampled_run_is_the_source(tmp_path: Path) -> None:
    """Of three runs, the one whose day is nearest serves, not the last one entered."""
    store = open_store(tmp_path)
    for number, days in enumerate((-90, -7, -300), start=1):
        stored(store, DAY + timedelta(days=days), number)

    source = found(store)
    assert source is not None
    assert source.run_id == f"{2:016x}"


@pytest.mark.parametrize(
    "over",
    [
        {"posterior": {"how": REWEIGHTED, "from_run": "0" * 16}},
        {"posterior": {"how": SAMPLED, "digest": "another"}},
        {"gates": {"passed": False}},
    ],
)
def test_what_must_not_be_a_source_is_none(tmp_path: Path, over: dict[str, Any]) -> None:
    """Reweighted posteriors, other models and failed gates are passed over."""
    data = inputs(real_portfolio().as_of(DAY), real_portfolio())
    digest = model_digest(real_portfolio(), ORDER.seed, ORDER.settings)
    whole = {"posterior": {"how": SAMPLED, "digest": digest}} | over
    store = open_store(tmp_path)
    tree = xr.DataTree.from_dict({"posterior": random_draws(data, 1)})
    document = run_document(run_id="1" * 16, as_of=DAY.isoformat(), **whole)
    write_run(store, document, lambda path: tree.to_netcdf(path, engine="h5netcdf"), {"seed": 1})

    assert found(store) is None


def test_another_prior_seed_or_effort_is_another_model() -> None:
    """The digest changes with what a posterior depends on, and not with the evidence."""
    portfolio = real_portfolio()
    usual = model_digest(portfolio, 1, Settings())
    files = dict(portfolio.files)
    fact = next(name for name in files if name.startswith("evidence/"))
    belief = next(name for name in files if name.startswith("elicited/"))

    assert model_digest(replace(portfolio, files=files | {fact: "0"}), 1, Settings()) == usual
    assert model_digest(replace(portfolio, files=files | {belief: "0"}), 1, Settings()) != usual
    assert model_digest(portfolio, 2, Settings()) != usual
    assert model_digest(portfolio, 1, Settings(draws=10)) != usual


def test_the_same_record_leaves_all_draws_equal(tmp_path: Path) -> None:
    """Nothing new: every weight is the same, and the answers rest on every draw."""
    store = open_store(tmp_path)
    stored(store, DAY)
    data = inputs(real_portfolio().as_of(DAY), real_portfolio())
    source = found(store)
    assert source is not None

    again = reuse(source, data, seed=1)

    assert again is not None
    assert again.weights.ess == pytest.approx(300)
    assert again.kept == pytest.approx(1.0)


def test_far_from_the_source_nothing_is_reused(tmp_path: Path) -> None:
    """Twenty years of new facts are too much for any weights."""
    store = open_store(tmp_path)
    stored(store, date(2003, 1, 1))
    source = found(store)
    assert source is not None

    data = inputs(real_portfolio().as_of(DAY), real_portfolio())
    assert reuse(source, data, seed=1) is None


def test_a_damaged_posterior_is_not_reused(tmp_path: Path) -> None:
    """A corrupt file is no source; the run samples."""
    store = open_store(tmp_path)
    stored(store, DAY)
    source = found(store)
    assert source is not None
    source.run.posterior.write_bytes(b"not netCDF")

    data = inputs(real_portfolio().as_of(DAY), real_portfolio())
    assert reuse(source, data, seed=1) is None


def never(*_: Any, **__: Any) -> Any:
    pytest.fail("a posterior was sampled where a stored one serves")


def test_a_rerun_reweights_says_so_and_is_entered_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a few new facts no fit is made; the document names the source; again is a no-op."""
    store = open_store(tmp_path)
    monkeypatch.setattr("forecasts.pipeline.run.fit", never)
    monkeypatch.setattr("forecasts.pipeline.run.code_version", lambda: "of one moment")
    monkeypatch.setattr("forecasts.inference.gates.MCSE_AT_MOST", 1.0)
    source = stored(store, DAY - timedelta(days=1))

    document, new = run_into(store, real_portfolio(), ORDER, issued_at=NOW)
    again, twice = run_into(store, real_portfolio(), ORDER, issued_at=NOW)

    assert new
    assert not twice
    assert again == json.loads(json.dumps(document))
    assert document["posterior"]["how"] == REWEIGHTED
    assert document["posterior"]["from_run"] == source
    assert document["gates"]["khat"] <= 0.7
    assert all(0 <= each["probability"] <= 1 for each in document["answers"])


@pytest.mark.parametrize("used", [False, True])
def test_signals_move_answers_only_where_the_portfolio_says_so(tmp_path: Path, used: bool) -> None:
    """The step of signals, and answers equal to those with signals, come with the declaration."""
    store = open_store(tmp_path)
    stored(store, DAY)
    source = found(store)
    portfolio = replace(real_portfolio(), signals_in_answers=used)
    assert source is not None
    reused = reuse(source, inputs(portfolio.as_of(DAY), portfolio), seed=1)

    document = run(portfolio, ORDER, issued_at=NOW, reused=reused).document

    answers = [each for each in document["answers"] if each["with_signals"]]
    same = [each["probability"] == each["with_signals"]["probability"] for each in answers]
    names = {step["name"] for each in document["answers"] for step in each["drivers"]}
    assert ("signals" in names) is used
    assert all(same) if used else not all(same)
    assert document["signals_in_answers"] is used


class Sampled(Exception):
    """Stands for a fit that was begun."""


def samples(*_: Any, **__: Any) -> Any:
    raise Sampled


@pytest.mark.parametrize("why", ["--refit", "k-hat", "gates"])
def test_a_fit_is_made_where_one_is_needed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, why: str
) -> None:
    """When asked for, when weights fail, and when answers do not pass the gates."""
    store = open_store(tmp_path)
    stored(store, DAY - timedelta(days=1))
    monkeypatch.setattr("forecasts.pipeline.run.fit", samples)
    bar = {"--refit": 1.0, "k-hat": 1.0, "gates": -1.0}[why]
    monkeypatch.setattr("forecasts.inference.gates.MCSE_AT_MOST", bar)
    if why == "k-hat":
        monkeypatch.setattr("forecasts.inference.update.KHAT_AT_MOST", -np.inf)

    with pytest.raises(Sampled):
        run_into(store, real_portfolio(), ORDER, issued_at=NOW, refit=why == "--refit")


def test_reweighting_needs_no_sampler() -> None:
    """The way of a rerun imports neither PyMC nor what compiles it."""
    code = (
        "import sys; import forecasts.pipeline.issue, forecasts.world.simulate; "
        "print(sorted({'pymc', 'pytensor', 'nutpie'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"
