"""Where an answer comes from: base rate, then calendar and history, plans, signals.

Three simulations share all chance but for what each adds. The steps are
differences of log-odds along one fixed order, so they add up to the answer;
another order would split them differently. They say what the model did, not
what caused what.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from forecasts.errors import BadInput
from forecasts.questions.algebra import split
from forecasts.questions.estimates import log_odds_of
from forecasts.questions.events import Asked
from forecasts.questions.futures import Futures

BASE_RATE = "base rate"
HISTORY, PLANS, SIGNALS = "calendar and history", "announced plans", "signals"


@dataclass(frozen=True, slots=True)
class Step:
    """One step on the log-odds scale, with its Monte Carlo standard error."""

    name: str
    delta_logit: float
    mcse: float


def steps(asked: Asked, base_rate: float, stages: Mapping[str, Futures]) -> tuple[Step, ...]:
    """Split the log-odds of an answer into steps that sum to it.

    Parameters
    ----------
    asked : Event or Given
    base_rate : float
        Share of the reference class, inside (0, 1).
    stages : mapping of str to Futures
        Futures after each step, in order; all of the same draws and seed,
        each with any number of futures per draw. A stage that does not hold
        a plan or summit that `asked` names (since plans are switched off in
        it) adds nothing of its own: its step is left to the next one.

    Returns
    -------
    tuple of Step
        The base rate's log-odds first; the sum is the log-odds of the answer.
    """
    level = float(np.log(base_rate / (1.0 - base_rate)))
    result = [Step(BASE_RATE, level, 0.0)]
    influence: np.ndarray | float = 0.0
    for name, futures in stages.items():
        reached = _reach(asked, futures)
        if reached is None:
            result.append(Step(name, 0.0, 0.0))
            continue
        value, here = reached
        result.append(Step(name, value - level, _error(here - influence)))
        level, influence = value, here
    return tuple(result)


def _reach(asked: Asked, futures: Futures) -> tuple[float, np.ndarray] | None:
    """Log-odds of the answer, and how much each draw pulls at them."""
    try:
        happens, condition = split(asked, futures)
    except BadInput:
        return None
    count = int(condition.sum())
    if count == 0:
        return None
    share = float(happens.sum() / count)
    value = log_odds_of(share, count)
    kept = 1.0 / (1.0 + np.exp(-value))
    residual = (happens - share * condition).reshape(futures.draws, -1).mean(axis=1)
    return value, residual / (condition.mean() * kept * (1.0 - kept))


def _error(influence: np.ndarray) -> float:
    return float(influence.std(ddof=1) / np.sqrt(influence.size))
