"""How fresh the data are: fresh, stale or unknown, and unknown is never shown as fresh."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from forecasts.reports.freshness import SIGNS, state_of, summary
from forecasts.reports.reading import Page
from forecasts.reports.sections import Section
from forecasts.reports.wording import counted, day, days_between, short_day, shorten


def _facts(page: Page) -> Mapping[str, Any]:
    document = page.document
    return {
        "sentence": f"{summary(document['freshness'])} {_age(document)}",
        "rows": [_row(row) for row in document["freshness"]],
    }


def _row(row: Mapping[str, Any]) -> Mapping[str, Any]:
    state = state_of(row["status"])
    return {
        "table": shorten(row["table"], 60),
        "state": state,
        "sign": SIGNS[state],
        "latest": short_day(row["latest"]),
        "complete": short_day(row["complete_until"]),
        "ends": short_day(row["record_ends"]),
    }


def _age(document: Mapping[str, Any]) -> str:
    """Say how long after the cut-off the answers were issued; a stored page cannot know today."""
    issued = document["issued_at"]
    days = days_between(document["known_through"], issued)
    late = f", {counted(days, 'day')} after the last day that they know of" if days else ""
    return (
        f"The answers speak of what was public through {day(document['known_through'])} "
        f"and were issued on {day(issued)}{late}. This page does not renew itself."
    )


SECTION = Section("freshness", "How fresh are the data?", "Freshness", 60, _facts)
