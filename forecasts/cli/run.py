"""The verb ``run``: fit, simulate, answer, and enter the result in the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from forecasts.cli.options import DEFAULT_STORE, JsonFlag, PortfolioOption, StoreOption


def command(
    portfolio: PortfolioOption = None,
    as_of: Annotated[
        str,
        typer.Option(
            "--as-of", metavar="DAY", help="Information cut-off; the record's last day by default."
        ),
    ] = "",
    question: Annotated[
        list[str] | None,
        typer.Option("--question", metavar="ID", help="Answer only this one; may be repeated."),
    ] = None,
    store: StoreOption = DEFAULT_STORE,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Seed of all chance.")] = 1,
    refit: Annotated[
        bool, typer.Option("--refit", help="Sample the posterior even where a stored one serves.")
    ] = False,
    as_json: JsonFlag = False,
) -> None:
    """Answer every open question from what was public on a day, and record it.

    A run that the store has already (same evidence, priors, questions, code and
    seed) is shown and not made again. Where only a few facts are new, the stored
    posterior is reweighted, which takes seconds; if that cannot be trusted, it is
    sampled. Exit status is 1 when a gate failed or an answer is stale.
    """
    from forecasts.cli.printing import exit_status, print_answers
    from forecasts.cli.progress import reporting
    from forecasts.ledger import open_store
    from forecasts.pipeline.issue import run_into
    from forecasts.pipeline.run import Order, default_as_of
    from forecasts.portfolio import bundled, load

    declared = load(portfolio or bundled())
    day = parse_as_of(as_of) if as_of else default_as_of(declared)
    order = Order(as_of=day, questions=tuple(question or ()), seed=seed)
    kept = open_store(store)
    with reporting() as progress:
        document, new = run_into(
            kept, declared, order, issued_at=datetime.now(UTC), refit=refit, progress=progress
        )
    print_answers(document, as_json=as_json)
    if not as_json:
        typer.echo("\n".join(certificate(document)))
        typer.echo(posterior_line(document))
    state = "stored in" if new else "nothing is new: this run was already in"
    folder = Path(kept.root) / "runs" / document["as_of"] / document["run_id"]
    typer.echo(f"{state} {folder}", err=True)
    raise typer.Exit(exit_status(document))


def certificate(document: Mapping[str, Any]) -> list[str]:
    r"""Lines of the coherence certificate: each identity, how often checked, its largest gap.

    Examples
    --------
    >>> check = {"identity": "P(A) + P(not A) = 1", "checked": 9, "largest_gap": 0.0, "holds": True}
    >>> print("\n".join(certificate({"futures": 1000, "coherence": [check]})))
    coherence certificate, on 1,000 futures:
      holds    P(A) + P(not A) = 1                         9 checked, largest gap 0e+00
    """
    lines = [f"coherence certificate, on {document['futures']:,} futures:"]
    for check in document["coherence"]:
        verdict = "holds" if check["holds"] else "BROKEN"
        lines.append(
            f"  {verdict:8} {check['identity']:40} {check['checked']:4} checked, "
            f"largest gap {check['largest_gap']:.0e}"
        )
    return lines


def posterior_line(document: Mapping[str, Any]) -> str:
    """Say whether the posterior was sampled or reweighted, and how far that can be trusted.

    Examples
    --------
    >>> posterior_line({"posterior": {"how": "sampled"}})
    'the posterior was sampled for this run'
    """
    posterior = document["posterior"]
    if posterior["how"] == "sampled":
        return "the posterior was sampled for this run"
    return (
        f"the posterior of run {posterior['from_run']} (as of {posterior['from_as_of']}) was "
        f"reweighted: k-hat {posterior['khat']:.2f} of at most 0.70, "
        f"{posterior['ess']:,.0f} effective draws; --refit samples anew"
    )


def parse_as_of(text: str) -> date:
    """Read the day given on the command line.

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
        raise BadInput("--as-of", "a day like 2023-06-18", text, "correct it") from None
