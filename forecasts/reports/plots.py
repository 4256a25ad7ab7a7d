"""Pictures for notebooks, from a run document: each returns the library's own figure.

Each has axis labels with units and a title that states what it shows. Nothing
here fits, simulates or reads a file.
"""

from __future__ import annotations

import io
import textwrap
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from forecasts.errors import BadInput
from forecasts.schema import INTERVAL_MASS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

type Document = Mapping[str, Any]

INK, ACCENT, PALE = "#1f2933", "#1d5f8a", "#a9c7dc"
WIDTH_INCHES, DOTS_PER_INCH = 7.2, 110
PERCENT = f"{INTERVAL_MASS:.0%}".replace("%", " %")


def answers(document: Document) -> Figure:
    """Every answer with its interval, beside the base rate that it started from."""
    rows = sorted(document["answers"], key=lambda answer: answer["probability"])
    figure, axes = _axes(height=0.8 + 0.48 * len(rows))
    for y, answer in enumerate(rows):
        axes.plot(answer["interval"], [y, y], color=PALE, linewidth=7, solid_capstyle="round")
        axes.plot(answer["probability"], y, "o", color=ACCENT)
        axes.plot(answer["base_rate"]["probability"], y, "|", color=INK, markersize=14)
    titles = [textwrap.fill(_short(answer["title"], 88), 46) for answer in rows]
    axes.set_yticks(range(len(rows)), titles, fontsize=8)
    axes.set_xlim(0, 1)
    axes.set_xlabel("probability")
    figure.suptitle(
        f"Answers as of {document['as_of']}: probability (dot), its {PERCENT} interval (band), "
        "base rate (bar)",
        x=0.01,
        ha="left",
        fontsize=9,
    )
    return figure


def curve(document: Document, question: str) -> Figure:
    """Probability that it has happened by each date, with its interval."""
    answer = answer_of(document, question)
    if not answer["curve"]:
        raise BadInput(
            "question", "one that can happen on any day up to its close", question, "pick another"
        )
    days = np.array([point["date"] for point in answer["curve"]], dtype="datetime64[D]")
    figure, axes = _axes()
    low, high = ([point[side] for point in answer["curve"]] for side in ("low", "high"))
    axes.fill_between(days, low, high, color=PALE, label=f"{PERCENT} interval")
    axes.plot(days, [point["probability"] for point in answer["curve"]], color=ACCENT, marker="o")
    axes.set_ylim(0, 1)
    axes.set_ylabel("probability that it has happened")
    axes.set_xlabel("by this date")
    axes.tick_params(axis="x", rotation=30)
    axes.set_title(
        f"{_short(answer['title'])}\n{_percent(answer['probability'])} by the close", loc="left"
    )
    axes.legend(frameon=False, loc="lower right")
    return figure


def drivers(document: Document, question: str) -> Figure:
    """Steps of log-odds from even odds to the answer; they add up."""
    answer = answer_of(document, question)
    figure, axes = _axes(height=2.6)
    reached = 0.0
    for y, step in enumerate(answer["drivers"]):
        axes.barh(y, step["delta_logit"], left=reached, color=ACCENT, height=0.6)
        axes.errorbar(reached + step["delta_logit"], y, xerr=2 * step["mcse"], color=INK, capsize=3)
        reached += step["delta_logit"]
    axes.axvline(reached, color=INK, linewidth=0.8)
    axes.set_yticks(range(len(answer["drivers"])), [s["name"] for s in answer["drivers"]])
    axes.invert_yaxis()
    axes.set_xlabel("log-odds (0 = even; whiskers: two Monte Carlo standard errors)")
    axes.set_title(f"From base rate to {_percent(answer['probability'])}", loc="left")
    return figure


def densities(samples: Mapping[str, Sequence[float]], *, unit: str, title: str) -> Figure:
    """Histograms of posterior draws, one panel each, with the 80 % interval marked.

    Parameters
    ----------
    samples : mapping of str to sequence of float
        Draws by label.
    unit : str
        Label of the horizontal axes.
    title : str
        What the picture shows.
    """
    figure = _figure(1.7 * len(samples) + 0.6)
    tail = (1.0 - INTERVAL_MASS) / 2
    for axes, (label, draws) in zip(
        np.atleast_1d(figure.subplots(len(samples), 1, sharex=True)), samples.items(), strict=True
    ):
        low, high = np.quantile(draws, [tail, 1.0 - tail])
        axes.hist(draws, bins=60, color=PALE, density=True)
        axes.axvspan(low, high, color=ACCENT, alpha=0.15)
        axes.set_yticks([])
        axes.set_ylabel(label, rotation=0, ha="right", va="center")
        axes.spines[["top", "right", "left"]].set_visible(False)
    figure.axes[-1].set_xlabel(unit)
    figure.suptitle(title, x=0.01, ha="left")
    return figure


def answer_of(document: Document, question: str) -> Mapping[str, Any]:
    """The answer to one question of a run document.

    Raises
    ------
    BadInput
        If the run did not answer it.
    """
    found = {answer["question"]: answer for answer in document["answers"]}
    if question not in found:
        raise BadInput("question", f"one of {', '.join(found)}", question, "correct the identifier")
    answer: Mapping[str, Any] = found[question]
    return answer


def _axes(height: float = 3.6) -> tuple[Figure, Axes]:
    figure = _figure(height)
    axes = figure.subplots()
    axes.spines[["top", "right"]].set_visible(False)
    return figure, axes


def _figure(height: float) -> Figure:
    """Make a figure that a notebook shows by itself, without pyplot's hidden state."""
    from matplotlib.figure import Figure

    class Picture(Figure):
        def _repr_png_(self) -> bytes:
            buffer = io.BytesIO()
            self.savefig(buffer, format="png", dpi=DOTS_PER_INCH)
            return buffer.getvalue()

    return Picture(figsize=(WIDTH_INCHES, height), layout="constrained")


def _percent(probability: float) -> str:
    return f"{100 * probability:.0f} %"


def _short(title: str, width: int = 62) -> str:
    return title if len(title) <= width else title[: width - 1] + "…"
