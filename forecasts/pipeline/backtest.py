"""Backtest a portfolio, stretch by stretch, on any executor, and go on after a kill.

Each finished stretch is a file in the store; a later call with the same
portfolio, code and options finds it and makes only the missing ones. Stretches
are independent of each other, so one process, many, or a cluster give the same
table to the bit.
"""

from __future__ import annotations

import hashlib
import io
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from forecasts.errors import BadInput, ForecastsError, StoreBroken
from forecasts.evaluation.backtest import Backtest, check, joined, walked
from forecasts.inference.fit import Sampler
from forecasts.ledger import Store
from forecasts.ledger.backtests import hold_backtest, read_backtest, write_backtest
from forecasts.pipeline.codes import code_version, versions
from forecasts.portfolio import Portfolio, load
from forecasts.world.inputs import Inputs
from forecasts.world.model import MODEL_VERSION

if TYPE_CHECKING:
    import xarray as xr

CLUSTER_TIMEOUT_SECONDS = 10

SHOWS = ("cli", "reports", "pipeline", "ledger", "attribution", "scoring")
"""Rooms that read a backtest's table, or hand it on, and cannot change it."""

Progress = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class Job:
    """One stretch of a backtest, as a worker gets it.

    Parameters
    ----------
    portfolio : str
        Folder of the portfolio, which the worker reads itself.
    digest : str
        What the folder has to hold.
    asked : Backtest
    number : int
        Which of its stretches.
    """

    portfolio: str
    digest: str
    asked: Backtest
    number: int

    @property
    def name(self) -> str:
        """Name of the file that the store keeps of it."""
        kind = "exact" if self.asked.exact else "twin" if self.asked.one_walk else "stretch"
        return f"{kind}-{self.number:03}.nc"


def work(job: Job) -> tuple[bytes, float]:
    """Make one stretch; runs in whatever process the executor chose.

    Returns
    -------
    bytes, float
        The table as netCDF, and the seconds that it took, compiling left out.
    """
    portfolio, sampler = _workshop(job.portfolio, job.digest)
    spent = _Compiling(sampler)
    begun = perf_counter()
    part = walked(portfolio, job.asked, job.asked.stretches[job.number], spent)
    return as_netcdf(part), perf_counter() - begun - spent.seconds


class _Compiling:
    """A getter of the compiled model that keeps account of the time it takes."""

    def __init__(self, get: Callable[[Inputs], Sampler]) -> None:
        self._get, self.seconds = get, 0.0

    def __call__(self, data: Inputs) -> Sampler:
        begun = perf_counter()
        sampler = self._get(data)
        self.seconds += perf_counter() - begun
        return sampler


@cache
def _workshop(folder: str, digest: str) -> tuple[Portfolio, Callable[[Inputs], Sampler]]:
    """Load a portfolio, and compile its model when it is needed: once a process."""
    portfolio = load(Path(folder))
    if portfolio.digest != digest:
        raise BadInput(folder, "the portfolio that the backtest began with", "other files", "rerun")
    made = list[Sampler]()

    def sampler(data: Inputs) -> Sampler:
        if not made:
            made.append(Sampler(data, portfolio.priors))
        return made[0]

    return portfolio, sampler


