"""The sidecar of an evidence table: who made it, when, under which licence, and its hash.

``contacts.meta.toml`` stands beside ``contacts.csv``. A hash or a row count
that does not fit the table is refused: an edit that nobody wrote down.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from forecasts.checked import Findings, Keys, parse_toml, sha256
from forecasts.errors import BadInput

TABLES = (
    "contacts",
    "plans",
    "cancelled",
    "signals",
    "calendar",
    "coverage",
    "administrations",
)
"""The tables of a portfolio's evidence, one CSV each."""

_KEYS = ("producer", "accessed", "licence", "sha256", "rows", "record_ends", "notes")


@dataclass(frozen=True, slots=True)
class Sidecar:
    """Provenance of one table. `record_ends` is the last day that it speaks of."""

    table: str
    producer: str
    accessed: date
    licence: str
    sha256: str
    rows: int
    record_ends: date
    notes: str


def read_sidecar(folder: Path, table: str) -> Sidecar:
    """Read the sidecar of `table`, without comparing it with the table.

    Raises
    ------
    BadInput
        If it is missing, or a key is missing, misspelt or of the wrong type.
    """
    name = f"{table}.meta.toml"
    path = folder / name
    if not path.is_file():
        expected = f"a sidecar beside {table}.csv with {', '.join(_KEYS)}"
        raise BadInput(name, expected, "no such file", f"write {name}")
    keys = Keys(parse_toml(path.read_bytes(), name), name, _KEYS)
    return Sidecar(
        table=table,
        producer=keys.text("producer"),
        accessed=keys.day("accessed"),
        licence=keys.text("licence"),
        sha256=keys.text("sha256"),
        rows=keys.whole("rows", least=0),
        record_ends=keys.day("record_ends"),
        notes=keys.text("notes", ""),
    )


def read_sidecars(folder: Path) -> dict[str, Sidecar]:
    """Read the sidecar of every table in the evidence folder `folder`."""
    return {table: read_sidecar(folder, table) for table in TABLES}


def check_sidecar(folder: Path, table: str, rows: int, findings: Findings) -> None:
    """Add a problem when a table is not the one that its sidecar describes.

    Parameters
    ----------
    folder : Path
        The evidence folder.
    table : str
        Name of the table, e.g. ``contacts``.
    rows : int
        Rows that the table holds.
    findings : Findings
        Where problems go.
    """
    sidecar = findings.attempt(read_sidecar, folder, table)
    path = folder / f"{table}.csv"
    if sidecar is None or not path.is_file():
        return
    name, csv = f"{table}.meta.toml", f"{table}.csv"
    digest = sha256(path.read_bytes())
    if sidecar.rows != rows:
        mend = f"write rows = {rows} if {csv} is as it should be, else restore it"
        findings.add(BadInput(f"{name}, rows", f"the {rows} of {csv}", sidecar.rows, mend))
    if sidecar.sha256 != digest:
        mend = f'write sha256 = "{digest}" if {csv} is as it should be, else restore it'
        expected = f"the SHA-256 of {csv}"
        findings.add(BadInput(f"{name}, sha256", expected, sidecar.sha256, mend))
