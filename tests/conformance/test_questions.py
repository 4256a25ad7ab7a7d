"""Every question file of every portfolio, whoever wrote it."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from pathlib import Path
from zoneinfo import available_timezones

import pytest

from forecasts.portfolio import base_rate, check
from forecasts.portfolio.question_files import parse_question
from forecasts.questions.parse import PARSERS
from tests.conformance.shipped import FOLDERS, ROOT, each_file, each_portfolio, is_reason, shipped

GUIDE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


@each_portfolio
def test_a_shipped_portfolio_has_no_problem(folder: Path) -> None:
    """`forecasts check` has nothing to say about what we ship."""
    assert check(folder) == []


@each_file("questions/*.toml")
def test_a_stranger_can_resolve_it(file: Path) -> None:
    """A question asks something, and says what makes it true, who tells, and when it is void."""
    question = shipped(file.parents[1]).questions[file.stem]

    assert question.title.endswith("?")
    assert is_reason(question.happens_when)
    assert is_reason(question.annulled_if)
    assert len(set(question.sources)) >= 2
    assert question.owner
    assert question.decision
    assert question.timezone in available_timezones()


@each_file("questions/*.toml")
def test_it_starts_from_a_base_rate(file: Path) -> None:
    """On the day that a question opens, its reference class holds cases, all of them past."""
    portfolio = shipped(file.parents[1])
    question = portfolio.questions[file.stem]
    day = min(question.opens, portfolio.as_of(date.max).known_through)
    reference_class = portfolio.reference_classes[question.reference_class]

    rate = base_rate(portfolio.as_of(day), reference_class, question)

    assert rate.n > 0
    assert all(case.date <= day for case in rate.cases)


@each_portfolio
def test_no_question_is_asked_twice(folder: Path) -> None:
    """Two questions of a portfolio never ask for the same event from the same day."""
    asked = [(question.event, question.opens) for question in shipped(folder).questions.values()]

    assert len(set(asked)) == len(asked)


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md"])
def test_the_question_that_a_page_shows_can_be_read(page: str) -> None:
    """A newcomer who copies the question that a page shows has one that `check` takes."""
    text = (ROOT / page).read_text(encoding="utf-8")
    (example,) = re.findall(r"```toml\n(id[^`]*?\[event\][^`]*?)```", text)
    table = tomllib.loads(example)

    question = parse_question(table, page, table["id"])

    assert question.reference_class in shipped(FOLDERS[0]).reference_classes


def test_the_guide_names_every_type_of_event() -> None:
    """The table in CONTRIBUTING has a row for each type of event, and for no other."""
    table = GUIDE.partition("| type | true when |")[2].partition("\n\n")[0]
    named = re.findall(r"`(\w+)`", " ".join(row.split("|")[1] for row in table.splitlines()[1:]))

    assert sorted(named) == sorted([*PARSERS, "given"])
