"""What these numbers cannot carry."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from forecasts.reports.reading import Page
from forecasts.reports.sections import Section
from forecasts.reports.wording import day


def _facts(page: Page) -> Mapping[str, Any]:
    document = page.document
    cases = [reading.answer["base_rate"]["n"] for reading in page.readings]
    return {
        "looks_back": page.looks_back,
        "as_of": day(document["as_of"]),
        "ends": day(document["record_ends"]),
        "fewest": min(cases, default=0),
        "most": max(cases, default=0),
        "breakthroughs": any(reading.digits for reading in page.readings),
    }


SECTION = Section("caveats", "What these numbers cannot carry", "Caveats", 90, _facts)
