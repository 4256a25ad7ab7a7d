"""Scores of a backtest: of leaders' meetings in full, of kinds and templates in brief."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from forecasts.evaluation.baselines import BASELINES
from forecasts.evaluation.cells import FORECASTERS, PLANS
from forecasts.evaluation.summary_cells import (
    ALL,
    PERIODS,
    Period,
    horizons_of,
    in_blocks,
    interval,
    scored,
    selected,
    spells,
)
from forecasts.evaluation.templates import CONTACT, TEMPLATES
from forecasts.schema import KINDS
from forecasts.scoring.bootstrap import skill_interval
from forecasts.scoring.calibration import decompose
from forecasts.scoring.honesty import as_dict, panel
from forecasts.scoring.reliability import reliability
from forecasts.scoring.resampling import effective_clusters
from forecasts.scoring.rules import brier, log_score

if TYPE_CHECKING:
    import xarray as xr

LEADERS = "leader_in_person"
HEADLINE = PLANS
"""The forecaster that is judged: the model with plans and without signals."""

CLIMATOLOGY, CALENDAR_ONLY = "climatology", "calendar only"
MAIN_BASELINES = (CLIMATOLOGY, CALENDAR_ONLY)

type Row = dict[str, Any]


def leaders(table: xr.Dataset, *, seed: int, period: Period = ALL) -> list[Row]:
    """Scores of leaders' meetings, one row a horizon.

    Parameters
    ----------
    table : xarray.Dataset
    seed : int
        Of all resampling.
    period : Period

    Returns
    -------
    list of dict
        Counts, frequency, mean scores of every forecaster, skill of the headline
        forecaster against each baseline, and its calibration.
    """
    return [
        _in_full(
            selected(table, template=CONTACT, subject=LEADERS, horizon_days=days, period=period),
            days,
            seed,
        )
        for days in horizons_of(table)
    ]


def diagrams(table: xr.Dataset, *, seed: int) -> list[Row]:
    """Reliability diagram of leaders' meetings as data, one a horizon."""
    found = []
    for days in horizons_of(table):
        cells = selected(table, template=CONTACT, subject=LEADERS, horizon_days=days)
        drawn = reliability(
            probability=cells["probability"].sel(forecaster=HEADLINE, drop=True),
            outcome=cells["outcome"],
            clusters=cells["cluster"].values,
            seed=seed,
        )
        columns = {str(name): np.round(drawn[name].values, 4) for name in drawn}
        found.append({
            "horizon_days": days,
            "mass": drawn.attrs["mass"],
            "forecast": np.round(drawn["forecast"].values, 4),
            **columns,
        })
    return found


def series(table: xr.Dataset) -> list[Row]:
    """What was said of leaders' meetings on each origin, and what happened; one a horizon."""
    found = []
    for days in horizons_of(table):
        cells = selected(table, template=CONTACT, subject=LEADERS, horizon_days=days)
        said = cells["probability"]
        found.append({
            "horizon_days": days,
            "origin": np.datetime_as_string(cells["origin"].values, unit="D"),
            "outcome": cells["outcome"].values,
            **{
                name: np.round(said.sel(forecaster=name).values, 4)
                for name in (HEADLINE, CALENDAR_ONLY)
            },
        })
    return found


def periods(table: xr.Dataset, *, seed: int) -> list[Row]:
    """Scores of leaders' meetings by period: `PERIODS`, each with its own row a horizon."""
    return [
        {
            "name": each.name,
            "note": each.note,
            **_ends(selected(table, period=each)),
            "leaders": leaders(table, seed=seed, period=each),
        }
        for each in PERIODS
    ]


def kinds(table: xr.Dataset, *, seed: int) -> list[Row]:
    """Skill by kind of contact and horizon, against the two main baselines."""
    asked = set(selected(table, template=CONTACT)["subject"].values.tolist())
    return [
        {
            "kind": kind,
            "horizon_days": days,
            **_in_brief(selected(table, template=CONTACT, subject=kind, horizon_days=days), seed),
        }
        for kind in KINDS
        if kind in asked
        for days in horizons_of(table)
    ]


