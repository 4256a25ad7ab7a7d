"""Draws of every parameter of the model, near the middle of what is possible, without PyMC."""

from __future__ import annotations

import numpy as np
import xarray as xr

from forecasts.world.blocks import BLOCKS
from forecasts.world.inputs import Inputs
from forecasts.world.model import coordinates
from tests.builders_world import DIMS

MORE_DIMS: dict[str, tuple[str, ...]] = {
    "detection": ("detection_period",),
    "lost_plan_detection": (),
    "level_first_cut": (),
    "level_cut_step": (),
}
"""Parameters that the likelihood reads and the simulator does not."""

POSITIVE = ("_sd", "_scale", "_loading")
SHARES = (
    "_share",
    "_persistence",
    "detection",
    "summit_in_person",
    "secretary_accompanies",
    "postponed_returns",
)
CENTRES = {
    "log_rate": -5.5,
    "loss_log_hazard": -5.0,
    "log_signal_rate": -4.5,
    "log_standstill_rate": -9.0,
    "lead_log_days": 2.5,
    "level_first_cut": -1.0,
    "level_cut_step": 2.0,
}


def random_draws(data: Inputs, count: int, seed: int) -> xr.Dataset:
    """Independent draws on a ``sample`` dim, all parameters of the model in it."""
    rng, coords = np.random.default_rng(seed), coordinates(data)
    dims = {**DIMS, **MORE_DIMS}
    found = {}
    for name, each in dims.items():
        shape = (count, *(len(coords[dim]) for dim in each))
        found[name] = (("sample", *each), _values(name, shape, rng))
    draws = xr.Dataset(found, coords={d: v for d, v in coords.items() if v})
    cuts = xr.concat(
        [
            draws["level_first_cut"],
            draws["level_first_cut"] + np.logaddexp(0.0, draws["level_cut_step"]),
        ],
        dim="cut",
    )
    return draws.assign(level_cuts=cuts.assign_coords(cut=coords["cut"])).transpose("sample", ...)


def chained(draws: xr.Dataset) -> xr.Dataset:
    """The same draws as one chain."""
    return draws.rename(sample="draw").expand_dims("chain")


def names_in_blocks() -> set[str]:
    """Every parameter that the blocks list."""
    return {name for block in BLOCKS.values() for name in block}


def _values(name: str, shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
    if name == "venue_share":
        return rng.dirichlet([4.0, 4.0, 4.0], size=shape[:-1])
    if name.endswith(SHARES):
        return rng.beta(6.0, 6.0, size=shape)
    if name.endswith(POSITIVE):
        return np.abs(rng.normal(0.4, 0.15, size=shape)) + 0.05
    return CENTRES.get(name, 0.0) + rng.normal(0.0, 0.4, size=shape)
