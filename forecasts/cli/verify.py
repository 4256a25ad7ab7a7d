"""The verb ``verify``: whether a store is still what was issued."""

from __future__ import annotations

import typer

from forecasts.cli.options import DEFAULT_STORE, JsonFlag, StoreOption
from forecasts.cli.printing import clean, print_json

BROKEN = 2


def command(store: StoreOption = DEFAULT_STORE, as_json: JsonFlag = False) -> None:
    """Check that nothing in the store was changed since it was issued.

    Names the first entry of the ledger that was edited, removed or moved, and
    each stored file that is not the one that was entered. Exit status is 2
    when there is a problem.
    """
    from forecasts.ledger import list_runs, open_store, pick_run, walk

    where = open_store(store)
    problems = walk(where)
    if as_json:
        listed = [{"where": problem.where, "what": problem.what} for problem in problems]
        print_json({"store": str(where.root), "problems": listed})
    elif problems:
        typer.echo("\n".join(map(clean, problems)))
    else:
        pick_run(where)  # an empty store is no good news
        typer.echo(f"{len(list_runs(where))} stored: all as issued")
    raise typer.Exit(BROKEN if problems else 0)