def templates(table: xr.Dataset, *, seed: int) -> list[Row]:
    """Skill by template, by horizon and (``horizon_days`` is None) over all of them."""
    return [
        {
            "template": name,
            "horizon_days": days,
            **_in_brief(selected(table, template=name, horizon_days=days), seed),
        }
        for name in TEMPLATES
        for days in (*horizons_of(table), None)
    ]


def _ends(cells: xr.Dataset) -> Row:
    days = np.unique(np.datetime_as_string(cells["origin"].values, unit="D"))
    first, last = (days[0], days[-1]) if days.size else (None, None)
    return {"origins": days.size, "first": first, "last": last}


def _counts(cells: xr.Dataset, kept: xr.Dataset) -> Row:
    clusters = kept["cluster"].values
    return {
        "cells": cells.sizes["cell"],
        "scored": kept.sizes["cell"],
        "unresolved": int(np.isnan(cells["outcome"].values).sum()),
        "clusters": len(np.unique(clusters)),
        "effective_clusters": effective_clusters(clusters),
        "frequency": _mean(kept["outcome"].values),
    }


def _in_brief(cells: xr.Dataset, seed: int) -> Row:
    kept = scored(cells, HEADLINE)
    row = _counts(cells, kept)
    if not row["scored"]:
        return row | {"brier": None, "against": dict.fromkeys(MAIN_BASELINES)}
    losses = brier(probability=kept["probability"], outcome=kept["outcome"])
    drawn = in_blocks(kept, seed=seed)
    return row | {
        "brier": {name: _mean(losses.sel(forecaster=name).values) for name in FORECASTERS},
        "against": {
            name: interval(
                skill_interval(
                    score=losses.sel(forecaster=HEADLINE, drop=True),
                    baseline=losses.sel(forecaster=name, drop=True),
                    resampling=drawn,
                )
            )
            for name in MAIN_BASELINES
        },
    }


def _in_full(cells: xr.Dataset, days: int, seed: int) -> Row:
    kept = scored(cells, HEADLINE)
    found = as_dict(panel(cells, HEADLINE, tuple(BASELINES), seed=seed))
    said = kept["probability"].sel(forecaster=HEADLINE, drop=True)
    parts = decompose(probability=said, outcome=kept["outcome"])
    row = {
        "horizon_days": days,
        **_counts(cells, kept),
        "spells": spells(kept["outcome"].values),
        "block_length": found["block_length"],
        "brier": _means(kept, brier),
        "log_score": _means(kept, log_score),
        "calibration": found["calibration"],
        "decomposition": {
            "score": parts.score,
            "miscalibration": parts.miscalibration,
            "discrimination": parts.discrimination,
            "uncertainty": parts.uncertainty,
        },
    }
    logs = _log_skills(kept, seed)
    against = found["against"]
    assert isinstance(against, list)  # noqa: S101 - what the panel's dict holds
    return row | {
        "against": {one["baseline"]: one | {"log_skill": logs[one["baseline"]]} for one in against}
    }


def _log_skills(kept: xr.Dataset, seed: int) -> Row:
    if not kept.sizes["cell"]:
        return dict.fromkeys(BASELINES)
    losses = log_score(probability=kept["probability"], outcome=kept["outcome"])
    drawn = in_blocks(kept, seed=seed)
    ours = losses.sel(forecaster=HEADLINE, drop=True)
    return {
        name: interval(
            skill_interval(
                score=ours, baseline=losses.sel(forecaster=name, drop=True), resampling=drawn
            )
        )
        for name in BASELINES
    }


def _means(kept: xr.Dataset, rule: Any) -> Row:
    losses = rule(probability=kept["probability"], outcome=kept["outcome"])
    return {name: _mean(losses.sel(forecaster=name).values) for name in FORECASTERS}


def _mean(values: np.ndarray[Any, Any]) -> float:
    known = values[~np.isnan(values)]
    return float(known.mean()) if known.size else float("nan")
