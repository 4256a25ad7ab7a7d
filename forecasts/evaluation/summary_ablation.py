"""What plans add to base rates, and signals to plans, with intervals: also where it is nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from forecasts.evaluation.cells import BASE_RATES, PLANS, SIGNALS
from forecasts.evaluation.summary_cells import horizons_of, in_blocks, interval, plain, selected
from forecasts.evaluation.summary_scores import CLIMATOLOGY, LEADERS
from forecasts.evaluation.templates import CONTACT
from forecasts.scoring.bootstrap import mean_interval, skill_difference_interval
from forecasts.scoring.resampling import block_length, resample_blocks
from forecasts.scoring.rules import brier

if TYPE_CHECKING:
    import xarray as xr

STEPS = ((BASE_RATES, PLANS), (PLANS, SIGNALS))
"""Each stage of the model, beside the one before."""

GROUPS = {"leaders": LEADERS, "all kinds": None}

type Row = dict[str, Any]


def ablation(table: xr.Dataset, *, seed: int) -> Row:
    """Gains of each stage over the one before.

    Parameters
    ----------
    table : xarray.Dataset
    seed : int

    Returns
    -------
    dict
        ``gains``, one row a group of questions, horizon and step; ``log_score``, what
        signals gain in the log predictive density of the next origin's record; and
        ``sentence``, what follows for the default.
    """
    gains = [
        {"group": group, "horizon_days": days, "before": before, "after": after}
        | _gain(selected(table, template=CONTACT, subject=kind, horizon_days=days), step, seed)
        for group, kind in GROUPS.items()
        for days in horizons_of(table)
        for step in STEPS
        for before, after in [step]
    ]
    gained = log_score_gain(table, seed=seed)
    return {"gains": gains, "log_score": gained, "sentence": default_sentence(gained)}


def log_score_gain(table: xr.Dataset, *, seed: int) -> Row:
    r"""Gain of signals in leave-future-out log score, summed over steps.

    The log predictive density that the walk with signals gives to what the next
    origin adds, less that of the walk without; in nats, above 0 where signals help.

    Returns
    -------
    dict
        ``value``, ``low`` and ``high`` of the sum; ``steps`` that both walks scored;
        ``block_length`` of the blocks of steps that were resampled.

    References
    ----------
    .. [1] Buerkner, Gabry, Vehtari (2020). Approximate leave-future-out
       cross-validation for Bayesian time series models. JSCS 90(14).
    """
    gain = table["elpd"].sel(walk=SIGNALS, drop=True) - table["elpd"].sel(walk=PLANS, drop=True)
    steps = int(gain.notnull().sum())
    if not steps:
        return {"value": None, "low": None, "high": None, "steps": 0, "block_length": None}
    kept = gain.dropna("step")
    every = float(table.attrs["every_days"])
    length = block_length(horizon_days=every, every_days=every, origins=steps)
    drawn = resample_blocks(kept["step"].values, length=length, seed=seed)
    mean = interval(mean_interval(kept, drawn, dim="step"))
    total = plain({name: steps * value for name, value in mean.items()})
    return {**total, "steps": steps, "block_length": length}


def earned(gained: Row) -> bool:
    """Whether the interval of the log-score gain lies above 0."""
    return gained["low"] is not None and gained["low"] > 0


def default_sentence(gained: Row) -> str:
    """Say whether signals are on by default: only if their gain has its interval above 0.

    Examples
    --------
    >>> default_sentence({"value": 0.9, "low": -0.3, "high": 2.1, "steps": 245})[:45]
    'Signals gained +0.9 nats (90 % interval: -0.3'
    """
    if gained["low"] is None:
        return "Too few steps to measure what signals gain, so they stay off by default."
    value, low, high = (f"{round(gained[name], 1) + 0.0:+.1f}" for name in ("value", "low", "high"))
    found = (
        f"Signals gained {value} nats (90 % interval: {low} to {high}) of log score over "
        f"{gained['steps']} steps"
    )
    if not earned(gained):
        return f"{found}: the interval is not above 0, so they are off by default."
    return (
        f"{found}: the interval is above 0, which is one of two conditions. The other, that an "
        "index which nobody could have picked by hand does no worse, was not tested here, so they "
        "stay off by default until it is."
    )


def _gain(cells: xr.Dataset, step: tuple[str, str], seed: int) -> Row:
    names = [*step, CLIMATOLOGY]
    said, outcome = cells["probability"].sel(forecaster=names), cells["outcome"]
    answered = said.notnull().all("forecaster") & outcome.notnull()
    kept = cells.isel(cell=np.flatnonzero(answered.values))
    row: Row = {"scored": kept.sizes["cell"]}
    if not row["scored"]:
        empty = ("brier_before", "brier_after", "brier_gain", "skill_gain")
        return row | dict.fromkeys(empty)
    losses = brier(probability=kept["probability"], outcome=kept["outcome"])
    before, after, base = (losses.sel(forecaster=name, drop=True) for name in names)
    drawn = in_blocks(kept, seed=seed)
    skill = skill_difference_interval(score=after, other=before, baseline=base, resampling=drawn)
    return row | {
        "brier_before": float(before.mean()),
        "brier_after": float(after.mean()),
        "brier_gain": interval(mean_interval(before - after, drawn)),
        "skill_gain": interval(skill),
    }
