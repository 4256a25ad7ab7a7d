"""The track record: what a store's issued answers were worth, from the ledger and the evidence.

Read only: nothing is resolved, corrected or entered here. What the ledger has
and the disk has lost is counted, never passed over.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from forecasts.errors import NoSuchRun, StoreBroken
from forecasts.evaluation.record import (
    BASE_RATE,
    ISSUED,
    LIVE_WITHIN_DAYS,
    Issued,
    cells,
    issued_of,
    sort_out,
)
from forecasts.ledger import Store, list_runs, read_document
from forecasts.ledger.backtests import FOLDER
from forecasts.pipeline.resolve import resolution
from forecasts.portfolio import Portfolio
from forecasts.questions.events import Given
from forecasts.scoring.honesty import as_dict, panel
from forecasts.scoring.resampling import REPLICATES
from forecasts.scoring.sentence import FEWEST_FACTS, PLAIN_NAMES, sentence

if TYPE_CHECKING:
    import xarray as xr

FEWEST_FOR_CURVE: Final = 20
"""Effective clusters below which a reliability diagram shows noise, and is not made."""

SEED: Final = 1
FEWEST_REPLICATES: Final = 200
MOST_REPLICATED: Final = 150_000
"""Cells times replicates: a long record is resampled less often, so that a run need not wait."""

SUBJECTS: Final = {"live": "the forecasts issued live", "retrodiction": "the retrodictions"}
NAMES: Final = {BASE_RATE: "the base rate", **PLAIN_NAMES}
MADE: Final = ("backtest_id", "calendar", "first_origin", "last_origin", "origins")
SUMMARY: Final = "summary.json"

type Record = dict[str, Any]


def track_record(store: Store, portfolio: Portfolio, through: date) -> Record:
    """Score every answer that the store's ledger has, live ones and retrodictions apart.

    Parameters
    ----------
    store : Store
    portfolio : Portfolio
        Its evidence resolves the questions; runs of another portfolio are counted only.
    through : date
        The day on which questions are resolved; what became public later is not used.

    Returns
    -------
    dict
        Plain values for JSON: ``portfolio`` and ``through``; the house rules
        ``live_within_days``, ``fewest_facts`` and ``fewest_for_curve``; ``runs``
        (``stored``, ``lost``, ``of_other_portfolios``); ``live`` and
        ``retrodiction``, each with counts, ``honesty``, ``sentence`` and
        ``reliability``; and ``backtest``, the last finished one's panel, or ``None``.

    Raises
    ------
    StoreBroken
        If the ledger cannot be read; StoreLocked if it is just being written.
    """
    documents, runs = _documents(store, portfolio.name)
    answers = [answer for document in documents for answer in issued_of(document)]
    resolved = _Outcomes(portfolio, through)
    return {
        "portfolio": portfolio.name,
        "through": through.isoformat(),
        "live_within_days": LIVE_WITHIN_DAYS,
        "fewest_facts": FEWEST_FACTS,
        "fewest_for_curve": FEWEST_FOR_CURVE,
        "runs": runs,
        "live": _part("live", [a for a in answers if a.live], resolved),
        "retrodiction": _part("retrodiction", [a for a in answers if not a.live], resolved),
        "backtest": last_backtest(store),
    }


def last_backtest(store: Store) -> Record | None:
    """Panel and sentence of the backtest that finished last; ``None`` where there is none.

    Nothing in the ledger vouches for a backtest, so a summary that cannot be read
    is taken as none.

    Examples
    --------
    >>> from pathlib import Path
    >>> last_backtest(Store(Path("/no/such/folder"))) is None
    True
    """
    found = (store.root / FOLDER).glob(f"*/{SUMMARY}")
    try:
        newest = max(found, key=lambda path: path.stat().st_mtime_ns, default=None)
        summary = json.loads(newest.read_bytes()) if newest else None
    except (OSError, ValueError):
        return None
    honesty = _mapping(_mapping(summary).get("honesty"))
    said = honesty.get("sentence")
    if not isinstance(said, str):
        return None
    made = _mapping(_mapping(summary).get("made"))
    return {
        **{name: made.get(name) for name in MADE},
        "sentence": said,
        "honesty": dict(_mapping(honesty.get("panel"))) or None,
    }


class _Outcomes:
    """Outcomes of questions, each looked up once."""

    def __init__(self, portfolio: Portfolio, through: date) -> None:
        self.questions = portfolio.questions
        self._portfolio, self._through = portfolio, through
        self._known: dict[str, bool | None] = {}

    def of(self, question: str) -> bool | None:
        """Outcome of a question; ``None`` where it is pending or void."""
        if question not in self._known:
            asked = self.questions[question]
            self._known[question] = resolution(asked, self._portfolio, self._through)
        return self._known[question]

    def void(self, question: str) -> bool:
        """Whether the condition of a question did not come about."""
        asked = self.questions[question]
        if self.of(question) is not None or not isinstance(asked.event, Given):
            return False
        condition = replace(asked, event=asked.event.condition)
        return resolution(condition, self._portfolio, self._through) is False


def _documents(store: Store, portfolio: str) -> tuple[list[Record], Record]:
    """Run documents of a portfolio, and how many runs there are beside them."""
    documents: list[Record] = []
    lost: list[str] = []
    others = 0
    runs = list_runs(store)
    for run in runs:
        try:
            document = read_document(run)
        except (NoSuchRun, StoreBroken):
            lost.append(run.run_id)
            continue
        if document["portfolio"] == portfolio:
            documents.append(document)
        else:
            others += 1
    return documents, {"stored": len(runs), "lost": lost, "of_other_portfolios": others}


def _part(name: str, answers: Iterable[Issued], resolved: _Outcomes) -> Record:
    """Counts and panel of the live answers, or of the retrodictions."""
    found = sort_out(answers, resolved.questions)
    asked = sorted({each.question for each in found.kept})
    outcomes = {question: resolved.of(question) for question in asked}
    void = frozenset(question for question in asked if resolved.void(question))
    table = cells(found.kept, outcomes, void=void)
    baselines = [str(other) for other in table["forecaster"].values[1:]]
    n = min(REPLICATES, max(FEWEST_REPLICATES, MOST_REPLICATED // max(1, len(found.kept))))
    honesty = panel(table, ISSUED, baselines, seed=SEED, blocks=False, n=n)
    days = sorted(each.as_of.isoformat() for each in found.kept)
    return {
        "issued": found.issued,
        **found.apart,
        "stale": found.stale,
        "questions": len(asked),
        "first_as_of": days[0] if days else None,
        "last_as_of": days[-1] if days else None,
        "honesty": as_dict(honesty),
        "sentence": sentence(honesty, subject=SUBJECTS[name], names=NAMES),
        "reliability": _diagram(table) if honesty.effective >= FEWEST_FOR_CURVE else None,
    }


def _diagram(table: xr.Dataset) -> dict[str, list[float]]:
    """Reliability diagram with its band, as columns."""
    import numpy as np

    from forecasts.scoring.reliability import reliability

    drawn = reliability(
        probability=table["probability"].sel(forecaster=ISSUED, drop=True),
        outcome=table["outcome"],
        clusters=table["cluster"].values,
        seed=SEED,
    )
    columns = ("forecast", "recalibrated", "low", "high", "count")
    return {name: np.round(drawn[name].values, 4).tolist() for name in columns}


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
