"""A portfolio: the evidence, beliefs and questions declared before any fit.

Every check of a declared file is made in this room, or in the evidence and
questions below it; what leaves it can be used.
"""

from forecasts.portfolio.base_rates import BaseRate, Case, base_rate, window_of
from forecasts.portfolio.declared import (
    Portfolio,
    Prior,
    Question,
    ReferenceClass,
    SignalFamily,
)
from forecasts.portfolio.load import bundled, check, load

__all__ = [
    "BaseRate",
    "Case",
    "Portfolio",
    "Prior",
    "Question",
    "ReferenceClass",
    "SignalFamily",
    "base_rate",
    "bundled",
    "check",
    "load",
    "window_of",
]
