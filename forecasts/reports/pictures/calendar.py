"""Where months stand on an axis of days, shared by the pictures that have one."""

from __future__ import annotations

from datetime import date

from forecasts.reports.wording import SHORT_MONTHS

STRIDES = (1, 2, 3, 6, 12)
"""Months between labels that readers count with ease."""


def months(first: date, last: date, most: int) -> list[tuple[date, str]]:
    """First days of months from `first` to `last` to label, at most `most` of them.

    Each January carries its year; where there is none, the first label does.

    Examples
    --------
    >>> [label for _, label in months(date(2023, 6, 18), date(2023, 12, 31), 6)]
    ['Jul 2023', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
    """
    starts = [
        date(year, month, 1)
        for year in range(first.year, last.year + 1)
        for month in range(1, 13)
        if first <= date(year, month, 1) <= last
    ]
    kept = starts
    for stride in STRIDES:
        kept = [day for day in starts if (day.month - 1) % stride == 0]
        if len(kept) <= most:
            break
    dated = [day for day in kept if day.month == 1] or kept[:1]
    return [(day, _label(day, with_year=day in dated)) for day in kept]


def _label(day: date, *, with_year: bool) -> str:
    month = SHORT_MONTHS[day.month - 1]
    return f"{month} {day.year}" if with_year else month
