"""A made-up table of a backtest, shaped as the real one is, for tests that fit nothing.

Contacts of each kind fall on days drawn at random; outcomes and clusters follow
from them as they do in the record. The model knows a share `sharp` of what
happens and the calendar half as much; the rest say the overall frequency.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from forecasts.evaluation.cells import FORECASTERS

if TYPE_CHECKING:
    import xarray as xr

HORIZONS = (30, 90, 180, 365)
KINDS = {"leader_in_person": 150, "state_sec_visit": 250, "dialogue": 60}
"""Mean days between contacts."""

FIRST, EVERY_DAYS = date(2005, 1, 1), 30
STARTS = 25


def backtest_table(
    origins: int = 250, *, seed: int = 1, sharp: float = 0.3, calendar: str = "strict"
) -> xr.Dataset:
    """Make a table of so many origins."""
    import xarray as xr

    rng = np.random.default_rng(seed)
    days = [FIRST + timedelta(days=EVERY_DAYS * i) for i in range(origins)]
    rows = [row for kind, gap in KINDS.items() for row in _contacts(kind, gap, days, rng)]
    rows += _others(days, rng)
    outcome = np.array([row["outcome"] for row in rows])
    steps = np.array(days, dtype="datetime64[s]")
    shape = ("walk", "step")
    sampled = np.tile(np.arange(origins) % STARTS == 0, (2, 1))
    elpd = rng.normal(-3, 1, (2, origins))
    elpd[:, -1] = np.nan
    columns = {
        name: ("cell", np.array([row[name] for row in rows]))
        for name in ("template", "subject", "horizon_days", "case", "cluster")
    }
    return xr.Dataset(
        {
            "probability": (("cell", "forecaster"), _said(rows, outcome, sharp, rng)),
            "outcome": ("cell", outcome),
            "sampled": (shape, sampled),
            "khat": (shape, np.where(sampled, -np.inf, 0.3)),
            "ess": (shape, np.where(sampled, np.nan, 900.0)),
            "divergences": (shape, np.zeros((2, origins), dtype=np.int64)),
            "elpd": (shape, elpd),
        },
        coords={
            "forecaster": list(FORECASTERS),
            "walk": ["plans", "signals"],
            "step": steps,
            "origin": ("cell", np.array([row["origin"] for row in rows], dtype="datetime64[s]")),
            **columns,
        },
        attrs={
            "calendar": calendar,
            "first": days[0].isoformat(),
            "last": days[-1].isoformat(),
            "every_days": EVERY_DAYS,
            "seed": seed,
            "origins": origins,
            "horizons": list(HORIZONS),
            "seconds": 600.0,
            "backtest_id": "0123456789abcdef",
        },
    )


def with_exact(table: xr.Dataset, origins: int, *, off: float = 0.005) -> xr.Dataset:
    """Lay exact answers beside those of the first origins, each `off` by as much."""
    first = table["step"].values[:origins]
    cells = np.isin(table["origin"].values, first)[:, np.newaxis]
    said = table["probability"].values
    moved = np.where(said > 0.5, said - off, said + off)
    steps = np.isin(table["step"].values, first)
    return table.assign(
        probability_exact=(("cell", "forecaster"), np.where(cells, moved, np.nan)),
        elpd_exact=(("walk", "step"), np.where(steps, table["elpd"].values, np.nan)),
    ).assign_attrs(exact_seconds=1200.0, exact_walked_seconds=80.0)


def saying(table: xr.Dataset, forecaster: str, probability: Any) -> xr.Dataset:
    """Give one forecaster other answers, dims (cell)."""
    said = table["probability"].copy(deep=True)
    said.loc[{"forecaster": forecaster}] = probability
    return table.assign(probability=said)


def _contacts(
    kind: str, gap: float, days: list[date], rng: np.random.Generator
) -> list[dict[str, Any]]:
    span = (days[-1] - days[0]).days + 2 * max(HORIZONS)
    met = np.cumsum(rng.exponential(gap, int(2 * span / gap) + 10))
    rows = []
    for day in days:
        at = (day - days[0]).days
        following = int(np.searchsorted(met, at))
        for horizon in HORIZONS:
            row = _row(day, "contact", kind, horizon, f"{kind}-{following}")
            rows.append(row | {"outcome": float(met[following] <= at + horizon)})
    return rows


def _others(days: list[date], rng: np.random.Generator) -> list[dict[str, Any]]:
    rows = []
    for i, day in enumerate(days):
        case = f"MC-{i // 12}"
        held, kept = (rng.random(2) < 0.7).astype(float).tolist()
        rows.append(_row(day, "summit", "G20", 180, case) | {"outcome": held, "case": case})
        rows.append(_row(day, "level", "dialogue", 90, f"L{i}") | {"outcome": np.nan})
        if i % 3 == 0:
            plan = f"state_sec_visit:{day}:{day}"
            rows.append(
                _row(day, "plan", "state_sec_visit", 30, plan) | {"outcome": kept, "case": plan}
            )
    return rows


def _row(day: date, template: str, subject: str, horizon: int, cluster: str) -> dict[str, Any]:
    return {
        "origin": np.datetime64(day),
        "template": template,
        "subject": subject,
        "horizon_days": horizon,
        "case": "",
        "cluster": cluster,
    }


def _said(
    rows: list[dict[str, Any]], outcome: np.ndarray, sharp: float, rng: np.random.Generator
) -> np.ndarray:
    """Answers by forecaster: each moves from the frequency towards what happens."""
    groups = np.array([f"{row['template']} {row['subject']} {row['horizon_days']}" for row in rows])
    rate = np.full(len(rows), 0.5)
    for name in np.unique(groups):
        known = outcome[(groups == name) & ~np.isnan(outcome)]
        rate[groups == name] = np.clip(known.mean() if known.size else 0.5, 0.05, 0.95)
    came = np.where(np.isnan(outcome), rate, outcome)
    knows = dict.fromkeys(FORECASTERS, 0.0)
    knows |= {"base rates": 0.6 * sharp, "plans": sharp, "signals": sharp}
    knows |= {"calendar only": 0.5 * sharp}
    noise = rng.normal(0, 0.03, (len(rows), len(FORECASTERS)))
    said = rate[:, np.newaxis] + np.array(list(knows.values())) * (came - rate)[:, np.newaxis]
    clipped: np.ndarray = np.clip(said + noise, 0.01, 0.99)
    return clipped
