"""The coherence certificate: it holds on any futures, and would not hold of a broken algebra."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecasts.questions import coherence
from forecasts.questions.algebra import holds
from forecasts.questions.coherence import certificate
from forecasts.questions.events import ContactCount, Event, Given, Not
from forecasts.questions.futures import Bools, Futures
from forecasts.schema import KINDS
from tests.builders_futures import day, events, futures, made_futures

ASKED: dict[str, Event | Given] = {
    "one": ContactCount(KINDS[:2], until=day(30)),
    "two": ContactCount(KINDS[:3], until=day(60), at_least=2),
    "if": Given(ContactCount((KINDS[1],), until=day(60)), ContactCount((KINDS[0],), until=day(60))),
}


@given(futures(), st.lists(events(), min_size=1, max_size=5))
def test_certificate_holds(worlds: Futures, asked: list[Event]) -> None:
    """Every identity holds for any questions on any futures."""
    checks = certificate(dict(zip("abcde", asked, strict=False)), worlds)

    assert [check.identity for check in checks if not check.holds] == []


def test_certificate_checks_something() -> None:
    """Each identity was checked at least once, conditions of conditionals included."""
    checks = certificate(ASKED, made_futures(1, draws=50))

    assert all(check.checked > 0 and check.holds for check in checks)
    assert len(checks) == 6


def _forgetful(event: Event, worlds: Futures, by: object = None) -> Bools:
    """Loses what happened between day 20 and day 40."""
    happens = holds(event, worlds, by)  # type: ignore[arg-type]
    return np.zeros_like(happens) if by is not None and day(20) < by < day(40) else happens  # type: ignore[operator]


def _credulous(event: Event, worlds: Futures, by: object = None) -> Bools:
    """Takes a negation for what it negates."""
    return holds(event.event if isinstance(event, Not) else event, worlds, by)  # type: ignore[arg-type]


def _unsteady(event: Event, worlds: Futures, by: object = None) -> Bools:
    """Counts two meetings where there is not even one."""
    happens = holds(event, worlds, by)  # type: ignore[arg-type]
    return np.ones_like(happens) if getattr(event, "at_least", 1) == 2 else happens


@pytest.mark.parametrize(
    ("broken", "identity"),
    [
        (_forgetful, "a later date is never less likely"),
        (_credulous, "P(A) + P(not A) = 1"),
        (_unsteady, "P(A) = sum of P(A and part)"),
    ],
)
def test_broken_algebra_is_caught(
    broken: object, identity: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An algebra that forgets, contradicts itself or miscounts fails the identity it breaks."""
    monkeypatch.setattr(coherence, "holds", broken)
    checks = {check.identity: check for check in certificate(ASKED, made_futures(2, draws=50))}

    assert not checks[identity].holds
    assert checks[identity].largest_gap > 0.01
