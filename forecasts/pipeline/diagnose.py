"""Check the model behind a stored run: priors, fit, sensitivity, and the sampler itself."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from forecasts.errors import BadInput, NoSuchRun
from forecasts.inference.predictive import Check, Fact, posterior_checks, prior_facts
from forecasts.inference.psense import (
    FLAGGED_ABOVE,
    LIKELIHOOD,
    PRIOR,
    Sensitivity,
    read,
    scaled,
    sensitivities,
    sentence,
)
from forecasts.ledger import RunPaths, Store, find_run, pick_run, read_document
from forecasts.portfolio import Portfolio, Question
from forecasts.questions.algebra import anchored
from forecasts.questions.names import named
from forecasts.reports.kinds import WORDS
from forecasts.world.blocks import BLOCKS
from forecasts.world.draws import thin
from forecasts.world.inputs import Inputs, inputs
from forecasts.world.model import MODEL_VERSION
from forecasts.world.replicas import with_cuts
from forecasts.world.simulate import simulate

if TYPE_CHECKING:
    import xarray as xr

type Document = dict[str, Any]

PRIOR_HORIZON_DAYS = 366
PRIOR_REPLICATES = 20
"""Futures of each prior draw: its chance of a bilateral at a summit is read from so many."""

REPLICATES = 25
"""Futures of each posterior draw, for the answers that are power-scaled."""

Progress = Callable[[str, float], None]


class _Stored:
    """A stored run, read back, with the portfolio that it was made from."""

    def __init__(self, store: Store, run_id: str, portfolio: Portfolio) -> None:
        run = pick_run(store, run_id)
        self.document = _checked(read_document(run), portfolio)
        self.portfolio = portfolio
        self.view = portfolio.as_of(date.fromisoformat(self.document["as_of"]))
        self.data: Inputs = inputs(self.view, portfolio)
        self.posterior = _whole(_group(run, "posterior"), self.document)
        source = self.document.get("posterior", {}).get("from_run", "")
        sampled = (find_run(store, source) if source else run) or run
        self.prior = with_cuts(_group(sampled, "prior"))

    @property
    def questions(self) -> list[Question]:
        """Questions that the run answers and nobody has settled yet."""
        return [
            self.portfolio.questions[answer["question"]]
            for answer in self.document["answers"]
            if answer["status"] != "settled"
        ]


def diagnose(
    store: Store,
    portfolio: Portfolio,
    *,
    run_id: str = "",
    calibrate: int = 0,
    seed: int = 1,
    progress: Progress | None = None,
) -> Document:
    """Check the model behind a stored run; nothing is written.

    Parameters
    ----------
    store : Store
    portfolio : Portfolio
        The one that the run was made from.
    run_id : str
        The last run where it is empty.
    calibrate : int
        Simulations of simulation-based calibration; it alone samples, and 0 leaves it out.
    seed : int
        Seed of all chance.
    progress : callable, optional
        Called with a stage and the finished share of it.

    Returns
    -------
    dict
        ``gates`` of the run; ``prior_predictive``, ``posterior_predictive``,
        ``power_scaling`` as lists of rows; ``calibration``, or ``None``.

    Raises
    ------
    BadInput
        If the run was made from other evidence, priors or model.
    NoSuchRun
        If it or its posterior is not there.
    """
    report = progress or (lambda stage, share: None)
    report("reading the run", 0.0)
    stored = _Stored(store, run_id, portfolio)
    report("simulating from the prior", 0.0)
    facts = _prior_facts(stored, seed)
    report("replicating the record", 0.0)
    checks = posterior_checks(stored.posterior, stored.data, seed=seed)
    rows = _power_scaling(stored, seed, report)
    return {
        **{key: stored.document[key] for key in ("run_id", "portfolio", "title", "as_of", "gates")},
        "seed": seed,
        "prior_predictive": [_fact(fact) for fact in facts],
        "posterior_predictive": [_check(check) for check in checks],
        "power_scaling": _answers(rows),
        "calibration": _calibration(stored, calibrate, seed, report) if calibrate else None,
    }


def _checked(document: Document, portfolio: Portfolio) -> Document:
    """Return the document if this portfolio and this model can reproduce its answers."""
    if document["portfolio_digest"] != portfolio.digest:
        raise BadInput(
            f"--portfolio, run {document['run_id']}",
            "the declared files that the run was made from",
            "others",
            "store a run of them with `forecasts run`, or name their folder",
        )
    if document["model_version"] != MODEL_VERSION:
        raise _another_model(document, f"version {document['model_version']}")
    return document


def _whole(posterior: xr.Dataset, document: Document) -> xr.Dataset:
    """Return the posterior if it has every parameter of this version of the model."""
    missing = {name for block in BLOCKS.values() for name in block} - set(map(str, posterior))
    if missing:
        raise _another_model(document, f"one without {', '.join(sorted(missing))}")
    return posterior


def _another_model(document: Document, found: str) -> BadInput:
    where, expected = f"run {document['run_id']}, model", f"version {MODEL_VERSION} as it is now"
    return BadInput(where, expected, found, "store a new run with `forecasts run`")


def _group(run: RunPaths, name: str) -> xr.Dataset:
    """One group of a stored posterior, in memory."""
    import xarray as xr

    try:
        with xr.open_datatree(run.posterior, engine="h5netcdf") as tree:
            return tree[name].to_dataset().load()
    except (OSError, KeyError) as error:
        what = "gone" if isinstance(error, FileNotFoundError) else f"without a readable {name}"
        mend = "`forecasts verify` tells more; `forecasts run` stores another"
        raise NoSuchRun(f"{run.posterior}: the posterior is {what}; {mend}") from None


def _prior_facts(stored: _Stored, seed: int) -> list[Fact]:
    futures = simulate(
        stored.prior,
        stored.view,
        stored.portfolio,
        stored.data,
        horizon_days=PRIOR_HORIZON_DAYS,
        draws=stored.prior.sizes["chain"] * stored.prior.sizes["draw"],
        replicates=PRIOR_REPLICATES,
        seed=seed,
        plans=False,
        signals=False,
    )
    return prior_facts(futures, stored.view, stored.data, WORDS)


def _power_scaling(stored: _Stored, seed: int, report: Progress) -> list[Sensitivity]:
    """Simulate the run's own draws again, and scale what they were drawn from."""
    questions, document = stored.questions, stored.document
    names = frozenset[str]().union(*(named(question.event) for question in questions))
    futures = simulate(
        stored.posterior,
        stored.view,
        stored.portfolio,
        stored.data,
        horizon_days=document["horizon_days"],
        draws=document["draws"],
        replicates=REPLICATES,
        seed=seed,
        named=names,
        signals=document.get("signals_in_answers", True),
        progress=lambda share: report("simulating", share),
    )
    report("scaling priors", 0.0)
    answers = {
        each.id: read(anchored(each.event, each.opens + timedelta(days=1)), futures)
        for each in questions
    }
    flat = thin(stored.posterior, document["draws"])
    return sensitivities(answers, scaled(flat, stored.portfolio.priors, stored.data), seed=seed)


