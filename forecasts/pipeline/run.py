"""Run a portfolio: view, fit, futures, answers, and the document that holds them all."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from difflib import get_close_matches
from functools import partial
from typing import TYPE_CHECKING

from forecasts.attribution.steps import HISTORY, PLANS, SIGNALS
from forecasts.errors import BadInput
from forecasts.evidence.view import View
from forecasts.inference.answers import Answer, answer, ask
from forecasts.inference.fit import Settings, fit
from forecasts.inference.gates import Diagnostics, Gates, diagnostics, read_gates
from forecasts.inference.stored import constant_data
from forecasts.pipeline.codes import code_version, versions
from forecasts.pipeline.document import Made, answered, document
from forecasts.pipeline.reuse import SAMPLED, Reused, model_digest
from forecasts.portfolio import Portfolio, Question
from forecasts.portfolio.question_files import record_start
from forecasts.questions.coherence import Check, certificate
from forecasts.questions.estimates import Estimate
from forecasts.questions.events import Asked
from forecasts.questions.futures import Futures
from forecasts.questions.names import last_day, named
from forecasts.world.inputs import Inputs, inputs
from forecasts.world.model import MODEL_VERSION
from forecasts.world.simulate import simulate

if TYPE_CHECKING:
    import xarray as xr

    from forecasts.pipeline.document import Document

DRAWS = 4000
"""Posterior draws that futures are simulated from: all of four chains of a thousand."""

REPLICATES = 25
"""Futures of each draw: 100,000 in all keeps every Monte Carlo error below half a point."""

ATTRIBUTION_REPLICATES = 10
"""Futures of each draw in the stages that only say what moved an answer: none is read off them."""

REWEIGHTED_REPLICATES = (6, 2)
"""The same where a stored posterior is reweighted: quick, and still within the gates."""

HORIZON_AT_LEAST = 540

Progress = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class Order:
    """What to run: as of which day, which questions, with which seed and effort."""

    as_of: date
    questions: tuple[str, ...] = ()
    seed: int = 1
    settings: Settings = field(default_factory=Settings)
    replicates: int = REPLICATES


@dataclass(frozen=True, slots=True)
class Run:
    """A finished run: the document, and what more can be asked of it.

    `tree` is the posterior (an xarray.DataTree); `stages` holds the futures
    after each step of the attribution; :func:`answered` names *the* futures.
    """

    portfolio: Portfolio
    view: View
    tree: xr.DataTree
    stages: dict[str, Futures]
    document: Document

    @property
    def futures(self) -> Futures:
        """The set of possible worlds that every answer is read from."""
        return self.stages[answered(self.portfolio)]

    def ask(self, asked: Asked) -> Estimate:
        """Probability of an event of your own, from the same futures.

        Windows without a first day start on the day after the last known day.
        """
        return ask(asked, self.futures, chains=self.tree["posterior"].sizes["chain"])


def default_as_of(portfolio: Portfolio) -> date:
    """Last day that the evidence supports: the day before the record is censored."""
    ends = [row.censored_from for row in portfolio.evidence.coverage]
    return date.fromordinal(max(ends).toordinal() - 1)


def chosen(portfolio: Portfolio, order: Order) -> tuple[Question, ...]:
    """Questions that the order asks for: those named, or all whose window is open.

    Raises
    ------
    BadInput
        If a question is unknown or its window is not open, or none is.
    """
    opened = {question.id: question for question in portfolio.open_questions(order.as_of)}
    for name in order.questions:
        if name not in portfolio.questions:
            near = get_close_matches(name, portfolio.questions, cutoff=0.4)
            mend = f"did you mean {' or '.join(near)}?" if near else "questions/ lists them"
            raise BadInput("--question", "a question of the portfolio", name, mend)
        if name not in opened:
            asked = portfolio.questions[name]
            window = f"a day from {asked.opens} to {asked.closes}, when it is open"
            raise BadInput(f"--question {name}, --as-of", window, order.as_of, "change --as-of")
    if not opened:
        first = min(question.opens for question in portfolio.questions.values())
        last = max(question.closes for question in portfolio.questions.values())
        raise BadInput(
            "--as-of",
            f"a day with an open question (windows lie between {first} and {last})",
            order.as_of,
            "change it",
        )
    return tuple(opened[name] for name in (order.questions or opened))


def check_day(portfolio: Portfolio, as_of: date) -> None:
    """Refuse a day before the evidence begins.

    Raises
    ------
    BadInput
    """
    first = record_start(portfolio.evidence)
    if first is not None and as_of < first:
        raise BadInput(
            "--as-of", f"a day from {first} on, where the evidence begins", as_of, "change it"
        )


def run_id(
    portfolio: Portfolio, order: Order, questions: Sequence[Question], from_run: str = ""
) -> str:
    """Hash of everything that the numbers depend on: equal ids, equal answers.

    `from_run` names the run whose posterior was reweighted, where one was.
    """
    content = {
        "portfolio": portfolio.digest,
        "as_of": order.as_of.isoformat(),
        "questions": sorted(question.id for question in questions),
        "seed": order.seed,
        "settings": asdict(order.settings),
        "replicates": order.replicates,
        "model_version": MODEL_VERSION,
        "code_version": code_version(),
        "versions": versions(),
        **({"from_run": from_run} if from_run else {}),
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:16]


def run(
    portfolio: Portfolio,
    order: Order,
    *,
    issued_at: datetime,
    reused: Reused | None = None,
    progress: Progress | None = None,
) -> Run:
    """Fit, simulate and answer; nothing is written.

    Parameters
    ----------
    portfolio : Portfolio
    order : Order
    issued_at : datetime
        The present, for the document; the numbers do not depend on it.
    reused : Reused, optional
        A posterior reweighted to what the order sees, in the place of a fit.
    progress : callable, optional
        Called with a stage and the finished share of it.

    Raises
    ------
    BadInput
        If the day or a question cannot be used.
    """
    report = progress or (lambda stage, share: None)
    check_day(portfolio, order.as_of)
    questions = chosen(portfolio, order)
    view = portfolio.as_of(order.as_of)
    report("reading the evidence", 0.0)
    data = inputs(view, portfolio)
    if reused is None:
        tree = fit(
            data, portfolio.priors, seed=order.seed, settings=order.settings, progress=report
        )
        diagnosed: Diagnostics = diagnostics(tree["posterior"].to_dataset())
        effort, kept = (order.replicates, ATTRIBUTION_REPLICATES), 1.0
    else:
        tree, diagnosed = reused.tree, reused.diagnosed
        tree["constant_data"] = constant_data(data)
        effort, kept = REWEIGHTED_REPLICATES, reused.kept
    stages = _stages(portfolio, view, data, tree, order, questions, effort, report)
    report("answering", 0.0)
    chains = 1 if reused else order.settings.chains
    futures = stages[answered(portfolio)]
    answers = [answer(each, futures, chains=chains, kept=kept) for each in questions]
    checks = certificate({a.question.id: a.asked for a in answers}, futures)
    gates = _gates(tree, answers, checks, diagnosed, reused)
    made = Made(
        run_id=run_id(portfolio, order, questions, reused.source.run_id if reused else ""),
        issued_at=issued_at,
        seed=order.seed,
        code_version=code_version(),
        versions=versions(),
        posterior=reused.as_dict()
        if reused
        else {"how": SAMPLED, "digest": model_digest(portfolio, order.seed, order.settings)},
    )
    report("answering", 1.0)
    return Run(
        portfolio,
        view,
        tree,
        stages,
        document(portfolio, view, made, tree, stages, answers, checks, gates, diagnosed=diagnosed),
    )


def _gates(
    tree: xr.DataTree,
    answers: Iterable[Answer],
    checks: Iterable[Check],
    diagnosed: Diagnostics,
    reused: Reused | None,
) -> Gates:
    coherent = all(check.holds for check in checks)
    errors = [a.estimate.mcse for a in answers]
    if reused is None:
        return read_gates(tree, errors, coherent=coherent, diagnosed=diagnosed)
    return reused.gates(errors, coherent=coherent)


def _stages(  # noqa: PLR0913 (what a run knows, once)
    portfolio: Portfolio,
    view: View,
    data: Inputs,
    tree: xr.DataTree,
    order: Order,
    questions: Sequence[Question],
    effort: tuple[int, int],
    report: Progress,
) -> dict[str, Futures]:
    """Simulate three times: without plans and signals, with plans, with both.

    The futures of a draw start from the same chance in all three, the first few
    of them where a stage has fewer. `effort` is how many futures each draw has in
    the stage that answers are read from, and in the others.
    """
    ends = [*(q.closes for q in questions), *(last_day(q.event) or q.closes for q in questions)]
    horizon = max([HORIZON_AT_LEAST, *((end - view.known_through).days for end in ends)])
    names = frozenset[str]().union(*(named(q.event) for q in questions))
    posterior = tree["posterior"].to_dataset()
    stages = {}
    for number, (name, plans, signals) in enumerate((
        (HISTORY, False, False),
        (PLANS, True, False),
        (SIGNALS, True, True),
    )):
        stages[name] = simulate(
            posterior,
            view,
            portfolio,
            data,
            horizon_days=horizon,
            draws=min(DRAWS, order.settings.draws * order.settings.chains),
            replicates=effort[0] if name == answered(portfolio) else min(effort),
            seed=order.seed,
            named=names,
            plans=plans,
            signals=signals,
            progress=partial(_report_part, report, number),
        )
    return stages


def _report_part(report: Progress, done: int, share: float) -> None:
    report("simulating", (done + share) / 3)
