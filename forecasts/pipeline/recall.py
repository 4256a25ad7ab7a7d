"""Read back what a stored run was made of: its document, its portfolio, its posterior.

Only what the ledger vouches for is read. Neither PyMC nor a compiler is needed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from difflib import get_close_matches
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from forecasts.attribution.states import Basis, Effort
from forecasts.checked import sha256
from forecasts.errors import BadInput, ForecastsError, NoSuchRun, StoreBroken
from forecasts.inference.stored import recorded_inputs
from forecasts.ledger import RunPaths, Store, pick_run, read_document, restore_files
from forecasts.portfolio import Portfolio, Question, bundled, load
from forecasts.questions.algebra import anchored
from forecasts.questions.events import Asked
from forecasts.world.blocks import BLOCKS
from forecasts.world.inputs import Inputs

if TYPE_CHECKING:
    import xarray as xr


@dataclass(frozen=True, slots=True)
class Recalled:
    """A stored run: its files, its document, and the portfolio that it was made from."""

    run: RunPaths
    document: Mapping[str, Any]
    portfolio: Portfolio

    @property
    def as_of(self) -> date:
        """Information cut-off of the run."""
        return date.fromisoformat(self.document["as_of"])

    @property
    def kept(self) -> float:
        """Share of the effective number of draws that reweighting left; 1 where it sampled."""
        ess = self.document.get("posterior", {}).get("ess")
        return 1.0 if ess is None else min(float(ess) / self.document["draws"], 1.0)

    def question(self, ident: str) -> Question:
        """Question that the run answers.

        Raises
        ------
        BadInput
            If it does not; near matches are named.
        """
        self.answer(ident)
        return self.portfolio.questions[ident]

    def answer(self, ident: str) -> Mapping[str, Any]:
        """Answer as it was issued; raises like :meth:`question`."""
        answers = {each["question"]: each for each in self.document["answers"]}
        if ident in answers and ident in self.portfolio.questions:
            found: Mapping[str, Any] = answers[ident]
            return found
        near = get_close_matches(ident, answers, cutoff=0.4)
        mend = f"did you mean {' or '.join(near)}?" if near else "`forecasts show` lists them"
        raise BadInput("ID", f"a question that run {self.run.run_id} answers", ident, mend)


def recall(store: Store, run_id: str = "", given: Path | None = None) -> Recalled:
    """Read a stored run, and put together the portfolio that it was made from.

    Parameters
    ----------
    store : Store
    run_id : str
        The last run where it is empty.
    given : Path, optional
        Folder of the very same portfolio, for a run whose files the store lacks.

    Raises
    ------
    NoSuchRun
        If the run, or a file of its portfolio, is not there.
    BadInput
        If the portfolio that is given is another one.
    """
    run = pick_run(store, run_id)
    document = read_document(run)
    return Recalled(run, document, _portfolio(store, document, given))


def _portfolio(store: Store, document: Mapping[str, Any], given: Path | None) -> Portfolio:
    if given is not None:
        return _the_same(load(given), document)
    try:
        with TemporaryDirectory(prefix="forecasts-") as folder:
            return load(restore_files(store, document["files"], Path(folder) / "portfolio"))
    except NoSuchRun as missing:
        try:
            return _the_same(load(bundled()), document)
        except BadInput:
            raise missing from None


def _the_same(portfolio: Portfolio, document: Mapping[str, Any]) -> Portfolio:
    if dict(portfolio.files) == document["files"]:
        return portfolio
    raise BadInput(
        f"--portfolio, run {document['run_id']}",
        "the declared files that the run was made from",
        "others",
        "name their folder, or leave it out where the store has kept them",
    )


def asked_of(question: Question) -> Asked:
    """Event of a question with its window set, as a run asks it."""
    return anchored(question.event, question.opens + timedelta(days=1))


def posterior_of(recalled: Recalled) -> tuple[xr.Dataset, Inputs]:
    """Draws of a stored run, dims (chain, draw, ...), and the record that they are given.

    Raises
    ------
    StoreBroken
        If the file is not what was issued, or cannot be read.
    BadInput
        If it is of another version of the model.
    """
    import xarray as xr

    run = recalled.run
    _check_posterior(run)
    try:
        with xr.open_dataset(run.posterior, group="posterior", engine="h5netcdf") as stored:
            posterior = stored.load()
        with xr.open_dataset(run.posterior, group="constant_data", engine="h5netcdf") as stored:
            record = recorded_inputs(stored.load())
    except (OSError, KeyError, ValueError) as error:
        raise _another_version(run, f"one that cannot be read ({type(error).__name__})") from None
    missing = {name for names in BLOCKS.values() for name in names} - set(map(str, posterior))
    if missing:
        raise _another_version(run, f"one without {', '.join(sorted(missing))}")
    return posterior, record


def basis_of(recalled: Recalled, effort: Effort) -> Basis:
    """Posterior of a stored run as something to reweight; raises like :func:`posterior_of`."""
    posterior, record = posterior_of(recalled)
    return Basis(posterior, record, recalled.portfolio, effort, kept=recalled.kept)


def _check_posterior(run: RunPaths) -> None:
    try:
        vouched = run.manifest.read_bytes()
        stored = json.loads(vouched)["stored"][run.posterior.name]
        same = sha256(vouched) == run.manifest_sha256
        whole = same and sha256(run.posterior.read_bytes()) == stored
    except FileNotFoundError as error:
        raise NoSuchRun(
            f"{error.filename}: the ledger has this run, but its file is gone"
        ) from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StoreBroken(f"{run.folder}: its files cannot be read: {error}") from None
    if not whole:
        mend = "restore a copy; `forecasts verify` tells more"
        raise StoreBroken(f"{run.posterior}: it is not what was issued; {mend}")


def _another_version(run: RunPaths, found: str) -> ForecastsError:
    expected = "a posterior of this version's model"
    return BadInput(f"run {run.run_id}, posterior", expected, found, "store a new run and use that")
