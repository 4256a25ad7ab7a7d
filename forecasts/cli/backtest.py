"""The verb ``backtest``: what would have been said on past days, and how good it was."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from forecasts.cli.options import DEFAULT_STORE, JsonFlag, PortfolioOption, StoreOption

if TYPE_CHECKING:
    from forecasts.evaluation.backtest import Backtest
    from forecasts.ledger import Store

type Summary = Mapping[str, Any]

FIRST, LAST = "2005-01-01", "2025-06-30"
PAGE = "page.html"
_EVERY = re.compile(r"([1-9]\d{0,3})d")
_HORIZONS = re.compile(r"[1-9]\d{0,3}(,[1-9]\d{0,3})*")


def command(
    portfolio: PortfolioOption = None,
    store: StoreOption = DEFAULT_STORE,
    from_: Annotated[
        str, typer.Option("--from", metavar="DAY", help="First origin: where we pretend to stand.")
    ] = FIRST,
    to: Annotated[
        str, typer.Option("--to", metavar="DAY", help="No origin is later than this day.")
    ] = LAST,
    every: Annotated[
        str, typer.Option("--every", metavar="DAYS", help="From one origin to the next, as in 30d.")
    ] = "30d",
    horizons: Annotated[
        str,
        typer.Option("--horizons", metavar="LIST", help="Lengths of windows in days, with commas."),
    ] = "30,90,180,365",
    calendar: Annotated[
        str,
        typer.Option(
            "--calendar",
            metavar="NAME",
            help="strict: only yearly summits are known ahead; full: one-off ones too (hindsight).",
        ),
    ] = "strict",
    workers: Annotated[
        int, typer.Option("--workers", min=0, help="Processes; one a core by default (0).")
    ] = 0,
    cluster: Annotated[
        str,
        typer.Option("--cluster", metavar="ADDRESS", help="A Dask scheduler that does the work."),
    ] = "",
    exact: Annotated[
        int,
        typer.Option(
            "--exact",
            min=0,
            help="Stretches made once more with a fit on every origin, to measure agreement.",
        ),
    ] = 0,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Seed of all chance.")] = 1,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="Where the page goes; in the store by default."),
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Ask every question on past days, score the answers, and write a page about it.

    Finished stretches are kept in the store: run the same command again after
    a kill and it goes on. Exit status is 1 when the skill is too good to be
    true, which is a leak until proven otherwise; bars that fail are told.
    """
    from forecasts.cli.printing import print_json
    from forecasts.evaluation.backtest import Backtest
    from forecasts.ledger import open_store
    from forecasts.portfolio import bundled

    asked = Backtest(
        first=parse_day_of("--from", from_),
        last=parse_day_of("--to", to),
        every_days=parse_every(every),
        horizons=parse_horizons(horizons),
        calendar=calendar,
        seed=seed,
    )
    _check_out(out)
    kept = open_store(store)
    summary = _summary(kept, portfolio or bundled(), asked, _Hands(workers, cluster, exact))
    page = _write(kept, summary, out)
    if as_json:
        print_json(summary)
    else:
        typer.echo("\n".join(lines(summary)))
    typer.echo(str(page), err=as_json)
    raise typer.Exit(int(summary["leak"]))


class _Hands:
    """Who does the work, and how much of it is checked."""

    def __init__(self, workers: int, cluster: str, exact: int) -> None:
        self.workers, self.cluster, self.exact = workers, cluster, exact

    def count(self, stretches: int) -> int:
        """Processes to use: no more than there is work for."""
        import os

        return min(self.workers or os.cpu_count() or 1, stretches + self.exact)


def parse_day_of(option: str, text: str) -> date:
    """Read the day that an option gives.

    Raises
    ------
    BadInput
        If it is no day.
    """
    from forecasts.dates import parse_day
    from forecasts.errors import BadInput

    try:
        return parse_day(text)
    except ValueError:
        raise BadInput(option, "a day like 2005-01-01", text, "correct it") from None


def parse_every(text: str) -> int:
    """Read the days from one origin to the next.

    Raises
    ------
    BadInput
        If it does not look like ``30d``.

    Examples
    --------
    >>> parse_every("30d")
    30
    """
    from forecasts.errors import BadInput

    found = _EVERY.fullmatch(text)
    if found is None:
        raise BadInput("--every", "a number of days like 30d", text, "correct it")
    return int(found[1])


def parse_horizons(text: str) -> tuple[int, ...]:
    """Read lengths of windows in days, ascending and each once.

    Raises
    ------
    BadInput
        If they are no list like ``30,90``.

    Examples
    --------
    >>> parse_horizons("90,30")
    (30, 90)
    """
    from forecasts.errors import BadInput

    if not _HORIZONS.fullmatch(text.replace(" ", "")):
        raise BadInput("--horizons", "days with commas, like 30,90,180", text, "correct it")
    return tuple(sorted({int(days) for days in text.split(",")}))


