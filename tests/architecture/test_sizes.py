"""Files and functions stay short enough to be read in one go."""

from __future__ import annotations

import ast

from tests.architecture.sources import Function, functions, sources

LONGEST_MODULE_LINES = 400
LONGEST_BODY_LINES = 60
FOLDERS = ("forecasts", "tests", "benchmarks")
ALL = tuple(source for folder in FOLDERS for source in sources(folder))


def body_lines(function: Function) -> int:
    """Lines from the first statement after the docstring to the end."""
    skip = 1 if ast.get_docstring(function) and len(function.body) > 1 else 0
    return (function.end_lineno or 0) - function.body[skip].lineno + 1


def test_modules_are_short() -> None:
    """No module is longer than 400 lines."""
    lines = {source.name: len(source.text.splitlines()) for source in ALL}

    assert not {name: n for name, n in lines.items() if n > LONGEST_MODULE_LINES}


def test_functions_are_short() -> None:
    """No function has more than 60 lines below its docstring."""
    lines = {f"{s.name}:{f.lineno} {f.name}": body_lines(f) for s in ALL for f in functions(s)}

    assert not {name: n for name, n in lines.items() if n > LONGEST_BODY_LINES}
