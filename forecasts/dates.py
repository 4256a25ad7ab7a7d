"""Calendar arithmetic on whole days.

A *day number* is ``date.toordinal()``: an integer that subtracts to days.
Nothing here asks the clock; today is always an argument.
"""

from __future__ import annotations

import calendar
import re
from datetime import date, timedelta

DAYS_PER_YEAR = 365.25
INAUGURATION_MONTH, INAUGURATION_DAY = 1, 20  # 20th Amendment to the US constitution, section 1

_FULL = re.compile(r"\d{4}-\d{2}-\d{2}")
_MONTH = re.compile(r"\d{4}-\d{2}")
_YEAR = re.compile(r"\d{4}")


def parse_day(text: str) -> date:
    """Parse an ISO day, strictly.

    Raises
    ------
    ValueError
        If `text` is not ``YYYY-MM-DD`` or names a day that does not exist.

    Examples
    --------
    >>> parse_day("2023-06-18")
    datetime.date(2023, 6, 18)
    """
    if not _FULL.fullmatch(text):
        raise ValueError(f"not a day like 2023-06-18: {text!r}")
    return date.fromisoformat(text)


def last_day_meant(text: str) -> date:
    """Read a day, a month or a year as the last day that it can mean.

    A fact dated only to a month can have been public on its last day at the
    latest, so this is the safe reading of an as-of bound.

    Examples
    --------
    >>> last_day_meant("2023-02")
    datetime.date(2023, 2, 28)
    >>> last_day_meant("2013")
    datetime.date(2013, 12, 31)
    """
    if _YEAR.fullmatch(text):
        return date(int(text), 12, 31)
    if _MONTH.fullmatch(text):
        year, month = int(text[:4]), int(text[5:])
        if not 1 <= month <= 12:
            raise ValueError(f"no such month: {text!r}")
        return date(year, month, calendar.monthrange(year, month)[1])
    return parse_day(text)


def next_inauguration(day: date) -> date:
    """First 20 January of a US presidential term strictly after `day`.

    Examples
    --------
    >>> next_inauguration(date(2023, 6, 18))
    datetime.date(2025, 1, 20)
    """
    year = day.year + (1 - day.year) % 4
    inauguration = date(year, INAUGURATION_MONTH, INAUGURATION_DAY)
    if inauguration > day:
        return inauguration
    return date(year + 4, INAUGURATION_MONTH, INAUGURATION_DAY)


def plus_days(day: date, days: int) -> date:
    """Return the day `days` later (earlier when negative)."""
    return day + timedelta(days=days)
