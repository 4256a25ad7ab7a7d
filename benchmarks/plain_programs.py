"""The two programs that ``plain_model`` compares, each in a process of its own; prints JSON.

``ours`` fits the whole model as ``forecasts run`` does. ``plain`` fits only its
background hazards, written as a first draft would be: one Bernoulli for each
week and kind, with the complementary log-log of the weekly hazard, by the
defaults of ``pm.sample``: 1000 + 1000 draws by nutpie, which `pm.sample` takes
where it is installed. It is called directly, to time compiling and sampling apart.
``plain-whole`` is the whole model with its background written that way.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import Any
from unittest.mock import patch

import numpy as np
import nutpie
import pymc as pm
import pytensor
import pytensor.tensor as pt

from benchmarks.weekly import DAYS, Weeks, weeks
from forecasts.dates import DAYS_PER_YEAR
from forecasts.inference.fit import TARGET_ACCEPT, Settings
from forecasts.portfolio import bundled, load
from forecasts.portfolio.declared import Prior
from forecasts.world import model as world_model
from forecasts.world.inputs import Inputs, inputs
from forecasts.world.model import build, coordinates
from forecasts.world.priors import field

PLAIN_DRAWS, PLAIN_TUNE = 1000, 1000
GRADIENTS = 300


def main() -> None:
    """Fit one of the two and print its figures as JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("program", choices=("ours", "plain", "plain-whole"))
    parser.add_argument("--as-of", type=date.fromisoformat, required=True)
    parser.add_argument("--scale", type=float, default=1.0)
    options = parser.parse_args()
    portfolio = load(bundled())
    view = portfolio.as_of(options.as_of)
    data = inputs(view, portfolio)
    if options.program == "ours":
        model, cells = build(data, portfolio.priors), 0
    elif options.program == "plain-whole":
        table = weeks(view, portfolio)
        with patch.object(world_model, "_background", partial(_bernoullis, table)):
            model, cells = build(data, portfolio.priors), table.happened.size
    else:
        table = weeks(view, portfolio)
        model, cells = plain(data, portfolio.priors, table), table.happened.size
    figures = _fit(model, options.program, options.scale)
    print(json.dumps({**figures, "cells": cells}))


def plain(data: Inputs, priors: Mapping[str, Prior], table: Weeks) -> pm.Model:
    """Write down the background hazards with a Bernoulli for each week and kind."""
    coords = coordinates(data)
    shared, own, family = (coords[name] for name in ("shared_effect", "effect", "family"))
    streams, periods = coords["stream"], coords["detection_period"]
    with pm.Model(coords={**coords, "cell": range(table.happened.size)}) as model:
        pair = pm.Normal("pair", 0, 1, dims="administration")
        pair_own = pm.Normal("pair_own", 0, 1, dims=("administration", "effect"))
        loading = pm.HalfNormal(
            "administration_loading",
            field(priors, "administration_loading", "scale", shared),
            dims="shared_effect",
        )
        spread = pm.HalfNormal(
            "administration_sd", field(priors, "administration_sd", "scale", own), dims="effect"
        )
        by_effect = pt.concatenate([loading[:-1], pt.zeros(1), loading[-1:]])
        effects = pair[:, None] * by_effect + pair_own * spread
        median = field(priors, "rate_per_year", "median", streams) / DAYS_PER_YEAR
        sigma = field(priors, "rate_per_year", "sigma", streams)
        log_rate = pm.Normal("log_rate", np.log(median), sigma, dims="stream")
        scale = pm.HalfNormal(
            "signal_scale", field(priors, "signal_scale", "scale", family), dims="family"
        )
        raw = pm.Normal("signal_raw", 0, 1, dims=("family", "stream"))
        slope = scale[:, None] * raw
        recency = pm.Normal(
            "recency_log_ratio",
            field(priors, "recency_log_ratio", "mean", streams),
            field(priors, "recency_log_ratio", "sd", streams),
            dims="stream",
        )
        detection = pm.Beta(
            "detection",
            field(priors, "detection", "alpha", periods),
            field(priors, "detection", "beta", periods),
            dims="detection_period",
        )
        detected = pt.concatenate([pt.ones(1), detection])[table.detection]
        log_hazard = (
            log_rate[table.stream]
            + effects[table.administration, table.stream]
            + (table.reading * slope[:, table.stream].T).sum(axis=1)
            + recency[table.stream] * table.recent
        )
        chance = 1 - pm.math.exp(-pm.math.exp(log_hazard) * detected * DAYS)
        pm.Bernoulli("contact", chance, observed=table.happened, dims="cell")
    return model


def _bernoullis(table: Weeks, prior: Any, _observed: Any, effects: Any) -> None:
    """Stand in for the background hazards of the whole model, one Bernoulli a week and kind."""
    log_rate = prior("rate_per_year", "stream", per_day=True)
    scale = prior("signal_scale", "family")
    slope = scale[:, None] * pm.Normal("signal_raw", 0, 1, dims=("family", "stream"))
    recency = prior("recency_log_ratio", "stream")
    detected = pt.concatenate([pt.ones(1), prior("detection", "detection_period")])
    log_hazard = (
        log_rate[table.stream]
        + effects[table.administration, table.stream]
        + (table.reading * slope[:, table.stream].T).sum(axis=1)
        + recency[table.stream] * table.recent
    )
    chance = 1 - pm.math.exp(-pm.math.exp(log_hazard) * detected[table.detection] * DAYS)
    pm.Bernoulli("contact", chance, observed=table.happened)


def _fit(model: pm.Model, program: str, scale: float) -> dict[str, Any]:
    """Seconds to compile, to sample at `scale`, and for one gradient."""
    settings = Settings()
    draws, tune = settings.draws, settings.tune
    if program != "ours":
        draws, tune = PLAIN_DRAWS, PLAIN_TUNE
    draws, tune = round(draws * scale), round(tune * scale)
    began = time.perf_counter()
    with pytensor.config.change_flags(numba__fastmath=program != "ours"):
        compiled: Any = nutpie.compile_pymc_model(model)
    compiling = time.perf_counter() - began
    chosen: dict[str, Any] = {"target_accept": TARGET_ACCEPT[0]} if program == "ours" else {}
    began = time.perf_counter()
    nutpie.sample(
        compiled,
        draws=draws,
        tune=tune,
        chains=settings.chains,
        cores=settings.cores,
        seed=1,
        save_warmup=False,
        progress_bar=False,
        **chosen,
    )
    sampling = time.perf_counter() - began
    return {
        "compiling": compiling,
        "sampling": sampling,
        "draws": draws,
        "tune": tune,
        "gradient": _gradient(compiled),
    }


def _gradient(compiled: Any) -> float:
    """Median seconds of one evaluation of the log density and its gradient."""
    rng, seconds = np.random.default_rng(1), []
    for _ in range(GRADIENTS):
        point = rng.normal(0.0, 0.1, compiled.n_dim)
        began = time.perf_counter()
        compiled.logp_func(point)
        seconds.append(time.perf_counter() - began)
    return float(np.median(seconds))


if __name__ == "__main__":
    main()
