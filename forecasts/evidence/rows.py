"""From a checked CSV row to a dataclass: the meaning of each table's columns.

Every function raises `BadInput` at the first cell of its row that cannot be
true. Checks that need other rows are in :mod:`forecasts.evidence.reading`.
"""

from __future__ import annotations

from datetime import date, timedelta

from forecasts.dates import last_day_meant
from forecasts.errors import BadInput
from forecasts.evidence.csvfile import Row
from forecasts.evidence.tables import (
    Administration,
    Contact,
    Coverage,
    Loss,
    Opportunity,
    Plan,
    Signal,
)
from forecasts.schema import CONFIDENCES, KINDS, LEVELS, PLAN_STATUSES, SIGNAL_TYPES, VENUES

COLUMNS: dict[str, tuple[str, ...]] = {
    "contacts": (
        "id", "start_date", "end_date", "announced_date", "known_date", "kind", "us_lead",
        "us_role", "prc_lead", "prc_role", "location_city", "location_country", "venue_type",
        "occasion", "met_paramount_leader", "outcome_level", "outcome_note", "source_url",
        "source_title", "confidence",
    ),
    "plans": (
        "id", "kind", "us_lead", "prc_lead", "venue_type", "announced_date", "planned_date",
        "status", "status_date", "contact_id", "source_url", "confidence",
    ),
    "cancelled": (
        "id", "planned_date", "announced_date", "cancelled_date", "kind", "us_lead", "prc_lead",
        "reason", "rescheduled_to_id", "source_url", "confidence",
    ),
    "signals": (
        "id", "event_date", "known_date", "signal_type", "direction", "intensity", "actor",
        "description", "source_url", "confidence",
    ),
    "calendar": (
        "id", "event", "start_date", "end_date", "known_date", "known_basis", "host_city",
        "host_country", "us_president_in_person", "us_note", "prc_president_in_person",
        "prc_note", "source_url", "confidence",
    ),
    "coverage": (
        "kind", "observed_from", "complete_until", "censored_from", "completeness",
        "use_as_base_rate", "note",
    ),
    "administrations": ("id", "us_president", "prc_leader", "start_date", "known_date"),
}  # fmt: skip
"""Columns that each table must have."""

_YES_NO: dict[str, bool | None] = {"yes": True, "no": False, "unknown": None, "na": None}
_DIRECTIONS = {"+1": 1, "1": 1, "0": 0, "-1": -1}
_INTENSITIES = ("1", "2", "3", "4", "5")
_FIXED_CALENDAR = "fixed annual calendar"
_FIXED_CALENDAR_DAYS = 365  # a summit of the same week every year is known a year ahead
_NOT_IN_PERSON = ("virtual", "cancelled", "video")


def contact(row: Row) -> Contact:
    """Read a row of ``contacts.csv``."""
    start, end = row.day("start_date"), row.day("end_date")
    announced, known = row.day_or_none("announced_date"), row.day("known_date")
    if end < start:
        raise row.bad("end_date", f"a day from {start} (start_date) on", "correct either date")
    if announced is not None and announced > start:
        expected = f"a day up to {start} (start_date)"
        raise row.bad("announced_date", expected, "correct it, or leave it empty")
    if known < start:
        expected = f"a day from {start} (start_date) on"
        raise row.bad("known_date", expected, "correct it: nobody knows before it happens")
    return Contact(
        id=row.filled("id"),
        kind=row.choice("kind", KINDS),
        start=start,
        end=end,
        announced=announced,
        known=known,
        us_lead=row.text("us_lead"),
        us_role=row.text("us_role"),
        prc_lead=row.text("prc_lead"),
        prc_role=row.text("prc_role"),
        city=row.text("location_city"),
        country=row.text("location_country"),
        venue=row.choice("venue_type", VENUES),
        occasion=row.text("occasion"),
        received=_YES_NO[row.choice("met_paramount_leader", _YES_NO)],
        level=row.choice("outcome_level", LEVELS),
        note=row.text("outcome_note"),
        source_url=row.text("source_url"),
        source_title=row.text("source_title"),
        confidence=row.choice("confidence", CONFIDENCES),
    )


def plan(row: Row) -> Plan:
    """Read a row of ``plans.csv``; its identifier becomes ``kind:announced:planned``."""
    announced, planned = row.day("announced_date"), row.day("planned_date")
    kind, status = row.choice("kind", KINDS), row.choice("status", PLAN_STATUSES)
    if announced > planned:
        expected = f"a day up to {planned} (planned_date)"
        raise row.bad("announced_date", expected, "correct either date")
    _check_fate(row, status, announced)
    row.filled("id")
    return Plan(
        id=f"{kind}:{announced}:{planned}",
        kind=kind,
        venue=row.choice("venue_type", VENUES),
        announced=announced,
        planned=planned,
        status=status,
        status_date=row.day_or_none("status_date"),
        contact_id=row.text("contact_id"),
        us_lead=row.text("us_lead"),
        prc_lead=row.text("prc_lead"),
        source_url=row.text("source_url"),
        confidence=row.choice("confidence", CONFIDENCES),
    )


def _check_fate(row: Row, status: str, announced: date) -> None:
    if status == "pending":
        for column in ("status_date", "contact_id"):
            if row.text(column):
                raise row.bad(column, "nothing for a pending plan", "empty it, or set its status")
        return
    if row.day("status_date") < announced:
        expected = f"a day from {announced} (announced_date) on"
        raise row.bad("status_date", expected, "correct either date")
    if status == "held":
        row.filled("contact_id")


