"""Which cells of a backtest's table a figure is about, and how they are resampled."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from forecasts.scoring.resampling import Resampling, block_length, resample_blocks

if TYPE_CHECKING:
    import xarray as xr


@dataclass(frozen=True, slots=True)
class Period:
    """Origins that are reported together.

    Parameters
    ----------
    name : str
    first, last : date or None
        Of its origins; None where the backtest's own end is meant.
    note : str
        What the period is for.
    """

    name: str
    first: date | None
    last: date | None
    note: str


ALL = Period("all origins", None, None, "Every origin of the backtest.")
CHOOSING = Period(
    "before 2015",
    None,
    date(2014, 12, 31),
    "Where half-lives and shrinkage may be chosen, so figures here can flatter.",
)
APART = Period(
    "2015 and later", date(2015, 1, 1), None, "Reported apart: nothing may be chosen on it."
)
SHUT = Period(
    "July 2019 to October 2022",
    date(2019, 7, 1),
    date(2022, 10, 31),
    "No meeting in person for 40 months. Shown, never excluded.",
)
PERIODS = (ALL, CHOOSING, APART, SHUT)


def selected(
    table: xr.Dataset,
    *,
    template: str | None = None,
    subject: str | None = None,
    horizon_days: int | None = None,
    period: Period = ALL,
) -> xr.Dataset:
    """Cells of a template, a subject, a horizon and a period; ``None`` takes all.

    Parameters
    ----------
    table : xarray.Dataset
        Of :func:`forecasts.evaluation.cells.table`.
    template, subject, horizon_days, period
        What to keep.

    Returns
    -------
    xarray.Dataset, dims (cell, forecaster)
        Without the account of the walks, in order of origin.
    """
    days = table["origin"].values.astype("datetime64[D]")
    kept = np.ones(days.shape, dtype=bool)
    if template is not None:
        kept &= table["template"].values == template
    if subject is not None:
        kept &= table["subject"].values == subject
    if horizon_days is not None:
        kept &= table["horizon_days"].values == horizon_days
    if period.first is not None:
        kept &= days >= np.datetime64(period.first)
    if period.last is not None:
        kept &= days <= np.datetime64(period.last)
    places = np.flatnonzero(kept)
    return table[["probability", "outcome"]].isel(
        cell=places[np.argsort(days[places], kind="stable")]
    )


def scored(cells: xr.Dataset, forecaster: str) -> xr.Dataset:
    """Cells that have an outcome and an answer of `forecaster`."""
    said = cells["probability"].sel(forecaster=forecaster).values
    return cells.isel(cell=np.flatnonzero(~np.isnan(said) & ~np.isnan(cells["outcome"].values)))


def in_blocks(cells: xr.Dataset, *, seed: int) -> Resampling:
    """Blocks of origins, as long as the longest horizon among the cells asks."""
    origins = cells["origin"].values
    length = block_length(
        horizon_days=float(cells["horizon_days"].max()),
        every_days=float(cells.attrs["every_days"]),
        origins=len(np.unique(origins)),
    )
    return _drawn(origins.tobytes(), str(origins.dtype), length, seed)


@lru_cache(maxsize=64)
def _drawn(origins: bytes, dtype: str, length: int, seed: int) -> Resampling:
    """Blocks of these origins: most groups of cells of a horizon share them."""
    return resample_blocks(np.frombuffer(origins, dtype=dtype), length=length, seed=seed)


def spells(outcomes: np.ndarray[Any, Any]) -> int:
    """Runs of equal outcomes along origins: the honest count of independent facts.

    Overlapping windows share most of what decides them, so a year of yeses is
    one fact and not twelve.

    Parameters
    ----------
    outcomes : numpy.ndarray, dims (cell)
        In order of origin; NaN is left out.

    Examples
    --------
    >>> spells(np.array([0.0, 0, 1, 1, float("nan"), 1, 0]))
    3
    """
    known = outcomes[~np.isnan(outcomes)]
    return int(known.size > 0) + int(np.count_nonzero(np.diff(known)))


def interval(found: xr.Dataset) -> dict[str, float]:
    """A value and the ends of its interval, from a bootstrap of scalars."""
    return {name: float(found[name]) for name in ("value", "low", "high")}


def horizons_of(table: xr.Dataset) -> list[int]:
    """Lengths of windows that were asked, ascending."""
    return sorted({int(days) for days in table["horizon_days"].values})


def plain(value: Any) -> Any:
    """Values that JSON knows: NaN and infinity become ``None``, arrays lists, days text.

    Examples
    --------
    >>> plain({"skill": np.float64("nan"), "count": np.int64(3), "low": (0.5,)})
    {'skill': None, 'count': 3, 'low': [0.5]}
    """
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, np.generic):
        return plain(value.item())
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value.isoformat() if isinstance(value, date) else value
