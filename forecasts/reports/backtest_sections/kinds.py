"""Skill by kind of contact, and by template of question."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from forecasts.reports.backtest_sections import Section
from forecasts.reports.backtest_words import CALENDAR, CLIMATOLOGY, days, facts, within
from forecasts.reports.kinds import kind_in_words
from forecasts.reports.pictures import skill
from forecasts.reports.wording import counted, listed, percent

TEMPLATES = {
    "contact": "at least one contact of a kind",
    "summit": "the leaders meet at a coming summit",
    "plan": "an announced contact is held on its day",
    "level": "the next contact brings a deliverable",
}


def _facts(summary: Mapping[str, Any]) -> Mapping[str, Any]:
    horizons = summary["made"]["horizons"]
    return {
        "figures": [_figure(summary, number) for number in horizons],
        "templates": [
            [
                TEMPLATES.get(row["template"], row["template"]),
                days(row["horizon_days"]),
                f"{percent(row['frequency'])}; {facts(row)}",
                within(_skill(row, CLIMATOLOGY)),
                within(_skill(row, CALENDAR)),
            ]
            for row in summary["templates"]
            if row["scored"]
        ],
    }


def _skill(row: Mapping[str, Any], baseline: str) -> Mapping[str, Any] | None:
    found: Mapping[str, Any] | None = row["against"][baseline]
    return found


def _figure(summary: Mapping[str, Any], horizon: int) -> Mapping[str, Any]:
    rows = [row for row in summary["kinds"] if row["horizon_days"] == horizon]
    title = f"Skill by kind within {days(horizon)}"
    bars = [
        skill.Bar(_brief(row["kind"]), skill.mark(_skill(row, CLIMATOLOGY)),
                  skill.mark(_skill(row, CALENDAR)))
        for row in rows
    ]  # fmt: skip
    return {
        "horizon": days(horizon),
        "see": _see(rows),
        "drawn": skill.draw(bars, key=f"kinds-{horizon}", title=title),
        "table": [
            [
                kind_in_words(row["kind"]),
                f"{percent(row['frequency'])}; {facts(row)}",
                within(_skill(row, CLIMATOLOGY)),
                within(_skill(row, CALENDAR)),
            ]
            for row in rows
        ],
    }


def _brief(kind: str) -> str:
    """A kind's name, short enough to stand beside a bar on a phone."""
    return kind_in_words(kind).replace(" by telephone or video", ", remote")


def _see(rows: list[Mapping[str, Any]]) -> str:
    found = [(row["kind"], row["against"][CLIMATOLOGY]) for row in rows]
    known = [(k, s) for k, s in found if s and None not in (s["low"], s["high"])]
    above = [kind_in_words(kind) for kind, s in known if s["low"] > 0]
    below = [kind_in_words(kind) for kind, s in known if s["high"] < 0]
    return (
        f"Clear of the long-run rate: {_named(above)} of {counted(len(known), 'kind')} above it, "
        f"{_named(below)} below."
    )


def _named(kinds: list[str]) -> str:
    return f"{len(kinds)} ({listed(kinds)})" if 0 < len(kinds) <= 3 else str(len(kinds))


SECTION = Section("kinds", "Other kinds of contact, other questions", "Kinds", 40, _facts)
