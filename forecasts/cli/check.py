"""The verb ``check``: whether the declared files of a portfolio can be used."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from forecasts.cli.options import JsonFlag, PortfolioOption
from forecasts.cli.printing import clean, print_json

if TYPE_CHECKING:
    from forecasts.errors import BadInput

BAD_INPUT = 2


def command(portfolio: PortfolioOption = None, as_json: JsonFlag = False) -> None:
    """Check every file of a portfolio and list all problems at once.

    Each line says the file, the row or key, what was expected, what was found,
    and the mend. Exit status is 2 when there is a problem.
    """
    from forecasts.portfolio import bundled, check

    folder = portfolio or bundled()
    problems = check(folder)
    counts = {} if problems else _counts(folder)
    if as_json:
        listed = [_as_mapping(problem) for problem in problems]
        print_json({"portfolio": str(folder), "problems": listed, "counts": counts})
    else:
        lines = [str(problem) for problem in problems] or [_summary(counts)]
        typer.echo("\n".join(map(clean, lines)))
    raise typer.Exit(BAD_INPUT if problems else 0)


def _counts(folder: Path) -> dict[str, int]:
    from forecasts.portfolio import load

    portfolio = load(folder)
    evidence = portfolio.evidence
    return {
        "contacts": len(evidence.contacts),
        "plans": len(evidence.plans),
        "summits": len(evidence.opportunities),
        "signals": len(evidence.signals),
        "reference classes": len(portfolio.reference_classes),
        "priors": len(portfolio.priors),
        "questions": len(portfolio.questions),
    }


def _summary(counts: dict[str, int]) -> str:
    return f"{', '.join(f'{number} {name}' for name, number in counts.items())}: all fine"


def _as_mapping(problem: BadInput) -> dict[str, str]:
    return {
        "where": problem.where,
        "expected": problem.expected,
        "found": problem.found[: problem.LONGEST_SHOWN],
        "mend": problem.mend,
    }
