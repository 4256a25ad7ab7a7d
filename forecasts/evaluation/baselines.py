r"""Forecasts that need no model: what the model has to beat.

Each is a plain count over one view, so it knows no more than the model does.

- *climatology*: how often it happened in all past windows of that length;
- *recent climatology*: the same over the last five years;
- *constant hazard*: the rate of the administration in office, Gamma-Poisson;
- *calendar only*: each coming summit at its series' past rate of a meeting of
  the leaders, the rate of the last five years for what happens outside summits;
- *plans only*: announced contacts at the rate at which plans were held, else
  climatology.

All treat a plan, a summit or a level alike where the list says nothing of it:
as one of the past cases. A share of `k` in `n` cases is
:math:`(k + 1/2) / (n + 1)`, the mean under Jeffreys' prior, so that no forecast
is 0 or 1; a rate of `k` events in `T` days is :math:`(k + 1/2) / T`.

A weak baseline flatters the model. Two choices make these stronger than the
plainest counts, on origins before 2015 as on all: contacts are counted from
`PAST_FROM`, and the calendar's rate is a recent one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from forecasts.dates import DAYS_PER_YEAR
from forecasts.evaluation.templates import CONTACT, LEVEL, LEVEL_ASKED, PLAN, SUMMIT, Template
from forecasts.evidence.linking import DAYS_AROUND, LINKED_KIND, bilateral_at
from forecasts.evidence.tables import Contact, Coverage, Plan
from forecasts.evidence.view import View
from forecasts.portfolio import Portfolio
from forecasts.portfolio.base_rates import JEFFREYS
from forecasts.schema import LEVELS, SERIES, SUMMIT_SERIES
from forecasts.world.exposure import Ints, administration_index, rate_from
from forecasts.world.priors import Floats
from forecasts.world.summits import HOSTS, ComingSummit, coming_summits

PAST_FROM = date(1990, 1, 1)
"""Contacts are counted from here on, by origins that leave five years to count.

Before it there were no yearly summits and few trips. Counting from 1971 weakens
climatology: its Brier score for leaders' meetings within 182 days, on 250
origins from 2005 to 2025, rises from .235 to .281.
"""

RECENT_DAYS = int(5 * DAYS_PER_YEAR)
"""What counts as recent."""

PSEUDO_CASES = 1.0
"""How much the rate of all the past weighs beside the administration's own: one event, one case."""


@dataclass(frozen=True, slots=True)
class Cases:
    """Past cases: the day of each, and whether it happened. Arrays have dims (case,)."""

    day: Ints
    happened: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, rows: Iterable[tuple[int, bool]]) -> Cases:
        """Arrange pairs of a day number and whether it happened."""
        table = np.array(list(rows), dtype=np.int64).reshape(-1, 2)
        return cls(table[:, 0], table[:, 1].astype(np.bool_))

    def since(self, day: int) -> Cases:
        """Return the cases from `day` on."""
        late = self.day >= day
        return Cases(self.day[late], self.happened[late])

    @property
    def counts(self) -> tuple[int, int]:
        """How many happened, and how many there are."""
        return int(self.happened.sum()), int(self.happened.size)

    @property
    def share(self) -> float:
        """Mean under Jeffreys' prior; one half without a case.

        Examples
        --------
        >>> Cases.of([(1, True), (2, True), (3, False)]).share
        0.625
        """
        return _shrunk_share(*self.counts)


@dataclass(frozen=True, slots=True)
class Past:
    """What the baselines count, taken from a view once.

    Days are day numbers (``date.toordinal()``).

    Parameters
    ----------
    today : int
        The last known day.
    in_office_from : int
        First day of the administration in office.
    observed : mapping of str to (int, int)
        First and last day of the record in which each kind's contacts are counted.
    contacts : mapping of str to array of int, dims (contact,)
        Their days in that record, in order.
    outside_summits : array of int, dims (contact,)
        Days of the leaders' meetings that no yearly summit brought about.
    levels : mapping of str to Cases
        Each kind's contacts whose level is known: did they reach `LEVEL_ASKED`.
    summits : mapping of str to Cases
        Past summits of each series, held in person or not: did the leaders meet.
    plans : Cases
        Plans whose fate is public, of all kinds: were they held.
    coming : tuple of ComingSummit
        Summits announced, or expected since their series meets every year.
    pending : tuple of Plan
        Announced contacts whose fate is open.
    """

    today: int
    in_office_from: int
    observed: Mapping[str, tuple[int, int]]
    contacts: Mapping[str, Ints]
    outside_summits: Ints
    levels: Mapping[str, Cases]
    summits: Mapping[str, Cases]
    plans: Cases
    coming: tuple[ComingSummit, ...]
    pending: tuple[Plan, ...]


