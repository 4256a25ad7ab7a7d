"""A backtest over vintages: what would have been said on each origin, and what happened.

The origins are cut into stretches. Each begins with a posterior that is sampled
and owes nothing to any other stretch, so stretches can be made in any order, by
any number of workers, and give the same table.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np

from forecasts.errors import BadInput
from forecasts.evaluation.cells import BASE_RATES, PLANS, SIGNALS, Page, page, table
from forecasts.evaluation.outcomes import happened
from forecasts.evaluation.walk import Step, Walk, steps
from forecasts.inference.fit import Sampler, Settings
from forecasts.portfolio import Portfolio
from forecasts.portfolio.question_files import record_start
from forecasts.questions.futures import Futures
from forecasts.schema import ONE_OFF, SERIES
from forecasts.world.inputs import Inputs
from forecasts.world.simulate import simulate

if TYPE_CHECKING:
    import xarray as xr

STRICT, FULL = CALENDARS = ("strict", "full")
"""Only yearly summits are opportunities; or one-off ones too, with hindsight."""

KNOWN_BEFORE_DAYS = 180
"""How long ahead the full calendar pretends that a one-off summit was known."""

NEVER_BOTH = ("BRICS",)
"""Series of which one side is no member."""

MARGIN_DAYS = 10
"""How far futures reach beyond the longest horizon: a summit's bilateral may follow it."""


@dataclass(frozen=True, slots=True)
class Backtest:
    """What to backtest.

    Parameters
    ----------
    first, last : date
        No origin is earlier, or later.
    every_days : int
        From one origin to the next.
    horizons : tuple of int
        Lengths of windows in days.
    calendar : str
        ``strict`` or ``full``.
    seed : int
    settings : Settings
        Of each fit.
    replicates : int
        Futures of each posterior draw.
    stretch : int
        Origins that are walked from one sampled posterior, unless reweighting fails before.
    exact : bool
        Sample on every origin.
    one_walk : bool
        Leave out the walk without signals, which only the log score of signals needs.
    """

    first: date
    last: date
    every_days: int = 30
    horizons: tuple[int, ...] = (30, 90, 180, 365)
    calendar: str = STRICT
    seed: int = 1
    settings: Settings = field(default_factory=Settings)
    replicates: int = 2
    stretch: int = 25
    exact: bool = False
    one_walk: bool = False

    @property
    def origins(self) -> tuple[date, ...]:
        """Every origin, in order."""
        count = (self.last - self.first).days // self.every_days + 1
        return tuple(self.first + timedelta(days=i * self.every_days) for i in range(count))

    @property
    def stretches(self) -> tuple[tuple[date, ...], ...]:
        """The origins, cut into stretches of equal length but for the last."""
        days = self.origins
        return tuple(days[i : i + self.stretch] for i in range(0, len(days), self.stretch))


def check(portfolio: Portfolio, asked: Backtest) -> None:
    """Refuse a backtest that the record cannot carry.

    Raises
    ------
    BadInput
        Naming the option that has to change.
    """
    if asked.calendar not in CALENDARS:
        raise BadInput("--calendar", " or ".join(CALENDARS), asked.calendar, "choose one")
    if asked.every_days < 1:
        raise BadInput("--every", "at least one day, like 30d", f"{asked.every_days}d", "change it")
    if not asked.horizons or min(asked.horizons) < 1:
        found = ",".join(map(str, asked.horizons)) or "none"
        raise BadInput("--horizons", "lengths in days, like 30,90", found, "change it")
    if asked.last < asked.first:
        expected = f"a day from {asked.first} (--from) on"
        raise BadInput("--to", expected, asked.last, "swap the two days")
    start, record = record_start(portfolio.evidence), happened(portfolio)
    if start is not None and asked.first < start:
        expected = f"a day from {start} on, where the evidence begins"
        raise BadInput("--from", expected, asked.first, "begin later")
    end = record.complete_until - timedelta(days=min(asked.horizons))
    if asked.last > end:
        expected = f"a day up to {end}: recording is complete until {record.complete_until}"
        raise BadInput("--to", expected, asked.last, "end earlier, or shorten --horizons")


