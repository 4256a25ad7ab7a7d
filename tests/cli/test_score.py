"""`forecasts score` tells the track record, and as readily that there is none."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from forecasts.cli.score import lines
from forecasts.ledger import open_store, pick_run
from forecasts.pipeline.score import track_record
from tests.builders_record import HAPPENED, SOON, portfolio, put, run, said
from tests.cli.calling import call
from tests.ledger.stored import contents

LATER = "leaders-call-by-2026-12-31"


@pytest.fixture
def store(tmp_path: Path) -> str:
    """A store with one live run of resolved questions, and one retrodiction of an open one."""
    root = tmp_path / "store"
    put(open_store(root), run(1, issued_at=SOON), run(2, said(LATER), as_of="2026-08-22"))
    return str(root)


def test_live_and_hindsight_are_told_apart(store: str) -> None:
    """Each has its own heading, counts and sentence, and scores only where something resolved."""
    result = call("score", "--store", store)
    live, hindsight = result.stdout.split("Issued live")[1].split("Retrodictions")

    assert result.exit_code == 0
    assert "issued 4: resolved 4, pending 0, void 0" in live
    assert "skill against" in live
    assert "base rate" in live
    assert "too few to say anything about how good the forecasts issued live are" in live
    assert "issued 1: resolved 0, pending 1, void 0" in hindsight
    assert "skill against" not in hindsight
    assert "Nothing has resolved yet" in hindsight
    assert "Backtest: the store has none" in hindsight


def test_nothing_resolved_is_said_and_is_no_error(store: str) -> None:
    """On the as-of day nothing has resolved: it says so, and exits 0."""
    result = call("score", "--store", store, "--through", "2023-06-18")

    assert result.exit_code == 0
    assert result.stdout.count("Nothing has resolved yet, so nothing can be said") == 2
    assert "Brier" not in result.stdout


def test_json_is_the_whole_panel(store: str) -> None:
    """--json prints one document: both panels, and the backtest's place."""
    result = call("score", "--json", "--store", store)
    document = json.loads(result.stdout)

    assert result.stderr == ""
    assert {"live", "retrodiction", "backtest", "runs", "through"} <= document.keys()
    assert document["live"]["honesty"]["scored"] == len(HAPPENED)
    assert document["retrodiction"]["honesty"]["brier"]["value"] is None


def test_what_is_not_scored_is_told(tmp_path: Path) -> None:
    """Withheld, settled, changed and repeated answers, and stale ones, are each counted aloud."""
    odd = [
        said("leaders-meet-by-2023-12-31", status="gated"),
        said("leaders-call-by-2023-12-31", status="settled"),
        said("leaders-meet-at-g20-new-delhi-2023", closes="2025-12-31"),
    ]
    stale = said("leaders-meet-at-apec-san-francisco-2023", status="stale")
    put(open_store(tmp_path), run(1, *odd, stale), run(2, stale))

    text = call("score", "--store", str(tmp_path)).stdout

    for word in ("gated", "settled", "changed", "repeated"):
        assert f"not scored: 1 {word}" in text
    assert "of those counted, 1 were shown as stale" in text


def test_a_lost_run_is_loud(store: str) -> None:
    """A run that can no longer be read is named, and the exit status is 1."""
    pick_run(open_store(store), f"{2:016x}").document.unlink()

    result = call("score", "--store", store)

    assert result.exit_code == 1
    assert f"NOT SCORED: {2:016x}" in result.stdout


@pytest.mark.parametrize("day", ["2023-02-30", "yesterday", "2023"])
def test_a_day_that_is_none_is_refused(store: str, day: str) -> None:
    """A --through that is no day exits 2 and says how to write one."""
    result = call("score", "--store", store, "--through", day)

    assert result.exit_code == 2
    assert "--through: expected a day like" in result.stderr


def test_a_store_without_a_run_is_a_mistake(tmp_path: Path) -> None:
    """A mistyped --store is no clean record: it exits 2, and makes nothing."""
    result = call("score", "--store", str(tmp_path / "none"))

    assert result.exit_code == 2
    assert "no run yet" in result.stderr
    assert not (tmp_path / "none").exists()


def test_scoring_changes_nothing(store: str) -> None:
    """The store is the same to the byte before and after."""
    before = contents(Path(store))
    call("score", "--store", store)

    assert contents(Path(store)) == before


def test_the_names_of_baselines_stay_text(tmp_path: Path) -> None:
    """A baseline is named by a stored document: its name cannot move the cursor."""
    hostile = said("leaders-meet-by-2023-12-31", baselines={"\x1b[31mred\r\nnext": 0.5})
    put(open_store(tmp_path), run(1, hostile))

    text = call("score", "--store", str(tmp_path)).stdout

    assert "\x1b" not in text
    assert "red  next" in text


def test_the_backtest_is_called_a_retrodiction(store: str) -> None:
    """Its sentence is printed with its days, never as a track record."""
    record = track_record(open_store(store), portfolio(), date(2026, 8, 22))
    record["backtest"] = {
        "sentence": "It did well.", "first_origin": "2005-01-01", "last_origin": "2025-06-01",
    }  # fmt: skip

    assert lines(record)[-2:] == [
        "Last backtest (retrodiction, 2005-01-01 to 2025-06-01):",
        "  It did well.",
    ]


def test_scoring_loads_no_sampler(store: str) -> None:
    """A track record needs neither the sampler nor the database library."""
    script = (
        "import sys; from forecasts.cli import application; "
        f"application('score')(['score', '--store', {store!r}], standalone_mode=False); "
        "print(*sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    loaded = {name.partition(".")[0] for name in done.stdout.splitlines()[-1].split()}

    assert "forecasts" in loaded
    assert not loaded & {"pymc", "nutpie", "pytensor", "arviz", "sqlalchemy"}
