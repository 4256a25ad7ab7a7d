"""The words of the page, with the scale of likelihood words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from forecasts.reports.reading import Page
from forecasts.reports.sections import Section
from forecasts.schema import WORDS


def _facts(page: Page) -> Mapping[str, Any]:
    return {"words": _scale(), "mass": page.readings[0].mass if page.readings else ""}


def _scale() -> list[list[str]]:
    rows, low = [], 0
    for limit, word in WORDS:
        high = min(100, round(100 * limit))
        rows.append([word, f"{low} to {high}"])
        low = high
    return rows


SECTION = Section("glossary", "Glossary", "Glossary", 110, _facts)
