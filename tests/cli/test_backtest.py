"""`forecasts backtest` prints one table, writes one page, and refuses bad input in one line."""

from __future__ import annotations

import json
import stat
from copy import deepcopy
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from forecasts.cli.backtest import lines
from forecasts.evaluation.backtest import Backtest
from forecasts.evaluation.summary import summarise
from forecasts.portfolio import bundled
from tests.builders_backtest import backtest_table
from tests.cli.calling import call

if TYPE_CHECKING:
    import xarray as xr

ORIGINS = 24


@pytest.fixture(scope="module")
def summary() -> dict[str, Any]:
    return summarise(backtest_table(ORIGINS), seed=1)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, summary: dict[str, Any]) -> dict[str, Any]:
    """Put a made-up table and its summary in the place of the work, and keep what was asked."""
    seen: dict[str, Any] = {"summary": deepcopy(summary)}

    def made(store: Any, folder: Path, order: Backtest, **how: Any) -> xr.Dataset:
        seen.update(how, store=store, folder=folder, order=order)
        return backtest_table(ORIGINS)

    monkeypatch.setattr("forecasts.pipeline.backtest.backtest", made)
    monkeypatch.setattr("forecasts.evaluation.summary.summarise", lambda *_, **__: seen["summary"])
    return seen


def refused(folder: Path, *words: str) -> str:
    """Call the verb, which must refuse in one line, and return the line."""
    result = call("backtest", "--store", str(folder), *words)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.count("\n") == 1
    return result.stderr


def test_it_prints_a_table_and_says_where_the_page_is(
    tmp_path: Path, asked: dict[str, Any]
) -> None:
    """One line a horizon with both skills; the last line is the page, beside the stretches."""
    result = call("backtest", "--store", str(tmp_path / "store"), "--workers", "1")
    printed = result.stdout.splitlines()
    page = tmp_path / "store" / "backtests" / "0123456789abcdef" / "page.html"
    summary = json.loads(page.with_name("summary.json").read_text())  # `score` reads it
    assert summary["honesty"] == asked["summary"]["honesty"]

    assert result.exit_code == 0
    assert [row.split()[0] for row in printed[2:6]] == ["30", "90", "180", "365"]
    assert "skill vs calendar only" in printed[1]
    assert printed[-1] == str(page)
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert stat.S_IMODE(page.stat().st_mode) == 0o600


def test_the_defaults_are_the_issue_s(asked: dict[str, Any], tmp_path: Path) -> None:
    """Without options: 2005 to June 2025, every 30 days, four windows, the strict calendar."""
    call("backtest", "--store", str(tmp_path), "--workers", "1")

    order = asked["order"]
    assert (str(order.first), str(order.last)) == ("2005-01-01", "2025-06-30")
    assert (order.every_days, order.horizons) == (30, (30, 90, 180, 365))
    assert (order.calendar, order.seed, asked["exact_stretches"]) == ("strict", 1, 0)
    assert asked["folder"] == bundled()
    assert asked["executor"] is None


def test_options_reach_the_work(asked: dict[str, Any], tmp_path: Path) -> None:
    """What is asked on the command line is what is made, and the page spells it again."""
    out = tmp_path / "page.html"
    words = "--from 2010-01-01 --to 2012-01-01 --every 10d --horizons 90,30 --seed 7"
    options = [*words.split(), "--calendar", "full", "--exact", "2", "--workers", "1"]
    result = call("backtest", "--store", str(tmp_path / "s"), "--out", str(out), *options)

    order = asked["order"]
    assert (str(order.first), str(order.last)) == ("2010-01-01", "2012-01-01")
    assert (order.every_days, order.horizons, order.seed) == (10, (30, 90), 7)
    assert (order.calendar, asked["exact_stretches"]) == ("full", 2)
    assert result.stdout.splitlines()[-1] == str(out)
    again = "--every 10d --horizons 30,90 --calendar full --seed 7 --exact 2"
    assert again in out.read_text(encoding="utf-8")


@pytest.mark.usefixtures("asked")
def test_json_is_the_document_alone(tmp_path: Path) -> None:
    """--json prints one document and nothing else; where the page lies goes to standard error."""
    result = call("backtest", "--store", str(tmp_path), "--json", "--workers", "1")
    document = json.loads(result.stdout)

    assert document["made"]["origins"] == ORIGINS
    assert len(document["made"]["evidence"]) == 64
    assert "page.html" in result.stderr


def test_more_workers_are_an_executor(asked: dict[str, Any], tmp_path: Path) -> None:
    """With two workers the stretches go to processes."""
    call("backtest", "--store", str(tmp_path), "--workers", "2")

    assert asked["executor"] is not None


def test_a_leak_alarm_ends_with_one(asked: dict[str, Any], tmp_path: Path) -> None:
    """A skill that is too good to be true is told first, and exits 1; failing bars do not."""
    asked["summary"]["leak"] = True
    asked["summary"]["headline"].insert(0, "ALARM: look for a leak.")
    result = call("backtest", "--store", str(tmp_path), "--workers", "1")

    assert result.exit_code == 1
    assert "ALARM: look for a leak." in result.stdout
    assert (tmp_path / "backtests" / "0123456789abcdef" / "page.html").exists()


def test_failing_bars_are_printed(asked: dict[str, Any], tmp_path: Path) -> None:
    """Each bar that fails has its line, with what was asked and what was found."""
    asked["summary"]["bars"][0]["passed"] = False
    result = call("backtest", "--store", str(tmp_path), "--workers", "1")

    assert result.exit_code == 0
    assert "FAILED (must pass): skill against climatology, 30 days" in result.stdout


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--every", "30"), "--every: expected a number of days like 30d"),
        (("--every", "0d"), "--every"),
        (("--every", "-3d"), "--every"),
        (("--horizons", ""), "--horizons: expected days with commas"),
        (("--horizons", "30;90"), "--horizons"),
        (("--horizons", "30,,90"), "--horizons"),
        (("--horizons", "0"), "--horizons"),
        (("--from", "2005-13-01"), "--from: expected a day"),
        (("--to", "soon"), "--to: expected a day"),
    ],
)
def test_what_cannot_be_read_is_refused(
    asked: dict[str, Any], tmp_path: Path, words: tuple[str, ...], told: str
) -> None:
    """One line names the option, before anything is computed."""
    assert told in refused(tmp_path, *words)
    assert "order" not in asked


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--from", "1950-01-01"), "--from"),
        (("--to", "2030-01-01"), "--to"),
        (("--from", "2010-01-01", "--to", "2009-01-01"), "--to"),
        (("--calendar", "lunar"), "--calendar"),
        (("--portfolio", "/nowhere/at/all"), "/nowhere/at/all"),
    ],
)
def test_what_the_record_cannot_carry_is_refused(
    tmp_path: Path, words: tuple[str, ...], told: str
) -> None:
    """Origins outside the record, a calendar or a portfolio that is not there: one line each."""
    assert told in refused(tmp_path, "--workers", "1", *words)


def test_a_place_for_the_page_is_checked_first(asked: dict[str, Any], tmp_path: Path) -> None:
    """A page that could not be written is refused before the long work, not after it."""
    assert "--out: expected a file" in refused(tmp_path, "--out", str(tmp_path))
    assert "--out" in refused(tmp_path, "--out", str(tmp_path / "missing" / "page.html"))
    assert "order" not in asked


def test_a_missing_figure_is_a_dash() -> None:
    """What could not be worked out is printed as such, never as nought."""
    text = "\n".join(lines(summarise(backtest_table(2), seed=1)))

    assert "None" not in text
    assert "nan" not in text
