"""From futures to answers: a probability, its two errors, its horizon curve."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from forecasts.errors import BadInput
from forecasts.inference.gates import efficiency
from forecasts.portfolio.declared import Question
from forecasts.questions.algebra import anchored, split
from forecasts.questions.estimates import FUTURES_AT_LEAST, Estimate, estimate
from forecasts.questions.events import Asked
from forecasts.questions.futures import Bools, Futures
from forecasts.questions.names import is_increasing, last_day

CURVE_POINTS = 13
"""Dates on a horizon curve, the closing day included."""


SUMMIT_MARGIN_DAYS = 1


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """Probability that it has happened by `day`, with its interval."""

    day: date
    probability: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one question from one set of futures."""

    question: Question
    asked: Asked
    estimate: Estimate
    settled: bool
    curve: tuple[CurvePoint, ...]


def ask(
    asked: Asked, futures: Futures, *, chains: int, kept: float = 1.0, where: str = "question"
) -> Estimate:
    """Estimate the probability of an event (or of one given another).

    Parameters
    ----------
    asked : Event or Given
    futures : Futures
    chains : int
        Chains that the posterior draws come from, for their effective number.
    kept : float
        Share of that number which reweighting has left.
    where : str
        What an error message points to.

    Raises
    ------
    BadInput
        If a condition holds in too few futures to estimate anything.
    """
    happens, condition = split(asked, futures)
    count = int(condition.sum())
    if count < FUTURES_AT_LEAST <= futures.size:
        raise BadInput(
            f"{where}, condition",
            f"one that holds in at least {FUTURES_AT_LEAST} of {futures.size} futures",
            f"{count} futures" if count else "an event that happens in none of them",
            "ask under a less unlikely condition, or simulate more futures",
        )
    return _estimate(happens, condition, futures, chains, kept)


def _estimate(
    happens: Bools, condition: Bools, futures: Futures, chains: int, kept: float
) -> Estimate:
    share = float(happens.sum()) / max(float(condition.sum()), 1.0)
    series = (happens - share * condition).reshape(futures.draws, -1).mean(axis=1)
    return estimate(happens, condition, futures.draws, efficiency=kept * efficiency(series, chains))


def answer(question: Question, futures: Futures, *, chains: int, kept: float = 1.0) -> Answer:
    """Answer one question: the window of its event starts the day after it opens."""
    asked = anchored(question.event, question.opens + timedelta(days=1))
    where = f"questions/{question.id}.toml"
    result = ask(asked, futures, chains=chains, kept=kept, where=where)
    happened, condition = split(asked, futures, by=futures.known_through)
    settled = bool(happened.all() and condition.all())
    return Answer(question, asked, result, settled, _curve(question, asked, futures, settled))


def _curve_days(futures: Futures, days: int) -> list[int]:
    """Evenly spaced days, and those just before and after each summit, where a curve steps."""
    even = np.linspace(0, days, CURVE_POINTS).round().astype(int)[1:]
    summits = futures.summits
    around = np.r_[summits.first_day - SUMMIT_MARGIN_DAYS, summits.last_day + SUMMIT_MARGIN_DAYS]
    return sorted({int(day) for day in (*even, *around) if 0 < day <= days})


def _curve(
    question: Question, asked: Asked, futures: Futures, settled: bool
) -> tuple[CurvePoint, ...]:
    """Probability by each of a few dates, where that can only grow with the date."""
    days = min(futures.day_number(question.closes), futures.horizon_days)
    if settled or days < CURVE_POINTS or last_day(asked) is None or not is_increasing(asked):
        return ()
    points = []
    for number in _curve_days(futures, days):
        day = futures.known_through + timedelta(days=number)
        happens, condition = split(asked, futures, by=day)
        at = estimate(happens, condition, futures.draws)
        points.append(CurvePoint(day, at.probability, *at.interval))
    return tuple(points)