def lines(summary: Summary) -> list[str]:
    """The backtest in lines of text: leaders' meetings by horizon, then every other headline.

    Parameters
    ----------
    summary : mapping
        Of :func:`forecasts.evaluation.summary.summarise`.
    """
    made = summary["made"]
    title = (
        f"leaders' meetings, {made['origins']} origins, {made['calendar']} calendar: "
        f"the model with plans, without signals; intervals hold {100 * made['mass']:.0f} %"
    )
    rows = [_HEADS, *map(_cells, summary["leaders"])]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    table = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
    return [title, *table, "", *map(_calibration, summary["leaders"]), *_rest(summary)]


_HEADS = (
    "within", "scored", "spells", "frequency", "Brier", "skill vs climatology",
    "skill vs calendar only",
)  # fmt: skip


def _cells(row: Summary) -> tuple[str, ...]:
    against = row["against"]
    return (
        f"{row['horizon_days']} days",
        str(row["scored"]),
        str(row["spells"]),
        _number(row["frequency"]),
        _number(row["brier"]["plans"], 3),
        _within(against["climatology"]["skill"]),
        _within(against["calendar only"]["skill"]),
    )


def _calibration(row: Summary) -> str:
    read = row["calibration"]
    return (
        f"calibration, {row['horizon_days']} days: slope {_within(read['slope'])}, "
        f"bias {_within(read['bias'])}, miscalibration {_number(read['miscalibration'], 3)} "
        f"(95 % point if perfect {_number(read['limit'], 3)})"
    )


def _rest(summary: Summary) -> list[str]:
    walks = [
        f"walk of {walk['walk']}: {walk['sampled']} fits for {walk['origins']} origins, "
        f"largest k-hat used {_number(walk['khat_max_used'])}"
        for walk in summary["reweighting"]["walks"]
    ]
    agreement, speed = summary["reweighting"]["agreement"], summary["reweighting"]["speed"]
    exact = [
        f"exact refits, {row['stage']}: answers off by {_number(row['mean_points'])} points on "
        f"average, {_number(row['max_points'])} at most, on {agreement['origins']} origins"
        for row in (agreement["answers"] if agreement else ())
    ]
    fast = [f"{speed['ratio']:.0f} times faster than exact refits"] if speed else []
    return [*walks, *exact, *fast, *_bars(summary["bars"]), *summary["headline"]]


def _bars(bars: Sequence[Summary]) -> list[str]:
    found = [bar["passed"] for bar in bars]
    count = f"bars: {found.count(True)} passed, {found.count(False)} failed"
    failed = [
        f"  FAILED{' (must pass)' if bar['hard'] else ''}: {bar['name']}: {bar['bar']}, "
        f"found {_number(bar['value'])}"
        for bar in bars
        if bar["passed"] is False
    ]
    return [f"{count}, {found.count(None)} without a verdict", *failed]


def _number(value: float | None, digits: int = 2) -> str:
    return "-" if value is None else f"{value:.{digits}f}"


def _within(found: Summary) -> str:
    if found["value"] is None:
        return "-"
    low, high = ("-" if found[end] is None else f"{found[end]:+.2f}" for end in ("low", "high"))
    return f"{found['value']:+.2f} ({low} to {high})"


def _summary(store: Store, folder: Path, asked: Backtest, hands: _Hands) -> dict[str, Any]:
    from forecasts.cli.progress import reporting
    from forecasts.evaluation.summary import summarise
    from forecasts.pipeline.backtest import backtest
    from forecasts.pipeline.backtest import workers as working
    from forecasts.pipeline.codes import code_version
    from forecasts.portfolio import load

    with (
        working(hands.count(len(asked.stretches)), hands.cluster) as executor,
        reporting() as progress,
    ):
        table = backtest(
            store,
            folder,
            asked,
            executor=executor,
            exact_stretches=hands.exact,
            progress=progress,
        )
        progress("scoring", 0.0)
        summary = summarise(table, seed=asked.seed)
    summary["made"] |= {
        "command": _spelled(asked, hands),
        "evidence": load(folder).digest,
        "code_version": code_version(),
    }
    return summary


def _spelled(asked: Backtest, hands: _Hands) -> str:
    """The command that makes the same page again."""
    words = ["forecasts", "backtest", "--from", str(asked.first), "--to", str(asked.last)]
    words += ["--every", f"{asked.every_days}d", "--horizons", ",".join(map(str, asked.horizons))]
    words += ["--calendar", asked.calendar, "--seed", str(asked.seed)]
    words += ["--exact", str(hands.exact)] if hands.exact else []
    return shlex.join(words)


def _check_out(out: Path | None) -> None:
    """Refuse a place for the page before the long work, not after it."""
    from forecasts.errors import BadInput

    if out is not None and out.is_dir():
        raise BadInput("--out", "a file", f"the folder {out}", "name a file in it")
    if out is not None and not out.parent.is_dir():
        raise BadInput("--out", "a file in a folder that is there", str(out), "make the folder")


def _write(store: Store, summary: Summary, out: Path | None) -> Path:
    from forecasts.cli.report import put_page
    from forecasts.ledger.backtests import write_backtest
    from forecasts.pipeline.score import SUMMARY
    from forecasts.reports.backtest import render

    page, key = render(summary).encode(), summary["made"]["backtest_id"]
    write_backtest(store, key, SUMMARY, json.dumps(summary).encode())
    if out is None:
        return write_backtest(store, key, PAGE, page)
    put_page(out, page, shared=True)
    return out
