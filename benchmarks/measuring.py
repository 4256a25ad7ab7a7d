"""What all benchmarks share: a figure, the machine it was taken on, and a timed process."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from forecasts.errors import BadInput

ROOT = Path(__file__).resolve().parents[1]
FORECASTS = (sys.executable, "-c", "from forecasts.cli import main; main()")
"""The command ``forecasts`` under the interpreter that runs the benchmark."""


@dataclass(frozen=True)
class Figure:
    """One measured number, beside its target where it has one."""

    name: str
    value: float
    unit: str
    target: str = ""
    note: str = ""


@dataclass(frozen=True)
class Finished:
    """A process that has ended: wall time, peak memory of it and its children, and output."""

    seconds: float
    peak_gb: float
    output: str


def machine() -> dict[str, object]:
    """Cores that this process may use, and how busy they are."""
    return {
        "cores": len(os.sched_getaffinity(0)),
        "load": [round(each, 2) for each in os.getloadavg()],
        "python": sys.version.split()[0],
    }


def timed(command: Sequence[str], allowed: Sequence[int] = (0,)) -> Finished:
    """Run a command in a fresh process, as installed: Python may keep its bytecode.

    Raises
    ------
    RuntimeError
        If it ends with a status that is not `allowed`.
    """
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    began = time.perf_counter()
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        output = process.stdout.read() if process.stdout else ""
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - began
    if process.returncode not in allowed:
        raise RuntimeError(f"{shown(command)} ended with status {process.returncode}")
    return Finished(seconds, usage.ru_maxrss / 1e6, output)


def repeated(command: Sequence[str], times: int, allowed: Sequence[int] = (0,)) -> float:
    """Median of the wall seconds of a command, after one run that warms the caches."""
    timed(command, allowed)
    return median(timed(command, allowed).seconds for _ in range(times))


def shown(command: Sequence[str]) -> str:
    """Write a command as one would type it."""
    text = shlex.join(command)
    return text.replace(shlex.join(FORECASTS), "forecasts").replace(sys.executable, "python")


def between(page: str, begin: str, end: str, content: str) -> str:
    """`page` with `content` between two markers."""
    marked = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", flags=re.DOTALL)
    if not marked.search(page):
        raise BadInput("--into", f"a page with {begin} and {end}", "neither", "add them")
    return marked.sub(lambda _: f"{begin}\n{content}\n{end}", page)
