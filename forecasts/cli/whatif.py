"""The verb ``whatif``: the answer if something became public."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from difflib import get_close_matches
from typing import TYPE_CHECKING, Annotated, Any

import typer

from forecasts.cli.options import (
    DEFAULT_STORE,
    JsonFlag,
    PortfolioOption,
    RunOption,
    StoreOption,
)

if TYPE_CHECKING:
    from forecasts.evidence.tables import Contact, Plan, Signal

SHAPES = {
    "--signal": "TYPE:DIRECTION:INTENSITY@DATE, like export_control:-1:4@2023-06-18",
    "--contact": "KIND:VENUE@DATE, like treasury_in_person:prc@2023-06-18",
    "--plan": "KIND:VENUE@DATE, like treasury_in_person:prc@2023-07-06",
}
WORDS = {"hostile": -1, "neutral": 0, "conciliatory": 1}
DIRECTIONS = {"-1": -1, "0": 0, "1": 1, "+1": 1, **WORDS}
INTENSITIES = ("1", "2", "3", "4", "5")


def command(
    question: Annotated[str, typer.Argument(metavar="ID", help="Which question.")],
    signal: Annotated[
        list[str] | None,
        typer.Option(
            "--signal",
            metavar="TYPE:DIRECTION:INTENSITY[@DATE]",
            help="A supposed signal, of the run's day by default; may be repeated.",
        ),
    ] = None,
    contact: Annotated[
        list[str] | None,
        typer.Option(
            "--contact", metavar="KIND:VENUE[@DATE]", help="A supposed contact; may be repeated."
        ),
    ] = None,
    plan: Annotated[
        list[str] | None,
        typer.Option(
            "--plan",
            metavar="KIND:VENUE@DATE",
            help="A supposed announcement of a contact on DATE; may be repeated.",
        ),
    ] = None,
    run: RunOption = "",
    store: StoreOption = DEFAULT_STORE,
    portfolio: PortfolioOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Say what an answer would be if something became public on the run's day.

    DIRECTION is -1, 0 or +1 (hostile, neutral, conciliatory), INTENSITY 1 to 5. It
    holds if the model is right and nothing else changes. Nothing is stored. Exit
    status is 1 when the reweighted posterior cannot be trusted (k-hat above 0.7).
    """
    from forecasts.cli.printing import clean, print_json
    from forecasts.errors import BadInput
    from forecasts.ledger import open_store
    from forecasts.pipeline.whatif import recalled_run, supposed_change

    texts = {"--signal": signal or [], "--contact": contact or [], "--plan": plan or []}
    if not any(texts.values()):
        mend = f"add --signal {SHAPES['--signal']}"
        raise BadInput("whatif", "--signal, --contact or --plan", "none of them", mend)
    parts = {option: [_parts(option, text) for text in texts[option]] for option in texts}
    recalled = recalled_run(open_store(store), run, portfolio)
    day = date.fromisoformat(recalled.document["known_through"])
    found = supposed_change(recalled, question, rows(parts, day))
    if as_json:
        print_json(found)
    else:
        said = [text for option in texts.values() for text in option]
        typer.echo("\n".join(map(clean, lines(found, said))))
    raise typer.Exit(int(not found["trusted"]))


def rows(parts: Mapping[str, Iterable[Sequence[str]]], day: date) -> list[Signal | Contact | Plan]:
    """Rows of evidence that the options suppose; `day` is the last day that is known.

    Raises
    ------
    BadInput
        If a type, kind, venue, direction, intensity or day cannot be.
    """
    return [
        *(_signal(each, day) for each in parts["--signal"]),
        *(_contact(each, day) for each in parts["--contact"]),
        *(_plan(each, day) for each in parts["--plan"]),
    ]


