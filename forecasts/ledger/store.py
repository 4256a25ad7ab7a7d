"""The store: stored runs, each with its entries in the ledger.

A run is written into a folder of another name, put on the disk, renamed to its
place at once, and then entered in one transaction. A process that is killed
leaves either nothing, or a whole folder that the ledger does not know yet;
whoever holds the store next removes the one and enters the other. An entry
without its folder cannot come about.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from forecasts.checked import sha256
from forecasts.errors import BadInput, NoSuchRun, StoreBroken
from forecasts.ledger.files import make_folder, one_line
from forecasts.ledger.paths import RunPaths, Store, check_run_id, run_folder
from forecasts.ledger.reading import Entered, entered_last, entered_run, entered_runs

if TYPE_CHECKING:
    from forecasts.ledger.entries import Entry

type Document = dict[str, Any]


def open_store(path: Path | str) -> Store:
    """Name a store; nothing is made or read until it is needed.

    Raises
    ------
    BadInput
        If `path` is a file, or ``FORECASTS_LEDGER`` asks for another database.

    Examples
    --------
    >>> list_runs(open_store("/no/such/folder"))
    ()
    """
    root = Path(path)
    if root.exists() and not root.is_dir():
        raise BadInput(str(root), "a folder for the store", "a file", "give another --store")
    elsewhere = os.environ.get("FORECASTS_LEDGER", "")
    if elsewhere:
        scheme = elsewhere.partition(":")[0]  # the rest may hold a password
        expected = "no value: this version keeps the ledger in the store's ledger.sqlite"
        raise BadInput("FORECASTS_LEDGER", expected, f"{scheme}:...", "unset it")
    return Store(root)


def list_runs(store: Store) -> tuple[RunPaths, ...]:
    """Runs that the ledger vouches for, in the order in which they were entered.

    Raises
    ------
    StoreBroken
        If the ledger cannot be read; StoreLocked if it is just being written.
    """
    return tuple(paths_of(store, run) for run in entered_runs(store.ledger))


def find_run(store: Store, run_id: str) -> RunPaths | None:
    """Return the run `run_id`, or ``None`` where the ledger does not have it.

    Raises
    ------
    BadInput
        If `run_id` is no identifier of a run.
    """
    found = entered_run(store.ledger, check_run_id(run_id))
    return found and paths_of(store, found)


def latest_run(store: Store) -> RunPaths | None:
    """Return the run that was entered last, or ``None`` where there is none."""
    last = entered_last(store.ledger)
    return last and paths_of(store, last)


def pick_run(store: Store, run_id: str = "") -> RunPaths:
    """Return the run `run_id`, or the one that was entered last where it is empty.

    Raises
    ------
    NoSuchRun
        If the ledger does not have it.
    BadInput
        If `run_id` is no identifier of a run.
    """
    found = find_run(store, run_id) if run_id else latest_run(store)
    if found is None:
        what = f"no run {run_id}" if run_id else "no run yet"
        raise NoSuchRun(f"{store.root}: {what}; `forecasts run` stores one")
    return found


def read_document(run: RunPaths) -> Document:
    """Read a run document, if it is the one that the ledger vouches for.

    Raises
    ------
    NoSuchRun
        If the run's folder is gone.
    StoreBroken
        If the file is not what was issued.
    """
    try:
        data = run.document.read_bytes()
    except FileNotFoundError:
        raise NoSuchRun(f"{run.document}: the ledger has this run, but its file is gone") from None
    except OSError as error:
        raise StoreBroken(f"{run.document}: {error.strerror}") from None
    if sha256(data) != run.run_sha256:
        mend = "restore a copy; `forecasts verify` tells more"
        raise StoreBroken(f"{run.document}: it is not what was issued; {mend}")
    document: Document = json.loads(data)
    return document


@contextmanager
def hold(store: Store) -> Iterator[None]:
    """Be the only writer inside the block, in a store that is whole.

    Makes the store where it is missing, clears away what a killed process left
    unfinished, and enters the run that it had stored but not entered. A thread
    that holds the store already may enter again.

    Raises
    ------
    StoreLocked
        If another process holds it.
    StoreBroken
        If it cannot be written, or is not as a killed process can leave it.
    """
    from forecasts.ledger import writing
    from forecasts.ledger.lock import is_held, locked

    if is_held(store):
        yield
        return
    with one_line(store.root):
        make_folder(store.root)
    with locked(store):
        writing.mend(store)
        yield


def write_run(
    store: Store,
    document: Document,
    save_posterior: Callable[[Path], object],
    manifest: Mapping[str, Any],
) -> Path:
    """Store a run and enter its answers in the ledger: all of it, or nothing.

    A run that is there already is left alone, and its folder returned.

    Parameters
    ----------
    store : Store
        Where to.
    document : dict
        The run document, stored as ``run.json``.
    save_posterior : callable
        Writes the posterior to the path that it is given. Let it write whole
        bytes (``path.write_bytes(bytes(tree.to_netcdf()))``): HDF5 that fills the
        disk itself ends the process with a segmentation fault.
    manifest : mapping
        Stored as ``manifest.json``, with the files' hashes added under ``stored``.

    Returns
    -------
    Path
        The run's folder.

    Raises
    ------
    BadInput
        If the document names no run, or answers no question or one twice.
    StoreLocked
        If another process holds the store.
    StoreBroken
        If it cannot be written, e.g. since the disk is full.
    """
    from forecasts.ledger import writing

    target = run_folder(store, document.get("as_of"), document.get("run_id"))
    text = writing.checked(document)
    with hold(store):
        found = find_run(store, document["run_id"])
        if found:
            return found.folder
        digests = writing.place(target, text, save_posterior, manifest)
        writing.enter_or_undo(store.ledger, document, digests, target)
    return target


def paths_of(store: Store, run: Entered | Entry) -> RunPaths:
    """Where the files of an entered run lie.

    Raises
    ------
    StoreBroken
        If what the ledger says cannot be a path.
    """
    try:
        folder = run_folder(store, run.as_of, run.run_id)
    except BadInput as error:
        raise StoreBroken(
            f"{store.ledger}: it was changed ({error.where}); restore a copy"
        ) from None
    return RunPaths(
        run_id=run.run_id,
        as_of=run.as_of,
        issued_at=run.issued_at,
        folder=folder,
        run_sha256=run.run_sha256,
        manifest_sha256=run.manifest_sha256,
    )
