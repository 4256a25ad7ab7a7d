"""Everything that the posterior reads, as plain arrays made from one view.

Two views with equal inputs have the same posterior: the test that nothing
known after the cut-off can change an answer compares these arrays bit by bit.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

import numpy as np

from forecasts.evidence.view import View
from forecasts.portfolio.declared import Portfolio
from forecasts.world.cases import (
    LeadCases,
    OutcomeCases,
    PlanCases,
    lead_cases,
    outcome_cases,
    plan_cases,
)
from forecasts.world.exposure import Exposure, exposure
from forecasts.world.priors import Floats
from forecasts.world.readings import rate, select
from forecasts.world.summits import PastSummits, past_summits

SIGNAL_RATE_WINDOW_DAYS = 3 * 365
"""Signals of the last three years say how many to expect."""


@dataclass(frozen=True, slots=True)
class SignalState:
    """Signal families on the first day to be simulated. Dims (family,), points a year.

    `intensity` has dims (family, point): how often each intensity 1..5 occurred.
    """

    fast: Floats
    slow: Floats
    recent_count: Floats
    recent_days: float
    intensity: Floats


@dataclass(frozen=True, slots=True)
class Inputs:
    """Arrays for :func:`forecasts.world.model.build`, one group a component."""

    exposure: Exposure
    summits: PastSummits
    plans: PlanCases
    leads: LeadCases
    outcomes: OutcomeCases
    signals: SignalState


def inputs(view: View, portfolio: Portfolio) -> Inputs:
    """Design arrays of the world model, from what was public as of the view's day."""
    return Inputs(
        exposure=exposure(view, portfolio),
        summits=past_summits(view),
        plans=plan_cases(view),
        leads=lead_cases(view, portfolio),
        outcomes=outcome_cases(view, portfolio),
        signals=_signal_state(view, portfolio),
    )


def _signal_state(view: View, portfolio: Portfolio) -> SignalState:
    families = tuple(portfolio.signals.values())
    first_day = np.array([view.known_through.toordinal() + 1], dtype=np.int64)
    chosen = [select(view.signals, family) for family in families]
    since = int(first_day[0]) - SIGNAL_RATE_WINDOW_DAYS
    return SignalState(
        fast=np.array([rate(c, f.half_life_days, first_day)[0] for c, f in _zip(chosen, families)]),
        slow=np.array([
            rate(c, f.baseline_half_life_days, first_day)[0] for c, f in _zip(chosen, families)
        ]),
        recent_count=np.array(
            [sum(s.known.toordinal() >= since for s in c) for c in chosen], dtype=np.float64
        ),
        recent_days=float(SIGNAL_RATE_WINDOW_DAYS),
        intensity=np.array([
            np.bincount([s.intensity - 1 for s in c], minlength=5)[:5] + 1.0 for c in chosen
        ]).reshape(len(families), 5),
    )


def _zip(chosen: list[Any], families: tuple[Any, ...]) -> Iterator[tuple[Any, Any]]:
    return zip(chosen, families, strict=True)


def arrays(group: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Every field below `group` with its dotted name, for comparison and hashing.

    Examples
    --------
    >>> from forecasts.world.readings import GRID
    >>> list(arrays(SignalState(*[np.ones(1)] * 3, 1.0, np.ones((1, 5)))))[3]
    ('recent_days', 1.0)
    """
    for each in fields(group):
        value = getattr(group, each.name)
        if is_dataclass(value):
            yield from arrays(value, f"{prefix}{each.name}.")
        else:
            yield f"{prefix}{each.name}", value