def lines(found: Mapping[str, Any], supposed: Sequence[str]) -> list[str]:
    """Lines for people: before, after, the change with its error, and under what condition.

    Examples
    --------
    >>> numbers = {"before": 0.5, "after": 0.52, "points": 2.0, "points_mcse": 0.1}
    >>> numbers |= {"delta_logit": 0.08, "mcse": 0.004, "khat": 0.1, "trusted": True}
    >>> run = {"title": "Do they meet?", "run_id": "r", "as_of": "2023-06-18", "issued": 0.5}
    >>> run |= {"caveat": "if ...", "with_signals": None, "signals_in_answers": True, "futures": 9}
    >>> print(lines(numbers | run, ["sanction:-1:4"])[2])
    answer  0.50 -> 0.52  (+2.0 ± 0.1 points, log-odds +0.080 ± 0.004)
    """
    from forecasts.cli.printing import probability

    issued = f"issued {probability(found['issued'])}, run {found['run_id']}"
    head = [found["title"], f"supposed by {found['as_of']}: {', '.join(supposed)} ({issued})"]
    body = [_change("answer", found)]
    beside = found["with_signals"]
    if beside:
        body.append(_change("with signals", beside))
        body.append(
            "published answers do not use readings of signals: they move the first line "
            "only through what the model learns from the record"
        )
    equal = found["khat"] < 0
    khat = "all weights close to equal" if equal else f"k-hat {found['khat']:.2f} of at most 0.70"
    tail = [f"{found['caveat']}; {found['futures']:,} paired futures, {khat}"]
    if not found["trusted"]:
        tail.append("NOT TO BE TRUSTED: k-hat is above 0.70, the stored posterior is too far away")
    return [*head, *body, *tail]


def _change(name: str, found: Mapping[str, Any]) -> str:
    from forecasts.cli.printing import probability

    return (
        f"{name}  {probability(found['before'])} -> {probability(found['after'])}  "
        f"({found['points']:+.1f} ± {found['points_mcse']:.1f} points, "
        f"log-odds {found['delta_logit']:+.3f} ± {found['mcse']:.3f})"
    )


def _parts(option: str, text: str) -> list[str]:
    """Parts between colons, and the day last; empty where it is not given."""
    from forecasts.errors import BadInput

    before, _, day = text.partition("@")
    parts = before.split(":")
    wanted = 3 if option == "--signal" else 2
    if len(parts) != wanted or ("@" in text and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", day)):
        raise BadInput(option, SHAPES[option], text, "correct it")
    return [*parts, day]


def _signal(parts: Sequence[str], day: date) -> Signal:
    from forecasts.attribution.whatif import signal_on
    from forecasts.schema import SIGNAL_TYPES

    signal_type, direction, intensity, on = parts
    _choice("--signal, type", signal_type, SIGNAL_TYPES)
    _choice("--signal, direction", direction, DIRECTIONS)
    _choice("--signal, intensity", intensity, INTENSITIES)
    when = _day("--signal", on, day)
    return signal_on(when, signal_type, DIRECTIONS[direction], int(intensity))


def _contact(parts: Sequence[str], day: date) -> Contact:
    from forecasts.attribution.whatif import contact_on

    kind, venue, on = parts
    _kind_and_venue("--contact", kind, venue)
    return contact_on(_day("--contact", on, day), kind, venue)


def _plan(parts: Sequence[str], day: date) -> Plan:
    from forecasts.attribution.whatif import plan_for
    from forecasts.errors import BadInput

    kind, venue, on = parts
    _kind_and_venue("--plan", kind, venue)
    planned = _date("--plan", on) if on else None
    if planned is None or planned <= day:
        expected = f"a day after {day}, the last that the run knows"
        raise BadInput("--plan", expected, on or "none", "say for when it is announced")
    return plan_for(planned, kind, venue, day)


def _kind_and_venue(option: str, kind: str, venue: str) -> None:
    from forecasts.schema import KINDS, VENUES

    _choice(f"{option}, kind", kind, KINDS)
    _choice(f"{option}, venue", venue, VENUES)


def _choice(where: str, text: str, allowed: Iterable[str]) -> None:
    from forecasts.errors import BadInput

    known = list(allowed)
    if text not in known:
        near = get_close_matches(text, known, n=2, cutoff=0.6)
        mend = f"did you mean {' or '.join(near)}?" if near else "choose one of these"
        raise BadInput(where, f"one of {', '.join(known)}", text, mend)


def _day(option: str, text: str, day: date) -> date:
    from forecasts.errors import BadInput

    when = _date(option, text) if text else day
    if when > day:
        expected = f"a day up to {day}, the last that the run knows"
        raise BadInput(option, expected, when, "leave the date out, or use a later run")
    return when


def _date(option: str, text: str) -> date:
    from forecasts.dates import parse_day
    from forecasts.errors import BadInput

    try:
        return parse_day(text)
    except ValueError:
        raise BadInput(option, "a day like 2023-06-18", text, "correct it") from None
