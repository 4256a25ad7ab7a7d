"""Small stores for the ledger's tests: runs with three answers and a posterior of a few bytes."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from forecasts.ledger import Store, write_run
from forecasts.ledger.guards import GUARDS
from tests.builders_run import run_document

POSTERIOR = b"the draws"


def document(number: int = 0, **over: Any) -> dict[str, Any]:
    """Build a run document with three answers, the `number`-th of its day."""
    whole = run_document(run_id=f"{number:016x}", issued_at=f"2026-11-24T12:{number:02}:00Z")
    return {**whole, "answers": whole["answers"][:3], **over}


def save(path: Path) -> None:
    """Write what stands for a posterior."""
    path.write_bytes(POSTERIOR)


def put(store: Store, number: int = 0, **over: Any) -> Path:
    """Store the `number`-th run, and return its folder."""
    return write_run(store, document(number, **over), save, {"seed": 1, "files": {"a.csv": "0c"}})


def tamper(store: Store, *statements: str) -> None:
    """Change the ledger as someone would who may write the file and knows SQL."""
    with closing(sqlite3.connect(store.ledger)) as connection, connection:
        for guard in GUARDS:
            connection.execute(f"DROP TRIGGER {guard}")
        for statement in statements:
            connection.execute(statement)
        for definition in GUARDS.values():
            connection.execute(definition)


def contents(root: Path) -> dict[str, bytes]:
    """Every file below `root`, by its relative path."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }
