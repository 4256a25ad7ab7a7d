"""The portfolios that the repository ships, by folder; read when a test asks, and once."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from forecasts.portfolio import Portfolio, load

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = tuple(sorted(path.parent for path in ROOT.glob("priors/*/portfolio.toml")))
FEWEST_WORDS = 3  # of a reason; with fewer it is a verdict

each_portfolio = pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)


def each_file(pattern: str) -> pytest.MarkDecorator:
    """Run a test on every declared file that fits `pattern`, named for it."""
    files = [path for folder in FOLDERS for path in sorted(folder.glob(pattern))]
    names = [f"{path.parents[1].name}/{path.stem}" for path in files]
    return pytest.mark.parametrize("file", files, ids=names)


@cache
def shipped(folder: Path) -> Portfolio:
    """The portfolio in `folder`."""
    return load(folder)


def is_reason(text: str) -> bool:
    """Whether `text` is more than a word or two."""
    return len(text.split()) >= FEWEST_WORDS
