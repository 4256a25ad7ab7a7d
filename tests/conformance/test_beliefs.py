"""Every elicited prior and signal family of every portfolio, whoever wrote it."""

from __future__ import annotations

import ast
from datetime import date
from pathlib import Path

from forecasts.world.inputs import inputs
from forecasts.world.model import coordinates
from forecasts.world.readings import select
from tests.architecture.sources import sources
from tests.conformance.shipped import each_file, each_portfolio, is_reason, shipped


@each_portfolio
def test_each_prior_says_why(folder: Path) -> None:
    """A prior says what its parameter means, why these numbers, and where they come from."""
    unexplained = [
        prior.name
        for prior in shipped(folder).priors.values()
        if not (is_reason(prior.reason) and is_reason(prior.means) and prior.source)
    ]

    assert not unexplained


@each_portfolio
def test_each_prior_is_read_by_the_model(folder: Path) -> None:
    """No prior is declared that the model never asks for."""
    words = {
        node.value
        for source in sources("forecasts/world")
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Constant)
    }

    assert not set(shipped(folder).priors) - words


@each_portfolio
def test_each_override_hits_a_coordinate(folder: Path) -> None:
    """A `for` table names a coordinate of the model: a misspelt one would change nothing."""
    portfolio = shipped(folder)
    known = coordinates(inputs(portfolio.as_of(date.max), portfolio)).values()
    overrides = {name for prior in portfolio.priors.values() for name in prior.entries}

    assert not overrides - {name for names in known for name in names}


@each_file("signals/*.toml")
def test_a_signal_family_says_why_and_reads_something(file: Path) -> None:
    """A family has a reason, and some signal of the record belongs to it."""
    portfolio = shipped(file.parents[1])
    family = portfolio.signals[file.stem]

    assert is_reason(family.reason)
    assert select(portfolio.evidence.signals, family)
