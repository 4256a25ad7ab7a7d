"""The verb ``show``: the answers of a stored run."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from typing import Annotated

import typer

from forecasts.cli.options import DEFAULT_STORE, JsonFlag, RunOption, StoreOption
from forecasts.cli.printing import Document, exit_status, print_answers


def command(
    questions: Annotated[
        list[str] | None, typer.Argument(metavar="ID", help="Questions; all by default.")
    ] = None,
    store: StoreOption = DEFAULT_STORE,
    run: RunOption = "",
    as_json: JsonFlag = False,
) -> None:
    """Show the answers of the last run, or of another one.

    Only what the ledger vouches for is shown. Exit status is 1 when a gate of
    the run failed or an answer is stale.
    """
    from forecasts.ledger import open_store, pick_run, read_document

    document = read_document(pick_run(open_store(store), run))
    chosen = narrowed(document, questions or ())
    print_answers(chosen, as_json=as_json)
    raise typer.Exit(exit_status(chosen))


def narrowed(document: Document, questions: Sequence[str]) -> Document:
    """Return the run document with only the answers to `questions` (all where it is empty).

    Raises
    ------
    BadInput
        If the run did not answer one of them; it lists near matches.

    Examples
    --------
    >>> narrowed({"run_id": "r", "answers": [{"question": "a"}, {"question": "b"}]}, ["b"])
    {'run_id': 'r', 'answers': [{'question': 'b'}]}
    """
    answers = {answer["question"]: answer for answer in document["answers"]}
    for question in questions:
        if question not in answers:
            raise _unknown(question, document["run_id"], list(answers))
    return {**document, "answers": [answers[id_] for id_ in dict.fromkeys(questions or answers)]}


def _unknown(question: str, run_id: str, known: list[str]) -> Exception:
    from forecasts.errors import BadInput

    near = get_close_matches(question, known, cutoff=0.4)
    mend = f"did you mean {' or '.join(near)}?" if near else "`forecasts show` lists them"
    return BadInput("ID", f"a question that run {run_id} answers", question, mend)
