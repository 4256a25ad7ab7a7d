"""Reuse the posterior of an earlier run where only a few facts came in since.

A posterior that was sampled with the same model, priors, seed and effort is
reweighted to what is public now (:mod:`forecasts.inference.update`). Only
sampled posteriors are reused, never reweighted ones: errors cannot pile up.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from forecasts.checked import sha256
from forecasts.errors import ForecastsError
from forecasts.inference.fit import Settings
from forecasts.inference.gates import Diagnostics, Gates
from forecasts.inference.stored import recorded_inputs
from forecasts.inference.update import Update, resampled, update
from forecasts.ledger import Store, list_runs, read_document
from forecasts.portfolio import Portfolio
from forecasts.world.inputs import Inputs
from forecasts.world.model import MODEL_VERSION
from forecasts.world.ratio import Reference

if TYPE_CHECKING:
    import xarray as xr

    from forecasts.ledger.paths import RunPaths

EQUAL_WEIGHTS = -1.0
"""Written for the tail shape of weights that are all equal, which has no number."""

SAMPLED, REWEIGHTED = "sampled", "reweighted"


@dataclass(frozen=True, slots=True)
class Source:
    """A stored run whose posterior was sampled.

    Parameters
    ----------
    run : RunPaths
    document : dict
        Its run document.
    """

    run: RunPaths
    document: Mapping[str, Any]

    @property
    def run_id(self) -> str:
        """Identifier of the run."""
        return self.run.run_id


@dataclass(frozen=True, slots=True)
class Reused:
    """A reweighted posterior, and where it comes from."""

    source: Source
    tree: xr.DataTree
    weights: Update

    @property
    def kept(self) -> float:
        """Share of the effective number of draws that the weights have left."""
        size = self.tree["posterior"].sizes["draw"]
        return min(self.weights.ess / size, 1.0)

    @property
    def diagnosed(self) -> Diagnostics:
        """R-hat and effective sizes of the posterior that was reweighted."""
        return {
            (row["name"], row["coordinate"]): {"rhat": row["rhat"], "ess_bulk": row["ess_bulk"]}
            for row in self.source.document["parameters"]
        }

    def gates(self, mcse: Iterable[float], *, coherent: bool) -> Gates:
        """Gates of the sampled posterior, with the errors of the new answers and k-hat."""
        was = self.source.document["gates"]
        return Gates(
            rhat_max=was["rhat_max"],
            ess_bulk_min=was["ess_bulk_min"],
            ess_tail_min=was["ess_tail_min"],
            divergences=was["divergences"],
            mcse_max=max([0.0, *(error for error in mcse if not math.isnan(error))]),
            coherent=coherent,
            khat=max(self.weights.khat, EQUAL_WEIGHTS),
        )

    def as_dict(self) -> dict[str, object]:
        """How the posterior was come by, as the run document has it."""
        return {
            "how": REWEIGHTED,
            "from_run": self.source.run_id,
            "from_as_of": self.source.document["as_of"],
            "khat": max(self.weights.khat, EQUAL_WEIGHTS),
            "ess": self.weights.ess,
        }


def model_digest(portfolio: Portfolio, seed: int, settings: Settings) -> str:
    """Hash of what two posteriors must share for one to be reweighted into the other.

    Priors, modelled kinds and signal families, the version of the model, the
    seed and the effort; not the evidence, which reweighting is for.
    """
    priors = {name: sha for name, sha in portfolio.files.items() if name.startswith("elicited/")}
    content = [
        MODEL_VERSION,
        *(f"{name} {sha}" for name, sha in sorted(priors.items())),
        *portfolio.kinds,
        *portfolio.signals,
        f"{seed} {asdict(settings)}",
    ]
    return sha256("\n".join(content).encode())[:16]


def nearest_source(store: Store, digest: str, as_of: date) -> Source | None:
    """Return the sampled run of the same model whose day is nearest to `as_of`, if any is usable.

    Parameters
    ----------
    store : Store
    digest : str
        From :func:`model_digest`.
    as_of : date
    """
    found = list[tuple[int, Source]]()
    for run in list_runs(store):
        try:
            document = read_document(run)
        except ForecastsError:
            continue  # a run that is damaged is `verify`'s affair; this one can sample
        posterior = document.get("posterior", {})
        usable = run.posterior.is_file() and document["gates"]["passed"]
        if posterior.get("how") == SAMPLED and posterior["digest"] == digest and usable:
            days = abs((date.fromisoformat(document["as_of"]) - as_of).days)
            found.append((days, Source(run, document)))
    return min(found, key=lambda pair: pair[0])[1] if found else None


def reuse(source: Source, data: Inputs, *, seed: int) -> Reused | None:
    """Reweight the posterior of `source` to the record `data`.

    Returns
    -------
    Reused or None
        ``None`` where the weights cannot be trusted (k-hat above 0.7), or what
        is stored does not fit this version.
    """
    import xarray as xr

    try:
        path = source.run.posterior
        with xr.open_dataset(path, group="posterior", engine="h5netcdf") as stored:
            posterior = stored.load()
        with xr.open_dataset(path, group="constant_data", engine="h5netcdf") as stored:
            record = recorded_inputs(stored.load())
    except (OSError, KeyError, ValueError):
        return None
    flat = posterior.stack(sample=("chain", "draw")).transpose("sample", ...)
    if len(data.exposure.administrations) != posterior.sizes["administration"]:
        return None
    weights = update(Reference(flat, record).log_ratio(data))
    if not weights.trusted:
        return None
    tree = xr.DataTree.from_dict({"posterior": resampled(flat, weights, data, seed=seed)})
    return Reused(source, tree, weights)
