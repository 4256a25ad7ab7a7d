"""What is drawn is what is known: bars add up, curves keep their points, marks their places."""

from __future__ import annotations

import math
import re
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecasts.reports.pictures import cases, curve, drivers, ladder, timeline
from tests.builders_run import run_document
from tests.reports.page import parse, plain

deltas = st.lists(st.floats(-3, 3), min_size=1, max_size=6)
probabilities = st.floats(0.001, 0.999)
EVIL = "<script>alert(1)</script>"


def listed(values: list[float]) -> list[dict[str, object]]:
    return [{"name": f"step {i}", "delta_logit": v, "mcse": 0.0} for i, v in enumerate(values)]


@given(deltas, probabilities)
def test_bars_add_up_to_the_answer(values: list[float], probability: float) -> None:
    """Whatever the drivers leave out is drawn too: the last bar ends at the probability."""
    steps = drivers.steps_of(listed(values), probability)

    assert drivers.chance(steps[-1].after) == pytest.approx(probability, abs=0.003)
    assert all(b.before == a.after for a, b in pairwise(steps))


@given(deltas)
def test_drawn_bars_join(values: list[float]) -> None:
    """On paper each bar ends where the next begins, and the last one at the answer's dot."""
    steps = drivers.steps_of(listed(values), None)
    svg = parse(drivers.draw(steps, key="k", title="Title"))
    dot = float(next(svg.all("circle")).attributes["cx"])
    bars = [
        p.attributes["d"]
        for p in svg.all("path")
        if p.attributes["class"] in ("from", "up", "down")
    ]
    reach = [[float(x) for x in re.findall(r"[ML](-?[\d.]+) ", bar)] for bar in bars]

    if steps[-1].measurable:
        far = reach[-1][2] if len(steps) > 1 else reach[-1][1]
        assert far == pytest.approx(dot, abs=0.11)


def test_noise_is_not_told_as_an_effect() -> None:
    """A step within two standard errors of nought is said to be no measurable step."""
    base, quiet = listed([0.5, 0.03])
    steps = drivers.steps_of([base, quiet | {"name": "signals", "mcse": 0.02}], None)

    assert "no measurable step from signals" in drivers.sentence(steps)
    assert 'class="up"' not in drivers.draw(steps, key="k", title="Title")


def test_steps_are_told_without_causes() -> None:
    """The sentence reports where the sum stands after each step, in order."""
    base, plans = listed([0.0, 1.0])
    steps = drivers.steps_of(
        [base | {"name": "base rate"}, plans | {"name": "announced plans"}], None
    )

    assert plain(drivers.sentence(steps)) == (
        "Starts at the base rate, 50 %; with announced plans it is 73 %."
    )


def daily(values: list[float]) -> list[curve.Point]:
    start, rising = date(2023, 6, 19), sorted(values)
    return [
        curve.Point(start + timedelta(days=i), p, p / 2, (1 + p) / 2) for i, p in enumerate(rising)
    ]


@given(st.lists(st.floats(0, 1), min_size=2, max_size=120))
def test_a_simplified_curve_shows_the_same(values: list[float]) -> None:
    """Points that are left out lie on the line that is drawn, to a fraction of a pixel."""
    points = daily(values)
    kept = curve.simplified(points)

    for point in points:
        before = max((k for k in kept if k.day <= point.day), key=lambda k: k.day)
        after = min((k for k in kept if k.day >= point.day), key=lambda k: k.day)
        share = (point.day - before.day).days / max(1, (after.day - before.day).days)
        drawn = before.probability + share * (after.probability - before.probability)
        assert drawn == pytest.approx(point.probability, abs=curve.TOLERANCE + 1e-9)


@given(st.lists(st.floats(0, 1), min_size=2, max_size=400), st.integers(6, 40))
def test_a_thinned_table_keeps_both_ends(values: list[float], most: int) -> None:
    """A long curve fits its table, from its first day to its last."""
    points = daily(values)
    kept = curve.thinned(points, most)

    assert len(kept) <= most
    assert (kept[0], kept[-1]) == (points[0], points[-1])


