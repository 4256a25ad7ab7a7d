"""A posterior made by hand, whose every draw is the same, and small worlds to run it in."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import xarray as xr

from forecasts.evidence.tables import Evidence, Plan
from forecasts.evidence.view import View
from forecasts.portfolio import Portfolio, bundled, load
from forecasts.questions.futures import Futures
from forecasts.world.inputs import Inputs, inputs
from forecasts.world.model import coordinates
from forecasts.world.simulate import simulate
from tests.builders import administration, coverage, plan

DIMS: dict[str, tuple[str, ...]] = {
    "pair": ("administration",),
    "administration_loading": ("shared_effect",),
    "administration_sd": ("effect",),
    "administration_persistence": (),
    "pair_own": ("administration", "effect"),
    "log_rate": ("stream",),
    "signal_scale": ("family",),
    "signal_raw": ("family", "stream"),
    "recency_log_ratio": ("stream",),
    "presence_sd": ("side",),
    "presence_raw": ("side", "administration"),
    "announced_share": ("lead_group",),
    "lead_log_days": ("lead_group",),
    "lead_log_sd": (),
    "venue_share": ("kind", "venue"),
    "level_kind_sd": (),
    "level_kind_raw": ("kind",),
    "level_sd": (),
    "level_pair_raw": ("administration",),
    "level_own": ("kind", "administration"),
    "level_visit": (),
    "level_cuts": ("cut",),
    "breakthrough_share": (),
    "received": (),
    "received_kind_sd": (),
    "received_kind_raw": ("kind",),
    "received_trend": (),
    "received_beijing": (),
    "secretary_accompanies": (),
    "loss_log_hazard": (),
    "loss_last_week": (),
    "postponed_share": (),
    "postponed_returns": (),
    "summit_in_person": (),
    "us_attends": ("series",),
    "prc_attends": ("series",),
    "own_host": (),
    "counterpart_host": (),
    "bilateral": ("series",),
    "bilateral_recency": (),
    "log_signal_rate": ("family",),
    "log_standstill_rate": (),
}
"""Every parameter that the simulator reads, with its dims after chain and draw."""

NEUTRAL = {
    "log_rate": np.log(1.0 / 365.25),
    "venue_share": 1.0 / 3.0,
    "level_cuts": np.array([-1.5, 1.5]),
    "breakthrough_share": 0.1,
    "secretary_accompanies": 0.0,
    "lead_log_sd": 1.0,
    "loss_log_hazard": -30.0,
    "summit_in_person": 1.0,
    "us_attends": -30.0,
    "prc_attends": -30.0,
    "log_signal_rate": np.log(10.0 / 365.25),
    "log_standstill_rate": -30.0,
}
"""Once a year of everything, no effects, no announcements, no losses, no summits, no standstill."""


def posterior(data: Inputs, *, draws: int = 4, **over: object) -> xr.Dataset:
    """Constant draws in one chain: `NEUTRAL`, changed by `over`; all else is 0."""
    unknown = set(over) - set(DIMS)
    assert not unknown, unknown
    coords = coordinates(data)
    arrays = {}
    for name, dims in DIMS.items():
        shape = (1, draws, *(len(coords[dim]) for dim in dims))
        value = np.asarray(over.get(name, NEUTRAL.get(name, 0.0)), dtype=float)
        arrays[name] = (("chain", "draw", *dims), np.broadcast_to(value, shape).copy())
    return xr.Dataset(arrays, coords=coords)


class World:
    """A portfolio as of a day, ready to be simulated with posteriors made by hand."""

    def __init__(self, portfolio: Portfolio, view: View) -> None:
        self.portfolio, self.view = portfolio, view
        self.data = inputs(view, portfolio)

    def at(self, name: str, dim: str, **values: float) -> np.ndarray:
        """A parameter along `dim`: as `NEUTRAL` has it, but for the coordinates in `values`."""
        names = coordinates(self.data)[dim]
        start = float(np.asarray(NEUTRAL.get(name, 0.0)))
        return np.array([values.get(each, start) for each in names])

    def simulate(
        self,
        *,
        horizon_days: int = 200,
        draws: int = 4,
        replicates: int = 1000,
        seed: int = 1,
        plans: bool = True,
        signals: bool = True,
        **over: object,
    ) -> Futures:
        """Futures of constant draws, `over` changing the parameters."""
        return simulate(
            posterior(self.data, draws=draws, **over),
            self.view,
            self.portfolio,
            self.data,
            horizon_days=horizon_days,
            draws=draws,
            replicates=replicates,
            seed=seed,
            plans=plans,
            signals=signals,
        )


@cache
def real_portfolio() -> Portfolio:
    """The bundled portfolio, read once a process."""
    return load(bundled())


def pending_plan(**over: object) -> Plan:
    """A trip announced and still to come."""
    usual = {"status": "pending", "status_date": None, "contact_id": "", "us_lead": ""}
    return plan(**{**usual, "prc_lead": "", "source_url": "", "confidence": "", **over})


def quiet_evidence(**tables: object) -> Evidence:
    """Nothing but coverage and one administration, and what `tables` adds."""
    kinds = real_portfolio().kinds
    usual: dict[str, object] = dict.fromkeys(
        ("contacts", "plans", "losses", "opportunities", "signals"), ()
    )
    usual["coverage"] = tuple(coverage(kind=kind) for kind in kinds)
    usual["administrations"] = (administration(),)
    return Evidence(**{**usual, **tables})  # type: ignore[arg-type]


def portfolio_of(evidence: Evidence) -> Portfolio:
    """The bundled portfolio with another evidence."""
    return replace(real_portfolio(), evidence=evidence)
