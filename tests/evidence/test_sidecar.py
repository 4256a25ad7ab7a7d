"""Sidecars: a table that changed without a word is refused."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path

import pytest

from forecasts.errors import BadInput
from forecasts.evidence.reading import evidence_problems, read_evidence
from forecasts.evidence.sidecar import TABLES, read_sidecars
from tests.builders import CELLS, write_evidence


def test_an_edit_that_nobody_wrote_down_is_refused(tmp_path: Path) -> None:
    """The message holds the new hash, so that a wanted edit is one line to mend."""
    folder = write_evidence(tmp_path)
    path = folder / "contacts.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("dialogue", "deliverable"))
    digest = hashlib.sha256(path.read_bytes()).hexdigest()

    with pytest.raises(BadInput) as caught:
        read_evidence(folder)

    assert caught.value.where == "contacts.meta.toml, sha256"
    assert f'sha256 = "{digest}"' in caught.value.mend


def test_a_lost_row_is_counted(tmp_path: Path) -> None:
    """A wrong number of rows says the right one."""
    folder = write_evidence(tmp_path)
    path = folder / "signals.meta.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("rows = 1", "rows = 2"))

    (problem,) = evidence_problems(folder)

    assert problem.where == "signals.meta.toml, rows"
    assert "write rows = 1" in problem.mend


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ('licence = "CC0"', "", "contacts.meta.toml"),
        ('licence = "CC0"', 'license = "CC0"', "contacts.meta.toml"),
        ("accessed = 2026-08-22", 'accessed = "2026-08-22"', "contacts.meta.toml, accessed"),
        ("rows = 1", "rows = -1", "contacts.meta.toml, rows"),
        ("rows = 1", "rows = ", "contacts.meta.toml, line 5"),
    ],
)
def test_a_sidecar_is_complete_and_typed(tmp_path: Path, old: str, new: str, where: str) -> None:
    """A missing, misspelt or mistyped key is refused at its place."""
    folder = write_evidence(tmp_path)
    path = folder / "contacts.meta.toml"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new))

    with pytest.raises(BadInput) as caught:
        read_evidence(folder)

    assert caught.value.where == where


def test_every_table_has_a_sidecar_that_can_be_read(tmp_path: Path) -> None:
    """Freshness in a report comes from the day on which each record ends."""
    sidecars = read_sidecars(write_evidence(tmp_path))

    assert tuple(sidecars) == TABLES == tuple(CELLS)
    assert {each.record_ends for each in sidecars.values()} == {date(2026, 8, 22)}


def test_a_missing_sidecar_is_named(tmp_path: Path) -> None:
    """A table without provenance is not evidence."""
    folder = write_evidence(tmp_path)
    (folder / "plans.meta.toml").unlink()

    with pytest.raises(BadInput, match=r"plans\.meta\.toml: expected a sidecar beside plans\.csv"):
        read_evidence(folder)
