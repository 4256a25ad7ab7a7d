"""Everything public says what it is for, and describes no parameter that is not there."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from importlib import import_module

from numpydoc.validate import validate

from tests.architecture.sources import Source, functions, sources

PACKAGE = sources("forecasts")
TESTS = tuple(source for source in sources("tests") if source.path.name.startswith("test_"))
UNKNOWN_PARAMETER = "PR02"  # numpydoc's check that needs the real signature

type Named = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def public(source: Source) -> Iterator[tuple[str, Named]]:
    """Public functions and classes of a module, and the public methods of the latter."""
    for node in named(source.tree):
        yield node.name, node
        if isinstance(node, ast.ClassDef):
            yield from ((f"{node.name}.{child.name}", child) for child in named(node))


def named(parent: ast.Module | ast.ClassDef) -> Iterator[Named]:
    """Public functions and classes that stand directly in `parent`."""
    for node in parent.body:
        if isinstance(node, Named.__value__) and not node.name.startswith("_"):
            yield node


def module_name(source: Source) -> str:
    """Dotted name of a package file, imported: a broken module fails as what it is."""
    name = source.name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    import_module(name)
    return name


def test_public_names_have_docstrings() -> None:
    """A module, and each public function, class and method in it, says what it is for."""
    silent = [s.within for s in PACKAGE if not ast.get_docstring(s.tree)]
    silent += [
        f"{s.within} {n}" for s in PACKAGE for n, node in public(s) if not ast.get_docstring(node)
    ]

    assert not silent


def test_docstrings_fit_the_signature() -> None:
    """A documented parameter exists."""
    wrong = [
        f"{source.within} {name}: {message}"
        for source in PACKAGE
        for name, _ in public(source)
        for code, message in validate(f"{module_name(source)}.{name}")["errors"]
        if code == UNKNOWN_PARAMETER
    ]

    assert not wrong


def test_every_test_states_its_claim() -> None:
    """A test's docstring says what would be untrue if it failed."""
    tests = [(s, f) for s in TESTS for f in functions(s) if f.name.startswith("test_")]

    assert not [f"{s.name}:{f.lineno} {f.name}" for s, f in tests if not ast.get_docstring(f)]
