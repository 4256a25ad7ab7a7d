"""Writing the ledger's database: one table, to which rows are only ever added.

A rollback journal rather than a write-ahead log: the ledger is one file that
can be copied and read on a read-only medium, and a run writes a handful of
rows a day. Either way a killed process leaves a transaction that the next
reader undoes. Reading is in :mod:`forecasts.ledger.reading`, which does
without SQLAlchemy and its import time.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sqlalchemy import (
    URL,
    CheckConstraint,
    Column,
    Connection,
    Engine,
    Integer,
    MetaData,
    NullPool,
    String,
    Table,
    UniqueConstraint,
    create_engine,
    event,
    insert,
    select,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.schema import DDL

from forecasts.errors import StoreBroken
from forecasts.ledger.entries import KINDS, Entry, hash_of
from forecasts.ledger.guards import GUARDS, TABLE
from forecasts.ledger.reading import BUSY_TIMEOUT_SECONDS, trouble

METADATA = MetaData()
ENTRIES = Table(
    TABLE,
    METADATA,
    Column("sequence", Integer, primary_key=True, autoincrement=False),
    Column("kind", String, nullable=False),
    Column("run_id", String, nullable=False),
    Column("question", String, nullable=False),
    Column("as_of", String, nullable=False),
    Column("issued_at", String, nullable=False),
    Column("body", String, nullable=False),
    Column("run_sha256", String, nullable=False),
    Column("manifest_sha256", String, nullable=False),
    Column("previous_hash", String, nullable=False),
    Column("hash", String, nullable=False),
    UniqueConstraint("run_id", "question", "kind"),
    CheckConstraint(f"kind IN ({', '.join(map(repr, KINDS))})"),
)
for _guard in GUARDS.values():
    event.listen(ENTRIES, "after_create", DDL(_guard))  # type: ignore[no-untyped-call]

_PRAGMAS = ("journal_mode = DELETE", "synchronous = FULL", "trusted_schema = OFF")


def prepare(path: Path) -> None:
    """Make the database and its table where they are missing, and try that it can be written.

    Raises
    ------
    StoreBroken
        If it cannot; StoreLocked if another process holds it.
    """
    try:
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
    except OSError as error:
        raise StoreBroken(f"{path}: {error.strerror}; nothing was written") from None
    with _transaction(path) as connection:
        METADATA.create_all(connection)


def append(path: Path, make: Callable[[Entry | None], tuple[Entry, ...]]) -> tuple[Entry, ...]:
    """Add entries in one transaction: all of them or none.

    Parameters
    ----------
    path : Path
        The database.
    make : callable
        Builds the entries from the ledger's last one (``None`` when empty).

    Raises
    ------
    StoreBroken
        If the last entry is not what its hash says, or the database refuses;
        StoreLocked if another process holds it. Nothing was added then.
    """
    with _transaction(path) as connection:
        last = _last(connection)
        if last is not None and hash_of(last) != last.hash:
            place = f"{path}, entry {last.sequence}"
            raise StoreBroken(f"{place} was changed; `forecasts verify` tells what, restore a copy")
        entries = make(last)
        if entries:
            connection.execute(insert(ENTRIES), [asdict(entry) for entry in entries])
        return entries


def _last(connection: Connection) -> Entry | None:
    newest = select(ENTRIES).order_by(ENTRIES.c.sequence.desc()).limit(1)
    row = connection.execute(newest).first()
    return None if row is None else Entry(row[0], *map(str, row[1:]))


@contextmanager
def _transaction(path: Path) -> Iterator[Connection]:
    engine = _engine(path)
    try:
        with engine.begin() as connection:
            yield connection
    except DBAPIError as error:
        cause = error.orig if isinstance(error.orig, sqlite3.Error) else sqlite3.Error(str(error))
        raise trouble(path, cause) from None
    finally:
        engine.dispose()


def _engine(path: Path) -> Engine:
    engine = create_engine(
        URL.create("sqlite", database=str(path)),
        poolclass=NullPool,
        connect_args={"timeout": BUSY_TIMEOUT_SECONDS, "isolation_level": None},
    )
    event.listen(engine, "connect", _configure)
    event.listen(engine, "begin", _begin)
    return engine


def _configure(connection: sqlite3.Connection, _record: Any) -> None:
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}").close()


def _begin(connection: Connection) -> None:
    # The driver would begin late and leave table definitions outside of the transaction.
    connection.exec_driver_sql("BEGIN IMMEDIATE")
