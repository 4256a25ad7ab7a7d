"""The horizon curve: how the probability grows with the deadline, with its band."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from markupsafe import Markup

from forecasts.reports.pictures.calendar import months
from forecasts.reports.pictures.svg import Scale, linear, lines, path, picture, tag
from forecasts.reports.wording import NBSP, day, percent, percent_span, points, shorten

WIDTH, HEIGHT, LEFT, RIGHT, TOP, FOOT = 360, 206, 40, 346, 22, 178
TOLERANCE = 0.002
"""A third of a pixel: a point that the line passes this close adds nothing to see."""
MOST_LABELS, LABEL_WIDTH = 4, 44
STEEP_SHARE, STEEP_PACE, STEEP_DAYS, NEAR_DAYS = 0.3, 2.0, 21, 7
"""Three weeks that hold this share of the rise, at this many times its pace, are worth a word."""


@dataclass(frozen=True, slots=True)
class Point:
    """Probability that the event has happened by `day`, and its band."""

    day: date
    probability: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Mark:
    """A dated opportunity to show on the curve; `short` is its label there."""

    day: date
    label: str
    short: str = ""


def points_of(curve: Sequence[Mapping[str, Any]]) -> tuple[Point, ...]:
    """Read the document's curve.

    Examples
    --------
    >>> points_of([{"date": "2023-07-01", "probability": 0.1, "low": 0.05, "high": 0.15}])[0].day
    datetime.date(2023, 7, 1)
    """
    return tuple(
        Point(date.fromisoformat(row["date"]), row["probability"], row["low"], row["high"])
        for row in curve
    )


def thinned(curve: Sequence[Point], most: int) -> list[Point]:
    """At most `most` points, evenly spaced, with both ends and the steepest stretch kept.

    Examples
    --------
    >>> curve = [Point(date(2023, 1, i + 1), i / 30, 0, 1) for i in range(30)]
    >>> len(thinned(curve, 10)) <= 10
    True
    """
    if len(curve) <= most:
        return list(curve)
    even = {round(i * (len(curve) - 1) / (most - 3)) for i in range(most - 2)}
    step = max(range(1, len(curve)), key=lambda i: curve[i].probability - curve[i - 1].probability)
    return [curve[i] for i in sorted(even | {step - 1, step})]


def simplified(curve: Sequence[Point]) -> list[Point]:
    """Leave out what a straight line already shows (Douglas and Peucker, 1973).

    Examples
    --------
    >>> curve = [Point(date(2023, 1, i + 1), i / 30, 0, 1) for i in range(30)]
    >>> len(simplified(curve))
    2
    """
    if len(curve) < 3:
        return list(curve)
    away = [_off_line(curve[0], point, curve[-1]) for point in curve[1:-1]]
    if max(away) <= TOLERANCE:
        return [curve[0], curve[-1]]
    corner = away.index(max(away)) + 1
    return simplified(curve[: corner + 1])[:-1] + simplified(curve[corner:])


def _off_line(first: Point, point: Point, last: Point) -> float:
    share = (point.day - first.day).days / max(1, (last.day - first.day).days)
    pairs = (
        (first.probability, point.probability, last.probability),
        (first.low, point.low, last.low),
        (first.high, point.high, last.high),
    )
    return max(abs(middle - (start + share * (end - start))) for start, middle, end in pairs)


def sentence(curve: Sequence[Point], marks: Sequence[Mark], *, digits: int = 0) -> str:
    """Say what to see: where the curve ends, when it passes even odds, where it is steep."""
    if len(curve) < 2:
        return "This answer has no horizon curve: it is not about a deadline."
    last = curve[-1]
    span = percent_span(last.low, last.high, digits=digits)
    end = f"Reaches {percent(last.probability, digits=digits)} ({span}) by {day(last.day)}"
    parts = (end, _halfway(curve), _steepest(curve, marks))
    return "; ".join(part for part in parts if part) + "."


def _halfway(curve: Sequence[Point]) -> str:
    last = curve[-1].probability
    if last > 0.5 and curve[0].probability < 0.5:
        passed = next(point.day for point in curve if point.probability >= 0.5)
        return f"passes even odds about {_day(passed, curve[-1].day)}"
    return ""


def _day(found: date, last: date) -> str:
    """Leave the year out where the sentence has just given it."""
    return day(found) if found.year != last.year else day(found)[:-5]


def _steepest(curve: Sequence[Point], marks: Sequence[Mark]) -> str:
    """Name the three weeks that hold most of the rise, and a summit in them."""
    rise = curve[-1].probability - curve[0].probability
    best = max(curve, key=lambda point: _gained(curve, point))
    gained = _gained(curve, best)
    length = (curve[-1].day - curve[0].day).days
    pace = STEEP_PACE * STEEP_DAYS / max(1, length)
    if rise <= 0.02 or gained < max(STEEP_SHARE, pace) * rise:
        return ""
    return f"{points(0, gained)} of that come {_where(curve, best, marks)}"


def _where(curve: Sequence[Point], end: Point, marks: Sequence[Mark]) -> str:
    """Name the opportunity nearest to the largest single step of the stretch, if one is near."""
    since, last = end.day - timedelta(days=STEEP_DAYS), curve[-1].day
    steps = [
        (after.probability - before.probability, after.day)
        for before, after in pairwise(curve)
        if since < after.day <= end.day
    ]
    top = max(steps)[1]
    near = min(marks, key=lambda mark: abs((mark.day - top).days), default=None)
    if near is None or abs((near.day - top).days) > NEAR_DAYS:
        return f"in the three weeks to {_day(end.day, last)}"
    return f"around {near.label} ({_day(near.day, last)})"


def _gained(curve: Sequence[Point], end: Point) -> float:
    since = end.day - timedelta(days=STEEP_DAYS)
    before = [point.probability for point in curve if point.day <= since]
    return end.probability - (before[-1] if before else curve[0].probability)


def draw(
    curve: Sequence[Point], marks: Sequence[Mark], *, key: str, title: str, digits: int = 0
) -> Markup:
    """Draw the band, the line and the summits on the way."""
    shown = simplified(curve)
    first, last = shown[0].day, shown[-1].day
    x = linear((first.toordinal(), last.toordinal()), (LEFT, RIGHT))
    y = linear((0, 1), (FOOT, TOP))
    return picture(
        *_grid(y),
        *_months(first, last, x),
        *_marks([mark for mark in marks if first <= mark.day <= last], x),
        tag("path", d=_band(shown, x, y), class_="band"),
        tag(
            "path",
            d=path((x(p.day.toordinal()), y(p.probability)) for p in shown),
            class_="curve-line",
        ),
        *_end(shown[-1], x, y, digits),
        key=key,
        title=f"Probability by deadline: {shorten(title, 120)}",
        size=(WIDTH, HEIGHT),
        class_="curve",
    )


def _grid(y: Scale) -> list[Markup]:
    return [
        *lines([(LEFT, y(tick), RIGHT, y(tick)) for tick in (0, 0.25, 0.75, 1)], "grid"),
        *lines([(LEFT, y(0.5), RIGHT, y(0.5))], "even"),
        *(
            tag("text", f"{100 * tick:g}{NBSP}%", x=LEFT - 6, y=y(tick) + 4, class_="tick end")
            for tick in (0, 0.25, 0.5, 0.75, 1)
        ),
    ]


def _months(first: date, last: date, x: Scale) -> list[Markup]:
    labels = months(first, last, MOST_LABELS)
    if not labels:
        labels = [(first, day(first)[:-5]), (last, day(last)[:-5])]
    places = [
        (min(max(x(start.toordinal()), LEFT + 14), RIGHT - 14), label) for start, label in labels
    ]
    return [
        *lines([(at, FOOT, at, FOOT + 5) for at, _ in places], "axis"),
        *(tag("text", label, x=at, y=FOOT + 20, class_="tick mid") for at, label in places),
    ]


def _marks(marks: Sequence[Mark], x: Scale) -> list[Markup]:
    """Dotted lines where a summit falls; a label where there is room for it."""
    places = [(x(mark.day.toordinal()), mark) for mark in sorted(marks, key=lambda mark: mark.day)]
    parts, taken = lines([(at, TOP, at, FOOT) for at, _ in places], "summit-line"), -100.0
    for at, mark in places:
        if at - taken >= LABEL_WIDTH:
            side = "end" if at > RIGHT - 20 else "mid"
            parts.append(
                tag(
                    "text",
                    shorten(mark.short or mark.label, 8),
                    x=at,
                    y=TOP - 8,
                    class_=f"tick {side}",
                )
            )
            taken = at
    return parts


def _band(shown: Sequence[Point], x: Scale, y: Scale) -> str:
    upper = [(x(p.day.toordinal()), y(p.high)) for p in shown]
    lower = [(x(p.day.toordinal()), y(p.low)) for p in reversed(shown)]
    return path([*upper, *lower], closed=True)


def _end(last: Point, x: Scale, y: Scale, digits: int) -> list[Markup]:
    at, height = x(last.day.toordinal()), y(last.probability)
    label_y = height - 12 if last.probability < 0.85 else height + 22
    return [
        tag("circle", cx=at, cy=height, r=5, class_="dot"),
        tag(
            "text", percent(last.probability, digits=digits),
            x=at + 8, y=label_y, class_="strong halo end",
        ),
    ]  # fmt: skip
