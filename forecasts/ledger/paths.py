"""Where things lie in a store, and which names may become part of a path."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from forecasts.dates import parse_day
from forecasts.errors import BadInput

RUN_ID = re.compile(r"[0-9a-f]{16}")
UNFINISHED = ".unfinished-"
"""Prefix of a run folder that is still being written; it is removed if its writer dies."""


@dataclass(frozen=True, slots=True)
class Store:
    """A store: the folder `root` with the ledger and the runs."""

    root: Path

    @property
    def ledger(self) -> Path:
        """The ledger's database."""
        return self.root / "ledger.sqlite"

    @property
    def runs(self) -> Path:
        """Folder of the runs, ``runs/<as_of>/<run_id>/``."""
        return self.root / "runs"

    @property
    def lock(self) -> Path:
        """The file that a writing process holds locked."""
        return self.root / "lock"


@dataclass(frozen=True, slots=True)
class RunPaths:
    """One stored run, and the hashes by which the ledger vouches for its files."""

    run_id: str
    as_of: str
    issued_at: str
    folder: Path
    run_sha256: str
    manifest_sha256: str

    @property
    def document(self) -> Path:
        """The run document: answers, checks and what a report shows."""
        return self.folder / "run.json"

    @property
    def posterior(self) -> Path:
        """The posterior, in netCDF."""
        return self.folder / "posterior.nc"

    @property
    def manifest(self) -> Path:
        """What went in, and the hashes of the other two files."""
        return self.folder / "manifest.json"


def check_run_id(text: object) -> str:
    """Return `text` if it is a run's identifier, and so can name a folder.

    Raises
    ------
    BadInput
        For anything else, e.g. a path.

    Examples
    --------
    >>> check_run_id("9f3c2a17d0b45e68")
    '9f3c2a17d0b45e68'
    """
    if isinstance(text, str) and RUN_ID.fullmatch(text):
        return text
    mend = "copy it from `forecasts show`"
    raise BadInput("run", "16 hexadecimal digits, lower case", text, mend)


def run_folder(store: Store, as_of: object, run_id: object) -> Path:
    """Folder of a run, from names that cannot leave the store.

    Raises
    ------
    BadInput
        If `as_of` is no day, or `run_id` no identifier.
    """
    return store.runs / _check_day(as_of) / check_run_id(run_id)


def run_folders(store: Store) -> list[Path]:
    """Folders of all finished runs, in the ledger or not, in order of their day."""
    found = store.runs.glob("*/*")
    return sorted(each for each in found if not each.name.startswith(".") and each.is_dir())


def _check_day(text: object) -> str:
    try:
        return parse_day(str(text)).isoformat()
    except ValueError:
        raise BadInput("run, as_of", "a day like 2023-06-18", text, "correct the day") from None
