"""Base rates: how often it happened in the reference class of a question.

The cases come from a :class:`~forecasts.evidence.view.View` alone, so a base
rate knows no more than was public on that day. A case whose result is not
known is left out, never counted as a failure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import cast

from forecasts.evidence.linking import bilateral_at
from forecasts.evidence.tables import Contact, Opportunity, Plan
from forecasts.evidence.view import View
from forecasts.portfolio.declared import Question, ReferenceClass
from forecasts.questions.events import Attends, ContactAt
from forecasts.questions.names import leaves
from forecasts.schema import INTERVAL_MASS, LEVELS

JEFFREYS = 0.5
"""Both parameters of Jeffreys' prior for a probability, Beta(1/2, 1/2)."""

HOSTS = {"United States": "us", "China": "prc"}
"""Side of a host country; any other is ``third``."""

LOST = ("postponed", "cancelled")


@dataclass(frozen=True, slots=True)
class Case:
    """One past case: its day, what a reader sees, and whether it happened."""

    date: date
    label: str
    happened: bool


@dataclass(frozen=True, slots=True)
class BaseRate:
    """How often it happened in a reference class.

    `probability` is the share of cases, or the mean under Jeffreys' prior
    where the share is 0 or 1; `interval` holds 80 % of that posterior. With
    no past case, `n` is 0 and the probability says nothing.
    """

    reference_class: str
    title: str
    reason: str
    probability: float
    n: int
    events: int
    interval: tuple[float, float]
    cases: tuple[Case, ...]


def base_rate(view: View, reference_class: ReferenceClass, question: Question) -> BaseRate:
    """Count the cases of a reference class that were public in `view`.

    Parameters
    ----------
    view : View
        What was public on the day of the forecast.
    reference_class : ReferenceClass
        Which cases, and what counts as happening.
    question : Question
        Gives the length of the windows, where the unit is windows or losses.

    Returns
    -------
    BaseRate

    References
    ----------
    .. [1] Brown, L. D., Cai, T. T. and DasGupta, A. (2001). Interval
       estimation for a binomial proportion. Statistical Science 16(2), 101-133.

    Examples
    --------
    >>> share(13, 21)
    0.6190476190476191
    """
    cases = tuple(
        case
        for case in sorted(
            CASES[reference_class.unit](view, reference_class, question),
            key=lambda case: (case.date, case.label),
        )
        if case.date >= reference_class.since
    )
    n, events = len(cases), sum(case.happened for case in cases)
    return BaseRate(
        reference_class=reference_class.id,
        title=reference_class.title,
        reason=reference_class.reason,
        probability=share(events, n),
        n=n,
        events=events,
        interval=interval(events, n),
        cases=cases,
    )


def share(events: int, n: int) -> float:
    """Share of `events` in `n`; where it is 0, 1 or undefined, the mean under Jeffreys' prior.

    Examples
    --------
    >>> share(0, 3)
    0.125
    >>> share(0, 0)
    0.5
    """
    if 0 < events < n:
        return events / n
    return (events + JEFFREYS) / (n + 2 * JEFFREYS)


def interval(events: int, n: int) -> tuple[float, float]:
    """Central 80 % of the posterior of a probability under Jeffreys' prior.

    Examples
    --------
    >>> low, high = interval(13, 21)
    >>> round(low, 2), round(high, 2)
    (0.48, 0.74)
    """
    from scipy.special import betaincinv  # here: it would take half of `show`'s time budget

    alpha, beta = events + JEFFREYS, n - events + JEFFREYS
    tail = (1 - INTERVAL_MASS) / 2
    return float(betaincinv(alpha, beta, tail)), float(betaincinv(alpha, beta, 1 - tail))


def window_of(question: Question, as_of: date) -> tuple[date, date]:
    """First and last day that an answer given on `as_of` speaks of.

    After the window has closed it is the whole window, from the day after the
    question opened.
    """
    timed = [each for each in leaves(question.event) if not isinstance(each, ContactAt | Attends)]
    afters = [each.after for each in timed if each.after is not None]
    last = max((each.until for each in timed if each.until is not None), default=question.closes)
    first = max([as_of + timedelta(days=1), *([min(afters)] if afters else [])])
    if first > last:
        first = min(question.opens + timedelta(days=1), last)
    return first, last


def _contacts(view: View, declared: ReferenceClass, _: Question) -> Iterable[Case]:
    for contact in view.contacts:
        if not _contact_passes(contact, declared.where):
            continue
        results = [_contact_result(contact, *item) for item in declared.happened.items()]
        if None not in results:  # not established, or the contact is not over
            yield Case(contact.start, contact_label(contact), all(results))


