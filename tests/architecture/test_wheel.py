"""What `pip install` would bring."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT


@pytest.mark.slow
def test_the_wheel_is_whole(tmp_path: Path) -> None:
    """The wheel holds the declared portfolio, templates and licences, and no tests."""
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    declared = {
        path.relative_to(ROOT / "priors").as_posix()
        for path in (ROOT / "priors").rglob("*")
        if path.is_file()
    }
    packaged = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "forecasts").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }

    assert {f"forecasts/_bundled/{name}" for name in declared} <= names
    assert packaged <= names
    assert {Path(name).name for name in names} >= {"LICENSE", "NOTICE", "CC-BY-4.0.txt"}
    assert not [name for name in names if name.startswith("tests/")]
