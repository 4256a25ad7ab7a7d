"""From the ``[event]`` table of a question file to an event.

One parser a type; a type is added by adding its parser to ``PARSERS``. What
can be checked without the evidence is checked here: types, keys, words, and
windows that end before they begin.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from forecasts.checked import Keys
from forecasts.errors import BadInput
from forecasts.questions.events import (
    AllOf,
    AnyOf,
    Asked,
    Attends,
    ContactAt,
    ContactCount,
    Event,
    Given,
    Not,
    OutcomeOf,
    PlanOutcome,
)
from forecasts.schema import KINDS, LEVELS, SIDES, VENUES

FATES = ("held", "postponed", "cancelled", "lost")
ANY_PLAN = "any"

_COUNT_KEYS = ("type", "kind", "until", "after", "venue", "place", "visitor")


def parse_event(mapping: Mapping[str, object], where: str) -> Asked:
    """Build the event that a question asks for.

    Parameters
    ----------
    mapping : mapping of str to object
        The ``[event]`` table as parsed from TOML.
    where : str
        File and key, to start each message with.

    Returns
    -------
    Asked
        An event, or a conditional (``given``), which may stand only here.

    Raises
    ------
    BadInput
        If a type, key, word or window cannot be used.

    Examples
    --------
    >>> from datetime import date
    >>> table = {"type": "contact_by", "kind": "leader_remote", "until": date(2023, 12, 31)}
    >>> parse_event(table, "questions/x.toml, event").kinds
    ('leader_remote',)
    """
    if mapping.get("type") != "given":
        return _event(mapping, where)
    keys = Keys(mapping, where, ("type", "event", "condition"))
    return Given(
        event=_event(keys.table("event"), keys.place("event")),
        condition=_event(keys.table("condition"), keys.place("condition")),
    )


def _event(mapping: Mapping[str, object], where: str) -> Event:
    name = Keys(mapping, where).text("type")
    if name == "given":
        expected = "given only at the top of a question: a conditional is not itself an event"
        raise BadInput(f"{where}, type", expected, name, "ask it as a question of its own")
    if name not in PARSERS:
        expected = f"one of {', '.join((*PARSERS, 'given'))}"
        raise BadInput(f"{where}, type", expected, name, "choose one of these")
    return PARSERS[name](mapping, where)


def _contact_by(mapping: Mapping[str, object], where: str) -> ContactCount:
    return _count(Keys(mapping, where, _COUNT_KEYS), at_least=1)


def _contact_count(mapping: Mapping[str, object], where: str) -> ContactCount:
    keys = Keys(mapping, where, (*_COUNT_KEYS, "at_least"))
    return _count(keys, at_least=keys.whole("at_least", least=1))


def _count(keys: Keys, at_least: int) -> ContactCount:
    event = ContactCount(
        kinds=keys.choices("kind", KINDS),
        until=keys.day("until"),
        at_least=at_least,
        after=keys.day_or_none("after"),
        venue=keys.choice("venue", VENUES, ""),
        place=keys.text("place", ""),
        visitor=keys.choice("visitor", SIDES, ""),
    )
    _check_window(keys)
    return event


def _contact_at(mapping: Mapping[str, object], where: str) -> ContactAt:
    return ContactAt(Keys(mapping, where, ("type", "opportunity")).text("opportunity"))


def _attends(mapping: Mapping[str, object], where: str) -> Attends:
    keys = Keys(mapping, where, ("type", "opportunity", "side"))
    return Attends(keys.text("opportunity"), keys.choice("side", SIDES))


def _plan_outcome(mapping: Mapping[str, object], where: str) -> PlanOutcome:
    keys = Keys(mapping, where, ("type", "plan", "outcome", "until", "after"))
    event = PlanOutcome(
        plan=keys.text("plan"),
        outcome=keys.choice("outcome", FATES),
        until=keys.day_or_none("until"),
        after=keys.day_or_none("after"),
    )
    if event.plan == ANY_PLAN and event.outcome != "lost":
        raise keys.bad("outcome", "lost, where the plan is any", "write lost, or name a plan")
    if event.plan == ANY_PLAN:
        keys.need("until")
    _check_window(keys)
    return event


def _outcome_of(mapping: Mapping[str, object], where: str) -> OutcomeOf:
    allowed = ("type", "plan", "next", "until", "after", "level_at_least", "received")
    keys = Keys(mapping, where, allowed)
    if ("plan" in keys) == ("next" in keys):
        found = "both" if "plan" in keys else "neither"
        mend = "name a plan, or the kind of the next contact"
        raise BadInput(where, "either plan or next", found, mend)
    event = OutcomeOf(
        plan=keys.text("plan", ""),
        next_of=keys.choices("next", KINDS, ()),
        until=keys.day_or_none("until"),
        after=keys.day_or_none("after"),
        level_at_least=keys.choice("level_at_least", LEVELS, ""),
        received=keys.flag("received", default=False),
    )
    if event.next_of:
        keys.need("until")
    if not (event.level_at_least or event.received):
        expected = "what counts: level_at_least = ..., or received = true"
        raise BadInput(where, expected, "neither", "add one, or ask contact_by")
    _check_window(keys)
    return event


def _all_of(mapping: Mapping[str, object], where: str) -> AllOf:
    return AllOf(_several(mapping, where))


def _any_of(mapping: Mapping[str, object], where: str) -> AnyOf:
    return AnyOf(_several(mapping, where))


def _several(mapping: Mapping[str, object], where: str) -> tuple[Event, ...]:
    keys = Keys(mapping, where, ("type", "events"))
    return tuple(
        _event(table, f"{keys.place('events')}[{number}]")
        for number, table in enumerate(keys.tables("events"), start=1)
    )


def _not(mapping: Mapping[str, object], where: str) -> Not:
    keys = Keys(mapping, where, ("type", "event"))
    return Not(_event(keys.table("event"), keys.place("event")))


def _check_window(keys: Keys) -> None:
    after, until = keys.day_or_none("after"), keys.day_or_none("until")
    if after is not None and until is not None and until < after:
        raise keys.bad("until", f"a day from {after} (after) on", "correct either day")


PARSERS: Mapping[str, Callable[[Mapping[str, object], str], Event]] = {
    "contact_by": _contact_by,
    "contact_count": _contact_count,
    "contact_at": _contact_at,
    "attends": _attends,
    "plan_outcome": _plan_outcome,
    "outcome_of": _outcome_of,
    "all_of": _all_of,
    "any_of": _any_of,
    "not": _not,
}
"""Types of event by the name that question files use."""
