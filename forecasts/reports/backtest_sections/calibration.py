"""Calibration: reliability diagrams with bands, and the readings beside what chance would show."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from forecasts.reports.backtest_sections import Section
from forecasts.reports.backtest_words import days, facts, score, within
from forecasts.reports.pictures import reliability
from forecasts.reports.wording import MISSING, percent, percent_span

FEWEST_SPELLS = 10
"""Runs of equal outcomes below which a curve says nothing, whatever its band."""

MOST_ROWS = 24
"""Rows of the table behind a diagram: its curve has few steps, the rest is between them."""


def _facts(summary: Mapping[str, Any]) -> Mapping[str, Any]:
    rows = {row["horizon_days"]: row for row in summary["leaders"]}
    return {
        "diagrams": [_diagram(d, rows[d["horizon_days"]]) for d in summary["diagrams"]],
        "readings": [_reading(row) for row in rows.values()],
        "decomposition": [_parts(row) for row in rows.values()],
    }


def _diagram(diagram: Mapping[str, Any], row: Mapping[str, Any]) -> Mapping[str, Any]:
    horizon = row["horizon_days"]
    title = f"Reliability within {days(horizon)}"
    return {
        "horizon": days(horizon),
        "drawn": reliability.draw(diagram, key=f"reliability-{horizon}", title=title)
        if diagram["forecast"]
        else "",
        "see": _see(diagram, row),
        "table": _table(diagram),
    }


def _see(diagram: Mapping[str, Any], row: Mapping[str, Any]) -> str:
    """Say where the curve leaves its band, and on how much it rests."""
    if not diagram["forecast"]:
        return "Nothing is scored here."
    columns = (diagram[name] for name in ("forecast", "recalibrated", "low", "high"))
    off = [said for said, seen, low, high in zip(*columns, strict=True) if not low <= seen <= high]
    lead = f"{facts(row)}: "
    if row["spells"] < FEWEST_SPELLS:
        return f"{lead}too few to judge a curve by."
    if not off:
        return f"{lead}the curve stays in its band, so nothing here tells it from perfect."
    place = percent_span(min(off), max(off))
    return f"{lead}the curve leaves its band between forecasts of {place}."


def _table(diagram: Mapping[str, Any]) -> list[list[str]]:
    columns = ("forecast", "recalibrated", "low", "high", "count")
    rows = list(zip(*(diagram[name] for name in columns), strict=True))
    step = max(1, -(-len(rows) // MOST_ROWS))
    groups = [rows[i : i + step] for i in range(0, len(rows), step)]
    return [
        [percent(g[-1][0]), percent(g[-1][1]), percent_span(g[-1][2], g[-1][3]),
         f"{sum(int(r[4]) for r in g)}"]
        for g in groups
    ]  # fmt: skip


def _reading(row: Mapping[str, Any]) -> list[str]:
    read = row["calibration"]
    return [
        days(row["horizon_days"]),
        within(read["slope"], sign=False),
        within(read["intercept"]),
        within(read["bias"]),
    ]


def _parts(row: Mapping[str, Any]) -> list[str]:
    parts, read = row["decomposition"], row["calibration"]
    chance = MISSING if read["p_value"] is None else f"{read['p_value']:.2f}"
    return [
        days(row["horizon_days"]),
        score(parts["miscalibration"]),
        f"{score(read['expected'])}; {score(read['limit'])}; {chance}",
        score(parts["discrimination"]),
        score(parts["uncertainty"]),
    ]


SECTION = Section("calibration", "Do they mean what they say?", "Calibration", 20, _facts)
