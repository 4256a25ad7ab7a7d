"""The command line: one file per verb, and only the file that is called is loaded.

A module here with a function ``command`` is a verb of the module's name; the
function's docstring is its help. ``forecasts --help`` reads names and first
lines out of the files without importing them.
"""

from __future__ import annotations

import ast
import io
import sys
from collections.abc import Callable
from functools import wraps
from importlib import import_module
from pathlib import Path
from typing import NoReturn

import typer

from forecasts.errors import ForecastsError, StoreLocked

BAD_INPUT, LOCKED = 2, 3
"""Exit statuses of an error: what was given, or the store, cannot be used; it is in use."""


def main() -> None:
    """Run the command line on the process's arguments; never returns."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a poor terminal loses no output
    called = next((word for word in sys.argv[1:] if word in verbs()), None)
    application(called or "")(prog_name="forecasts")


def application(called: str | None = None) -> typer.Typer:
    """Build the command line.

    Parameters
    ----------
    called : str, optional
        The one verb to load; of the others, only name and summary are there.
        Without it, all are loaded.

    Returns
    -------
    typer.Typer
    """
    app = typer.Typer(
        help="Dated questions about diplomacy, answered from one Bayesian model of the record.",
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
    )
    app.callback()(_nothing)
    for name, summary in verbs().items():
        if called in (None, name):
            verb = import_module(f"forecasts.cli.{name}").command
            app.command(name, short_help=summary)(_guarded(verb))
        else:
            app.command(name, help=summary)(_not_loaded)
    return app


def verbs() -> dict[str, str]:
    """Name and one-line summary of each verb, in order of name.

    Examples
    --------
    >>> verbs()["show"]
    'Show the answers of the last run, or of another one.'
    """
    files = sorted(Path(__file__).parent.glob("[a-z]*.py"))
    summaries = {file.stem: _summary(file.read_text(encoding="utf-8")) for file in files}
    return {name: summary for name, summary in summaries.items() if summary is not None}


def exit_status_of(error: ForecastsError) -> int:
    """Exit status that tells a caller what kind of error it was.

    Examples
    --------
    >>> exit_status_of(StoreLocked("..."))
    3
    """
    return LOCKED if isinstance(error, StoreLocked) else BAD_INPUT


def _summary(source: str) -> str | None:
    """First line of the docstring of ``command``; ``None`` where there is no such function."""
    if "\ndef command(" not in source:
        return None
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef) and node.name == "command":
            return (ast.get_docstring(node) or "").partition("\n")[0]
    return None


def _guarded[**P](verb: Callable[P, None]) -> Callable[P, None]:
    """Let an error of ours end the process with one line and its exit status."""

    @wraps(verb)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            verb(*args, **kwargs)
        except ForecastsError as error:
            from forecasts.cli.printing import clean

            typer.echo(f"error: {clean(error)}", err=True)
            raise typer.Exit(exit_status_of(error)) from None

    return guarded


def _nothing() -> None:
    """Take no options of its own: every option belongs to a verb."""


def _not_loaded() -> NoReturn:
    raise AssertionError("a verb was called that was not loaded")


def __getattr__(name: str) -> typer.Typer:
    if name == "app":  # the whole command line, for documentation and tests
        return application()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
