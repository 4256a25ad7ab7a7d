"""The files of a run are kept once, by content, and come back as they were or not at all."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from forecasts.errors import BadInput, NoSuchRun, StoreBroken
from forecasts.ledger import (
    Store,
    altered_files,
    hold,
    keep_files,
    open_store,
    restore_files,
)
from forecasts.portfolio import bundled, load
from tests.builders import write_portfolio
from tests.ledger.stored import put


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A store that is not there yet."""
    return open_store(tmp_path / "store")


def kept(store: Store) -> list[Path]:
    return sorted((store.root / "vintages").iterdir())


def test_a_portfolio_comes_back_whole(store: Store, tmp_path: Path) -> None:
    """The shipped portfolio, restored into another folder, has the same digest and questions."""
    declared = load(bundled())
    keep_files(store, declared.root, declared.files)

    again = load(restore_files(store, declared.files, tmp_path / "again"))

    assert again.digest == declared.digest
    assert again.questions == declared.questions
    assert again.evidence == declared.evidence


def test_the_old_vintage_comes_back_after_an_edit(store: Store, tmp_path: Path) -> None:
    """Both versions of an edited file can be restored, and what did not change is kept once."""
    root = write_portfolio(tmp_path / "portfolio")
    before = load(root)
    keep_files(store, root, before.files)
    question = root / "questions" / "secretary-in-china.toml"
    question.write_text(question.read_text().replace("whether to plan", "whether to go"))
    after = load(root)

    keep_files(store, root, after.files)

    assert len(kept(store)) == len(before.files) + 1
    for number, (portfolio, decision) in enumerate(((before, "to plan"), (after, "to go"))):
        again = load(restore_files(store, portfolio.files, tmp_path / str(number)))
        assert again.digest == portfolio.digest
        assert again.questions["secretary-in-china"].decision == f"whether {decision}"


def test_kept_files_are_for_their_owner_alone(store: Store, tmp_path: Path) -> None:
    """Nobody else may read the folder or a file in it."""
    root = write_portfolio(tmp_path / "portfolio")
    keep_files(store, root, load(root).files)

    assert stat.S_IMODE((store.root / "vintages").stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in kept(store)} == {0o600}


def test_a_file_edited_during_the_run_is_refused(store: Store, tmp_path: Path) -> None:
    """What is kept is what was read: an edit in between is one clear line, and not kept."""
    root = write_portfolio(tmp_path / "portfolio")
    files = load(root).files
    (root / "portfolio.toml").write_text("edited")

    with pytest.raises(BadInput, match="run again") as caught:
        keep_files(store, root, files)

    assert "\n" not in str(caught.value)
    assert files["portfolio.toml"] not in {path.name for path in kept(store)}


def test_a_missing_file_is_one_clear_line(store: Store, tmp_path: Path) -> None:
    """A file that the store lacks is named, and nothing is restored."""
    root = write_portfolio(tmp_path / "portfolio")
    files = load(root).files
    keep_files(store, root, files)
    (store.root / "vintages" / files["evidence/signals.csv"]).unlink()

    with pytest.raises(NoSuchRun, match=r"does not have evidence/signals\.csv") as caught:
        restore_files(store, files, tmp_path / "again")

    assert "\n" not in str(caught.value)
    assert not (tmp_path / "again").exists()


def test_an_altered_file_is_not_restored(store: Store, tmp_path: Path) -> None:
    """Content is compared with its hash on reading, and an edit is found by whoever looks."""
    root = write_portfolio(tmp_path / "portfolio")
    files = load(root).files
    keep_files(store, root, files)
    assert altered_files(store) == []
    path = store.root / "vintages" / files["portfolio.toml"]
    path.write_bytes(path.read_bytes() + b"\n")

    with pytest.raises(StoreBroken, match=r"not portfolio\.toml as the run read it"):
        restore_files(store, files, tmp_path / "again")

    assert altered_files(store) == [path]
    assert not (tmp_path / "again").exists()


HOSTILE_NAMES = (
    "../outside.toml",
    "/etc/outside.toml",
    "evidence/../../outside.csv",
    "evidence//outside.csv",
    "./outside.toml",
    "..\\outside.toml",
    "evidence/new\nline.csv",
    "evidence/program.py",
    "",
)


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_a_name_cannot_leave_the_folder(store: Store, tmp_path: Path, name: str) -> None:
    """A run document that names a path elsewhere restores nothing, there or here."""
    root = write_portfolio(tmp_path / "portfolio")
    files = load(root).files
    keep_files(store, root, files)

    with pytest.raises(BadInput, match="inside a portfolio"):
        restore_files(store, {**files, name: files["portfolio.toml"]}, tmp_path / "a" / "again")

    assert not (tmp_path / "a").exists()
    assert not (tmp_path / "outside.toml").exists()


@pytest.mark.parametrize("sha", ["../ledger.sqlite", "0c", "G" * 64, "a" * 63 + "\n", ""])
def test_a_hash_cannot_leave_the_folder(store: Store, tmp_path: Path, sha: str) -> None:
    """Only a SHA-256 names a kept file."""
    with pytest.raises(BadInput, match="SHA-256"):
        restore_files(store, {"portfolio.toml": sha}, tmp_path / "again")


def test_what_a_killed_process_left_is_cleared_away(store: Store, tmp_path: Path) -> None:
    """Half a file is removed by the next to hold the store, and whole ones stay."""
    root = write_portfolio(tmp_path / "portfolio")
    files = load(root).files
    keep_files(store, root, files)
    half = store.root / "vintages" / f".unfinished-{'a' * 64}-123"
    half.write_bytes(b"half")

    with hold(store):
        pass

    assert not half.exists()
    assert len(kept(store)) == len(set(files.values()))


def test_kept_files_do_not_trouble_the_runs(store: Store, tmp_path: Path) -> None:
    """A store with vintages takes runs as before."""
    root = write_portfolio(tmp_path / "portfolio")
    keep_files(store, root, load(root).files)

    assert put(store).is_dir()
