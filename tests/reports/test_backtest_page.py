"""The page of a backtest shows its summary whole: failures as plainly as passes, nothing run."""

from __future__ import annotations

import re
import subprocess
import sys
from copy import deepcopy
from json import dumps, loads
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from forecasts.errors import BadInput
from forecasts.evaluation import summary as evaluated
from forecasts.evaluation.summary import summarise
from forecasts.reports import backtest
from forecasts.reports.backtest import render
from forecasts.reports.backtest_sections import discover
from forecasts.reports.pictures import course, reliability, skill, strip
from tests.builders_backtest import backtest_table, with_exact
from tests.conformance.shipped import ROOT
from tests.reports.page import Element, parse, plain
from tests.reports.test_browser import CONTRAST, OPEN_ALL
from tests.reports.test_html import HARMLESS, HOSTILE, LONG, hostile

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

TEMPLATES = ROOT / "forecasts" / "reports" / "templates" / "backtest"
MADE = {"command": "forecasts backtest --from 2005-01-01", "evidence": "ab" * 32}


@pytest.fixture(scope="module")
def full() -> dict[str, Any]:
    found = summarise(with_exact(backtest_table(), 125), seed=1)
    found["made"] |= MADE
    return found


@pytest.fixture
def summary(full: dict[str, Any]) -> dict[str, Any]:
    """A copy that a test may change."""
    return deepcopy(full)


@pytest.fixture(scope="module")
def thin() -> dict[str, Any]:
    """A summary of three origins, in which hardly anything can be worked out."""
    return summarise(backtest_table(3), seed=1)


@pytest.fixture(scope="module")
def page(full: dict[str, Any]) -> Element:
    return parse(render(full))


def test_every_section_stands_in_its_place(page: Element) -> None:
    """Each section is on the page, in order, under its own heading, and has its template."""
    shown = [(s.attributes["id"], plain(next(s.all("h2")).text)) for s in page.all("section")]

    assert shown == [(section.id, section.title) for section in discover()]
    assert {path.name.partition(".")[0] for path in TEMPLATES.iterdir()} == {i for i, _ in shown}


def test_nothing_is_fetched_and_nothing_runs(page: Element, full: dict[str, Any]) -> None:
    """No script, no outside file: links stay on the page."""
    html = render(full)

    assert {e.name for e in page.all()} <= HARMLESS
    assert not [k for e in page.all() for k in e.attributes if k.startswith("on") or k == "src"]
    assert all(e.attributes["href"].startswith("#") for e in page.all("a"))
    assert "url(" not in html
    assert "default-src 'none'" in html
    assert len(html.encode()) < 500_000


def test_links_inside_the_page_lead_somewhere(page: Element) -> None:
    """Each inner link and each label has its target, and no identifier stands twice."""
    ids = [e.attributes["id"] for e in page.all() if "id" in e.attributes]
    wanted = [e.attributes["href"][1:] for e in page.all("a")]
    wanted += [i for e in page.all() for i in e.attributes.get("aria-labelledby", "").split()]

    assert len(ids) == len(set(ids))
    assert set(wanted) <= set(ids)


def test_every_picture_is_named_said_and_tabled(page: Element) -> None:
    """A picture has a name, a sentence that says what to see, and a table in its section."""
    pictures = [e for e in page.all("svg") if e.attributes.get("role") == "img"]

    assert len(pictures) > 20
    assert all("aria-label" in e.attributes or "aria-labelledby" in e.attributes for e in pictures)
    for figure in page.all("figure"):
        assert plain(next(figure.all("figcaption")).text).endswith(".")
        assert any(True for _ in figure.all("svg"))
    for section in page.all("section"):
        if any(True for _ in section.all("figure")):
            assert any(table.within("details") for table in section.all("table"))


def test_the_first_table_is_the_result(page: Element, full: dict[str, Any]) -> None:
    """Each horizon shows its frequency, its spells, and both skills with their intervals."""
    rows = list(next(page.one("result").all("tbody")).all("tr"))

    for row, given in zip(rows, full["leaders"], strict=True):
        text = plain(row.text)
        assert f"{given['horizon_days']} days" in text
        assert f"{given['spells']} spell" in text
        for name in ("climatology", "calendar only"):
            value = given["against"][name]["skill"]
            for number in value.values():
                assert f"{number:+.2f}".replace("-", "\u2212").lstrip("+") in text
        assert len(row.of_class("strip")) == 2


def test_failures_are_as_plain_as_passes(summary: dict[str, Any]) -> None:
    """A bar that fails stands in the alarm, in its row, and in the count at the head."""
    hard = [row for row in summary["bars"] if row["hard"]]
    for row in hard:
        row["passed"] = True
    hard[2]["passed"] = False
    page = parse(render(summary))
    failing = next(r for r in page.one("bars").all("tr") if hard[2]["bar"] in plain(r.text))

    assert f"1 of {len(hard)} release bars failed" in plain(next(page.all("header")).text)
    assert plain(page.one("bars").of_class("alarm")[0].text).endswith(f"{hard[2]['name']}.")
    assert "FAILED" in plain(page.one("bars").text)
    assert "fails" in [r.attributes.get("class") for r in page.one("bars").all("tr")]
    assert failing is not None


