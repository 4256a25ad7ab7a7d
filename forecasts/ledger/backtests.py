"""Finished stretches of backtests, kept so that a killed one can go on.

They are working files, not issued forecasts: nothing in the ledger vouches for
them, and removing the folder loses nothing but time.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from forecasts.ledger.files import make_folder, one_line, write_file
from forecasts.ledger.lock import locked
from forecasts.ledger.paths import Store

FOLDER = "backtests"


@contextmanager
def hold_backtest(store: Store) -> Iterator[None]:
    """Hold the store's backtests inside the block; forecasts can be issued meanwhile.

    Raises
    ------
    StoreLocked
        If another process is backtesting into the store.
    """
    inner = Store(store.root / FOLDER)
    with one_line(inner.root):
        make_folder(store.root)
        make_folder(inner.root)
    with locked(inner):
        yield


def read_backtest(store: Store, key: str, name: str) -> bytes | None:
    """Return a finished stretch, or ``None`` where it is not there."""
    path = _path(store, key, name)
    with one_line(path):
        return path.read_bytes() if path.is_file() else None


def write_backtest(store: Store, key: str, name: str, data: bytes) -> Path:
    """Keep a finished stretch: it is there whole, or not at all."""
    path = _path(store, key, name)
    with one_line(path):
        make_folder(path.parent)
        unfinished = path.with_name(f".unfinished-{name}-{os.getpid()}")
        unfinished.unlink(missing_ok=True)
        write_file(unfinished, data)
        unfinished.replace(path)
    return path


def _path(store: Store, key: str, name: str) -> Path:
    return store.root / FOLDER / key / name
