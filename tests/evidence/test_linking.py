"""Which leaders' meeting belongs to which summit."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from forecasts.evidence.linking import bilateral_at
from forecasts.evidence.tables import Contact, Opportunity
from tests.builders import contact, opportunity

START, END = date(2023, 9, 9), date(2023, 9, 10)


def meeting(start: date = START, **over: Any) -> Contact:
    place = {"city": "New Delhi", "country": "India", "venue": "third"}
    return contact(**{"kind": "leader_in_person", "start": start, **place, **over})


@pytest.mark.parametrize(
    ("days", "belongs"), [(-4, False), (-3, True), (0, True), (4, True), (5, False)]
)
def test_a_meeting_belongs_to_a_summit_within_three_days(days: int, belongs: bool) -> None:
    """Three days before the start and three after the end, in the host country."""
    met = bilateral_at([meeting(START + timedelta(days=days))], [opportunity()])

    assert bool(met) is belongs


@pytest.mark.parametrize(
    "over", [{"country": "China"}, {"kind": "leader_remote"}, {"kind": "state_sec_visit"}]
)
def test_only_leaders_in_the_host_country_count(over: dict[str, Any]) -> None:
    """A call during a summit, or a meeting elsewhere, is not at it."""
    assert bilateral_at([meeting(**over)], [opportunity()]) == {}


def test_one_off_summits_are_no_opportunity() -> None:
    """Only the yearly series are linked."""
    assert bilateral_at([meeting()], [opportunity(series="G8 outreach")]) == {}


def _two_summits() -> list[Opportunity]:
    """The General Assembly and the G20, both in the US in one week, as in 2009."""
    return [
        opportunity(id="UNGA", series="UNGA", start=date(2009, 9, 23), end=date(2009, 9, 23),
                    city="New York", country="United States"),
        opportunity(id="G20", start=date(2009, 9, 24), end=date(2009, 9, 25),
                    city="Pittsburgh", country="United States"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("city", "day", "summit"),
    [
        ("New York", 24, "UNGA"),
        ("Pittsburgh", 22, "G20"),
        ("Washington", 22, "UNGA"),
        ("Washington", 25, "G20"),
        ("", 25, "G20"),
    ],
)
def test_a_meeting_goes_to_its_city_else_to_the_nearest(city: str, day: int, summit: str) -> None:
    """Of two summits in one country and week, the city decides, then the days."""
    met = bilateral_at(
        [meeting(date(2009, 9, day), city=city, country="United States")], _two_summits()
    )

    assert list(met) == [summit]


def test_a_summit_keeps_its_nearest_meeting() -> None:
    """Two meetings around one summit are one bilateral: the nearer."""
    far, near = meeting(START - timedelta(days=3), id="far"), meeting(END, id="near")

    assert {contact.id for contact in bilateral_at([far, near], [opportunity()]).values()} == {
        "near"
    }
