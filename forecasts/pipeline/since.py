"""What moved an answer between two stored runs: read both, choose a posterior, split the change."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from forecasts.attribution.since import (
    BELIEFS,
    CODE,
    ERRORS_AT_MOST,
    PLAYERS_AT_MOST,
    REVISION,
    Bar,
    Issued,
    Side,
    adds_up,
    bars_between,
    issued_change,
)
from forecasts.attribution.states import Basis, Effort, State
from forecasts.errors import BadInput, ForecastsError
from forecasts.inference.answers import ask
from forecasts.ledger import Store
from forecasts.pipeline.codes import code_version
from forecasts.pipeline.recall import Recalled, asked_of, basis_of, posterior_of, recall
from forecasts.pipeline.reuse import EQUAL_WEIGHTS, REWEIGHTED
from forecasts.portfolio import Question
from forecasts.questions.names import named
from forecasts.world.inputs import inputs
from forecasts.world.simulate import simulate

type Document = dict[str, Any]

DRAWS = 4000
REPLICATES = 4
"""Futures of each draw in every state on the way: paired, they need fewer than an answer."""

Progress = Callable[[str, float], None]


def change_since(
    store: Store,
    ident: str,
    since: str,
    run_id: str = "",
    *,
    given: Path | None = None,
    progress: Progress | None = None,
) -> Document:
    """Split the change of an answer between two stored runs.

    Parameters
    ----------
    store : Store
    ident : str
        The question.
    since, run_id : str
        The earlier run; and the later one, the last where it is empty.
    given : Path, optional
        Portfolio of both runs, where the store lacks their files.
    progress : callable, optional
        Called with a stage and the finished share of it.

    Returns
    -------
    dict
        ``from`` and ``to`` (the runs and what they issued), ``change`` (log-odds and
        points), ``bars``, ``adds_up``, ``trusted``, ``notes``; plain JSON values.

    Raises
    ------
    BadInput
        If a run does not answer the question, the question was changed in between,
        or the runs are in the wrong order.
    NoSuchRun
        If a run, or a file that it was made from, is not there.
    """
    report = progress or (lambda stage, share: None)
    report("reading the runs", 0.0)
    old, new = recall(store, since, given), recall(store, run_id, given)
    question = _same_question(old, new, ident)
    asked = asked_of(question)
    issued = (_issued(old, ident), _issued(new, ident))
    effort = _effort(old, min(each.futures for each in issued))
    bases, basis_run = _bases(store, old, new, question, effort, given)
    sides = [
        Side(each.as_of, each.portfolio, said, _again(each, question, said, report))
        for each, said in zip((old, new), issued, strict=True)
    ]
    bars = bars_between(asked, question.closes, sides[0], sides[1], bases, progress=progress)
    return {
        "question": ident,
        "title": question.title,
        "from": _end(old, issued[0]),
        "to": _end(new, issued[1]),
        "change": {
            "log_odds": issued_change(issued[0], issued[1], effort.edge),
            "points": 100.0 * (issued[1].probability - issued[0].probability),
        },
        "bars": [_bar(bar) for bar in bars],
        "adds_up": adds_up(bars),
        "trusted": all(bar.trusted for bar in bars),
        "khat": max(*(bar.khat for bar in bars), EQUAL_WEIGHTS),
        "posterior": basis_run,
        "futures": effort.draws * effort.replicates,
        "notes": list(_notes(bars, (old, new), ident)),
    }


def _same_question(old: Recalled, new: Recalled, ident: str) -> Question:
    """Return the question, if both runs answer it, asked alike, and in this order."""
    was, now = old.question(ident), new.question(ident)
    if old.as_of > new.as_of:
        expected = f"a run of a day up to {new.as_of}, that of run {new.run.run_id}"
        raise BadInput("--since", expected, old.as_of, "name the two runs the other way round")
    if old.run.run_id == new.run.run_id:
        raise BadInput("--since", "another run than --run", old.run.run_id, "name an earlier one")
    if (was.event, was.opens) != (now.event, now.opens):
        expected = f"asked in run {new.run.run_id} as in run {old.run.run_id}"
        raise BadInput(ident, expected, "another event or window", "there is no change to split")
    return now


def _issued(recalled: Recalled, ident: str) -> Issued:
    answer = recalled.answer(ident)
    return Issued(answer["probability"], answer["mcse"], recalled.document["futures"])


def _effort(old: Recalled, futures: int) -> Effort:
    draws = min(DRAWS, old.document["draws"])
    edge = min(futures, draws * REPLICATES)
    return Effort(draws, REPLICATES, old.document["seed"], edge)


def _bases(
    store: Store,
    old: Recalled,
    new: Recalled,
    question: Question,
    effort: Effort,
    given: Path | None,
) -> tuple[tuple[Basis, Basis], str]:
    """Posterior to reweight, and the run that it is from.

    Of sampled posteriors that fit both runs the one with the lower k-hat on the
    farther end; each run's own where none fits both.
    """
    ends = [
        State(each.portfolio.as_of(each.as_of), each.portfolio, signals=True) for each in (old, new)
    ]
    found = list[tuple[float, str, Basis]]()
    candidates = list(_candidates(store, old, new, given))
    for each in candidates:
        basis = basis_of(each, effort)
        if not (basis.fits(old.portfolio) and basis.fits(new.portfolio)):
            continue
        if len(candidates) == 1:
            return (basis, basis), each.run.run_id
        far = max(basis.weigh(asked_of(question), end).khat for end in ends)
        found.append((far, each.run.run_id, basis))
    if found:
        _, run_id, basis = min(found, key=lambda each: each[0])
        return (basis, basis), run_id
    return (basis_of(old, effort), basis_of(new, effort)), new.run.run_id


def _candidates(
    store: Store, old: Recalled, new: Recalled, given: Path | None
) -> Iterator[Recalled]:
    """Sampled posteriors of the two runs; those that reweighted ones were made of, else both."""
    sampled: dict[str, Recalled] = {}
    for each in (old, new):
        posterior = each.document.get("posterior", {})
        source = posterior.get("from_run", "") if posterior.get("how") == REWEIGHTED else ""
        if not source:
            sampled[each.run.run_id] = each
            continue
        try:
            sampled.setdefault(source, recall(store, source, given))
        except ForecastsError:
            continue  # the source is gone: what was made of it is still there
    yield from (sampled or {old.run.run_id: old, new.run.run_id: new}).values()


def _again(
    recalled: Recalled, question: Question, issued: Issued, report: Progress
) -> Issued | None:
    """What a run's own posterior gives under the present code; ``None`` if that issued it."""
    document = recalled.document
    if document["code_version"] == code_version() or "horizon_days" not in document:
        return None
    report("answering again with the present code", 0.0)
    posterior, _ = posterior_of(recalled)
    view = recalled.portfolio.as_of(recalled.as_of)
    asked = asked_of(question)
    futures = simulate(
        posterior,
        view,
        recalled.portfolio,
        inputs(view, recalled.portfolio),
        horizon_days=document["horizon_days"],
        draws=document["draws"],
        replicates=document["futures"] // document["draws"],
        seed=document["seed"],
        named=named(asked),
        signals=recalled.portfolio.signals_in_answers,
    )
    found = ask(asked, futures, chains=posterior.sizes["chain"], kept=recalled.kept)
    return Issued(found.probability, found.mcse, issued.futures)