def test_a_step_is_told_with_its_summit() -> None:
    """Where a third of the rise falls in three weeks, the sentence names the summit there."""
    points = daily([0.1 + 0.001 * i for i in range(60)] + [0.5 + 0.001 * i for i in range(60)])
    near = curve.Mark(points[60].day, "G20")
    far = curve.Mark(points[5].day, "APEC")

    said = plain(curve.sentence(points, [far, near]))

    assert "passes even odds about 18 August" in said
    assert "around G20 (18 August)" in said


def test_marks_stand_at_their_places() -> None:
    """On a rung the dot is at the probability, the bar over the interval, the base rate above."""
    rung = parse(ladder.draw(0.71, (0.55, 0.84), 0.62))
    places = [e.attributes["x"] for e in rung.all("svg") if "x" in e.attributes]
    bar = next(rung.all("rect")).attributes

    assert places == ["62.0%", "71.0%"]
    assert (bar["x"], bar["width"]) == ("55.0%", "29.0%")


@given(st.lists(st.booleans(), min_size=1, max_size=200))
def test_squares_count_the_cases(happened: list[bool]) -> None:
    """As many squares as cases, as many full ones as happened."""
    svg = parse(cases.draw(happened, key="k", title="Trips"))
    drawn = {p.attributes["class"]: p.attributes.get("d", "").count("M") for p in svg.all("path")}

    assert drawn == {"case-no": happened.count(False), "case-yes": happened.count(True)}


@pytest.mark.parametrize("width", [timeline.WIDE, timeline.NARROW])
def test_every_contact_and_signal_has_its_mark(width: int) -> None:
    """Nothing of the two years is left out of the timeline, and nothing falls off the paper."""
    rows, as_of = run_document()["timeline"], "2023-06-18"
    svg = parse(timeline.draw(rows, as_of, width=width, key="k"))
    marks = list(svg.all("circle"))
    sticks = [e for e in svg.all("rect") if e.attributes["class"] in ("up", "down", "flat")]

    assert len(marks) == len(rows["contacts"])
    assert len(sticks) == len(rows["signals"])
    assert all(0 <= float(e.attributes["cx"]) <= width for e in marks)


def test_an_open_plan_is_not_told_from_a_lost_one_by_colour_alone() -> None:
    """An announced contact is a diamond ahead of the cut-off; a lost one is a cross."""
    plan = {"id": "a", "kind": "leader_in_person", "announced": "2023-01-01"}
    plans = [
        plan | {"planned": "2023-07-01", "status": "pending"},
        plan | {"planned": "2023-02-05", "status": "postponed"},
    ]
    rows = {"contacts": [], "signals": [], "opportunities": [], "plans": plans}
    svg = parse(timeline.draw(rows, "2023-06-18", width=timeline.WIDE, key="k"))
    shapes = {p.attributes["class"]: p.attributes["d"].count("z") for p in svg.all("path")}

    assert shapes == {"mark-plan": 1, "mark-lost": 0}


def test_pictures_escape_what_they_are_given() -> None:
    """A title with a tag in it stays a title."""
    steps = drivers.steps_of([{"name": EVIL, "delta_logit": 1.0, "mcse": 0.0}], None)
    marks = [curve.Mark(date(2023, 6, 20), EVIL)]
    drawn = [
        drivers.draw(steps, key="a", title=EVIL),
        curve.draw(daily([0.1, 0.4]), marks, key="b", title=EVIL),
        cases.draw([True], key="c", title=EVIL),
    ]

    assert not [svg for svg in drawn if "<script" in svg]
    assert all("&lt;script" in svg for svg in drawn)


@given(st.floats(-800, 800))
def test_any_log_odds_is_a_probability(logit: float) -> None:
    """However extreme the sum of steps, it reads as a probability and never overflows."""
    assert 0 <= drivers.chance(logit) <= 1
    if abs(logit) < 30:
        assert math.isclose(drivers.chance(logit) + drivers.chance(-logit), 1)
