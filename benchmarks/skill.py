"""The skill that README quotes, from a finished backtest, as Markdown.

``python -m benchmarks.skill --store .forecasts`` prints it; ``--into README.md``
writes it between the page's markers. ``forecasts backtest`` makes the summary
that it reads; nothing is typed.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.measuring import between
from forecasts.errors import BadInput, ForecastsError

BEGIN, END = "<!-- skill: begin -->", "<!-- skill: end -->"
PERIODS = ("all origins", "2015 and later", "July 2019 to October 2022")
HEAD = (
    "| origins | window | spells | it happened | Brier | skill against climatology "
    "| against calendar only | said less happened |"
)


def newest(store: Path, calendar: str) -> dict[str, Any]:
    """Summary of the backtest that finished last on a calendar."""
    files = sorted(store.glob("backtests/*/summary.json"), key=lambda path: path.stat().st_mtime)
    found = [json.loads(path.read_text(encoding="utf-8")) for path in files]
    fitting: list[dict[str, Any]] = [s for s in found if s["made"]["calendar"] == calendar]
    if not fitting:
        expected = f"a store with a finished backtest on the {calendar} calendar"
        raise BadInput("--store", expected, store, "run `forecasts backtest`")
    return fitting[-1]


def table(summary: Mapping[str, Any]) -> str:
    """Leaders' meetings by period and window, the model beside its two main baselines."""
    rows = [
        _row(period["name"], row)
        for period in summary["periods"]
        if period["name"] in PERIODS
        for row in period["leaders"]
    ]
    return "\n".join([HEAD, "|" + " --- |" * 8, *rows])


def _row(period: str, row: Mapping[str, Any]) -> str:
    bias = row["calibration"]["bias"]["value"] if row.get("calibration") else None
    cells = (
        period,
        f"{row['horizon_days']} days",
        str(row["spells"]),
        _share(row["frequency"]),
        _number(row["brier"]["plans"]),
        _skill(row, "climatology"),
        _skill(row, "calendar only"),
        "" if bias is None else f"{bias:+.2f}",
    )
    return f"| {' | '.join(cells)} |"


def _share(value: float | None) -> str:
    return "" if value is None else f"{value:.0%}"


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


def _skill(row: Mapping[str, Any], baseline: str) -> str:
    found = row["against"].get(baseline)
    if not found or found["skill"]["value"] is None:
        return ""
    value, low, high = (found["skill"][name] for name in ("value", "low", "high"))
    span = "" if low is None or high is None else f" ({low:+.2f} to {high:+.2f})"
    return f"{value:+.2f}{span}"


def main(argv: Sequence[str]) -> int:
    """Print the table, or write it into a page."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.skill", description=__doc__)
    parser.add_argument("--store", type=Path, default=Path(".forecasts"))
    parser.add_argument("--calendar", default="strict")
    parser.add_argument("--into", type=Path, help="a page with the two markers")
    options = parser.parse_args(argv)
    try:
        text = table(newest(options.store, options.calendar))
        if options.into:
            page = options.into.read_text(encoding="utf-8")
            options.into.write_text(between(page, BEGIN, END, text), encoding="utf-8")
    except ForecastsError as error:
        print(error, file=sys.stderr)
        return 2
    if not options.into:
        print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
