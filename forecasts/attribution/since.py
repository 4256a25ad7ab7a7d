"""What moved an answer between two runs, in bars that add up.

The way from the one issued answer to the other goes in a fixed order: the code
(what the first run's posterior and portfolio give now, against what it
issued), declared beliefs, revision of the record as it was known on the first
day, passing of time with the same facts on the second day, and then the facts
that became known in between. Time comes before facts, since a fact of a later
day cannot be seen on an earlier one. Among facts no order is better than
another: they have Shapley values over all coalitions
(:mod:`forecasts.attribution.shapley`).

A last bar holds what is left: the Monte Carlo error of the two issued answers.
Bars are log-odds. They say what the model did with what it knew, not what
caused what.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from math import hypot

import numpy as np

from forecasts.attribution.facts import TABLES, Fact, facts_between, grouped, knowing
from forecasts.attribution.shapley import members, shapley_weights
from forecasts.attribution.states import Basis, Reached, State, reach_until
from forecasts.evidence.view import View
from forecasts.portfolio.declared import Portfolio
from forecasts.questions.estimates import log_odds_of
from forecasts.questions.events import Asked
from forecasts.schema import KHAT_AT_MOST

CODE, BELIEFS, REVISION = "code change", "prior change", "data revision"
TIME, REST = "passing of time", "not explained (Monte Carlo error of the two runs)"

PLAYERS_AT_MOST = 6
"""Facts with a bar of their own: 64 coalitions, each of them simulated."""

ERRORS_AT_MOST = 3.0
"""Standard errors beyond which the rest is more than chance."""

Progress = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class Issued:
    """An answer as it was issued; `mcse` is in probability, `futures` those it was read from."""

    probability: float
    mcse: float
    futures: int


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two runs.

    Parameters
    ----------
    as_of : date
    portfolio : Portfolio
        As it was for this run, evidence and all.
    issued : Issued
    again : Issued or None
        What its own posterior and portfolio give under the present code, from the same
        random numbers; ``None`` where the code is the one that issued it.
    """

    as_of: date
    portfolio: Portfolio
    issued: Issued
    again: Issued | None = None


@dataclass(frozen=True, slots=True)
class Bar:
    """One part of the change.

    Parameters
    ----------
    name : str
    sort : str
        Which part: ``code change`` to ``passing of time``, a sort of fact, or ``rest``.
    delta_logit, mcse : float
        Change of log-odds, and its Monte Carlo standard error.
    khat : float
        Largest tail shape of the weights that it rests on.
    parts : tuple of str
        What it holds, where that is more than its name.
    """

    name: str
    sort: str
    delta_logit: float
    mcse: float
    khat: float = -np.inf
    parts: tuple[str, ...] = ()

    @property
    def trusted(self) -> bool:
        """Whether the weights under it stand for a posterior."""
        return self.khat <= KHAT_AT_MOST


@dataclass(frozen=True, slots=True)
class _Stop:
    """An answer on the way from the one run to the other, and the posterior that gave it."""

    reached: Reached
    basis: Basis

    def to(self, there: _Stop, name: str, parts: tuple[str, ...] = ()) -> Bar:
        """Return the step from here to `there`; noise that both share cancels."""
        khat = max(self.reached.khat, there.reached.khat)
        delta = there.reached.log_odds - self.reached.log_odds
        if self.basis is there.basis:
            error = self.basis.error(there.reached.pull - self.reached.pull)
        else:
            error = hypot(*(each.basis.error(each.reached.pull) for each in (self, there)))
        return Bar(name, name, delta, error, khat, parts)


def bars_between(
    asked: Asked,
    closes: date,
    old: Side,
    new: Side,
    bases: tuple[Basis, Basis],
    *,
    progress: Progress | None = None,
) -> tuple[Bar, ...]:
    """Split the change of an answer's log-odds between two runs.

    Parameters
    ----------
    asked : Event or Given
        The same in both runs, its windows anchored.
    closes : date
        Closing day of the question.
    old, new : Side
        The earlier and the later run.
    bases : tuple of Basis
        Posterior that answers before, and after, the change of declared beliefs.
        The same one twice, unless it does not fit what the old run declared.
    progress : callable, optional
        Called with a stage and the finished share of it.

    Returns
    -------
    tuple of Bar
        In order, the rest last; they sum to the change of log-odds as issued. A
        part that cannot have changed anything is left out.
    """
    report = progress or (lambda stage, share: None)
    first = old.portfolio.as_of(old.as_of)
    revised = new.portfolio.as_of(old.as_of)
    last = new.portfolio.as_of(new.as_of)
    waiting = knowing(revised, last, ())

    def stop(view: View, portfolio: Portfolio, basis: Basis) -> _Stop:
        state = State(view, portfolio, portfolio.signals_in_answers)
        return _Stop(basis.reach(asked, state, reach_until(asked, closes, view)), basis)

    report("splitting the change", 0.0)
    start = stop(first, old.portfolio, bases[0])
    here, bars = start, list[Bar]()
    if beliefs(old.portfolio) != beliefs(new.portfolio):
        there = stop(first, new.portfolio, bases[1])
        bars.append(here.to(there, BELIEFS, changed_files(old.portfolio, new.portfolio)))
        here = there
    if first != revised:
        there = stop(revised, new.portfolio, bases[1])
        bars.append(here.to(there, REVISION, revisions(first, revised)))
        here = there
    if revised != waiting:
        there = stop(waiting, new.portfolio, bases[1])
        bars.append(here.to(there, TIME))
        here = there
    facts = grouped(facts_between(revised, last, new.portfolio.signals), PLAYERS_AT_MOST)
    stops = [here]
    for coalition in range(1, 2 ** len(facts)):
        report("splitting the change", coalition / 2 ** len(facts))
        view = knowing(revised, last, [facts[player] for player in members(coalition)])
        stops.append(stop(view, new.portfolio, bases[1]))
    bars += _fact_bars(facts, stops)
    edge = bases[1].effort.edge
    return (*_code(old, new, edge), *bars, _rest(old, new, start.to(stops[-1], REST), edge))


