"""Files that only their owner may read, and that are whole or not there."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from forecasts.errors import StoreBroken

FOLDER_MODE, FILE_MODE = 0o700, 0o600


@contextmanager
def one_line(path: Path) -> Iterator[None]:
    """Turn what the file system refuses inside the block into one clear `StoreBroken`."""
    try:
        yield
    except OSError as error:
        # A library of C raises OSError with a text alone.
        reason = error.strerror or str(error).strip().partition("\n")[0]
        raise StoreBroken(f"{path}: {reason}; nothing was written") from None


def make_folder(folder: Path) -> None:
    """Make `folder` for its owner alone; one that is there already is left as it is."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.mkdir(mode=FOLDER_MODE, exist_ok=True)


def write_file(path: Path, data: bytes) -> None:
    """Write a new file for its owner alone, and wait until it is on the disk."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def digest(path: Path) -> str:
    """Hexadecimal SHA-256 of a file, however large."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def settle(path: Path) -> None:
    """Give a file that a library has written to its owner alone, and wait for the disk."""
    path.chmod(FILE_MODE)
    sync(path)


def sync(path: Path) -> None:
    """Wait until a file, or a folder's list of names, is on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def move(source: Path, target: Path) -> None:
    """Rename a finished folder to its place at once, and wait for the disk."""
    sync(source)
    source.rename(target)
    sync(target.parent)


def remove(folder: Path) -> None:
    """Remove a folder that nobody vouches for, and its parent if that is empty now."""
    shutil.rmtree(folder, ignore_errors=True)
    with suppress(OSError):
        folder.parent.rmdir()