def backtest_id(portfolio: Portfolio, asked: Backtest) -> str:
    """Hash of everything that the table depends on: equal ids, equal tables."""
    content = {
        "portfolio": portfolio.digest,
        "asked": {**asdict(asked), "exact": None, "one_walk": None},
        "model_version": MODEL_VERSION,
        "code_version": code_version(leave_out=SHOWS),
        "versions": versions(),
    }
    text = json.dumps(content, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def backtest(
    store: Store,
    folder: Path,
    asked: Backtest,
    *,
    executor: Executor | None = None,
    exact_stretches: int = 0,
    progress: Progress | None = None,
) -> xr.Dataset:
    """Make the table of a backtest, or what is missing of it.

    Parameters
    ----------
    store : Store
        Keeps each finished stretch.
    folder : Path
        Of the portfolio; every worker reads it itself.
    asked : Backtest
    executor : Executor, optional
        Where stretches are made; in this process by default.
    exact_stretches : int
        Stretches, evenly spread, that are made once more with a posterior
        sampled on every origin, to measure what reweighting loses; and once
        more by reweighting, with no other work, to measure what it saves.
    progress : callable, optional
        Called with a stage and the finished share of it.

    Returns
    -------
    xarray.Dataset, dims (cell, forecaster) and (walk, step)
        See :func:`forecasts.evaluation.cells.table`; attribute ``seconds`` is the time
        that stretches took, and ``exact`` cells carry `probability_exact`.

    Raises
    ------
    BadInput
        If the record cannot carry it.
    StoreLocked
        If another process is backtesting into the store.
    """
    portfolio = load(folder)
    check(portfolio, asked)
    report = progress or (lambda stage, share: None)
    count = len(asked.stretches)
    chosen = [round((i + 0.5) * count / exact_stretches - 0.5) for i in range(exact_stretches)]
    plain = [Job(str(folder.resolve()), portfolio.digest, asked, i) for i in range(count)]
    twins = [replace(plain[i], asked=replace(asked, one_walk=True)) for i in dict.fromkeys(chosen)]
    exact = [replace(job, asked=replace(job.asked, exact=True)) for job in twins]
    jobs = [*plain, *twins, *exact]
    key = backtest_id(portfolio, asked)
    with hold_backtest(store):
        made = dict(_made(store, key, jobs, executor, report))
    whole = joined([made[job.name][0] for job in plain], asked)
    seconds = {job.name: made[job.name][1] for job in jobs}
    return _with_exact(whole, [(job, made[job.name][0]) for job in exact], seconds).assign_attrs(
        backtest_id=key
    )


def _made(
    store: Store, key: str, jobs: Sequence[Job], executor: Executor | None, report: Progress
) -> Iterator[tuple[str, tuple[xr.Dataset, float]]]:
    """Tables by name of job: those that the store has, then the missing ones as they come."""
    todo = []
    for job in jobs:
        found = read_backtest(store, key, job.name)
        if found is None:
            todo.append(job)
        else:
            yield job.name, from_netcdf(found)
    done = len(jobs) - len(todo)
    report("backtesting", done / len(jobs))
    for job, (data, seconds) in _results(todo, executor):
        kept = stamped(data, seconds)
        write_backtest(store, key, job.name, kept)
        done += 1
        report("backtesting", done / len(jobs))
        yield job.name, from_netcdf(kept)


def _results(
    jobs: Sequence[Job], executor: Executor | None
) -> Iterator[tuple[Job, tuple[bytes, float]]]:
    if executor is None:
        for job in jobs:
            yield job, work(job)
        return
    pending: dict[Future[tuple[bytes, float]], Job] = {executor.submit(work, j): j for j in jobs}
    lost = ""
    for future in as_completed(pending):  # all of them: what is finished is to be kept
        try:
            yield pending[future], future.result()
        except ForecastsError:
            raise
        except (BrokenProcessPool, OSError, RuntimeError) as error:
            lost = type(error).__name__
    if lost:
        raise WorkerLost(
            "a worker died; finished stretches are kept, run the same command again to go on"
            f" ({lost})"
        )


class WorkerLost(ForecastsError):
    """A worker process or a cluster went away in the middle."""


@contextmanager
def workers(count: int, cluster: str) -> Iterator[Executor | None]:
    """Where stretches are made: here, in `count` processes, or on a Dask cluster.

    Raises
    ------
    BadInput
        If the cluster does not answer, or Dask is not installed.
    """
    if cluster:
        with _cluster(cluster) as executor:
            yield executor
    elif count > 1:
        from concurrent.futures import ProcessPoolExecutor
        from multiprocessing import get_context

        with ProcessPoolExecutor(count, mp_context=get_context("spawn")) as executor:
            yield executor
    else:
        yield None


@contextmanager
def _cluster(address: str) -> Iterator[Executor]:
    try:
        from distributed import Client
    except ImportError:
        expected = "the optional extra `dask`"
        mend = "pip install 'forecasts[dask]'"
        raise BadInput("--cluster", expected, "distributed is not installed", mend) from None
    try:
        client = Client(address, timeout=CLUSTER_TIMEOUT_SECONDS, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        expected = "the address of a running Dask scheduler, like tcp://host:8786"
        found = f"{address} ({type(error).__name__})"
        raise BadInput("--cluster", expected, found, "start one, or leave it out") from None
    with client:
        executor: Executor = client.get_executor(pure=False)
        yield executor


def as_netcdf(table: xr.Dataset) -> bytes:
    """Return a table as the bytes of a netCDF file."""
    buffer = io.BytesIO()
    with _without_cluster():
        table.to_netcdf(buffer, engine="h5netcdf")
    return buffer.getvalue()


def _without_cluster() -> AbstractContextManager[object]:
    """Keep xarray, on a Dask worker, from asking the cluster for a lock on a buffer in memory."""
    dask = sys.modules.get("dask")
    return dask.config.set(scheduler="synchronous") if dask else nullcontext()


def stamped(data: bytes, seconds: float) -> bytes:
    """Write the time that a table took into it."""
    return as_netcdf(_opened(data).assign_attrs(seconds=seconds))


def from_netcdf(data: bytes) -> tuple[xr.Dataset, float]:
    """Read a table, and the seconds that it took."""
    table = _opened(data)
    seconds = float(table.attrs.pop("seconds"))
    return table, seconds


def _opened(data: bytes) -> xr.Dataset:
    import xarray as xr

    try:
        with xr.open_dataset(io.BytesIO(data), engine="h5netcdf") as table:
            loaded: xr.Dataset = table.load()
            return loaded
    except (OSError, ValueError, KeyError) as error:
        mend = "remove the folder backtests/ of the store and run again"
        raise StoreBroken(f"a stored stretch cannot be read ({error}); {mend}") from None


def _with_exact(
    whole: xr.Dataset, exact: Sequence[tuple[Job, xr.Dataset]], seconds: dict[str, float]
) -> xr.Dataset:
    """Lay the exactly sampled stretches beside the walked ones."""
    import numpy as np

    walked_seconds = sum(s for name, s in seconds.items() if name.startswith("stretch"))
    whole = whole.assign_attrs(seconds=walked_seconds)
    if not exact:
        return whole
    said = np.full(whole["probability"].shape, np.nan)
    elpd = np.full(whole["elpd"].shape, np.nan)
    took, twins = 0.0, 0.0
    for job, part in exact:
        origins = part["step"].to_numpy()
        said[np.isin(whole["origin"].to_numpy(), origins)] = part["probability"].to_numpy()
        at = np.isin(whole["step"].to_numpy(), origins)
        elpd[np.ix_(whole["walk"].isin(part["walk"]).to_numpy(), at)] = part["elpd"].to_numpy()
        took += seconds[job.name]
        twins += seconds[replace(job, asked=replace(job.asked, exact=False)).name]
    return whole.assign(
        probability_exact=(whole["probability"].dims, said),
        elpd_exact=(whole["elpd"].dims, elpd),
    ).assign_attrs(exact_seconds=took, exact_walked_seconds=twins)