def _answers(rows: Sequence[Sensitivity]) -> list[Document]:
    """One entry an answer: both wholes, what they mean, and every declared prior."""
    by_question: dict[str, dict[str, Sensitivity]] = {}
    for row in rows:
        by_question.setdefault(row.question, {})[row.component] = row
    return [
        {
            "question": question,
            PRIOR: _row(found[PRIOR]),
            LIKELIHOOD: _row(found[LIKELIHOOD]),
            "sentence": sentence(found),
            "single_priors": sorted(
                (_row(row) for name, row in found.items() if name not in (PRIOR, LIKELIHOOD)),
                key=lambda row: -row["sensitivity"],
            ),
        }
        for question, found in by_question.items()
    ]


def _row(row: Sensitivity) -> Document:
    return {
        "component": row.component,
        "sensitivity": row.value,
        "noise": row.noise,
        "moves": row.moves,
        "moves_mcse": row.moves_error,
        "flagged": row.flagged,
        "undecided": row.undecided,
        "threshold": FLAGGED_ABOVE,
    }


def _fact(fact: Fact) -> Document:
    return {**_finite(asdict(fact)), "sentence": fact.sentence, "verdict": fact.verdict}


def _check(check: Check) -> Document:
    return {**asdict(check), "flagged": check.flagged}


def _finite(values: Mapping[str, Any]) -> Document:
    """Write ``None`` for a number that is not there: JSON has no NaN."""
    return {
        key: None if isinstance(value, float) and math.isnan(value) else value
        for key, value in values.items()
    }


def _calibration(stored: _Stored, count: int, seed: int, report: Progress) -> Document:
    from forecasts.inference.fit import Sampler
    from forecasts.inference.sbc import simulations, verdicts

    report("compiling the model", 0.0)
    sampler = Sampler(stored.data, stored.portfolio.priors)
    ranked = simulations(sampler, stored.data, count=count, seed=seed, progress=report)
    judged = verdicts(ranked, seed=seed)
    columns = ("p_value", "inside", "failed", "coverage_80", "coverage_90")
    effective = ranked["ess"].median("simulation").to_numpy()
    return {
        "simulations": count,
        "diverged": int((ranked["divergences"] > 0).sum()),
        "quantities": [
            {
                "quantity": str(name),
                "ess": float(effective[number]),
                **{column: judged[column].to_numpy()[number].item() for column in columns},
            }
            for number, name in enumerate(judged["quantity"].to_numpy())
        ],
    }