def past_of(view: View, portfolio: Portfolio, templates: Sequence[Template]) -> Past:
    """Collect what the baselines count.

    Parameters
    ----------
    view : View
        What was public on the origin; nothing else is read.
    portfolio : Portfolio
        Says which kinds are modelled.
    templates : sequence of Template
        Say how far the calendar is needed.
    """
    met = bilateral_at(view.contacts, view.opportunities)
    at_summits = {contact.id for contact in met.values()}
    by_kind = {kind: [c for c in view.contacts if c.kind == kind] for kind in portfolio.kinds}
    observed = {row.kind: _observed(row, view) for row in view.coverage}
    outside = [c for c in by_kind[LINKED_KIND] if c.id not in at_summits]
    last_day = max((each.closes for each in templates), default=view.known_through)
    return Past(
        today=view.known_through.toordinal(),
        in_office_from=_in_office_from(view),
        observed=observed,
        contacts={kind: _days(rows, observed[kind]) for kind, rows in by_kind.items()},
        outside_summits=_days(outside, observed[LINKED_KIND]),
        levels={kind: _levels(rows) for kind, rows in by_kind.items()},
        summits={series: _summits(view, series, met) for series in SERIES},
        plans=Cases.of(
            (p.planned.toordinal(), p.status == "held") for p in view.plans if p.status != "pending"
        ),
        coming=coming_summits(view, last_day),
        pending=view.pending,
    )


def _observed(coverage: Coverage, view: View) -> tuple[int, int]:
    """First and last day on which contacts of a kind are counted."""
    first = rate_from(coverage).toordinal()
    last = min(coverage.complete_until, view.complete_until).toordinal()
    if last - PAST_FROM.toordinal() >= RECENT_DAYS:
        first = max(first, PAST_FROM.toordinal())
    return first, last


def _days(contacts: Sequence[Contact], period: tuple[int, int]) -> Ints:
    days = np.array(sorted(c.start.toordinal() for c in contacts), dtype=np.int64)
    return days[(days >= period[0]) & (days <= period[1])]


def _levels(contacts: Sequence[Contact]) -> Cases:
    """Contacts whose level is known: whether they reached the level that is asked about."""
    return Cases.of(
        (c.start.toordinal(), LEVELS.index(c.level) >= LEVELS.index(LEVEL_ASKED))
        for c in contacts
        if c.level is not None
    )


def _summits(view: View, series: str, met: Container[str]) -> Cases:
    return Cases.of(
        (summit.start.toordinal(), summit.id in met)
        for summit in view.opportunities
        if summit.series == series and summit.end <= view.known_through
    )


def _in_office_from(view: View) -> int:
    index = administration_index(view, np.array([view.known_through.toordinal()], dtype=np.int64))
    at = int(index[0])
    return view.administrations[at].start.toordinal() if at >= 0 else 0


def climatology(past: Past, template: Template) -> float:
    """Share of all past windows, or of all past cases, in which it happened."""
    if template.template == CONTACT:
        return _window_share(past, template, since=0)
    return _cases(past, template).share


def recent_climatology(past: Past, template: Template) -> float:
    """Climatology of the last five years; all of it where these hold no window or case."""
    since = _recent_from(past)
    if template.template == CONTACT:
        recent = _window_share(past, template, since=since)
        return climatology(past, template) if math.isnan(recent) else recent
    cases = _cases(past, template)
    recent_cases = cases.since(since)
    return recent_cases.share if recent_cases.counts[1] else cases.share


def constant_hazard(past: Past, template: Template) -> float:
    """Rate of the administration in office, with the rate of all the past as one event of its own.

    The prior of the rate is a Gamma distribution whose mean is the rate of all
    the past and whose weight is one event; a share is treated alike, with one
    case.
    """
    if template.template != CONTACT:
        cases = _cases(past, template)
        k, n = cases.since(past.in_office_from).counts
        return (k + PSEUDO_CASES * cases.share) / (n + PSEUDO_CASES)
    days = past.contacts[template.subject]
    first, last = past.observed[template.subject]
    usual = _rate(days, first, last, template.horizon_days)
    since = max(first, past.in_office_from)
    exposure = max(last - since + 1, 0) + PSEUDO_CASES / usual
    events = int((days >= since).sum())
    return _within_days((events + PSEUDO_CASES) / exposure, template.horizon_days)


def calendar_only(past: Past, template: Template) -> float:
    """Each coming summit at its series' past rate of a meeting, the recent rate for the rest.

    Past summits count whether or not both leaders came, virtual and cancelled
    ones as without a meeting: on the origin nobody knows which it will be.
    """
    if template.template == SUMMIT:
        return past.summits[template.subject].share
    if template.template != CONTACT:
        return climatology(past, template)
    leaders = template.subject == LINKED_KIND
    days = past.outside_summits if leaders else past.contacts[template.subject]
    first, last = past.observed[template.subject]
    rate = _rate(days, max(first, _recent_from(past)), last, template.horizon_days)
    at_summits = [
        past.summits[summit.series].share
        for summit in past.coming
        if leaders and summit.start <= template.closes and not summit.met
    ]
    return _any_of([_within_days(rate, template.horizon_days), *at_summits])


