"""The record week by week, for the plain model: what `exposure` counts, uncounted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from forecasts.evidence.view import View
from forecasts.portfolio import Portfolio
from forecasts.world.exposure import (
    WEEK_EPOCH,
    _event_days,
    _observed,
    _Periods,
    _recent,
    administration_index,
    streams_of,
)
from forecasts.world.readings import readings

DAYS = 7


@dataclass(frozen=True)
class Weeks:
    """Cells of the table, one a week and stream in which the stream was recorded.

    Every array has dims (cell,), but `reading`, dims (cell, family).
    """

    stream: npt.NDArray[np.int64]
    administration: npt.NDArray[np.int64]
    detection: npt.NDArray[np.int64]
    recent: npt.NDArray[np.bool_]
    reading: npt.NDArray[np.float64]
    happened: npt.NDArray[np.bool_]


def weeks(view: View, portfolio: Portfolio) -> Weeks:
    """Lay out every whole week since 1971 as cells; covariates are those of its Monday."""
    streams, families = streams_of(portfolio), tuple(portfolio.signals.values())
    count = (view.known_through.toordinal() + 1 - WEEK_EPOCH) // DAYS
    days = np.arange(WEEK_EPOCH, WEEK_EPOCH + count * DAYS, dtype=np.int64)
    mondays = days[::DAYS]
    observed = _observed(view, streams, days)
    happened = np.zeros((count, len(streams)), dtype=np.bool_)
    for s, stream in enumerate(streams):
        happened[_event_days(view, stream, days, observed[:, s]) // DAYS, s] = True
    recent = np.stack([_recent(view, stream, days)[::DAYS] for stream in streams], axis=1)
    detection = _Periods.of(view, portfolio, streams).detection(mondays)
    week, at = np.nonzero(observed[::DAYS])
    return Weeks(
        stream=at,
        administration=administration_index(view, mondays)[week],
        detection=detection[week, at],
        recent=recent[week, at],
        reading=readings(view.signals, families, mondays)[week],
        happened=happened[week, at],
    )
