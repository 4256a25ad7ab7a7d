"""What an answer would be if something became public: the same futures, one fact more.

A hypothetical fact is a row of evidence like any other. It moves an answer in
both ways in which a real one does: through what the model learns from it, and
through where futures start from. Before and after share their draws and their
random numbers, so that the difference has far less Monte Carlo noise than
either answer.

The result holds if the model is right and nothing else changes: it is no
experiment, and what brings such a fact about may matter more than the fact.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from forecasts.attribution.states import Basis, Reached, State, reach_until
from forecasts.evidence.tables import Contact, Plan, Signal
from forecasts.evidence.view import View
from forecasts.questions.events import Asked
from forecasts.schema import KHAT_AT_MOST

CAVEAT = "if the model is right and nothing else changes"
SUPPOSED = "supposed"
"""Start of the identifier of a row that is not on record."""


@dataclass(frozen=True, slots=True)
class WhatIf:
    """An answer with and without a supposed fact.

    Parameters
    ----------
    before, after : float
        Probabilities, from the same draws and random numbers.
    points, points_mcse : float
        Change of the probability, in percentage points, and its Monte Carlo error.
    delta_logit, mcse : float
        Change of log-odds, and its Monte Carlo error.
    khat : float
        Tail shape of the weights; -inf where they are all equal.
    """

    before: float
    after: float
    points: float
    points_mcse: float
    delta_logit: float
    mcse: float
    khat: float

    @property
    def trusted(self) -> bool:
        """Whether the weights stand for the posterior that knows of it."""
        return self.khat <= KHAT_AT_MOST


def what_if(
    asked: Asked,
    closes: date,
    state: State,
    supposed: View,
    basis: Basis,
    *,
    signals: Sequence[bool],
) -> tuple[WhatIf, ...]:
    """Compare an answer with what it would be in a view that knows more.

    Parameters
    ----------
    asked : Event or Given
    closes : date
        Closing day of the question.
    state : State
        What is known; whether signals move it is `signals`' affair.
    supposed : View
        The same with supposed rows; see :func:`supposing`.
    basis : Basis
        A posterior near to both.
    signals : sequence of bool
        Whether readings of signals move the futures, once for each comparison wanted.
    """
    ends = max(reach_until(asked, closes, each) for each in (state.view, supposed))
    states = [state, replace(state, view=supposed)]
    weighed = [basis.weigh(asked, each) for each in states]
    found = []
    for moving in signals:
        before, after = (
            basis.reach(asked, replace(each, signals=moving), ends, weights)
            for each, weights in zip(states, weighed, strict=True)
        )
        found.append(_comparison(before, after, basis))
    return tuple(found)


def _comparison(before: Reached, after: Reached, basis: Basis) -> WhatIf:
    return WhatIf(
        before=before.probability,
        after=after.probability,
        points=100.0 * (after.probability - before.probability),
        points_mcse=basis.error(_points(after) - _points(before)),
        delta_logit=after.log_odds - before.log_odds,
        mcse=basis.error(after.pull - before.pull),
        khat=max(before.khat, after.khat),
    )


def _points(reached: Reached) -> np.ndarray:
    """How much each draw pulls at the probability, in percentage points."""
    kept = 1.0 / (1.0 + np.exp(-reached.log_odds))
    return np.asarray(100.0 * reached.pull * kept * (1.0 - kept))


def supposing(view: View, rows: Sequence[Signal | Contact | Plan]) -> View:
    """Add rows to a view, as if they had become public by its day.

    Parameters
    ----------
    view : View
    rows : sequence of Signal, Contact or Plan
        Dated up to the view's last known day, planned days of plans aside.

    Examples
    --------
    >>> from forecasts.evidence.tables import Evidence
    >>> from forecasts.evidence.view import as_of
    >>> nothing = as_of(Evidence((), (), (), (), (), (), ()), date(2023, 6, 18))
    >>> [
    ...     signal.intensity
    ...     for signal in supposing(
    ...         nothing, [signal_on(date(2023, 6, 18), "sanction", -1, 4)]
    ...     ).signals
    ... ]
    [4]
    """
    return replace(
        view,
        signals=(*view.signals, *(row for row in rows if isinstance(row, Signal))),
        contacts=tuple(
            sorted(
                (*view.contacts, *(row for row in rows if isinstance(row, Contact))),
                key=lambda row: (row.start, row.id),
            )
        ),
        plans=tuple(
            sorted(
                (*view.plans, *(row for row in rows if isinstance(row, Plan))),
                key=lambda row: (row.planned, row.id),
            )
        ),
    )


def signal_on(day: date, signal_type: str, direction: int, intensity: int) -> Signal:
    """A supposed signal."""
    return Signal(
        id=f"{SUPPOSED}-{day}-{signal_type}",
        event_date=day,
        known=day,
        signal_type=signal_type,
        direction=direction,
        intensity=intensity,
        actor="",
        description=SUPPOSED,
        source_url="",
        confidence="low",
    )


def contact_on(day: date, kind: str, venue: str) -> Contact:
    """A supposed contact of one day; nothing is supposed of how it ended."""
    return Contact(
        id=f"{SUPPOSED}-{day}-{kind}",
        kind=kind,
        start=day,
        end=day,
        announced=None,
        known=day,
        us_lead="",
        us_role="",
        prc_lead="",
        prc_role="",
        city="",
        country={"us": "United States", "prc": "China"}.get(venue, ""),
        venue=venue,
        occasion=SUPPOSED,
        received=None,
        level=None,
        note="",
        source_url="",
        source_title="",
        confidence="low",
    )


def plan_for(day: date, kind: str, venue: str, announced: date) -> Plan:
    """A supposed announcement of a contact on a coming day."""
    return Plan(
        id=f"{kind}:{announced}:{day}",
        kind=kind,
        venue=venue,
        announced=announced,
        planned=day,
        status="pending",
        status_date=None,
        contact_id="",
        us_lead="",
        prc_lead="",
        source_url="",
        confidence="",
    )
