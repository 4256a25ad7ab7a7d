"""Vintages: the files that a run was made from, each kept once, by its content.

A run document lists the declared files of its portfolio with their SHA-256.
Under that name the store keeps each of them, so that the portfolio of any
stored run can be put together again, whatever has become of the folder since.
A file that does not change from run to run is kept once.

Hashes name the files in the store; the names in the portfolio come from a run
document, and may not leave the folder that they are restored into.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

from forecasts.checked import sha256
from forecasts.errors import BadInput, NoSuchRun, StoreBroken
from forecasts.ledger.files import FILE_MODE, digest, make_folder, one_line, sync, write_file
from forecasts.ledger.paths import UNFINISHED, Store

FOLDER = "vintages"
DIGEST = re.compile(r"[0-9a-f]{64}")
SUFFIXES = (".toml", ".csv")


def keep_files(store: Store, root: Path, files: Mapping[str, str]) -> None:
    """Keep every declared file of a portfolio; what is there already is left alone.

    A process that is killed leaves some files and not others, which the next
    one completes. Call it before the run is written: then no run lacks a file.

    Parameters
    ----------
    store : Store
        Made where it is missing.
    root : Path
        The portfolio's folder.
    files : mapping of str to str
        Paths inside of it, and the SHA-256 with which each was read.

    Raises
    ------
    BadInput
        If a file is not what it was when the portfolio was read.
    StoreBroken
        If the store cannot be written, e.g. since the disk is full.
    """
    from forecasts.ledger.store import hold

    folder = store.root / FOLDER
    with hold(store):
        missing = {name: sha for name, sha in files.items() if not _path(store, sha).is_file()}
        for name, sha in missing.items():
            data = _as_read(root, name, sha)
            with one_line(folder):
                make_folder(folder)
                _place(folder, sha, data)
        if missing:
            with one_line(folder):
                sync(folder)


def restore_files(store: Store, files: Mapping[str, str], folder: Path) -> Path:
    """Put the portfolio of a stored run together again, in a folder of its own.

    Parameters
    ----------
    store : Store
    files : mapping of str to str
        The ``files`` of its run document.
    folder : Path
        Where to; made where it is missing.

    Returns
    -------
    Path
        The same folder, which :func:`forecasts.portfolio.load` reads.

    Raises
    ------
    BadInput
        If a name could leave the folder, or a hash is none.
    NoSuchRun
        If the store does not have a file.
    StoreBroken
        If a file is not what its name says, or cannot be read or written.
    """
    contents = {_inside(name): _kept(store, name, sha) for name, sha in files.items()}
    for name, data in contents.items():
        path = folder / name
        with one_line(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch(FILE_MODE, exist_ok=False)
            path.write_bytes(data)
    return folder


def clear_unfinished(store: Store) -> None:
    """Remove what a killed process left half written. The caller holds the store."""
    for path in (store.root / FOLDER).glob(f"{UNFINISHED}*"):
        path.unlink(missing_ok=True)


def altered_files(store: Store) -> list[Path]:
    """Kept files whose content is not what their name says; empty if all are whole."""
    kept = sorted((store.root / FOLDER).glob("[0-9a-f]*"))
    return [path for path in kept if not path.is_file() or digest(path) != path.name]


def _place(folder: Path, sha: str, data: bytes) -> None:
    unfinished = folder / f"{UNFINISHED}{sha}-{os.getpid()}"
    unfinished.unlink(missing_ok=True)
    try:
        write_file(unfinished, data)
        unfinished.replace(folder / sha)
    finally:
        unfinished.unlink(missing_ok=True)


def _as_read(root: Path, name: str, sha: str) -> bytes:
    path = root / _inside(name)
    try:
        data = path.read_bytes()
    except OSError as error:
        found = error.strerror or "no file"
        raise BadInput(str(path), "the file that the run read", found, "run again") from None
    if sha256(data) != sha:
        expected = f"the content that the run read (SHA-256 {sha[:8]}...)"
        raise BadInput(str(path), expected, f"{sha256(data)[:8]}...", "run again: it was edited")
    return data


def _kept(store: Store, name: str, sha: str) -> bytes:
    path = _path(store, sha)
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise NoSuchRun(
            f"{path}: the store does not have {name} as the run read it; "
            "restore a copy, or give that portfolio with --portfolio"
        ) from None
    except OSError as error:
        raise StoreBroken(f"{path}: {error.strerror}") from None
    if sha256(data) != sha:
        raise StoreBroken(f"{path}: it is not {name} as the run read it; restore a copy")
    return data


def _path(store: Store, sha: object) -> Path:
    if isinstance(sha, str) and DIGEST.fullmatch(sha):
        return store.root / FOLDER / sha
    mend = "restore a copy of the run document"
    raise BadInput("run, files", "a SHA-256 in hexadecimal, lower case", sha, mend)


def _inside(name: object) -> str:
    """Return `name` if it stays inside of the folder that it is relative to."""
    if isinstance(name, str) and name.endswith(SUFFIXES) and "\\" not in name:
        parts = name.split("/")  # an absolute path begins with an empty one
        if not any(part in ("", ".", "..") or not part.isprintable() for part in parts):
            return name
    expected = "the path of a .toml or .csv file inside a portfolio"
    raise BadInput("run, files", expected, name, "rename the file")
