"""Figures of a backtest as a reader sees them: skill with its interval, counts, names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from forecasts.reports.wording import MINUS, MISSING, NBSP, counted, day, decimal, signed

type Row = Mapping[str, Any]

MODEL, CLIMATOLOGY, CALENDAR = "plans", "climatology", "calendar only"

NAMES: Final = {
    "base rates": "model, base rates only",
    "plans": "model with plans (judged here)",
    "signals": "model with plans and signals",
    "climatology": "long-run rate",
    "recent climatology": "rate of the last five years",
    "constant hazard": "rate under the administration of the day",
    "calendar only": "summit calendar alone",
    "plans only": "announced plans alone",
}
"""Forecasters in the reader's words."""

_DAY = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")
_MINUS = re.compile(r"(?<![\w-])-(?=\d)")

PASSED, FAILED, UNTRIED = f"✓{NBSP}passed", f"!{NBSP}FAILED", f"?{NBSP}no verdict"


def within(interval: Row | None, *, sign: bool = True) -> str:
    """Write a figure with its interval; one that cannot be negative by nature needs no sign.

    Examples
    --------
    >>> within({"value": 0.31, "low": 0.2, "high": None})
    '+0.31 (+0.20 to no end)'
    >>> within({"value": None, "low": None, "high": None})
    'not available'
    """
    if interval is None or interval["value"] is None:
        return MISSING
    write = signed if sign else decimal
    low, high = (
        "no end" if interval[end] is None else write(interval[end]) for end in ("low", "high")
    )
    if low == high == "no end":
        return f"{write(interval['value'])} (no interval)"
    return f"{write(interval['value'])} ({low} to {high})"


def typeset(text: str) -> str:
    """Write a summary's sentence for the page: days in words, minus signs as such.

    Examples
    --------
    >>> typeset("From 2005-01-01: skill -0.02").replace(MINUS, "~")[-11:]
    'skill ~0.02'
    """
    worded = _DAY.sub(lambda found: day(found[0]), text)
    return _MINUS.sub(MINUS, worded)


def days(number: int | None) -> str:
    """Write a horizon.

    Examples
    --------
    >>> days(30).replace(NBSP, " "), days(None)
    ('30 days', 'all')
    """
    return "all" if number is None else f"{number}{NBSP}days"


def facts(row: Row) -> str:
    """Write how much a row rests on: resolved answers, and the facts that decide them.

    Examples
    --------
    >>> facts({"scored": 250, "clusters": 40, "spells": 49})
    '250 on 49 spells'
    >>> facts({"scored": 250, "clusters": 40})
    '250 on 40 facts'
    """
    if "spells" in row:
        return f"{row['scored']:,} on {counted(row['spells'], 'spell')}"
    return f"{row['scored']:,} on {counted(row['clusters'], 'fact')}"


def score(value: float | None, digits: int = 3) -> str:
    """Write a mean score.

    Examples
    --------
    >>> score(0.1234), score(None)
    ('0.123', 'not available')
    """
    return MISSING if value is None else f"{value:.{digits}f}"


def verdict(passed: bool | None) -> str:
    """Write a verdict with its sign, so that colour is not needed to tell it.

    Examples
    --------
    >>> verdict(None).replace(NBSP, " ")
    '? no verdict'
    """
    return UNTRIED if passed is None else PASSED if passed else FAILED
