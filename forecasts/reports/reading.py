"""From a run document to what a page says of each answer.

The document is checked once, at the door; after that every section reads the
same :class:`Page`, so that no two places can give different numbers.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from forecasts.errors import BadInput
from forecasts.reports import wording
from forecasts.reports.confidence import Confidence, confidence_of

FORMAT = 1
NEEDED = (
    "run_id", "title", "as_of", "known_through", "record_ends", "issued_at", "draws", "futures",
    "versions", "portfolio_digest", "files", "gates", "coherence", "freshness", "answers",
    "timeline", "priors", "signal_families", "parameters",
)  # fmt: skip
LONGEST_TITLE, LONGEST_WORD = 300, 40
_PLAIN_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,79}")


@dataclass(frozen=True, slots=True)
class Reading:
    """One answer in the reader's words.

    `withheld` is set where no number of this run may leave the house: then
    `chance` and `span` are empty and `note` says why. `digits` is 1 for
    breakthroughs, which too few cases support to the whole percent.
    """

    anchor: str
    answer: Mapping[str, Any]
    title: str
    chance: str
    span: str
    word: str
    mass: str
    base: str
    base_count: str
    confidence: Confidence
    status: str
    note: str
    digits: int

    @property
    def withheld(self) -> bool:
        """Whether the number may not be shown."""
        return self.status == "gated"

    @property
    def settled(self) -> bool:
        """Whether the record has already answered the question."""
        return self.status == "settled"

    @property
    def numbered(self) -> bool:
        """Whether the answer is a probability that can be drawn."""
        return not self.withheld and self.answer["probability"] is not None


@dataclass(frozen=True, slots=True)
class Page:
    """A checked document and its readings, most likely first within each question set."""

    document: Mapping[str, Any]
    readings: tuple[Reading, ...]

    @property
    def sets(self) -> Mapping[str, tuple[Reading, ...]]:
        """Readings by question set, in the order of the document."""
        names = dict.fromkeys(reading.answer["set"] for reading in self.readings)
        return {name: tuple(r for r in self.readings if r.answer["set"] == name) for name in names}

    @property
    def classes(self) -> tuple[tuple[Reading, ...], ...]:
        """Readings that start from the same reference class: every number and case the same."""
        groups: dict[str, list[Reading]] = {}
        for reading in self.readings:
            groups.setdefault(repr(dict(reading.answer["base_rate"])), []).append(reading)
        return tuple(tuple(group) for group in groups.values())

    @property
    def looks_back(self) -> bool:
        """Whether the record goes on after the information cut-off."""
        return str(self.document["as_of"]) < str(self.document["record_ends"])


def read(document: Mapping[str, Any]) -> Page:
    """Check `document` and read its answers.

    Raises
    ------
    BadInput
        If the document is of another format, or a part that the page needs is missing.
    """
    if document.get("format") != FORMAT:
        raise BadInput(
            "run.json, format", str(FORMAT), document.get("format"), "store the run again"
        )
    for key in NEEDED:
        if key not in document:
            raise BadInput("run.json", f"the key {key!r}", "no such key", "store the run again")
    fresh = all(row["status"] == "fresh" for row in document["freshness"])
    passed = bool(document["gates"]["passed"])
    readings = [
        read_answer(answer, place=place, fresh=fresh, passed=passed)
        for place, answer in enumerate(document["answers"])
    ]
    return Page(document, _in_order(readings))


def read_answer(answer: Mapping[str, Any], *, place: int, fresh: bool, passed: bool) -> Reading:
    """Read one answer; `place` makes its anchor unique, `passed` is the run's gates."""
    status = _status(answer, passed=passed)
    digits = 1 if _of_breakthrough(answer) else 0
    base = answer["base_rate"]
    shown = answer["probability"] if status != "gated" else None
    return Reading(
        anchor=_anchor(answer["question"], place),
        answer=answer,
        title=wording.kept_together(wording.shorten(answer["title"], LONGEST_TITLE)),
        chance=_chance(shown, status, digits),
        span=wording.percent_span(*(answer["interval"] or (None, None)), digits=digits)
        if status != "gated"
        else "",
        word=_word(answer, status),
        mass=wording.percent(answer["interval_mass"]),
        base=wording.percent(base["probability"], digits=digits) if base["n"] else "",
        base_count=f"{base['events']} of {base['n']}" if base["n"] else "no past case",
        confidence=confidence_of(answer, fresh=fresh),
        status=status,
        note=_note(answer, status),
        digits=digits,
    )


def _status(answer: Mapping[str, Any], *, passed: bool) -> str:
    """Hold back what a failed run made itself; what it carried or looked up stays."""
    status = str(answer["status"])
    return "gated" if status == "open" and not passed else status


def _note(answer: Mapping[str, Any], status: str) -> str:
    given = wording.shorten(answer["status_reason"], LONGEST_TITLE)
    if given or status == "open":
        return given
    return {
        "gated": "The run did not pass its checks.",
        "stale": "Carried from an earlier run.",
        "settled": "The record already answers this.",
    }.get(status, "")


def _chance(probability: float | None, status: str, digits: int) -> str:
    if status == "gated":
        return ""
    if status == "settled" and probability in (0, 1):
        return "Yes" if probability else "No"
    return wording.percent(probability, digits=digits)


def _word(answer: Mapping[str, Any], status: str) -> str:
    return {"gated": "withheld", "settled": "settled"}.get(
        status, wording.shorten(answer["word"], LONGEST_WORD)
    )


def _of_breakthrough(answer: Mapping[str, Any]) -> bool:
    return "breakthrough" in f"{answer['question']} {answer['title']}".casefold()


def _anchor(question: Any, place: int) -> str:
    """Anchor by the question's identifier, where that is a plain one; else by its place."""
    return f"q-{question}" if _PLAIN_ID.fullmatch(str(question)) else f"q-{place}"


def _in_order(readings: Sequence[Reading]) -> tuple[Reading, ...]:
    sets = list(dict.fromkeys(reading.answer["set"] for reading in readings))

    def place(reading: Reading) -> tuple[int, bool, bool, float]:
        probability = reading.answer["probability"] or 0.0
        return (
            sets.index(reading.answer["set"]), reading.withheld, reading.settled, -probability
        )  # fmt: skip

    return tuple(sorted(readings, key=place))
