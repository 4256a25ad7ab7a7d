"""The verb ``score``: the track record of what was issued, and how much it can show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from forecasts.cli.options import DEFAULT_STORE, JsonFlag, PortfolioOption, StoreOption

if TYPE_CHECKING:
    from forecasts.portfolio import Portfolio

type Record = Mapping[str, Any]

HEADS = ("skill against", "skill", "90 % interval", "answers", "power at 0.1", "at 0.2")
PARTS = {
    "live": "Issued live: within {days} days of the as-of day, and before the question closed",
    "retrodiction": "Retrodictions: issued later, when what happened could be known",
}
APART = {
    "gated": "gated (no reader saw them)",
    "settled": "settled (the record had decided them by their as-of day)",
    "repeated": "repeated (issued again with the same as-of day: the first one counts)",
    "changed": "changed (the question is no longer in the portfolio as it was asked)",
}


def command(
    portfolio: PortfolioOption = None,
    store: StoreOption = DEFAULT_STORE,
    through: Annotated[
        str,
        typer.Option(
            "--through",
            metavar="DAY",
            help="Resolve by what was public on this day; the record's last day by default.",
        ),
    ] = "",
    as_json: JsonFlag = False,
) -> None:
    """Score what was issued against what happened, live answers and retrodictions apart.

    Every answer that left the house counts, beside the baselines issued with it;
    pending, void and withheld ones are counted. Nothing is changed. Exit status is
    1 when a run that the ledger has can no longer be read.
    """
    from forecasts.cli.printing import clean, print_json
    from forecasts.ledger import open_store, pick_run
    from forecasts.pipeline.score import track_record
    from forecasts.portfolio import bundled, load

    declared = load(portfolio or bundled())
    day = _through(through, declared)
    kept = open_store(store)
    pick_run(kept)  # a store without a run is a mistake, not a clean record
    record = track_record(kept, declared, day)
    if as_json:
        print_json(record)
    else:
        typer.echo("\n".join(map(clean, lines(record))))
    raise typer.Exit(int(bool(record["runs"]["lost"])))


def lines(record: Record) -> list[str]:
    """Lines of the track record for people.

    Parameters
    ----------
    record : mapping
        Of :func:`forecasts.pipeline.score.track_record`.
    """
    runs = record["runs"]
    head = f"{record['portfolio']}, resolved by what was public on {record['through']}; "
    found = [head + f"runs in the ledger: {runs['stored']}"]
    if runs["lost"]:
        found.append(
            f"NOT SCORED: {', '.join(runs['lost'])} can no longer be read as issued; "
            "`forecasts verify` tells more"
        )
    if runs["of_other_portfolios"]:
        found.append(f"runs of other portfolios, not scored: {runs['of_other_portfolios']}")
    for name, title in PARTS.items():
        found += ["", title.format(days=record["live_within_days"]), *_part(record[name])]
    return [*found, "", *_backtest(record["backtest"])]


def _part(part: Record) -> list[str]:
    honesty = part["honesty"]
    if not part["issued"]:
        return ["  none was issued, so there is nothing to score"]
    counts = (
        f"issued {part['issued']}: resolved {honesty['scored'] + honesty['unanswered']}, "
        f"pending {honesty['pending']}, void {honesty['void']}"
    )
    apart = [f"{part[name]} {text}" for name, text in APART.items() if part[name]]
    found = [counts, *(f"not scored: {text}" for text in apart)]
    if part["stale"]:
        found.append(f"of those counted, {part['stale']} were shown as stale")
    if honesty["unanswered"]:
        found.append(f"resolved without a probability: {honesty['unanswered']}")
    if honesty["scored"]:
        found += [*_scores(honesty), *_skill(honesty["against"]), *_calibration(honesty)]
    return [f"  {line}" for line in (*found, part["sentence"])]


def _scores(honesty: Record) -> list[str]:
    rests = (
        f"scored {honesty['scored']} answers to {honesty['clusters']} questions, which weigh as "
        f"{honesty['effective']:.1f} equal ones; several can hang on one fact, so there are at "
        "most that many"
    )
    scores = (
        f"Brier score {_interval(honesty['brier'])}, log score {_interval(honesty['log_score'])}; "
        f"lower is better, {100 * honesty['mass']:.0f} % intervals"
    )
    return [rests, scores]


def _skill(against: Sequence[Record]) -> list[str]:
    rows = [HEADS, *map(_row, against)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]


def _row(one: Record) -> tuple[str, ...]:
    skill = one["skill"]
    return (
        str(one["baseline"]),
        _number(skill["value"], "+.2f"),
        f"{_number(skill['low'], '+.2f')} to {_number(skill['high'], '+.2f')}",
        str(one["count"]),
        _number(one["power_small"]),
        _number(one["power_large"]),
    )


def _calibration(honesty: Record) -> list[str]:
    read = honesty["calibration"]
    line = (
        f"calibration: slope {_interval(read['slope'])}, 1 if calibrated; intercept "
        f"{_interval(read['intercept'])}, 0 if calibrated; mean probability less how often it "
        f"happened {_interval(read['bias'])}"
    )
    null = (
        f"miscalibration {_number(read['miscalibration'], '.3f')}; forecasts that are right would "
        f"show {_number(read['expected'], '.3f')} on average, and at most "
        f"{_number(read['limit'], '.3f')} 19 times in 20"
    )
    return [line, null]


def _backtest(found: Record | None) -> list[str]:
    if found is None:
        return ["Backtest: the store has none; `forecasts backtest` makes one"]
    days = f"{found.get('first_origin') or '?'} to {found.get('last_origin') or '?'}"
    return [f"Last backtest (retrodiction, {days}):", f"  {found['sentence']}"]


def _interval(found: Record) -> str:
    if found["value"] is None:
        return "-"
    ends = f"{_number(found['low'])} to {_number(found['high'])}"
    return f"{found['value']:.2f} ({ends})"


def _number(value: float | None, form: str = ".2f") -> str:
    return "-" if value is None else format(value, form)


def _through(text: str, portfolio: Portfolio) -> date:
    from forecasts.dates import parse_day
    from forecasts.errors import BadInput
    from forecasts.pipeline.document import record_end

    try:
        return parse_day(text) if text else record_end(portfolio)
    except ValueError:
        raise BadInput("--through", "a day like 2023-12-31", text, "correct it") from None
