"""Every evidence table of every portfolio, whoever compiled it."""

from __future__ import annotations

import hashlib
from pathlib import Path

from forecasts.evidence.sidecar import read_sidecar
from tests.conformance.shipped import each_file, each_portfolio


@each_portfolio
def test_tables_and_sidecars_stand_in_pairs(folder: Path) -> None:
    """Beside its README, an evidence folder holds tables, and a sidecar for each of them."""
    names = {path.name for path in (folder / "evidence").iterdir()} - {"README.md"}
    tables = {name.removesuffix(".csv") for name in names if name.endswith(".csv")}

    assert names == {f"{table}{end}" for table in tables for end in (".csv", ".meta.toml")}


@each_file("evidence/*.csv")
def test_a_sidecar_says_where_its_table_came_from(file: Path) -> None:
    """Producer, licence and notes are given, and the hash is that of the table's bytes."""
    sidecar = read_sidecar(file.parent, file.stem)

    assert sidecar.producer
    assert sidecar.licence == "CC-BY-4.0"
    assert sidecar.notes.strip()
    assert sidecar.sha256 == hashlib.sha256(file.read_bytes()).hexdigest()
    assert sidecar.accessed >= sidecar.record_ends
