"""The command line loads the verb that is called, and answers errors in one line."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from forecasts import cli
from forecasts.errors import BadInput, ForecastsError, NoSuchRun, StoreBroken, StoreLocked
from tests.architecture.sources import ROOT
from tests.architecture.test_front_door import HEAVY, loaded_by
from tests.cli.calling import call, start, stored

MAIN = "from forecasts.cli import main; main()"


def files_with_a_command() -> set[str]:
    """Names of the modules in the command line's room that define a verb."""
    folder = ROOT / "forecasts" / "cli"
    return {path.stem for path in folder.glob("*.py") if "\ndef command(" in path.read_text()}


def test_a_file_with_a_command_is_a_verb() -> None:
    """Writing one file is enough: the verb is there under the file's name, helpers are not."""
    assert set(cli.verbs()) == files_with_a_command()
    assert {"show", "check", "verify"} <= set(cli.verbs())
    assert not {"printing", "options", "__init__"} & set(cli.verbs())


def test_help_lists_every_verb_with_what_it_does() -> None:
    """``forecasts --help`` names each verb, with the beginning of its docstring's first line."""
    shown = call("--help").stdout

    for name, summary in cli.verbs().items():
        assert f"  {name} " in shown
        assert summary[:30] in shown


@pytest.mark.parametrize("words", [["--help"], ["show"], ["show", "--json"], ["check"], ["verify"]])
def test_reading_verbs_load_no_large_library(words: list[str], tmp_path: Path) -> None:
    """Help, show, check and verify bring in no sampler, SQLAlchemy, xarray or pandas."""
    store = stored(tmp_path / "store")
    options = ["--store", str(store)] if words[0] in ("show", "verify") else []

    assert not HEAVY & loaded_by(MAIN, *words, *options)


@pytest.mark.parametrize("words", [["--help"], ["show", "--help"]])
def test_help_loads_no_other_verb(words: list[str]) -> None:
    """Of the verbs' modules, only the one that is called is imported."""
    script = f"import sys, atexit; atexit.register(lambda: print(*sys.modules)); {MAIN}"
    done = subprocess.run(
        [sys.executable, "-c", script, *words], capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.splitlines()[-1].split())

    verbs = {name for name in cli.verbs() if f"forecasts.cli.{name}" in loaded}
    assert verbs == set(words) & set(cli.verbs())


def failing_with(error: Exception) -> typer.Typer:
    """A command line whose only verb fails."""

    def verb() -> None:
        raise error

    app = typer.Typer(pretty_exceptions_enable=False)
    app.command()(cli._guarded(verb))
    return app


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (BadInput("plans.csv, row 3", "a day", "x", "correct it"), 2),
        (NoSuchRun("no run"), 2),
        (StoreBroken("ledger.sqlite: disk full\nnothing was written"), 2),
        (StoreLocked("held"), 3),
    ],
)
def test_an_error_of_ours_is_one_line(error: ForecastsError, status: int) -> None:
    """Each error that is raised on purpose is one line on standard error, and its exit status."""
    result = CliRunner().invoke(failing_with(error), [])

    assert result.exit_code == status
    assert result.stdout == ""
    assert result.stderr.startswith("error: ")
    assert result.stderr.count("\n") == 1


def test_a_bug_keeps_its_traceback() -> None:
    """What was not raised on purpose is not dressed up as bad input."""
    result = CliRunner().invoke(failing_with(ZeroDivisionError()), [])

    assert isinstance(result.exception, ZeroDivisionError)


def test_a_misspelt_verb_is_helped() -> None:
    """A verb that is not there exits 2 and names one that is near."""
    done = start("shwo")

    assert done.returncode == 2
    assert "show" in done.stderr
    assert done.stdout == ""


def test_a_poor_terminal_loses_no_answer(tmp_path: Path) -> None:
    """Where the encoding lacks a character, the rest of the output comes all the same."""
    store = stored(tmp_path / "store")
    environment = {"PYTHONIOENCODING": "latin-1", "PATH": "/usr/bin:/bin"}

    done = start("show", "--store", str(store), env=environment)

    assert done.returncode == 0
    assert "0.70\\u20130.93" in done.stdout
