"""Reading the ledger's database, fast and without ever writing to it.

The standard library's driver, because `forecasts show` should not wait for
SQLAlchemy to be imported.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from forecasts.errors import StoreBroken, StoreLocked
from forecasts.ledger.guards import TABLE

if TYPE_CHECKING:
    from forecasts.ledger.entries import Entry

BUSY_TIMEOUT_SECONDS = 10.0
"""How long to wait for another process that is just writing."""

_LOCKED = ("SQLITE_BUSY", "SQLITE_LOCKED")
_INTERRUPTED = "SQLITE_READONLY_ROLLBACK"  # a killed process left a transaction to undo


_RUN = "SELECT run_id, as_of, issued_at, run_sha256, manifest_sha256 FROM entries"
_ENTRY = (
    "SELECT sequence, kind, run_id, question, as_of, issued_at, body, run_sha256,"
    " manifest_sha256, previous_hash, hash FROM entries ORDER BY sequence"
)


class Entered(NamedTuple):
    """A run that the ledger holds, and the hashes of the files that it vouches for."""

    run_id: str
    as_of: str
    issued_at: str
    run_sha256: str
    manifest_sha256: str


def entered_runs(path: Path) -> tuple[Entered, ...]:
    """Runs in the ledger, in the order in which they were entered.

    Raises
    ------
    StoreBroken
        If the database cannot be read; StoreLocked if another process writes it.
    """
    # The inner query reads an index only, not the answers.
    firsts = "(SELECT min(sequence) FROM entries GROUP BY run_id)"
    query = f"{_RUN} WHERE sequence IN {firsts} ORDER BY sequence"
    return tuple(map(Entered._make, _rows(path, query)))


def entered_run(path: Path, run_id: str) -> Entered | None:
    """Run `run_id` as the ledger has it; raises like :func:`entered_runs`."""
    return _first(path, f"{_RUN} WHERE run_id = ? LIMIT 1", (run_id,))


def entered_last(path: Path) -> Entered | None:
    """Run that was entered last; raises like :func:`entered_runs`."""
    return _first(path, f"{_RUN} ORDER BY sequence DESC LIMIT 1")


def all_entries(path: Path) -> tuple[Entry, ...]:
    """Every entry of the ledger, by its number; raises like :func:`entered_runs`."""
    from forecasts.ledger.entries import Entry

    # A forged row may hold what is no text; as text it fails its hash, and is told.
    return tuple(Entry(row[0], *map(str, row[1:])) for row in _rows(path, _ENTRY))


def guards_in(path: Path) -> dict[str, str]:
    """Name and definition of each trigger in the database."""
    return dict(_rows(path, "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"))


def trouble(path: Path, error: sqlite3.Error) -> StoreBroken | StoreLocked:
    """Build the error for what the driver met, in one line."""
    name = getattr(error, "sqlite_errorname", "")
    if name.startswith(_LOCKED):
        return StoreLocked(f"{path}: another process is writing; try again when it is done")
    return StoreBroken(f"{path}: {error}; nothing was written")


def _first(path: Path, query: str, values: tuple[str, ...] = ()) -> Entered | None:
    return next(map(Entered._make, _rows(path, query, values)), None)


def _rows(path: Path, query: str, values: tuple[str, ...] = ()) -> list[tuple[Any, ...]]:
    if not path.exists():
        return []
    try:
        try:
            return _query(path, query, values, "ro")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorname != _INTERRUPTED:
                raise
            return _query(path, query, values, "rw")
    except sqlite3.Error as error:
        raise trouble(path, error) from None


def _query(path: Path, query: str, values: tuple[str, ...], mode: str) -> list[tuple[Any, ...]]:
    uri = f"{path.absolute().as_uri()}?mode={mode}"
    with closing(sqlite3.connect(uri, uri=True, timeout=BUSY_TIMEOUT_SECONDS)) as connection:
        exists = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?"
        if connection.execute(exists, (TABLE,)).fetchone() is None:
            return []  # its maker was killed before the table was there
        return connection.execute(query, values).fetchall()
