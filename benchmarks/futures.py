"""Simulating 100,000 futures of 540 days and answering all June 2023 questions from them."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from datetime import date
from statistics import median

import xarray as xr

from benchmarks.measuring import Figure
from forecasts.inference.answers import Answer, answer
from forecasts.ledger import open_store, pick_run
from forecasts.pipeline.run import DRAWS, REPLICATES
from forecasts.portfolio import Portfolio, bundled, load
from forecasts.questions.futures import Futures
from forecasts.questions.names import named
from forecasts.world.inputs import inputs
from forecasts.world.simulate import simulate

HORIZON_DAYS, TIMES = 540, 5


def measure(options: argparse.Namespace) -> tuple[str, list[Figure]]:
    """Time both steps on the posterior of a stored run, after a first round that may compile."""
    run = pick_run(open_store(options.store), options.run)
    posterior = xr.open_datatree(run.posterior, engine="h5netcdf").load()["posterior"].to_dataset()
    day = date.fromisoformat(run.as_of)
    portfolio = load(bundled())
    simulated = _simulator(portfolio, day, posterior)
    _answers(portfolio, day, simulated(0))
    seconds, futures, answers = [], simulated(0), []
    busy = time.process_time()
    for seed in range(1, TIMES + 1):
        began = time.perf_counter()
        futures = simulated(seed)
        between = time.perf_counter()
        answers = _answers(portfolio, day, futures)
        seconds.append((between - began, time.perf_counter() - between))
    busy = (time.process_time() - busy) / TIMES
    worst = max(each.estimate.mcse for each in answers)
    count = f"median of {TIMES}"
    return f"python -m benchmarks futures --store STORE --run {options.run or 'RUN'}", [
        Figure("futures", futures.size, "", "≥ 100,000", f"of {HORIZON_DAYS} days each"),
        Figure("simulating", median(s for s, _ in seconds), "s", "", count),
        Figure("answering", median(a for _, a in seconds), "s", "", f"{len(answers)} questions"),
        Figure("both", median(s + a for s, a in seconds), "s", "≤ 5", count),
        Figure("both, processor time", busy, "s", "", "over all cores; a busy machine waits"),
        Figure("largest Monte Carlo error", 100 * worst, "points", "≤ 0.5"),
    ]


def _simulator(portfolio: Portfolio, day: date, posterior: xr.Dataset) -> Callable[[int], Futures]:
    view = portfolio.as_of(day)
    data = inputs(view, portfolio)
    names = frozenset[str]().union(*(named(q.event) for q in portfolio.open_questions(day)))

    def simulated(seed: int) -> Futures:
        return simulate(
            posterior,
            view,
            portfolio,
            data,
            horizon_days=HORIZON_DAYS,
            draws=DRAWS,
            replicates=REPLICATES,
            seed=seed,
            named=names,
        )

    return simulated


def _answers(portfolio: Portfolio, day: date, futures: Futures) -> list[Answer]:
    return [answer(q, futures, chains=4) for q in portfolio.open_questions(day)]
