"""Running a portfolio from Python: the same as ``forecasts run``, with the futures at hand."""

from __future__ import annotations

from datetime import UTC, date, datetime

from forecasts.inference.fit import Settings
from forecasts.pipeline.run import REPLICATES, Order, Progress, Run, default_as_of
from forecasts.pipeline.run import run as run_order
from forecasts.portfolio import Portfolio


def run(
    portfolio: Portfolio,
    as_of: date | None = None,
    *,
    questions: tuple[str, ...] = (),
    seed: int = 1,
    quick: bool = False,
    progress: Progress | None = None,
) -> Run:
    """Answer questions from what was public on a day; nothing is written to a store.

    Parameters
    ----------
    portfolio : Portfolio
    as_of : date, optional
        Information cut-off; the last day that the evidence supports by default.
    questions : tuple of str
        Which of the open questions; all by default.
    seed : int
        Seed of all chance.
    quick : bool
        A quarter of the draws, for exploring. Its gates may fail, and say so.
    progress : callable, optional
        Called with a stage and the finished share of it.

    Returns
    -------
    Run
        With ``document``, ``tree`` (the posterior), ``futures`` and ``ask``.
    """
    effort = Settings(draws=250, tune=400) if quick else Settings()
    order = Order(
        as_of=as_of or default_as_of(portfolio),
        questions=questions,
        seed=seed,
        settings=effort,
        replicates=REPLICATES,
    )
    return run_order(portfolio, order, issued_at=datetime.now(UTC), progress=progress)
