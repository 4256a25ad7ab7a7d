"""Dated questions about diplomacy, answered from one Bayesian model of the record.

Examples
--------
>>> import forecasts as fc
>>> portfolio = fc.load(fc.bundled())
>>> len(portfolio.as_of(fc.day("2023-06-18")).pending)
0
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_HOMES = {
    "load": "forecasts.portfolio",
    "bundled": "forecasts.portfolio",
    "Portfolio": "forecasts.portfolio",
    "Question": "forecasts.portfolio",
    "base_rate": "forecasts.portfolio",
    "run": "forecasts.pipeline.api",
    "Run": "forecasts.pipeline.run",
    "Estimate": "forecasts.questions.estimates",
    "ContactCount": "forecasts.questions.events",
    "ContactAt": "forecasts.questions.events",
    "Attends": "forecasts.questions.events",
    "PlanOutcome": "forecasts.questions.events",
    "OutcomeOf": "forecasts.questions.events",
    "AllOf": "forecasts.questions.events",
    "AnyOf": "forecasts.questions.events",
    "Not": "forecasts.questions.events",
    "Given": "forecasts.questions.events",
    "plot": "forecasts.reports.plots",
    "ForecastsError": "forecasts.errors",
}
"""Public names and the modules they live in; each is imported when first asked for."""

__all__ = ["day", *_HOMES]  # noqa: PLE0604 (built from the table, so that the two cannot differ)


def day(text: str) -> Any:
    """Read a day like ``2023-06-18``.

    Examples
    --------
    >>> day("2023-06-18").isoformat()
    '2023-06-18'
    """
    from forecasts.dates import parse_day

    return parse_day(text)


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'forecasts' has no attribute {name!r}")
    module = import_module(_HOMES[name])
    return module if name == "plot" else getattr(module, name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOMES])
