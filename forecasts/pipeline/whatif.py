"""What an answer of a stored run would be if something became public."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from forecasts.attribution.states import Effort, State
from forecasts.attribution.whatif import CAVEAT, WhatIf, supposing, what_if
from forecasts.evidence.tables import Contact, Plan, Signal
from forecasts.ledger import Store
from forecasts.pipeline.recall import Recalled, asked_of, basis_of, recall
from forecasts.pipeline.reuse import EQUAL_WEIGHTS

type Document = dict[str, Any]

DRAWS = 4000
REPLICATES = 2
"""Futures of each draw: before and after are paired, and an answer in seconds is what counts."""


def recalled_run(store: Store, run_id: str = "", given: Path | None = None) -> Recalled:
    """Read the stored run that is asked about; see :func:`forecasts.pipeline.recall.recall`."""
    return recall(store, run_id, given)


def supposed_change(
    recalled: Recalled, ident: str, rows: Sequence[Signal | Contact | Plan]
) -> Document:
    """Answer a question of a run with rows that are not on record.

    Parameters
    ----------
    recalled : Recalled
    ident : str
        The question.
    rows : sequence of Signal, Contact or Plan
        Supposed to be public on the run's as-of day.

    Returns
    -------
    dict
        ``before``, ``after``, ``points``, ``delta_logit`` with their errors, ``khat``
        and ``trusted`` for the answer as it is published; under ``with_signals`` the
        same for one that readings of signals move, where published answers do not use
        them. ``caveat`` says under what condition it holds. Plain JSON values.

    Raises
    ------
    BadInput
        If the run does not answer the question.
    """
    question, document = recalled.question(ident), recalled.document
    issued = recalled.answer(ident)
    view = recalled.portfolio.as_of(recalled.as_of)
    draws = min(DRAWS, document["draws"])
    effort = Effort(draws, REPLICATES, document["seed"], draws * REPLICATES)
    basis, asked = basis_of(recalled, effort), asked_of(question)
    state = State(view, recalled.portfolio, recalled.portfolio.signals_in_answers)
    beside = not state.signals and any(isinstance(row, Signal) for row in rows)
    found = what_if(
        asked,
        question.closes,
        state,
        supposing(view, rows),
        basis,
        signals=(state.signals, True) if beside else (state.signals,),
    )
    return {
        "question": ident,
        "title": question.title,
        "run_id": document["run_id"],
        "as_of": document["as_of"],
        "issued": issued["probability"],
        **_plain(found[0]),
        "signals_in_answers": state.signals,
        "with_signals": _plain(found[1]) if beside else None,
        "futures": draws * REPLICATES,
        "caveat": CAVEAT,
    }


def _plain(found: WhatIf) -> Document:
    khat = max(found.khat, EQUAL_WEIGHTS)
    return {**asdict(found), "khat": khat, "trusted": found.trusted}