def _contact_passes(contact: Contact, where: Mapping[str, object]) -> bool:
    accompanying = "yes" if contact.accompanies_president else "no"
    found = {
        "kind": contact.kind,
        "venue": contact.venue,
        "place": contact.country,
        "accompanying": accompanying,
    }
    return _passes(found, where)


def _contact_result(contact: Contact, key: str, wanted: object) -> bool | None:
    if key == "received":
        return None if contact.received is None else _word(contact.received) == wanted
    if contact.level is None:
        return None
    return LEVELS.index(contact.level) >= LEVELS.index(str(wanted))


def contact_label(contact: Contact) -> str:
    """Who, and where: the visitor alone where one side travelled to the other."""
    if contact.venue == "remote":
        return f"{contact.us_lead} and {contact.prc_lead} remotely"
    who = {"prc": contact.us_lead, "us": contact.prc_lead}.get(contact.venue)
    if who is None:
        who = f"{contact.us_lead} and {contact.prc_lead}"
    return f"{who} in {contact.city or contact.country}"


def _windows(view: View, declared: ReferenceClass, question: Question) -> Iterable[Case]:
    kinds = _listed(declared.where["kind"])
    recorded = [each for each in view.coverage if each.kind in kinds]
    first = max([declared.since, *(each.observed_from for each in recorded)])
    last = min([view.complete_until, *(each.complete_until for each in recorded)])
    days = [c.start for c in view.contacts if _contact_passes(c, declared.where)]
    yield from _tiled(days, first, last, declared, question, view)


def _losses(view: View, declared: ReferenceClass, question: Question) -> Iterable[Case]:
    days = [x.cancelled for x in view.losses if _passes({"kind": x.kind}, declared.where)]
    yield from _tiled(days, declared.since, view.complete_until, declared, question, view)


def _tiled(
    days: list[date],
    first: date,
    last: date,
    declared: ReferenceClass,
    question: Question,
    view: View,
) -> Iterable[Case]:
    """Lay windows of the question's length backwards from `last`, while they fit after `first`."""
    opens, closes = window_of(question, view.as_of)
    length = closes - opens
    at_least = cast("int", declared.happened["at_least"])
    while last - length >= first:
        begin = last - length
        count = sum(begin <= day <= last for day in days)
        often = ("never", "once", "twice")[count] if count < 3 else f"{count} times"
        yield Case(begin, f"{begin} to {last}: {often}", count >= at_least)
        last = begin - timedelta(days=1)


def _opportunities(view: View, declared: ReferenceClass, _: Question) -> Iterable[Case]:
    linked = bilateral_at(view.contacts, view.opportunities)
    for summit in view.opportunities:
        if summit.end > view.known_through or not _summit_passes(summit, declared.where):
            continue
        found = {
            "bilateral": "yes" if summit.id in linked else "no",
            "us_attends": _word(summit.us_attends),
            "prc_attends": _word(summit.prc_attends),
        }
        if all(found[key] != "unknown" for key in declared.happened):
            label = f"{summit.series} in {summit.city}"
            yield Case(summit.start, label, _passes(found, declared.happened))


def _summit_passes(summit: Opportunity, where: Mapping[str, object]) -> bool:
    found = {
        "series": summit.series,
        "place": summit.country,
        "host": HOSTS.get(summit.country, "third"),
        "in_person": _word(summit.in_person),
    }
    return _passes(found, where)


def _plans(view: View, declared: ReferenceClass, _: Question) -> Iterable[Case]:
    for plan in view.plans:
        found = {"kind": plan.kind, "venue": plan.venue}
        if plan.status == "pending" or not _passes(found, declared.where):
            continue
        wanted = _listed(declared.happened["status"])
        fates = (*wanted, *LOST) if "lost" in wanted else wanted
        yield Case(plan.planned, _plan_label(plan), plan.status in fates)


def _plan_label(plan: Plan) -> str:
    return f"{plan.us_lead} and {plan.prc_lead}, announced {plan.announced}: {plan.status}"


def _passes(found: Mapping[str, str], wanted: Mapping[str, object]) -> bool:
    return all(found[key] in _listed(value) for key, value in wanted.items())


def _listed(value: object) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(cast("tuple[str, ...]", value))


def _word(value: bool | None) -> str:
    return "unknown" if value is None else "yes" if value else "no"


CASES: Mapping[str, Callable[[View, ReferenceClass, Question], Iterable[Case]]] = {
    "contacts": _contacts,
    "windows": _windows,
    "losses": _losses,
    "opportunities": _opportunities,
    "plans": _plans,
}
"""How each unit finds its cases; a unit is added by adding its function."""
