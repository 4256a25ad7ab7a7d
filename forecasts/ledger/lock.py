"""One writer at a time: a lock file per store, which the system frees when its holder dies."""

from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from forecasts.errors import StoreLocked
from forecasts.ledger.files import FILE_MODE, one_line
from forecasts.ledger.paths import Store

_held: set[tuple[str, int, int]] = set()  # store, process, thread: a lock is not inherited


def is_held(store: Store) -> bool:
    """Whether this thread holds the store's lock."""
    return _key(store) in _held


@contextmanager
def locked(store: Store) -> Iterator[None]:
    """Hold the store's lock inside the block.

    Raises
    ------
    StoreLocked
        At once, if another process or thread holds it.
    """
    descriptor = _open(store)
    key = _key(store)
    try:
        _lock(descriptor, store)
        _held.add(key)
        yield
    finally:
        _held.discard(key)
        os.close(descriptor)


def _open(store: Store) -> int:
    with one_line(store.lock):
        return os.open(store.lock, os.O_RDWR | os.O_CREAT, FILE_MODE)


def _lock(descriptor: int, store: Store) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.pread(descriptor, 20, 0).decode("ascii", "replace").strip()
        who = f"process {holder}" if holder.isdigit() else "another process"
        raise StoreLocked(f"{store.root}: {who} is writing to it; try again later") from None
    with one_line(store.lock):
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)


def _key(store: Store) -> tuple[str, int, int]:
    return str(store.root.resolve()), os.getpid(), threading.get_ident()
