"""What moved an answer: steps of log-odds that add up, from the base rate to the probability.

The axis is spaced in log-odds, so that steps add, and labelled in percent, so
that people can read it. The steps are the model's bookkeeping in a stated
order; they are not causes.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from forecasts.reports.pictures.svg import Scale, linear, lines, path, picture, tag
from forecasts.reports.wording import NBSP, listed, percent, shorten, signed

NOTICEABLE_MCSE = 2.0
"""A step within two Monte-Carlo standard errors of nought is no measurable effect."""
EVEN = 0.5
UNEXPLAINED = 0.01
"""A rest larger than this is drawn as a step of its own: the bars always add up."""

WIDTH, LEFT, RIGHT, TOP, ROW = 360, 126, 276, 8, 30
TICKS = (
    0.001,
    0.01,
    0.02,
    0.05,
    0.1,
    0.2,
    0.3,
    0.4,
    0.5,
    0.6,
    0.7,
    0.8,
    0.9,
    0.95,
    0.98,
    0.99,
    0.999,
)
TICK_GAP, LEAST_SPAN, TIP = 34, 1.2, 6


@dataclass(frozen=True, slots=True)
class Step:
    """One bar: from log-odds `before` to `after`."""

    name: str
    delta: float
    mcse: float
    before: float

    @property
    def after(self) -> float:
        """Log-odds once the step is taken."""
        return self.before + self.delta

    @property
    def measurable(self) -> bool:
        """Whether the step is more than the simulation's own noise."""
        return abs(self.delta) >= max(0.005, NOTICEABLE_MCSE * self.mcse)


def steps_of(drivers: Sequence[Mapping[str, Any]], probability: float | None) -> tuple[Step, ...]:
    """Line the drivers up, and add what they leave unexplained.

    Examples
    --------
    >>> drivers = [{"name": "base rate", "delta_logit": 0.5, "mcse": 0.0}]
    >>> [step.name for step in steps_of(drivers, 0.9)]
    ['base rate', 'rest (not attributed)']
    """
    steps: list[Step] = []
    for driver in drivers:
        before = steps[-1].after if steps else 0.0
        steps.append(
            Step(
                str(driver["name"]),
                float(driver["delta_logit"] or 0),
                float(driver["mcse"] or 0),
                before,
            )
        )
    if steps and probability is not None and 0 < probability < 1:
        rest = math.log(probability / (1 - probability)) - steps[-1].after
        if abs(rest) > UNEXPLAINED:
            steps.append(Step("rest (not attributed)", rest, 0.0, steps[-1].after))
    return tuple(steps)


def sentence(steps: Sequence[Step], *, digits: int = 0) -> str:
    """Say what to see, in the order of the bars.

    Examples
    --------
    >>> base = Step("base rate", 0.5, 0.0, 0.0)
    >>> sentence([base, Step("signals", 0.01, 0.02, 0.5)]).replace("\u00a0", " ")
    'Starts at the base rate, 62 %; no measurable step from signals.'
    """
    if not steps:
        return "What moved this answer was not worked out in this run."
    start = f"Starts at the {steps[0].name}, {percent(chance(steps[0].after), digits=digits)}"
    moved = [
        f"with {step.name} it is {percent(chance(step.after), digits=digits)}"
        for step in steps[1:]
        if step.measurable
    ]
    flat = [step.name for step in steps[1:] if not step.measurable]
    silent = f"no measurable step from {listed(flat)}" if flat else ""
    return "; ".join(part for part in (start, ", ".join(moved), silent) if part) + "."


def chance(logit: float) -> float:
    """Probability of log-odds `logit`.

    Examples
    --------
    >>> chance(0.0)
    0.5
    """
    return 1 / (1 + math.exp(-logit)) if logit > -700 else 0.0


