"""The append-only record of what was issued, and the store of runs behind it.

The only room that opens a database or writes to a store. Reading a stored run
needs neither SQLAlchemy nor the posterior.
"""

from forecasts.ledger.paths import RunPaths, Store
from forecasts.ledger.store import (
    find_run,
    hold,
    latest_run,
    list_runs,
    open_store,
    pick_run,
    read_document,
    write_run,
)
from forecasts.ledger.verify import Problem, walk
from forecasts.ledger.vintages import altered_files, keep_files, restore_files

__all__ = [
    "Problem",
    "RunPaths",
    "Store",
    "altered_files",
    "find_run",
    "hold",
    "keep_files",
    "latest_run",
    "list_runs",
    "open_store",
    "pick_run",
    "read_document",
    "restore_files",
    "walk",
    "write_run",
]
