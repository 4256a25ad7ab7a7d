"""The honesty panel: what past answers were worth, and how little can be said of it.

Everything here was worked out when the run was stored; the page only tells it.
A run that was stored without a track record says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from forecasts.reports.backtest_words import score, within
from forecasts.reports.pictures import reliability, skill
from forecasts.reports.reading import Page
from forecasts.reports.sections import Section
from forecasts.reports.wording import counted, percent, percent_span, short_day, shorten

PARTS: Final = {"live": "Forecasts issued live", "retrodiction": "Retrodictions"}
COUNTS: Final[Mapping[str, Callable[[Mapping[str, Any]], int]]] = {
    "Issued": lambda part: part["issued"],
    "Resolved": lambda part: part["honesty"]["scored"] + part["honesty"]["unanswered"],
    "Pending": lambda part: part["honesty"]["pending"],
    "Void, never scored": lambda part: part["honesty"]["void"],
    "Withheld by a failed check": lambda part: part["gated"],
    "Settled before they were issued": lambda part: part["settled"],
    "Issued again for the same day": lambda part: part["repeated"],
    "Question changed since": lambda part: part["changed"],
}
ALWAYS: Final = tuple(COUNTS)[:5]
NAMES: Final = {
    "climatology": "long-run rate",
    "recent climatology": "rate of last five years",
    "constant hazard": "this administration's rate",
    "calendar only": "summit calendar alone",
    "plans only": "announced plans alone",
}
LONGEST_NAME, LONGEST_SENTENCE, MOST_ROWS = 26, 700, 20


def _facts(page: Page) -> Mapping[str, Any]:
    record = page.document.get("track_record")
    if not record:
        return {"record": None}
    parts = [_part(key, title, record) for key, title in PARTS.items()]
    return {
        "record": record,
        "lead": _lead(record["live"]),
        "days": record["live_within_days"],
        "through": short_day(record["through"]),
        "lost": len(record["runs"]["lost"]),
        "counts": list(_counts(record)),
        "parts_told": [part for part in parts if part],
        "backtest": _backtest(record["backtest"]),
    }


def _lead(live: Mapping[str, Any]) -> str:
    if not live["issued"]:
        return "No answer of this store was issued live, so there is no track record yet."
    return _said(live)


def _counts(record: Mapping[str, Any]) -> Iterator[list[str]]:
    """Counts of both kinds; the rarer ones only where there are any."""
    for name, count in COUNTS.items():
        found = [count(record[key]) for key in PARTS]
        if any(found) or name in ALWAYS:
            yield [name, *(f"{number:,}" for number in found)]


def _said(part: Mapping[str, Any]) -> str:
    return shorten(part["sentence"], LONGEST_SENTENCE)


def _part(key: str, title: str, record: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """What is told of the live answers, or of the retrodictions; nothing where none is scored."""
    part = record[key]
    honesty = part["honesty"]
    if not honesty["scored"]:
        return None
    against = honesty["against"]
    firm = honesty["effective"] >= record["fewest_facts"]
    return {
        "title": title,
        "sentence": "" if key == "live" else _said(part),
        "rests": _rests(honesty),
        "picture": _picture(key, title, against) if firm else "",
        "see": _see(against) if firm else _too_few(record["fewest_facts"]),
        "power": _power(honesty["scored"], against if firm else ()),
        "scores": [_scores(one) for one in against],
        "brier": _plain(honesty["brier"]),
        "log_score": _plain(honesty["log_score"]),
        "mass": percent(honesty["mass"]),
        "stale": counted(part["stale"], "of them was", "of them were") if part["stale"] else "",
        "calibration": _calibration(key, part, record["fewest_for_curve"]),
    }


def _rests(honesty: Mapping[str, Any]) -> str:
    answers = counted(honesty["scored"], "resolved answer")
    questions = counted(honesty["clusters"], "question")
    return f"{answers} to {questions}, which weigh as {honesty['effective']:.0f} equal ones"


def _picture(key: str, title: str, against: Sequence[Mapping[str, Any]]) -> Any:
    bars = [skill.Bar(_name(one["baseline"]), skill.mark(one["skill"])) for one in against]
    return skill.draw(bars, key=f"track-record-{key}", title=f"{title}: skill and its interval")


def _name(baseline: Any) -> str:
    return NAMES.get(str(baseline), shorten(baseline, LONGEST_NAME))


def _see(against: Sequence[Mapping[str, Any]]) -> str:
    """Say how many intervals leave 0 to one side."""
    known = [
        one["skill"] for one in against if None not in (one["skill"]["low"], one["skill"]["high"])
    ]
    if not known:
        return "No skill could be worked out."
    above = sum(each["low"] > 0 for each in known)
    below = sum(each["high"] < 0 for each in known)
    found = f"{above} of {counted(len(known), 'interval')} lie wholly above 0, {below} wholly below"
    if not above + below:
        found = "No interval lies wholly on one side of 0"
    return f"Skill is the share of a baseline's Brier score that is avoided. {found}."


def _too_few(least: int) -> str:
    return (
        f"Skill is not drawn: on fewer than {least} independent facts its interval looks firmer "
        "than it is."
    )


def _power(scored: int, against: Sequence[Mapping[str, Any]]) -> str:
    """Say how likely a real skill would have been noticed."""
    known = [one for one in against if one["power_large"] is not None]
    if not known:
        return "How large a skill would have been noticed cannot be told on so little."
    first = known[0]
    return (
        f"With {counted(scored, 'resolved answer')}, a true skill of 0.2 against the "
        f"{_name(first['baseline'])} would be noticed with a probability of "
        f"{percent(first['power_large'])}, one of 0.1 with {percent(first['power_small'])}."
    )


def _scores(one: Mapping[str, Any]) -> list[str]:
    return [
        _name(one["baseline"]),
        within(one["skill"]),
        f"{one['count']:,}",
        f"{percent(one['power_small'])}; {percent(one['power_large'])}",
    ]


def _plain(found: Mapping[str, Any]) -> str:
    return f"{score(found['value'])} ({score(found['low'])} to {score(found['high'])})"


def _calibration(key: str, part: Mapping[str, Any], least: int) -> Mapping[str, Any]:
    honesty, diagram = part["honesty"], part["reliability"]
    if not diagram or not diagram["forecast"]:
        said = (
            f"Calibration is not shown: it takes answers on at least {least} independent facts, "
            f"and these rest on about {honesty['effective']:.0f}."
        )
        return {"picture": "", "said": said, "rows": []}
    read = honesty["calibration"]
    verdict = (
        "no more than"
        if read["miscalibration"] <= read["limit"]
        else "more than"
    )  # fmt: skip
    said = (
        f"Miscalibration is {score(read['miscalibration'])}, {verdict} forecasts that are right "
        f"would show 19 times in 20 ({score(read['limit'])}). The band is where their curve would "
        "lie nine times in ten."
    )
    title = f"{PARTS[key]}: how often it happened when so much was said"
    return {
        "picture": reliability.draw(diagram, key=f"track-record-{key}-c", title=title),
        "said": said,
        "rows": _rows(diagram),
    }


def _rows(diagram: Mapping[str, Sequence[float]]) -> list[list[str]]:
    """Evenly thinned rows of the diagram, its last always kept."""
    columns = [diagram[name] for name in ("forecast", "recalibrated", "low", "high")]
    rows = list(zip(*columns, strict=True))
    step = max(1, -(-len(rows) // MOST_ROWS))
    return [
        [percent(said), percent(happened), percent_span(low, high)]
        for said, happened, low, high in rows[::-1][::step][::-1]
    ]


def _backtest(found: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    if not found:
        return None
    panel = found["honesty"] or {}
    days = [found.get("first_origin"), found.get("last_origin")]
    return {
        "sentence": shorten(found["sentence"], LONGEST_SENTENCE),
        "days": f", {short_day(days[0])} to {short_day(days[1])}" if all(days) else "",
        "scores": [_scores(one) for one in panel.get("against") or ()],
    }


SECTION = Section("track-record", "What were past answers worth?", "Track record", 55, _facts)