def test_no_verdict_is_no_pass(summary: dict[str, Any]) -> None:
    """A bar that could not be tried has its own mark, and its reason."""
    summary["bars"] = [summary["bars"][0] | {"passed": None, "note": "not asked"}]
    text = plain(parse(render(summary)).one("bars").text)

    assert "? no verdict" in text
    assert "not asked" in text
    assert "✓ passed" not in text


def test_the_leak_alarm_comes_first(summary: dict[str, Any]) -> None:
    """When the skill is too good to be true, the first thing that the page says is that."""
    summary["leak"] = True
    summary["headline"].insert(0, "ALARM: look for a leak.")
    page = parse(render(summary))

    assert "Leak alarm" in plain(page.of_class("vitals")[0].text)
    assert plain(next(page.one("result").all("p")).text) == "ALARM: look for a leak."


def test_every_limit_is_on_the_page(page: Element, full: dict[str, Any]) -> None:
    """What cannot be claimed is listed with its reason, none left out."""
    shown = [plain(term.text) for term in page.one("limits").all("dt")]

    assert shown == [row["claim"] for row in full["limits"]]
    assert len(list(page.one("limits").all("dd"))) == len(shown)


def test_the_closed_years_are_shown(page: Element, full: dict[str, Any]) -> None:
    """July 2019 to October 2022 is shaded in each course, has its score said, and its own panel."""
    periods = page.one("periods")
    said = [plain(caption.text) for caption in periods.all("figcaption")][:4]

    for text, row in zip(said, full["periods"][-1]["leaders"], strict=True):
        brier = row["brier"]["plans"]
        assert f"{brier:.2f}: {'worse' if brier > 0.25 else 'better'} than" in text

    assert len(periods.of_class("shut")) == 4
    assert "July 2019 to October 2022." in plain(periods.text)


def test_every_origin_is_in_a_table(page: Element, full: dict[str, Any]) -> None:
    """Behind the courses stands what was said on each origin, and what came."""
    table = next(page.one("periods").all("table"))

    assert len(list(table.all("tr"))) == full["made"]["origins"] + 1


def test_agreement_is_shown_or_said_to_be_missing(summary: dict[str, Any]) -> None:
    """With exact refits the differences are shown; without, the page claims nothing of them."""
    with_it = plain(parse(render(summary)).one("reweighting").text)
    summary["reweighting"] |= {"agreement": None, "speed": None}
    without = plain(parse(render(summary)).one("reweighting").text)

    assert "Answers differ by 0.50 points on average" in with_it
    assert "15 times faster" in with_it
    assert "was not measured" in without
    assert "times faster" not in without


def test_the_page_says_how_it_was_made(page: Element) -> None:
    """The command, the digest of the portfolio and the seeds are on it."""
    made = plain(page.one("made").text)

    assert MADE["command"] in made
    assert MADE["evidence"] in made
    assert "1 of fits and futures, 1 of resampling" in made


def test_a_thin_record_still_reads(thin: dict[str, Any]) -> None:
    """Three origins give a page: what cannot be worked out says so, and nothing is claimed."""
    page = parse(render(thin))

    assert "Nothing is claimed" in plain(page.one("result").text)
    assert not re.search(r"\b(nan|None|inf)\b", plain(page.text))


def test_hostile_text_stays_text(summary: dict[str, Any]) -> None:
    """Whatever a table's attributes hold, the page keeps its shape and its elements."""
    summary["made"] |= {"command": HOSTILE, "evidence": LONG}
    summary["headline"] = [HOSTILE] * 3
    summary["limits"] = hostile(summary["limits"], HOSTILE)
    page = parse(render(summary))

    assert {e.name for e in page.all()} <= HARMLESS
    assert not [k for e in page.all() for k in e.attributes if k.startswith("on")]


def test_another_format_is_refused(summary: dict[str, Any]) -> None:
    """A summary that the page cannot read is named, and the two rooms agree on the format."""
    assert backtest.FORMAT == evaluated.FORMAT
    with pytest.raises(BadInput, match="format"):
        render(summary | {"format": 2})


def test_a_page_needs_no_arrays(full: dict[str, Any]) -> None:
    """A stored summary is rendered without the sampler, the arrays or the plots."""
    script = (
        "import json, sys; from forecasts.reports.backtest import render; "
        "render(json.load(sys.stdin)); print(*sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        input=dumps(full), capture_output=True, text=True, check=True,
    )  # fmt: skip
    loaded = {name.partition(".")[0] for name in done.stdout.split()}

    assert not loaded & {"pymc", "numba", "xarray", "pandas", "scipy", "numpy", "matplotlib"}


