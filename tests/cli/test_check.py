"""`forecasts check` lists every problem of a portfolio, or says how much it has read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.builders import write_portfolio
from tests.cli.calling import call


@pytest.fixture
def portfolio(tmp_path: Path) -> Path:
    """A small portfolio that loads."""
    return write_portfolio(tmp_path / "portfolio")


def test_the_bundled_portfolio_is_fine() -> None:
    """Without an option the bundled portfolio is checked: one line with counts, exit 0."""
    result = call("check")

    assert result.exit_code == 0
    assert "594 contacts, " in result.stdout
    assert result.stdout.count("\n") == 1


def test_every_problem_is_a_line(portfolio: Path) -> None:
    """All problems come at once, each on its line with file, expectation, finding and mend."""
    (question,) = list((portfolio / "questions").glob("*.toml"))[:1]
    question.write_text("title = 3\n")
    (portfolio / "portfolio.toml").write_text("nonsense")

    result = call("check", "--portfolio", str(portfolio))

    lines = result.stdout.splitlines()
    assert result.exit_code == 2
    assert any(line.startswith(f"questions/{question.name}") for line in lines)
    assert any(line.startswith("portfolio.toml") for line in lines)
    assert all("expected" in line and "found" in line and ";" in line for line in lines)


def test_json_is_one_document(portfolio: Path) -> None:
    """--json prints one document with the problems in parts, also when there is none."""
    assert (
        json.loads(call("check", "--json", "--portfolio", str(portfolio)).stdout)["problems"] == []
    )
    (portfolio / "portfolio.toml").unlink()

    result = call("check", "--json", "--portfolio", str(portfolio))

    assert result.exit_code == 2
    (problem, *_) = json.loads(result.stdout)["problems"]
    assert problem.keys() == {"where", "expected", "found", "mend"}


def test_a_folder_that_is_none_is_told(tmp_path: Path) -> None:
    """A path that leads nowhere is a problem of its own."""
    result = call("check", "--portfolio", str(tmp_path / "none"))

    assert result.exit_code == 2
    assert "no such folder" in result.stdout


def test_a_hostile_file_cannot_write_to_the_terminal(portfolio: Path) -> None:
    """What a file holds is quoted without its escapes."""
    (portfolio / "portfolio.toml").write_text('title = "\\u001b[31mred\\u009b"\nname = "\\u001b"\n')

    text = call("check", "--portfolio", str(portfolio)).stdout

    assert not [c for c in text if c != "\n" and not c.isprintable()]
