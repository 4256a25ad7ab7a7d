"""The coherence certificate: identities of probability, checked on the futures of a run.

By construction none of them can fail; the certificate shows that none does.
Gaps are computed from counts of futures, so they are exact.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import combinations, pairwise

import numpy as np

from forecasts.questions.algebra import holds
from forecasts.questions.events import ContactCount, Event, Given, Not
from forecasts.questions.futures import Bools, Futures
from forecasts.questions.names import is_increasing

TOLERANCE = 1e-12
HORIZON_STEPS = 6
PAIRS_AT_MOST = 200


@dataclass(frozen=True, slots=True)
class Check:
    """One identity, how often it was checked, and by how much it was missed at most."""

    identity: str
    checked: int
    largest_gap: float

    @property
    def holds(self) -> bool:
        """Whether the identity holds to within rounding."""
        return self.largest_gap <= TOLERANCE


def certificate(asked: Mapping[str, Event | Given], futures: Futures) -> tuple[Check, ...]:
    """Check the laws of probability on every question and pair of questions.

    Parameters
    ----------
    asked : mapping of str to Event or Given
        Anchored questions by identifier; of a conditional both parts are used.
    futures : Futures

    Returns
    -------
    tuple of Check
    """
    events = _events(asked)
    happens = [holds(event, futures) for event in events]
    pairs = list(combinations(happens, 2))[:PAIRS_AT_MOST]
    return (
        _check("a later date is never less likely", _falls(events, futures)),
        _check(
            "P(A) + P(not A) = 1",
            [
                abs(_p(yes) + _p(holds(Not(event), futures)) - 1.0)
                for event, yes in zip(events, happens, strict=True)
            ],
        ),
        _check(
            "P(A and B) <= min(P(A), P(B))",
            [max(_p(a & b) - min(_p(a), _p(b)), 0.0) for a, b in pairs],
        ),
        _check(
            "P(A or B) = P(A) + P(B) - P(A and B)",
            [abs(_p(a | b) - (_p(a) + _p(b) - _p(a & b))) for a, b in pairs],
        ),
        _check(
            "P(A | B) P(B) = P(A and B)",
            [abs(_given(a, b) * _p(b) - _p(a & b)) for a, b in pairs if b.any()],
        ),
        _check("P(A) = sum of P(A and part)", _partition_gaps(happens, futures)),
    )


def _events(asked: Mapping[str, Event | Given]) -> list[Event]:
    events: list[Event] = []
    for each in asked.values():
        events.extend([each.event, each.condition] if isinstance(each, Given) else [each])
    return events


def _check(identity: str, gaps: Sequence[float]) -> Check:
    return Check(identity, len(gaps), float(max(gaps, default=0.0)))


def _p(happens: Bools) -> float:
    return float(np.count_nonzero(happens)) / happens.size


def _given(a: Bools, b: Bools) -> float:
    return float(np.count_nonzero(a & b)) / np.count_nonzero(b)


def _falls(events: Sequence[Event], futures: Futures) -> list[float]:
    """By how much each horizon curve falls between neighbouring dates."""
    falls: list[float] = []
    for event in events:
        if not is_increasing(event):
            continue
        days = np.linspace(0, futures.horizon_days, HORIZON_STEPS + 1).round()[1:]
        dates = [futures.known_through + timedelta(days=int(day)) for day in days]
        curve = [_p(holds(event, futures, by=day)) for day in dates]
        falls.extend(max(a - b, 0.0) for a, b in pairwise(curve))
    return falls


def _partition_gaps(happens: Sequence[Bools], futures: Futures) -> list[float]:
    """Split each event by the number of leaders' meetings: none, one, more."""
    kind, end = ("leader_in_person",), futures.last_day
    one = holds(ContactCount(kind, until=end), futures)
    two = holds(ContactCount(kind, until=end, at_least=2), futures)
    parts = (~one, one & ~two, two)
    return [abs(_p(a) - sum(_p(a & part) for part in parts)) for a in happens]
