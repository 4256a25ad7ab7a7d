"""The verb ``explain``: what an answer is made of, in steps that add up."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated, Any

import typer

from forecasts.cli.options import DEFAULT_STORE, JsonFlag, RunOption, StoreOption

BAR_WIDTH = 24
"""Characters of the longest bar."""


def command(
    question: Annotated[str, typer.Argument(metavar="ID", help="Which question.")],
    store: StoreOption = DEFAULT_STORE,
    run: RunOption = "",
    as_json: JsonFlag = False,
) -> None:
    """Explain an answer: base rate, calendar and history, announced plans, signals.

    The steps are log-odds and add up to the answer. They say what the model
    did with what it knew, not what caused what. Exit status is 1 when a gate of
    the run failed or the answer is stale.
    """
    from forecasts.cli.printing import exit_status, print_json
    from forecasts.cli.show import narrowed
    from forecasts.ledger import open_store, pick_run, read_document

    document = narrowed(read_document(pick_run(open_store(store), run)), [question])
    answer = document["answers"][0]
    if as_json:
        keys = ("question", "title", "probability", "interval", "base_rate", "drivers", "status")
        print_json({"run_id": document["run_id"], **{key: answer[key] for key in keys}})
    else:
        typer.echo("\n".join(explanation(answer)))
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
