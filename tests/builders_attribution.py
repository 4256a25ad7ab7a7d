"""A small world as of a summer day, with random draws: what attribution is tried on."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

import numpy as np
import xarray as xr

from forecasts.attribution.states import Basis, Effort, State, reach_until
from forecasts.evidence.tables import Evidence
from forecasts.inference.answers import ask
from forecasts.portfolio import Portfolio
from forecasts.questions.events import Asked, ContactCount
from forecasts.world.inputs import inputs
from forecasts.world.simulate import simulate
from tests.builders import administration, contact, opportunity, plan, signal
from tests.builders_walk import random_draws
from tests.builders_world import portfolio_of, quiet_evidence

OLD, NEW, CLOSES = date(2023, 6, 16), date(2023, 7, 7), date(2023, 10, 1)
ASKED: Asked = ContactCount(("state_sec_visit",), until=CLOSES, after=date(2023, 7, 15))
"""A visit later than all that is known: contacts move it by what is learned from them."""

EFFORT = Effort(draws=300, replicates=4, seed=1, edge=1200)


def summer(**tables: Any) -> Evidence:
    """Trip announced, held and ended between the two days, a call, a signal; a summit to come."""
    usual: dict[str, Any] = {
        "contacts": (
            contact(id="C0", start=date(2022, 10, 3), end=date(2022, 10, 4), announced=None,
                    known=date(2022, 10, 3)),
            contact(),
            contact(id="C2", kind="leader_remote", start=date(2023, 6, 29), end=date(2023, 6, 29),
                    known=date(2023, 6, 29), announced=None, city="", country="", venue="remote",
                    received=None),
        ),
        "plans": (plan(),),
        "signals": (signal(id="S2", event_date=date(2023, 6, 20), known=date(2023, 6, 20)),),
        "opportunities": (opportunity(),),
        "administrations": (administration(),),
    }  # fmt: skip
    return quiet_evidence(**usual | tables)


@cache
def small() -> Portfolio:
    """The bundled declarations with the evidence of that summer."""
    return portfolio_of(summer())


@cache
def draws(portfolio_day: date = OLD, seed: int = 1, count: int = 300) -> xr.Dataset:
    """Random draws that stand for the posterior as of a day."""
    return random_draws(inputs(small().as_of(portfolio_day), small()), seed, count)


def basis(day: date = OLD, effort: Effort = EFFORT) -> Basis:
    """Those draws as something to reweight."""
    return Basis(
        draws(day, count=effort.draws), inputs(small().as_of(day), small()), small(), effort
    )


def state(day: date = OLD, *, signals: bool = False) -> State:
    """What is known on a day."""
    return State(small().as_of(day), small(), signals)


def directly(
    day: date, posterior: xr.Dataset, asked: Asked = ASKED, seed: int = 1, replicates: int = 4
) -> tuple[float, float]:
    """Answer and its error as a run gives them, from draws of a posterior."""
    view = small().as_of(day)
    ends = reach_until(asked, CLOSES, view)
    futures = simulate(
        posterior,
        view,
        small(),
        inputs(view, small()),
        horizon_days=(ends - view.known_through).days,
        draws=posterior.sizes["chain"] * posterior.sizes["draw"],
        replicates=replicates,
        seed=seed,
        signals=False,
    )
    found = ask(asked, futures, chains=posterior.sizes["chain"])
    return found.probability, found.mcse


def spread(values: list[float]) -> float:
    """Standard deviation over repetitions."""
    return float(np.std(values, ddof=1))
