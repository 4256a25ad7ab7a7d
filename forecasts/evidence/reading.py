"""Reading the evidence folder: seven tables in, one :class:`Evidence` out.

A row that cannot be true is refused with its file, line and column; so is a
link to a row that is not there, and a table that is not the one its sidecar
describes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from forecasts.checked import Findings
from forecasts.errors import BadInput
from forecasts.evidence import rows as meaning
from forecasts.evidence.csvfile import Row, read_rows
from forecasts.evidence.sidecar import TABLES, check_sidecar
from forecasts.evidence.tables import Contact, Coverage, Evidence, Plan

EXCLUDED_SERIES = ("BRICS",)
"""Summits of the calendar that are no opportunity: the US is no member."""

type Tables = Mapping[str, list[Row]]


def read_evidence(folder: Path) -> Evidence:
    """Read and check the evidence tables of a portfolio.

    Parameters
    ----------
    folder : Path
        The ``evidence`` folder: a CSV and a ``.meta.toml`` for each table.

    Returns
    -------
    Evidence
        Everything, whatever was known when; cut it with
        :func:`forecasts.evidence.view.as_of` before a model sees it.

    Raises
    ------
    BadInput
        At the first problem.
    """
    return collect_evidence(folder, Findings(stop=True))


def evidence_problems(folder: Path) -> list[BadInput]:
    """All problems of an evidence folder, at most one a row besides broken links."""
    findings = Findings(stop=False)
    collect_evidence(folder, findings)
    return findings.problems


def collect_evidence(folder: Path, findings: Findings) -> Evidence:
    """Read the evidence tables, sending problems to `findings`; rows with one are left out."""
    tables, broken = _read_tables(folder, findings)
    evidence = _evidence(tables, findings)
    if "contacts" not in broken:  # else every link into the missing rows would seem to dangle
        _check_links(tables, evidence, findings)
    for table in TABLES:
        if table not in broken:
            check_sidecar(folder, table, len(tables[table]), findings)
    return evidence


def _read_tables(folder: Path, findings: Findings) -> tuple[Tables, set[str]]:
    """Read the rows of every table, and name the tables from which rows are missing."""
    tables, broken = {}, set()
    for table in TABLES:
        before = len(findings.problems)
        tables[table] = read_rows(folder / f"{table}.csv", meaning.COLUMNS[table], findings)
        if len(findings.problems) > before:
            broken.add(table)
    return tables, broken


def _evidence(tables: Tables, findings: Findings) -> Evidence:
    def read[T](table: str, parse: Callable[[Row], T | None], key: str = "id") -> tuple[T, ...]:
        return _parsed(tables[table], parse, key, findings)

    plan_ids = frozenset(row.text("id") for row in tables["plans"])
    summits = read("calendar", meaning.opportunity)
    return Evidence(
        contacts=read("contacts", meaning.contact),
        plans=_once(tables["plans"], read("plans", meaning.plan), findings),
        losses=read("cancelled", partial(meaning.loss, plan_ids=plan_ids)),
        opportunities=tuple(s for s in summits if s.series not in EXCLUDED_SERIES),
        signals=read("signals", meaning.signal),
        coverage=read("coverage", meaning.coverage, "kind"),
        administrations=read("administrations", meaning.administration),
    )


def _parsed[T](
    rows: list[Row], parse: Callable[[Row], T | None], key: str, findings: Findings
) -> tuple[T, ...]:
    """Parse rows one by one, refusing a repeated identifier."""
    first_lines: dict[str, int] = {}
    parsed = []
    for row in rows:
        ident = row.text(key)
        if ident in first_lines:
            findings.add(meaning.duplicate(row, key, first_lines[ident]))
            continue
        first_lines[ident] = row.line
        item = findings.attempt(parse, row)
        if item is not None:
            parsed.append(item)
    return tuple(parsed)


def _once(rows: list[Row], plans: tuple[Plan, ...], findings: Findings) -> tuple[Plan, ...]:
    """Refuse two plans of one kind that were announced on one day for one day."""
    seen: set[str] = set()
    for plan in plans:
        if plan.id in seen:
            row = next(row for row in reversed(rows) if _plan_id(row) == plan.id)
            findings.add(
                BadInput(
                    row.where("planned_date"),
                    "one plan for each kind, announced and planned day",
                    plan.id,
                    "merge it with the earlier row, or correct a date",
                )
            )
        seen.add(plan.id)
    return plans


def _plan_id(row: Row) -> str:
    return f"{row.text('kind')}:{row.text('announced_date')}:{row.text('planned_date')}"


def _check_links(tables: Tables, evidence: Evidence, findings: Findings) -> None:
    # Bad rows count as targets: one mistake is reported once, where it is.
    contact_ids = {row.text("id") for row in tables["contacts"]}
    contacts = {contact.id: contact for contact in evidence.contacts}
    for row in tables["contacts"]:
        if row.text("id") in contacts:
            findings.attempt(_check_observed, row, contacts[row.text("id")], evidence.coverage)
    for row in tables["cancelled"]:
        target = row.text("rescheduled_to_id")
        if target and target not in contact_ids:
            findings.add(meaning.dangling(row, "rescheduled_to_id", "contacts.csv"))
    for row in tables["plans"]:
        target = row.text("contact_id")
        if target and target not in contact_ids:
            findings.add(meaning.dangling(row, "contact_id", "contacts.csv"))
        elif row.text("status") == "held" and target in contacts:
            findings.attempt(_check_held, row, contacts[target])


def _check_held(row: Row, contact: Contact) -> None:
    """A held plan is of its contact's kind, and no sooner public than the contact."""
    if contact.kind != row.text("kind"):
        raise row.bad("kind", f"{contact.kind}, the kind of {contact.id}", "correct the link")
    if row.text("status_date") < contact.known.isoformat():
        expected = f"a day from {contact.known} on, when {contact.id} was known"
        raise row.bad("status_date", expected, "correct either date")


def _check_observed(row: Row, contact: Contact, coverage: tuple[Coverage, ...]) -> None:
    """A contact's kind says from when and until when it is recorded."""
    limits = [each.censored_from for each in coverage if each.kind == contact.kind]
    if not limits:
        mend = "add the row there, or correct the kind"
        raise row.bad("kind", "a kind with a row in coverage.csv", mend)
    if contact.start >= limits[0]:
        expected = f"a day before {limits[0]}, from where its kind is censored"
        raise row.bad("start_date", expected, "correct it, or move censored_from in coverage.csv")
