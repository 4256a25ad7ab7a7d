"""Printing answers: a table for people, one JSON document for programs.

Whatever text is printed loses its control characters first: a title is data,
and must not move the cursor or rename the window of whoever reads it.
"""

from __future__ import annotations

import json
import re
import sys
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

import typer

type Document = Mapping[str, Any]

DOUBTFUL = ("stale", "gated")
"""Statuses of an answer that must not be read as today's."""

WIDE_COLUMNS = 100
LONGEST_WORD = len("even odds")  # where likelihood words wrap on a narrow terminal

_ESCAPE = re.compile(r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]")  # ECMA-48, control sequences
_GAP = "  "
_JSON_KEYS = (
    "run_id",
    "portfolio",
    "title",
    "as_of",
    "known_through",
    "issued_at",
    "seed",
    "gates",
    "coherence",
    "freshness",
)


def clean(text: object) -> str:
    r"""Text without anything that a terminal acts on, on one line.

    Examples
    --------
    >>> clean("Do they \x1b[31mmeet\x1b[0m?\nYes\u202e.")
    'Do they meet? Yes.'
    """
    return "".join(map(_printable, _ESCAPE.sub("", str(text))))


def probability(value: float | None) -> str:
    """Write a probability with two digits, or three towards the ends.

    Examples
    --------
    >>> [probability(p) for p in (0.714, 0.0084, 0.0001, 0.9999, 1.0, None)]
    ['0.71', '0.008', '<0.001', '>0.999', '1', '-']
    """
    if value is None:
        return "-"
    if value in (0, 1):
        return f"{value:.0f}"
    if 0.01 <= value <= 0.99:
        return f"{value:.2f}"
    return "<0.001" if value < 0.001 else ">0.999" if value > 0.999 else f"{value:.3f}"


def answers_table(document: Document) -> str:
    """Answers of a run as aligned text, one line each, titles last.

    Parameters
    ----------
    document : mapping
        The run document.

    Examples
    --------
    >>> rate = {"events": 13, "n": 21}
    >>> answer = {"question": "q", "title": "Do they meet?", "probability": 0.71}
    >>> answer |= {"interval": [0.55, 0.84], "base_rate": rate, "word": "likely", "status": "open"}
    >>> print(answers_table({"answers": [answer]}))
    question  probability  80 % interval  base rate  word    status  title
    q         0.71         0.55–0.84      13 of 21   likely  open    Do they meet?
    """
    rows = [_header(document), *map(_cells, document["answers"])]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    widths[-1] = 0
    return "\n".join(
        _GAP.join(map(str.ljust, row, widths)).rstrip()  # the title pads to nothing
        for row in rows
    )


def print_answers(document: Document, *, as_json: bool) -> None:
    """Print a run's answers, with what a reader must know beside them.

    Parameters
    ----------
    document : mapping
        The run document; `with_answers` narrows it to some questions.
    as_json : bool
        Print one JSON document instead.
    """
    if as_json:
        print_json({key: document[key] for key in (*_JSON_KEYS, "answers") if key in document})
    elif sys.stdout.isatty():
        _print_rich(document)
    else:
        typer.echo("\n".join([_heading(document), answers_table(document), *notes(document)]))


def print_json(value: object) -> None:
    """Print one JSON document, in ASCII, so that no terminal acts on what it quotes."""
    typer.echo(json.dumps(value, sort_keys=True, allow_nan=False, indent=1))


def notes(document: Document) -> list[str]:
    """Lines for what a reader must know: failed gates, doubtful answers, evidence not fresh.

    Examples
    --------
    >>> notes({"answers": [], "gates": {"passed": False, "failures": ["R-hat 1.03"]}})
    ['a gate failed: R-hat 1.03']
    """
    gates = document.get("gates", {"passed": True})
    lines = [] if gates["passed"] else [f"a gate failed: {', '.join(gates['failures'])}"]
    lines += [
        f"{answer['question']} is {answer['status']}: {answer.get('status_reason') or 'no reason'}"
        for answer in document["answers"]
        if answer["status"] in DOUBTFUL
    ]
    tables = document.get("freshness", ())
    not_fresh = [f"{t['table']} {t['status']}" for t in tables if t["status"] != "fresh"]
    if not_fresh:
        lines.append(f"evidence that is not fresh: {', '.join(not_fresh)}")
    return [clean(line) for line in lines]


def exit_status(document: Document) -> int:
    """Exit status for a run's answers: 1 where a gate failed or an answer is doubtful.

    Examples
    --------
    >>> exit_status({"gates": {"passed": True}, "answers": [{"status": "stale"}]})
    1
    """
    doubtful = any(answer["status"] in DOUBTFUL for answer in document["answers"])
    return int(doubtful or not document["gates"]["passed"])


def _printable(character: str) -> str:
    category = unicodedata.category(character)
    if character in "\t\n\r" or category in ("Zl", "Zp"):
        return " "
    return "" if category in ("Cc", "Cf", "Cs") else character


def _heading(document: Document) -> str:
    issued = f", issued {document['issued_at']}" if "issued_at" in document else ""
    return clean(
        f"{document['title']}, as of {document['as_of']}, run {document['run_id']}{issued}"
    )


def _header(document: Document) -> tuple[str, ...]:
    answers: Sequence[Mapping[str, Any]] = document["answers"]
    mass = answers[0].get("interval_mass", 0.8) if answers else 0.8
    interval = f"{100 * mass:.0f} % interval"
    return ("question", "probability", interval, "base rate", "word", "status", "title")


def _cells(answer: Mapping[str, Any]) -> tuple[str, ...]:
    rate = answer.get("base_rate")
    interval = answer.get("interval")
    return (
        clean(answer["question"]),
        probability(answer["probability"]),
        "–".join(map(probability, interval)) if interval else "-",
        f"{rate['events']} of {rate['n']}" if rate else "-",
        clean(answer["word"]),
        clean(answer["status"]),
        clean(answer["title"]),
    )


def _print_rich(document: Document) -> None:
    """Print to a terminal: titles and words wrap, numbers never do."""
    from rich.console import Console, Group
    from rich.table import Table
    from rich.text import Text

    console = Console(highlight=False)
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="bold")
    table.add_column("question", overflow="fold", min_width=16)
    for name in ("proba-\nbility", _header(document)[2].replace(" i", "\ni"), "base\nrate"):
        table.add_column(name, no_wrap=True)
    table.add_column("word", max_width=None if console.width >= WIDE_COLUMNS else LONGEST_WORD)
    table.add_column("status", no_wrap=True)
    for answer in document["answers"]:
        ident, *cells, status, title = _cells(answer)
        asked = Text(f"{title}\n").append(ident, style="dim")
        style = "yellow" if status in DOUBTFUL else ""
        table.add_row(asked, *map(Text, cells), Text(status, style=style))
    remarks = [Text(line, style="yellow") for line in notes(document)]
    console.print(Group(Text(_heading(document)), table, *remarks))