def draw(steps: Sequence[Step], *, key: str, title: str, digits: int = 0) -> Markup:
    """Draw the steps as a waterfall, one row each, and the answer below them."""
    scale = _scale(steps)
    height = TOP + ROW * (len(steps) + 1) + 24
    rows = [part for place, step in enumerate(steps) for part in _row(step, place, scale, digits)]
    return picture(
        *_grid(steps, scale, height),
        *rows,
        *_answer(steps[-1].after, len(steps), scale, digits),
        key=key,
        title=f"What moved: {shorten(title, 120)}",
        size=(WIDTH, height),
        class_="drivers",
    )


def _scale(steps: Sequence[Step]) -> Scale:
    ends = [0.0, *(step.after for step in steps)]
    low, high = min(ends), max(ends)
    slack = max(0.12 * (high - low), (LEAST_SPAN - (high - low)) / 2)
    return linear((low - slack, high + slack), (LEFT, RIGHT))


def _grid(steps: Sequence[Step], scale: Scale, height: float) -> list[Markup]:
    foot = height - 24
    places = {tick: scale(math.log(tick / (1 - tick))) for tick in _ticks(scale)}
    joints = [
        (scale(step.after), TOP + ROW * place + 23, scale(step.after), TOP + ROW * place + 37)
        for place, step in enumerate(steps)
    ]
    return [
        *lines([(x, TOP, x, foot) for tick, x in places.items() if tick != EVEN], "grid"),
        *lines([(x, TOP, x, foot) for tick, x in places.items() if tick == EVEN], "even"),
        *lines(joints, "joint"),
        *(
            tag("text", _tick_label(tick), x=x, y=foot + 16, class_="tick mid")
            for tick, x in places.items()
        ),
    ]


def _ticks(scale: Scale) -> list[float]:
    """Even odds first, then what has room outwards from it."""
    kept: list[float] = []
    for tick in sorted(TICKS, key=lambda tick: abs(tick - EVEN)):
        x = scale(math.log(tick / (1 - tick)))
        room = all(abs(x - scale(math.log(t / (1 - t)))) >= TICK_GAP for t in kept)
        if LEFT - 4 <= x <= RIGHT + 4 and room:
            kept.append(tick)
    return kept


def _tick_label(tick: float) -> str:
    return f"{100 * tick:g}{NBSP}%"


def _row(step: Step, place: int, scale: Scale, digits: int) -> list[Markup]:
    middle = TOP + ROW * place + ROW / 2
    return [
        tag("text", shorten(step.name, 22), x=0, y=middle + 4),
        _bar(step, place, middle, scale),
        tag("text", signed(step.delta), x=WIDTH - 42, y=middle + 4, class_="delta end"),
        tag(
            "text", percent(chance(step.after), digits=digits),
            x=WIDTH, y=middle + 4, class_="end",
        ),
    ]  # fmt: skip


def _bar(step: Step, place: int, middle: float, scale: Scale) -> Markup:
    """A bar that points where it goes, so that direction does not hang on colour."""
    start, end = scale(step.before), scale(step.after)
    if not place:
        return tag(
            "path",
            d=path(
                [(start, middle - 8), (end, middle - 8), (end, middle + 8), (start, middle + 8)],
                closed=True,
            ),
            class_="from",
        )
    if not step.measurable:
        return tag("line", x1=start, x2=start, y1=middle - 8, y2=middle + 8, class_="flat")
    tip = math.copysign(min(TIP, abs(end - start)), end - start)
    top, bottom = middle - 8, middle + 8
    corners = [(start, top), (end - tip, top), (end, middle), (end - tip, bottom), (start, bottom)]
    return tag("path", d=path(corners, closed=True), class_="up" if step.delta > 0 else "down")


def _answer(logit: float, place: int, scale: Scale, digits: int) -> list[Markup]:
    middle = TOP + ROW * place + ROW / 2
    return [
        tag("text", "answer", x=0, y=middle + 4, class_="strong"),
        tag("circle", cx=scale(logit), cy=middle, r=6.5, class_="dot"),
        tag("text", signed(logit), x=WIDTH - 42, y=middle + 4, class_="delta end"),
        tag(
            "text", percent(chance(logit), digits=digits),
            x=WIDTH, y=middle + 4, class_="strong end",
        ),
    ]  # fmt: skip
