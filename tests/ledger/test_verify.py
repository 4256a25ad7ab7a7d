"""Walking through a store finds whatever was done to it, and names the first place."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from forecasts.ledger import Store, hold, list_runs, open_store, walk
from forecasts.ledger.entries import hash_of
from forecasts.ledger.reading import all_entries
from tests.ledger.stored import put, tamper

FIRST, LAST = f"{0:016x}", f"{1:016x}"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A store with two runs of three answers each."""
    made = open_store(tmp_path / "store")
    put(made, 0)
    put(made, 1)
    return made


def told(store: Store) -> str:
    """What walking through the store says."""
    return "\n".join(map(str, walk(store)))


def forge(store: Store, sequence: int, body: str) -> None:
    """Change the answer in an entry, and make its own hash fit."""
    forged = hash_of(replace(all_entries(store.ledger)[sequence - 1], body=body))
    change = f"body = '{body}', hash = '{forged}'"
    tamper(store, f"UPDATE entries SET {change} WHERE sequence = {sequence}")


def test_a_store_that_nobody_touched_has_no_problem(store: Store) -> None:
    """What was issued and left alone is fine, and so is a store that is empty."""
    assert walk(store) == []
    assert walk(open_store(store.root / "none")) == []


@pytest.mark.parametrize(
    ("statement", "entry"),
    [
        ("UPDATE entries SET body = replace(body, '0.22', '0.23')", 2),
        ("UPDATE entries SET issued_at = '2020' WHERE sequence = 4", 4),
        ("UPDATE entries SET run_sha256 = 'ff' WHERE sequence = 5", 5),
        ("UPDATE entries SET body = x'ff00' WHERE sequence = 3", 3),
        ("DELETE FROM entries WHERE sequence = 1", 1),
        ("DELETE FROM entries WHERE sequence = 3", 3),
        ("DELETE FROM entries WHERE sequence <= 3", 1),
    ],
)
def test_the_first_broken_entry_is_named(store: Store, statement: str, entry: int) -> None:
    """An edited or removed row is told by its number, before anything else."""
    tamper(store, statement)

    assert walk(store)[0].where == f"ledger.sqlite, entry {entry}"


def test_swapped_rows_are_named(store: Store) -> None:
    """Two rows that changed places are told at the first of them."""
    tamper(
        store,
        "UPDATE entries SET sequence = -2 WHERE sequence = 2",
        "UPDATE entries SET sequence = 2 WHERE sequence = 5",
        "UPDATE entries SET sequence = 5 WHERE sequence = -2",
    )

    assert walk(store)[0].where == "ledger.sqlite, entry 2"


def test_a_last_row_that_was_cut_off_is_found(store: Store) -> None:
    """What no chain can show, the run's folder does: an answer without its entry."""
    tamper(store, "DELETE FROM entries WHERE sequence = 6")

    assert re.search(
        rf"{LAST}: its answer to '.*' is in run.json but not in the ledger", told(store)
    )


def test_a_last_row_that_was_forged_is_found(store: Store) -> None:
    """The last entry with a hash that fits fails against the run's own file."""
    forge(store, 6, '{"probability":1}')

    assert re.search(rf"{LAST}: its answer to '.*' is not the one in the ledger", told(store))


def test_a_run_that_was_cut_off_is_found(store: Store) -> None:
    """A stored run without entries is told, until the next run enters it."""
    tamper(store, "DELETE FROM entries WHERE sequence > 3")
    assert f"{LAST}: it is stored but not in the ledger" in told(store)

    with hold(store):
        pass
    assert walk(store) == []


def edit(path: Path) -> None:
    """Change a file by a few letters that no reader would miss."""
    path.write_text(path.read_text().replace("e", "E", 1))


@pytest.mark.parametrize("name", ["run.json", "manifest.json", "posterior.nc"])
@pytest.mark.parametrize("change", [edit, Path.unlink], ids=["edited", "removed"])
def test_a_file_that_is_not_the_one_issued_is_named(
    store: Store, name: str, change: Callable[[Path], None]
) -> None:
    """Every file of a run is vouched for, and no other run is blamed."""
    change(store.runs / "2023-06-18" / FIRST / name)

    (problem,) = walk(store)

    assert FIRST in problem.where
    assert name in str(problem)


def test_a_manifest_that_was_made_to_fit_is_found(store: Store) -> None:
    """Who swaps the posterior and writes its hash into the manifest is found by the ledger."""
    manifest = store.runs / "2023-06-18" / FIRST / "manifest.json"
    said = json.loads(manifest.read_text())
    manifest.write_text(json.dumps({**said, "stored": {**said["stored"], "posterior.nc": "00"}}))

    (problem,) = walk(store)

    assert "manifest.json" in problem.where


def test_a_guard_that_was_dropped_is_named(store: Store) -> None:
    """A ledger that could be edited is told even if it was not."""
    with closing(sqlite3.connect(store.ledger)) as connection, connection:
        connection.execute("DROP TRIGGER entries_refuse_delete")

    assert "entries_refuse_delete" in told(store)


def test_a_run_whose_folder_is_gone_is_named(store: Store) -> None:
    """An entry without its run is told; the other runs are still read."""
    (store.runs / "2023-06-18" / FIRST).rename(store.root / "away")

    assert [problem.where for problem in walk(store)] == [f"runs/2023-06-18/{FIRST}"]
    assert len(list_runs(store)) == 2


def test_a_forged_path_is_named(store: Store) -> None:
    """A day that leads out of the store is told, not followed."""
    tamper(store, "UPDATE entries SET as_of = '../..' WHERE sequence = 1")

    assert any("../.." in problem.where for problem in walk(store))
