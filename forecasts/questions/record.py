"""The record itself as a single future: how questions are resolved.

The same algebra that reads simulated futures reads what happened, so a
forecast and its resolution cannot mean different things.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np

from forecasts.questions.futures import ContactTable, Futures, PlanFates, Summits


def recorded(
    known_through: date,
    *,
    past: ContactTable | None = None,
    lost_past: Sequence[int] = (),
    plans: PlanFates | None = None,
    summits: Summits | None = None,
    places: tuple[str, ...] = (),
) -> Futures:
    """One future in which nothing happens after `known_through`.

    Examples
    --------
    >>> recorded(date(2023, 6, 18)).size
    1
    """
    empty = np.zeros(0, dtype=np.int32)
    return Futures(
        known_through=known_through,
        draws=1,
        replicates=1,
        horizon_days=0,
        places=places,
        contacts=ContactTable.empty(),
        past=past or ContactTable.empty(),
        lost_future=empty,
        lost_day=empty,
        lost_past=np.asarray(lost_past, dtype=np.int32),
        plans=plans or _no_plans(),
        summits=summits or _no_summits(),
    )


def _no_plans() -> PlanFates:
    codes = np.zeros((1, 0), dtype=np.int8)
    return PlanFates((), codes, np.zeros((1, 0), dtype=np.int32), codes, codes)


def _no_summits() -> Summits:
    days, flags = np.zeros(0, dtype=np.int32), np.zeros((1, 0), dtype=np.bool_)
    return Summits((), days, days, flags, flags, flags)
