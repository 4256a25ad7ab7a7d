"""How the page was made: command, seeds, digests, and what each forecaster is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from forecasts.reports.backtest_sections import Section
from forecasts.reports.backtest_words import NAMES
from forecasts.reports.wording import day, listed

DIGESTS = {
    "evidence": "Digest of the portfolio",
    "backtest_id": "Backtest",
    "model_version": "Version of the model",
    "code_version": "Digest of the code",
}
BASELINES = {
    "climatology": "how often it happened in all past windows of that length",
    "recent climatology": "the same over the last five years",
    "constant hazard": "the rate of the administration in office",
    "calendar only": (
        "each coming summit at its series' past rate of a meeting, the rate of the last five "
        "years for the rest: the one that is hard to beat"
    ),
    "plans only": "announced contacts at the rate at which plans were held, else the long-run rate",
}


def _facts(summary: Mapping[str, Any]) -> Mapping[str, Any]:
    made = summary["made"]
    horizons = listed([str(number) for number in made["horizons"]])
    span = f"{day(made['first_origin'])} to {day(made['last_origin'])}"
    missing = f"{made['unresolved']:,} without an outcome, which are never scored"
    rows = [
        ("Origins", f"{made['origins']}, every {made['every_days']} days, {span}"),
        ("Windows", f"{horizons} days"),
        ("Calendar", f"{made['calendar']}: {_calendar(made['calendar'])}"),
        ("Questions", f"{made['cells']:,} asked, {made['scored']:,} resolved, {missing}"),
        ("Seeds", f"{made['backtest_seed']} of fits and futures, {made['seed']} of resampling"),
        *((title, str(made[name])) for name, title in DIGESTS.items() if made.get(name)),
    ]
    if made.get("seconds"):
        rows.append(("Time", f"{made['seconds']:,.0f} s of computing, compiling left out"))
    return {
        "command": made.get("command") or "",
        "rows": rows,
        "baselines": [(NAMES[name], text) for name, text in BASELINES.items()],
        "mass": f"{100 * made['mass']:.0f} %",
    }


def _calendar(name: str) -> str:
    if name == "strict":
        return "only APEC, G20 and UNGA count as scheduled"
    return "one-off summits count as known ahead, which is hindsight"


SECTION = Section("made", "How this was made", "Method", 90, _facts)
