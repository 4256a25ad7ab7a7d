r"""Event times and exposure sums of the background hazards.

With a hazard that is constant between changes of its covariates, the log
likelihood of a Poisson process needs only how often each thing happened and
how long each combination of covariates lasted:

.. math:: \sum_{events} \log \lambda - \sum_{rows} \lambda_{row} E_{row}.

Days with the same administration, the same readings and the same state of the
record are one row. The result does not depend on how time was cut.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from forecasts.evidence.linking import bilateral_at
from forecasts.evidence.tables import Contact, Coverage
from forecasts.evidence.view import View
from forecasts.portfolio.declared import Portfolio
from forecasts.world.priors import Floats
from forecasts.world.readings import readings

Ints = npt.NDArray[np.int64]

RECENCY_DAYS = 28
"""How long a leaders' meeting, or a call, counts as recent (METHOD section 2.1)."""

RECENCY_OF_VISITS_DAYS = 90
"""The same for other contacts in person, which keep a distance: from 1993 to 2014 no Secretary
of State came back within three months, and other ministers seldom did."""

WEEK_EPOCH = date(1971, 7, 5).toordinal()
"""A Monday: readings are taken at the start of each week counted from it."""

LOST_PLAN = "lost_plan"
LOSSES_OBSERVED_FROM = date(1989, 1, 1)
"""Called-off contacts before 1989 are too scattered in the record for a rate."""

OBSERVED_DAYS_AT_LEAST = 365
"""A kind whose record is shorter is left out of futures: its hazard is the prior's alone."""

NEXT_ADMINISTRATION = "next"
"""The pair of leaders after the next inauguration: a draw from the prior of the effect."""

ADMINISTRATIONS_AT_LEAST = 14
"""Room for pairs of leaders. Those yet unnamed are draws from the prior of the effect too.

A fixed number lets one compiled model, and one posterior, serve many as-of days.
"""

_PERIOD = re.compile(r"(?P<kind>\S+) (?P<first>\S+)\.\.(?P<last>\S+)")


@dataclass(frozen=True, slots=True)
class Exposure:
    """Sufficient statistics of the background hazards.

    Parameters
    ----------
    streams : tuple of str
        Modelled kinds, and the stream of lost plans that had no exact date.
    administrations : tuple of str
        Pairs of leaders known on the as-of day, the next one, and unnamed later ones.
    detections : tuple of str
        Coordinates of the detection parameter.
    row_administration : array, dims (row,)
    row_reading : array, dims (row, family)
    days, recent_days : array, dims (row, stream)
        Days at risk, without and with a contact of the kind shortly before.
    row_detection : array, dims (row, stream)
        Which detection applies: 0 is full, i is ``detections[i - 1]``.
    events : array, dims (administration, stream)
    event_reading : array, dims (family, stream)
        Sums of readings over events.
    recent_events : array, dims (stream,)
    detected_events : array, dims (stream, detection)
    """

    streams: tuple[str, ...]
    administrations: tuple[str, ...]
    families: tuple[str, ...]
    detections: tuple[str, ...]
    row_administration: Ints
    row_reading: Floats
    days: Floats
    recent_days: Floats
    row_detection: Ints
    events: Floats
    event_reading: Floats
    recent_events: Floats
    detected_events: Floats


def recency_days(kind: str) -> int:
    """How many days after a contact the hazard of its kind is another one.

    Examples
    --------
    >>> recency_days("leader_in_person"), recency_days("fm_remote"), recency_days("dialogue")
    (28, 28, 90)
    """
    usual = kind == "leader_in_person" or kind.endswith("_remote")
    return RECENCY_DAYS if usual else RECENCY_OF_VISITS_DAYS


def streams_of(portfolio: Portfolio) -> tuple[str, ...]:
    """Names of the background hazards, in order."""
    return (*portfolio.kinds, LOST_PLAN)


def administrations_of(view: View) -> tuple[str, ...]:
    """Names of the pairs of leaders, past, next and later, in order."""
    known = (*(a.id for a in view.administrations), NEXT_ADMINISTRATION)
    unnamed = range(1, ADMINISTRATIONS_AT_LEAST - len(known) + 1)
    return (*known, *(f"later-{number}" for number in unnamed))


def is_observed(seen: Exposure) -> npt.NDArray[np.bool_]:
    """Whether each stream was watched for long enough to be simulated, dims (stream,)."""
    return np.asarray((seen.days + seen.recent_days).sum(axis=0) >= OBSERVED_DAYS_AT_LEAST)


