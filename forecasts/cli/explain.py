"""The verb ``explain``: what an answer is made of, and what moved it, in steps that add up."""

from __future__ import annotations

import math
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

BAR_WIDTH = 24
"""Characters of the longest bar."""

MIND_CHANGERS = 5
"""Opportunities that are shown, those that move the answer farthest."""

MEASURABLE_ERRORS = 2.0
"""An expected move of fewer standard errors than this is not told from none."""


def command(
    question: Annotated[str, typer.Argument(metavar="ID", help="Which question.")],
    store: StoreOption = DEFAULT_STORE,
    run: RunOption = "",
    since: Annotated[
        str,
        typer.Option(
            "--since", metavar="RUN", help="Split the change since this earlier run instead."
        ),
    ] = "",
    portfolio: PortfolioOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Explain an answer: base rate, calendar and history, announced plans, signals.

    The steps are log-odds and add up to the answer; below them, what is expected to
    move it. With --since, the change since an earlier run: code, priors, revisions,
    time, and each new fact. They say what the model did with what it knew, not what
    caused what. Exit status is 1 when a gate of the run failed, the answer is stale,
    or bars cannot be trusted.
    """
    from forecasts.cli.printing import clean, exit_status, print_json
    from forecasts.cli.show import narrowed
    from forecasts.ledger import open_store, pick_run, read_document

    kept = open_store(store)
    picked = pick_run(kept, run)
    document = narrowed(read_document(picked), [question])
    answer = document["answers"][0]
    if since:
        from forecasts.cli.progress import reporting
        from forecasts.pipeline.since import change_since

        with reporting() as progress:
            change = change_since(
                kept, question, since, picked.run_id, given=portfolio, progress=progress
            )
        if as_json:
            print_json(change)
        else:
            typer.echo("\n".join(map(clean, changed(change))))
        raise typer.Exit(max(exit_status(document), int(not change["trusted"])))
    if as_json:
        keys = ("question", "title", "probability", "interval", "base_rate", "drivers", "status")
        found = {**{key: answer[key] for key in keys}, "opportunities": _opportunities(answer)}
        print_json({"run_id": document["run_id"], **found})
    else:
        places = document.get("timeline", {}).get("opportunities", ())
        lines = [*explanation(answer), *mind_changers(_opportunities(answer), places)]
        typer.echo("\n".join(map(clean, lines)))
    raise typer.Exit(exit_status(document))


def explanation(answer: Mapping[str, Any]) -> list[str]:
    """Lines that lead from the base rate to the answer, a bar a step.

    Examples
    --------
    >>> rate = {"events": 1, "n": 2, "title": "Two past cases"}
    >>> drivers = [
    ...     {"name": "base rate", "delta_logit": 0.0, "mcse": 0.0},
    ...     {"name": "signals", "delta_logit": 1.0, "mcse": 0.01},
    ... ]
    >>> answer = {
    ...     "title": "Do they meet?",
    ...     "base_rate": rate,
    ...     "drivers": drivers,
    ...     "probability": 0.731,
    ...     "interval": [0.6, 0.8],
    ...     "status": "open",
    ... }
    >>> print(explanation(answer)[3])
    signals                +1.00 ± 0.01  0.73  ########################
    """
    from forecasts.cli.printing import clean, probability

    rate = answer["base_rate"]
    cases = f"{rate['events']} of {rate['n']}: {clean(rate['title'])}"
    lines = [clean(answer["title"]), f"step                 log-odds         p   ({cases})"]
    reached, longest = 0.0, max((abs(s["delta_logit"]) for s in answer["drivers"]), default=1.0)
    for step in answer["drivers"]:
        reached += step["delta_logit"]
        bar = round(BAR_WIDTH * abs(step["delta_logit"]) / (longest or 1.0))
        shown = probability(1.0 / (1.0 + math.exp(-reached)))
        error = f"± {step['mcse']:.2f}"
        lines.append(
            f"{clean(step['name']):<21} {step['delta_logit']:+6.2f} {error} {shown:>5}  "
            f"{('#' if step['delta_logit'] >= 0 else '-') * bar}".rstrip()
        )
    if not answer["drivers"]:
        lines.append(f"nothing to explain: the question is {answer['status']}")
    low, high = answer["interval"]
    lines.append(
        f"answer {probability(answer['probability'])}, 80 % interval "
        f"{probability(low)} to {probability(high)}"
    )
    return lines


def changed(change: Mapping[str, Any]) -> list[str]:
    """Lines that lead from an earlier answer to a later one, a bar a part.

    Parameters
    ----------
    change : mapping
        Of :func:`forecasts.pipeline.since.change_since`.

    Examples
    --------
    >>> ends = {"run_id": "a", "as_of": "2023-06-18", "probability": 0.5}
    >>> bar = {"name": "passing of time", "delta_logit": -1.0, "mcse": 0.1, "parts": []}
    >>> change = {"title": "Do they meet?", "from": ends, "to": ends | {"probability": 0.27}}
    >>> change |= {"bars": [bar | {"trusted": True}], "change": {"log_odds": -1.0, "points": -23.0}}
    >>> change |= {"futures": 16000, "posterior": "a", "khat": 0.1, "notes": []}
    >>> print(changed(change)[3])
     -1.00 ± 0.10   0.27  passing of time  ------------------------
    """
    from forecasts.cli.printing import probability

    start, end, whole = change["from"], change["to"], change["change"]
    ends = [
        f"run {each['run_id']} (as of {each['as_of']}, {probability(each['probability'])})"
        for each in (start, end)
    ]
    whole_change = f"log-odds {whole['log_odds']:+.2f}, {whole['points']:+.1f} points"
    lines = [
        change["title"],
        f"from {ends[0]} to {ends[1]}: {whole_change}",
        "log-odds          p  part",
    ]
    reached = _log_odds(start["probability"])
    longest = max((abs(bar["delta_logit"]) for bar in change["bars"]), default=0.0) or 1.0
    for bar in change["bars"]:
        reached += bar["delta_logit"]
        width = round(BAR_WIDTH * abs(bar["delta_logit"]) / longest)
        mark = "" if bar["trusted"] else "  NOT TO BE TRUSTED"
        drawn = ("#" if bar["delta_logit"] >= 0 else "-") * width
        lines.append(
            f"{bar['delta_logit']:+6.2f} ± {bar['mcse']:.2f}  "
            f"{probability(1.0 / (1.0 + math.exp(-reached))):>5}  "
            f"{bar['name']}{mark}  {drawn}".rstrip()
        )
        lines += [f"{'':24}{part}" for part in bar["parts"]]
    source = f"{change['futures']:,} futures of the posterior of run {change['posterior']}"
    rests = f"read from {source}, reweighted: k-hat {change['khat']:.2f} of at most 0.70"
    return [*lines, rests, *change["notes"]]


def mind_changers(
    found: Sequence[Mapping[str, Any]], places: Sequence[Mapping[str, Any]] = ()
) -> list[str]:
    """Lines for the opportunities that are expected to move an answer farthest.

    Parameters
    ----------
    found : sequence of mapping
        Of :mod:`forecasts.attribution.opportunities`, farthest first.
    places : sequence of mapping
        Coming summits as the run document has them, for their names.
    """
    names = {each["id"]: f"{each['series']} in {each['city']}" for each in places}
    moving = [each for each in found if each["branches"]]
    measured = [each for each in moving if each["move"] > MEASURABLE_ERRORS * each["move_mcse"]][
        :MIND_CHANGERS
    ]
    if not found:
        return []
    if not measured:
        return ["what would change our mind: nothing that is on the calendar, measurably"]
    lines = ["what would change our mind (expected move of the answer once it is known):"]
    for each in measured:
        name = names.get(each["id"], each["id"])
        lines.append(
            f"{100 * each['move']:5.1f} ± {100 * each['move_mcse']:.1f} points  "
            f"{each['day']} {name}: {_branches(each['branches'])}"
        )
        if each["note"]:
            lines.append(f"{'':20}{each['note']}")
    itself = [each for each in found if each["note"].startswith("it is what the question asks")]
    lines += [f"{names.get(each['id'], each['id'])}: {each['note']}" for each in itself]
    return lines


def _branches(branches: Sequence[Mapping[str, Any]]) -> str:
    from forecasts.cli.printing import probability

    return "; ".join(
        f"{each['outcome']} ({probability(each['probability'])}) -> {probability(each['answer'])}"
        for each in branches
    )


def _opportunities(answer: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Opportunities of an answer; runs of earlier versions have none."""
    return list(answer.get("opportunities", ()))


def _log_odds(probability: float) -> float:
    edge = 1e-6
    kept = min(max(probability, edge), 1.0 - edge)
    return math.log(kept / (1.0 - kept))
