"""Yearly summits as opportunities: what happened at past ones, and which are to come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from forecasts.evidence.linking import bilateral_at
from forecasts.evidence.tables import Contact, Opportunity
from forecasts.evidence.view import View
from forecasts.schema import SERIES, SUMMIT_SERIES
from forecasts.world.exposure import RECENCY_DAYS, Ints, administration_index

UNKNOWN = -1
HOSTS = {"United States": "us", "China": "prc"}
TEMPLATE_CASES = 10
"""Past summits of a series whose dates say when an unscheduled one is to be expected."""


@dataclass(frozen=True, slots=True)
class PastSummits:
    """What happened at past yearly summits. Arrays have dims (opportunity,).

    Codes are 0/1, and -1 where the record does not say or the case did not
    arise (attendance at a virtual summit; a bilateral without both leaders).
    """

    ids: tuple[str, ...]
    series: Ints
    administration: Ints
    us_hosts: Ints
    prc_hosts: Ints
    in_person: Ints
    us_attends: Ints
    prc_attends: Ints
    bilateral: Ints
    recent: Ints


def past_summits(view: View) -> PastSummits:
    """Past summits of the yearly series, with what the record says of each."""
    past = [
        summit
        for summit in view.opportunities
        if summit.series in SERIES and summit.end <= view.known_through
    ]
    met = bilateral_at(view.contacts, view.opportunities)
    rows = [_facts(summit, summit.id in met) for summit in past]
    facts = np.array(rows, dtype=np.int64).reshape(len(rows), 4)
    starts = np.array([summit.start.toordinal() for summit in past], dtype=np.int64)
    return PastSummits(
        ids=tuple(summit.id for summit in past),
        series=np.array([SERIES.index(s.series) for s in past], dtype=np.int64),
        administration=administration_index(view, starts),
        us_hosts=np.array([hosts(s) == "us" for s in past], dtype=np.int64),
        prc_hosts=np.array([hosts(s) == "prc" for s in past], dtype=np.int64),
        in_person=facts[:, 0],
        us_attends=facts[:, 1],
        prc_attends=facts[:, 2],
        bilateral=facts[:, 3],
        recent=np.array([_met_before(view, s, met.get(s.id)) for s in past], dtype=np.int64),
    )


def hosts(summit: Opportunity) -> str:
    """Side that hosts the summit; the UN's seat does not make the US a host."""
    return "" if summit.series == "UNGA" else HOSTS.get(summit.country, "")


def _facts(summit: Opportunity, met: bool) -> tuple[int, int, int, int]:
    """In person, US there, PRC there, bilateral. A bilateral proves that both were there."""
    if summit.in_person is None:
        return (UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN)
    if not summit.in_person:
        return (0, UNKNOWN, UNKNOWN, UNKNOWN)
    us, prc = (1 if met else _code(there) for there in (summit.us_attends, summit.prc_attends))
    return (1, us, prc, int(met) if us == prc == 1 else UNKNOWN)


def _code(there: bool | None) -> int:
    return UNKNOWN if there is None else int(there)


def _met_before(view: View, summit: Opportunity, own: Contact | None) -> bool:
    """Whether the leaders met in the 28 days before the summit, its own bilateral aside."""
    return any(
        contact.kind == "leader_in_person"
        and (own is None or contact.id != own.id)
        and 0 < (summit.start - contact.start).days <= RECENCY_DAYS
        for contact in view.contacts
    )


@dataclass(frozen=True, slots=True)
class ComingSummit:
    """A summit to come: announced, or expected because its series meets every year.

    `met` is set where the bilateral has already taken place, on day 0 or before.
    """

    id: str
    series: str
    start: date
    end: date
    host: str
    country: str
    met: bool


def coming_summits(view: View, last_day: date) -> tuple[ComingSummit, ...]:
    """Summits that end after the last known day and begin by `last_day`, in order of date."""
    met = bilateral_at(view.contacts, view.opportunities)
    announced = [
        ComingSummit(s.id, s.series, s.start, s.end, hosts(s), s.country, s.id in met)
        for s in view.opportunities
        if s.series in SERIES and s.end > view.known_through and s.start <= last_day
    ]
    expected = [
        summit
        for series in SUMMIT_SERIES
        for year in range(view.known_through.year, last_day.year + 1)
        if (summit := _expected(view, series, year)) is not None
        and view.known_through < summit.start <= last_day
    ]
    return tuple(sorted([*announced, *expected], key=lambda s: (s.start, s.id)))


def _expected(view: View, series: str, year: int) -> ComingSummit | None:
    """The summit that a yearly series will hold in `year`, if none is announced for it."""
    dates = [s.start for s in view.opportunities if s.series == series]
    if not dates or any(day.year == year for day in dates):
        return None
    usual = int(np.median([day.timetuple().tm_yday for day in dates[-TEMPLATE_CASES:]]))
    start = date(year, 1, 1) + timedelta(days=usual - 1)
    country = "United States" if series == "UNGA" else ""
    return ComingSummit(f"{series}-{year}-expected", series, start, start, "", country, False)
