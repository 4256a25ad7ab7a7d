"""A plausible stored run document, for tests that read runs without fitting a model.

The record behind it (timeline, cases of the base rates) is read from the
bundled evidence; the probabilities are made up, near what a real run gives.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator
from copy import deepcopy
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from forecasts.schema import word_of
from tests.builders_run_rows import BELIEFS, JUNE, LIVE

EVIDENCE = Path(__file__).parents[1] / "priors" / "us_china" / "evidence"
TWO_YEARS_DAYS = 731
DRIVERS = ("base rate", "calendar and history", "announced plans")

SETS = {"june-2023": ("2023-06-18", JUNE), "live": ("2026-08-22", LIVE)}
CLASS_TITLES = {
    "received": "Stand-alone Secretary of State trips to China since 1973",
    "deliverable": "Past visits of this kind, by how they ended",
    "breakthrough": "Past visits of this kind, by how they ended",
    "windows": "Past windows of the same length since 2009",
    "G20": "G20 summits since 2008",
    "APEC": "APEC summits since 1993",
}


def run_document(which: str = "june-2023", **over: Any) -> dict[str, Any]:
    """Build a run document of the question set `which`; `over` replaces top-level keys."""
    as_of, rows = SETS[which]
    document = {
        **_head(as_of),
        "answers": [_answer(which, as_of, row) for row in rows],
        "timeline": _timeline(date.fromisoformat(as_of)),
        **_checks(as_of),
        **deepcopy(BELIEFS),
    }
    return document | over


def answer(**over: Any) -> dict[str, Any]:
    """Build one answer (Treasury by 30 September 2023: 13 of 21, 71 %); `over` replaces keys."""
    as_of, rows = SETS["june-2023"]
    row = next(row for row in rows if row[0] == "treasury-2023-09-30")
    return _answer("june-2023", as_of, row) | over


def _head(as_of: str) -> dict[str, Any]:
    return {
        "format": 1,
        "run_id": "9f3c2a17d0b45e68",
        "portfolio": "us_china",
        "title": "US-China",
        "as_of": as_of,
        "known_through": as_of,
        "complete_until": min(as_of, "2026-06-15"),
        "record_ends": "2026-08-22",
        "issued_at": "2026-11-24T12:00:00Z",
        "seed": 1,
        "draws": 4000,
        "futures": 100_000,
        "model_version": "1",
        "code_version": "51b0c3d2e4f5a697",
        "versions": {"arviz": "1.3.3", "numpy": "2.4.1", "nutpie": "0.16.11", "pymc": "6.4.0"},
        "portfolio_digest": "b7" * 32,
        "posterior": {"how": "sampled", "digest": "4d" * 8},
        "signals_in_answers": False,
        "files": {f"evidence/{path.name}": "0c" * 32 for path in sorted(EVIDENCE.glob("*.csv"))},
    }


def _checks(as_of: str) -> dict[str, Any]:
    identities = (
        "monotone in until",
        "complement",
        "inclusion",
        "partition sums to one",
        "conditional times condition is joint",
    )
    complete = min(as_of, "2026-06-15")
    age_days = (date.fromisoformat(as_of) - date.fromisoformat(complete)).days
    state = "fresh" if age_days == 0 else "unknown"
    latest = {
        name: max((d for d in _days(name) if d <= as_of), default="")
        for name in ("contacts", "plans", "signals", "calendar")
    }
    return {
        "gates": {
            "passed": True,
            "failures": [],
            "rhat_max": 1.004,
            "ess_bulk_min": 1812.0,
            "ess_tail_min": 1430.0,
            "divergences": 0,
            "mcse_max": 0.0031,
            "coherent": True,
            "khat": None,
        },
        "coherence": [
            {
                "identity": name,
                "checked": 120 + 7 * i,
                "largest_gap": 0.0 if i else 6e-17,
                "holds": True,
            }
            for i, name in enumerate(identities)
        ],
        "freshness": [
            {
                "table": name,
                "latest": day,
                "complete_until": complete,
                "record_ends": "2026-08-22",
                "age_days": age_days,
                "status": "fresh" if name == "calendar" else state,
            }
            for name, day in latest.items()
        ],
    }


def _answer(which: str, as_of: str, row: tuple[Any, ...]) -> dict[str, Any]:
    question, closes, title, probability, interval, kind, events, n, *moves, lumps = row
    base = (events + 0.5) / (n + 1)
    steps = [_logit(base), moves[0]]
    steps.append(_logit(probability) - sum(steps))
    width = interval[1] - interval[0]
    return {
        "question": question,
        "title": title,
        "set": which,
        "opens": as_of,
        "closes": closes,
        "happens_when": "Both sides report it, with the principals named, by the closing day.",
        "sources": ["White House readout", "PRC Ministry of Foreign Affairs readout"],
        "annulled_if": "Either office is vacant on the closing day.",
        "probability": probability,
        "interval": list(interval),
        "interval_mass": 0.8,
        "mcse": 0.0021,
        "futures": 100_000,
        "epistemic_sd": round(width / 2.56, 3),
        "word": word_of(probability),
        "status": "open",
        "status_reason": "",
        "base_rate": _base_rate(as_of, kind, events, n, base),
        "baselines": {},
        "with_signals": {"probability": min(probability + 0.01, 1.0), "mcse": 0.003},
        "drivers": [
            {"name": name, "delta_logit": step, "mcse": 0.0 if name == "base rate" else 0.02}
            for name, step in zip(DRIVERS, steps, strict=True)
        ],
        "curve": list(_curve(as_of, closes, probability, interval, lumps)),
    }


def _base_rate(as_of: str, kind: str, events: int, n: int, base: float) -> dict[str, Any]:
    half = 1.28 * math.sqrt(base * (1 - base) / (n + 1))
    past = sorted(_past(kind, as_of), reverse=True)[:n]
    return {
        "reference_class": kind,
        "title": CLASS_TITLES[kind],
        "probability": base,
        "n": n,
        "reason": "The nearest past cases that are recorded whole; more would be further away.",
        "events": events,
        "interval": [max(0.0, base - half), min(1.0, base + half)],
        "cases": [
            {"date": day, "label": label, "happened": (i * events) // n < ((i + 1) * events) // n}
            for i, (day, label) in enumerate(past)
        ],
    }


def _past(kind: str, as_of: str) -> Iterator[tuple[str, str]]:
    """Dates and labels of past cases: summits, windows or trips (padded backwards)."""
    if kind in ("G20", "APEC"):
        yield from (
            (r["start_date"], f"{r['event']} {r['host_city']}")
            for r in _rows("calendar")
            if r["event"] == kind and r["end_date"] < as_of
        )
    elif kind == "windows":
        first = date.fromisoformat(as_of) - timedelta(days=196)
        yield from (
            (str(first - timedelta(days=196 * i)), "196 days from this day") for i in range(80)
        )
    else:
        yield from (
            (r["start_date"], f"{r['us_lead']} in {r['location_city']}")
            for r in _rows("contacts")
            if r["kind"] in ("state_sec_visit", "leader_in_person") and r["start_date"] < as_of
        )


def _curve(
    as_of: str,
    closes: str,
    probability: float,
    interval: tuple[float, float],
    lumps: tuple[str, ...],
) -> Iterator[dict[str, Any]]:
    """First-passage curve: a steady hazard plus a step after each of `lumps`."""
    start, end = date.fromisoformat(as_of), date.fromisoformat(closes)
    days = {start + timedelta(days=round(i * (end - start).days / 24)) for i in range(1, 25)}
    steady = 1.0 if not lumps else 0.3
    for day in sorted(days | {date.fromisoformat(lump) for lump in lumps if lump <= closes}):
        passed = sum(str(day) >= lump for lump in lumps) / max(1, len(lumps))
        share = steady * (day - start).days / (end - start).days + (1 - steady) * passed
        yield {"date": str(day)} | {
            key: round(1 - (1 - value) ** share, 4)
            for key, value in (
                ("probability", probability),
                ("low", interval[0]),
                ("high", interval[1]),
            )
        }


def _timeline(as_of: date) -> dict[str, Any]:
    since, today = str(as_of - timedelta(days=TWO_YEARS_DAYS)), str(as_of)
    return {
        "contacts": [
            {
                "date": r["start_date"],
                "kind": r["kind"],
                "venue": r["venue_type"],
                "label": f"{r['us_lead']} and {r['prc_lead']}, {r['location_city'] or 'remote'}",
                "level": r["outcome_level"] if r["end_date"] <= today else "",
            }
            for r in _rows("contacts")
            if since <= r["start_date"] and r["known_date"] <= today
        ],
        "signals": [
            {
                "date": r["event_date"],
                "signal_type": r["signal_type"],
                "label": r["description"],
                "direction": int(r["direction"]),
                "intensity": int(r["intensity"]),
            }
            for r in _rows("signals")
            if since <= r["event_date"] and r["known_date"] <= today
        ],
        "plans": [
            {
                "id": f"{r['kind']}:{r['announced_date']}:{r['planned_date']}",
                "kind": r["kind"],
                "announced": r["announced_date"],
                "planned": r["planned_date"],
                "status": r["status"]
                if r["status_date"] and r["status_date"] <= today
                else "pending",
            }
            for r in _rows("plans")
            if since <= r["planned_date"] and r["announced_date"] <= today
        ],
        "opportunities": [
            {
                "id": r["id"],
                "series": r["event"],
                "start": r["start_date"],
                "city": r["host_city"],
                "country": r["host_country"],
            }
            for r in _rows("calendar")
            if since <= r["start_date"]
            and r["event"] in ("APEC", "G20", "UNGA")
            and (r["known_date"] or str(date.fromisoformat(r["start_date"]) - timedelta(365)))
            <= today
        ],
    }


@cache
def _rows(table: str) -> list[dict[str, str]]:
    with (EVIDENCE / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _days(table: str) -> Iterator[str]:
    column = {
        "contacts": "known_date",
        "plans": "announced_date",
        "signals": "known_date",
        "calendar": "known_date",
    }[table]
    return (row[column] for row in _rows(table))


def _logit(probability: float) -> float:
    return math.log(probability / (1 - probability))
