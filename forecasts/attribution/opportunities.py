r"""What would change our mind: how far an answer is expected to move, opportunity by opportunity.

A coming summit (the leaders meet there or not) and an announced contact (held,
postponed, cancelled) will be decided on a day that is known. Futures in which
it goes one way or another answer the question differently; the average over
outcomes is today's answer, as it must be,

.. math:: \sum_o P(o) P(A | o) = P(A),

so what is expected is not a direction but a distance: the mean absolute move
:math:`\sum_o P(o) |P(A|o) - P(A)|`, and the information in nats,
:math:`\sum_o P(o) \, KL(P(A|o) \| P(A))`, which is the mutual information of
the outcome and the event [1]_.

Only what can be known by the day on which the question closes counts. A
condition of the question holds in every future that is looked at.

References
----------
.. [1] Lindley, D. V. (1956). On a measure of the information provided by an
   experiment. *Annals of Mathematical Statistics* 27(4), 986-1005.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date

import numpy as np

from forecasts.questions.algebra import split
from forecasts.questions.estimates import FUTURES_AT_LEAST
from forecasts.questions.events import (
    Asked,
    ContactAt,
    Event,
    Given,
    Not,
    PlanOutcome,
)
from forecasts.questions.futures import CANCELLED, HELD, POSTPONED, Bools, Futures
from forecasts.world.priors import Floats

MEETING, NO_MEETING = "the leaders meet there", "no meeting of the leaders there"
FATES = {"held": HELD, "postponed": POSTPONED, "cancelled": CANCELLED}
OPEN = "still open when the question closes"


@dataclass(frozen=True, slots=True)
class Branch:
    """One way in which an opportunity can go.

    Parameters
    ----------
    outcome : str
    probability : float
        Of this outcome.
    answer, mcse : float
        What the question's answer is then, and its Monte Carlo error.
    futures : int
        Futures in which it goes this way.
    """

    outcome: str
    probability: float
    answer: float
    mcse: float
    futures: int


@dataclass(frozen=True, slots=True)
class Opportunity:
    """A dated opportunity, and how far its outcome is expected to move an answer.

    Parameters
    ----------
    id, sort : str
        Of the summit or plan, and which of the two.
    day : date
        Last day of the summit; planned day of the contact.
    branches : tuple of Branch
    move, move_mcse : float
        Expected absolute move of the probability, and its Monte Carlo error.
    nats, nats_mcse : float
        The same as information.
    note : str
        What was merged, or why there is nothing to expect; empty otherwise.
    """

    id: str
    sort: str
    day: date
    branches: tuple[Branch, ...] = ()
    move: float = 0.0
    move_mcse: float = 0.0
    nats: float = 0.0
    nats_mcse: float = 0.0
    note: str = ""


def opportunities(
    asked: Asked, closes: date, futures: Futures, *, at_least: int = FUTURES_AT_LEAST
) -> tuple[Opportunity, ...]:
    """Coming summits and open plans, by how far they are expected to move an answer.

    Parameters
    ----------
    asked : Event or Given
        Its windows anchored.
    closes : date
        Closing day of the question.
    futures : Futures
        Those that the answer is read from.
    at_least : int
        Outcomes of fewer futures are merged: what would be said of them is noise.

    Returns
    -------
    tuple of Opportunity
        Farthest first; those that cannot move it last, each with the reason.
    """
    happens, condition = split(asked, futures)
    kept = np.flatnonzero(condition)
    if not kept.size:
        return ()
    found = [
        _opportunity(each, asked, happens, condition, at_least) for each in _coming(futures, closes)
    ]
    return tuple(sorted(found, key=lambda each: (-each.move, each.day, each.id)))


@dataclass(frozen=True, slots=True)
class _Coming:
    """An opportunity before it is looked at; `outcomes` has dims (outcome, future)."""

    id: str
    sort: str
    day: date
    names: tuple[str, ...]
    outcomes: Bools
    draws: int
    too_late: bool


def _coming(futures: Futures, closes: date) -> Iterator[_Coming]:
    last = futures.day_number(closes)
    summits, plans = futures.summits, futures.plans
    for column, ident in enumerate(summits.ids):
        day = int(summits.last_day[column])
        if day <= 0:
            continue
        met = summits.bilateral[:, column]
        yield _Coming(
            ident,
            "summit",
            _date(futures, day),
            (MEETING, NO_MEETING),
            np.stack([met, ~met]),
            futures.draws,
            int(summits.first_day[column]) > last,
        )
    for column, ident in enumerate(plans.ids):
        fate, decided = plans.fate[:, column], plans.fate_day[:, column]
        held = decided[fate == HELD]
        if (decided <= 0).all():
            continue
        known = decided <= last
        outcomes = [known & (fate == code) for code in FATES.values()]
        day = int(held.max()) if held.size else int(decided.max())
        yield _Coming(
            ident,
            "plan",
            _date(futures, day),
            (*FATES, OPEN),
            np.stack([*outcomes, ~known]),
            futures.draws,
            not known.any(),
        )


def _date(futures: Futures, day: int) -> date:
    return date.fromordinal(futures.known_through.toordinal() + day)


def _opportunity(
    coming: _Coming, asked: Asked, happens: Bools, condition: Bools, at_least: int
) -> Opportunity:
    if _names_only(asked, coming.id):
        return _left_out(coming, "it is what the question asks: it decides the answer")
    if coming.too_late:
        return _left_out(coming, "it is decided after the question closes")
    names, outcomes = _merged(coming.names, coming.outcomes & condition, at_least)
    if len(names) < 2:
        return _left_out(coming, _one_way(coming, condition))
    shares = _Shares.of(happens, condition, outcomes, coming.draws)
    merged = [name for name in names if name not in coming.names]
    note = f"too few futures of each alone: {', '.join(merged)}" if merged else ""
    return Opportunity(
        coming.id,
        coming.sort,
        coming.day,
        shares.branches(names),
        *shares.move(),
        *shares.nats(),
        note=note,
    )


def opportunity_rows(asked: Asked, closes: date, futures: Futures) -> list[dict[str, object]]:
    """Opportunities as plain values, for a run document; see :func:`opportunities`."""
    return [
        {
            **asdict(each),
            "day": each.day.isoformat(),
            "branches": [asdict(branch) for branch in each.branches],
        }
        for each in opportunities(asked, closes, futures)
    ]


def _left_out(coming: _Coming, why: str) -> Opportunity:
    return Opportunity(coming.id, coming.sort, coming.day, note=why)


def _one_way(coming: _Coming, condition: Bools) -> str:
    counts = (coming.outcomes & condition).sum(axis=1)
    usual = coming.names[int(counts.argmax())]
    rarer = int(condition.sum() - counts.max())
    if rarer == 0:
        return f"one outcome in every future: {usual}"
    return f"any outcome but one ({usual}) has only {rarer} futures of {int(condition.sum())}"


def _names_only(asked: Asked, ident: str) -> bool:
    """Whether an opportunity is the very event that is asked about."""
    event: Event = asked.event if isinstance(asked, Given) else asked
    while isinstance(event, Not):
        event = event.event
    match event:
        case ContactAt(opportunity=name) | PlanOutcome(plan=name):
            return name == ident
        case _:
            return False


def _merged(
    names: tuple[str, ...], outcomes: Bools, at_least: int
) -> tuple[tuple[str, ...], Bools]:
    """Merge outcomes of too few futures with the next rarest, the two ways of being lost first."""
    there = np.flatnonzero(outcomes.any(axis=1))
    names, outcomes = tuple(names[at] for at in there), outcomes[there]
    while len(names) > 1 and outcomes.sum(axis=1).min() < at_least:
        both = _both(names, outcomes)
        rest = [at for at in range(len(names)) if at not in both]
        names = (*(names[at] for at in rest), " or ".join(names[at] for at in both))
        outcomes = np.stack([*outcomes[rest], outcomes[both].any(axis=0)])
    return names, outcomes


def _both(names: tuple[str, ...], outcomes: Bools) -> list[int]:
    lost = [at for at, name in enumerate(names) if name in ("postponed", "cancelled")]
    rarest = np.argsort(outcomes.sum(axis=1), kind="stable")[:2]
    if len(lost) == 2 and set(lost) & set(rarest[:1].tolist()):
        return lost
    return sorted(rarest.tolist())


@dataclass(frozen=True, slots=True)
class _Shares:
    """Shares of futures by outcome, of those that are looked at.

    `joint` has dims (outcome, happens or not): how many of all futures have it.
    """

    happens: Bools
    outcomes: Bools
    joint: Floats
    draws: int

    @classmethod
    def of(cls, happens: Bools, condition: Bools, outcomes: Bools, draws: int) -> _Shares:
        counts = np.stack([(outcomes & happens).sum(axis=1), (outcomes & ~happens).sum(axis=1)])
        return cls(happens & condition, outcomes, counts.T / condition.size, draws)

    @property
    def answer(self) -> float:
        return float(self.joint[:, 0].sum() / self.joint.sum())

    def branches(self, names: tuple[str, ...]) -> tuple[Branch, ...]:
        found = []
        for name, outcome, (yes, no) in zip(names, self.outcomes, self.joint, strict=True):
            answer = float(yes / (yes + no))
            pull = outcome * (self.happens - answer) / (yes + no)
            share = float((yes + no) / self.joint.sum())
            found.append(Branch(name, share, answer, self._error(pull), int(outcome.sum())))
        return tuple(found)

    def move(self) -> tuple[float, float]:
        """Mean absolute move, and its error: that of a sum of signed covariances."""
        share = self.joint.sum(axis=1) / self.joint.sum()
        gap = self.joint[:, 0] / self.joint.sum(axis=1) - self.answer
        value = float(share @ np.abs(gap))
        residual = self.happens - self.answer
        signed = np.sign(gap) @ ((self.outcomes - share[:, None]) * residual)
        pull = self.outcomes.any(axis=0) * (signed - value)
        return value, self._error(pull / self.joint.sum())

    def nats(self) -> tuple[float, float]:
        """Mutual information of outcome and event, and its error by the delta method."""
        cells = self.joint / self.joint.sum()
        apart = cells.sum(axis=1, keepdims=True) * cells.sum(axis=0, keepdims=True)
        with np.errstate(divide="ignore", invalid="ignore"):
            gain = np.where(cells > 0, np.log(cells / apart), 0.0)
        value = max(float((cells * gain).sum()), 0.0)
        if_yes, if_no = gain.T @ self.outcomes
        of_future = np.where(self.happens, if_yes, if_no)
        pull = self.outcomes.any(axis=0) * (of_future - value)
        return value, self._error(pull / self.joint.sum())

    def _error(self, pull: Floats) -> float:
        """Standard error of a mean over futures, from what each of them pulls."""
        by_draw = pull.reshape(self.draws, -1).mean(axis=1)
        if self.draws < 2:
            return 0.0
        return float(by_draw.std(ddof=1) / np.sqrt(self.draws))
