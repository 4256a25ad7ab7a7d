"""The ledger's database refuses by itself to change what it holds, and adds all or nothing."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from forecasts.errors import StoreBroken
from forecasts.ledger import database
from forecasts.ledger.entries import Entry, entries_of
from forecasts.ledger.guards import GUARDS
from forecasts.ledger.reading import all_entries, entered_last, entered_run, entered_runs
from tests.ledger.stored import document

DIGESTS = {"run.json": "ab", "manifest.json": "cd"}
COPY = (
    "SELECT {sequence}, kind, run_id, question, as_of, issued_at, body, run_sha256,"
    " manifest_sha256, previous_hash, 'another hash' FROM entries WHERE sequence = 1"
)


def numbered(number: int, last: Entry | None) -> tuple[Entry, ...]:
    """Entries of the `number`-th run."""
    return entries_of(document(number), DIGESTS, last)


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    """A ledger with two runs of three answers."""
    path = tmp_path / "ledger.sqlite"
    database.prepare(path)
    for number in (0, 1):
        database.append(path, partial(numbered, number))
    return path


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entries SET body = '{}'",
        "UPDATE entries SET sequence = 7 WHERE sequence = 6",
        "DELETE FROM entries WHERE sequence = 6",
        "DELETE FROM entries",
        "INSERT OR REPLACE INTO entries " + COPY.format(sequence=1),
        "INSERT OR REPLACE INTO entries " + COPY.format(sequence=7),
        "REPLACE INTO entries " + COPY.format(sequence=7),
        "INSERT INTO entries " + COPY.format(sequence=7),
        "INSERT INTO entries " + COPY.format(sequence=9),
        "UPDATE OR REPLACE entries SET sequence = 1 WHERE sequence = 2",
    ],
)
def test_the_database_refuses_to_change_an_entry(ledger: Path, statement: str) -> None:
    """No program can update, delete or replace a row, or leave a gap: the file itself refuses."""
    before = all_entries(ledger)

    with closing(sqlite3.connect(ledger)) as connection:
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            connection.execute(statement)
        connection.commit()

    assert all_entries(ledger) == before


def test_a_run_cannot_be_entered_twice(ledger: Path) -> None:
    """The same answers of the same run are refused a second time, and nothing is added."""
    with pytest.raises(StoreBroken, match="append-only"):
        database.append(ledger, partial(numbered, 1))

    assert len(all_entries(ledger)) == 6


def test_an_unknown_kind_is_refused(ledger: Path) -> None:
    """An entry says that something was issued, and nothing else yet."""
    with pytest.raises(StoreBroken, match="CHECK"):
        database.append(
            ledger, lambda last: tuple(replace(each, kind="edited") for each in numbered(2, last))
        )


def test_a_run_is_entered_whole_or_not_at_all(ledger: Path) -> None:
    """When its last entry is refused, none of a run's entries is in the ledger."""

    def with_a_gap(last: Entry | None) -> tuple[Entry, ...]:
        *first, end = numbered(2, last)
        return (*first, replace(end, sequence=99))

    with pytest.raises(StoreBroken):
        database.append(ledger, with_a_gap)

    assert len(all_entries(ledger)) == 6


def test_nothing_is_added_after_a_changed_entry(ledger: Path) -> None:
    """A ledger whose last entry was edited takes no further ones."""
    with closing(sqlite3.connect(ledger)) as connection, connection:
        connection.execute("DROP TRIGGER entries_refuse_update")
        connection.execute("UPDATE entries SET body = '{}' WHERE sequence = 6")

    with pytest.raises(StoreBroken, match="entry 6 was changed"):
        database.append(ledger, partial(numbered, 2))

    assert len(all_entries(ledger)) == 6


def test_preparing_again_changes_nothing(ledger: Path) -> None:
    """The table and its guards are made once."""
    before = ledger.read_bytes()

    database.prepare(ledger)

    assert ledger.read_bytes() == before


def test_the_guards_come_with_the_table(ledger: Path) -> None:
    """Every guard is in the file, as it is written here."""
    with closing(sqlite3.connect(ledger)) as connection:
        there = dict(connection.execute("SELECT name, sql FROM sqlite_master WHERE type='trigger'"))

    assert there == GUARDS


def test_runs_are_read_in_the_order_of_their_entry(ledger: Path) -> None:
    """Reading gives each run once, its last one last, and finds one by its name."""
    runs = entered_runs(ledger)

    assert [run.run_id for run in runs] == [document(0)["run_id"], document(1)["run_id"]]
    assert entered_last(ledger) == runs[1]
    assert entered_run(ledger, runs[0].run_id) == runs[0]
    assert entered_run(ledger, "no such run") is None


def test_what_is_no_database_is_said_in_one_line(tmp_path: Path) -> None:
    """Another file in the ledger's place is told, not traced, and left as it is."""
    path = tmp_path / "ledger.sqlite"
    path.write_text("a shopping list, which is long enough to have no header of a database")

    with pytest.raises(StoreBroken, match="not a database"):
        entered_runs(path)
    with pytest.raises(StoreBroken, match="not a database"):
        database.prepare(path)

    assert path.read_text().startswith("a shopping list")


def test_a_ledger_without_a_table_is_empty(tmp_path: Path) -> None:
    """A process killed before it made the table leaves a ledger that reads as empty."""
    path = tmp_path / "ledger.sqlite"
    path.touch()

    assert entered_runs(path) == ()
    assert all_entries(path) == ()
    assert entered_runs(tmp_path / "none.sqlite") == ()
