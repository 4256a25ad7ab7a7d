"""What was believed before the data, which signals are read, and what the data made of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from forecasts.reports.kinds import kind_in_words
from forecasts.reports.reading import Page
from forecasts.reports.sections import Section
from forecasts.reports.wording import decimal, shorten

LONGEST = 400


def _facts(page: Page) -> Mapping[str, Any]:
    document = page.document
    return {
        "priors": [_prior(row) for row in document["priors"]],
        "signals": [_family(row) for row in document["signal_families"]],
        "parameters": [_parameter(row) for row in document["parameters"]],
    }


def _prior(row: Mapping[str, Any]) -> list[str]:
    distribution = f"{shorten(row['distribution'], 40)} ({_values(row['values'])})"
    why = f"{shorten(row['means'], LONGEST)}. {shorten(row['reason'], LONGEST)}"
    return [_named(row), distribution, why]


def _family(row: Mapping[str, Any]) -> list[str]:
    half_life = f"{decimal(row['half_life_days'], 0)} days"
    return [shorten(row["title"], 80), half_life, shorten(row["reason"], LONGEST)]


def _parameter(row: Mapping[str, Any]) -> list[str]:
    span = f"{decimal(row['low'])} to {decimal(row['high'])}"
    settled = f"{decimal(row['rhat'], 3)}; {decimal(row['ess_bulk'], 0)}"
    return [_named(row), decimal(row["mean"]), span, settled]


def _named(row: Mapping[str, Any]) -> str:
    where = kind_in_words(shorten(row["coordinate"] or "", 60))
    name = shorten(row["name"], 60).replace("_", " ")
    return f"{name}: {where}" if where else name


def _values(values: Mapping[str, Any]) -> str:
    return ", ".join(f"{shorten(key, 30)} {shorten(value, 60)}" for key, value in values.items())


SECTION = Section(
    "assumptions", "What was assumed, and what the data made of it", "Assumptions", 70, _facts
)
