"""Three states of freshness, and how the worst of several tables is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from forecasts.reports.wording import listed, shorten

SIGNS = {"fresh": "✓", "stale": "!", "unknown": "?"}
"""A sign beside each word, so that no state hangs on colour."""


def state_of(status: Any) -> str:
    """Read a status; whatever is neither fresh nor stale is unknown.

    Examples
    --------
    >>> state_of("fresh"), state_of("ok"), state_of(None)
    ('fresh', 'unknown', 'unknown')
    """
    return str(status) if status in ("fresh", "stale") else "unknown"


def worst(rows: Sequence[Mapping[str, Any]]) -> str:
    """State of the whole: stale before unknown before fresh; no table at all is unknown.

    Examples
    --------
    >>> worst([{"status": "fresh"}, {"status": "unknown"}]), worst([])
    ('unknown', 'unknown')
    """
    states = {state_of(row["status"]) for row in rows}
    return next(
        (state for state in ("stale", "unknown") if state in states),
        "fresh" if states else "unknown",
    )


def summary(rows: Sequence[Mapping[str, Any]]) -> str:
    """Say it in a sentence, naming the tables that are not fresh.

    Examples
    --------
    >>> summary([{"table": "contacts", "status": "fresh"}, {"table": "plans", "status": "stale"}])
    '1 of 2 tables is fresh; plans is stale.'
    """
    if not rows:
        return "Nothing is known of how fresh the data are."
    states = {
        state: [shorten(r["table"], 40) for r in rows if state_of(r["status"]) == state]
        for state in SIGNS
    }
    fresh = len(states["fresh"])
    if fresh == len(rows):
        return f"All {fresh} tables are fresh."
    told = [f"{fresh} of {len(rows)} tables {'is' if fresh == 1 else 'are'} fresh"]
    for state in ("stale", "unknown"):
        names = states[state]
        if names:
            told.append(f"{listed(names)} {'is' if len(names) == 1 else 'are'} {state}")
    return "; ".join(told) + "."
