"""The source tree as the architecture tests see it, and which part of it is the core."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "forecasts"

SHELL = ("cli", "pipeline", "reports", "ledger", "portfolio")
"""Rooms that may read and write files."""

READERS = ("evidence/csvfile.py", "evidence/reading.py", "evidence/sidecar.py")
"""Modules of a core room that read files: they turn a folder into values, once, at the door."""

CLOCK_OWNERS = ("cli",)
"""Rooms that may ask the time; everyone else takes it as an argument."""

type Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Source:
    """One Python file: its path from the root, its text and its syntax tree."""

    path: Path
    text: str
    tree: ast.Module

    @property
    def name(self) -> str:
        """Path from the repository's root, as an error message gives it."""
        return self.path.relative_to(ROOT).as_posix()

    @property
    def within(self) -> str:
        """Path inside the package, e.g. ``evidence/view.py``."""
        return self.path.relative_to(PACKAGE).as_posix()

    @property
    def room(self) -> str:
        """First folder inside the package; empty for its top modules."""
        return self.within.rpartition("/")[0].partition("/")[0]


@cache
def sources(folder: str) -> tuple[Source, ...]:
    """All Python files under `folder`, in order of path."""
    return tuple(
        Source(path, text := path.read_text(encoding="utf-8"), ast.parse(text))
        for path in sorted((ROOT / folder).rglob("*.py"))
    )


def core() -> tuple[Source, ...]:
    """Package files that may open no file."""
    return tuple(s for s in sources("forecasts") if s.room not in SHELL and s.within not in READERS)


def functions(source: Source) -> Iterator[Function]:
    """Every function and method of a file, nested ones too."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def dotted(node: ast.expr) -> str:
    """Dotted name of an expression, e.g. ``datetime.now``; empty when it is none."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        parent = dotted(node.value)
        return f"{parent}.{node.attr}" if parent else ""
    return ""
