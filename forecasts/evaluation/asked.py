"""Baselines for questions that someone asked, where they have the form of a template."""

from __future__ import annotations

import math
from datetime import date, timedelta

from forecasts.evaluation.baselines import BASELINES, baselines
from forecasts.evaluation.templates import CONTACT, PLAN, SUMMIT, Template
from forecasts.evidence.linking import DAYS_AROUND
from forecasts.evidence.view import View
from forecasts.portfolio import Portfolio
from forecasts.questions.events import Asked, ContactAt, ContactCount, PlanOutcome


def issued_baselines(asked: Asked, view: View, portfolio: Portfolio) -> dict[str, float | None]:
    """Answer a question by every baseline that can, from the same view.

    Parameters
    ----------
    asked : Asked
        Only three forms have baselines: at least one contact of one kind by a
        day, a bilateral at a coming summit, an open plan held.
    view : View
    portfolio : Portfolio

    Returns
    -------
    dict of str to float or None
        By the names of `BASELINES`; ``None`` where one has no answer. Empty for
        a question of another form.

    Examples
    --------
    >>> from datetime import date
    >>> from forecasts.portfolio import bundled, load
    >>> portfolio = load(bundled())
    >>> by_december = ContactCount(("leader_in_person",), until=date(2023, 12, 31))
    >>> said = issued_baselines(by_december, portfolio.as_of(date(2023, 6, 18)), portfolio)
    >>> sorted(said) == sorted(BASELINES)
    True
    """
    template = _as_template(asked, view, portfolio)
    if template is None:
        return {}
    [row] = baselines(view, portfolio, [template])
    return {
        name: None if math.isnan(value) else float(value)
        for name, value in zip(BASELINES, row, strict=True)
    }


def _as_template(asked: Asked, view: View, portfolio: Portfolio) -> Template | None:
    match asked:
        case ContactCount(at_least=1, venue="", place="", visitor=""):
            return _contact(asked, view, portfolio)
        case ContactAt(opportunity=ident):
            near = [each for each in view.coming if each.id == ident]
            ends = [each.end + timedelta(days=DAYS_AROUND) for each in near]
            return _dated(SUMMIT, near[0].series, ident, asked, view, ends[0]) if near else None
        case PlanOutcome(plan=ident, outcome="held"):
            open_ = [p for p in view.pending if p.id == ident and p.kind in portfolio.kinds]
            return (
                _dated(PLAN, open_[0].kind, ident, asked, view, open_[0].planned) if open_ else None
            )
    return None


def _contact(asked: ContactCount, view: View, portfolio: Portfolio) -> Template | None:
    """At least one contact of one kind, in a window that begins tomorrow."""
    days = (asked.until - view.known_through).days
    late = asked.after is not None and asked.after > view.known_through + timedelta(days=1)
    if len(asked.kinds) != 1 or asked.kinds[0] not in portfolio.kinds or days < 1 or late:
        return None
    return _dated(CONTACT, asked.kinds[0], "", asked, view, asked.until)


def _dated(
    template: str, subject: str, case: str, asked: Asked, view: View, closes: date
) -> Template:
    opens = view.known_through + timedelta(days=1)
    closes = max(closes, opens)
    return Template(
        template, subject, (closes - view.known_through).days, case, asked, opens, closes
    )
