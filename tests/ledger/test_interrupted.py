"""Killed anywhere, run twice at once, on a full or read-only disk: the store stays whole."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from forecasts.errors import StoreBroken, StoreLocked
from forecasts.ledger import Store, database, hold, list_runs, open_store, walk, writing
from forecasts.ledger.reading import all_entries
from tests.architecture.sources import ROOT
from tests.ledger.stored import contents, document, put, tamper

NOBODY = 65534
HEADER = """
import os, signal, sys
from pathlib import Path
from forecasts.ledger import database, hold, open_store, writing
from tests.ledger.stored import put
store = open_store(sys.argv[1])
def die(*_): os.kill(os.getpid(), signal.SIGKILL)
"""
HOLD = "holding = hold(store); holding.__enter__()"
KILLED_WHILE = {
    "the store is made": "database.prepare = die; put(store, 1)",
    "the posterior is saved": "writing.digest = die; put(store, 1)",
    "the folder gets its name": "writing.move = die; put(store, 1)",
    "the folder has its name": "database.append = die; put(store, 1)",
    "the entries are made": "writing.entries_of = die; put(store, 1)",
}
SPILLED = """
import sqlite3
connection = sqlite3.connect(store.ledger, isolation_level=None)
connection.execute("PRAGMA cache_size = 1")
connection.execute("PRAGMA cache_spill = 1")
connection.execute("BEGIN IMMEDIATE")
for number in range(4, 40):
    connection.execute(
        f"INSERT INTO entries SELECT {number}, kind, run_id, 'q{number}', as_of, issued_at,"
        " body || hex(randomblob(9000)), '', '', '', '' FROM entries WHERE sequence = 1"
    )
die()
"""


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A store with one run."""
    made = open_store(tmp_path / "store")
    put(made, 0)
    return made


def python(code: str, store: Store) -> subprocess.Popen[str]:
    """Start Python code on a store in a process of its own."""
    command = [sys.executable, "-c", HEADER + code, str(store.root)]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, stderr=pipe, text=True)


def killed(code: str, store: Store) -> None:
    """Run code that kills its own process."""
    with python(code, store) as process:
        _, errors = process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL, errors


@pytest.mark.parametrize("code", KILLED_WHILE.values(), ids=KILLED_WHILE)
def test_a_killed_run_is_finished_or_cleared_away(store: Store, code: str) -> None:
    """Wherever a run is killed, others read on, and the next one leaves the store whole."""
    killed(code, store)
    assert [run.run_id for run in list_runs(store)] == [document(0)["run_id"]]

    put(store, 2)

    assert walk(store) == []
    assert not [path for path in store.runs.rglob("*") if path.name.startswith(".")]
    assert list_runs(store)[-1].run_id == document(2)["run_id"]


def test_a_run_that_was_stored_is_not_lost(store: Store) -> None:
    """A run killed between its folder and its entries is entered by the next, as it was issued."""
    killed(KILLED_WHILE["the folder has its name"], store)
    assert [problem.where for problem in walk(store)] == [f"runs/2023-06-18/{1:016x}"]

    with hold(store):
        pass

    entered = [entry for entry in all_entries(store.ledger) if entry.run_id == f"{1:016x}"]
    assert [entry.issued_at for entry in entered] == [document(1)["issued_at"]] * 3
    assert walk(store) == []


def test_a_transaction_cut_short_is_undone(store: Store) -> None:
    """Rows that a killed process had half written are in no reader's way, and are gone."""
    before = all_entries(store.ledger)
    killed(SPILLED, store)
    assert Path(f"{store.ledger}-journal").exists()

    assert all_entries(store.ledger) == before
    put(store, 1)
    assert walk(store) == []


def test_a_second_process_is_locked_out(store: Store) -> None:
    """While one process holds the store another is refused at once, and may read all the same."""
    with python(f"{HOLD}; print('held', flush=True); input()", store) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(StoreLocked, match=f"process {holder.pid} is writing"):
            put(store, 1)
        assert len(list_runs(store)) == 1
        holder.communicate("\n", timeout=60)

    put(store, 1)
    assert len(list_runs(store)) == 2


def test_a_lock_dies_with_its_holder(store: Store) -> None:
    """A killed process holds nothing: no lock file has to be removed by hand."""
    killed(f"{HOLD}; die()", store)

    put(store, 1)

    assert len(list_runs(store)) == 2


def test_a_second_thread_is_locked_out(store: Store) -> None:
    """A lock belongs to the thread that took it, so two runs in one process exclude each other."""
    caught: list[BaseException] = []

    def other() -> None:
        try:
            put(store, 1)
        except StoreLocked as error:
            caught.append(error)

    with hold(store):
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()

    assert len(caught) == 1


