r"""Readings of signal families: how much louder than usual a family is.

A family's *rate* is an exponentially weighted sum of intensities, in points a
year; its *reading* is the log ratio of a fast rate to a slow one,

.. math:: x(t) = \log \frac{c + r_{fast}(t)}{c + r_{slow}(t)},

rounded to a grid, so that a reading of 0 means "as usual for these years" and
the growing density of the record cancels out. A signal counts from the day
after it became known.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from forecasts.dates import DAYS_PER_YEAR
from forecasts.evidence.tables import Signal
from forecasts.portfolio.declared import SignalFamily
from forecasts.world.priors import Floats

QUIET_POINTS_PER_YEAR = 5.0
"""Softening constant c: below some two middling signals a year a ratio is noise."""

GRID = 0.25
"""Readings are rounded to this step: equal readings share one row of exposure."""


def select(signals: Iterable[Signal], family: SignalFamily) -> list[Signal]:
    """Signals that `family` reads."""
    return [
        signal
        for signal in signals
        if signal.direction in family.directions
        and (not family.signal_types or signal.signal_type in family.signal_types)
    ]


def rate(signals: Sequence[Signal], half_life_days: float, days: npt.NDArray[np.int64]) -> Floats:
    """Exponentially weighted intensity at the start of each day, dims (day,), points a year.

    Examples
    --------
    >>> rate([], 60.0, np.array([719000])).tolist()
    [0.0]
    """
    known = np.array([signal.known.toordinal() for signal in signals], dtype=np.int64)
    points = np.array([signal.intensity for signal in signals], dtype=np.float64)
    age = days[:, None] - known[None, :]
    decay = np.log(2) / half_life_days
    weights = np.where(age > 0, np.exp(-decay * np.maximum(age, 0)), 0.0)
    return np.asarray(weights @ points * decay * DAYS_PER_YEAR)


def reading(fast: Floats, slow: Floats) -> Floats:
    """Log ratio of a fast to a slow rate, on the grid."""
    ratio = np.log((QUIET_POINTS_PER_YEAR + fast) / (QUIET_POINTS_PER_YEAR + slow))
    return np.asarray(np.round(ratio / GRID) * GRID)


def readings(
    signals: Sequence[Signal], families: Sequence[SignalFamily], days: npt.NDArray[np.int64]
) -> Floats:
    """Reading of each family at the start of each day, dims (day, family)."""
    columns = []
    for family in families:
        chosen = select(signals, family)
        fast = rate(chosen, family.half_life_days, days)
        slow = rate(chosen, family.baseline_half_life_days, days)
        columns.append(reading(fast, slow))
    return np.stack(columns, axis=1) if columns else np.zeros((days.size, 0))
