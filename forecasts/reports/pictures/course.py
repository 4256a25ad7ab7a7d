"""Figures along the origins of a backtest: what was said and came, and how weights fared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from forecasts.reports.pictures.svg import Scale, linear, lines, path, picture, tag
from forecasts.reports.wording import NBSP

WIDTH, HEIGHT, LEFT, RIGHT, TOP, FOOT = 360, 196, 40, 350, 20, 160
MOST_YEARS = 5
KHAT_BAR = 0.7


@dataclass(frozen=True, slots=True)
class Said:
    """Probabilities on each origin, and what came.

    Parameters
    ----------
    days : sequence of str
        Origins, ISO days in order.
    model, other : sequence of float or None
        What the model said, and the baseline.
    outcome : sequence of float or None
        1, 0, or None where unresolved.
    """

    days: Sequence[str]
    model: Sequence[float | None]
    other: Sequence[float | None]
    outcome: Sequence[float | None]


def said(run: Said, shut: tuple[str, str], *, key: str, title: str) -> Markup:
    """Draw probabilities on each origin, with ticks above (it happened) and below (it did not).

    Parameters
    ----------
    run : Said
    shut : tuple of str
        First and last day of the stretch that is shaded.
    key, title : str

    Examples
    --------
    >>> run = Said(["2019-01-01", "2020-01-01"], [0.2, 0.3], [0.1, 0.1], [1, 0])
    >>> "came" in said(run, ("2019-07-01", "2022-10-31"), key="k", title="Within 30 days")
    True
    """
    days = run.days
    x, y = _time(days), linear((0, 1), (FOOT, TOP))
    places = [x(_number(day)) for day in days]
    came = [at for at, seen in zip(places, run.outcome, strict=True) if seen == 1]
    stayed = [at for at, seen in zip(places, run.outcome, strict=True) if seen == 0]
    return picture(
        *_shaded(shut, x, (places[0], places[-1])),
        *lines([(LEFT, y(at), RIGHT, y(at)) for at in (0, 0.5, 1)], "grid"),
        *(
            tag("text", f"{100 * at:g}{NBSP}%", x=LEFT - 6, y=y(at) + 4, class_="tick end")
            for at in (0, 0.5, 1)
        ),
        *_years(days, x),
        *lines([(at, TOP - 12, at, TOP - 4) for at in came], "came"),
        *lines([(at, FOOT + 4, at, FOOT + 10) for at in stayed], "stayed"),
        *_course(places, run.other, y, "other-line"),
        *_course(places, run.model, y, "curve-line thin"),
        key=key,
        title=title,
        size=(WIDTH, HEIGHT),
        class_="curve",
    )


def khat(
    days: Sequence[str],
    values: Sequence[float | None],
    sampled: Sequence[bool],
    *,
    key: str,
    title: str,
) -> Markup:
    """Draw the tail shape of the weights on each origin, and where the posterior was sampled.

    Parameters
    ----------
    days : sequence of str
        Origins, ISO days in order.
    values : sequence of float or None
        As they were before any refit; None where a stretch begins.
    sampled : sequence of bool
    key, title : str

    Examples
    --------
    >>> "refit" in khat(
    ...     ["2019-01-01", "2020-01-01"], [None, 0.4], [True, False], key="k", title="Weights"
    ... )
    True
    """
    x = _time(days)
    top = max([1.0, *(v for v in values if v is not None)])
    y = linear((0, top), (FOOT, TOP))
    places = [x(_number(day)) for day in days]
    refits = [at for at, fresh in zip(places, sampled, strict=True) if fresh]
    return picture(
        *lines([(at, TOP, at, FOOT) for at in refits], "refit"),
        *lines([(LEFT, y(at), RIGHT, y(at)) for at in (0, top)], "grid"),
        *lines([(LEFT, y(KHAT_BAR), RIGHT, y(KHAT_BAR))], "limit"),
        *(
            tag("text", f"{at:.1f}", x=LEFT - 6, y=y(at) + 4, class_="tick end")
            for at in (0, KHAT_BAR)
        ),
        *_years(days, x),
        *(
            tag("circle", cx=at, cy=y(max(value, 0)), r=1.8, class_="point")
            for at, value in zip(places, values, strict=True)
            if value is not None
        ),
        key=key,
        title=title,
        size=(WIDTH, HEIGHT),
        class_="curve",
    )


def _time(days: Sequence[str]) -> Scale:
    return linear((_number(days[0]), _number(days[-1])), (LEFT, RIGHT))


def _number(day: str) -> int:
    return date.fromisoformat(day).toordinal()


def _shaded(shut: tuple[str, str], x: Scale, span: tuple[float, float]) -> list[Markup]:
    first, last = (min(max(x(_number(day)), span[0]), span[1]) for day in shut)
    if last <= first:
        return []
    return [tag("rect", x=first, width=last - first, y=TOP - 14, height=FOOT - TOP + 26,
                class_="shut")]  # fmt: skip


def _years(days: Sequence[str], x: Scale) -> list[Markup]:
    first, last = date.fromisoformat(days[0]), date.fromisoformat(days[-1])
    years = range(first.year + (first > date(first.year, 1, 1)), last.year + 1)
    step = -(-len(years) // MOST_YEARS) or 1
    shown = [year for year in years if (year - years[0]) % step == 0] if years else []
    parts = [
        tag("text", str(year), x=x(date(year, 1, 1).toordinal()), y=FOOT + 28, class_="tick mid")
        for year in shown
    ]
    at = [x(date(year, 1, 1).toordinal()) for year in shown]
    return [*lines([(place, FOOT + 11, place, FOOT + 16) for place in at], "axis"), *parts]


def _course(
    places: Sequence[float], values: Sequence[float | None], y: Scale, style: str
) -> list[Markup]:
    known = [(at, y(v)) for at, v in zip(places, values, strict=True) if v is not None]
    return [tag("path", d=path(known), class_=style)] if known else []
