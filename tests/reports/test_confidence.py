"""Confidence speaks of the evidence, and never rises on little of it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecasts.reports.confidence import confidence_of

RANK = {"low": 0, "moderate": 1, "high": 2}


def answer(n: int, events: int, width: float, status: str = "open") -> dict[str, Any]:
    middle = {"interval": [0.5 - width / 2, 0.5 + width / 2], "status": status}
    return middle | {"base_rate": {"n": n, "events": events}}


@pytest.mark.parametrize(
    ("n", "events", "width", "level"),
    [
        (39, 20, 0.15, "high"),
        (39, 35, 0.15, "low"),  # four of the rarer outcome
        (39, 34, 0.15, "moderate"),
        (29, 15, 0.15, "moderate"),
        (39, 20, 0.45, "low"),
        (0, 0, 0.10, "low"),
    ],
)
def test_levels_follow_the_house_rule(n: int, events: int, width: float, level: str) -> None:
    """Cases, cases of the rarer outcome and the width of the interval decide, as the page says."""
    assert confidence_of(answer(n, events, width), fresh=True).level == level


@given(st.integers(0, 200), st.data(), st.floats(0, 1))
def test_doubtful_data_never_help(n: int, data: st.DataObject, width: float) -> None:
    """Data not known to be fresh, or a carried number, never raise confidence."""
    events = data.draw(st.integers(0, n))
    best = confidence_of(answer(n, events, width), fresh=True)
    doubtful = confidence_of(answer(n, events, width), fresh=False)
    carried = confidence_of(answer(n, events, width, "stale"), fresh=True)

    assert RANK[doubtful.level] <= min(RANK[best.level], RANK["moderate"])
    assert carried.level == "low"


def test_the_reason_names_the_numbers() -> None:
    """A reader sees the cases and the span that the level stands on."""
    reason = confidence_of(answer(21, 13, 0.29), fresh=False).reason

    assert reason == (
        "21 past cases, 8 of the rarer outcome; the interval spans 29 points; "
        "not all data are known to be fresh"
    )