def seen_from(portfolio: Portfolio, calendar: str) -> Portfolio:
    """Return the portfolio with the calendar that a backtest asks for.

    The full calendar names one-off summits as opportunities, known
    `KNOWN_BEFORE_DAYS` ahead. That is hindsight: many are in the record since
    a meeting took place there, and nobody listed those that failed.
    """
    if calendar == STRICT:
        return portfolio
    rows = tuple(
        row
        if row.series in SERIES or row.series in NEVER_BOTH
        else replace(
            row, series=ONE_OFF, known=row.known or row.start - timedelta(days=KNOWN_BEFORE_DAYS)
        )
        for row in portfolio.evidence.opportunities
    )
    return replace(portfolio, evidence=replace(portfolio.evidence, opportunities=rows))


def walked(
    portfolio: Portfolio,
    asked: Backtest,
    origins: Sequence[date],
    sampler: Callable[[Inputs], Sampler],
    progress: Callable[[float], None] | None = None,
) -> xr.Dataset:
    """Make the table of one stretch.

    Parameters
    ----------
    portfolio : Portfolio
    asked : Backtest
    origins : sequence of date
        One of its stretches.
    sampler : callable
        Gives the compiled model, once it is needed.
    progress : callable, optional
        Called with the finished share.

    Returns
    -------
    xarray.Dataset, dims (cell, forecaster) and (walk, origin)
        See :func:`forecasts.evaluation.cells.table`; along ``origin``, for
        the walks without and with signals, what reweighting did.
    """
    record, portfolio = happened(portfolio), seen_from(portfolio, asked.calendar)
    following = origins[-1] + timedelta(days=asked.every_days)
    after = following if following <= asked.last else None
    walks = [
        steps(
            portfolio,
            origins,
            Walk(asked.seed, asked.settings, signals=signals, exact=asked.exact),
            sampler,
            following=after,
        )
        for signals in ((True,) if asked.one_walk else (False, True))
    ]
    pages, made = list[Page](), list[tuple[Step, ...]]()
    for number, pair in enumerate(zip(*walks, strict=True), start=1):
        step = pair[-1]  # the model as it is published: what its futures leave out differs
        stages = {
            BASE_RATES: _futures(step, portfolio, asked, plans=False),
            PLANS: _futures(step, portfolio, asked),
            SIGNALS: _futures(step, portfolio, asked, signals=True),
        }
        pages.append(page(step.view, portfolio, record, asked.horizons, stages))
        made.append(pair)
        if progress:
            progress(number / len(origins))
    return table(pages).merge(_account(origins, made))


def _futures(
    step: Step, portfolio: Portfolio, asked: Backtest, *, plans: bool = True, signals: bool = False
) -> Futures:
    return simulate(
        step.posterior,
        step.view,
        portfolio,
        step.data,
        horizon_days=max(asked.horizons) + MARGIN_DAYS,
        draws=asked.settings.draws * asked.settings.chains,
        replicates=asked.replicates,
        seed=asked.seed,
        plans=plans,
        signals=signals,
    )


def _account(origins: Sequence[date], made: Sequence[tuple[Step, ...]]) -> xr.Dataset:
    """What each walk did on each origin."""
    import xarray as xr

    days = np.array(origins, dtype="datetime64[s]")
    names = ("sampled", "khat", "ess", "divergences", "elpd")
    return xr.Dataset(
        {
            name: (
                ("walk", "step"),
                np.array([[getattr(step, name) for step in pair] for pair in made]).T,
            )
            for name in names
        },
        coords={"walk": [PLANS, SIGNALS][-len(made[0]) :], "step": days},
    )


def joined(parts: Sequence[xr.Dataset], asked: Backtest) -> xr.Dataset:
    """Join the tables of all stretches, in order of origin."""
    import xarray as xr

    cells = xr.concat([part.drop_dims("step") for part in parts], dim="cell")
    account = xr.concat([part.drop_dims("cell") for part in parts], dim="step")
    whole = xr.merge([cells, account], compat="no_conflicts", join="outer")
    return whole.assign_attrs(
        calendar=asked.calendar,
        first=asked.first.isoformat(),
        last=asked.last.isoformat(),
        every_days=asked.every_days,
        seed=asked.seed,
        origins=len(asked.origins),
        horizons=list(asked.horizons),
    )
