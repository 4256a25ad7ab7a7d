"""A reliability diagram: how often it happened when so much was said, with its band.

The diagonal is perfect calibration. The band is where the curve would lie, nine
times in ten at each value, if the forecasts were right. Bars at the foot say
how many forecasts stand at each tenth.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from forecasts.reports.pictures.svg import Scale, linear, lines, path, picture, tag
from forecasts.reports.wording import NBSP

WIDTH, HEIGHT, LEFT, RIGHT, TOP, FOOT = 330, 340, 44, 320, 10, 286
TALLEST = 34
QUARTERS = (0, 0.25, 0.5, 0.75, 1)
TENTHS = 10


def draw(diagram: Mapping[str, Any], *, key: str, title: str) -> Markup:
    """Draw a diagram from its data.

    Parameters
    ----------
    diagram : mapping
        Lists ``forecast``, ``recalibrated``, ``low``, ``high`` and ``count``.
    key, title : str

    Examples
    --------
    >>> data = {"forecast": [0.1, 0.9], "recalibrated": [0.2, 0.8], "low": [0, 0.6]}
    >>> data |= {"high": [0.4, 1], "count": [3, 4]}
    >>> "curve-line" in draw(data, key="k", title="30 days")
    True
    """
    x, y = linear((0, 1), (LEFT, RIGHT)), linear((0, 1), (FOOT, TOP))
    said = diagram["forecast"]
    return picture(
        *lines([(LEFT, y(at), RIGHT, y(at)) for at in QUARTERS], "grid"),
        *lines([(x(at), TOP, x(at), FOOT) for at in QUARTERS], "grid"),
        *_counts(said, diagram["count"], x),
        tag("path", d=_band(diagram, x, y), class_="band see-through"),
        *lines([(x(0), y(0), x(1), y(1))], "even"),
        tag(
            "path",
            d=path((x(a), y(b)) for a, b in zip(said, diagram["recalibrated"], strict=True)),
            class_="curve-line",
        ),
        *(_label(at, LEFT - 6, y(at) + 4, "end") for at in QUARTERS),
        *(_label(at, x(at), FOOT + 18, "mid") for at in QUARTERS),
        tag("text", "said", x=(LEFT + RIGHT) / 2, y=FOOT + 38, class_="tick mid"),
        tag("text", "happened", x=LEFT + 6, y=TOP + 14, class_="tick halo"),
        key=key,
        title=title,
        size=(WIDTH, HEIGHT),
        class_="reliability",
    )


def _label(share: float, at: float, y: float, side: str) -> Markup:
    return tag("text", f"{100 * share:g}{NBSP}%", x=at, y=y, class_=f"tick {side}")


def _band(diagram: Mapping[str, Any], x: Scale, y: Scale) -> str:
    said = diagram["forecast"]
    upper = [(x(a), y(b)) for a, b in zip(said, diagram["high"], strict=True)]
    lower = [(x(a), y(b)) for a, b in zip(said, diagram["low"], strict=True)]
    return path([*upper, *reversed(lower)], closed=True)


def tenths(said: Sequence[float], count: Sequence[float]) -> list[int]:
    """Forecasts in each tenth of the line from 0 to 1.

    Examples
    --------
    >>> tenths([0.05, 0.5, 1.0], [2, 3, 4])
    [2, 0, 0, 0, 0, 3, 0, 0, 0, 4]
    """
    found = [0] * TENTHS
    for value, number in zip(said, count, strict=True):
        found[min(int(value * TENTHS), TENTHS - 1)] += int(number)
    return found


def _counts(said: Sequence[float], count: Sequence[float], x: Scale) -> list[Markup]:
    held = tenths(said, count)
    most = max([*held, 1])
    bars = "".join(
        path(
            [
                (x(i / TENTHS) + 2, FOOT),
                (x(i / TENTHS) + 2, FOOT - TALLEST * number / most),
                (x((i + 1) / TENTHS) - 2, FOOT - TALLEST * number / most),
                (x((i + 1) / TENTHS) - 2, FOOT),
            ],
            closed=True,
        )
        for i, number in enumerate(held)
        if number
    )
    return [tag("path", d=bars, class_="counts")] if bars else []
