"""The acceptance bars: what was asked, what was found, and the verdict."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from forecasts.reports.backtest_sections import Section
from forecasts.reports.backtest_words import typeset, verdict, within
from forecasts.reports.wording import MISSING, counted

CLASSES = {True: "passes", False: "fails", None: "untried"}


def _facts(summary: Mapping[str, Any]) -> Mapping[str, Any]:
    rows = summary["bars"]
    hard, soft = [r for r in rows if r["hard"]], [r for r in rows if not r["hard"]]
    failed = [row["name"] for row in hard if row["passed"] is False]
    return {
        "sentence": _sentence(hard),
        "failed": failed,
        "groups": [
            {"title": title, "rows": [_row(row) for row in group]}
            for title, group in (
                ("Bars that must pass before a release", hard),
                ("Bars that are reported", soft),
            )
            if group
        ],
    }


def tally(rows: list[Mapping[str, Any]]) -> tuple[int, int, int]:
    """How many passed, failed and had no verdict.

    Examples
    --------
    >>> tally([{"passed": True}, {"passed": None}])
    (1, 0, 1)
    """
    found = [row["passed"] for row in rows]
    return found.count(True), found.count(False), found.count(None)


def _sentence(hard: list[Mapping[str, Any]]) -> str:
    passed, failed, untried = tally(hard)
    return (
        f"Of {counted(len(hard), 'bar')} that must pass before a release, {passed} passed, "
        f"{failed} failed and {untried} could not be tried, which is not a pass."
    )


def _row(row: Mapping[str, Any]) -> Mapping[str, Any]:
    ends = (row["low"], row["high"])
    found = MISSING if row["value"] is None else f"{row['value']:.3g}"
    if row["value"] is not None and ends != (None, None):
        found = within(row, sign="slope" not in row["name"])
    return {
        "name": row["name"][0].upper() + row["name"][1:],
        "bar": typeset(row["bar"]),
        "found": found,
        "verdict": verdict(row["passed"]),
        "class": CLASSES[row["passed"]],
        "note": row["note"],
    }


SECTION = Section("bars", "Bars passed and failed", "Bars", 60, _facts)
