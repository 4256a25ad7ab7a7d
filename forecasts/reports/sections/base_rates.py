"""The base rates: how often it happened before, with every case that was counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from forecasts.reports.pictures import cases
from forecasts.reports.reading import Page, Reading
from forecasts.reports.sections import Section
from forecasts.reports.wording import percent, percent_span, short_day, shorten

LONGEST_LABEL = 160


def _facts(page: Page) -> Mapping[str, Any]:
    return {"classes": [_class(group, place) for place, group in enumerate(page.classes)]}


def _class(group: Sequence[Reading], place: int) -> Mapping[str, Any]:
    base, digits = group[0].answer["base_rate"], min(reading.digits for reading in group)
    rows = sorted(base["cases"], key=lambda case: str(case["date"]))
    return {
        "anchor": f"class-{place}",
        "title": shorten(base["title"], LONGEST_LABEL),
        "reason": shorten(base["reason"], 600),
        "readings": group,
        "count": group[0].base_count,
        "n": base["n"],
        "rate": percent(base["probability"], digits=digits),
        "span": percent_span(*(base["interval"] or (None, None)), digits=digits),
        "mass": group[0].mass,
        "picture": _picture(rows, place, base["title"]) if rows else "",
        "cases": [
            [
                short_day(case["date"]),
                shorten(case["label"], LONGEST_LABEL),
                "yes" if case["happened"] else "no",
            ]
            for case in reversed(rows)
        ],
    }


def _picture(rows: list[Mapping[str, Any]], place: int, title: Any) -> Any:
    happened = [bool(case["happened"]) for case in rows]
    return cases.draw(happened, key=f"cases-{place}", title=shorten(title, 120))


SECTION = Section("base-rates", "Where the answers start: base rates", "Base rates", 40, _facts)
