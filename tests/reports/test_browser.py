"""The page in a real browser: it fits, it can be read, it fetches nothing and runs nothing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from forecasts.reports.html import render
from tests.builders_run import answer, run_document
from tests.reports.test_html import HOSTILE, LONG, OTHER_WRITING, hostile

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Dialog, Page

NARROWEST, PHONE, DESK = 320, 375, 1280

pytestmark = pytest.mark.slow

OPEN_ALL = "document.querySelectorAll('details').forEach(d => { d.open = true })"

# WCAG 2.2, success criterion 1.4.3: relative luminance and contrast of every text that is drawn.
CONTRAST = """() => {
  const parse = text => (text.match(/[\\d.]+/g) || []).map(Number);
  const channel = v => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  const luminance = c => 0.2126 * channel(c[0]) + 0.7152 * channel(c[1]) + 0.0722 * channel(c[2]);
  const clear = c => c.length === 4 && c[3] === 0;
  const behind = element => {
    for (let at = element; at; at = at.parentElement) {
      const colour = parse(getComputedStyle(at).backgroundColor);
      if (!clear(colour)) return colour;
    }
    return [255, 255, 255];
  };
  const poor = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    const hidden = element.closest('title, desc') || !element.checkVisibility();
    if (hidden || !walker.currentNode.data.trim()) continue;
    const style = getComputedStyle(element);
    const front = parse(element.closest('svg') ? style.fill : style.color);
    const [low, high] = [luminance(front), luminance(behind(element))].sort((a, b) => a - b);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && style.fontWeight >= 700);
    const ratio = (high + 0.05) / (low + 0.05);
    if (ratio < (large ? 3 : 4.5)) {
      poor.push([walker.currentNode.data.slice(0, 40), ratio.toFixed(2)]);
    }
  }
  return poor;
}"""


class Visit:
    """A page that is open, and what it did on the way."""

    def __init__(self, page: Page, path: Path) -> None:
        self.page = page
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self.dialogs: list[str] = []
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("dialog", self._dismiss)
        page.goto(path.as_uri())
        self.own = path.as_uri()

    def _dismiss(self, dialog: Dialog) -> None:
        self.dialogs.append(dialog.message)
        dialog.dismiss()

    def overflow(self, width: int) -> int:
        """Pixels by which the page is wider than a screen of `width`, all folds open."""
        self.page.set_viewport_size({"width": width, "height": 812})
        self.page.evaluate(OPEN_ALL)
        return int(self.page.evaluate("document.documentElement.scrollWidth")) - width


def visit(browser: Browser, folder: Path, document: dict[str, Any], scheme: Any = "light") -> Visit:
    path = folder / "page.html"
    path.write_text(render(document), encoding="utf-8")
    context = browser.new_context(
        viewport={"width": PHONE, "height": 812}, color_scheme=scheme, reduced_motion="reduce"
    )
    return Visit(context.new_page(), path)


@pytest.mark.parametrize("which", ["june-2023", "live"])
def test_the_page_opens_in_silence(browser: Browser, tmp_path: Path, which: str) -> None:
    """Opened from disk, it asks the network for nothing and complains of nothing."""
    opened = visit(browser, tmp_path, run_document(which))

    assert {url for url in opened.requests if not url.startswith("data:")} == {opened.own}
    assert opened.complaints == []


@pytest.mark.parametrize("width", [NARROWEST, PHONE, 768, DESK])
def test_nothing_scrolls_sideways(browser: Browser, tmp_path: Path, width: int) -> None:
    """From a small phone to a desk, with every fold open, the page is as wide as its screen."""
    assert visit(browser, tmp_path, run_document()).overflow(width) <= 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [PHONE, DESK])
def test_text_can_be_read(browser: Browser, tmp_path: Path, scheme: str, width: int) -> None:
    """Every text has the contrast that WCAG AA asks for, by day and by night."""
    document = run_document("live")
    document["answers"][0]["status"], document["answers"][1]["status"] = "stale", "gated"
    opened = visit(browser, tmp_path, document, scheme)
    opened.overflow(width)

    assert opened.page.evaluate(CONTRAST) == []


def test_a_failed_run_can_be_read(browser: Browser, tmp_path: Path) -> None:
    """The alarm of a failed run has its contrast too."""
    document = run_document()
    document["gates"] |= {"passed": False, "failures": ["R-hat 1.08 is above 1.01"]}

    assert visit(browser, tmp_path, document, "dark").page.evaluate(CONTRAST) == []


def test_the_first_screen_of_a_phone_answers(browser: Browser, tmp_path: Path) -> None:
    """Without scrolling: how fresh, how likely, in which interval, from where, and how sure."""
    opened = visit(browser, tmp_path, run_document())
    first = opened.page.locator(".answer").nth(1)
    box, text = first.bounding_box(), first.inner_text()

    assert box is not None
    assert box["y"] + box["height"] <= 812
    for said in ("79\u00a0%", "likely", "62–91\u00a0%", "19 of 26", "Confidence moderate"):
        assert said in text
    assert "Data fresh" in opened.page.locator(".vitals").inner_text()


@pytest.mark.parametrize("text", [HOSTILE, LONG, OTHER_WRITING], ids=["script", "long", "arabic"])
def test_hostile_text_runs_nothing_and_breaks_nothing(
    browser: Browser, tmp_path: Path, text: str
) -> None:
    """Whatever stands in its fields, the page runs nothing, fetches nothing, keeps its width."""
    opened = visit(browser, tmp_path, hostile(run_document(), text))

    assert opened.dialogs == []
    assert opened.complaints == []
    assert {url for url in opened.requests if not url.startswith("data:")} == {opened.own}
    assert opened.overflow(PHONE) <= 0
    assert opened.overflow(DESK) <= 0


def test_three_hundred_questions_open(browser: Browser, tmp_path: Path) -> None:
    """A page of 300 questions opens, and still fits a phone."""
    many = [answer(question=f"question-{i}", title=f"Question {i}?") for i in range(300)]
    opened = visit(browser, tmp_path, run_document(answers=many))

    assert opened.page.locator("article").count() == 300
    assert opened.overflow(PHONE) <= 0


def test_the_keyboard_finds_its_way(browser: Browser, tmp_path: Path) -> None:
    """The first stop skips to the answers, and what is in focus is outlined."""
    page = visit(browser, tmp_path, run_document()).page
    page.keyboard.press("Tab")
    skip = page.evaluate("document.activeElement.getAttribute('href')")
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")

    assert skip == "#answers"
    assert outline == "solid"


def test_it_prints(browser: Browser, tmp_path: Path) -> None:
    """On paper: dark ink on white whatever the screen, pictures kept, navigation left out."""
    page = visit(browser, tmp_path, run_document(), "dark").page
    page.emulate_media(media="print", color_scheme="dark")
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")

    assert paper == "rgb(255, 255, 255)"
    assert not page.locator("nav").first.is_visible()
    assert page.locator("article svg").first.is_visible()
    assert page.pdf(format="A4").startswith(b"%PDF")
