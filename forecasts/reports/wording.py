"""Numbers and days as a reader sees them: the only place where percent exists.

Percentages are whole numbers, ``<1 %`` and ``>99 %`` at the ends. A missing
number reads as such: it is never shown as nought.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Any

NBSP = "\u00a0"
MINUS = "\u2212"
ELLIPSIS = "\u2026"
MISSING = "not available"
LONGEST_WORD, LONGEST_DAY = 18, 40
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July",
    "August", "September", "October", "November", "December",
)  # fmt: skip
_UNSEEN = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
"""Control characters, and those that would turn the text around them about."""
_DATE_IN_TEXT = re.compile(rf"\b\d{{1,2}} ({'|'.join(MONTHS)})( \d{{4}})?\b")
SHORT_MONTHS = tuple(month[:3] for month in MONTHS)


def percent(probability: float | None, *, digits: int = 0) -> str:
    """Write a probability as a percentage.

    Parameters
    ----------
    probability : float or None
        In [0, 1].
    digits : int
        Significant digits to keep; 0 keeps whole numbers.

    Examples
    --------
    >>> [percent(p).replace(NBSP, " ") for p in (0.004, 0.714, 0.996, None)]
    ['<1 %', '71 %', '>99 %', 'not available']
    >>> percent(0.137, digits=1).replace(NBSP, " ")
    '10 %'
    """
    if probability is None:
        return MISSING
    if probability < 0.01:
        return f"<1{NBSP}%"
    if probability > 0.99:
        return f">99{NBSP}%"
    if digits:
        return f"{min(90, round(float(f'{100 * probability:.{digits}g}')))}{NBSP}%"
    return f"{_half_up(100 * probability)}{NBSP}%"


def percent_span(low: float | None, high: float | None, *, digits: int = 0) -> str:
    """Write an interval over a probability.

    Examples
    --------
    >>> percent_span(0.55, 0.84).replace(NBSP, " ")
    '55–84 %'
    >>> percent_span(0.002, 0.12).replace(NBSP, " ")
    '<1 % to 12 %'
    """
    if low is None or high is None:
        return MISSING
    first, last = percent(low, digits=digits), percent(high, digits=digits)
    if first == last:
        return first
    if first.startswith("<") or last.startswith(">"):
        return f"{first} to {last}"
    return f"{first.removesuffix(f'{NBSP}%')}–{last}"


def points(low: float, high: float) -> str:
    """Width of an interval in percentage points.

    Examples
    --------
    >>> points(0.55, 0.84)
    '29 points'
    """
    width = max(1, _half_up(100 * (high - low)))
    return f"{width} point" if width == 1 else f"{width} points"


def day(text: Any) -> str:
    """Write an ISO day, or the day of an ISO instant, in words; anything else stays as it is.

    Examples
    --------
    >>> day("2023-06-18").replace(NBSP, " ")
    '18 June 2023'
    """
    found = _parsed(text)
    if found is None:
        return shorten(text or "unknown", LONGEST_DAY)
    return f"{found.day}{NBSP}{MONTHS[found.month - 1]}{NBSP}{found.year}"


def short_day(text: Any) -> str:
    """Write an ISO day briefly, for tables and axes.

    Examples
    --------
    >>> short_day("2023-06-18").replace(NBSP, " ")
    '18 Jun 2023'
    """
    found = _parsed(text)
    if found is None:
        return shorten(text or "unknown", LONGEST_DAY)
    return f"{found.day}{NBSP}{SHORT_MONTHS[found.month - 1]}{NBSP}{found.year}"


def later(first: Any, second: Any) -> str:
    """Say how many days after the first day the second is; nothing where it is not after it.

    Examples
    --------
    >>> later("2026-08-22", "2026-11-24T12:00:00Z").replace(NBSP, " ")
    ', 94 days after the as-of day'
    """
    one, two = _parsed(first), _parsed(second)
    days = (two - one).days if one and two else 0
    if days < 1:
        return ""
    return f", {days}{NBSP}day{'s' if days > 1 else ''} after the as-of day"


def signed(value: float | None) -> str:
    """Write a change of log-odds with its sign.

    Examples
    --------
    >>> signed(0.5), signed(-0.314).replace(MINUS, "-"), signed(-0.001)
    ('+0.50', '-0.31', '0.00')
    """
    if value is None:
        return MISSING
    text = f"{abs(value):.2f}"
    if text == "0.00":
        return text
    return f"{MINUS if value < 0 else '+'}{text}"


def decimal(value: Any, digits: int = 2) -> str:
    """Write a number that may be missing.

    Examples
    --------
    >>> decimal(1.00449, 3), decimal(None)
    ('1.004', 'not available')
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        return MISSING
    return f"{value:.{digits}f}".replace("-", MINUS)


def gap(value: Any) -> str:
    """Write a rounding error: nought is exact, the rest is a power of ten.

    Examples
    --------
    >>> gap(0.0), gap(6e-17).replace(MINUS, "-")
    ('0', '6e-17')
    """
    if not isinstance(value, int | float):
        return MISSING
    return "0" if value == 0 else f"{value:.0e}".replace("-", MINUS)


def counted(count: int, noun: str, plural: str = "") -> str:
    """Write a count and its noun.

    Examples
    --------
    >>> counted(1, "case"), counted(1200, "case"), counted(2, "summary", "summaries")
    ('1 case', '1,200 cases', '2 summaries')
    """
    return f"{count:,}{NBSP}{noun if count == 1 else plural or noun + 's'}".replace(NBSP, " ")


def shorten(text: Any, limit: int) -> str:
    """Cut `text` to `limit` characters, with an ellipsis where something is gone.

    Examples
    --------
    >>> shorten("a long headline", 7)
    'a long…'
    """
    clean = re.sub(r"\s+", " ", _UNSEEN.sub("", str(text))).strip()
    return clean if len(clean) <= limit else clean[: limit - 1].rstrip() + ELLIPSIS


def has_long_word(text: Any) -> bool:
    """Whether `text` has a word too long for a narrow column, so that it must be broken.

    Examples
    --------
    >>> has_long_word("a fair sentence"), has_long_word("x" * 30)
    (False, True)
    """
    return any(len(word) > LONGEST_WORD for word in str(text).split())


def kept_together(text: str) -> str:
    """Keep the parts of each date in a title on one line.

    Examples
    --------
    >>> kept_together("by 31 December 2023?").count(NBSP)
    2
    """
    return _DATE_IN_TEXT.sub(lambda found: found[0].replace(" ", NBSP), text)


def listed(parts: list[str]) -> str:
    """Join parts as a sentence does.

    Examples
    --------
    >>> listed(["one", "two", "three"])
    'one, two and three'
    """
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} and {parts[-1]}"


def days_between(first: Any, last: Any) -> int | None:
    """Count the days from `first` to `last`, or None where one of them is no day.

    Examples
    --------
    >>> days_between("2023-06-18", "2023-12-31")
    196
    """
    start, end = _parsed(first), _parsed(last)
    return None if start is None or end is None else (end - start).days


def _parsed(text: Any) -> date | None:
    try:
        return date.fromisoformat(str(text)[:10])
    except ValueError:
        return None


def _half_up(value: float) -> int:
    """Round as people do; the tiny lift keeps 0.145 from being read as 0.14499."""
    return int(value + 0.5 + 1e-9)
