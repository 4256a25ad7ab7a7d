"""What cannot be claimed, each with the figures that say so."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from forecasts.reports.backtest_sections import Section
from forecasts.reports.backtest_words import typeset


def _facts(summary: Mapping[str, Any]) -> Mapping[str, Any]:
    limits = [{name: typeset(text) for name, text in row.items()} for row in summary["limits"]]
    return {"limits": limits, "honesty": typeset(summary["honesty"]["sentence"])}


SECTION = Section("limits", "What cannot be claimed", "Limits", 80, _facts)
