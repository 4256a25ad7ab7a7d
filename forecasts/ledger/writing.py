"""How a run gets into a store, and how a store is mended after a killed process.

The caller holds the store's lock. See :mod:`forecasts.ledger.store` for what
may be left behind at each step.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from forecasts.checked import check_id, sha256
from forecasts.errors import BadInput, ForecastsError, StoreBroken
from forecasts.ledger import database
from forecasts.ledger.entries import canonical, entries_of
from forecasts.ledger.files import (
    digest,
    make_folder,
    move,
    one_line,
    remove,
    settle,
    write_file,
)
from forecasts.ledger.paths import UNFINISHED, Store, run_folder, run_folders
from forecasts.ledger.reading import entered_runs
from forecasts.ledger.vintages import clear_unfinished


def as_json(value: Mapping[str, Any]) -> bytes:
    r"""Write a document as it is stored: sorted keys, UTF-8, no NaN.

    Examples
    --------
    >>> as_json({"b": 0.5, "a": 1})
    b'{\n "a": 1,\n "b": 0.5\n}\n'
    """
    text = json.dumps(value, sort_keys=True, allow_nan=False, ensure_ascii=False, indent=1)
    return f"{text}\n".encode()


def checked(document: Mapping[str, Any]) -> bytes:
    """Return the text of a run document that the ledger can hold.

    Raises
    ------
    BadInput
        If it answers no question, or one twice, or one whose identifier is none.
    ValueError
        If it holds a number that is none.
    """
    questions = [str(answer.get("question")) for answer in document.get("answers", ())]
    if not questions:
        mend_it = "open a question on that day, or choose another day"
        raise BadInput("run, answers", "at least one answer", "none", mend_it)
    for question in questions:
        check_id(question, "run, question")
        if questions.count(question) > 1:
            raise BadInput("run, answers", "each question once", question, "drop one of them")
    canonical(document["answers"])  # refused here, before anything is written
    return as_json(document)


def place(
    target: Path,
    document: bytes,
    save_posterior: Callable[[Path], object],
    manifest: Mapping[str, Any],
) -> dict[str, str]:
    """Put a run's files into the folder `target`, all at once.

    Returns
    -------
    dict of str to str
        SHA-256 of ``run.json`` and ``manifest.json``.
    """
    unfinished = target.parent / f"{UNFINISHED}{target.name}"
    try:
        with one_line(target):
            for folder in (target.parent.parent, target.parent, unfinished):
                make_folder(folder)
            posterior = unfinished / "posterior.nc"
            save_posterior(posterior)
            settle(posterior)
            write_file(unfinished / "run.json", document)
            stored = {
                "posterior.nc": digest(posterior),
                "run.json": sha256(document),
            }
            vouched = as_json({**manifest, "stored": stored})
            write_file(unfinished / "manifest.json", vouched)
            move(unfinished, target)
    except BaseException:
        remove(unfinished)
        raise
    return {"run.json": stored["run.json"], "manifest.json": sha256(vouched)}


def enter_or_undo(
    ledger: Path, document: Mapping[str, Any], digests: Mapping[str, str], folder: Path
) -> None:
    """Enter a stored run in the ledger; if that fails for good, take its folder away again."""
    try:
        _enter(ledger, document, digests)
    except ForecastsError:
        # A failed commit may have come through after all: then the folder must stay.
        if document["run_id"] not in {run.run_id for run in entered_runs(ledger)}:
            remove(folder)
        raise


def mend(store: Store) -> None:
    """Make the database where it is missing, and finish or clear away what was interrupted.

    Raises
    ------
    StoreBroken
        If more than one run is stored but not entered. One is what a killed
        process leaves; more means that the ledger was cut or replaced.
    """
    database.prepare(store.ledger)
    for unfinished in store.runs.glob(f"*/{UNFINISHED}*"):
        remove(unfinished)
    clear_unfinished(store)
    forgotten = unentered(store)
    if len(forgotten) > 1:
        names = f"{forgotten[0].name} and {len(forgotten) - 1} more"
        mend_it = "restore a copy of ledger.sqlite, or move those folders out of the store"
        raise StoreBroken(f"{store.ledger}: it lacks stored runs ({names}); {mend_it}")
    for folder in forgotten:
        _enter(store.ledger, *_read_back(folder))


def unentered(store: Store) -> list[Path]:
    """Run folders that no entry vouches for."""
    known = {run_folder(store, run.as_of, run.run_id) for run in entered_runs(store.ledger)}
    return [folder for folder in run_folders(store) if folder not in known]


def _enter(ledger: Path, document: Mapping[str, Any], digests: Mapping[str, str]) -> None:
    database.append(ledger, partial(entries_of, document, digests))


def _read_back(folder: Path) -> tuple[dict[str, Any], dict[str, str]]:
    """Document and hashes of a stored run, if its files are the ones that were written."""
    try:
        text = (folder / "run.json").read_bytes()
        vouched = (folder / "manifest.json").read_bytes()
        document: dict[str, Any] = json.loads(text)
        said = document["as_of"], document["run_id"], json.loads(vouched)["stored"]["run.json"]
    except (OSError, ValueError, KeyError, TypeError):
        raise _not_stored(folder) from None
    if said != (*folder.parts[-2:], sha256(text)):
        raise _not_stored(folder)
    return document, {"run.json": sha256(text), "manifest.json": sha256(vouched)}


def _not_stored(folder: Path) -> StoreBroken:
    return StoreBroken(f"{folder}: it is no run as it was stored; move it out of the store")
