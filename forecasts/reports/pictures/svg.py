"""The few SVG parts that the pictures share; every text and attribute is escaped here."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from markupsafe import Markup, escape

type Scale = Callable[[float], float]
"""A value's place on the paper."""


def tag(name: str, *children: str, **attributes: str | float) -> Markup:
    """Build an element; ``class_`` and ``text_anchor`` become ``class`` and ``text-anchor``.

    Examples
    --------
    >>> tag("text", "<b>", x=1.04, class_="mark")
    Markup('<text x="1" class="mark">&lt;b&gt;</text>')
    """
    shown = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(_number(value))}"'
        for key, value in attributes.items()
    )
    inner = "".join(escape(child) for child in children)
    return Markup(f"<{name}{shown}>{inner}</{name}>" if inner else f"<{name}{shown}/>")  # noqa: S704 - escaped above


def path(points: Iterable[tuple[float, float]], *, closed: bool = False) -> str:
    """Write a polyline as path data.

    Examples
    --------
    >>> path([(0, 0), (10, 5.25)], closed=True)
    'M0 0L10 5.2Z'
    """
    steps = "L".join(f"{_number(x)} {_number(y)}" for x, y in points)
    return f"M{steps}{'Z' if closed else ''}" if steps else ""


def linear(domain: tuple[float, float], span: tuple[float, float]) -> Scale:
    """Map `domain` onto `span` in a straight line.

    Examples
    --------
    >>> linear((0, 1), (10, 110))(0.5)
    60.0
    """
    (low, high), (first, last) = domain, span
    width = (high - low) or 1.0
    return lambda value: first + (value - low) / width * (last - first)


def picture(
    *body: Markup,
    key: str,
    title: str,
    size: tuple[float, float],
    description: str = "",
    **attributes: str,
) -> Markup:
    """Wrap drawn parts as one named image.

    `key` must be unique on the page: the title and description carry it. A
    picture that stands under its caption needs no description of its own.
    """
    width, height = size
    described = [tag("desc", description, id=f"{key}-d")] if description else []
    return tag(
        "svg",
        tag("title", title, id=f"{key}-t"),
        *described,
        *body,
        **attributes,
        viewBox=f"0 0 {_number(width)} {_number(height)}",
        role="img",
        aria_labelledby=f"{key}-t {key}-d" if described else f"{key}-t",
    )


def lines(ends: Iterable[tuple[float, float, float, float]], class_: str) -> list[Markup]:
    """Draw straight lines (x1, y1, x2, y2) as one path; nothing where there are none.

    Examples
    --------
    >>> lines([(0, 0, 5, 0), (0, 9, 5, 9)], "grid")
    [Markup('<path d="M0 0L5 0M0 9L5 9" class="grid"/>')]
    """
    drawn = "".join(path([(x1, y1), (x2, y2)]) for x1, y1, x2, y2 in ends)
    return [tag("path", d=drawn, class_=class_)] if drawn else []


def _number(value: str | float) -> str:
    """One decimal is a tenth of a pixel: finer only makes the page heavier."""
    if isinstance(value, str):
        return value
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text
