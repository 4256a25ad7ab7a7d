"""The acceptance bars, each with what was found and whether it passed.

The bars of skill and calibration are those of the method note, section 4.4, set
for monthly origins on the strict calendar; those of reweighting are of section
4.2. A bar that could not be tried has no verdict, and that is not a pass.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from forecasts.evaluation.backtest import STRICT
from forecasts.evaluation.summary_scores import CALENDAR_ONLY, CLIMATOLOGY
from forecasts.schema import KHAT_AT_MOST

AGAINST_CLIMATOLOGY: Final = {30: 0.40, 90: 0.30, 180: 0.20}
AGAINST_CALENDAR: Final = {30: 0.05, 90: 0.05, 180: 0.0}
"""Least skill for leaders' meetings by horizon."""

CALENDAR_LOWER_LIMIT: Final = -0.10
LEAK_ALARM: Final = 0.60
LEAK_DAYS: Final = 90
TRIPS: Final = "state_sec_visit"
TRIPS_LEAST: Final = -0.02
MOST_BIAS: Final = 0.06
NEAR_DAYS: Final = 5
"""A horizon that is this near to a bar's counts as it: the bars say 28, 91 and 182."""

LEAST_EXACT_ORIGINS: Final = 100
MOST_MEAN_POINTS, MOST_POINTS = 1.0, 4.0
LEAST_SPEEDUP: Final = 10.0
UNMEASURED: Final = "not measured: it takes --exact"

type Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Verdict:
    """A bar and what was found.

    Parameters
    ----------
    group, name : str
    hard : bool
        Whether it must pass before a release.
    bar : str
        In words.
    value, low, high : float or None
        What was found.
    passed : bool or None
        None where it could not be tried; `note` says why.
    note : str
    """

    group: str
    name: str
    hard: bool
    bar: str
    value: float | None
    low: float | None
    high: float | None
    passed: bool | None
    note: str = ""


def verdicts(summary: Row) -> list[dict[str, Any]]:
    """Every bar, from a summary that has its scores already.

    Parameters
    ----------
    summary : mapping
        With ``made``, ``leaders``, ``kinds``, ``ablation`` and ``reweighting``.

    Returns
    -------
    list of dict
        Fields of `Verdict`.
    """
    strict = summary["made"]["calendar"] == STRICT
    rows = [*_skill(summary["leaders"]), *_trips(summary["kinds"])]
    rows += _calibration(summary["leaders"])
    found = [asdict(row) for row in rows]
    if not strict:
        note = "the bars are set for the strict calendar"
        found = [row | {"passed": None, "note": note} for row in found]
    found += [asdict(row) for row in [_signals(summary["ablation"]["log_score"])]]
    return [*found, *(asdict(row) for row in _reweighting(summary["reweighting"]))]


def leak(summary: Row) -> bool:
    """Whether the strict skill at 90 days is too good to be true without a review.

    Examples
    --------
    >>> row = {"horizon_days": 91, "against": {"climatology": {"skill": {"value": 0.63}}}}
    >>> leak({"made": {"calendar": "strict"}, "leaders": [row]})
    True
    """
    row = near(summary["leaders"], LEAK_DAYS)
    if summary["made"]["calendar"] != STRICT or row is None:
        return False
    value = row["against"][CLIMATOLOGY]["skill"]["value"]
    return value is not None and value > LEAK_ALARM


def near(rows: Sequence[Row], days: int) -> Row | None:
    """The row of the horizon that a bar means, if one is near enough."""
    close = [row for row in rows if abs(row["horizon_days"] - days) <= NEAR_DAYS]
    return min(close, key=lambda row: abs(row["horizon_days"] - days), default=None)


def _skill(leaders: Sequence[Row]) -> Iterator[Verdict]:
    for days, least in AGAINST_CLIMATOLOGY.items():
        name = f"skill against climatology, {days} days"
        bar = f"at least {least:.2f}, interval above 0"
        found = _interval(leaders, days, CLIMATOLOGY)
        yield _judged("skill", name, bar, found, lambda v, low, _, b=least: v >= b and low > 0)
    for days, least in AGAINST_CALENDAR.items():
        name = f"skill against calendar only, {days} days"
        bar = f"at least {least:.2f}, lower limit above {CALENDAR_LOWER_LIMIT:.2f}"
        found = _interval(leaders, days, CALENDAR_ONLY)
        yield _judged(
            "skill",
            name,
            bar,
            found,
            lambda v, low, _, b=least: v >= b and low > CALENDAR_LOWER_LIMIT,
        )
    name = f"too good to be true, {LEAK_DAYS} days"
    bar = f"at most {LEAK_ALARM:.2f} against climatology, else a review for leaks"
    found = _interval(leaders, LEAK_DAYS, CLIMATOLOGY)
    yield _judged("leaks", name, bar, found, lambda v, *_: v <= LEAK_ALARM)