def test_the_page_is_a_function_of_its_document(full: dict[str, Any]) -> None:
    """A summary that went through a file gives the same page."""
    assert render(loads(dumps(full))) == render(full)


def places(svg: Element, name: str) -> list[float]:
    return [float(e.attributes["cx"]) for e in svg.all(name)]


def test_dots_stand_where_their_values_are() -> None:
    """On the forest, equal steps of skill are equal steps on paper, and 0 is where the line is."""
    bars = [skill.Bar(f"{i}", skill.Mark(v, v, v)) for i, v in enumerate((-0.5, 0.0, 0.5))]
    svg = parse(skill.draw(bars, key="k", title="Skill"))
    low, middle, high = places(svg, "circle")
    zero = next(p for p in svg.all("path") if p.attributes["class"] == "zero").attributes["d"]

    assert high - middle == pytest.approx(middle - low, abs=0.11)
    assert zero.startswith(f"M{middle:g} ")


def test_an_interval_off_the_paper_ends_in_an_arrow() -> None:
    """What cannot be drawn is not cut without a word: an arrow, and the number beside it."""
    svg = parse(skill.draw([skill.Bar("x", skill.Mark(-3.0, -9.0, 0.2))], key="k", title="Skill"))
    drawn = strip.draw(0.2, -9.0, None, label="30 days")

    assert len([p for p in svg.all("path") if "arrow" in p.attributes["class"]]) == 1
    assert "\u22123.00" in svg.text
    assert drawn.count('class="arrow"') == 2


def test_a_reliability_curve_keeps_its_points() -> None:
    """A forecast of one half that comes true half the time lies on the diagonal's middle."""
    data = {"forecast": [0.5], "recalibrated": [0.5], "low": [0.2], "high": [0.8], "count": [4]}
    svg = parse(reliability.draw(data, key="k", title="30 days"))
    at = {p.attributes["class"]: p.attributes["d"] for p in svg.all("path")}
    x, y = map(float, at["curve-line"].lstrip("M").split())
    ends = [float(n) for n in re.findall(r"[\d.]+", at["even"])]

    assert x == pytest.approx((ends[0] + ends[2]) / 2, abs=0.11)
    assert y == pytest.approx((ends[1] + ends[3]) / 2, abs=0.11)


def test_every_khat_that_was_found_is_a_point() -> None:
    """Origins that begin a stretch have no k-hat, and a line where they were sampled."""
    days = ["2005-01-01", "2005-01-31", "2005-03-02"]
    svg = parse(course.khat(days, [None, 0.4, 0.8], [True, False, True], key="k", title="k"))
    refits = next(p for p in svg.all("path") if p.attributes["class"] == "refit")

    assert len(places(svg, "circle")) == 2
    assert refits.attributes["d"].count("M") == 2


def opened(browser: Browser, folder: Path, html: str, scheme: Any = "light") -> Page:
    path = folder / "page.html"
    path.write_text(html, encoding="utf-8")
    context = browser.new_context(color_scheme=scheme, reduced_motion="reduce")
    page = context.new_page()
    page.goto(path.as_uri())
    page.evaluate(OPEN_ALL)
    return page


@pytest.mark.slow
@pytest.mark.parametrize("width", [320, 375, 768, 1280])
def test_nothing_scrolls_sideways(
    browser: Browser, tmp_path: Path, full: dict[str, Any], thin: dict[str, Any], width: int
) -> None:
    """From a small phone to a desk, with every fold open, the page is as wide as its screen."""
    for document in (full, thin):
        page = opened(browser, tmp_path, render(document))
        page.set_viewport_size({"width": width, "height": 812})

        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_can_be_read(
    browser: Browser, tmp_path: Path, summary: dict[str, Any], scheme: str
) -> None:
    """Every text has the contrast that WCAG AA asks for, failed and untried bars too."""
    for row, passed in zip(summary["bars"], (True, False, None), strict=False):
        row["passed"] = passed

    assert opened(browser, tmp_path, render(summary), scheme).evaluate(CONTRAST) == []


@pytest.mark.slow
def test_the_first_screen_of_a_phone_answers(
    browser: Browser, tmp_path: Path, full: dict[str, Any]
) -> None:
    """Without scrolling: what was found in words, how many bars failed, and the first figures."""
    page = opened(browser, tmp_path, render(full))
    page.set_viewport_size({"width": 375, "height": 812})
    box = page.locator(".headline tbody tr").first.bounding_box()

    assert box is not None
    assert box["y"] + box["height"] <= 812


@pytest.mark.slow
def test_it_prints(browser: Browser, tmp_path: Path, full: dict[str, Any]) -> None:
    """On paper: white whatever the screen, pictures kept, navigation and folds left out."""
    page = opened(browser, tmp_path, render(full), "dark")
    page.emulate_media(media="print", color_scheme="dark")

    colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert colour == "rgb(255, 255, 255)"
    assert not page.locator("nav").first.is_visible()
    assert page.locator("figure svg").first.is_visible()
    assert page.pdf(format="A4").startswith(b"%PDF")
