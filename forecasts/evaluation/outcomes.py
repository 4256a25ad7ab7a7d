"""What happened, for each question of a backtest, and which fact decided it.

Outcomes come from the record as it stands on a late day. They are what
:func:`forecasts.evaluation.resolution.verdict` says, looked up in sorted days,
since a backtest has tens of thousands of them. A question whose window passes
the end of complete recording has no outcome, also where it would be a yes by
then: keeping only the early answers would favour yes.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from forecasts.evaluation.templates import CONTACT, LEVEL, LEVEL_ASKED, SUMMIT, Template
from forecasts.evidence.linking import bilateral_at
from forecasts.evidence.tables import Contact
from forecasts.portfolio import Portfolio
from forecasts.schema import KINDS, LEVELS, SUMMIT_SERIES


@dataclass(frozen=True, slots=True)
class Happened:
    """The record, arranged for looking up outcomes.

    Parameters
    ----------
    complete_until : date
        Last day of complete recording.
    kind_until : mapping of str to date
        The same for single kinds, never later.
    days : mapping of str to list of date
        Days of the contacts of each kind, in order.
    contacts : mapping of str to tuple of Contact
        The contacts themselves, in the same order.
    summits, plans : mapping of str to bool
        Whether the leaders met at a summit, and whether a plan was held; those
        that the record does not decide are absent.
    """

    complete_until: date
    kind_until: Mapping[str, date]
    days: Mapping[str, list[date]]
    contacts: Mapping[str, tuple[Contact, ...]]
    summits: Mapping[str, bool]
    plans: Mapping[str, bool]


def happened(portfolio: Portfolio, through: date | None = None) -> Happened:
    """Arrange the record as it stood on `through`.

    Parameters
    ----------
    portfolio : Portfolio
    through : date, optional
        What became public later is not used; by default the day before the
        record is censored.

    Examples
    --------
    >>> from forecasts.portfolio import bundled, load
    >>> happened(load(bundled())).complete_until
    datetime.date(2026, 6, 15)
    """
    coverage = portfolio.evidence.coverage
    last = max(row.censored_from for row in coverage) - timedelta(days=1)
    view = portfolio.as_of(through or last)
    over = [c for c in view.contacts if c.end is not None and c.start <= view.known_through]
    by_kind = {kind: tuple(c for c in over if c.kind == kind) for kind in KINDS}
    met = bilateral_at(view.contacts, view.opportunities)
    return Happened(
        complete_until=view.complete_until,
        kind_until={row.kind: min(row.complete_until, view.complete_until) for row in coverage},
        days={kind: [c.start for c in contacts] for kind, contacts in by_kind.items()},
        contacts=by_kind,
        summits={
            o.id: o.id in met
            for o in view.opportunities
            if o.series in SUMMIT_SERIES
            and o.end <= view.known_through
            and None not in (o.us_attends, o.prc_attends)
        },
        plans={p.id: p.status == "held" for p in view.plans if p.status != "pending"},
    )


def outcome(template: Template, record: Happened) -> float:
    """Return 1 if it happened, 0 if not, NaN where the record does not say.

    It does not say where the window passes the end of complete recording,
    where a plan or summit has no fate on record, where no contact of the kind
    came about that could have reached a level, and where its level is not
    established.

    Examples
    --------
    >>> from forecasts.evaluation.templates import asked_at
    >>> from forecasts.portfolio import bundled, load
    >>> portfolio = load(bundled())
    >>> asked = asked_at(portfolio.as_of(date(2023, 6, 18)), portfolio, (90, 365))
    >>> record = happened(portfolio)
    >>> {a.case: outcome(a, record) for a in asked if a.subject in ("G20", "APEC")}
    {'MC-G20-20230909': 0.0, 'MC-APEC-20231115': 1.0}
    """
    if template.closes > record.kind_until.get(template.subject, record.complete_until):
        return math.nan
    if template.template == CONTACT:
        following = _following(template, record)
        return float(following is not None and following.start <= template.closes)
    if template.template == LEVEL:
        return _level(template, record)
    decided = record.summits if template.template == SUMMIT else record.plans
    return float(decided.get(template.case, math.nan))


def cluster(template: Template, record: Happened) -> str:
    """Name the fact that decides a question; questions that share it are one piece of evidence.

    The next contact of the kind decides every horizon of an origin, and those
    of all origins since the contact before it. A summit and a plan decide
    what was asked about them.

    Examples
    --------
    >>> from forecasts.evaluation.templates import asked_at
    >>> from forecasts.portfolio import bundled, load
    >>> portfolio = load(bundled())
    >>> asked = asked_at(portfolio.as_of(date(2023, 6, 18)), portfolio, (90, 365))
    >>> {cluster(a, happened(portfolio)) for a in asked if a.subject == "leader_in_person"}
    {'M20231115-LIP'}
    """
    if template.template not in (CONTACT, LEVEL):
        return template.case
    following = _following(template, record)
    if following is not None:
        return following.id
    contacts = record.contacts[template.subject]
    return f"none after {contacts[-1].id}" if contacts else f"no {template.subject}"


def _following(template: Template, record: Happened) -> Contact | None:
    """Return the first contact of the kind from the first day of the window on."""
    at = bisect_left(record.days[template.subject], template.opens)
    contacts = record.contacts[template.subject]
    return contacts[at] if at < len(contacts) else None


def _level(template: Template, record: Happened) -> float:
    following = _following(template, record)
    if following is None or following.start > template.closes or following.level is None:
        return math.nan
    return float(LEVELS.index(following.level) >= LEVELS.index(LEVEL_ASKED))
