"""The method in one page, in plain words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from forecasts.reports import confidence
from forecasts.reports.reading import Page
from forecasts.reports.sections import Section
from forecasts.reports.wording import day


def _facts(page: Page) -> Mapping[str, Any]:
    document = page.document
    return {
        "as_of": day(document["as_of"]),
        "draws": f"{document['draws']:,}",
        "futures": f"{document['futures']:,}",
        "mass": page.readings[0].mass if page.readings else "",
        "bars": confidence,
        "low_points": round(100 * confidence.LOW_WIDTH),
        "high_points": round(100 * confidence.HIGH_WIDTH),
    }


SECTION = Section("method", "The method in a page", "Method", 80, _facts)
