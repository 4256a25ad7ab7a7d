"""What a backtest allows to be said, and what it does not: sentences made of its figures.

No claim is made on fewer than `FEWEST_SPELLS` spells, none where an interval
holds 0, and none against the long-run rate alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from forecasts.evaluation.backtest import STRICT
from forecasts.evaluation.summary_bars import LEAK_ALARM, LEAK_DAYS, MOST_BIAS
from forecasts.evaluation.summary_scores import CALENDAR_ONLY, CLIMATOLOGY
from forecasts.scoring.sentence import PLAIN_NAMES

FEWEST_SPELLS: Final = 10
"""Runs of equal outcomes below which nothing is claimed of a horizon."""

CHANCE: Final = 0.05
"""Share of intervals that lie above 0 by chance where there is no skill."""

type Row = Mapping[str, Any]


def headline(summary: Row) -> list[str]:
    """The result in a few plain sentences.

    Parameters
    ----------
    summary : mapping
        With ``made``, ``leaders``, ``ablation`` and ``leak``.
    """
    made, leaders = summary["made"], summary["leaders"]
    alarm = (
        f"ALARM: the skill at {LEAK_DAYS} days is above {LEAK_ALARM:.2f}, which is too good to be "
        "true: look for a leak before anything else here is read."
    )
    asked = (
        f"On {made['origins']} past days from {made['first_origin']} to {made['last_origin']}, a "
        "model that saw only what was public by then said how likely the leaders were to meet."
    )
    return [
        *([alarm] if summary["leak"] else []),
        asked,
        *_found(leaders, CLIMATOLOGY),
        *_found(leaders, CALENDAR_ONLY),
        *_thin(leaders),
        summary["ablation"]["sentence"],
    ]


def finding(row: Row, baseline: str) -> str:
    """What a horizon shows against a baseline: ``better``, ``worse``, ``unclear`` or ``thin``.

    Examples
    --------
    >>> skill = {"value": 0.3, "low": 0.1, "high": 0.5}
    >>> finding({"spells": 24, "against": {"climatology": {"skill": skill}}}, "climatology")
    'better'
    >>> finding({"spells": 5, "against": {"climatology": {"skill": skill}}}, "climatology")
    'thin'
    """
    skill = row["against"][baseline]["skill"]
    if row["spells"] < FEWEST_SPELLS or None in (skill["low"], skill["high"]):
        return "thin"
    if skill["low"] > 0:
        return "better"
    return "worse" if skill["high"] < 0 else "unclear"


def limits(summary: Row) -> list[dict[str, str]]:
    """What cannot be claimed, each with the figures that say so.

    Parameters
    ----------
    summary : mapping
        As of :func:`headline`, with ``kinds`` and ``periods`` too.

    Returns
    -------
    list of dict
        ``claim``, which is not made, and ``why``.
    """
    found = [
        _not_observations(summary),
        *_skill_limits(summary["leaders"]),
        *_calibrated(summary["leaders"]),
        *_signals(summary["ablation"]),
        *_kinds(summary["kinds"]),
        *_shut(summary["periods"]),
        *_hindsight(summary["made"]),
    ]
    return [{"claim": claim, "why": why} for claim, why in found]


def _found(leaders: Sequence[Row], baseline: str) -> list[str]:
    name = PLAIN_NAMES[baseline]
    said = {
        "better": f"it did better than {name} at {{}} days",
        "worse": f"it did worse than {name} at {{}} days",
        "unclear": f"no difference from {name} shows at {{}} days",
    }
    parts = []
    for what, text in said.items():
        days = [str(row["horizon_days"]) for row in leaders if finding(row, baseline) == what]
        if days:
            parts.append(text.format(_listed(days)))
    joined = "; ".join(parts)
    return [f"{joined[0].upper()}{joined[1:]}."] if joined else []


def _signed(skill: Row) -> str:
    if None in (skill["value"], skill["low"], skill["high"]):
        return "not available"
    return f"{skill['value']:+.2f}, {skill['low']:+.2f} to {skill['high']:+.2f}"


def _thin(leaders: Sequence[Row]) -> list[str]:
    thin = [row for row in leaders if row["spells"] < FEWEST_SPELLS]
    if not thin:
        return []
    days = _listed([
        f"{row['horizon_days']} days ({_count(row['spells'], 'spell')})" for row in thin
    ])
    return [f"Nothing is claimed at {days}: too few independent facts."]


def _not_observations(summary: Row) -> tuple[str, str]:
    rows = [
        f"{row['horizon_days']} days: {_count(row['spells'], 'spell')}, "
        f"{_count(row['clusters'], 'deciding meeting')}"
        for row in summary["leaders"]
    ]
    claim = f"That {summary['made']['origins']} origins are as many observations."
    why = (
        "Windows overlap, and one meeting decides many of them. What the record holds is runs of "
        f"equal outcomes (spells): {'; '.join(rows)}."
    )
    return claim, why


def _skill_limits(leaders: Sequence[Row]) -> Iterator[tuple[str, str]]:
    for row in leaders:
        days, what = row["horizon_days"], finding(row, CALENDAR_ONLY)
        if what == "thin":
            claim = f"Any skill for leaders' meetings within {days} days."
            held = _count(row["spells"], "spell")
            yield claim, f"The record holds {held} there; {FEWEST_SPELLS} are asked for a claim."
        elif what != "better":
            claim = f"That the model beats the summit calendar alone at {days} days."
            yield claim, _no_better(row["against"][CALENDAR_ONLY])
    shares = [
        f"{row['horizon_days']} days {1 - brier[CALENDAR_ONLY] / brier[CLIMATOLOGY]:+.2f}"
        for row in leaders
        for brier in [row["brier"]]
        if brier[CLIMATOLOGY]
    ]
    if shares:
        why = f"The summit calendar alone, which anybody can read, has of it: {'; '.join(shares)}."
        yield "Skill against the long-run rate alone.", why


def _no_better(against: Row) -> str:
    power = against["power_large"]
    seen = (
        f" A true skill of 0.20 would be seen here with a chance of {power:.2f}." if power else ""
    )
    return f"Its skill against it is {_signed(against['skill'])}.{seen}"


def _calibrated(leaders: Sequence[Row]) -> list[tuple[str, str]]:
    parts = []
    for row in leaders:
        read = row["calibration"]
        slope, bias = read["slope"], read["bias"]
        off = "not available" if bias["value"] is None else f"{bias['value']:+.3f}"
        parts.append(
            f"{row['horizon_days']} days, n = {row['scored']} on {_count(row['spells'], 'spell')}: "
            f"slope {_slope(slope)}, mean forecast less frequency {off}"
        )
    biased = [
        str(row["horizon_days"])
        for row in leaders
        if abs(row["calibration"]["bias"]["value"] or 0) > MOST_BIAS
    ]
    extra = f" The bias is beyond {MOST_BIAS:.2f} at {_listed(biased)} days." if biased else ""
    claim = "That the forecasts are calibrated."
    why = f"This is retrodiction, not a record of issued forecasts. {'; '.join(parts)}.{extra}"
    return [(claim, why)]


def _slope(found: Row) -> str:
    if found["value"] is None:
        return "cannot be fitted"
    low, high = (
        f"no {name} end" if found[end] is None else f"{found[end]:.2f}"
        for end, name in (("low", "lower"), ("high", "upper"))
    )
    return f"{found['value']:.2f} ({low} to {high})"


def _signals(ablation: Row) -> list[tuple[str, str]]:
    claim = "That signals improve the forecasts."
    hand = (
        "The signals were coded by people who knew what followed, so even a gain is an upper bound."
    )
    return [(claim, f"{ablation['sentence']} {hand}")]


def _kinds(kinds: Sequence[Row]) -> list[tuple[str, str]]:
    tried = [
        skill
        for row in kinds
        for skill in (row["against"] or {}).values()
        if skill and None not in (skill["low"], skill["high"])
    ]
    above = sum(skill["low"] > 0 for skill in tried)
    if not tried:
        return []
    claim = "That every kind whose interval lies above 0 is forecast with skill."
    why = (
        f"{len(tried)} intervals were looked at and {above} lie above 0; "
        f"about {CHANCE * len(tried):.0f} would do so by chance alone if there were no skill."
    )
    return [(claim, why)]


def _shut(periods: Sequence[Row]) -> list[tuple[str, str]]:
    shut = periods[-1]
    worst = [
        f"{row['horizon_days']} days {row['brier']['plans']:.2f}"
        for row in shut["leaders"]
        if row["brier"]["plans"] is not None
    ]
    if not worst:
        return []
    claim = "That the model would see the next break coming."
    why = (
        f"{shut['name']} is one break, {_count(shut['origins'], 'origin')} and one fact. Brier "
        f"scores there: {'; '.join(worst)} (always saying one half: 0.25)."
    )
    return [(claim, why)]


def _hindsight(made: Row) -> Iterator[tuple[str, str]]:
    why = (
        "The model and its priors were written by people who knew the record, and the days on "
        "which plans, summits and signals became public were gathered afterwards."
    )
    yield "That these forecasts were made at the time.", why
    why = "There are too few on record to score; the template on levels asks for a deliverable."
    yield "Anything about breakthroughs.", why
    why = "No question here was put to either."
    yield "That the model does better than markets or practised forecasters.", why
    if made["calendar"] != STRICT:
        why = "Many one-off summits are in it since a meeting took place there: the skill flatters."
        yield "That the full calendar was known ahead.", why


def _listed(items: Sequence[str]) -> str:
    *first, last = items or ("",)
    return f"{', '.join(first)} and {last}" if first else last


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
