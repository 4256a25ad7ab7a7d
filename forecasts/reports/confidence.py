"""How much evidence stands behind a probability, kept apart from how likely the event is.

Confidence speaks of the sources: how many past cases there are, how many of
the rarer outcome, how far the model's own interval spans, and how fresh the
data are. The bars below are a house rule for readers, not a calibrated scale.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from forecasts.reports.wording import counted, listed, points

LOW_RARER_CASES = 5
"""Fewer cases of the rarer outcome than this say nearly nothing about it."""
LOW_WIDTH = 0.40
"""An interval that spans more than 40 points leaves the question open."""
HIGH_CASES, HIGH_RARER_CASES, HIGH_WIDTH = 30, 10, 0.20


@dataclass(frozen=True, slots=True)
class Confidence:
    """Level (``low``, ``moderate``, ``high``) and the sentence that says why."""

    level: str
    reason: str


def confidence_of(answer: Mapping[str, Any], *, fresh: bool) -> Confidence:
    """Judge the evidence behind `answer`.

    Parameters
    ----------
    answer : mapping
        One of the run document's answers.
    fresh : bool
        Whether every table that the run read is fresh.

    Examples
    --------
    >>> found = confidence_of(
    ...     {"interval": [0.55, 0.84], "base_rate": {"n": 21, "events": 13}, "status": "open"},
    ...     fresh=True,
    ... )
    >>> found.level
    'moderate'
    >>> found.reason
    '21 past cases, 8 of the rarer outcome; the interval spans 29 points'
    """
    cases, rarer = _cases(answer)
    low, high = answer["interval"] or (0.0, 1.0)
    doubts = _doubts(answer, fresh=fresh)
    known = f"{counted(cases, 'past case')}, {rarer} of the rarer outcome"
    reasons = [
        known if cases else "no past case",
        f"the interval spans {points(low, high)}",
        *([listed(doubts)] if doubts else []),
    ]
    return Confidence(_level(cases, rarer, high - low, doubts), "; ".join(reasons))


def _level(cases: int, rarer: int, width: float, doubts: list[str]) -> str:
    if rarer < LOW_RARER_CASES or width > LOW_WIDTH or "carried from an earlier run" in doubts:
        return "low"
    plenty = cases >= HIGH_CASES and rarer >= HIGH_RARER_CASES and width <= HIGH_WIDTH
    return "high" if plenty and not doubts else "moderate"


def _doubts(answer: Mapping[str, Any], *, fresh: bool) -> list[str]:
    found = [] if answer["status"] != "stale" else ["carried from an earlier run"]
    return found if fresh else [*found, "not all data are known to be fresh"]


def _cases(answer: Mapping[str, Any]) -> tuple[int, int]:
    n, events = int(answer["base_rate"]["n"]), int(answer["base_rate"]["events"])
    return n, min(events, n - events)
