"""Backtests in a store: resumable, the same on any executor, one at a time."""

from __future__ import annotations

from concurrent.futures import Executor, Future, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import xarray as xr

from forecasts.errors import BadInput, StoreBroken, StoreLocked
from forecasts.evaluation.backtest import Backtest, walked
from forecasts.inference.fit import Settings
from forecasts.ledger import open_store
from forecasts.ledger.backtests import hold_backtest
from forecasts.pipeline import backtest as shell
from forecasts.pipeline.backtest import Job, as_netcdf, backtest, workers
from forecasts.portfolio import bundled
from tests.builders_walk import PretendSampler
from tests.builders_world import real_portfolio

ASKED = Backtest(
    first=date(2013, 1, 1),
    last=date(2013, 3, 2),
    horizons=(30, 90),
    settings=Settings(draws=60, chains=1),
    stretch=1,
)
TIMES = ("seconds", "exact_seconds", "exact_walked_seconds")


@cache
def pretended(asked: Backtest, number: int) -> bytes:
    """One stretch, without a sampler; the same whoever asks."""
    part = walked(real_portfolio(), asked, asked.stretches[number], PretendSampler())
    return as_netcdf(part)


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[Job]:
    """Stretches come from a pretended sampler; the list says which were made."""
    jobs = list[Job]()

    def work(job: Job) -> tuple[bytes, float]:
        jobs.append(job)
        return pretended(job.asked, job.number), 1.0

    monkeypatch.setattr(shell, "work", work)
    monkeypatch.setattr(shell, "code_version", lambda **_: "of one moment")
    return jobs


def run(folder: Path, **over: Any) -> xr.Dataset:
    return backtest(open_store(folder), bundled(), ASKED, **over)


def timeless(table: xr.Dataset) -> xr.Dataset:
    return table.assign_attrs({name: 0.0 for name in TIMES if name in table.attrs})


def test_a_second_call_makes_nothing(tmp_path: Path, made: list[Job]) -> None:
    """Finished stretches are found again, and the table is bit for bit the same."""
    first = run(tmp_path)
    count = len(made)
    second = run(tmp_path)

    assert count == len(ASKED.stretches) == len(made)
    assert first.identical(second)


def test_a_killed_backtest_goes_on_where_it_was(
    tmp_path: Path, made: list[Job], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed in its second stretch, it makes that and the last one, and nothing twice."""
    real = shell.work

    def dies(job: Job) -> tuple[bytes, float]:
        if job.number == 1:
            raise KeyboardInterrupt
        return real(job)

    monkeypatch.setattr(shell, "work", dies)
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path)
    monkeypatch.setattr(shell, "work", real)
    table = run(tmp_path)

    assert [job.number for job in made] == [0, 1, 2]
    assert table.identical(run(tmp_path / "whole"))


def test_an_executor_gives_the_same_table(tmp_path: Path, made: list[Job]) -> None:
    """Three at once, in whatever order they finish: the table is that of one after the other."""
    with ThreadPoolExecutor(3) as executor:
        many = run(tmp_path / "many", executor=executor)

    assert many.identical(run(tmp_path / "one"))
    assert len(made) == 2 * len(ASKED.stretches)


class DyingExecutor(Executor):
    """Does the first job and dies on the second, as a pool does whose process was killed."""

    def __init__(self) -> None:
        self.submitted = 0

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.submitted += 1
        future = Future[Any]()
        if self.submitted == 1:
            future.set_result(fn(*args, **kwargs))
        else:
            future.set_exception(BrokenProcessPool("killed"))
        return future


def test_a_dead_worker_loses_only_what_it_was_making(tmp_path: Path, made: list[Job]) -> None:
    """One clear line says to run again, which makes no stretch anew that was finished."""
    for attempt in range(1, len(ASKED.stretches)):
        with pytest.raises(shell.WorkerLost, match="run the same command again"):
            run(tmp_path, executor=DyingExecutor())
        assert [job.number for job in made] == list(range(attempt))
    run(tmp_path, executor=DyingExecutor())  # one is left, and the first job is done

    assert [job.number for job in made] == [0, 1, 2]


def test_two_backtests_in_one_store_do_not_meet(tmp_path: Path, made: list[Job]) -> None:
    """The second is refused at once, and has written nothing."""
    store = open_store(tmp_path)
    with hold_backtest(store), ThreadPoolExecutor(1) as other:
        refused = other.submit(run, tmp_path).exception()

    assert isinstance(refused, StoreLocked)
    assert not made


def test_a_damaged_stretch_is_named(tmp_path: Path, made: list[Job]) -> None:
    """A stored file that is no table any more is one line that says what to remove."""
    run(tmp_path)
    damaged = next((tmp_path / "backtests").rglob("stretch-*.nc"))
    damaged.write_bytes(b"CDF no more")

    with pytest.raises(StoreBroken, match="remove the folder backtests/"):
        run(tmp_path)
    assert len(made) == len(ASKED.stretches)


def test_exact_stretches_lie_beside_the_walked_ones(tmp_path: Path, made: list[Job]) -> None:
    """Asked for two, the table has exact answers for two stretches and NaN elsewhere."""
    table = run(tmp_path, exact_stretches=2)
    origins = {day for job in made if job.asked.exact for day in job.asked.stretches[job.number]}
    has = ~table["probability_exact"].isel(forecaster=2).isnull()
    days = set(table["origin"].where(has, drop=True).to_numpy().astype("datetime64[D]").tolist())

    assert len(origins) == 2
    assert days == origins
    assert table.attrs["exact_seconds"] == table.attrs["exact_walked_seconds"] == 2.0
    assert table["elpd_exact"].sel(walk="plans").isnull().all()
    twins = {job.number for job in made if job.asked.one_walk and not job.asked.exact}
    assert twins == {job.number for job in made if job.asked.exact}


def test_another_question_is_another_backtest(tmp_path: Path, made: list[Job]) -> None:
    """Options are part of the key: with other horizons, nothing old is used."""
    run(tmp_path)
    backtest(open_store(tmp_path), bundled(), replace(ASKED, horizons=(30,)))

    assert len(made) == 2 * len(ASKED.stretches)


def test_a_cluster_that_is_not_there_is_bad_input(monkeypatch: pytest.MonkeyPatch) -> None:
    """An address where nothing listens is named with its option."""
    monkeypatch.setattr(shell, "CLUSTER_TIMEOUT_SECONDS", 1)
    with pytest.raises(BadInput, match="--cluster"), workers(1, "tcp://127.0.0.1:9"):
        pass


@pytest.mark.slow
def test_a_real_cluster_gives_the_same_table(tmp_path: Path) -> None:
    """Two Dask workers, each compiling the model itself, agree with one process to the bit."""
    import distributed

    asked = replace(ASKED, last=date(2013, 1, 31), settings=Settings(60, 100, 2, 1))
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address=None
        ) as local,
        workers(1, local.scheduler_address) as executor,
    ):
        there = backtest(open_store(tmp_path / "there"), bundled(), asked, executor=executor)
    here = backtest(open_store(tmp_path / "here"), bundled(), asked)

    assert len(asked.stretches) == 2
    assert timeless(there).identical(timeless(here))
