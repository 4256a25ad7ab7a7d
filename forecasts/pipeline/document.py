"""The run document: everything that a reader of a run needs, as plain JSON values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from forecasts.attribution.opportunities import opportunity_rows
from forecasts.attribution.steps import HISTORY, PLANS, SIGNALS, steps
from forecasts.evaluation.asked import issued_baselines
from forecasts.evidence.sidecar import read_sidecars
from forecasts.evidence.tables import Contact
from forecasts.evidence.view import View
from forecasts.inference.answers import Answer
from forecasts.inference.gates import Diagnostics, Gates, parameter_table
from forecasts.portfolio import BaseRate, Portfolio, base_rate
from forecasts.questions.algebra import split
from forecasts.questions.coherence import Check
from forecasts.questions.estimates import FUTURES_AT_LEAST, estimate
from forecasts.questions.futures import Futures
from forecasts.schema import INTERVAL_MASS, word_of
from forecasts.world.model import MODEL_VERSION

if TYPE_CHECKING:
    import xarray as xr

type Document = dict[str, Any]

FORMAT = 1
TIMELINE_DAYS = 730


@dataclass(frozen=True, slots=True)
class Made:
    """How a run came about."""

    run_id: str
    issued_at: datetime
    seed: int
    code_version: str
    versions: Mapping[str, str]
    posterior: Mapping[str, object]


def document(  # noqa: PLR0913 (a document is all of a run)
    portfolio: Portfolio,
    view: View,
    made: Made,
    tree: xr.DataTree,
    stages: Mapping[str, Futures],
    answers: Sequence[Answer],
    checks: Sequence[Check],
    gates: Gates,
    *,
    diagnosed: Diagnostics | None = None,
) -> Document:
    """Lay out a run for storage; every later reader works from this alone."""
    futures = stages[answered(portfolio)]
    fresh = freshness(portfolio, view)
    return {
        "format": FORMAT,
        "run_id": made.run_id,
        "portfolio": portfolio.name,
        "title": portfolio.title,
        "as_of": view.as_of.isoformat(),
        "known_through": view.known_through.isoformat(),
        "complete_until": view.complete_until.isoformat(),
        "record_ends": record_end(portfolio).isoformat(),
        "issued_at": made.issued_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "seed": made.seed,
        "draws": futures.draws,
        "futures": futures.size,
        "horizon_days": futures.horizon_days,
        "model_version": MODEL_VERSION,
        "code_version": made.code_version,
        "versions": dict(made.versions),
        "portfolio_digest": portfolio.digest,
        "files": dict(portfolio.files),
        "posterior": dict(made.posterior),
        "gates": gates.as_dict(),
        "signals_in_answers": portfolio.signals_in_answers,
        "coherence": [{**asdict(check), "holds": check.holds} for check in checks],
        "freshness": fresh,
        "answers": [_answer(each, portfolio, view, stages, gates, fresh) for each in answers],
        "timeline": timeline(view),
        "priors": _priors(portfolio),
        "signal_families": [
            {
                "name": family.name,
                "title": family.title,
                "half_life_days": family.half_life_days,
                "reason": family.reason,
            }
            for family in portfolio.signals.values()
        ],
        "parameters": parameter_table(tree["posterior"].to_dataset(), diagnosed),
    }


def record_end(portfolio: Portfolio) -> date:
    """Last day that any table of the evidence speaks of."""
    return max(row.censored_from for row in portfolio.evidence.coverage) - timedelta(days=1)


def freshness(portfolio: Portfolio, view: View) -> list[Document]:
    """How old each table is on the as-of day: fresh up to where its record ends, then stale.

    A table whose sidecar names no end is unknown, never fresh.
    """
    latest = {
        "contacts": [c.known for c in view.contacts],
        "plans": [p.announced for p in view.plans],
        "cancelled": [x.cancelled for x in view.losses],
        "signals": [s.known for s in view.signals],
        "calendar": [o.known or o.end for o in view.opportunities],
    }
    sidecars = read_sidecars(portfolio.root / "evidence")
    return [_freshness(name, dates, sidecars[name], view) for name, dates in latest.items()]


def _freshness(name: str, dates: Sequence[date], sidecar: Any, view: View) -> Document:
    end = sidecar.record_ends
    age = max((view.as_of - end).days, 0) if end else None
    return {
        "table": name,
        "latest": max(dates).isoformat() if dates else None,
        "complete_until": view.complete_until.isoformat(),
        "record_ends": end.isoformat() if end else None,
        "status": "unknown" if age is None else "stale" if age > 0 else "fresh",
        "age_days": age,
    }


def _answer(
    each: Answer,
    portfolio: Portfolio,
    view: View,
    stages: Mapping[str, Futures],
    gates: Gates,
    fresh: Iterable[Document],
) -> Document:
    question, result = each.question, each.estimate
    rate = base_rate(view, portfolio.reference_classes[question.reference_class], question)
    status, reason = status_of(each, gates, fresh)
    futures = stages[answered(portfolio)]
    shown = {name: stages[name] for name in (HISTORY, PLANS, answered(portfolio))}
    drivers = () if each.settled else steps(each.asked, rate.probability, shown)
    return {
        "question": question.id,
        "title": question.title,
        "set": question.set,
        "opens": question.opens.isoformat(),
        "closes": question.closes.isoformat(),
        "happens_when": question.happens_when,
        "sources": list(question.sources),
        "annulled_if": question.annulled_if,
        "probability": result.probability,
        "interval": list(result.interval),
        "interval_mass": INTERVAL_MASS,
        "mcse": result.mcse,
        "futures": result.futures,
        "epistemic_sd": result.epistemic_sd,
        "word": word_of(result.probability),
        "status": status,
        "status_reason": reason,
        "base_rate": _base_rate(rate),
        "baselines": {} if each.settled else issued_baselines(each.asked, view, portfolio),
        "drivers": [asdict(step) for step in drivers],
        "opportunities": []
        if each.settled
        else opportunity_rows(each.asked, question.closes, futures),
        "with_signals": _with_signals(each, stages[SIGNALS]),
        "curve": [
            {"date": p.day.isoformat(), "probability": p.probability, "low": p.low, "high": p.high}
            for p in each.curve
        ],
    }


def answered(portfolio: Portfolio) -> str:
    """Name of the stage whose futures the published answers are read from."""
    return SIGNALS if portfolio.signals_in_answers else PLANS


def _with_signals(each: Answer, futures: Futures) -> Document | None:
    """What the answer would be with readings of signals; ``None`` where too few futures say."""
    happens, condition = split(each.asked, futures)
    if int(condition.sum()) < FUTURES_AT_LEAST:
        return None
    result = estimate(happens, condition, futures.draws)
    return {"probability": result.probability, "mcse": result.mcse}


def status_of(each: Answer, gates: Gates, fresh: Iterable[Document]) -> tuple[str, str]:
    """Status of an answer and its reason: gated, then settled, then stale, else open."""
    if not gates.passed:
        return "gated", "; ".join(gates.failures)
    if each.settled:
        return "settled", "what is on record by the as-of day decides it"
    old = [row for row in fresh if row["status"] != "fresh"]
    if old:
        tables = ", ".join(row["table"] for row in old)
        return "stale", f"the record ends before the as-of day: {tables}"
    return "open", ""


def _base_rate(rate: BaseRate) -> Document:
    cases = [
        {"date": case.date.isoformat(), "label": case.label, "happened": case.happened}
        for case in rate.cases
    ]
    return {**asdict(rate), "interval": list(rate.interval), "cases": cases}


def timeline(view: View) -> Document:
    """Contacts and signals of the last two years, open plans, and summits to come."""
    since = view.as_of - timedelta(days=TIMELINE_DAYS)
    return {
        "contacts": [
            {
                "date": contact.start.isoformat(),
                "kind": contact.kind,
                "label": _who(contact),
                "venue": contact.venue,
                "level": contact.level,
            }
            for contact in view.contacts
            if contact.start >= since
        ],
        "signals": [
            {
                "date": signal.event_date.isoformat(),
                "signal_type": signal.signal_type,
                "direction": signal.direction,
                "intensity": signal.intensity,
                "label": signal.description,
            }
            for signal in view.signals
            if signal.event_date >= since
        ],
        "plans": [
            {
                "id": plan.id,
                "kind": plan.kind,
                "announced": plan.announced.isoformat(),
                "planned": plan.planned.isoformat(),
                "status": plan.status,
            }
            for plan in view.pending
        ],
        "opportunities": [
            {
                "id": summit.id,
                "series": summit.series,
                "start": summit.start.isoformat(),
                "city": summit.city,
                "country": summit.country,
            }
            for summit in view.coming
        ],
    }


def _who(contact: Contact) -> str:
    names = " and ".join(filter(None, (contact.us_lead, contact.prc_lead)))
    return f"{names}, {contact.city}" if contact.city else names


def _priors(portfolio: Portfolio) -> list[Document]:
    rows = []
    for prior in portfolio.priors.values():
        for coordinate, values in ({"": prior.values} | dict(prior.entries)).items():
            rows.append({
                "name": prior.name,
                "coordinate": coordinate,
                "distribution": prior.distribution,
                "values": dict(values),
                "means": prior.means,
                "reason": prior.reason,
            })
    return rows
