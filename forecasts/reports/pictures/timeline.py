"""Two years of contacts and signals up to the cut-off, and what is announced beyond it.

The same drawing comes wide and narrow: small type must not shrink on a phone,
so each page carries both and shows the one that fits.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from markupsafe import Markup

from forecasts.reports.kinds import LANES, is_remote, kind_in_words, lane_of
from forecasts.reports.pictures.calendar import months
from forecasts.reports.pictures.svg import Scale, linear, picture, tag
from forecasts.reports.wording import counted, day, listed, short_day, shorten

WIDE, NARROW = 960, 360
PAST, COMING = timedelta(days=731), timedelta(days=550)
LANE, SIGNAL_LANE, TOP, FOOT, MARGIN = 52, 78, 60, 28, 2
LABEL_ROWS, LABEL_WIDTH, LABEL_STEP = 3, 42, 14
CROWDED = 9
"""Marks nearer than this would hide each other, and are set apart."""
STICK = 6.2
"""Height of a signal per step of intensity."""


@dataclass(frozen=True, slots=True)
class Frame:
    """The paper and its axis of days."""

    width: int
    first: date
    last: date
    today: date

    @property
    def x(self) -> Scale:
        """Place of a day number."""
        return linear(
            (self.first.toordinal(), self.last.toordinal()), (MARGIN, self.width - MARGIN)
        )

    def shows(self, text: Any) -> bool:
        """Whether the ISO day `text` is on the paper."""
        return str(self.first) <= str(text) <= str(self.last)

    def at(self, text: Any) -> float:
        """Place of the ISO day `text`."""
        return self.x(date.fromisoformat(str(text)).toordinal())


def frame(timeline: Mapping[str, Any], as_of: str, width: int) -> Frame:
    """Choose the days to show: two years back, and as far ahead as something is announced."""
    today = date.fromisoformat(as_of)
    days = [row["start"] for row in timeline["opportunities"]]
    days += [row["planned"] for row in timeline["plans"]]
    end = max([today + timedelta(days=60), *(date.fromisoformat(text) for text in days if text)])
    return Frame(width, today - PAST, min(end + timedelta(days=14), today + COMING), today)


def sentence(timeline: Mapping[str, Any], as_of: str) -> str:
    """Say what to see: how many contacts and signals of which sort, and what comes next."""
    contacts, signals = timeline["contacts"], timeline["signals"]
    leaders = sum(row["kind"] == "leader_in_person" for row in contacts)
    against = sum(row["direction"] < 0 for row in signals)
    towards = sum(row["direction"] > 0 for row in signals)
    return (
        f"{counted(len(contacts), 'contact')} up to {day(as_of)}, "
        f"{counted(leaders, 'meeting')} of the leaders among them; "
        f"{counted(len(signals), 'signal')}, {against} against further contact and "
        f"{towards} for it. "
        f"{_coming(timeline, as_of)}"
    )


def _coming(timeline: Mapping[str, Any], as_of: str) -> str:
    summits = [
        f"{shorten(row['series'], 40)} in {shorten(row['city'], 40)} ({short_day(row['start'])})"
        for row in timeline["opportunities"]
        if row["start"] > as_of
    ]
    pending = sum(row["status"] == "pending" for row in timeline["plans"])
    ahead = f"Ahead lie {listed(summits[:4])}" if summits else "No summit ahead was known"
    open_ = (
        counted(pending, "announced contact is", "announced contacts are")
        if pending
        else "no announced contact is"
    )
    return f"{ahead}; {open_} still open."


def draw(timeline: Mapping[str, Any], as_of: str, *, width: int, key: str) -> Markup:
    """Draw the lanes of contacts, the signals beneath, and the summits above."""
    paper = frame(timeline, as_of, width)
    base = TOP + LANE * len(LANES)
    height = base + SIGNAL_LANE + FOOT
    return picture(
        *_axis(paper, height - FOOT),
        *_today(paper, height - FOOT),
        *_summits(timeline["opportunities"], paper, height - FOOT),
        *_lane_labels(paper),
        *_contacts(timeline["contacts"], paper),
        *_plans(timeline["plans"], paper),
        *_signals(timeline["signals"], paper, base + SIGNAL_LANE / 2 + 8),
        key=key,
        title="Timeline of contacts, signals, plans and summits",
        description=sentence(timeline, as_of),
        size=(width, height),
        class_="timeline wide" if width == WIDE else "timeline narrow",
    )


def _axis(paper: Frame, foot: float) -> Iterator[Markup]:
    for start, label in months(paper.first, paper.last, 12 if paper.width == WIDE else 5):
        x = paper.x(start.toordinal())
        yield tag("line", x1=x, x2=x, y1=TOP - 6, y2=foot, class_="grid")
        anchor = "start" if x < 24 else ("end" if x > paper.width - 24 else "middle")
        yield tag("text", label, x=x, y=foot + 18, class_="tick", text_anchor=anchor)


def _today(paper: Frame, foot: float) -> Iterator[Markup]:
    x = paper.x(paper.today.toordinal())
    yield tag(
        "rect",
        x=x,
        y=TOP - 6,
        width=paper.width - MARGIN - x,
        height=foot - TOP + 6,
        class_="ahead",
    )
    yield tag("line", x1=x, x2=x, y1=TOP - 6, y2=foot, class_="today")
    yield tag("text", "as of", x=x - 4, y=TOP - 12, class_="tick strong", text_anchor="end")


def _summits(rows: Sequence[Mapping[str, Any]], paper: Frame, foot: float) -> Iterator[Markup]:
    """Coming summits get a line and a name; past ones would crowd the contacts."""
    taken = [-100.0] * LABEL_ROWS
    for row in sorted(rows, key=lambda row: str(row["start"])):
        if not paper.shows(row["start"]) or str(row["start"]) <= str(paper.today):
            continue
        x = paper.at(row["start"])
        level = next((i for i, at in enumerate(taken) if x - at >= LABEL_WIDTH), 0)
        y = TOP - 12 - LABEL_STEP * level
        yield tag("line", x1=x, x2=x, y1=y + 3, y2=foot, class_="summit-line")
        if x - taken[level] >= LABEL_WIDTH:
            place = min(x, paper.width - MARGIN - 14)
            label = tag(
                "text",
                shorten(row["series"], 6),
                x=place,
                y=y,
                class_="tick halo",
                text_anchor="middle",
            )
            yield _named(
                label, shorten(f"{row['series']} {row['city']}, {short_day(row['start'])}", 90)
            )
            taken[level] = x


def _lane_labels(paper: Frame) -> Iterator[Markup]:
    titles = [*LANES.values(), "Signals: for contact up, against it down"]
    for place, title in enumerate(titles):
        y = TOP + LANE * place
        yield tag("line", x1=MARGIN, x2=paper.width - MARGIN, y1=y, y2=y, class_="lane")
        yield tag("text", title, x=MARGIN, y=y + 14, class_="tick halo")


def _contacts(rows: Sequence[Mapping[str, Any]], paper: Frame) -> Iterator[Markup]:
    last: dict[str, tuple[float, int]] = {}
    for row in sorted(rows, key=lambda row: str(row["date"])):
        if paper.shows(row["date"]):
            y = _lane_y(row["kind"]) + _aside(last, lane_of(row["kind"]), paper.at(row["date"]))
            kind = "mark-remote" if is_remote(row["kind"], row["venue"]) else "mark-met"
            what = f"{kind_in_words(row['kind'])}: {shorten(row['label'], 90)}"
            name = f"{short_day(row['date'])}: {what}"
            yield _named(tag("circle", cx=paper.at(row["date"]), cy=y, r=4.5, class_=kind), name)


def _aside(last: dict[str, tuple[float, int]], lane: str, x: float) -> float:
    """Set crowded marks apart: on the line, above it, below it, in turn."""
    before, turn = last.get(lane, (-100.0, 0))
    turn = (turn + 1) % 3 if x - before < CROWDED else 0
    last[lane] = (x, turn)
    return (0.0, -8.0, 8.0)[turn]


def _plans(rows: Sequence[Mapping[str, Any]], paper: Frame) -> Iterator[Markup]:
    """Plans that are open or were lost; a held plan is the contact that it became."""
    for row in rows:
        if row["status"] == "held" or not paper.shows(row["planned"]):
            continue
        x, y = paper.at(row["planned"]), _lane_y(row["kind"])
        lost = row["status"] != "pending"
        shape = (
            f"M{x - 5:.1f} {y - 5}l10 10m0 -10l-10 10"
            if lost
            else f"M{x:.1f} {y - 7}l7 7l-7 7l-7 -7z"
        )
        name = f"{short_day(row['planned'])}: {kind_in_words(row['kind'])}, {row['status']}"
        yield _named(tag("path", d=shape, class_="mark-lost" if lost else "mark-plan"), name)


def _signals(rows: Sequence[Mapping[str, Any]], paper: Frame, middle: float) -> Iterator[Markup]:
    yield tag("line", x1=MARGIN, x2=paper.width - MARGIN, y1=middle, y2=middle, class_="axis")
    for row in rows:
        if not paper.shows(row["date"]):
            continue
        direction = int(row["direction"])
        length = STICK * min(5, abs(float(row["intensity"]))) if direction else 3
        top = middle - length if direction >= 0 else middle
        height = length if direction else 2 * length
        yield _named(
            tag(
                "rect", x=paper.at(row["date"]) - 1.5, y=top, width=3, height=height,
                class_={1: "up", -1: "down"}.get(direction, "flat"),
            ),
            f"{short_day(row['date'])}: {shorten(row['label'], 90)}",
        )  # fmt: skip


def _lane_y(kind: str) -> float:
    return TOP + LANE * list(LANES).index(lane_of(kind)) + 35


def _named(mark: Markup, name: str) -> Markup:
    return tag("g", tag("title", name), mark)
