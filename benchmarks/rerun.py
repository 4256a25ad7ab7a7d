"""A rerun after one new signal: the stored posterior reweighted, beside a fit in the same run."""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import shutil
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.measuring import FORECASTS, ROOT, Figure, shown, timed

SECONDS, RATIO = "≤ 5", "≥ 5"
GATE_FAILED = 1


def measure(options: argparse.Namespace) -> tuple[str, list[Figure]]:
    """Fit once, then rerun `options.runs` times with one more signal each, then fit again."""
    with TemporaryDirectory() as folder:
        portfolio, store = Path(folder) / "portfolio", Path(folder) / "store"
        shutil.copytree(ROOT / "priors" / "us_china", portfolio)
        command = [*FORECASTS, "run", "--portfolio", str(portfolio), "--store", str(store)]
        whole = [*command, "--json"]
        timed(whole, (0, GATE_FAILED))
        quick = []
        for number in range(options.runs):
            add_signal(portfolio, number)
            quick.append(timed(whole, (0, GATE_FAILED)))
        fitted = timed([*whole, "--refit"], (0, GATE_FAILED))
        answers = [json.loads(each.output) for each in (quick[-1], fitted)]
    seconds = median(each.seconds for each in quick)
    count = f"median of {options.runs}"
    return shown([*command, "--json"]), [
        Figure("rerun by reweighting", seconds, "s", SECONDS, count),
        Figure("the same by a fit", fitted.seconds, "s"),
        Figure("ratio", fitted.seconds / seconds, "", RATIO),
        Figure("largest difference of an answer", 100 * difference(*answers), "points"),
    ]


def add_signal(portfolio: Path, number: int) -> None:
    """Append one hostile signal, known on the last day of the record."""
    table = portfolio / "evidence" / "signals.csv"
    sidecar = portfolio / "evidence" / "signals.meta.toml"
    row = f"BENCH-{number},2026-08-22,2026-08-22,sanction,-1,4,US,made up for a benchmark,,low\n"
    table.write_text(table.read_text(encoding="utf-8") + row, encoding="utf-8")
    text = sidecar.read_text(encoding="utf-8")
    digest = hashlib.sha256(table.read_bytes()).hexdigest()
    text = re.sub(r'sha256 = "\w+"', f'sha256 = "{digest}"', text)
    count = int(re.search(r"rows = (\d+)", text)[1]) + 1  # type: ignore[index]
    sidecar.write_text(re.sub(r"rows = \d+", f"rows = {count}", text), encoding="utf-8")


def difference(one: dict[str, object], other: dict[str, object]) -> float:
    """Largest absolute difference between the answers of two run documents."""
    said = [
        {answer["question"]: answer["probability"] for answer in each["answers"]}  # type: ignore[attr-defined]
        for each in (one, other)
    ]
    return max(abs(said[0][name] - said[1][name]) for name in said[0])
