"""Views: nothing that came later, and nothing of how an open fact turned out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecasts.evidence.reading import read_evidence
from forecasts.evidence.tables import Evidence
from forecasts.evidence.view import as_of
from forecasts.portfolio.load import bundled
from forecasts.schema import KINDS, LEVELS, SIGNAL_TYPES, SUMMIT_SERIES, VENUES
from tests.builders import (
    administration,
    cells,
    contact,
    coverage,
    evidence,
    loss,
    opportunity,
    plan,
    signal,
    write_evidence,
    write_table,
)

DAY = date(2023, 6, 18)
NEXT = DAY + timedelta(days=1)
REAL = read_evidence(bundled() / "evidence")

days = st.dates(date(1971, 7, 1), date(2026, 12, 31))
later = st.integers(1, 900).map(lambda n: timedelta(days=n))
earlier = st.integers(0, 900).map(lambda n: timedelta(days=n))


@st.composite
def secrets(draw: st.DrawFn, day: date) -> dict[str, Any]:
    """One row for each table that became public after `day`, of any kind and outcome."""
    known = day + draw(later)
    began = known - draw(earlier)
    kind, venue = draw(st.sampled_from(KINDS)), draw(st.sampled_from(VENUES))
    return {
        "contacts": contact(
            id="secret", kind=kind, venue=venue, start=began, end=max(began, known), known=known,
            announced=draw(st.sampled_from([None, began])), level=draw(st.sampled_from(LEVELS)),
            received=draw(st.sampled_from([True, False, None])),
        ),
        "plans": plan(
            id="secret", kind=kind, venue=venue, announced=known, planned=known + draw(earlier),
            status=draw(st.sampled_from(["pending", "held", "postponed", "cancelled"])),
            status_date=known, contact_id="secret",
        ),
        "losses": loss(id="secret", kind=kind, cancelled=known),
        "opportunities": opportunity(
            id="secret", series=draw(st.sampled_from(SUMMIT_SERIES)), start=known, end=known,
            known=draw(st.sampled_from([None, known])), in_person=draw(st.booleans()),
        ),
        "signals": signal(
            id="secret", event_date=began, known=known,
            direction=draw(st.sampled_from([-1, 0, 1])),
            signal_type=draw(st.sampled_from(SIGNAL_TYPES)),
        ),
        "administrations": administration(id="secret", known=known, start=known),
    }  # fmt: skip


def _planted(record: Evidence, table: str, row: Any, at: int) -> Evidence:
    rows = getattr(record, table)
    at = min(at, len(rows))
    return replace(record, **{table: (*rows[:at], row, *rows[at:])})


@given(st.data(), days, st.integers(0, 600))
def test_what_became_public_later_changes_nothing(st_data: Any, day: date, at: int) -> None:
    """A fact planted in every table, public after the cut-off, leaves the view equal."""
    plain = as_of(REAL, day)
    record = REAL
    for table, row in st_data.draw(secrets(day)).items():
        record = _planted(record, table, row, at)

    assert as_of(record, day) == plain


CANARIES: dict[str, Callable[[date], Any]] = {
    "contacts": lambda day: contact(id="canary", start=DAY, end=DAY, known=day),
    "plans": lambda day: plan(announced=day, planned=day + timedelta(days=9), status="pending"),
    "losses": lambda day: loss(id="canary", cancelled=day),
    "opportunities": lambda day: opportunity(id="canary", known=day),
    "signals": lambda day: signal(id="canary", event_date=DAY, known=day),
    "administrations": lambda day: administration(id="canary", known=day),
}


@pytest.mark.parametrize("table", CANARIES)
def test_a_fact_counts_from_its_known_date(table: str) -> None:
    """Known on the cut-off it is there; known one day later it is not, wherever it happened."""
    today = _planted(evidence(), table, CANARIES[table](DAY), 0)
    tomorrow = _planted(evidence(), table, CANARIES[table](NEXT), 0)

    assert as_of(tomorrow, DAY) == as_of(evidence(), DAY)
    assert len(getattr(as_of(today, DAY), table)) == 1 + len(getattr(as_of(evidence(), DAY), table))


@given(days, st.integers(0, 400))
def test_what_was_public_stays_public(day: date, ahead: int) -> None:
    """A later view holds every row of an earlier one."""
    before, after = as_of(REAL, day), as_of(REAL, day + timedelta(days=ahead))

    for table in CANARIES:
        ids = {row.id for row in getattr(before, table)}
        assert ids <= {row.id for row in getattr(after, table)}


@given(days)
def test_nothing_in_a_view_of_the_record_is_dated_by_later_knowledge(day: date) -> None:
    """On the real record no view shows a later known date, end, fate or attendance."""
    view = as_of(REAL, day)

    assert all(c.known <= day and (c.end is None or c.end <= day) for c in view.contacts)
    assert all(c.level is None and c.received is None for c in view.contacts if c.end is None)
    assert all(p.status_date is None or p.status_date <= day for p in view.plans)
    assert {p.contact_id for p in view.plans} <= {c.id for c in view.contacts} | {""}
    assert all(o.us_attends is None for o in view.opportunities if o.end > day)
    assert all(o.in_person is None for o in view.opportunities if o.end > day)


FATES = [
    {"status": "pending", "status_date": None, "contact_id": ""},
    {"status": "held", "status_date": NEXT, "contact_id": "C9"},
    {"status": "postponed", "status_date": NEXT, "contact_id": "C9"},
    {"status": "cancelled", "status_date": NEXT, "contact_id": ""},
]


@given(
    first=st.sampled_from(FATES),
    second=st.sampled_from(FATES),
    lead=st.sampled_from(["", "Antony Blinken"]),
    url=st.sampled_from(["", "https://example.org/visit-off"]),
    kind=st.sampled_from(KINDS),
)
def test_a_pending_plan_looks_the_same_whatever_its_fate(
    first: dict[str, Any], second: dict[str, Any], lead: str, url: str, kind: str
) -> None:
    """Status, its day, the later contact, names and sources are blank until the fate is public."""
    open_plan = plan(kind=kind, announced=DAY, planned=NEXT, source_url="")
    one = evidence(plans=(replace(open_plan, **first),))
    other = evidence(
        plans=(replace(open_plan, **second, us_lead=lead, source_url=url, confidence="medium"),)
    )

    assert as_of(one, DAY) == as_of(other, DAY)
    assert as_of(one, DAY).pending[0].id == f"{kind}:2023-06-18:2023-06-19"


def test_files_of_a_held_and_of_a_lost_plan_read_the_same_before(tmp_path: Path) -> None:
    """From the files on: a trip that took place and one that did not give one view beforehand."""
    held = write_evidence(tmp_path / "held")
    lost = write_evidence(tmp_path / "lost")
    write_table(held, "cancelled", [])
    write_table(lost, "contacts", [])
    fate = {"id": "P-X1", "status": "postponed", "status_date": "2023-06-17", "contact_id": ""}
    write_table(lost, "plans", [cells("plans", **fate, source_url="https://example.org/off")])
    off = {"cancelled_date": "2023-06-17", "rescheduled_to_id": ""}
    write_table(lost, "cancelled", [cells("cancelled", **off)])
    both = [read_evidence(folder) for folder in (held, lost)]

    before, after = date(2023, 6, 16), date(2023, 6, 18)

    assert as_of(both[0], before) == as_of(both[1], before)
    assert as_of(both[0], before).pending
    assert as_of(both[0], after) != as_of(both[1], after)


def test_a_lost_plan_does_not_name_the_later_meeting() -> None:
    """The contact that came of a postponed plan shows from its own known date, not before."""
    february = plan(
        announced=date(2023, 1, 17),
        planned=date(2023, 2, 5),
        status="postponed",
        status_date=date(2023, 2, 3),
    )
    record = evidence(plans=(february,))

    (blank,) = as_of(record, date(2023, 6, 17)).plans
    (named,) = as_of(record, date(2023, 6, 18)).plans

    assert (blank.status, blank.contact_id) == ("postponed", "")
    assert (named.status, named.contact_id) == ("postponed", "C1")


@pytest.mark.parametrize(
    "over",
    [
        {"end": date(2023, 6, 25)},
        {"received": False},
        {"received": None},
        {"level": "breakthrough"},
        {"note": "Broken off"},
        {"source_title": "Xi receives Blinken"},
        {"prc_lead": "Qin Gang; Wang Yi; Xi Jinping"},
        {"prc_role": "President"},
        {"confidence": "low"},
    ],
)
def test_a_trip_under_way_does_not_tell_how_it_ends(over: dict[str, Any]) -> None:
    """Until the end, an open contact looks the same whoever received it and whatever came of it."""
    plain = as_of(evidence(), DAY)
    told = as_of(evidence(contacts=(contact(**over),)), DAY)

    assert told == plain
    assert told.contacts[0].us_lead == "Antony Blinken"


def test_a_trip_tells_how_it_ended_on_its_last_day() -> None:
    """End, outcome and reception are public from the end on."""
    (shown,) = as_of(evidence(), date(2023, 6, 19)).contacts

    assert shown == contact()


@pytest.mark.parametrize(
    "over",
    [
        {"in_person": False, "us_attends": False, "prc_note": "virtual"},
        {"in_person": False, "city": "New Delhi (virtual)"},
        {"in_person": False, "city": "New Delhi (cancelled)", "us_note": "summit cancelled"},
        {"prc_attends": True, "prc_note": "Xi", "source_url": "https://example.org/xi"},
        {"us_attends": None, "prc_attends": None, "in_person": None, "confidence": "low"},
    ],
)
def test_a_summit_to_come_does_not_tell_who_came(over: dict[str, Any]) -> None:
    """Virtual, cancelled or in person, it looks the same until its last day."""
    day = date(2023, 9, 9)
    plain = as_of(evidence(), day)
    told = as_of(evidence(opportunities=(opportunity(**over),)), day)

    assert told == plain
    assert told.opportunities[0].city == "New Delhi"


def test_a_summit_that_was_not_announced_shows_from_its_end() -> None:
    """A summit that is in the record for what happened there was no opportunity before."""
    record = evidence(opportunities=(opportunity(known=None),))

    assert as_of(record, date(2023, 9, 9)).opportunities == ()
    assert len(as_of(record, date(2023, 9, 10)).opportunities) == 1


@pytest.mark.parametrize(
    ("day", "known_through", "complete_until"),
    [
        (date(2023, 6, 18), date(2023, 6, 18), date(2023, 6, 18)),
        (date(2026, 7, 1), date(2026, 7, 1), date(2026, 6, 15)),
        (date(2026, 8, 22), date(2026, 8, 22), date(2026, 6, 15)),
        (date(2027, 1, 1), date(2026, 8, 22), date(2026, 6, 15)),
    ],
)
def test_after_the_record_ends_the_past_is_unknown(
    day: date, known_through: date, complete_until: date
) -> None:
    """A view knows up to the day before censoring, whatever the day of asking."""
    record = evidence(coverage=(coverage(), coverage(kind="intel", censored_from=date(2025, 1, 1))))
    view = as_of(record, day)

    assert (view.as_of, view.known_through, view.complete_until) == (
        day,
        known_through,
        complete_until,
    )


def test_coming_summits_have_not_begun() -> None:
    """`coming` starts the day after the last known day."""
    assert [o.id for o in as_of(evidence(), date(2023, 9, 8)).coming] == ["MC-G20-20230909"]
    assert as_of(evidence(), date(2023, 9, 9)).coming == ()
