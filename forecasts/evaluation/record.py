"""From issued answers to a table of cells: what counts as a forecast, and what does not.

An answer was *issued live* if it left the house soon after its as-of day and
before its question closed. Any other is a *retrodiction*: whoever issued it
could have known what happened, whatever the model was shown. The two are never
mixed.

Of the answers that were issued, these are counted and not scored: *gated* ones,
since no reader saw them; *settled* ones, since the record had decided them by
the as-of day and a sure score would flatter; *repeated* ones, where the same
question was issued again on the same as-of day; and *changed* ones, whose
question does not stand in the portfolio any more as it was asked. Stale answers
are scored: they were shown.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from forecasts.evaluation.baselines import BASELINES
from forecasts.portfolio import Question

if TYPE_CHECKING:
    import xarray as xr

ISSUED: Final = "issued"
"""The forecaster whose record it is, along ``forecaster``."""

BASE_RATE: Final = "base rate"
"""Baseline that every answer carries."""

LIVE_WITHIN_DAYS: Final = 30
"""Days from the as-of day to the day of issue within which an answer is live.

A month covers a record that is compiled monthly. Beyond it, too much may have
happened that the model was not shown and its makers saw.
"""

NOT_SCORED: Final = ("gated", "settled", "changed", "repeated")


@dataclass(frozen=True, slots=True)
class Issued:
    """One answer, as it was issued.

    Parameters
    ----------
    question : str
    as_of, issued, opens, closes : date
        Information cut-off, day of issue, and the window as it was asked.
    issued_at : str
        Instant of issue, which orders the answers of one day.
    happens_when : str
        What was to decide it.
    probability : float
        NaN where none was given.
    status : str
        ``open``, ``stale``, ``settled`` or ``gated``.
    baselines : mapping of str to float
        What was issued beside it; NaN where a baseline had no answer.
    """

    question: str
    as_of: date
    issued: date
    issued_at: str
    opens: date
    closes: date
    happens_when: str
    probability: float
    status: str
    baselines: Mapping[str, float]

    @property
    def live(self) -> bool:
        """Whether it was issued live, so that it is a forecast and no retrodiction."""
        lag_days = (self.issued - self.as_of).days
        return lag_days <= LIVE_WITHIN_DAYS and self.issued <= self.closes


@dataclass(frozen=True, slots=True)
class Sorted:
    """Issued answers that are scored once they resolve, and counts of all others.

    Parameters
    ----------
    kept : tuple of Issued
        In order of as-of day and question.
    issued : int
        All that were issued.
    stale : int
        Of those kept.
    apart : mapping of str to int
        Those not kept, by `NOT_SCORED`.
    """

    kept: tuple[Issued, ...]
    issued: int
    stale: int
    apart: Mapping[str, int]


def issued_of(document: Mapping[str, Any]) -> tuple[Issued, ...]:
    """Read the answers of a run document.

    Parameters
    ----------
    document : mapping
        As ``run.json`` holds it.

    Examples
    --------
    >>> answer = {"question": "q", "opens": "2023-06-01", "closes": "2023-12-31"}
    >>> answer |= {"happens_when": "They meet.", "probability": 0.7, "status": "open"}
    >>> answer |= {"base_rate": {"probability": 0.6}, "baselines": {"climatology": None}}
    >>> run = {"as_of": "2023-06-18", "issued_at": "2026-11-24T12:00:00Z"}
    >>> run |= {"gates": {"passed": True}, "answers": [answer]}
    >>> only = issued_of(run)[0]
    >>> only.live, only.baselines
    (False, {'base rate': 0.6, 'climatology': nan})
    """
    passed = bool(document["gates"]["passed"])
    return tuple(_issued(answer, document, passed=passed) for answer in document["answers"])


def _issued(answer: Mapping[str, Any], document: Mapping[str, Any], *, passed: bool) -> Issued:
    rate = (answer.get("base_rate") or {}).get("probability")
    others = {name: _number(value) for name, value in (answer.get("baselines") or {}).items()}
    status = str(answer["status"])
    return Issued(
        question=answer["question"],
        as_of=date.fromisoformat(document["as_of"]),
        issued=date.fromisoformat(document["issued_at"][:10]),
        issued_at=document["issued_at"],
        opens=date.fromisoformat(answer["opens"]),
        closes=date.fromisoformat(answer["closes"]),
        happens_when=answer["happens_when"],
        probability=_number(answer["probability"]),
        status="gated" if status == "open" and not passed else status,
        baselines={BASE_RATE: _number(rate)} | others,
    )


def _number(value: float | None) -> float:
    return math.nan if value is None else float(value)


def sort_out(answers: Iterable[Issued], questions: Mapping[str, Question]) -> Sorted:
    """Separate the answers that are scored from those that are only counted.

    Of the answers to one question with one as-of day the last issued is kept, in
    the given order where two were issued at one instant.

    Parameters
    ----------
    answers : iterable of Issued
        All live, or all retrodictions.
    questions : mapping of str to Question
        As the portfolio has them now.

    Returns
    -------
    Sorted

    Examples
    --------
    >>> sort_out([], {}).apart
    {'gated': 0, 'settled': 0, 'changed': 0, 'repeated': 0}
    """
    apart = dict.fromkeys(NOT_SCORED, 0)
    shown: dict[tuple[date, str], Issued] = {}
    issued = 0
    for answer in sorted(answers, key=lambda each: each.issued_at):
        issued += 1
        why = _why_not(answer, questions)
        if why:
            apart[why] += 1
            continue
        key = (answer.as_of, answer.question)
        apart["repeated"] += key in shown
        shown.setdefault(key, answer)
    kept = tuple(shown[key] for key in sorted(shown))
    return Sorted(kept, issued, sum(each.status == "stale" for each in kept), apart)


def _why_not(answer: Issued, questions: Mapping[str, Question]) -> str:
    if answer.status in ("gated", "settled"):
        return answer.status
    asked = questions.get(answer.question)
    if asked is None:
        return "changed"
    now = (asked.opens, asked.closes, asked.happens_when)
    return "" if now == (answer.opens, answer.closes, answer.happens_when) else "changed"


def cells(
    answers: Sequence[Issued], outcomes: Mapping[str, bool | None], *, void: frozenset[str]
) -> xr.Dataset:
    """Arrange issued answers as the table that scores are read off.

    Parameters
    ----------
    answers : sequence of Issued
        See :func:`sort_out`.
    outcomes : mapping of str to bool or None
        By question; ``None`` where it is not resolved.
    void : frozenset of str
        Questions whose condition did not come about.

    Returns
    -------
    xarray.Dataset, dims (cell, forecaster)
        ``probability``, ``outcome`` and ``void``; along `forecaster` `ISSUED` and
        each baseline that ever said something; on `cell` ``as_of``, ``days_to_close`` and
        ``cluster``, which is the question: one fact decides all its answers. There
        are no blocks to resample, since answers are issued when somebody asks.

    Examples
    --------
    >>> cells([], {}, void=frozenset())["forecaster"].values.tolist()
    ['issued', 'base rate']
    """
    import xarray as xr

    names = _baselines(answers)
    said = [[a.probability, *(a.baselines.get(n, math.nan) for n in names)] for a in answers]
    happened = [math.nan if (o := outcomes[a.question]) is None else float(o) for a in answers]
    return xr.Dataset(
        {
            "probability": (
                ("cell", "forecaster"),
                np.array(said, dtype=np.float64).reshape(-1, 1 + len(names)),
            ),
            "outcome": ("cell", np.array(happened, dtype=np.float64)),
            "void": ("cell", np.array([a.question in void for a in answers], dtype=bool)),
        },
        {
            "forecaster": [ISSUED, *names],
            "cluster": ("cell", np.array([a.question for a in answers], dtype=np.str_)),
            "as_of": ("cell", np.array([a.as_of for a in answers], dtype="datetime64[s]")),
            "days_to_close": (
                "cell",
                np.array([(a.closes - a.as_of).days for a in answers], dtype=np.int64),
            ),
        },
    )


def _baselines(answers: Iterable[Issued]) -> list[str]:
    """Baselines with a number somewhere: the base rate, then those of a backtest, then others."""
    said = {n for each in answers for n, value in each.baselines.items() if not math.isnan(value)}
    known = [BASE_RATE, *(name for name in BASELINES if name in said)]
    return [*known, *sorted(said - set(known))]
