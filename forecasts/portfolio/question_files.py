"""Reading ``questions/<id>.toml``, and checking it against the evidence.

What a question may not be: inverted, about days before the record, about a
kind, summit, plan or reference class that does not exist, or conditional on
something that cannot happen.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from forecasts.checked import Findings, Keys, check_id
from forecasts.errors import BadInput
from forecasts.evidence.tables import Evidence
from forecasts.portfolio.declared import Question
from forecasts.portfolio.windows import impossible
from forecasts.questions.events import (
    Asked,
    Attends,
    ContactAt,
    ContactCount,
    Event,
    Given,
    OutcomeOf,
    PlanOutcome,
)
from forecasts.questions.names import Leaf, leaves
from forecasts.questions.parse import ANY_PLAN, parse_event
from forecasts.schema import SUMMIT_SERIES

_KEYS = (
    "id",
    "title",
    "set",
    "opens",
    "closes",
    "timezone",
    "owner",
    "decision",
    "reference_class",
    "event",
    "resolution",
)
_TIMEZONE = re.compile(r"UTC|[A-Z][A-Za-z]+(/[A-Z][A-Za-z_]+)+")


@dataclass(frozen=True, slots=True)
class Known:
    """What a question may name: the portfolio around it."""

    evidence: Evidence
    kinds: tuple[str, ...]
    reference_classes: tuple[str, ...]


def parse_question(mapping: Mapping[str, object], name: str, file_id: str) -> Question:
    """Build a question from its file, checking what needs no evidence.

    Parameters
    ----------
    mapping : mapping of str to object
        The file as parsed.
    name : str
        The file, to start each message with.
    file_id : str
        Its name without ``.toml``, which must be the ``id``.
    """
    keys = Keys(mapping, name, _KEYS)
    ident = check_id(keys.text("id"), keys.place("id"))
    if ident != file_id:
        raise keys.bad("id", f"{file_id}, the name of the file", "rename one of them")
    opens, closes = keys.day("opens"), keys.day("closes")
    if closes < opens:
        raise keys.bad("closes", f"a day from {opens} (opens) on", "correct either day")
    timezone = keys.text("timezone")
    if not _TIMEZONE.fullmatch(timezone):
        raise keys.bad("timezone", "a name like America/New_York, or UTC", "correct the name")
    place = keys.place("resolution")
    resolution = Keys(keys.table("resolution"), place, ("happens_when", "sources", "annulled_if"))
    return Question(
        id=ident,
        title=keys.text("title"),
        set=keys.text("set"),
        opens=opens,
        closes=closes,
        timezone=timezone,
        owner=keys.text("owner"),
        decision=keys.text("decision"),
        event=parse_event(keys.table("event"), keys.place("event")),
        reference_class=keys.text("reference_class"),
        happens_when=resolution.text("happens_when"),
        sources=resolution.texts("sources"),
        annulled_if=resolution.text("annulled_if"),
    )


def check_question(question: Question, name: str, known: Known, findings: Findings) -> None:
    """Add every way in which a question does not fit its portfolio to `findings`."""
    if question.reference_class not in known.reference_classes:
        place, expected = f"{name}, reference_class", "the id of a file in reference_classes/"
        mend = "correct it, or write that file"
        findings.add(BadInput(place, expected, question.reference_class, mend))
    start = record_start(known.evidence)
    if start is not None and question.closes < start:
        mend = "ask about a later window, or add evidence"
        expected = f"a day from {start} on, where the evidence begins"
        findings.add(BadInput(f"{name}, closes", expected, question.closes, mend))
    for leaf in leaves(question.event):
        findings.attempt(_check_leaf, leaf, question, name, known)
    findings.attempt(_check_possible, question.event, question, name, known)


def record_start(evidence: Evidence) -> date | None:
    """First day from which any kind of contact is recorded.

    Examples
    --------
    >>> record_start(Evidence((), (), (), (), (), (), ())) is None
    True
    """
    return min((each.observed_from for each in evidence.coverage), default=None)


def _check_leaf(leaf: Leaf, question: Question, name: str, known: Known) -> None:
    _check_named(leaf, name, known)
    until = getattr(leaf, "until", None)
    if until is None:
        return
    where = f"{name}, event, until"
    if until > question.closes:
        expected = f"a day up to {question.closes} (closes)"
        raise BadInput(where, expected, until, "close the question later, or correct the day")
    start = record_start(known.evidence)
    if start is not None and until < start:
        expected = f"a day from {start} on, where the evidence begins"
        raise BadInput(where, expected, until, "ask about a later window")


def _check_named(leaf: Leaf, name: str, known: Known) -> None:
    match leaf:
        case ContactCount(kinds=kinds) | OutcomeOf(plan="", next_of=kinds):
            _check_kinds(kinds, name, known)
        case ContactAt(opportunity=ident) | Attends(opportunity=ident):
            _check_opportunity(ident, name, known)
        case PlanOutcome(plan=plan) | OutcomeOf(plan=plan):
            _check_plan(plan, name, known)


def _check_kinds(kinds: tuple[str, ...], name: str, known: Known) -> None:
    for kind in kinds:
        if kind not in known.kinds:
            expected = f"one of the kinds of portfolio.toml: {', '.join(known.kinds)}"
            raise BadInput(f"{name}, event, kind", expected, kind, "choose one of these")


def _check_opportunity(ident: str, name: str, known: Known) -> None:
    series = [each.series for each in known.evidence.opportunities if each.id == ident]
    if not series or series[0] not in SUMMIT_SERIES:
        expected = f"the id of a summit in calendar.csv ({', '.join(SUMMIT_SERIES)})"
        raise BadInput(f"{name}, event, opportunity", expected, ident, "correct the id")


def _check_plan(ident: str, name: str, known: Known) -> None:
    if ident == ANY_PLAN:
        return
    if ident not in {plan.id for plan in known.evidence.plans}:
        expected = "a plan of plans.csv, as kind:announced_date:planned_date"
        raise BadInput(f"{name}, event, plan", expected, ident, "correct it, or add the plan")


def _check_possible(event: Asked, question: Question, name: str, known: Known) -> None:
    parts: list[tuple[str, Event]] = (
        [("condition", event.condition), ("event", event.event)]
        if isinstance(event, Given)
        else [("event", event)]
    )
    for part, each in parts:
        why = impossible(each, question.opens + timedelta(days=1), known.evidence)
        if why:
            where = f"{name}, event" if event is each else f"{name}, event, {part}"
            raise BadInput(where, f"a {part} that can happen", why, "ask about what can happen")
