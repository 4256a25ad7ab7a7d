"""Every reference class of every portfolio, whoever wrote it."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from forecasts.portfolio.class_files import parse_reference_class
from tests.conformance.shipped import ROOT, each_file, each_portfolio, is_reason, shipped


@each_file("reference_classes/*.toml")
def test_a_class_says_why(file: Path) -> None:
    """A reference class has a title for the reader and a reason for the sceptic."""
    declared = shipped(file.parents[1]).reference_classes[file.stem]

    assert is_reason(declared.title)
    assert is_reason(declared.reason)


@each_portfolio
def test_each_class_serves_a_question(folder: Path) -> None:
    """No reference class is left over that no question starts from."""
    portfolio = shipped(folder)
    used = {question.reference_class for question in portfolio.questions.values()}

    assert used == set(portfolio.reference_classes)


def test_the_guide_shows_a_class_that_reads() -> None:
    """The reference class that CONTRIBUTING shows is one that the reader takes."""
    guide = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```toml\n(id[^`]*?\[happened\][^`]*?)```", guide)
    table = tomllib.loads(example)

    assert parse_reference_class(table, "CONTRIBUTING.md", table["id"]).id == table["id"]
