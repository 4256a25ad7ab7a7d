"""Runs for the track record: answers to the bundled portfolio's questions, on chosen days."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from forecasts.ledger import Store, write_run
from forecasts.portfolio import Portfolio, bundled, load
from tests.builders_run import answer, run_document

AS_OF = "2023-06-18"
SOON, LATE = "2023-06-19T12:00:00Z", "2026-11-24T12:00:00Z"
HAPPENED = {
    "leaders-meet-by-2023-12-31": True,
    "leaders-meet-at-apec-san-francisco-2023": True,
    "leaders-meet-at-g20-new-delhi-2023": False,
    "leaders-call-by-2023-12-31": False,
}
"""Some questions of June 2023 and what is public knowledge of them."""


@cache
def portfolio() -> Portfolio:
    """The bundled portfolio, read once."""
    return load(bundled())


def said(question: str, probability: float | None = 0.7, **over: Any) -> dict[str, Any]:
    """Answer a question of the portfolio, worded as it is there."""
    asked = portfolio().questions[question]
    worded = {
        "question": question,
        "opens": asked.opens.isoformat(),
        "closes": asked.closes.isoformat(),
        "happens_when": asked.happens_when,
        "probability": probability,
    }
    return answer(**worded | over)


def run(number: int = 0, *answers: dict[str, Any], **over: Any) -> dict[str, Any]:
    """Build the run of a number: issued late, so of retrodictions, unless told otherwise."""
    head = {"run_id": f"{number:016x}", "as_of": AS_OF, "issued_at": LATE}
    found = list(answers) or [said(name) for name in HAPPENED]
    return run_document(**head | {"answers": found} | over)


def put(store: Store, *documents: dict[str, Any]) -> None:
    """Enter runs in the store, in this order."""
    for document in documents:
        write_run(store, document, Path.touch, {})


def later(days: int) -> str:
    """The instant so many days after `AS_OF`, at noon."""
    return f"{date.fromisoformat(AS_OF) + timedelta(days=days)}T12:00:00Z"