def administration_index(view: View, days: Ints) -> Ints:
    """Index of the administration in office on each day; -1 before the first."""
    starts = np.array([a.start.toordinal() for a in view.administrations], dtype=np.int64)
    return np.searchsorted(starts, days, side="right") - 1


def background_contacts(view: View, stream: str) -> list[Contact]:
    """Contacts of a kind that no summit and no president's trip brought about."""
    at_summits = {
        contact.id for contact in bilateral_at(view.contacts, view.opportunities).values()
    }
    return [
        contact
        for contact in view.contacts
        if contact.kind == stream
        and contact.id not in at_summits
        and not contact.accompanies_president
    ]


def exposure(view: View, portfolio: Portfolio) -> Exposure:
    """Count events and days at risk in `view`, row by row."""
    streams, families = streams_of(portfolio), tuple(portfolio.signals.values())
    days = np.arange(WEEK_EPOCH, view.known_through.toordinal() + 1, dtype=np.int64)
    periods = _Periods.of(view, portfolio, streams)
    weeks = WEEK_EPOCH + (days - WEEK_EPOCH) // 7 * 7
    first_weeks, week_of = np.unique(weeks, return_inverse=True)
    week_reading = readings(view.signals, families, first_weeks)
    day_reading = week_reading[week_of]
    observed = _observed(view, streams, days)
    recent = np.stack([_recent(view, stream, days) for stream in streams], axis=1)
    admin = administration_index(view, days)
    keys = np.column_stack([admin, np.rint(day_reading * 1000).astype(np.int64), periods.era(days)])
    rows, row_of = np.unique(keys, axis=0, return_inverse=True)
    row_of = row_of.ravel()
    first_of_row = np.zeros(len(rows), dtype=np.int64)
    first_of_row[row_of[::-1]] = np.arange(days.size)[::-1]
    event_days = [
        _event_days(view, stream, days, observed[:, s]) for s, stream in enumerate(streams)
    ]
    names = administrations_of(view)
    detection = periods.detection(days)
    return Exposure(
        streams=streams,
        administrations=names,
        families=tuple(family.name for family in families),
        detections=periods.names,
        row_administration=rows[:, 0],
        row_reading=day_reading[first_of_row],
        days=_sum_by_row(observed & ~recent, row_of, len(rows)),
        recent_days=_sum_by_row(observed & recent, row_of, len(rows)),
        row_detection=detection[first_of_row],
        events=np.stack(
            [np.bincount(admin[at], minlength=len(names)).astype(float) for at in event_days],
            axis=1,
        ),
        event_reading=np.stack([day_reading[at].sum(axis=0) for at in event_days], axis=1),
        recent_events=np.array(
            [recent[at, s].sum() for s, at in enumerate(event_days)], dtype=float
        ),
        detected_events=_detected(event_days, detection, len(periods.names)),
    )


def signed_sum(parts: Sequence[tuple[float, Exposure]]) -> Exposure:
    """Weighted sum of records of the same streams: the log likelihood is linear in them.

    Rows with the same administration, readings and detection are one; those that
    cancel are gone. With a weight of -1, days and counts may be negative.

    Parameters
    ----------
    parts : sequence of (float, Exposure)
        Weights and records; names are those of the first.
    """
    first = parts[0][1]
    stacked = {
        name: np.concatenate([getattr(seen, name) for _, seen in parts])
        for name in ("row_administration", "row_reading", "row_detection", "days", "recent_days")
    }
    grid = np.rint(stacked["row_reading"] * 1000).astype(np.int64)
    keys = [stacked["row_administration"], grid, stacked["row_detection"]]
    rows, one_of, row_of = np.unique(
        np.column_stack(keys), axis=0, return_index=True, return_inverse=True
    )
    sign = np.concatenate([np.full(len(seen.days), weight) for weight, seen in parts])
    summed = {}
    for name in ("days", "recent_days"):
        summed[name] = np.zeros((len(rows), stacked[name].shape[1]))
        np.add.at(summed[name], row_of.ravel(), stacked[name] * sign[:, None])
    kept = (summed["days"] != 0).any(axis=1) | (summed["recent_days"] != 0).any(axis=1)
    return replace(
        first,
        row_administration=stacked["row_administration"][one_of[kept]],
        row_reading=stacked["row_reading"][one_of[kept]],
        row_detection=stacked["row_detection"][one_of[kept]],
        days=summed["days"][kept],
        recent_days=summed["recent_days"][kept],
        events=_weighted(parts, "events"),
        event_reading=_weighted(parts, "event_reading"),
        recent_events=_weighted(parts, "recent_events"),
        detected_events=_weighted(parts, "detected_events"),
    )


