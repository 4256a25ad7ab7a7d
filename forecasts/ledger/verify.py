"""Walking through a store, to see whether every entry and file is what was issued.

What this can find: an entry or a file that was edited, removed, moved or put
in; a guard that was dropped. What it cannot find from the store alone: that
someone removed the last runs altogether, folders too, or wrote the ledger and
all files anew. For that, keep the last hash somewhere else.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from forecasts.checked import sha256
from forecasts.errors import ForecastsError
from forecasts.ledger.files import digest
from forecasts.ledger.guards import GUARDS
from forecasts.ledger.paths import RunPaths, Store, run_folders
from forecasts.ledger.reading import all_entries, guards_in
from forecasts.ledger.store import Document, paths_of, read_document
from forecasts.ledger.vintages import altered_files

if TYPE_CHECKING:
    from forecasts.ledger.entries import Entry


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in a store that is not as it was issued: where, and what."""

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


def walk(store: Store) -> list[Problem]:
    """Check every entry and every stored file; empty if all is as it was issued.

    Parameters
    ----------
    store : Store
        What to check.

    Returns
    -------
    list of Problem
        The first break of the chain, then what is wrong with single runs.

    Raises
    ------
    StoreBroken
        If the ledger cannot be read at all.
    """
    from forecasts.ledger.entries import by_run

    entries = all_entries(store.ledger)
    problems = [*_chain(store, entries), *_guards(store)]
    for issued in by_run(entries).values():
        problems += _run(store, issued)
    return [*problems, *_unentered(store, entries), *_files(store)]


def _chain(store: Store, entries: Sequence[Entry]) -> Iterator[Problem]:
    from forecasts.ledger.entries import first_break

    found = first_break(entries)
    if found:
        yield Problem(f"{store.ledger.name}, entry {found[0]}", found[1])


def _guards(store: Store) -> Iterator[Problem]:
    there = guards_in(store.ledger)
    for name, definition in GUARDS.items():
        if store.ledger.exists() and there.get(name) != definition:
            yield Problem(
                store.ledger.name, f"its guard {name!r} against changes is gone or changed"
            )


def _run(store: Store, issued: Sequence[Entry]) -> Iterator[Problem]:
    first = issued[0]
    where = f"runs/{first.as_of}/{first.run_id}"
    try:
        run = paths_of(store, first)
        document = read_document(run)
    except ForecastsError as error:
        yield Problem(where, str(error))
        return
    yield from _other_files(run, where)
    yield from _answers(document, issued, where)


def _other_files(run: RunPaths, where: str) -> Iterator[Problem]:
    try:
        vouched = run.manifest.read_bytes()
        if sha256(vouched) != run.manifest_sha256:
            yield Problem(f"{where}/{run.manifest.name}", "it is not what was issued")
            return
        if digest(run.posterior) != json.loads(vouched)["stored"][run.posterior.name]:
            yield Problem(f"{where}/{run.posterior.name}", "it is not what was issued")
    except (OSError, ValueError, KeyError, TypeError) as error:
        yield Problem(where, f"its files cannot be read: {error}")


def _answers(document: Document, issued: Sequence[Entry], where: str) -> Iterator[Problem]:
    from forecasts.ledger.entries import canonical

    stored = {answer["question"]: canonical(answer) for answer in document["answers"]}
    entered = {entry.question: entry.body for entry in issued}
    for question in sorted(stored.keys() | entered.keys()):
        if question not in entered:
            yield Problem(where, f"its answer to {question!r} is in run.json but not in the ledger")
        elif stored.get(question) != entered[question]:
            yield Problem(where, f"its answer to {question!r} is not the one in the ledger")


def _files(store: Store) -> Iterator[Problem]:
    """Kept files of portfolios whose content is not what their names say."""
    for path in altered_files(store):
        name = path.relative_to(store.root).as_posix()
        yield Problem(name, "it is not the file that a run was made with")


def _unentered(store: Store, entries: Sequence[Entry]) -> Iterator[Problem]:
    known = {f"{entry.as_of}/{entry.run_id}" for entry in entries}
    for folder in run_folders(store):
        name = f"{folder.parent.name}/{folder.name}"
        if name not in known:
            yield Problem(
                f"runs/{name}", "it is stored but not in the ledger; the next run enters it"
            )