def _trips(kinds: Sequence[Row]) -> Iterator[Verdict]:
    for row in (row for row in kinds if row["kind"] == TRIPS):
        name = f"Secretary of State in China, {row['horizon_days']} days"
        bar = f"at least {TRIPS_LEAST:.2f} against climatology"
        yield _judged(
            "skill", name, bar, row["against"][CLIMATOLOGY], lambda v, *_: v >= TRIPS_LEAST
        )


def _calibration(leaders: Sequence[Row]) -> Iterator[Verdict]:
    for days in AGAINST_CLIMATOLOGY:
        row = near(leaders, days)
        read = row["calibration"] if row else {}
        mcb, limit = read.get("miscalibration"), read.get("limit")
        yield _judged(
            "calibration",
            f"logit slope, {days} days",
            "interval covers 1",
            _open_ended(read.get("slope")),
            lambda _, low, high: low <= 1 <= high,
        )
        yield _judged(
            "calibration",
            f"logit intercept, {days} days",
            "interval covers 0",
            read.get("intercept"),
            lambda _, low, high: low <= 0 <= high,
        )
        yield _judged(
            "calibration",
            f"mean forecast less frequency, {days} days",
            f"at most {MOST_BIAS:.2f} either way",
            read.get("bias"),
            lambda v, *_: abs(v) <= MOST_BIAS,
        )
        bar = "below the 95 % point of its null" + ("" if limit is None else f", {limit:.3f}")
        passed = None if mcb is None or limit is None else mcb < limit
        note = "nothing to judge by" if passed is None else ""
        name = f"miscalibration, {days} days"
        yield Verdict("calibration", name, False, bar, mcb, None, None, passed, note)


def _signals(gain: Row) -> Verdict:
    low = gain["low"]
    above = low is not None and low > 0
    return Verdict(
        "signals",
        "log-score gain of signals, nats",
        False,
        "interval above 0, and an algorithmic index does no worse",
        gain["value"],
        low,
        gain["high"],
        None if above else False,
        "no algorithmic index was tried" if above else "signals stay off by default",
    )


def _reweighting(found: Row) -> Iterator[Verdict]:
    worst = max((w["khat_max_used"] for w in found["walks"] if w["khat_max_used"]), default=None)
    yield _measured("largest k-hat that was not refitted", worst, most=KHAT_AT_MOST)
    agreement, speed = found["agreement"], found["speed"]
    if agreement is None:
        yield _measured("points and nats off exact refits, on 100 origins", None, most=MOST_POINTS)
    else:
        yield from _agreement(agreement)
    name, ratio = "times faster than exact refits", speed["ratio"] if speed else None
    fast = None if ratio is None else ratio >= LEAST_SPEEDUP
    note = UNMEASURED if ratio is None else ""
    bar = f"at least {LEAST_SPEEDUP:g}"
    yield Verdict("reweighting", name, True, bar, ratio, None, None, fast, note)


def _agreement(found: Row) -> Iterator[Verdict]:
    few = found["origins"] < LEAST_EXACT_ORIGINS
    note = f"on {found['origins']} origins; the bar asks {LEAST_EXACT_ORIGINS}" if few else ""
    for row in found["log_score"]:
        name = f"log score off exact refits, nats, walk of {row['walk']}"
        most = max(1.0, 0.1 * (row["standard_error"] or 0.0))
        yield _measured(name, row["difference"], most=most, note=note)
    for row in found["answers"]:
        name = f"answers off exact refits, {row['stage']}: {{}} points"
        yield _measured(name.format("mean"), row["mean_points"], most=MOST_MEAN_POINTS, note=note)
        yield _measured(name.format("largest"), row["max_points"], most=MOST_POINTS, note=note)


def _measured(name: str, value: float | None, *, most: float, note: str = "") -> Verdict:
    """A bar of reweighting; where `note` says that origins were few, it can fail but not pass."""
    fine = None if value is None else value <= most
    passed = None if fine and note else fine
    why = UNMEASURED if value is None else note
    return Verdict("reweighting", name, True, f"at most {most:.3g}", value, None, None, passed, why)


def _interval(leaders: Sequence[Row], days: int, baseline: str) -> Row | None:
    row = near(leaders, days)
    return row["against"][baseline]["skill"] if row else None


def _judged(group: str, name: str, bar: str, found: Row | None, test: Any) -> Verdict:
    hard = group in ("skill", "leaks")
    value, low, high = (found[key] if found else None for key in ("value", "low", "high"))
    if None in (value, low, high):
        note = "not asked, or nothing to judge by"
        return Verdict(group, name, hard, bar, value, low, high, None, note)
    return Verdict(group, name, hard, bar, value, low, high, bool(test(value, low, high)))


def _open_ended(found: Row | None) -> Row | None:
    """Let a missing end of an interval that has the other be infinite: plain values know no such.

    A slope has no upper end where forecasts separate the outcomes in many replicates.
    """
    if not found or found["value"] is None or (found["low"] is None and found["high"] is None):
        return found
    ends = {"low": -math.inf, "high": math.inf}
    return {**found, **{end: far for end, far in ends.items() if found[end] is None}}
