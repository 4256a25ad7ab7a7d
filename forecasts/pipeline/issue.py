"""Issue a run: make it, or find it, and enter it in the ledger."""

from __future__ import annotations

import io
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from forecasts.ledger import Store, find_run, hold, keep_files, read_document, write_run
from forecasts.pipeline.document import record_end
from forecasts.pipeline.reuse import model_digest, nearest_source, reuse
from forecasts.pipeline.run import Order, Progress, Run, check_day, chosen, run, run_id
from forecasts.pipeline.score import track_record
from forecasts.portfolio import Portfolio
from forecasts.world.inputs import inputs

if TYPE_CHECKING:
    import xarray as xr

    from forecasts.pipeline.document import Document


def run_into(
    store: Store,
    portfolio: Portfolio,
    order: Order,
    *,
    issued_at: datetime,
    refit: bool = False,
    progress: Progress | None = None,
) -> tuple[Document, bool]:
    """Run and enter the result in the store; a run that is there already is not made again.

    Where the store has a sampled posterior of the same model, it is reweighted to
    what is public now; if its weights cannot be trusted, or the answers do not
    pass the gates, the posterior is sampled.

    Parameters
    ----------
    store : Store
    portfolio : Portfolio
    order : Order
    issued_at : datetime
    refit : bool
        Sample in any case.
    progress : callable, optional
        Called with a stage and the finished share of it.

    Returns
    -------
    dict, bool
        The run document, and whether it is new.
    """
    check_day(portfolio, order.as_of)
    questions = chosen(portfolio, order)
    with hold(store):
        found = find_run(store, run_id(portfolio, order, questions))
        if found is not None:
            return read_document(found), False
        if not refit:
            quick = _quickly(store, portfolio, order, issued_at, progress)
            if quick is not None:
                return quick
        made = run(portfolio, order, issued_at=issued_at, progress=progress)
        return _written(store, made, progress), True


def _quickly(
    store: Store,
    portfolio: Portfolio,
    order: Order,
    issued_at: datetime,
    progress: Progress | None,
) -> tuple[Document, bool] | None:
    """Reweight the nearest sampled posterior, if that is good enough."""
    digest = model_digest(portfolio, order.seed, order.settings)
    source = nearest_source(store, digest, order.as_of)
    if source is None:
        return None
    found = find_run(store, run_id(portfolio, order, chosen(portfolio, order), source.run_id))
    if found is not None:
        return read_document(found), False
    if progress:
        progress("reweighting the stored posterior", 0.0)
    data = inputs(portfolio.as_of(order.as_of), portfolio)
    reused = reuse(source, data, seed=order.seed)
    if reused is None:
        return None
    made = run(portfolio, order, issued_at=issued_at, reused=reused, progress=progress)
    if not made.document["gates"]["passed"]:
        return None
    return _written(store, made, progress), True


def _written(store: Store, made: Run, progress: Progress | None) -> Document:
    if progress:
        progress("writing", 0.0)
    through = min(made.view.as_of, record_end(made.portfolio))
    made.document["track_record"] = track_record(store, made.portfolio, through)
    keep_files(store, made.portfolio.root, made.portfolio.files)
    write_run(store, made.document, lambda path: _save(made.tree, path), _manifest(made.document))
    return made.document


def _save(tree: xr.DataTree, path: Path) -> None:
    """Write the posterior in one piece, so that a full disk is an error and not a crash."""
    buffer = io.BytesIO()
    tree.to_netcdf(buffer, engine="h5netcdf")
    path.write_bytes(buffer.getvalue())


def _manifest(run_document: Document) -> dict[str, object]:
    names = ("run_id", "as_of", "seed", "model_version", "code_version", "versions", "files")
    return {name: run_document[name] for name in (*names, "portfolio_digest")}
