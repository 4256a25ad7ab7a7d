"""`scripts/uv` finds a Python and a uv that really start, on machines of several kinds."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT

REFUSES = "#!/bin/sh\necho 'version 3.12 is not installed' >&2; exit 127\n"
STARTS = f'#!/bin/sh\nexec "{sys.executable}" "$@"\n'


def uv(name: str) -> str:
    """A uv that answers, and otherwise says who it is and what it was told."""
    return f'#!/bin/sh\n[ "$1 $2" = "python dir" ] || echo "{name} $UV_PYTHON $*"\n'


class Machine:
    """A clone and a PATH of its own, to which a test adds commands."""

    def __init__(self, folder: Path) -> None:
        self.clone, self.bin = folder / "a clone", folder / "bin"
        (self.clone / "scripts").mkdir(parents=True)
        shutil.copy(ROOT / "scripts" / "uv", self.clone / "scripts")

    def add(self, path: Path, script: str) -> None:
        """Put an executable there."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(script, encoding="utf-8")
        path.chmod(0o755)

    def run(self, **variables: str) -> subprocess.CompletedProcess[str]:
        """Call `scripts/uv sync` from elsewhere."""
        return subprocess.run(
            [self.clone / "scripts" / "uv", "sync"],
            cwd="/",
            env={"PATH": f"{self.bin}:/usr/bin:/bin", "HOME": str(self.bin)} | variables,
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A machine with nothing on it."""
    return Machine(tmp_path)


def test_a_python_that_refuses_to_start_is_passed_over(machine: Machine) -> None:
    """A version manager's shim that refuses does not keep the next Python from being used."""
    machine.add(machine.bin / "python3.12", REFUSES)
    machine.add(machine.bin / "python3.13", STARTS)
    machine.add(machine.bin / "uv", uv("mine"))

    done = machine.run()

    name, python, *arguments = done.stdout.split()
    assert (name, arguments) == ("mine", ["sync"])
    assert Path(python).exists()


def test_a_python_of_a_version_manager_is_found(machine: Machine) -> None:
    """A Python that pyenv holds, but does not offer in this folder, is used."""
    machine.add(machine.bin / "python3", REFUSES)
    machine.add(machine.bin / "pyenv" / "versions" / "3.13.0" / "bin" / "python3", STARTS)
    machine.add(machine.bin / "uv", uv("mine"))

    done = machine.run(PYENV_ROOT=str(machine.bin / "pyenv"))

    assert done.stdout.startswith("mine /")


def test_a_uv_that_refuses_to_start_is_passed_over(machine: Machine) -> None:
    """A uv on the PATH counts only if it starts; the one in `.tools/` comes next."""
    machine.add(machine.bin / "python3.12", STARTS)
    machine.add(machine.bin / "uv", REFUSES)
    machine.add(machine.clone / ".tools" / "bin" / "uv", uv("ours"))

    assert machine.run().stdout.startswith("ours /")


def test_a_python_that_does_not_fit_is_one_line_with_the_mend(machine: Machine) -> None:
    """A named interpreter that cannot be used ends in exit 2 and one line that says what to do."""
    machine.add(machine.bin / "uv", uv("mine"))

    done = machine.run(PYTHON=str(machine.bin / "none"))

    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    assert "unset PYTHON" in done.stderr


def test_no_python_at_all_is_one_line_with_the_mend(machine: Machine) -> None:
    """Where nothing fits and nothing can be fetched, the last line says what to install."""
    refusing = '#!/bin/sh\n[ "$1 $2" = "python dir" ] || { echo "no network" >&2; exit 1; }\n'
    for name in ("python3.12", "python3.13", "python3", "python"):
        machine.add(machine.bin / name, REFUSES)
    machine.add(machine.bin / "uv", refusing)

    done = machine.run()

    assert done.returncode == 2
    assert "install one" in done.stderr.splitlines()[-1]
    assert "no network" not in done.stderr