def plans_only(past: Past, template: Template) -> float:
    """Announced contacts at the rate at which plans were held, else climatology."""
    held = past.plans.share
    if template.template == CONTACT:
        announced = [held for plan in past.pending if _planned_in(plan, template)]
        return _any_of([climatology(past, template), *announced])
    if template.template == SUMMIT and any(_is_at(plan, past, template) for plan in past.pending):
        return held
    return climatology(past, template)


BASELINES: Mapping[str, Callable[[Past, Template], float]] = {
    "climatology": climatology,
    "recent climatology": recent_climatology,
    "constant hazard": constant_hazard,
    "calendar only": calendar_only,
    "plans only": plans_only,
}
"""The five baselines by name, in the order in which they are shown."""


def baselines(view: View, portfolio: Portfolio, templates: Sequence[Template]) -> Floats:
    """Answer `templates` by every baseline.

    Parameters
    ----------
    view : View
        What was public on the origin.
    portfolio : Portfolio
        Says which kinds are modelled; its evidence is not read.
    templates : sequence of Template
        As :func:`forecasts.evaluation.templates.asked_at` asks them of the view.

    Returns
    -------
    array of float, dims (cell, baseline)
        Baselines in the order of `BASELINES`; NaN where a kind's record is shorter
        than the window asked about.

    Examples
    --------
    >>> from datetime import date
    >>> from forecasts.evaluation.templates import asked_at
    >>> from forecasts.portfolio import bundled, load
    >>> portfolio = load(bundled())
    >>> view = portfolio.as_of(date(2023, 6, 18))
    >>> leaders = asked_at(view, portfolio, (30, 180))[:2]
    >>> said = baselines(view, portfolio, leaders)
    >>> dict(zip(BASELINES, said[1].round(2).tolist(), strict=True))["calendar only"]
    0.8
    """
    past = past_of(view, portfolio, templates)
    rows = [[answer(past, each) for answer in BASELINES.values()] for each in templates]
    return np.array(rows, dtype=np.float64).reshape(len(templates), len(BASELINES))


def _recent_from(past: Past) -> int:
    return past.today - RECENT_DAYS + 1


def _cases(past: Past, template: Template) -> Cases:
    """Past cases of a summit (of whatever series), a plan (of whatever kind), or a level."""
    if template.template == PLAN:
        return past.plans
    if template.template == LEVEL:
        return past.levels[template.subject]
    series = [past.summits[name] for name in SUMMIT_SERIES]
    return Cases(
        np.concatenate([each.day for each in series]),
        np.concatenate([each.happened for each in series]),
    )


def _window_share(past: Past, template: Template, *, since: int) -> float:
    """Share of past windows with a contact, one starting on each day.

    They overlap, so that they weigh as many cases as fit end to end.
    """
    (first, last), days = past.observed[template.subject], past.contacts[template.subject]
    length, first = template.horizon_days, max(first, since)
    starts = last - length + 1 - first + 1
    if starts < 1:
        return math.nan  # not one window of that length is over
    share = _starts_with(days, first, length, starts) / starts
    n = (last - first + 1) / length
    return _shrunk_share(share * n, n)


def _starts_with(days: Ints, first: int, length: int, starts: int) -> int:
    """Number of windows, starting on `first` and the days after it, that hold one of `days`."""
    end = np.minimum(days - first + 1, starts)  # one past the last window that holds the day
    begin = np.maximum(days - first + 1 - length, 0)
    begin[1:] = np.maximum(begin[1:], end[:-1])  # those of the day before are counted there
    return int(np.maximum(end - begin, 0).sum())


def _shrunk_share(k: float, n: float) -> float:
    return (k + JEFFREYS) / (n + 2 * JEFFREYS)


def _rate(days: Ints, first: int, last: int, at_least_days: int) -> float:
    """Events a day under Jeffreys' prior; NaN where the record is shorter than the window asked."""
    length = last - first + 1
    events = int(((days >= first) & (days <= last)).sum())
    return (events + JEFFREYS) / length if length >= at_least_days else math.nan


def _within_days(rate: float, days: int) -> float:
    return -math.expm1(-rate * days)


def _any_of(chances: Iterable[float]) -> float:
    """Probability that at least one of independent things happens."""
    return 1.0 - math.prod(1.0 - chance for chance in chances)


def _planned_in(plan: Plan, template: Template) -> bool:
    """Whether a plan of the kind falls in the window; an overdue one may be held tomorrow."""
    return plan.kind == template.subject and max(plan.planned, template.opens) <= template.closes


def _is_at(plan: Plan, past: Past, template: Template) -> bool:
    """Whether a leaders' plan falls on the summit that is asked about, on its host's soil."""
    summit = next(each for each in past.coming if each.id == template.case)
    before = (summit.start - plan.planned).days
    after = (plan.planned - summit.end).days
    near = before <= DAYS_AROUND and after <= DAYS_AROUND
    return plan.kind == LINKED_KIND and near and plan.venue == HOSTS.get(summit.country, "third")