def _weighted(parts: Sequence[tuple[float, Exposure]], name: str) -> Floats:
    terms = [weight * getattr(seen, name) for weight, seen in parts]
    return np.asarray(np.sum(terms, axis=0))


def _sum_by_row(at_risk: npt.NDArray[np.bool_], row_of: Ints, rows: int) -> Floats:
    columns = [np.bincount(row_of, weights=column, minlength=rows) for column in at_risk.T]
    return np.stack(columns, axis=1).astype(np.float64)


def _detected(event_days: Sequence[Ints], detection: Ints, count: int) -> Floats:
    """Events by stream and detection period, the fully recorded ones left out."""
    counts = [np.bincount(detection[at, s], minlength=count + 1) for s, at in enumerate(event_days)]
    return np.stack(counts)[:, 1:].astype(np.float64)


def _observed(view: View, streams: Sequence[str], days: Ints) -> npt.NDArray[np.bool_]:
    coverage = {row.kind: row for row in view.coverage}
    first = [
        LOSSES_OBSERVED_FROM if stream == LOST_PLAN else rate_from(coverage[stream])
        for stream in streams
    ]
    return days[:, None] >= np.array([day.toordinal() for day in first])[None, :]


def rate_from(coverage: Coverage) -> date:
    """First day from which a kind's record may serve as a base rate."""
    year = re.fullmatch(r"from (\d{4})", coverage.use_as_base_rate)
    return max(coverage.observed_from, date(int(year[1]), 1, 1)) if year else coverage.observed_from


def _recent(view: View, stream: str, days: Ints) -> npt.NDArray[np.bool_]:
    """Whether a contact of the kind, of whatever origin, began shortly before."""
    if stream == LOST_PLAN:
        return np.zeros(days.size, dtype=np.bool_)
    recent = np.zeros(days.size, dtype=np.bool_)
    for contact in view.contacts:
        if contact.kind == stream:
            at = contact.start.toordinal() + 1 - int(days[0])
            recent[max(at, 0) : max(at + recency_days(stream), 0)] = True
    return recent


def _event_days(view: View, stream: str, days: Ints, observed: npt.NDArray[np.bool_]) -> Ints:
    """Positions in `days` of the events of a stream that fall in its observed period."""
    if stream == LOST_PLAN:
        dates = [loss.cancelled for loss in view.losses if not loss.dated_plan]
    else:
        dates = [contact.start for contact in background_contacts(view, stream)]
    at = np.array([day.toordinal() for day in dates], dtype=np.int64) - int(days[0])
    at = at[(at >= 0) & (at < days.size)]
    return at[observed[at]]


@dataclass(frozen=True, slots=True)
class _Periods:
    """Periods of partial recording: which detection applies to which stream when."""

    names: tuple[str, ...]
    streams: tuple[str, ...]
    spans: tuple[tuple[str, int, int], ...]

    @classmethod
    def of(cls, view: View, portfolio: Portfolio, streams: tuple[str, ...]) -> _Periods:
        names = tuple(portfolio.priors["detection"].entries)
        return cls(names, streams, tuple(_span(name, view) for name in names))

    def detection(self, days: Ints) -> Ints:
        """Index of the detection of each stream on each day, dims (day, stream)."""
        index = np.zeros((days.size, len(self.streams)), dtype=np.int64)
        for number, (kind, first, last) in enumerate(self.spans, start=1):
            inside = (days >= first) & (days <= last)
            for s, stream in enumerate(self.streams):
                if kind in ("*", stream):
                    index[inside, s] = number
        return index

    def era(self, days: Ints) -> Ints:
        """Number that changes whenever any detection does, dims (day,)."""
        edges = sorted({edge for _, first, last in self.spans for edge in (first, last + 1)})
        return np.searchsorted(np.array(edges, dtype=np.int64), days, side="right")


def _span(name: str, view: View) -> tuple[str, int, int]:
    match = _PERIOD.fullmatch(name)
    if match is None:
        raise ValueError(f"detection coordinate {name!r} is not `kind from..until`")
    named = {
        "complete_until": view.complete_until + timedelta(days=1),
        "known_through": view.known_through,
    }
    first, last = (
        named.get(text) or date.fromisoformat(text) for text in (match["first"], match["last"])
    )
    return match["kind"], first.toordinal(), last.toordinal()
