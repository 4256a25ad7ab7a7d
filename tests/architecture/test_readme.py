"""What README and CONTRIBUTING tell people to type exists."""

from __future__ import annotations

import re
import subprocess

import pytest

from tests.architecture.sources import ROOT

PAGES = ("README.md", "CONTRIBUTING.md")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
TARGETS = set(re.findall(r"^([a-z]+):", MAKEFILE, flags=re.MULTILINE))
FIRST_COMMANDS = ["make forecast", "make test"]


def page(name: str) -> str:
    """Text of a page in the repository's root."""
    return (ROOT / name).read_text(encoding="utf-8")


def commands(text: str) -> list[str]:
    """What a page tells people to type: lines of its shell blocks, and inline commands of ours."""
    blocks = re.findall(r"^```sh\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)
    lines = [line.partition("#")[0].strip() for block in blocks for line in block.splitlines()]
    return [line for line in lines if line] + re.findall(r"`((?:make|forecasts) [^`]+)`", text)


@pytest.mark.parametrize("name", PAGES)
def test_make_commands_are_targets(name: str) -> None:
    """Every `make` command of the page is a target of the Makefile."""
    named = {line.split()[1] for line in commands(page(name)) if line.startswith("make ")}

    assert named
    assert named <= TARGETS


def test_readme_starts_with_the_two_commands() -> None:
    """The first things that README asks a newcomer to type are `make forecast` and `make test`."""
    asked = [line for line in commands(page("README.md")) if line.startswith("make")]

    assert asked[:2] == FIRST_COMMANDS


@pytest.mark.parametrize("name", PAGES)
def test_verbs_exist(name: str) -> None:
    """Every `forecasts` command of the page is a verb of the command line."""
    verbs = {
        m[1] for line in commands(page(name)) if (m := re.search(r"\bforecasts ([a-z]+)", line))
    }
    known = {path.stem for path in (ROOT / "forecasts" / "cli").glob("[a-z]*.py")}

    assert verbs <= known


@pytest.mark.parametrize("name", [*PAGES, "CHANGELOG.md", "DECISIONS.md", "docs/index.md"])
def test_links_lead_somewhere(name: str) -> None:
    """Every relative link of the page names a file in the repository."""
    folder = (ROOT / name).parent
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page(name))

    assert not [link for link in links if not (folder / link).exists()]


def test_help_lists_every_target() -> None:
    """`make help` has a line for each target that a person calls."""
    shown = subprocess.run(
        ["make", "--no-print-directory", "help"],  # the suite may itself run inside make
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout

    assert {line.split()[1] for line in shown.splitlines()} == TARGETS


def test_ci_calls_what_a_person_calls() -> None:
    """CI runs README's two commands and the whole suite, through targets of the Makefile."""
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    called = {
        target
        for line in script.splitlines()
        if line.startswith("make ")
        for target in line.split()[1:]
    }

    assert {"forecast", "test", "slow"} <= called <= TARGETS
    assert script.rstrip().endswith("make slow")  # pytest's closing line is the last thing printed