def _end(recalled: Recalled, issued: Issued) -> Document:
    names = ("run_id", "as_of", "issued_at", "code_version", "model_version")
    return {**{name: recalled.document[name] for name in names}, **asdict(issued)}


def _bar(bar: Bar) -> Document:
    khat = max(bar.khat, EQUAL_WEIGHTS)
    return {**asdict(bar), "khat": khat, "parts": list(bar.parts), "trusted": bar.trusted}


def _notes(bars: tuple[Bar, ...], runs: tuple[Recalled, Recalled], ident: str) -> Iterator[str]:
    """What a reader must know beside the bars."""
    groups = [bar for bar in bars if bar.parts and bar.sort not in (CODE, BELIEFS)]
    if any(bar.sort != REVISION for bar in groups):
        yield (
            f"more than {PLAYERS_AT_MOST} facts: they are grouped by sort and kind, family or "
            "series, and a group has one bar"
        )
    for each in runs:
        answer = each.answer(ident)
        if answer["probability"] in (0, 1):
            yield (
                f"the answer of run {each.run.run_id} is {answer['probability']:.0f}: its log-odds "
                "are cut at half a future, and bars that reach it say no more than their direction"
            )
    if not all(bar.trusted for bar in bars):
        yield "k-hat is above 0.70: bars so marked are not to be trusted; run again with --refit"
    if not adds_up(bars):
        rest = bars[-1]
        errors = abs(rest.delta_logit) / rest.mcse if rest.mcse else math.inf
        yield (
            f"what is not explained is {errors:.1f} standard errors, more than {ERRORS_AT_MOST:g}: "
            "more than chance was at work"
        )
