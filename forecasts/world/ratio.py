"""How much likelier one record is than another, draw by draw.

Moving the as-of day, adding a fact or revising one changes the likelihood of
given parameters by a factor. Its logarithm is what a stored posterior is
reweighted by: only what differs between the two records has to be computed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from forecasts.world.blocks import COMPONENTS
from forecasts.world.draws import administration_effects, slopes
from forecasts.world.exposure import Exposure, signed_sum
from forecasts.world.inputs import Inputs
from forecasts.world.loglik import components, full_detection, logged
from forecasts.world.priors import Floats

if TYPE_CHECKING:
    import xarray as xr

CELLS_AT_ONCE = 4_000_000
"""Bound on the size of temporary arrays, in numbers."""


class Reference:
    """Draws and the record that they are given: what other records are compared with.

    Parameters
    ----------
    flat : xarray.Dataset, dims (sample, ...)
        Parameters; their dims serve every record that is compared.
    record : Inputs
        Arrays of the view that the draws are conditioned on.
    """

    def __init__(self, flat: xr.Dataset, record: Inputs) -> None:
        self.flat, self.record = flat, record
        self._before = _sums(flat, record)

    def log_ratio(self, new: Inputs) -> dict[str, Floats]:
        """Log likelihood of `new` less that of the record, block by block.

        Parameters
        ----------
        new : Inputs
            Arrays of a view of another day, or of the same day with other facts.

        Returns
        -------
        dict of str to array, dims (sample,)
            By the names of :data:`forecasts.world.blocks.BLOCKS`.
        """
        after = _sums(self.flat, new)
        ratio = {name: after[name] - self._before[name] for name in after}
        ratio["background"] = background_ratio(self.flat, new.exposure, self.record.exposure)
        zero = np.zeros(self.flat.sizes["sample"])
        return {
            block: np.asarray(sum((ratio[name] for name in names), zero))
            for block, names in COMPONENTS.items()
        }


def _sums(flat: xr.Dataset, record: Inputs) -> dict[str, Floats]:
    """Log likelihood of every component but the background, dims (sample,)."""
    return {name: terms.sum(axis=-1) for name, (_, terms) in components(flat, record).items()}


def background_ratio(flat: xr.Dataset, new: Exposure, old: Exposure) -> Floats:
    """Part of a log ratio that is due to background hazards, dims (sample,)."""
    seen = signed_sum([(1.0, new), (-1.0, old)])
    effects, _ = administration_effects(flat)
    by_pair = flat["log_rate"].to_numpy()[:, None, :] + effects
    slope, full = slopes(flat), full_detection(flat)
    recency = np.exp(flat["recency_log_ratio"].to_numpy())
    terms = logged(flat, seen).sum(axis=-1)
    at_once = max(CELLS_AT_ONCE // max(seen.days.size, 1), 1)
    for first in range(0, len(terms), at_once):
        part = slice(first, first + at_once)
        log_hazard = by_pair[part, seen.row_administration]
        log_hazard = log_hazard + np.einsum("rf,nfs->nrs", seen.row_reading, slope[part])
        at_risk = seen.days + seen.recent_days * recency[part, None, :]
        expected = np.exp(log_hazard) * full[part][:, seen.row_detection] * at_risk
        terms[part] -= expected.sum(axis=(1, 2))
    return np.asarray(terms)
