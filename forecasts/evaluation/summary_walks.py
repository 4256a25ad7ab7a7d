"""How the posteriors of a backtest were come by, and what reweighting lost and saved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from forecasts.evaluation.cells import MODELS

if TYPE_CHECKING:
    import xarray as xr

type Row = dict[str, Any]


def reweighting(table: xr.Dataset) -> Row:
    """Refits, tails of the weights, and agreement with exact refits where these were made.

    Parameters
    ----------
    table : xarray.Dataset, dims (cell, forecaster) and (walk, step)

    Returns
    -------
    dict
        ``walks``, one row a walk; ``steps``, the course of both; ``agreement`` with
        exact refits, or ``None``; ``speed``, or ``None``.
    """
    return {
        "walks": [_walk(table.sel(walk=name)) for name in table["walk"].values],
        "steps": _course(table),
        "agreement": _agreement(table) if "probability_exact" in table else None,
        "speed": _speed(table),
    }


def _walk(account: xr.Dataset) -> Row:
    khat, ess = account["khat"].values, account["ess"].values
    sampled = account["sampled"].values.astype(bool)
    reweighted = khat[~sampled]
    return {
        "walk": str(account["walk"].values),
        "origins": int(sampled.size),
        "sampled": int(sampled.sum()),
        "reweighted": int((~sampled).sum()),
        "khat_max_used": float(reweighted.max()) if reweighted.size else None,
        "ess_mean_used": float(np.nanmean(ess[~sampled])) if reweighted.size else None,
        "divergences": int(account["divergences"].values[sampled].sum()),
    }


def _course(table: xr.Dataset) -> Row:
    days = np.datetime_as_string(table["step"].values, unit="D")
    return {
        "day": days,
        "walks": {
            str(name): {
                "khat": np.round(table["khat"].sel(walk=name).values, 3),
                "sampled": table["sampled"].sel(walk=name).values.astype(bool),
            }
            for name in table["walk"].values
        },
    }


def _agreement(table: xr.Dataset) -> Row:
    """Differences from exact refits: of the log score by walk, of answers by stage."""
    off = 100 * abs(table["probability"] - table["probability_exact"])
    exact_days = np.unique(
        table["origin"].values[table["probability_exact"].notnull().any("forecaster").values]
    )
    return {
        "origins": int(exact_days.size),
        "log_score": [_log_score(table.sel(walk=name)) for name in table["walk"].values],
        "answers": [{"stage": name, **_points(off.sel(forecaster=name).values)} for name in MODELS],
    }


def _log_score(account: xr.Dataset) -> Row:
    walked, exact = account["elpd"].values, account["elpd_exact"].values
    both = ~(np.isnan(walked) | np.isnan(exact))
    count = int(both.sum())
    error = float(np.sqrt(count) * np.std(exact[both], ddof=1)) if count > 1 else float("nan")
    return {
        "walk": str(account["walk"].values),
        "steps": count,
        "walked": float(walked[both].sum()),
        "exact": float(exact[both].sum()),
        "difference": float(np.abs(walked[both].sum() - exact[both].sum())),
        "standard_error": error,
    }


def _points(off: np.ndarray[Any, Any]) -> Row:
    known = off[~np.isnan(off)]
    if not known.size:
        return {"answers": 0, "mean_points": None, "max_points": None}
    return {
        "answers": int(known.size),
        "mean_points": float(known.mean()),
        "max_points": float(known.max()),
    }


def _speed(table: xr.Dataset) -> Row | None:
    exact, walked = (
        float(table.attrs.get(name, 0)) for name in ("exact_seconds", "exact_walked_seconds")
    )
    if not (exact and walked):
        return None
    return {"exact_seconds": exact, "walked_seconds": walked, "ratio": exact / walked}
