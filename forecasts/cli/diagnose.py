"""The verb ``diagnose``: whether the model behind a run deserves belief."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import typer

from forecasts.cli.options import (
    DEFAULT_STORE,
    JsonFlag,
    PortfolioOption,
    RunOption,
    StoreOption,
)

type Row = Mapping[str, Any]

BELIEFS_SHOWN = 3
"""Single priors that are shown for an answer, those that move it most first."""

WORTH_SHOWING = 0.02
SIMULATIONS_AT_MOST = 10_000


def command(
    portfolio: PortfolioOption = None,
    store: StoreOption = DEFAULT_STORE,
    run: RunOption = "",
    sbc: Annotated[
        int,
        typer.Option(
            "--sbc",
            metavar="N",
            min=0,
            max=SIMULATIONS_AT_MOST,
            help="Also check the sampler on N made-up records, some seconds each; 200 say enough.",
        ),
    ] = 0,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Seed of all chance.")] = 1,
    as_json: JsonFlag = False,
) -> None:
    """Check the model behind the last run: priors, fit, sensitivity, sampler.

    Prints the run's gates; what the priors alone say of the world; where the
    record would surprise the fitted model; and which answers hang on a prior.
    Exit status is 1 when a gate failed or the sampler is not calibrated; what
    the rest shows is for judgement.
    """
    from forecasts.cli.printing import clean, print_json
    from forecasts.cli.progress import reporting
    from forecasts.ledger import open_store
    from forecasts.pipeline.diagnose import diagnose
    from forecasts.portfolio import bundled, load

    declared, kept = load(portfolio or bundled()), open_store(store)
    with reporting() as progress:
        found = diagnose(kept, declared, run_id=run, calibrate=sbc, seed=seed, progress=progress)
    if as_json:
        print_json(found)
    else:
        typer.echo("\n".join(map(clean, described(found))))
    raise typer.Exit(exit_status(found))


def exit_status(found: Row) -> int:
    """Return 1 where a gate failed, or ranks are not uniform for some quantity.

    Examples
    --------
    >>> exit_status({"gates": {"passed": True}, "calibration": None})
    0
    """
    calibration = found["calibration"] or {"quantities": ()}
    uncalibrated = any(row["failed"] for row in calibration["quantities"])
    return int(uncalibrated or not found["gates"]["passed"])


def described(found: Row) -> list[str]:
    """Lines that tell a diagnosis, part by part."""
    parts = [
        [f"{found['title']}, as of {found['as_of']}, run {found['run_id']}"],
        gates(found["gates"]),
        prior_predictive(found["prior_predictive"]),
        posterior_predictive(found["posterior_predictive"]),
        power_scaling(found["power_scaling"]),
    ]
    if found["calibration"]:
        parts.append(calibration(found["calibration"]))
    return [line for part in parts for line in part]


def gates(read: Row) -> list[str]:
    """One line for the gates of the run.

    Examples
    --------
    >>> gates({"passed": False, "failures": ["2 divergences"]})
    ['gates: failed: 2 divergences']
    """
    failed = "; ".join(read["failures"])
    return ["gates: all passed" if read["passed"] else f"gates: failed: {failed}"]


def prior_predictive(facts: Sequence[Row]) -> list[str]:
    """Each range as a sentence, those that the record contradicts marked.

    Examples
    --------
    >>> fact = {"sentence": "calls: between 0 and 99 a year (98 %)", "verdict": "too wide"}
    >>> print(prior_predictive([fact])[1])
      too wide    calls: between 0 and 99 a year (98 %)
    """
    lines = [f"  {fact['verdict'] or 'plausible':<11} {fact['sentence']}" for fact in facts]
    return ["what the priors alone say of the world:", *lines]


def posterior_predictive(checks: Sequence[Row]) -> list[str]:
    """How many counts of the record would surprise the model, and which.

    Examples
    --------
    >>> print(posterior_predictive([{"flagged": False}])[0])
    record against replicas: 0 of 1 counts outside 1-99 % (2 % are by chance)
    """
    flagged = [check for check in checks if check["flagged"]]
    head = (
        f"record against replicas: {len(flagged)} of {len(checks)} counts outside 1-99 % "
        "(2 % are by chance)"
    )
    return [
        head,
        *(
            f"  {check['part']}: {check['what']}: {check['seen']:.0f} on record, "
            f"{check['low']:.0f} to {check['high']:.0f} replicated"
            for check in flagged
        ),
    ]


def power_scaling(answers: Sequence[Row]) -> list[str]:
    """A line an answer, then the single priors that move it most."""
    lines = [
        "what answers hang on: sensitivity, above 0.05 with *, or with ? where it may be noise,",
        "and in brackets the points that an answer moves for a doubled weight:",
    ]
    for answer in answers:
        lines.append(
            f"  {answer['question']}: prior {_reading(answer['prior'])}, "
            f"likelihood {_reading(answer['likelihood'])}"
        )
        lines.append(f"    {answer['sentence']}")
        beliefs = answer["single_priors"]
        named = [row for row in beliefs if row["flagged"]] or beliefs[:BELIEFS_SHOWN]
        shown = [row for row in named if row["sensitivity"] >= WORTH_SHOWING]
        if shown and (answer["prior"]["flagged"] or answer["prior"]["undecided"]):
            told = ", ".join(f"{row['component']} {_reading(row)}" for row in shown)
            lines.append(f"    most of all: {told}")
    return lines


def _reading(row: Row) -> str:
    """Sensitivity with its mark, and the move in points.

    Examples
    --------
    >>> _reading({"sensitivity": 0.081, "flagged": True, "undecided": False, "moves": -0.031})
    '0.08* (-3.1)'
    """
    mark = "*" if row["flagged"] else "?" if row["undecided"] else ""
    return f"{row['sensitivity']:.2f}{mark} ({100 * row['moves']:+.1f})"


def calibration(found: Row) -> list[str]:
    """How many quantities left the simultaneous band, and which."""
    rows = found["quantities"]
    outside = sorted((row for row in rows if not row["inside"]), key=lambda row: row["p_value"])
    failed = sum(row["failed"] for row in rows)
    mean = 100 * sum(row["coverage_90"] for row in rows) / len(rows)
    lines = [
        f"sampler on {found['simulations']} made-up records, {found['diverged']} with divergences:",
        f"  {len(outside)} of {len(rows)} quantities outside their 95 % band (5 % are by chance)",
        f"  {failed} beyond what their number excuses",
        f"  90 % intervals hold {mean:.0f} % of true values",
    ]
    lines += [
        f"  {row['quantity']}: p {row['p_value']:.4f}, 80 % intervals hold "
        f"{100 * row['coverage_80']:.0f} %, ESS {row['ess']:.0f}"
        for row in outside
    ]
    return lines
