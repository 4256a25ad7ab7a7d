"""A store keeps whole runs, for its owner alone, and gives back only what was issued."""

from __future__ import annotations

import json
import math
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from forecasts.errors import BadInput, NoSuchRun, StoreBroken
from forecasts.ledger import (
    Store,
    find_run,
    hold,
    latest_run,
    list_runs,
    open_store,
    pick_run,
    read_document,
    walk,
    write_run,
)
from forecasts.ledger.reading import all_entries
from tests.ledger.stored import POSTERIOR, contents, document, put, save, tamper


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A store that is not there yet."""
    return open_store(tmp_path / "deep" / "store")


def mode(path: Path) -> int:
    """Permissions of a file or folder."""
    return stat.S_IMODE(path.stat().st_mode)


def test_a_run_comes_back_as_it_was_written(store: Store) -> None:
    """The document, the posterior and the manifest of a stored run are the ones that went in."""
    folder = put(store)
    run = pick_run(store)

    assert folder == store.root / "runs" / "2023-06-18" / run.run_id == run.folder
    assert read_document(run) == document()
    assert run.posterior.read_bytes() == POSTERIOR
    manifest = json.loads(run.manifest.read_text())
    assert manifest.pop("stored").keys() == {"posterior.nc", "run.json"}
    assert manifest == {"seed": 1, "files": {"a.csv": "0c"}}
    assert walk(store) == []


def test_every_answer_is_an_entry(store: Store) -> None:
    """The ledger holds the answers in the document's order, each with its whole text."""
    put(store)

    assert [json.loads(entry.body) for entry in all_entries(store.ledger)] == document()["answers"]


def test_runs_are_found(store: Store) -> None:
    """A run is found by its name; the last one entered is the latest, whatever its day."""
    put(store, 0, as_of="2026-08-22")
    put(store, 1)

    assert [run.run_id for run in list_runs(store)] == [document(n)["run_id"] for n in (0, 1)]
    assert latest_run(store) == find_run(store, document(1)["run_id"]) == pick_run(store)
    assert pick_run(store, document(0)["run_id"]).as_of == "2026-08-22"
    assert find_run(store, "f" * 16) is None
    with pytest.raises(NoSuchRun, match="no run ffff"):
        pick_run(store, "f" * 16)


def test_an_empty_store_is_said_and_not_made(store: Store) -> None:
    """Asking makes no folder, and the answer is one line."""
    assert latest_run(store) is None
    with pytest.raises(NoSuchRun, match="no run yet"):
        pick_run(store)
    assert not store.root.exists()


def test_writing_a_run_again_changes_nothing(store: Store) -> None:
    """A run that is there already is not fitted, written or entered again."""
    folder = put(store)
    before = contents(store.root)

    def unwanted(_: Path) -> None:
        raise AssertionError("the posterior was asked for again")

    assert write_run(store, document(), unwanted, {}) == folder
    assert contents(store.root) == before


def test_a_store_is_private(store: Store) -> None:
    """Under any umask, folders are for their owner alone, and so is every file in them."""
    before = os.umask(0)
    try:
        put(store)
    finally:
        os.umask(before)

    paths = [store.root, *store.root.rglob("*")]
    assert {mode(path) for path in paths if path.is_dir()} == {0o700}
    assert {mode(path) for path in paths if path.is_file()} == {0o600}


def test_a_folder_that_was_there_keeps_its_permissions(tmp_path: Path) -> None:
    """A store put into an existing folder does not lock others out of that."""
    tmp_path.chmod(0o755)

    put(open_store(tmp_path))

    assert mode(tmp_path) == 0o755
    assert mode(tmp_path / "runs") == 0o700


@pytest.mark.parametrize(
    "over",
    [
        {"run_id": "../../../../tmp/x"},
        {"run_id": "/etc/passwd"},
        {"run_id": "ABCDEF0123456789"},
        {"run_id": "0123456789abcde\n"},
        {"run_id": None},
        {"as_of": "../2023-06-18"},
        {"as_of": "2023-02-30"},
        {"as_of": None},
        {"answers": []},
        {"answers": document()["answers"] * 2},
        {"answers": [{**document()["answers"][0], "question": "../escape"}]},
    ],
)
def test_what_names_no_run_is_refused(store: Store, over: dict[str, Any]) -> None:
    """A run that could leave its folder, or answers nothing or twice, leaves no trace."""
    with pytest.raises(BadInput):
        put(store, **over)

    assert not store.root.exists()


@pytest.mark.parametrize("run_id", ["../..", "", "x" * 16, "0" * 17])
def test_no_path_is_a_run(store: Store, run_id: str) -> None:
    """Only an identifier can be looked up."""
    with pytest.raises(BadInput):
        find_run(store, run_id)


@pytest.mark.parametrize("place", ["answers", "gates"])
def test_a_number_that_is_none_is_refused(store: Store, place: str) -> None:
    """NaN anywhere in the document stops it before anything is written."""
    run = document()
    part = run["answers"][0] if place == "answers" else run["gates"]
    part["mcse_max"] = math.nan

    with pytest.raises(ValueError, match=r"."):
        write_run(store, run, save, {})

    assert not store.root.exists()


def test_a_posterior_that_fails_leaves_nothing(store: Store) -> None:
    """When the posterior cannot be saved there is neither folder nor entry; the next one works."""

    def fail(path: Path) -> None:
        path.write_bytes(b"half")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_run(store, document(), fail, {})
    assert list(store.runs.rglob("*")) == []
    assert list_runs(store) == ()

    put(store)
    assert walk(store) == []


def test_an_edited_document_is_not_read(store: Store) -> None:
    """A run document that someone changed is refused, and one that is gone is told."""
    put(store)
    run = pick_run(store)
    text = run.document.read_text()
    run.document.write_text(text.replace("0.83", "0.38"))
    with pytest.raises(StoreBroken, match="not what was issued"):
        read_document(run)

    run.document.unlink()
    with pytest.raises(NoSuchRun, match="gone"):
        read_document(run)


def test_a_ledger_that_names_a_path_is_refused(store: Store) -> None:
    """A forged day in the ledger leads to no folder outside of the store."""
    put(store)
    tamper(store, "UPDATE entries SET as_of = '../../elsewhere'")

    with pytest.raises(StoreBroken, match="changed"):
        list_runs(store)


def test_another_database_is_refused_without_its_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A ledger elsewhere is not silently ignored, and its address not printed."""
    monkeypatch.setenv("FORECASTS_LEDGER", "postgresql://desk:secret@host/db")

    with pytest.raises(BadInput, match="FORECASTS_LEDGER") as caught:
        open_store(tmp_path)

    assert "secret" not in str(caught.value)


def test_a_file_is_no_store(tmp_path: Path) -> None:
    """A store is a folder."""
    (tmp_path / "store").touch()

    with pytest.raises(BadInput, match="a folder for the store"):
        open_store(tmp_path / "store")


def test_the_holder_of_a_store_can_write_to_it(store: Store) -> None:
    """A run that holds the store while it fits can store its result, and frees it at the end."""
    with hold(store):
        put(store, 0)
        put(store, 1)
    put(store, 2)

    assert len(list_runs(store)) == 3
