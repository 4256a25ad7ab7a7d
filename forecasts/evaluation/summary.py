"""A backtest summarised: scores, calibration, ablation, bars, and what cannot be claimed.

:func:`summarise` turns the table of a backtest into one document of plain
values, which the command line prints and the page shows. Nothing is judged by
eye: each verdict and each sentence is made of the figures beside it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from forecasts.evaluation import summary_scores as scores
from forecasts.evaluation.baselines import BASELINES
from forecasts.evaluation.cells import FORECASTERS
from forecasts.evaluation.summary_ablation import ablation
from forecasts.evaluation.summary_bars import leak, verdicts
from forecasts.evaluation.summary_cells import horizons_of, plain, selected
from forecasts.evaluation.summary_walks import reweighting
from forecasts.evaluation.summary_words import headline, limits
from forecasts.evaluation.templates import CONTACT
from forecasts.scoring.bootstrap import MASS
from forecasts.scoring.honesty import as_dict, panel
from forecasts.scoring.sentence import sentence

if TYPE_CHECKING:
    import xarray as xr

FORMAT: Final = 1

JUDGED = "the forecasts made in hindsight"
"""What the honesty sentence calls them."""


def summarise(table: xr.Dataset, *, seed: int) -> dict[str, Any]:
    """Summarise a backtest as plain values.

    Parameters
    ----------
    table : xarray.Dataset, dims (cell, forecaster) and (walk, step)
        Of :func:`forecasts.pipeline.backtest.backtest`.
    seed : int
        Of all resampling; the same seed gives the same document.

    Returns
    -------
    dict
        JSON-able; a number that could not be worked out is ``None``. Parts:

        - ``made``: what was asked, and what it took;
        - ``headline``: the result in plain sentences;
        - ``leaders``: scores of leaders' meetings by horizon, of all origins;
        - ``diagrams``, ``series``: what is drawn of them;
        - ``periods``, ``kinds``, ``templates``, ``ablation``, ``reweighting``;
        - ``honesty``: the panel over all horizons, and its sentence;
        - ``bars``: verdicts, ``leak``: whether the alarm rings;
        - ``limits``: what cannot be claimed.

        Skill is of the Brier score, intervals hold 90 % of resampled blocks of origins.
    """
    by_period = scores.periods(table, seed=seed)
    found: dict[str, Any] = {
        "format": FORMAT,
        "made": _made(table, seed),
        "leaders": by_period[0]["leaders"],
        "diagrams": scores.diagrams(table, seed=seed),
        "series": scores.series(table),
        "periods": by_period,
        "kinds": scores.kinds(table, seed=seed),
        "templates": scores.templates(table, seed=seed),
        "ablation": ablation(table, seed=seed),
        "reweighting": reweighting(table),
        "honesty": _honesty(table, seed),
    }
    found = plain(found)
    found["leak"] = leak(found)
    found["bars"] = plain(verdicts(found))
    found["headline"] = headline(found)
    found["limits"] = limits(found)
    return found


def _made(table: xr.Dataset, seed: int) -> dict[str, Any]:
    origins = np.unique(np.datetime_as_string(table["step"].values, unit="D"))
    wanted = ("calendar", "first", "last", "every_days", "seconds", "backtest_id", "portfolio")
    return {
        **{name: table.attrs.get(name) for name in wanted},
        "horizons": horizons_of(table),
        "origins": origins.size,
        "first_origin": origins[0] if origins.size else None,
        "last_origin": origins[-1] if origins.size else None,
        "cells": table.sizes["cell"],
        "scored": int(table["outcome"].notnull().sum()),
        "unresolved": int(table["outcome"].isnull().sum()),
        "forecasters": FORECASTERS,
        "headline_forecaster": scores.HEADLINE,
        "backtest_seed": table.attrs.get("seed"),
        "seed": seed,
        "mass": MASS,
    }


def _honesty(table: xr.Dataset, seed: int) -> dict[str, Any]:
    """The panel of leaders' meetings over all horizons: one meeting decides many of its cells."""
    cells = selected(table, template=CONTACT, subject=scores.LEADERS)
    found = panel(cells, scores.HEADLINE, tuple(BASELINES), seed=seed)
    return {"panel": as_dict(found), "sentence": sentence(found, subject=JUDGED)}