def _fact_bars(facts: Sequence[Fact], stops: Sequence[_Stop]) -> list[Bar]:
    """Shapley values of the facts; `stops` are the coalitions in order of their number."""
    if not facts:
        return []
    weights = shapley_weights(len(facts))
    values = weights @ np.array([each.reached.log_odds for each in stops])
    pulls = weights @ np.stack([each.reached.pull for each in stops])
    khat = max(each.reached.khat for each in stops)
    basis = stops[0].basis
    return [
        Bar(fact.label, fact.sort, float(value), basis.error(pull), khat, fact.facts)
        for fact, value, pull in zip(facts, values, pulls, strict=True)
    ]


def _code(old: Side, new: Side, edge: int) -> list[Bar]:
    """What the present code gives for either run, against what was issued."""
    delta, squares, redone = 0.0, 0.0, False
    for side, sign in ((old, 1.0), (new, -1.0)):
        if side.again is None:
            continue
        redone = True
        moved = _log_odds(side.again, edge) - _log_odds(side.issued, edge)
        delta += sign * moved
        if moved:  # the same random numbers: without a change of code there is no error either
            squares += _error(side.again, edge) ** 2 + _error(side.issued, edge) ** 2
    return [Bar(CODE, CODE, delta, float(np.sqrt(squares)))] if redone else []


def _rest(old: Side, new: Side, explained: Bar, edge: int) -> Bar:
    """What the way from the one answer to the other leaves of the change that was issued.

    Answers that the present code gives stand in for issued ones: `_code` has the difference.
    """
    ends = [side.again or side.issued for side in (old, new)]
    whole = _log_odds(ends[1], edge) - _log_odds(ends[0], edge)
    errors = [*(_error(each, edge) for each in ends), explained.mcse]
    error = float(np.sqrt(np.sum(np.square(errors))))
    return Bar(REST, "rest", whole - explained.delta_logit, error, explained.khat)


def _log_odds(issued: Issued, edge: int) -> float:
    return log_odds_of(issued.probability, edge)


def _error(issued: Issued, edge: int) -> float:
    kept = 1.0 / (1.0 + np.exp(-_log_odds(issued, edge)))
    return float(issued.mcse / (kept * (1.0 - kept)))


def issued_change(old: Issued, new: Issued, edge: int) -> float:
    """Change of log-odds between two issued answers: what the bars sum to.

    Examples
    --------
    >>> round(issued_change(Issued(0.5, 0.001, 1000), Issued(0.731, 0.001, 1000), 1000), 2)
    1.0
    """
    return _log_odds(new, edge) - _log_odds(old, edge)


def beliefs(portfolio: Portfolio) -> tuple[object, ...]:
    """Everything declared that an answer depends on, besides evidence and the question."""
    return (
        portfolio.kinds,
        portfolio.priors,
        portfolio.signals,
        portfolio.signals_in_answers,
    )


def changed_files(old: Portfolio, new: Portfolio) -> tuple[str, ...]:
    """Declared files that differ, those of evidence, questions and reference classes aside."""
    apart = ("evidence/", "questions/", "reference_classes/")
    names = sorted(set(old.files) | set(new.files))
    return tuple(
        name
        for name in names
        if old.files.get(name) != new.files.get(name) and not name.startswith(apart)
    )


def revisions(first: View, revised: View) -> tuple[str, ...]:
    """How two vintages of the same day differ, table by table.

    Parameters
    ----------
    first, revised : View
        The record as of one day, by an earlier and by a later vintage.
    """
    found = []
    for table in (*TABLES, "coverage"):
        before = {_key(row): row for row in getattr(first, table)}
        after = {_key(row): row for row in getattr(revised, table)}
        both = before.keys() & after.keys()
        counts = {
            "added": len(after.keys() - before.keys()),
            "changed": sum(before[key] != after[key] for key in both),
            "removed": len(before.keys() - after.keys()),
        }
        said = ", ".join(f"{count} {what}" for what, count in counts.items() if count)
        if said:
            found.append(f"{table}: {said}")
    return tuple(found)


def _key(row: object) -> str:
    return str(getattr(row, "id", None) or getattr(row, "kind", ""))


def adds_up(bars: Sequence[Bar]) -> bool:
    """Whether what is not explained is within three standard errors."""
    rest = bars[-1]
    return abs(rest.delta_logit) <= ERRORS_AT_MOST * rest.mcse
