"""The database's own refusal to change an entry, in SQLite's words.

The guards are part of the file, so they hold whichever program opens it. They
can be dropped by whoever may write the file; :mod:`forecasts.ledger.verify`
tells when they are gone, and the hash chain tells what was done meanwhile.
"""

from __future__ import annotations

TABLE = "entries"

GUARDS = {
    "entries_refuse_update": (
        "CREATE TRIGGER entries_refuse_update BEFORE UPDATE ON entries"
        " BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END"
    ),
    "entries_refuse_delete": (
        "CREATE TRIGGER entries_refuse_delete BEFORE DELETE ON entries"
        " BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END"
    ),
    # INSERT OR REPLACE deletes the row in its way without asking a DELETE trigger, so the
    # INSERT trigger refuses whatever another row is in the way of.
    "entries_only_append": (
        "CREATE TRIGGER entries_only_append BEFORE INSERT ON entries"
        " WHEN NEW.sequence <> (SELECT coalesce(max(sequence), 0) + 1 FROM entries)"
        " OR EXISTS (SELECT 1 FROM entries WHERE run_id = NEW.run_id"
        " AND question = NEW.question AND kind = NEW.kind)"
        " BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END"
    ),
}
"""Name of each trigger, and the statement that makes it."""
