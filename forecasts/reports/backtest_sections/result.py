"""The first screen: what the record shows, in sentences and in one table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from forecasts.reports.backtest_sections import Section
from forecasts.reports.backtest_words import (
    CALENDAR,
    CLIMATOLOGY,
    NAMES,
    days,
    facts,
    score,
    typeset,
    within,
)
from forecasts.reports.pictures import strip
from forecasts.reports.wording import percent


def _facts(summary: Mapping[str, Any]) -> Mapping[str, Any]:
    rows = summary["leaders"]
    *said, signals = [typeset(sentence) for sentence in summary["headline"]]
    return {
        "leak": summary["leak"],
        "alarm": said.pop(0) if summary["leak"] else "",
        "sentences": said,
        "signals": signals,
        "rows": [_row(row) for row in rows],
        "scores": [
            [
                days(row["horizon_days"]),
                name,
                score(row["brier"][key]),
                score(row["log_score"][key]),
            ]
            for row in rows
            for key, name in NAMES.items()
        ],
        "skills": [
            [days(row["horizon_days"]), NAMES[key], within(one["skill"]), within(one["log_skill"])]
            for row in rows
            for key, one in row["against"].items()
        ],
        "counts": [_counts(row) for row in rows],
    }


def _row(row: Mapping[str, Any]) -> Mapping[str, Any]:
    horizon = days(row["horizon_days"])
    return {
        "horizon": horizon,
        "frequency": percent(row["frequency"]),
        "facts": facts(row),
        "cells": [
            {
                "text": within(row["against"][name]["skill"]),
                "strip": strip.draw(
                    **row["against"][name]["skill"], label=f"{horizon} against {NAMES[name]}"
                ),
            }
            for name in (CLIMATOLOGY, CALENDAR)
        ],
    }


def _counts(row: Mapping[str, Any]) -> list[str]:
    found = row["against"][CALENDAR]
    power = "not available" if found["power_large"] is None else percent(found["power_large"])
    return [
        days(row["horizon_days"]),
        f"{row['scored']:,} / {row['unresolved']}",
        f"{row['spells']} / {row['clusters']} ({row['effective_clusters']:.0f})",
        f"{row['block_length']}",
        power,
    ]


SECTION = Section("result", "What the record shows", "Result", 10, _facts)