def loss(row: Row, plan_ids: frozenset[str]) -> Loss | None:
    """Read a row of ``cancelled.csv``; ``None`` where no dated plan was lost on a known day."""
    kind, confidence = row.choice("kind", KINDS), row.choice("confidence", CONFIDENCES)
    cancelled = _last_day_or_none(row, "cancelled_date")
    planned = _last_day_or_none(row, "planned_date")
    announced = _last_day_or_none(row, "announced_date")
    if announced and cancelled and _first_day(row.text("announced_date")) > cancelled:
        expected = f"a day up to {cancelled} (cancelled_date)"
        raise row.bad("announced_date", expected, "correct either date")
    ident = row.filled("id")
    if cancelled is None or (planned is None and announced is None):
        return None
    return Loss(
        id=ident,
        kind=kind,
        cancelled=cancelled,
        us_lead=row.text("us_lead"),
        prc_lead=row.text("prc_lead"),
        reason=row.text("reason"),
        dated_plan=f"P-{ident}" in plan_ids,
        source_url=row.text("source_url"),
        confidence=confidence,
    )


def _last_day_or_none(row: Row, column: str) -> date | None:
    text = row.text(column)
    if not text:
        return None
    try:
        return last_day_meant(text)
    except ValueError:
        expected = "a day, month or year that exists, like 2023-06-18 or 2023-06"
        raise row.bad(column, expected, "correct the date") from None


def _first_day(text: str) -> date:
    """First day that a checked day, month or year can mean."""
    return date.fromisoformat(text + "-01-01"[len(text) - 4 :] if len(text) < 10 else text)


def opportunity(row: Row) -> Opportunity:
    """Read a row of ``calendar.csv``."""
    start, end, known = row.day("start_date"), row.day("end_date"), row.day_or_none("known_date")
    if end < start:
        raise row.bad("end_date", f"a day from {start} (start_date) on", "correct either date")
    if known is not None and known > start:
        expected = f"a day up to {start} (start_date)"
        raise row.bad("known_date", expected, "correct it, or leave it empty")
    if known is None and row.text("known_basis").startswith(_FIXED_CALENDAR):
        known = start - timedelta(days=_FIXED_CALENDAR_DAYS)
    us = _YES_NO[row.choice("us_president_in_person", _YES_NO)]
    prc = _YES_NO[row.choice("prc_president_in_person", _YES_NO)]
    return Opportunity(
        id=row.filled("id"),
        series=row.filled("event"),
        start=start,
        end=end,
        known=known,
        city=row.filled("host_city"),
        country=row.filled("host_country"),
        in_person=_in_person(row, us, prc),
        us_attends=us,
        prc_attends=prc,
        us_note=row.text("us_note"),
        prc_note=row.text("prc_note"),
        source_url=row.text("source_url"),
        confidence=row.choice("confidence", CONFIDENCES),
    )


def _in_person(row: Row, us: bool | None, prc: bool | None) -> bool | None:
    """Whether a summit was held in person; one leader alone on video does not undo it."""
    if us is None or prc is None:
        return None
    if us or prc:
        return True
    city, notes = row.text("host_city"), (row.text("us_note"), row.text("prc_note"))
    return not (_names_no_room(city) or all(_names_no_room(note) for note in notes))


def _names_no_room(text: str) -> bool:
    return any(word in text.lower() for word in _NOT_IN_PERSON)


def signal(row: Row) -> Signal:
    """Read a row of ``signals.csv``."""
    event_date, known = row.day("event_date"), row.day("known_date")
    if known < event_date:
        expected = f"a day from {event_date} (event_date) on"
        raise row.bad("known_date", expected, "correct either date")
    return Signal(
        id=row.filled("id"),
        event_date=event_date,
        known=known,
        signal_type=row.choice("signal_type", SIGNAL_TYPES),
        direction=_DIRECTIONS[row.choice("direction", _DIRECTIONS)],
        intensity=int(row.choice("intensity", _INTENSITIES)),
        actor=row.text("actor"),
        description=row.text("description"),
        source_url=row.text("source_url"),
        confidence=row.choice("confidence", CONFIDENCES),
    )


def coverage(row: Row) -> Coverage:
    """Read a row of ``coverage.csv``."""
    start, complete = row.day("observed_from"), row.day("complete_until")
    censored = row.day("censored_from")
    if complete < start:
        expected = f"a day from {start} (observed_from) on"
        raise row.bad("complete_until", expected, "correct either date")
    if censored <= complete:
        expected = f"a day after {complete} (complete_until)"
        raise row.bad("censored_from", expected, "correct either date")
    return Coverage(
        kind=row.choice("kind", KINDS),
        observed_from=start,
        complete_until=complete,
        censored_from=censored,
        completeness=row.text("completeness"),
        use_as_base_rate=row.text("use_as_base_rate"),
        note=row.text("note"),
    )


def administration(row: Row) -> Administration:
    """Read a row of ``administrations.csv``."""
    start, known = row.day("start_date"), row.day("known_date")
    if known > start:
        expected = f"a day up to {start} (start_date)"
        raise row.bad("known_date", expected, "correct either date")
    return Administration(
        id=row.filled("id"),
        us_president=row.filled("us_president"),
        prc_leader=row.filled("prc_leader"),
        start=start,
        known=known,
    )


def duplicate(row: Row, column: str, first_line: int) -> BadInput:
    """Build the problem that a row repeats the identifier of an earlier one."""
    return row.bad(column, f"an identifier not used in row {first_line}", "give it its own")


def dangling(row: Row, column: str, table: str) -> BadInput:
    """Build the problem that a row points to an identifier that `table` lacks."""
    return row.bad(column, f"an identifier of {table}", "correct it, or add that row")
