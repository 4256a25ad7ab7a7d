"""How often the posterior was sampled, how the weights fared, and agreement with exact refits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from forecasts.reports.backtest_sections import Section
from forecasts.reports.pictures import course
from forecasts.reports.wording import MISSING, counted, decimal, short_day

WALKS = {"plans": "without signals", "signals": "with signals"}


def _facts(summary: Mapping[str, Any]) -> Mapping[str, Any]:
    found = summary["reweighting"]
    return {
        "walks": [_walk(walk, found["steps"]) for walk in found["walks"]],
        "table": _steps(found["steps"]),
        "summary": [
            [
                WALKS.get(w["walk"], w["walk"]),
                f"{w['sampled']} of {w['origins']}",
                decimal(w["khat_max_used"]),
                decimal(w["ess_mean_used"], 0),
                str(w["divergences"]),
            ]
            for w in found["walks"]
        ],
        "agreement": _agreement(found["agreement"]),
        "speed": _speed(found["speed"]),
    }


def _walk(walk: Mapping[str, Any], steps: Mapping[str, Any]) -> Mapping[str, Any]:
    name = walk["walk"]
    mine = steps["walks"][name]
    used = decimal(walk["khat_max_used"])
    title = f"Shape of the weights' tail, {WALKS.get(name, name)}"
    return {
        "title": title,
        "see": (
            f"{counted(walk['sampled'], 'fit')} for {counted(walk['origins'], 'origin')} "
            f"(upright lines); the largest k-hat that was used is {used}."
        ),
        "drawn": course.khat(
            steps["day"], mine["khat"], mine["sampled"], key=f"khat-{name}", title=title
        ),
    }


def _steps(steps: Mapping[str, Any]) -> list[list[str]]:
    return [
        [
            short_day(day),
            *(
                f"{decimal(walk['khat'][i]) if walk['khat'][i] is not None else 'start'}"
                f"{', sampled' if walk['sampled'][i] else ''}"
                for walk in steps["walks"].values()
            ),
        ]
        for i, day in enumerate(steps["day"])
    ]


def _agreement(found: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    if found is None:
        return None
    answers = [row for row in found["answers"] if row["mean_points"] is not None]
    worst = max((row["max_points"] for row in answers), default=None)
    mean = max((row["mean_points"] for row in answers), default=None)
    return {
        "sentence": (
            f"On {counted(found['origins'], 'origin')} the posterior was sampled exactly as well. "
            f"Answers differ by {decimal(mean)} points on average and {decimal(worst)} at most."
        ),
        "answers": [
            [
                row["stage"],
                f"{row['answers']:,}",
                decimal(row["mean_points"]),
                decimal(row["max_points"]),
            ]
            for row in found["answers"]
        ],
        "log_score": [
            [
                WALKS.get(row["walk"], row["walk"]),
                str(row["steps"]),
                f"{decimal(row['walked'])}; {decimal(row['exact'])}",
                decimal(row["difference"]),
                decimal(row["standard_error"]),
            ]
            for row in found["log_score"]
        ],
    }


def _speed(speed: Mapping[str, Any] | None) -> str:
    if speed is None:
        return f"Speed against exact refits: {MISSING}, it takes --exact."
    return (
        f"The same stretches took {speed['exact_seconds']:,.0f} s with a fit on every origin and "
        f"{speed['walked_seconds']:,.0f} s walked: {speed['ratio']:.0f} times faster."
    )


SECTION = Section("reweighting", "Is the short cut right?", "Reweighting", 70, _facts)
