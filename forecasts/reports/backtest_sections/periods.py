"""Leaders' meetings by period, July 2019 to October 2022 among them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from forecasts.reports.backtest_sections import Section
from forecasts.reports.backtest_words import (
    CALENDAR,
    CLIMATOLOGY,
    MODEL,
    days,
    facts,
    score,
    within,
)
from forecasts.reports.pictures import course, skill
from forecasts.reports.wording import counted, percent, short_day

SHUT = ("2019-07-01", "2022-10-31")
COIN = 0.25
"""Brier score of always saying one half."""


def _facts(summary: Mapping[str, Any]) -> Mapping[str, Any]:
    return {
        "courses": [_course(run, summary) for run in summary["series"] if run["origin"]],
        "table": _origins(summary),
        "periods": [_period(i, period) for i, period in enumerate(summary["periods"])],
    }


def _course(run: Mapping[str, Any], summary: Mapping[str, Any]) -> Mapping[str, Any]:
    horizon = run["horizon_days"]
    said = course.Said(run["origin"], run[MODEL], run[CALENDAR], run["outcome"])
    title = f"A meeting within {days(horizon)}: what was said, and what came"
    return {
        "horizon": days(horizon),
        "see": _see(horizon, summary["periods"][-1]),
        "drawn": course.said(said, SHUT, key=f"course-{horizon}", title=title),
    }


def _see(horizon: int, shut: Mapping[str, Any]) -> str:
    row = next((r for r in shut["leaders"] if r["horizon_days"] == horizon), None)
    if row is None or row["brier"][MODEL] is None:
        return "No origin falls into the shaded stretch."
    brier = row["brier"][MODEL]
    worse = "worse" if brier > COIN else "better"
    return (
        f"Brier score in the shaded stretch {score(brier, 2)}: {worse} than always saying one half."
    )


def _origins(summary: Mapping[str, Any]) -> list[list[str]]:
    runs = summary["series"]
    if not runs:
        return []
    words = {1: "yes", 0: "no", None: "unresolved"}
    by_day = [
        {day: (run[MODEL][i], run[CALENDAR][i], run["outcome"][i])
         for i, day in enumerate(run["origin"])}
        for run in runs
    ]  # fmt: skip
    found = []
    for day in runs[0]["origin"]:
        cells = [each.get(day) for each in by_day]
        found.append([
            short_day(day),
            *(
                "" if c is None else f"{percent(c[0])} / {percent(c[1])} {words[c[2]]}"
                for c in cells
            ),
        ])
    return found


def _period(number: int, period: Mapping[str, Any]) -> Mapping[str, Any]:
    rows = period["leaders"]
    bars = [
        skill.Bar(days(row["horizon_days"]), skill.mark(row["against"][CLIMATOLOGY]["skill"]),
                  skill.mark(row["against"][CALENDAR]["skill"]))
        for row in rows
    ]  # fmt: skip
    name = period["name"]
    return {
        "name": name[0].upper() + name[1:],
        "note": f"{period['note']} {_span(period)}",
        "drawn": skill.draw(bars, key=f"period-{number}", title=f"Skill, {name}"),
        "table": [
            [
                days(row["horizon_days"]),
                f"{percent(row['frequency'])}; {facts(row)}",
                f"{score(row['brier'][MODEL], 2)}; {score(row['brier'][CALENDAR], 2)}",
                within(row["against"][CLIMATOLOGY]["skill"]),
                within(row["against"][CALENDAR]["skill"]),
            ]
            for row in rows
        ],
    }


def _span(period: Mapping[str, Any]) -> str:
    if not period["origins"]:
        return "No origin falls into it."
    first, last = short_day(period["first"]), short_day(period["last"])
    return f"{counted(period['origins'], 'origin')}, {first} to {last}."


SECTION = Section("periods", "When it worked, and when it did not", "Periods", 50, _facts)
