"""The answers at a glance: how likely, how sure, from which base rate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from forecasts.reports.pictures import ladder
from forecasts.reports.reading import Page, Reading
from forecasts.reports.sections import Section
from forecasts.reports.wording import counted, listed, shorten
from forecasts.schema import WORDS


def _facts(page: Page) -> Mapping[str, Any]:
    sets = page.sets
    return {
        "sets": [
            {
                "title": _set_title(name) if len(sets) > 1 else "",
                "rows": [{"reading": reading, "rung": _rung(reading)} for reading in readings],
            }
            for name, readings in sets.items()
        ],
        "readings": page.readings,
        "tally": _tally(page.readings),
        "sentence": _sentence(page.readings),
        "scale": ladder.scale(),
        "mass": page.readings[0].mass if page.readings else "",
    }


def _set_title(name: Any) -> str:
    return shorten(name, 60).replace("-", " ").capitalize()


def _rung(reading: Reading) -> Any:
    answer, base = reading.answer, reading.answer["base_rate"]
    return ladder.draw(
        answer["probability"] if reading.numbered and not reading.settled else None,
        answer["interval"] if reading.numbered and not reading.settled else None,
        base["probability"] if base["n"] else None,
        digits=reading.digits,
    )


def _tally(readings: Sequence[Reading]) -> str:
    """Count the answers by word, most likely first."""
    words = ["settled", *(word for _, word in reversed(WORDS)), "withheld"]
    counts = [(word, sum(reading.word == word for reading in readings)) for word in words]
    shown = listed([f"{count} {word}" for word, count in counts if count])
    return (
        f"{counted(len(readings), 'question')}: {shown}."
        if readings
        else "No question was open on this day."
    )


def _sentence(readings: Sequence[Reading]) -> str:
    """Say what to see in the ladder: its ends, and how many answers lie open."""
    open_ = [reading for reading in readings if reading.numbered and not reading.settled]
    if not open_:
        return "There is no open probability to draw."
    reach = sum(r.answer["interval"][0] < 0.5 < r.answer["interval"][1] for r in open_)
    ordered = sorted(open_, key=lambda reading: float(reading.answer["probability"]))
    across = (
        f"{reach} of {len(open_)} bars {'reaches' if reach == 1 else 'reach'} across the middle "
        "line: there the model itself does not say which way it will go"
        if reach
        else "no bar reaches across the middle line"
    )
    return f"The answers run from {ordered[0].chance} to {ordered[-1].chance}; {across}."


SECTION = Section("answers", "How likely", "Answers", 10, _facts)
