"""Each question in turn: what moved its answer, and how it grows with the deadline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from forecasts.reports import wording
from forecasts.reports.links import linked
from forecasts.reports.pictures import curve, drivers
from forecasts.reports.reading import Page, Reading
from forecasts.reports.sections import Section

SIGNALS = "signals"
MOST_TABLE_ROWS = 20
LONGEST_SOURCES = 20
UNDRAWN: dict[str, Any] = {"sentence": "", "picture": "", "rows": [], "of": 0}
"""What a template finds where there is nothing to draw."""


def _facts(page: Page) -> Mapping[str, Any]:
    marks = _marks(page.document["timeline"])
    cases = {
        reading.anchor: f"class-{place}"
        for place, group in enumerate(page.classes)
        for reading in group
    }
    stories = [_story(reading, marks) for reading in page.readings]
    return {"stories": stories, "cases": cases}


def _marks(timeline: Mapping[str, Any]) -> list[curve.Mark]:
    """Dated opportunities that a curve may rise at: summits, and announced contacts still open."""
    summits = [
        curve.Mark(date.fromisoformat(row["start"]), wording.shorten(row["series"], 40))
        for row in timeline["opportunities"]
    ]
    plans = [
        curve.Mark(date.fromisoformat(row["planned"]), "the announced date", "plan")
        for row in timeline["plans"]
        if row["status"] == "pending"
    ]
    return [*summits, *plans]


def _story(reading: Reading, marks: Sequence[curve.Mark]) -> Mapping[str, Any]:
    answer = reading.answer
    return {
        "reading": reading,
        "closes": wording.day(answer["closes"]),
        "opens": wording.day(answer["opens"]),
        "sources": [linked(source) for source in answer["sources"][:LONGEST_SOURCES]],
        "moved": _moved(reading),
        "signals": _signals(reading),
        "curve": _curve(reading, marks),
    }


def _moved(reading: Reading) -> Mapping[str, Any]:
    if not reading.numbered:
        return UNDRAWN | {
            "sentence": "No number of this run may be shown, so neither may what moved it."
        }
    steps = drivers.steps_of(reading.answer["drivers"], reading.answer["probability"])
    said = UNDRAWN | {"sentence": drivers.sentence(steps, digits=reading.digits)}
    if not steps:
        return said
    picture = drivers.draw(
        steps, key=f"{reading.anchor}-m", title=reading.title, digits=reading.digits
    )
    return said | {"picture": picture, "rows": _steps_table(steps, reading.digits)}


def _signals(reading: Reading) -> str:
    """What signals would make of the answer, where they are shown and not used."""
    beside = reading.answer.get("with_signals")
    named = {step["name"] for step in reading.answer["drivers"]}
    if not beside or not reading.numbered or reading.settled or SIGNALS in named:
        return ""
    said = wording.percent(beside["probability"], digits=reading.digits)
    return (
        f"With dated signals the model would say {said}. Signals are shown, not used: "
        "they have yet to earn a place in the answer."
    )


def _steps_table(steps: Sequence[drivers.Step], digits: int) -> list[list[str]]:
    rows = [
        [
            step.name,
            wording.signed(step.delta),
            wording.decimal(step.mcse),
            wording.percent(drivers.chance(step.after), digits=digits),
        ]
        for step in steps
    ]
    total = steps[-1].after
    return [
        *rows,
        [
            "answer",
            wording.signed(total),
            "",
            wording.percent(drivers.chance(total), digits=digits),
        ],
    ]


def _curve(reading: Reading, marks: Sequence[curve.Mark]) -> Mapping[str, Any]:
    if not reading.numbered:
        return UNDRAWN
    points = curve.points_of(reading.answer["curve"])
    near = [mark for mark in marks if points and points[0].day <= mark.day <= points[-1].day]
    said = UNDRAWN | {"sentence": curve.sentence(points, near, digits=reading.digits)}
    if len(points) < 2:
        return said
    picture = curve.draw(
        points, near, key=f"{reading.anchor}-c", title=reading.title, digits=reading.digits
    )
    return said | {
        "picture": picture,
        "rows": _curve_table(points, reading.digits),
        "of": len(points),
    }


def _curve_table(points: Sequence[curve.Point], digits: int) -> list[list[str]]:
    return [
        [
            wording.short_day(point.day),
            wording.percent(point.probability, digits=digits),
            wording.percent_span(point.low, point.high, digits=digits),
        ]
        for point in curve.thinned(points, MOST_TABLE_ROWS)
    ]


SECTION = Section("moved", "What moved each answer, and when", "What moved", 20, _facts)
