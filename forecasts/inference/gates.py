"""The gates that a posterior must pass before a probability leaves the house.

Bars after Vehtari et al. (2021): R-hat at most 1.01, bulk and tail effective
sample size at least 400, no divergences; and a Monte Carlo error of at most
half a point on every published probability.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import numpy as np

from forecasts.schema import (
    ESS_AT_LEAST,
    INTERVAL_MASS,
    KHAT_AT_MOST,
    MCSE_AT_MOST,
    RHAT_AT_MOST,
)

if TYPE_CHECKING:
    import xarray as xr


@dataclass(frozen=True, slots=True)
class Gates:
    """Readings of every gate, and which ones failed (in words).

    `khat` is the tail shape of importance weights, where the posterior was reweighted.
    """

    rhat_max: float
    ess_bulk_min: float
    ess_tail_min: float
    divergences: int
    mcse_max: float
    coherent: bool
    khat: float | None = None

    @property
    def failures(self) -> tuple[str, ...]:
        """One line for each gate that is not passed."""
        checks = {
            f"R-hat {self.rhat_max:.3f} is above {RHAT_AT_MOST}": self.rhat_max > RHAT_AT_MOST,
            f"bulk ESS {self.ess_bulk_min:.0f} is below {ESS_AT_LEAST}": self.ess_bulk_min
            < ESS_AT_LEAST,
            f"tail ESS {self.ess_tail_min:.0f} is below {ESS_AT_LEAST}": self.ess_tail_min
            < ESS_AT_LEAST,
            f"{self.divergences} divergences": self.divergences > 0,
            f"Monte Carlo error {self.mcse_max:.4f} is above {MCSE_AT_MOST}": self.mcse_max
            > MCSE_AT_MOST,
            "the coherence certificate does not hold": not self.coherent,
            f"k-hat {self.khat or 0.0:.2f} is above {KHAT_AT_MOST}": (self.khat or 0.0)
            > KHAT_AT_MOST,
        }
        return tuple(line for line, failed in checks.items() if failed)

    @property
    def passed(self) -> bool:
        """Whether every gate is passed."""
        return not self.failures

    def as_dict(self) -> dict[str, object]:
        """Readings and verdict, as the run document has them."""
        return {**asdict(self), "passed": self.passed, "failures": list(self.failures)}


type Diagnostics = Mapping[tuple[str, str], Mapping[str, float]]
"""R-hat and effective sample sizes by name and coordinate of a parameter."""


def read_gates(
    tree: xr.DataTree,
    mcse: Iterable[float],
    *,
    coherent: bool,
    diagnosed: Diagnostics | None = None,
) -> Gates:
    """Read the gates off a fit and its answers.

    Parameters
    ----------
    tree : xarray.DataTree
        With groups ``posterior`` and ``sample_stats``, dims (chain, draw, ...).
    mcse : iterable of float
        Monte Carlo errors of the published probabilities.
    coherent : bool
        Whether the coherence certificate holds.
    diagnosed : mapping, optional
        What :func:`diagnostics` says of the posterior, where that is known already.
    """
    table = diagnosed or diagnostics(tree["posterior"].to_dataset())
    return Gates(
        rhat_max=max(row["rhat"] for row in table.values()),
        ess_bulk_min=min(row["ess_bulk"] for row in table.values()),
        ess_tail_min=min(row["ess_tail"] for row in table.values()),
        divergences=int(tree["sample_stats"]["diverging"].sum()),
        mcse_max=max([0.0, *(error for error in mcse if not math.isnan(error))]),
        coherent=coherent,
    )


def diagnostics(posterior: xr.Dataset) -> dict[tuple[str, str], dict[str, float]]:
    """R-hat and effective sample sizes of every parameter, by name and coordinate."""
    from arviz_stats.base import array_stats

    return {
        key: {
            "rhat": float(array_stats.rhat(values)),
            "ess_bulk": float(array_stats.ess(values, method="bulk")),
            "ess_tail": float(array_stats.ess(values, method="tail", prob=(0.05, 0.95))),
        }
        for key, values in scalars(posterior)
    }


def scalars(posterior: xr.Dataset) -> Iterable[tuple[tuple[str, str], np.ndarray]]:
    """Every scalar parameter as an array with dims (chain, draw), by name and coordinate."""
    for name, array in posterior.data_vars.items():
        rest = [dim for dim in array.dims if dim not in ("chain", "draw")]
        flat = array.stack(cell=rest) if rest else array.expand_dims(cell=[""])
        for index in range(flat.sizes["cell"]):
            cell = flat["cell"].to_numpy()[index]
            label = ", ".join(map(str, cell)) if isinstance(cell, tuple) else str(cell)
            values = flat.isel(cell=index).transpose("chain", "draw").to_numpy()
            yield (str(name), label), values


def parameter_table(
    posterior: xr.Dataset, diagnosed: Diagnostics | None = None
) -> list[dict[str, object]]:
    """Summarise the parameters that mean something by themselves, for the run document.

    Standardised effects (``..._raw``, ``pair...``) are left out: they only mean
    something times their scale.
    """
    names = [
        str(name)
        for name in posterior.data_vars
        if not str(name).endswith("_raw") and not str(name).startswith("pair")
    ]
    shown = posterior[names]
    checks = diagnosed or diagnostics(shown)
    worst = {
        "rhat": max(row["rhat"] for row in checks.values()),
        "ess_bulk": min(row["ess_bulk"] for row in checks.values()),
    }
    tail = (1.0 - INTERVAL_MASS) / 2
    rows = []
    for (name, coordinate), values in scalars(shown):
        low, high = np.quantile(values, [tail, 1.0 - tail])
        rows.append({
            "name": name,
            "coordinate": coordinate,
            "mean": float(values.mean()),
            "sd": float(values.std(ddof=1)),
            "low": float(low),
            "high": float(high),
            "rhat": checks.get((name, coordinate), worst)["rhat"],
            "ess_bulk": checks.get((name, coordinate), worst)["ess_bulk"],
        })
    return sorted(rows, key=lambda row: (row["name"], row["coordinate"]))


def efficiency(series: np.ndarray, chains: int) -> float:
    """Effective over nominal size of a series of draws, chain after chain; at most 1."""
    from arviz_stats.base import array_stats

    if series.size % chains or np.ptp(series) == 0.0:
        return 1.0
    effective = float(array_stats.ess(series.reshape(chains, -1), method="mean"))
    return min(max(effective / series.size, 1e-3), 1.0)
