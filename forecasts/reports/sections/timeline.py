"""Contacts and signals of two years, and what is known to lie ahead."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from forecasts.reports.kinds import kind_in_words
from forecasts.reports.pictures import timeline
from forecasts.reports.reading import Page
from forecasts.reports.sections import Section
from forecasts.reports.wording import short_day, shorten

SIGNS = {1: "for", 0: "neither", -1: "against"}
LONGEST_LABEL = 300


def _facts(page: Page) -> Mapping[str, Any]:
    rows, as_of = page.document["timeline"], str(page.document["as_of"])
    anything = any(rows[part] for part in ("contacts", "signals", "plans", "opportunities"))
    return {
        "sentence": timeline.sentence(rows, as_of),
        "wide": timeline.draw(rows, as_of, width=timeline.WIDE, key="timeline-w")
        if anything
        else "",
        "narrow": timeline.draw(rows, as_of, width=timeline.NARROW, key="timeline-n")
        if anything
        else "",
        "tables": _tables(rows),
    }


def _tables(rows: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [
        {
            "caption": "Summits that both leaders could attend",
            "heads": ["Day", "Summit", "Place"],
            "rows": [_summit(row) for row in _newest(rows["opportunities"], "start")],
        },
        {
            "caption": "Announced contacts",
            "heads": ["Planned for", "Kind", "Fate, as known"],
            "rows": [_plan(row) for row in _newest(rows["plans"], "planned")],
        },
        {
            "caption": "Contacts",
            "heads": ["Day", "Kind", "Who and where"],
            "rows": [_contact(row) for row in _newest(rows["contacts"], "date")],
        },
        {
            "caption": "Signals (strength 1 to 5)",
            "heads": ["Day", "Speaks", "What"],
            "rows": [_signal(row) for row in _newest(rows["signals"], "date")],
        },
    ]


def _summit(row: Mapping[str, Any]) -> list[str]:
    place = shorten(f"{row['city']}, {row['country']}", 120)
    return [short_day(row["start"]), shorten(row["series"], 60), place]


def _plan(row: Mapping[str, Any]) -> list[str]:
    fate = f"{shorten(row['status'], 20)} (announced {short_day(row['announced'])})"
    return [short_day(row["planned"]), kind_in_words(row["kind"]), fate]


def _contact(row: Mapping[str, Any]) -> list[str]:
    return [short_day(row["date"]), kind_in_words(row["kind"]), _with_level(row)]


def _signal(row: Mapping[str, Any]) -> list[str]:
    speaks = f"{SIGNS.get(row['direction'], 'unknown')} ({shorten(row['intensity'], 10)})"
    return [short_day(row["date"]), speaks, shorten(row["label"], LONGEST_LABEL)]


def _with_level(row: Mapping[str, Any]) -> str:
    label = shorten(row["label"], LONGEST_LABEL)
    return f"{label}; outcome: {row['level']}" if row["level"] else label


def _newest(rows: list[Mapping[str, Any]], key: str) -> list[Mapping[str, Any]]:
    return sorted(rows, key=lambda row: str(row[key]), reverse=True)


SECTION = Section("timeline", "Two years of contacts and signals", "Timeline", 30, _facts)
