"""The honesty panel: what a track record shows, on how many facts, and what it cannot show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from math import isfinite
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from forecasts.errors import BadInput
from forecasts.scoring.bootstrap import MASS, Interval, mean_interval, skill_interval
from forecasts.scoring.logistic import logit_fit
from forecasts.scoring.power import clusters_needed, noise, power
from forecasts.scoring.reliability import miscalibration_test
from forecasts.scoring.resampling import (
    REPLICATES,
    Resampling,
    block_length,
    effective_clusters,
    resample_blocks,
    resample_clusters,
)
from forecasts.scoring.rules import brier, log_score

if TYPE_CHECKING:
    import xarray as xr

SMALL_SKILL: Final = 0.1
LARGE_SKILL: Final = 0.2


@dataclass(frozen=True, slots=True)
class Against:
    """A forecaster beside one baseline, on the cells that both answer.

    Parameters
    ----------
    baseline : str
    skill : Interval
        Brier skill.
    count, clusters : int
        Cells that both answer, and the facts that decide these.
    effective : float
        Effective number of those facts.
    power_small, power_large : float
        Power to see a true skill of 0.1 and of 0.2; NaN where it cannot be told.
    needed_small : int or None
        Facts that it takes to see a true skill of 0.1 four times in five.
    """

    baseline: str
    skill: Interval
    count: int
    clusters: int
    effective: float
    power_small: float
    power_large: float
    needed_small: int | None


@dataclass(frozen=True, slots=True)
class Calibration:
    """Readings of calibration; NaN where the cells do not allow one.

    Parameters
    ----------
    slope, intercept : Interval
        Of outcomes on the log-odds said: 1 and 0 when calibrated.
    bias : Interval
        Mean probability less frequency.
    miscalibration, expected, limit : float
        Of the Brier score, observed; and its mean and 95 % point if the forecasts
        were right.
    p_value : float
        Share of sets of outcomes, drawn from the forecasts, that look no better.
    """

    slope: Interval
    intercept: Interval
    bias: Interval
    miscalibration: float
    expected: float
    limit: float
    p_value: float


@dataclass(frozen=True, slots=True)
class Honesty:
    """What the record of one forecaster shows, and on how much it rests.

    Parameters
    ----------
    forecaster : str
    scored : int
        Cells with a probability and an outcome.
    unanswered, void, pending : int
        Cells that have an outcome but no probability; that were annulled; that are
        not resolved yet.
    clusters : int
        Facts that decide the scored cells.
    effective : float
        Effective number of those facts.
    method : str
        What was resampled for the intervals: ``"blocks"``, ``"clusters"`` or, where
        nothing is scored, ``"none"``.
    block_length : int
        Origins in a block; 1 for clusters.
    mass : float
        Share of replicates inside each interval.
    brier, log_score : Interval
        Mean scores.
    calibration : Calibration
    against : tuple of Against
        In the order asked.
    """

    forecaster: str
    scored: int
    unanswered: int
    void: int
    pending: int
    clusters: int
    effective: float
    method: str
    block_length: int
    mass: float
    brier: Interval
    log_score: Interval
    calibration: Calibration
    against: tuple[Against, ...]


def panel(
    cells: xr.Dataset,
    forecaster: str,
    baselines: Sequence[str],
    *,
    seed: int,
    blocks: int | bool | None = None,
    n: int = REPLICATES,
) -> Honesty:
    """Read the honesty panel of one forecaster off a table of cells.

    Parameters
    ----------
    cells : xarray.Dataset
        ``probability`` (cell, forecaster), ``outcome`` (cell) and, on `cell`,
        ``cluster``. With ``origin`` on `cell`, blocks of origins are resampled, as
        long as ``horizon_days`` asks (the attribute ``every_days``, else the usual
        gap between origins, says how far apart they are); without it, clusters. An
        unresolved cell is pending, or annulled where an optional ``void`` (cell) is true.
    forecaster : str
    baselines : sequence of str
        Other names along `forecaster`.
    seed : int
    blocks : int or bool, optional
        Origins in a block; ``False`` to resample clusters though there are origins.
    n : int
        Replicates.

    Returns
    -------
    Honesty

    Raises
    ------
    BadInput
        If a forecaster is not in the table, or a variable is missing.

    Examples
    --------
    >>> import xarray as xr
    >>> cells = xr.Dataset(
    ...     {
    ...         "probability": (("cell", "forecaster"), [[0.8, 0.5], [0.3, 0.5], [0.4, 0.5]]),
    ...         "outcome": ("cell", [1.0, 0.0, float("nan")]),
    ...     },
    ...     {"forecaster": ["ours", "climatology"], "cluster": ("cell", ["C1", "C2", "C3"])},
    ... )
    >>> found = panel(cells, "ours", ["climatology"], seed=1)
    >>> found.scored, found.pending, found.clusters, round(found.against[0].skill.value, 2)
    (2, 1, 2, 0.74)
    """
    _check(cells, [forecaster, *baselines])
    mine = cells["probability"].sel(forecaster=forecaster, drop=True)
    outcome = cells["outcome"]
    answered, resolved = mine.notnull(), outcome.notnull()
    void = cells["void"].astype(bool) & ~resolved if "void" in cells else resolved & False
    kept = cells.isel(cell=np.flatnonzero(np.asarray(answered & resolved)))
    clusters = kept["cluster"].values
    drawn = _resampling(kept, blocks, seed, n) if kept.sizes["cell"] else None
    said, happened = kept["probability"].sel(forecaster=forecaster, drop=True), kept["outcome"]
    losses = brier(probability=kept["probability"].transpose("cell", ...), outcome=happened)
    return Honesty(
        forecaster=forecaster,
        scored=kept.sizes["cell"],
        unanswered=int((resolved & ~answered).sum()),
        void=int(void.sum()),
        pending=int((~resolved & ~void).sum()),
        clusters=len(np.unique(clusters)),
        effective=effective_clusters(clusters),
        method=drawn.method if drawn else "none",
        block_length=drawn.block_length if drawn else 1,
        mass=MASS,
        brier=_mean(losses.sel(forecaster=forecaster, drop=True), drawn),
        log_score=_mean(log_score(probability=said, outcome=happened), drawn),
        calibration=_calibration(said, happened, clusters, drawn, seed),
        against=tuple(_against(losses, forecaster, name, drawn) for name in baselines),
    )


def as_dict(honesty: Honesty) -> dict[str, object]:
    """Plain values for JSON; a number that is NaN or infinite becomes ``None``.

    Examples
    --------
    >>> import json
    >>> import xarray as xr
    >>> cells = xr.Dataset(
    ...     {
    ...         "probability": (("cell", "forecaster"), [[0.8]]),
    ...         "outcome": ("cell", [float("nan")]),
    ...     },
    ...     {"forecaster": ["ours"], "cluster": ("cell", ["C1"])},
    ... )
    >>> plain = as_dict(panel(cells, "ours", [], seed=1))
    >>> json.dumps(plain["brier"])
    '{"value": null, "low": null, "high": null}'
    """
    return {name: _plain(value) for name, value in asdict(honesty).items()}


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return None if isinstance(value, float) and not isfinite(value) else value


def _check(cells: xr.Dataset, names: Sequence[str]) -> None:
    for name in ("probability", "outcome", "cluster", "forecaster"):
        if name not in cells:
            raise BadInput("cells", f"a variable {name!r}", ", ".join(map(str, cells)), "add it")
    known = [str(name) for name in cells["forecaster"].values]
    for name in names:
        if name not in known:
            mend = "correct the name, or add its column"
            raise BadInput("cells, forecaster", f"one of {', '.join(known)}", name, mend)


def _resampling(cells: xr.Dataset, blocks: int | bool | None, seed: int, n: int) -> Resampling:
    if blocks is False or "origin" not in cells.coords:
        return resample_clusters(cells["cluster"].values, seed=seed, n=n)
    origins = np.asarray(cells["origin"].values)
    distinct = np.unique(origins)
    if blocks is None or blocks is True:
        days = float(cells["horizon_days"].max()) if "horizon_days" in cells.coords else 0.0
        every = float(cells.attrs.get("every_days", _usual_gap_days(distinct)))
        length = block_length(horizon_days=days, every_days=every, origins=len(distinct))
    else:
        length = min(blocks, len(distinct))
    return resample_blocks(origins, length=length, seed=seed, n=n)


def _usual_gap_days(origins: npt.NDArray[np.generic]) -> float:
    if len(origins) < 2:
        return 1.0
    return float(np.median(np.diff(origins.astype("datetime64[D]")).astype(np.int64)))


def _interval(found: xr.Dataset) -> Interval:
    return Interval(*(float(found[name]) for name in ("value", "low", "high")))


def _mean(pointwise: xr.DataArray, drawn: Resampling | None) -> Interval:
    return _interval(mean_interval(pointwise, drawn)) if drawn else _missing()


def _missing() -> Interval:
    return Interval(np.nan, np.nan, np.nan)


def _calibration(
    said: xr.DataArray,
    happened: xr.DataArray,
    clusters: npt.NDArray[np.generic],
    drawn: Resampling | None,
    seed: int,
) -> Calibration:
    if drawn is None:
        return Calibration(_missing(), _missing(), _missing(), np.nan, np.nan, np.nan, np.nan)
    line = logit_fit(probability=said, outcome=happened, resampling=drawn)
    test = miscalibration_test(probability=said, outcome=happened, clusters=clusters, seed=seed)
    return Calibration(
        slope=line.slope,
        intercept=line.intercept,
        bias=_mean(said - happened, drawn),
        miscalibration=test.observed,
        expected=test.expected,
        limit=test.limit,
        p_value=test.p_value,
    )


def _against(
    losses: xr.DataArray, forecaster: str, baseline: str, drawn: Resampling | None
) -> Against:
    if drawn is None:
        return Against(baseline, _missing(), 0, 0, 0.0, np.nan, np.nan, None)
    ours = losses.sel(forecaster=forecaster, drop=True)
    theirs = losses.sel(forecaster=baseline, drop=True)
    found = skill_interval(score=ours, baseline=theirs, resampling=drawn)
    names = np.asarray(losses["cluster"].values)
    spread = noise(score=ours, baseline=theirs, clusters=names)
    return Against(
        baseline=baseline,
        skill=_interval(found),
        count=int(found["count"]),
        clusters=spread.clusters,
        effective=effective_clusters(names[np.asarray(theirs.notnull())]),
        power_small=power(spread, skill=SMALL_SKILL),
        power_large=power(spread, skill=LARGE_SKILL),
        needed_small=clusters_needed(spread, skill=SMALL_SKILL),
    )
