"""One skill with its interval on a line through 0, small enough for the cell of a table.

Places are percentages of the strip's own width, so that one drawing fits a
phone and a desk. An interval that leaves the line ends in an arrow.
"""

from __future__ import annotations

from markupsafe import Markup

from forecasts.reports.pictures.svg import tag
from forecasts.reports.wording import signed

HEIGHT, MIDDLE = 22, 11
LOWEST, HIGHEST = -0.5, 1.0


def draw(value: float | None, low: float | None, high: float | None, *, label: str) -> Markup:
    """Draw a strip; without a value only the line is drawn.

    Parameters
    ----------
    value, low, high : float or None
        Skill and its interval; a missing end runs off the line.
    label : str
        What it is the skill of, for those who do not see it.

    Examples
    --------
    >>> "skill +0.30, interval +0.20 to +0.40" in draw(0.3, 0.2, 0.4, label="30 days")
    True
    """
    marks = [
        tag("line", x1="0", x2="100%", y1=MIDDLE, y2=MIDDLE, class_="grid"),
        tag("line", x1=_at(0), x2=_at(0), y1=1, y2=HEIGHT - 1, class_="zero"),
    ]
    said = f"{label}: not available"
    if value is not None:
        said = f"{label}: skill {signed(value)}, interval {signed(low)} to {signed(high)}"
        first, last = _share(low, LOWEST), _share(high, HIGHEST)
        marks += [
            tag(
                "rect",
                x=f"{first:.1f}%",
                width=f"{max(0.6, last - first):.1f}%",
                y=MIDDLE - 4,
                height=8,
                class_="band",
            ),
            *([_mark("M6 -5L0 0L6 5", 0)] if low is None or low < LOWEST else []),
            *([_mark("M-6 -5L0 0L-6 5", 100)] if high is None or high > HIGHEST else []),
        ]
        if LOWEST <= value <= HIGHEST:
            dot = tag("circle", r=5, class_="dot")
            marks.append(_placed(dot, _share(value, value)))
    return tag(
        "svg", *marks, class_="strip", role="img", height=HEIGHT, width="100%", aria_label=said
    )


def _at(value: float) -> str:
    return f"{_share(value, value):.1f}%"


def _share(value: float | None, otherwise: float) -> float:
    kept = min(max(otherwise if value is None else value, LOWEST), HIGHEST)
    return 100 * (kept - LOWEST) / (HIGHEST - LOWEST)


def _mark(shape: str, share: float) -> Markup:
    return _placed(tag("path", d=shape, class_="arrow"), share)


def _placed(mark: Markup, share: float) -> Markup:
    return tag("svg", mark, x=f"{share:.1f}%", y=MIDDLE, overflow="visible", width=1, height=1)
