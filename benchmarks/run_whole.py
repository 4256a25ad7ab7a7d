"""A full ``forecasts run`` in a fresh process with warm caches: seconds and memory."""

from __future__ import annotations

import argparse
import time
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.measuring import FORECASTS, Figure, shown, timed
from forecasts.ledger import open_store, pick_run, read_document

SECONDS, GIGABYTES = "≤ 60", "≤ 2"
GATE_FAILED = 1
"""An exit status that a run may have here: what is measured is its length."""


def measure(options: argparse.Namespace) -> tuple[str, list[Figure]]:
    """Run it `options.runs` times, each with a seed that was not used before."""
    first = int(time.time())
    command = [*FORECASTS, "run", "--as-of", options.as_of]
    finished = []
    with TemporaryDirectory() as store:
        for number in range(options.runs):
            chance = ["--seed", str(first + number), "--store", store]
            finished.append(timed([*command, *chance], (0, GATE_FAILED)))
        document = read_document(pick_run(open_store(store)))
    count = f"median of {options.runs}"
    futures, draws = document["futures"], document["draws"]
    return shown([*command, "--seed", "NEW", "--store", "EMPTY"]), [
        Figure("wall", median(f.seconds for f in finished), "s", SECONDS, count),
        Figure("peak memory", max(f.peak_gb for f in finished), "GB", GIGABYTES, "largest"),
        Figure("futures", futures, "", "≥ 100,000", f"of {draws} posterior draws"),
    ]
