"""The answers of 18 June 2023 beside what happened, as a Markdown table.

``python -m benchmarks.june_2023 --store .forecasts`` prints it from a stored
run; ``--into README.md`` writes it between the page's markers. Outcomes are
resolved from the evidence, never typed.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks.measuring import between
from forecasts.cli.printing import clean, probability
from forecasts.errors import BadInput, ForecastsError
from forecasts.ledger import Store, list_runs, open_store, pick_run, read_document
from forecasts.pipeline.resolve import resolution
from forecasts.portfolio import Portfolio, bundled, load

AS_OF = "2023-06-18"
BEGIN, END = "<!-- june-2023: begin -->", "<!-- june-2023: end -->"
VERDICTS = {True: "yes", False: "no", None: "open"}


def chosen_run(store: Store, run_id: str) -> str:
    """`run_id`, or where it is empty the last run as of 18 June 2023."""
    if run_id:
        return run_id
    runs = [run.run_id for run in list_runs(store) if run.as_of == AS_OF]
    if not runs:
        mend = f"make one: forecasts run --as-of {AS_OF}"
        raise BadInput("--store", f"a store with a run as of {AS_OF}", store.root, mend)
    return runs[-1]


def table(document: Mapping[str, Any], portfolio: Portfolio) -> str:
    """Markdown table of a run's answers and outcomes, the likeliest first."""
    through = date.fromisoformat(document["record_ends"])
    answers = sorted(document["answers"], key=lambda answer: -answer["probability"])
    rows = [_row(answer, portfolio, through) for answer in answers]
    head = ["| question | probability | 80 % interval | base rate | happened |"]
    return "\n".join([*head, "| --- | --- | --- | --- | --- |", *rows])


def _row(answer: Mapping[str, Any], portfolio: Portfolio, through: date) -> str:
    rate = answer["base_rate"]
    happened = resolution(portfolio.questions[answer["question"]], portfolio, through)
    cells = (
        clean(answer["title"]).replace("|", "/"),
        probability(answer["probability"]),
        "–".join(map(probability, answer["interval"])),
        f"{rate['events']} of {rate['n']}",
        VERDICTS[happened],
    )
    return f"| {' | '.join(cells)} |"


def main(argv: Sequence[str]) -> int:
    """Print the table of a stored run, or write it into a page."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.june_2023", description=__doc__)
    parser.add_argument("--store", type=Path, default=Path(".forecasts"))
    parser.add_argument("--run", default="", help=f"by default the last one as of {AS_OF}")
    parser.add_argument("--into", type=Path, help="a page with the two markers")
    options = parser.parse_args(argv)
    try:
        store = open_store(options.store)
        document = read_document(pick_run(store, chosen_run(store, options.run)))
        text = table(document, load(bundled(document["portfolio"])))
        if options.into:
            page = options.into.read_text(encoding="utf-8")
            options.into.write_text(between(page, BEGIN, END, text), encoding="utf-8")
    except ForecastsError as error:
        print(error, file=sys.stderr)
        return 2
    if not options.into:
        print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
