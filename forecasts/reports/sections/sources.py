"""Where the facts come from, and what would make this run again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from forecasts.reports.links import linked
from forecasts.reports.reading import Page
from forecasts.reports.sections import Section
from forecasts.reports.wording import shorten

MOST_SOURCES = 60


def _facts(page: Page) -> Mapping[str, Any]:
    document = page.document
    named = dict.fromkeys(source for r in page.readings for source in r.answer["sources"])
    return {
        "sources": [linked(source) for source in list(named)[:MOST_SOURCES]],
        "unnamed": max(0, len(named) - MOST_SOURCES),
        "files": [
            [shorten(name, 120), shorten(digest, 16)]
            for name, digest in sorted(document["files"].items())
        ],
        "versions": ", ".join(
            f"{shorten(k, 40)} {shorten(v, 40)}" for k, v in sorted(document["versions"].items())
        ),
    }


SECTION = Section("sources", "Sources, and how to run this again", "Sources", 100, _facts)
