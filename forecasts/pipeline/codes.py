"""What a run is made with: the code's own hash, and the versions of what it stands on."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

STANDS_ON = ("arviz", "numba", "numpy", "nutpie", "pymc", "pytensor", "scipy", "xarray")


def code_version(leave_out: Collection[str] = ()) -> str:
    """Hash of the package's source: the first 16 hex digits of a SHA-256.

    Parameters
    ----------
    leave_out : collection of str
        Rooms that cannot move the number that is asked about.

    Examples
    --------
    >>> len(code_version())
    16
    """
    root = Path(__file__).parents[1]
    digest = hashlib.sha256()
    for path in sorted(root.rglob("*.py")):
        if path.relative_to(root).parts[0] in leave_out:
            continue
        digest.update(path.relative_to(root).as_posix().encode() + b"\0")
        digest.update(path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def versions() -> dict[str, str]:
    """Installed version of each package that can move a number."""
    found = {}
    for name in STANDS_ON:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found
