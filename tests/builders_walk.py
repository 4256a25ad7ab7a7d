"""A sampler that does not sample: random draws of roughly plausible size, for tests of walking."""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr

from forecasts.inference.fit import Settings
from forecasts.world.inputs import Inputs
from tests.builders_world import posterior

SPREAD = {"log_rate": 0.3, "bilateral": 0.5, "us_attends": 0.5, "prc_attends": 0.5, "pair": 0.3}
SHARES = ("lost_plan_detection", "announced_share", "secretary_accompanies", "postponed_share")


def random_draws(data: Inputs, seed: int, draws: int = 300) -> xr.Dataset:
    """Draws around a neutral world, dims (chain, draw, ...), every parameter of the model there."""
    rng = np.random.default_rng(seed)
    drawn = posterior(
        data,
        draws=draws,
        summit_in_person=0.95,
        us_attends=1.5,
        prc_attends=1.5,
        loss_log_hazard=-6.0,
        loss_last_week=1.0,
        administration_sd=0.3,
    )
    for name, spread in SPREAD.items():
        drawn[name] = drawn[name] + rng.normal(0.0, spread, drawn[name].shape)
    for name in SHARES:
        dims = drawn[name].dims if name in drawn else ("chain", "draw")
        shape = [drawn.sizes[dim] for dim in dims]
        drawn[name] = (dims, rng.uniform(0.2, 0.8, shape))
    periods = len(data.exposure.detections)
    recorded = rng.uniform(0.4, 0.9, (1, draws, periods))
    drawn["detection"] = (("chain", "draw", "detection_period"), recorded)
    return drawn


class PretendSampler:
    """Stands in for a compiled model; remembers for which records it was asked."""

    def __init__(self) -> None:
        self.asked: list[Inputs] = []

    def __call__(self, _data: Inputs) -> Any:
        return self

    def posterior(self, data: Inputs, *, seed: int, settings: Settings) -> xr.DataTree:
        self.asked.append(data)
        drawn = random_draws(data, seed, settings.draws)
        no = xr.zeros_like(drawn["log_rate"].isel(stream=0, drop=True), dtype=bool)
        stats = xr.Dataset({"diverging": no})
        return xr.DataTree.from_dict({"posterior": drawn, "sample_stats": stats})
