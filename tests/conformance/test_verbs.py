"""Every verb of the command line, whoever wrote it."""

from __future__ import annotations

from typer.core import TyperGroup, TyperOption
from typer.main import get_command

from forecasts import cli
from tests.conformance.shipped import ROOT


def command_line() -> TyperGroup:
    """The command line with its registered verbs."""
    group = get_command(cli.app)
    assert isinstance(group, TyperGroup)
    return group


def test_each_verb_is_one_file() -> None:
    """A verb lives in the file of its name."""
    files = {path.stem for path in (ROOT / "forecasts" / "cli").glob("[a-z]*.py")}
    verbs = set(command_line().commands)

    assert verbs
    assert verbs <= files


def test_each_verb_and_option_has_help() -> None:
    """`--help` says what a verb does, and what each of its options means."""
    commands = command_line().commands
    silent = [name for name, command in commands.items() if not command.help]
    silent += [
        f"{name} {option.name}"
        for name, command in commands.items()
        for option in command.params
        if isinstance(option, TyperOption) and not option.help
    ]

    assert not silent
