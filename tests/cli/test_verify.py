"""`forecasts verify` says whether a store is still what was issued."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.calling import call, stored


def test_an_untouched_store_is_fine(tmp_path: Path) -> None:
    """What nobody changed is one line, exit 0."""
    result = call("verify", "--store", str(stored(tmp_path / "store")))

    assert result.exit_code == 0
    assert "all as issued" in result.stdout


def test_a_changed_file_is_named(tmp_path: Path) -> None:
    """A stored file that was edited exits 2, in a line and in JSON."""
    store = stored(tmp_path / "store")
    path = next(store.rglob("run.json"))
    path.write_text("{}")

    lines = call("verify", "--store", str(store))
    document = call("verify", "--store", str(store), "--json")

    assert lines.exit_code == document.exit_code == 2
    assert "run.json" in lines.stdout
    (problem,) = json.loads(document.stdout)["problems"]
    assert "not what was issued" in problem["what"]


def test_an_empty_store_is_no_good_news(tmp_path: Path) -> None:
    """A mistyped folder is told, not verified."""
    assert call("verify", "--store", str(tmp_path / "none")).exit_code == 2
