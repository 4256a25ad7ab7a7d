"""What plans add to base rates, and signals to plans."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from forecasts.reports.backtest_sections import Section
from forecasts.reports.backtest_words import days, score, typeset, within
from forecasts.reports.pictures import skill
from forecasts.reports.wording import listed

STEPS = {("base rates", "plans"): "Plans, added to base rates",
         ("plans", "signals"): "Signals, added to plans"}  # fmt: skip
GROUPS = {"leaders": "leaders in person", "all kinds": "all kinds of contact"}


def _facts(summary: Mapping[str, Any]) -> Mapping[str, Any]:
    gains = summary["ablation"]["gains"]
    return {
        "sentence": typeset(summary["ablation"]["sentence"]),
        "figures": [_figure(gains, step, title) for step, title in STEPS.items()],
        "table": [
            [
                f"{STEPS[row['before'], row['after']]}, {GROUPS[row['group']]}",
                days(row["horizon_days"]),
                f"{score(row['brier_before'])} to {score(row['brier_after'])}",
                within(row["skill_gain"]),
            ]
            for row in gains
        ],
    }


def _figure(
    gains: Sequence[Mapping[str, Any]], step: tuple[str, str], title: str
) -> Mapping[str, Any]:
    mine = [row for row in gains if (row["before"], row["after"]) == step]
    pairs = [
        (lead, next(r for r in mine if r["group"] == "all kinds" and _same(r, lead)))
        for lead in mine
        if lead["group"] == "leaders"
    ]
    bars = [
        skill.Bar(days(lead["horizon_days"]), skill.mark(lead["skill_gain"]),
                  skill.mark(rest["skill_gain"]))
        for lead, rest in pairs
    ]  # fmt: skip
    return {
        "title": title,
        "see": _see([lead for lead, _ in pairs], [rest for _, rest in pairs]),
        "drawn": skill.draw(bars, key=f"ablation-{step[1]}", title=title, fine=True),
    }


def _same(row: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return bool(row["horizon_days"] == other["horizon_days"])


def _see(leaders: Sequence[Mapping[str, Any]], others: Sequence[Mapping[str, Any]]) -> str:
    return f"For leaders {_told(leaders)}; for all kinds together {_told(others)}."


def _told(rows: Sequence[Mapping[str, Any]]) -> str:
    """Where the interval lies clear of 0, and on which side."""
    more, less = [], []
    for row in rows:
        gain = row["skill_gain"]
        if gain and None not in (gain["low"], gain["high"]):
            more += [str(row["horizon_days"])] if gain["low"] > 0 else []
            less += [str(row["horizon_days"])] if gain["high"] < 0 else []
    parts = [f"they help at {listed(more)} days"] if more else []
    parts += [f"they harm at {listed(less)} days"] if less else []
    return listed(parts) or "no gain or loss shows at any horizon"


SECTION = Section("ablation", "What plans add, and what signals add", "Ablation", 30, _facts)
