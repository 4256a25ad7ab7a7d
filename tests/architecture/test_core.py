"""The core reads no file, no clock and no global randomness; the shell does, at the door."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.architecture.sources import CLOCK_OWNERS, READERS, Source, core, dotted, sources

FILE_MODULES = {"io", "os", "pathlib", "shutil", "tempfile"}
FILE_CALLS = {"open", "exec", "eval", "input", "np.load", "np.save", "np.savez", "np.loadtxt"}
CLOCKS = (
    "date.today",
    "datetime.now",
    "datetime.today",
    "datetime.utcnow",
    "Timestamp.now",
    "Timestamp.today",
    "time.time",
    "time.time_ns",
    "time.localtime",
    "time.gmtime",
)
GLOBAL_RANDOMNESS = ("np.random.seed", "numpy.random.seed")


def imported(source: Source) -> Iterator[str]:
    """Top names of the modules that a file imports, anywhere in it."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.partition(".")[0]


def named(source: Source) -> Iterator[str]:
    """Dotted names that a file calls, or hands on as a function."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Name | ast.Attribute):
            yield dotted(node)


def test_core_opens_no_file() -> None:
    """A core module imports nothing that touches files, and never names the builtin ``open``."""
    touches = {
        source.within: names
        for source in core()
        if (names := FILE_MODULES & set(imported(source)) | FILE_CALLS & set(named(source)))
    }

    assert not touches


PYTHON_DOOR = "pipeline/api.py"
"""``fc.run``: the other way in, for those who do not come by the command line."""


def test_only_the_two_ways_in_read_the_clock() -> None:
    """Today is an argument: nothing behind the command line or ``fc.run`` asks for it."""
    asks = {
        source.within: names
        for source in sources("forecasts")
        if source.room not in CLOCK_OWNERS
        and source.within != PYTHON_DOOR
        and (names := {name for name in named(source) if name.endswith(CLOCKS)})
    }

    assert not asks


def test_randomness_arrives_as_a_seed() -> None:
    """No module seeds, or draws from, a generator that others share."""
    shares = [
        source.within
        for source in sources("forecasts")
        if "random" in imported(source) or set(GLOBAL_RANDOMNESS) & set(named(source))
    ]

    assert not shares


def test_the_readers_exist() -> None:
    """No module is excused from the core's rule that is not there any more."""
    assert set(READERS) <= {source.within for source in sources("forecasts")}
