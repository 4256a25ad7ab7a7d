"""What became known between two days, fact by fact.

Two views of one record differ in rows: new ones, and ones of which more is
known. Rows that tell one story are one *fact*: a contact with the fate of the
plan that announced it, a summit with the leaders' meeting there. Between the
two views lie all those in which only some of the facts have become known.

A summit or plan whose day has passed, and of which nothing has become known, is
still open: futures decide it on the next day, as they do with an overdue plan.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from forecasts.evidence.linking import bilateral_at
from forecasts.evidence.tables import (
    Administration,
    Contact,
    Loss,
    Opportunity,
    Plan,
    Signal,
)
from forecasts.evidence.view import View
from forecasts.portfolio.declared import SignalFamily
from forecasts.world.readings import select

type AnyRow = Contact | Plan | Loss | Opportunity | Signal | Administration

TABLES = ("contacts", "plans", "losses", "opportunities", "signals", "administrations")
CONTACT, PLAN, CALLED_OFF = "contact", "plan", "called-off contact"
SIGNAL, SUMMIT, ADMINISTRATION = "signal", "summit", "change of leaders"

MERGED_FIRST = (SIGNAL, PLAN, CALLED_OFF, SUMMIT, CONTACT, ADMINISTRATION)
"""Order in which facts are grouped where there are too many: contacts stay apart longest."""

type Key = tuple[str, str]
"""Table and identifier of a row."""


@dataclass(frozen=True, slots=True)
class Fact:
    """What became known together.

    Parameters
    ----------
    sort : str
        ``contact``, ``plan``, ``called-off contact``, ``signal``, ``summit`` or
        ``change of leaders``.
    group : str
        Kind, signal family or series: what it is grouped with first.
    label : str
        In words.
    known : date
        From when it was public.
    rows : frozenset of (str, str)
        Table and identifier of each row that it changes.
    facts : tuple of str
        Labels of the facts that it groups; empty for a single one.
    """

    sort: str
    group: str
    label: str
    known: date
    rows: frozenset[Key]
    facts: tuple[str, ...] = ()


def facts_between(old: View, new: View, families: Mapping[str, SignalFamily]) -> tuple[Fact, ...]:
    """Facts that `new` knows and `old` does not, in the order in which they became known.

    Parameters
    ----------
    old, new : View
        Of the same record, on an earlier and a later day.
    families : mapping of str to SignalFamily
        Declared signal families, to name the one that reads a signal.
    """
    changed = _changed(old, new)
    before = {name: {row.id for row in getattr(old, name)} for name in TABLES}
    found: list[Fact] = []
    taken: set[Key] = set()
    for fact in (
        *_contact_facts(new, changed, before),
        *_plan_facts(new, changed),
        *_other_facts(new, changed, before, families),
    ):
        rows = fact.rows - taken
        if rows:
            found.append(replace(fact, rows=rows))
            taken |= rows
    return tuple(sorted(found, key=lambda fact: (fact.known, fact.sort, fact.label)))


def knowing(old: View, new: View, facts: Iterable[Fact]) -> View:
    """View of the new day that knows of what is new only `facts`.

    With all the facts between the two it is `new`; with none, the old facts on
    the new day.
    """
    known: frozenset[Key] = frozenset[Key]().union(*(fact.rows for fact in facts))
    unknown = _changed(old, new) - known
    tables: dict[str, Any] = {
        name: tuple(
            _still_open(row, new) if isinstance(row, Opportunity) and waits else row
            for row, waits in _rows(name, old, new, unknown)
        )
        for name in TABLES
    }
    return replace(new, **tables)


def _rows(table: str, old: View, new: View, unknown: Collection[Key]) -> list[tuple[AnyRow, bool]]:
    """Rows of a table as the view has them, and whether each waits for what is unknown."""
    before = {row.id: row for row in getattr(old, table)}
    found: list[tuple[AnyRow, bool]] = []
    for row in getattr(new, table):
        if (table, row.id) not in unknown:
            found.append((row, False))
        elif row.id in before:
            found.append((before[row.id], True))
    return found


def _still_open(summit: Opportunity, new: View) -> Opportunity:
    """Return a summit that nobody has heard of since it began: to be decided on the next day."""
    tomorrow = new.known_through + timedelta(days=1)
    return replace(summit, end=max(summit.end, tomorrow))


def _changed(old: View, new: View) -> frozenset[Key]:
    changed = set()
    for table in TABLES:
        before = {row.id: row for row in getattr(old, table)}
        changed |= {(table, r.id) for r in getattr(new, table) if before.get(r.id) != r}
    return frozenset(changed)


def _contact_facts(
    new: View, changed: Collection[Key], before: Mapping[str, Collection[str]]
) -> list[Fact]:
    summit_of = {c.id: s for s, c in bilateral_at(new.contacts, new.opportunities).items()}
    plans = {plan.contact_id: plan.id for plan in new.plans if plan.contact_id}
    facts = []
    for contact in new.contacts:
        if ("contacts", contact.id) not in changed:
            continue
        rows = {("contacts", contact.id)}
        for table, name in (("plans", plans), ("opportunities", summit_of)):
            if contact.id in name and (table, name[contact.id]) in changed:
                rows.add((table, name[contact.id]))
        ended = contact.id in before["contacts"]
        names = " and ".join(filter(None, (contact.us_lead, contact.prc_lead)))
        how = ": how it ended" if ended else ""
        place = f" in {contact.city}" if contact.city else ""
        facts.append(
            Fact(
                sort=CONTACT,
                group=contact.kind,
                label=f"{contact.start} {contact.kind}, {names}{place}{how}",
                known=(contact.end or contact.known) if ended else contact.known,
                rows=frozenset(rows),
            )
        )
    return facts


def _plan_facts(new: View, changed: Collection[Key]) -> list[Fact]:
    losses = {(loss.kind, loss.cancelled): loss.id for loss in new.losses if loss.dated_plan}
    facts = []
    for plan in new.plans:
        if ("plans", plan.id) not in changed:
            continue
        rows = {("plans", plan.id)}
        lost = plan.status in ("postponed", "cancelled")
        if lost and plan.status_date and (plan.kind, plan.status_date) in losses:
            rows.add(("losses", losses[plan.kind, plan.status_date]))
        what = "announced" if plan.status == "pending" else plan.status
        facts.append(
            Fact(
                sort=CALLED_OFF if lost else PLAN,
                group=plan.kind,
                label=f"{plan.kind} planned for {plan.planned}: {what}",
                known=plan.status_date or plan.announced,
                rows=frozenset(rows & set(changed)),
            )
        )
    return facts


def _other_facts(
    new: View,
    changed: Collection[Key],
    before: Mapping[str, Collection[str]],
    families: Mapping[str, SignalFamily],
) -> list[Fact]:
    facts = [_loss(loss) for loss in new.losses]
    facts += [
        _summit(summit, over=summit.id in before["opportunities"]) for summit in new.opportunities
    ]
    facts += [_signal(signal, families) for signal in new.signals]
    facts += [_administration(each) for each in new.administrations]
    return [fact for fact in facts if fact.rows <= set(changed)]


def _loss(loss: Loss) -> Fact:
    label = f"{loss.kind} called off on {loss.cancelled}"
    rows = frozenset({("losses", loss.id)})
    return Fact(CALLED_OFF, loss.kind, label, loss.cancelled, rows)


def _summit(summit: Opportunity, *, over: bool) -> Fact:
    what = "who came, and no meeting of the leaders" if over else "announced"
    label = f"{summit.series} in {summit.city}, {summit.start}: {what}"
    known = summit.end if over else (summit.known or summit.end)
    return Fact(SUMMIT, summit.series, label, known, frozenset({("opportunities", summit.id)}))


def _signal(signal: Signal, families: Mapping[str, SignalFamily]) -> Fact:
    reading = [name for name, family in families.items() if select([signal], family)]
    coded = f"{signal.signal_type}:{signal.direction:+d}:{signal.intensity}"
    return Fact(
        sort=SIGNAL,
        group=reading[0] if reading else "read by no family",
        label=f"{signal.known} {coded} {signal.description}".strip(),
        known=signal.known,
        rows=frozenset({("signals", signal.id)}),
    )


def _administration(pair: Administration) -> Fact:
    label = f"{pair.us_president} and {pair.prc_leader} from {pair.start}"
    rows = frozenset({("administrations", pair.id)})
    return Fact(ADMINISTRATION, pair.id, label, pair.known, rows)


def grouped(facts: Sequence[Fact], at_most: int) -> tuple[Fact, ...]:
    """Group facts until there are `at_most`: first by kind, family or series, then by sort.

    No more is grouped than has to be: signals of one family come first, then
    signals altogether, then the same with plans, and so on to contacts.

    Parameters
    ----------
    facts : sequence of Fact
    at_most : int
        At least the number of sorts.
    """
    found = tuple(facts)
    by: tuple[Callable[[Fact], str], ...] = (lambda fact: fact.group, lambda fact: "")
    for finer in by:
        for sort in MERGED_FIRST:
            if len(found) <= at_most:
                return found
            found = _merged(found, sort, finer)
    return found


def _merged(facts: Sequence[Fact], sort: str, by: Callable[[Fact], str]) -> tuple[Fact, ...]:
    groups: dict[str, list[Fact]] = {}
    kept: list[Fact | str] = []
    for fact in facts:
        if fact.sort != sort:
            kept.append(fact)
            continue
        name = by(fact)
        if name not in groups:
            kept.append(name)
        groups.setdefault(name, []).append(fact)
    return tuple(_union(groups[each], each) if isinstance(each, str) else each for each in kept)


def _union(facts: Sequence[Fact], name: str) -> Fact:
    if len(facts) == 1:
        return facts[0]
    labels = tuple(label for fact in facts for label in (fact.facts or (fact.label,)))
    sort = facts[0].sort
    plural = {ADMINISTRATION: "changes of leaders"}.get(sort, f"{sort}s")
    return Fact(
        sort=sort,
        group=name,
        label=f"{len(labels)} {plural}{f' ({name})' if name else ''}",
        known=min(fact.known for fact in facts),
        rows=frozenset().union(*(fact.rows for fact in facts)),
        facts=labels,
    )
