"""One rung of the ladder of answers: probability, interval and base rate on a line.

The line runs from 0 to 100 %; the base rate stands above it, so that neither
mark hides the other.

Places are percentages of the strip's own width, so that one drawing fits a
phone and a desk without shrinking its strokes.
"""

from __future__ import annotations

from markupsafe import Markup

from forecasts.reports.pictures.svg import tag
from forecasts.reports.wording import percent, percent_span

HEIGHT = 34
MIDDLE = 22
QUARTERS = (0, 25, 50, 75, 100)


def draw(
    probability: float | None,
    interval: tuple[float, float] | None,
    base_rate: float | None,
    *,
    digits: int = 0,
) -> Markup:
    """Draw a rung; what is None is left out.

    Examples
    --------
    >>> "base rate 62" in draw(0.71, (0.55, 0.84), 0.62)
    True
    """
    marks = [*_scale()]
    if interval is not None:
        marks.append(_span(*interval))
    if base_rate is not None:
        marks.append(_at(base_rate, tag("path", d="M-5.5 -17H5.5L0 -8Z", class_="base-mark")))
    if probability is not None:
        marks.append(_at(probability, tag("circle", r=6.5, class_="dot")))
    label = _label(probability, interval, base_rate, digits)
    return tag(
        "svg", *marks, class_="rung", role="img", height=HEIGHT, width="100%", aria_label=label
    )


def _scale() -> list[Markup]:
    """The line and its quarters, drawn once on the page and used by every rung."""
    return [tag("use", href="#rung-scale")]


def scale() -> Markup:
    """The line from 0 to 100 % that each rung refers to; a page holds it once.

    Examples
    --------
    >>> "rung-scale" in scale()
    True
    """
    line = tag("line", x1="0", x2="100%", y1=MIDDLE, y2=MIDDLE)
    ticks = [
        tag("line", x1=f"{at}%", x2=f"{at}%", y1=MIDDLE - half, y2=MIDDLE + half)
        for at in QUARTERS
        for half in [9 if at == 50 else 5]
    ]
    symbol = tag(
        "symbol", tag("g", line, *ticks, class_="axis"), id="rung-scale", overflow="visible"
    )
    return tag("svg", symbol, width=0, height=0, aria_hidden="true", style="position:absolute")


def _span(low: float, high: float) -> Markup:
    width = max(0.6, 100 * (high - low))
    return tag(
        "rect",
        x=f"{100 * low:.1f}%",
        width=f"{width:.1f}%",
        y=MIDDLE - 5,
        height=10,
        rx=5,
        class_="band",
    )


def _at(place: float, mark: Markup) -> Markup:
    """Put a mark at a share of the width: a nested image, since paths know no percentages."""
    return tag(
        "svg", mark, x=f"{100 * place:.1f}%", y=MIDDLE, overflow="visible", width=1, height=1
    )


def _label(
    probability: float | None,
    interval: tuple[float, float] | None,
    base_rate: float | None,
    digits: int,
) -> str:
    parts = []
    if probability is not None:
        parts.append(f"probability {percent(probability, digits=digits)}")
    if interval is not None:
        parts.append(f"interval {percent_span(*interval, digits=digits)}")
    if base_rate is not None:
        parts.append(f"base rate {percent(base_rate, digits=digits)}")
    return ", ".join(parts) or "no number"
