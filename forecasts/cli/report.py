"""The verb ``report``: a page for readers, from a stored run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from forecasts.cli.options import DEFAULT_STORE, RunOption, StoreOption

FORMATS = ("html",)
LATER = ("pdf", "email", "md")
PRIVATE, SHARED = 0o600, 0o666  # the second is narrowed by the umask, as for any other file


def command(
    run: RunOption = "",
    store: StoreOption = DEFAULT_STORE,
    format_: Annotated[
        str, typer.Option("--format", metavar="FORMAT", help="What to write: html.")
    ] = "html",
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="Where to; a file in the store by default."),
    ] = None,
) -> None:
    """Write a page for readers from a stored run, and print where it lies.

    The page is one file that opens from disk, without a network. Exit status
    is 1 when a gate of the run failed or an answer is stale: the page is
    written, and says so.
    """
    from forecasts.cli.printing import exit_status, notes
    from forecasts.ledger import open_store, pick_run, read_document
    from forecasts.reports.html import render

    _check_format(format_)
    stored = open_store(store)
    found = pick_run(stored, run)
    document = read_document(found)
    target = out or stored.root / "reports" / f"{found.as_of}-{found.run_id}.html"
    put_page(target, render(document).encode(), shared=out is not None)
    typer.echo(str(target))
    for note in notes(document):
        typer.echo(note, err=True)
    raise typer.Exit(exit_status(document))


def _check_format(name: str) -> None:
    from forecasts.errors import BadInput

    if name not in FORMATS:
        mend = "pdf, email and md come later" if name in LATER else "leave --format out"
        raise BadInput("--format", "html", name, mend)


def put_page(target: Path, page: bytes, *, shared: bool) -> None:
    """Put the page in its place at once; what lay there is replaced by a whole file, or stays."""
    from forecasts.errors import BadInput
    from forecasts.ledger.files import make_folder, one_line

    if target.is_dir():
        raise BadInput("--out", "a file", f"the folder {target}", "name a file in it")
    with one_line(target):
        if not shared:
            make_folder(target.parent)
        _replace(target, page, SHARED if shared else PRIVATE)


def _replace(target: Path, page: bytes, mode: int) -> None:
    import os

    unfinished = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(descriptor, "wb") as file:
            file.write(page)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)