def test_a_ledger_that_lost_runs_is_not_patched_up(store: Store) -> None:
    """A cut or replaced ledger is told instead of entered anew: a killed run leaves one folder."""
    put(store, 1)
    store.ledger.unlink()

    with pytest.raises(StoreBroken, match="lacks stored runs"):
        put(store, 2)

    assert list_runs(store) == ()


def test_a_cut_off_run_comes_back_the_same(store: Store) -> None:
    """Entries cut off the end are entered again from the folder, with the very same hashes."""
    before = all_entries(store.ledger)
    tamper(store, "DELETE FROM entries")

    with hold(store):
        pass

    assert all_entries(store.ledger) == before


def made_up(folder: Path) -> None:
    """Put a folder in this one's place that was never a run."""
    folder.rename(folder.with_name(".away"))
    folder.mkdir()
    (folder / "run.json").write_text("{}")


def edited(folder: Path) -> None:
    """Change an answer of a run that is stored but not entered yet."""
    path = folder / "run.json"
    path.write_text(path.read_text().replace("0.83", "0.38"))


def moved(folder: Path) -> None:
    """File a run under another day."""
    (folder.parents[1] / "2023-06-19").mkdir()
    folder.rename(folder.parents[1] / "2023-06-19" / folder.name)


@pytest.mark.parametrize("change", [made_up, edited, moved])
def test_a_folder_that_is_no_run_as_stored_is_not_entered(
    store: Store, change: Callable[[Path], None]
) -> None:
    """What someone put among the runs, or changed before it was entered, is told instead."""
    killed(KILLED_WHILE["the folder has its name"], store)
    change(store.runs / "2023-06-18" / f"{1:016x}")

    with pytest.raises(StoreBroken, match="no run as it was stored"):
        put(store, 2)

    assert len(list_runs(store)) == 1


def full(*_: object) -> None:
    """Fail as a full disk does."""
    raise OSError(28, "No space left on device")


@pytest.mark.parametrize("step", ["write_file", "settle", "move", "make_folder"])
def test_a_full_disk_leaves_nothing(
    store: Store, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the disk fills up in any step, the error is one line and the store as before."""
    before = contents(store.root)
    monkeypatch.setattr(writing, step, full)

    with pytest.raises(StoreBroken, match="No space left on device; nothing was written") as caught:
        put(store, 1)

    assert "\n" not in str(caught.value)
    after = contents(store.root)
    assert {**after, "lock": b""} == {**before, "lock": b""}


def test_a_full_disk_at_the_last_step_takes_the_folder_back(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the entries do not fit on the disk any more, the run's folder goes too."""

    def refuse(*_: object) -> None:
        raise StoreBroken("ledger.sqlite: database or disk is full; nothing was written")

    monkeypatch.setattr(database, "append", refuse)
    with pytest.raises(StoreBroken, match="disk is full"):
        put(store, 1)

    assert len(list(store.runs.glob("*/*"))) == 1
    assert walk(store) == []


def test_a_commit_that_came_through_keeps_its_folder(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An error after the entries are in does not leave them without their folder."""
    append: Callable[..., object] = database.append

    def append_and_fail(*arguments: object) -> None:
        append(*arguments)
        raise StoreBroken("ledger.sqlite: disk I/O error")

    monkeypatch.setattr(database, "append", append_and_fail)
    with pytest.raises(StoreBroken, match="I/O"):
        put(store, 1)

    assert len(list_runs(store)) == 2
    assert walk(store) == []


@pytest.fixture
def read_only() -> Iterator[Store]:
    """A store with one run on which this process may write nothing."""
    with TemporaryDirectory() as folder:
        root = Path(folder)
        root.chmod(0o755)
        store = open_store(root / "store")
        put(store, 0)
        superuser = os.geteuid() == 0  # whom permissions do not stop
        for path in [store.root, *store.root.rglob("*")]:
            if superuser:
                os.chown(path, NOBODY, NOBODY)
            path.chmod(0o500 if path.is_dir() else 0o400)
        if superuser:
            os.seteuid(NOBODY)
        try:
            yield store
        finally:
            if superuser:
                os.seteuid(0)
            for path in [store.root, *store.root.rglob("*")]:
                path.chmod(0o700)


def test_a_read_only_store_can_be_read(read_only: Store) -> None:
    """A store on a medium that takes no writes shows its runs, and passes verification."""
    assert len(list_runs(read_only)) == 1
    assert walk(read_only) == []


def test_a_read_only_store_is_refused_in_one_line(read_only: Store) -> None:
    """Writing there is refused before a fit could be wasted on it, and nothing changes."""
    before = contents(read_only.root)

    with (
        pytest.raises(StoreBroken, match="Permission denied; nothing was written"),
        hold(read_only),
    ):
        pass

    assert contents(read_only.root) == before
