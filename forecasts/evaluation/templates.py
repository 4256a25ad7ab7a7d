"""The questions that are asked anew on every origin of a backtest.

An *origin* is a past day on which we pretend to stand. What is asked there
follows from what was public on it, by the same rules on every day: nobody
picks the questions, and none is asked because of what came later.

- ``contact``: at least one contact of a kind within so many days;
- ``summit``: the leaders meet at an announced summit;
- ``plan``: an announced contact is held, on the date for which it was
  announced. One that is postponed is lost, also where it is made up for later;
- ``level``: the next contact of a kind reaches at least `LEVEL_ASKED`, given
  that there is one within so many days.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from forecasts.errors import BadInput
from forecasts.evidence.linking import DAYS_AROUND, bilateral_at
from forecasts.evidence.view import View
from forecasts.portfolio import Portfolio
from forecasts.questions.events import Asked, ContactAt, ContactCount, Given, OutcomeOf, PlanOutcome
from forecasts.schema import SUMMIT_SERIES
from forecasts.world.exposure import OBSERVED_DAYS_AT_LEAST, rate_from

CONTACT, SUMMIT, PLAN, LEVEL = TEMPLATES = ("contact", "summit", "plan", "level")
"""Names of the templates, in the order in which an origin asks them."""

LEVEL_ASKED = "deliverable"
"""What a contact must reach at least, in the template on levels."""


@dataclass(frozen=True, slots=True)
class Template:
    """One question of one origin.

    Parameters
    ----------
    template : str
        One of `TEMPLATES`.
    subject : str
        A kind of contact; of a summit, its series.
    horizon_days : int
        How far the window reaches. Of a summit or plan, the shortest horizon
        that reaches its date.
    case : str
        Identifier of the summit or plan; empty for the other templates.
    event : Asked
        The same in the algebra of questions, its window written out.
    opens, closes : date
        First day that it speaks of (the day after the last known one), and
        the last.
    """

    template: str
    subject: str
    horizon_days: int
    case: str
    event: Asked
    opens: date
    closes: date


def asked_at(view: View, portfolio: Portfolio, horizons: tuple[int, ...]) -> tuple[Template, ...]:
    """Ask every template question that can be asked from `view`.

    A kind is asked about a year after the day from which its record may serve as
    a base rate; before, it is not simulated. A summit at
    which the leaders have met already is not asked about.

    Parameters
    ----------
    view : View
        What was public on the origin.
    portfolio : Portfolio
        Says which kinds are modelled.
    horizons : tuple of int
        Lengths of windows in days, in any order.

    Returns
    -------
    tuple of Template
        In the order of `TEMPLATES`, within one by subject and horizon or by date.

    Raises
    ------
    BadInput
        If there is no horizon, or one is shorter than a day.

    Examples
    --------
    >>> from forecasts.portfolio import bundled, load
    >>> portfolio = load(bundled())
    >>> asked = asked_at(portfolio.as_of(date(2023, 6, 18)), portfolio, (30, 90))
    >>> [(each.case, each.horizon_days) for each in asked if each.template == "summit"]
    [('MC-G20-20230909', 90)]
    """
    lengths = _checked(horizons)
    return (
        *_contacts(view, portfolio, lengths),
        *_summits(view, lengths),
        *_plans(view, portfolio, lengths),
        *_levels(view, portfolio, lengths),
    )


def _checked(horizons: Sequence[int]) -> tuple[int, ...]:
    if not horizons or min(horizons) < 1:
        found = ",".join(str(days) for days in horizons) or "none"
        raise BadInput("horizons", "lengths of at least one day", found, "give some, like 30,90")
    return tuple(sorted(set(horizons)))


def _contacts(view: View, portfolio: Portfolio, lengths: Sequence[int]) -> Iterator[Template]:
    for kind in _recorded_kinds(view, portfolio):
        for days in lengths:
            opens, closes = _window(view, days)
            event = ContactCount((kind,), until=closes, after=opens)
            yield Template(CONTACT, kind, days, "", event, opens, closes)


def _levels(view: View, portfolio: Portfolio, lengths: Sequence[int]) -> Iterator[Template]:
    coded = {contact.kind for contact in view.contacts if contact.level is not None}
    for kind in _recorded_kinds(view, portfolio):
        for days in lengths if kind in coded else ():
            opens, closes = _window(view, days)
            first = OutcomeOf(
                next_of=(kind,), until=closes, after=opens, level_at_least=LEVEL_ASKED
            )
            any_at_all = ContactCount((kind,), until=closes, after=opens)
            event = Given(first, any_at_all)
            yield Template(LEVEL, kind, days, "", event, opens, closes)


def _summits(view: View, lengths: Sequence[int]) -> Iterator[Template]:
    met = bilateral_at(view.contacts, view.opportunities)
    for summit in view.coming:
        days = _reaching(view, summit.start, lengths)
        if summit.series in SUMMIT_SERIES and days is not None and summit.id not in met:
            event, closes = ContactAt(summit.id), summit.end + timedelta(days=DAYS_AROUND)
            opens, _ = _window(view, days)
            yield Template(SUMMIT, summit.series, days, summit.id, event, opens, closes)


def _plans(view: View, portfolio: Portfolio, lengths: Sequence[int]) -> Iterator[Template]:
    for plan in view.pending:
        days = _reaching(view, plan.planned, lengths)
        if plan.kind in portfolio.kinds and days is not None:
            opens, _ = _window(view, days)
            closes = max(plan.planned, opens)  # one that is overdue may be held tomorrow
            event = PlanOutcome(plan.id, "held")
            yield Template(PLAN, plan.kind, days, plan.id, event, opens, closes)


def _recorded_kinds(view: View, portfolio: Portfolio) -> list[str]:
    """Modelled kinds that have been on record for as long as the simulator asks."""
    latest = view.known_through - timedelta(days=OBSERVED_DAYS_AT_LEAST)
    since = {row.kind: rate_from(row) for row in view.coverage}
    return [kind for kind in portfolio.kinds if since[kind] <= latest]


def _window(view: View, days: int) -> tuple[date, date]:
    return view.known_through + timedelta(days=1), view.known_through + timedelta(days=days)


def _reaching(view: View, day: date, lengths: Sequence[int]) -> int | None:
    """Return the shortest of the (sorted) lengths that reaches `day`, if any does."""
    ahead = (day - view.known_through).days
    return next((days for days in lengths if ahead <= days), None)
