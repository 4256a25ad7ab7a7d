"""Two stored runs of the bundled portfolio, their posterior random draws: no fit is made."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import xarray as xr

from forecasts.attribution.states import Basis, Effort, State, reach_until
from forecasts.inference.stored import constant_data
from forecasts.ledger import Store, keep_files, open_store, write_run
from forecasts.pipeline.codes import code_version
from forecasts.pipeline.recall import asked_of
from forecasts.world.inputs import inputs
from tests.builders_run import run_document
from tests.builders_walk import random_draws
from tests.builders_world import real_portfolio

EARLY, LATE = date(2023, 6, 18), date(2023, 6, 20)
EARLY_RUN, LATE_RUN = "1" * 16, "2" * 16
QUESTION = "leaders-meet-by-2023-12-31"
DRAWS, REPLICATES = 200, 4
UNREAD = ("level_first_cut", "level_cut_step")


def put_run(store: Store, day: date, run_id: str, *, keep: bool = True, **over: Any) -> str:
    """Store a run of `day` whose draws are those of the early day, reweighted where it is later."""
    portfolio = real_portfolio()
    record = inputs(portfolio.as_of(EARLY), portfolio)
    drawn = random_draws(record, 1, DRAWS)
    for name in UNREAD:  # neither the simulator nor the likelihood reads them
        drawn[name] = drawn["level_visit"]
    how: Mapping[str, Any] = {"how": "sampled", "digest": "x"}
    if day != EARLY:
        how = {"how": "reweighted", "from_run": EARLY_RUN, "ess": 150.0}
        record = inputs(portfolio.as_of(day), portfolio)
    tree = xr.DataTree.from_dict({"posterior": drawn, "constant_data": constant_data(record)})
    probability = _probability(day, drawn)
    document = run_document(
        run_id=run_id,
        as_of=day.isoformat(),
        known_through=day.isoformat(),
        files=dict(portfolio.files),
        posterior=how,
        draws=DRAWS,
        futures=DRAWS * REPLICATES,
        horizon_days=540,
        code_version=code_version(),
        answers=[
            {**run_document()["answers"][0], "question": QUESTION, "mcse": 0.01}
            | {"probability": probability}
        ],
        issued_at=datetime(2026, 11, 24, tzinfo=UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    ) | over  # fmt: skip
    if keep:
        keep_files(store, portfolio.root, portfolio.files)
    save = {"path": lambda path: tree.to_netcdf(path, engine="h5netcdf")}
    write_run(store, document, save["path"], {"seed": 1})
    return run_id


def _probability(day: date, drawn: xr.Dataset) -> float:
    """What the early draws, reweighted to a day, give with other random numbers."""
    portfolio = real_portfolio()
    record = inputs(portfolio.as_of(EARLY), portfolio)
    effort = Effort(DRAWS, REPLICATES, 7, DRAWS * REPLICATES)
    view = portfolio.as_of(day)
    state = State(view, portfolio, portfolio.signals_in_answers)
    question = portfolio.questions[QUESTION]
    ends = reach_until(asked_of(question), question.closes, view)
    basis = Basis(drawn, record, portfolio, effort)
    return basis.reach(asked_of(question), state, ends).probability


def two_runs(folder: Path) -> Store:
    """A store with a sampled run of 18 June 2023, and one of two days later reweighted from it."""
    store = open_store(folder)
    put_run(store, EARLY, EARLY_RUN)
    put_run(store, LATE, LATE_RUN)
    return store
