"""The past cases of a base rate, one square each, oldest first: full where it happened."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from forecasts.reports.pictures.svg import picture, tag

SIDE, STEP, PER_ROW = 9, 13, 26
MOST_DRAWN = 520
"""More squares than this say nothing that the count does not."""


def draw(happened: Sequence[bool], *, key: str, title: str) -> Markup:
    """Draw the cases in order; two paths, so that a long history stays light.

    Examples
    --------
    >>> "2 of 3" in draw([True, False, True], key="x", title="Trips")
    True
    """
    shown = list(happened)[-MOST_DRAWN:]
    places = [(i % PER_ROW * STEP + 1, i // PER_ROW * STEP + 1) for i in range(len(shown))]
    full = [place for place, yes in zip(places, shown, strict=True) if yes]
    hollow = [place for place, yes in zip(places, shown, strict=True) if not yes]
    count = f"{sum(shown)} of {len(shown)}"
    rows = (len(shown) + PER_ROW - 1) // PER_ROW
    columns = min(PER_ROW, len(shown))
    return picture(
        tag("path", d=_squares(hollow, SIDE), class_="case-no"),
        tag("path", d=_squares(full, SIDE), class_="case-yes"),
        key=key,
        title=title,
        description=f"Oldest first; {count} squares are full: it happened there.",
        size=(columns * STEP, rows * STEP),
        class_="cases",
        style=f"max-width:{columns * STEP}px",
    )


def _squares(places: Sequence[tuple[int, int]], side: int) -> str:
    return "".join(f"M{x} {y}h{side}v{side}h-{side}z" for x, y in places)
