"""The table of a backtest: one cell a question and origin, one column a forecaster.

Every number downstream (scores, skill, calibration, pictures) is read off this
table. Its dims are ``cell`` and ``forecaster``; a second set of variables with
dim ``origin`` says how each posterior was come by.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from forecasts.evaluation.baselines import BASELINES, baselines
from forecasts.evaluation.outcomes import Happened, cluster, outcome
from forecasts.evaluation.templates import Template, asked_at
from forecasts.evidence.view import View
from forecasts.portfolio import Portfolio
from forecasts.questions.algebra import split
from forecasts.questions.futures import Futures
from forecasts.world.priors import Floats

if TYPE_CHECKING:
    import xarray as xr

BASE_RATES, PLANS, SIGNALS = MODELS = ("base rates", "plans", "signals")
"""Stages of the model, each with what the one before it lacks."""

FORECASTERS = (*MODELS, *BASELINES)


@dataclass(frozen=True, slots=True)
class Page:
    """All cells of one origin: questions, what happened, and what each forecaster said.

    Parameters
    ----------
    templates : tuple of Template
    outcome : array, dims (cell,)
    cluster : tuple of str
    probability : array, dims (cell, forecaster)
        NaN where a forecaster has no answer.
    """

    view: View
    templates: tuple[Template, ...]
    outcome: Floats
    cluster: tuple[str, ...]
    probability: Floats


def page(
    view: View,
    portfolio: Portfolio,
    record: Happened,
    horizons: tuple[int, ...],
    stages: Mapping[str, Futures],
) -> Page:
    """Ask, answer and resolve everything that can be asked on one origin.

    Parameters
    ----------
    view : View
        What was public on the origin.
    portfolio : Portfolio
    record : Happened
        The late record that outcomes are read from.
    horizons : tuple of int
        Lengths of windows in days.
    stages : mapping of str to Futures
        Futures of each stage of the model, by the names of `MODELS`.
    """
    templates = asked_at(view, portfolio, horizons)
    said = np.full((len(templates), len(FORECASTERS)), np.nan)
    for name, futures in stages.items():
        said[:, FORECASTERS.index(name)] = [_share(each, futures) for each in templates]
    said[:, len(MODELS) :] = baselines(view, portfolio, templates)
    return Page(
        view=view,
        templates=templates,
        outcome=np.array([outcome(each, record) for each in templates]),
        cluster=tuple(cluster(each, record) for each in templates),
        probability=said,
    )


def _share(template: Template, futures: Futures) -> float:
    """Share of futures in which it happens; NaN for a plan that this stage does not know."""
    if template.template == "plan" and template.case not in futures.plans.ids:
        return np.nan
    happens, condition = split(template.event, futures)
    count = int(condition.sum())
    return float(happens.sum() / count) if count else np.nan


def table(pages: Sequence[Page]) -> xr.Dataset:
    """Arrange the pages of a backtest as one table.

    Returns
    -------
    xarray.Dataset, dims (cell, forecaster)
        Variables ``probability`` and ``outcome``; on ``cell`` the coordinates
        ``origin``, ``template``, ``subject``, ``horizon_days``, ``case`` and
        ``cluster``.
    """
    import xarray as xr

    asked = [(each, template) for each in pages for template in each.templates]
    columns = {
        "origin": np.array([p.view.as_of for p, _ in asked], dtype="datetime64[s]"),
        "template": _text(t.template for _, t in asked),
        "subject": _text(t.subject for _, t in asked),
        "horizon_days": np.array([t.horizon_days for _, t in asked], dtype=np.int64),
        "case": _text(t.case for _, t in asked),
        "cluster": _text(name for p in pages for name in p.cluster),
    }
    said = [p.probability for p in pages] or [np.empty((0, len(FORECASTERS)))]
    return xr.Dataset(
        {
            "probability": (("cell", "forecaster"), np.concatenate(said)),
            "outcome": ("cell", np.concatenate([*(p.outcome for p in pages), np.empty(0)])),
        },
        coords={
            "forecaster": list(FORECASTERS),
            **{name: ("cell", column) for name, column in columns.items()},
        },
    )


def _text(values: Iterable[str]) -> np.ndarray:
    return np.array(list(values), dtype=np.str_)
