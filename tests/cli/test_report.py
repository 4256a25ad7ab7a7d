"""`forecasts report` writes a whole page from a stored run, or says in one line why not."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from forecasts.cli import application
from forecasts.ledger import open_store, write_run
from tests.builders_run import run_document

RUN = "9f3c2a17d0b45e68"
LATER_RUN = "0123456789abcdef"


def stored(folder: Path, **over: Any) -> Path:
    """Store a run, as the pipeline does, in `folder`."""
    document = run_document(**over)
    write_run(
        open_store(folder), document, lambda path: path.touch(), {"run_id": document["run_id"]}
    )
    return folder


def called(*arguments: str) -> Result:
    """Call the verb as a shell would."""
    return CliRunner().invoke(application("report"), ["report", *arguments])


def refused(*arguments: str) -> str:
    """Call the verb, which must refuse in one line, and return the line."""
    result = called(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.count("\n") == 1
    return result.stderr


def test_the_page_lies_in_the_store_and_is_private(tmp_path: Path) -> None:
    """Without --out the page is named by day and run, is its owner's alone, and is told."""
    store = stored(tmp_path / "store")

    result = called("--store", str(store))

    page = store / "reports" / f"2023-06-18-{RUN}.html"
    assert result.stdout.strip() == str(page)
    assert result.exit_code == 0
    assert "US-China" in page.read_text(encoding="utf-8")
    assert stat.S_IMODE(page.stat().st_mode) == 0o600


def test_the_last_run_is_the_default(tmp_path: Path) -> None:
    """Without --run it is the run entered last; --run takes an earlier one."""
    store = stored(tmp_path / "store")
    stored(store, run_id=LATER_RUN, title="The later run")

    assert LATER_RUN in called("--store", str(store)).stdout
    assert RUN in called("--store", str(store), "--run", RUN).stdout


def test_out_names_the_file(tmp_path: Path) -> None:
    """--out writes there and nowhere else, over what lay there, and leaves nothing unfinished."""
    store, out = stored(tmp_path / "store"), tmp_path / "page.html"
    out.write_text("an older page")

    called("--store", str(store), "--out", str(out))

    assert out.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert [path.name for path in tmp_path.iterdir() if path != store] == ["page.html"]
    assert not (store / "reports").exists()


def test_a_failed_write_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the disk is full the old page stays whole, and no half of the new one is left."""
    store, out = stored(tmp_path / "store"), tmp_path / "page.html"
    out.write_text("an older page")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)

    assert "No space left" in refused("--store", str(store), "--out", str(out))

    assert out.read_text() == "an older page"
    assert [path.name for path in tmp_path.iterdir() if path != store] == ["page.html"]


@pytest.mark.parametrize("status", ["stale", "gated"])
def test_a_doubtful_run_is_written_and_told(tmp_path: Path, status: str) -> None:
    """A page with a stale or withheld answer is written, and the exit status says so."""
    document = run_document()
    document["answers"][0]["status"] = status
    store = stored(tmp_path / "store", answers=document["answers"])

    result = called("--store", str(store))

    assert result.exit_code == 1
    assert Path(result.stdout.strip()).exists()
    assert status in result.stderr


@pytest.mark.parametrize("name", ["pdf", "email", "md", "docx"])
def test_other_formats_are_refused(tmp_path: Path, name: str) -> None:
    """A format that is not there yet, or never will be, is refused before anything is read."""
    assert "--format: expected html" in refused("--store", str(tmp_path), "--format", name)


def test_a_run_that_is_not_there_is_said(tmp_path: Path) -> None:
    """An empty store and an unknown run are told apart, and a path is no run."""
    assert "no run yet" in refused("--store", str(tmp_path / "none"))
    store = stored(tmp_path / "store")

    assert LATER_RUN in refused("--store", str(store), "--run", LATER_RUN)
    assert "16 hexadecimal digits" in refused("--store", str(store), "--run", "../../etc")


def test_a_folder_is_no_place_for_a_page(tmp_path: Path) -> None:
    """--out must name a file in a folder that is there; nothing is made on the way."""
    store = stored(tmp_path / "store")

    assert "--out: expected a file" in refused("--store", str(store), "--out", str(tmp_path))
    missing = tmp_path / "missing" / "page.html"
    assert "No such file" in refused("--store", str(store), "--out", str(missing))
    assert not missing.parent.exists()


def test_an_altered_run_makes_no_page(tmp_path: Path) -> None:
    """A run document that is not the one issued is refused."""
    store = stored(tmp_path / "store")
    document = next(store.rglob("run.json"))
    document.chmod(0o600)
    text = document.read_text(encoding="utf-8")
    document.write_text(text.replace("0.83", "0.38"), encoding="utf-8")

    assert "not what was issued" in refused("--store", str(store))
    assert not (store / "reports").exists()
