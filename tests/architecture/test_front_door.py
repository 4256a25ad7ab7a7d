"""`import forecasts` is light and small, and each verb is one file."""

from __future__ import annotations

import subprocess
import sys

import pytest

import forecasts

MOST_NAMES = 20
SAMPLER = {"arviz", "numba", "nutpie", "pymc", "pytensor"}
HEAVY = SAMPLER | {"matplotlib", "pandas", "scipy", "sqlalchemy", "xarray"}


def loaded_by(code: str, *arguments: str) -> set[str]:
    """Top-level modules that a fresh interpreter holds after running `code`."""
    script = f"import sys, atexit; atexit.register(lambda: print(*sorted(sys.modules)))\n{code}"
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments], capture_output=True, text=True, check=True
    )
    return {name.partition(".")[0] for name in done.stdout.splitlines()[-1].split()}


def test_importing_the_package_is_light() -> None:
    """`import forecasts` brings in neither the sampler nor any of the large libraries."""
    assert not HEAVY & loaded_by("import forecasts")


def test_the_package_has_few_public_names() -> None:
    """A newcomer sees at most twenty names, and each of them is there."""
    names = list(getattr(forecasts, "__all__", ()))

    assert len(names) <= MOST_NAMES
    assert all(hasattr(forecasts, name) for name in names)


@pytest.mark.parametrize("verb", ["--help", "show", "check", "report", "run"])
def test_help_never_imports_the_sampler(verb: str) -> None:
    """Asking what a verb does costs no model: `--help` brings in nothing of the sampler."""
    help_of = ["--help"] if verb == "--help" else [verb, "--help"]

    assert not SAMPLER & loaded_by("from forecasts.cli import main; main()", *help_of)
