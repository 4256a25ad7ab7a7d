"""Skills with their intervals, one row each, on a common axis through 0.

A row may carry two marks: a dot for one baseline, a triangle for the other.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from forecasts.reports.pictures.svg import Scale, linear, lines, path, picture, tag
from forecasts.reports.wording import signed

WIDTH, RIGHT, TOP, ROW, FOOT = 360, 346, 6, 30, 26
LEFTMOST, MOST_LEFT, LETTER = 66, 176, 6.4
"""Where the axis begins: as far right as the longest label needs, within these."""

LOWEST, HIGHEST = -1.0, 1.0
STEPS = (0.25, 0.1, 0.05, 0.02, 0.01, 0.005)
APART = 5
"""How far a row's two marks stand from its middle."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A value and the ends of its interval; None where there is none."""

    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Bar:
    """A row: its label, its mark, and a second one where two baselines are compared."""

    label: str
    first: Mark
    second: Mark | None = None


def mark(interval: Mapping[str, Any] | None) -> Mark:
    """Read a mark from a document's interval.

    Examples
    --------
    >>> mark({"value": 0.3, "low": 0.1, "high": None})
    Mark(value=0.3, low=0.1, high=None)
    """
    if interval is None:
        return Mark(None, None, None)
    return Mark(interval["value"], interval["low"], interval["high"])


def draw(bars: Sequence[Bar], *, key: str, title: str, fine: bool = False) -> Markup:
    """Draw the rows, with an arrow where an interval leaves the paper.

    Parameters
    ----------
    bars : sequence of Bar
    key : str
        Unique on the page.
    title : str
    fine : bool
        Let the axis be as short as the values: for gains that are near 0.

    Examples
    --------
    >>> "30 days" in draw([Bar("30 days", Mark(0.4, 0.2, 0.6))], key="k", title="Skill")
    True
    """
    low, high, step = _domain(bars, fine=fine)
    left = min(MOST_LEFT, max(LEFTMOST, 10 + LETTER * max((len(b.label) for b in bars), default=0)))
    x = linear((low, high), (left, RIGHT))
    bottom = TOP + ROW * len(bars)
    ticks = [low + step * i for i in range(round((high - low) / step) + 1)]
    shown = ticks if len(ticks) < 6 else ticks[::2] if 0.0 in _rounded(ticks[::2]) else ticks[1::2]
    return picture(
        *lines([(x(tick), TOP, x(tick), bottom) for tick in ticks], "grid"),
        *lines([(x(0), TOP, x(0), bottom + 4)], "zero"),
        *(_tick(tick, x(tick), bottom) for tick in shown),
        *(part for i, bar in enumerate(bars) for part in _row(bar, TOP + ROW * (i + 0.5), x, left)),
        key=key,
        title=title,
        size=(WIDTH, bottom + FOOT),
        class_="forest",
    )


def _domain(bars: Sequence[Bar], *, fine: bool) -> tuple[float, float, float]:
    """Ends of the axis and the distance of its lines, 0 always included."""
    marks = [mark for bar in bars for mark in (bar.first, bar.second) if mark is not None]
    values = [v for m in marks for v in (m.value, m.low, m.high) if v is not None]
    reach = max((abs(v) for v in values), default=1.0)
    step = next((s for s in reversed(STEPS) if fine and reach < 4 * s), STEPS[0])
    low = max(LOWEST, math.floor(min([*values, -step]) / step) * step)
    high = min(HIGHEST, math.ceil(max([*values, step]) / step) * step)
    return low, high, step


def _rounded(ticks: Sequence[float]) -> list[float]:
    return [round(tick, 6) + 0.0 for tick in ticks]


def _tick(value: float, at: float, bottom: float) -> Markup:
    return tag("text", signed(value).rstrip("0").rstrip(".") or "0", x=at, y=bottom + 18,
               class_="tick mid")  # fmt: skip


def _row(bar: Bar, y: float, x: Scale, left: float) -> list[Markup]:
    label = tag("text", bar.label, x=0, y=y + 4, class_="row-label")
    if bar.second is None:
        return [label, *_mark(bar.first, (left, y), x, "main")]
    return [
        label,
        *_mark(bar.first, (left, y - APART), x, "main"),
        *_mark(bar.second, (left, y + APART), x, "other"),
    ]


def _mark(mark: Mark, start: tuple[float, float], x: Scale, style: str) -> list[Markup]:
    left, y = start
    if mark.value is None:
        return [tag("text", "no value", x=x(0) + 4, y=y + 4, class_="tick")]
    first = left if mark.low is None else min(max(x(mark.low), left), RIGHT)
    last = RIGHT if mark.high is None else min(max(x(mark.high), left), RIGHT)
    parts = lines([(first, y, last, y)], f"whisker {style}")
    if mark.low is None or x(mark.low) < left:
        parts.append(_arrow(left, y, 5, style))
    if mark.high is None or x(mark.high) > RIGHT:
        parts.append(_arrow(RIGHT, y, -5, style))
    at = x(mark.value)
    if left <= at <= RIGHT:
        return [*parts, _dot(at, y, style)]
    side, place = ("", left + 10) if at < left else (" end", RIGHT - 10)
    text = tag("text", signed(mark.value), x=place, y=y + 4, class_=f"tick halo{side}")
    return [*parts, text]


def _arrow(at: float, y: float, reach: float, style: str) -> Markup:
    return tag(
        "path",
        d=path([(at + reach, y - 4), (at, y), (at + reach, y + 4)]),
        class_=f"arrow {style}",
    )


def _dot(at: float, y: float, style: str) -> Markup:
    if style == "main":
        return tag("circle", cx=at, cy=y, r=4.5, class_="dot")
    corners = [(at - 5, y - 4), (at + 5, y - 4), (at, y + 4.5)]
    return tag("path", d=path(corners, closed=True), class_="base-mark")
