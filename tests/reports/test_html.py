"""The page says what the document says, runs nothing and needs nothing."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest

from forecasts.errors import BadInput
from forecasts.reports.html import render
from forecasts.reports.sections import discover
from forecasts.reports.wording import percent, percent_span
from forecasts.schema import WORDS
from tests.builders_run import answer, run_document
from tests.reports.page import Element, parse, plain, sentences

HOSTILE = "\"'><script>alert(1)</script><img src=x onerror=alert(2)> {{ 7 * 7 }} \u202e&lt;b&gt;"
LONG = "W" * 10_000
OTHER_WRITING = "هل يلتقي الرئيسان قبل نهاية العام؟ 🤝🇺🇸🇨🇳"
HARMLESS = {
    "html", "head", "meta", "title", "link", "style", "body", "a", "header", "p", "h1", "h2", "h3",
    "span", "ul", "ol", "li", "div", "strong", "b", "em", "br", "nav", "main", "section", "article",
    "figure", "figcaption", "details", "summary", "table", "caption", "thead", "tbody", "tr", "th",
    "td", "dl", "dt", "dd", "footer", "code", "bdi", "svg", "desc", "g", "line", "path", "rect",
    "circle", "text", "symbol", "use",
}  # fmt: skip
KEPT = {"as_of", "known_through", "complete_until", "record_ends", "issued_at", "date", "start"}
KEPT |= {"planned", "announced", "opens", "closes", "latest", "status", "word"}


@pytest.fixture(scope="module")
def page() -> Element:
    return parse(render(run_document()))


def hostile(value: Any, text: str, key: str = "") -> Any:
    """Replace every free text of a document, however deep."""
    if isinstance(value, dict):
        return {k: hostile(v, text, k) for k, v in value.items()}
    if isinstance(value, list):
        return [hostile(v, text, key) for v in value]
    return text if isinstance(value, str) and key not in KEPT else value


def percentages(text: str) -> set[str]:
    return set(re.findall(r"[<>]?\d+ %", plain(text)))


def test_every_section_stands_in_its_place(page: Element) -> None:
    """Each section is on the page, in order, under its own heading."""
    shown = [(s.attributes["id"], plain(next(s.all("h2")).text)) for s in page.all("section")]

    assert shown == [(section.id, section.title) for section in discover()]


def test_the_page_is_built_for_every_reader(page: Element) -> None:
    """It has a language, a title, landmarks, one top heading, and skips no level of heading."""
    levels = [int(e.name[1]) for e in page.all("h1", "h2", "h3")]

    assert next(page.all("html")).attributes["lang"] == "en"
    assert "18 June 2023" in plain(next(page.all("title")).text)
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert all(any(True for _ in page.all(name)) for name in ("header", "nav", "main", "footer"))
    assert all("aria-label" in nav.attributes for nav in page.all("nav"))


def test_numbers_on_the_page_are_the_documents(page: Element) -> None:
    """Each answer shows its probability, interval, word and base rate, in list and story."""
    stories = {plain(next(a.all("h3")).text): a for a in page.all("article")}
    rows = {plain(next(r.all("a")).text): r for r in page.of_class("answer")}

    for given in run_document()["answers"]:
        digits = 1 if "breakthrough" in given["question"] else 0
        for place in (rows[given["title"]], stories[given["title"]]):
            text = plain(place.text)
            assert plain(percent(given["probability"], digits=digits)) in text
            assert plain(percent_span(*given["interval"], digits=digits)) in text
            assert f"{given['base_rate']['events']} of {given['base_rate']['n']}" in text
            assert given["word"] in text


def test_the_list_goes_from_likely_to_unlikely(page: Element) -> None:
    """The most likely answer comes first."""
    shown = [plain(next(r.all("a")).text) for r in page.of_class("answer")]
    ordered = sorted(run_document()["answers"], key=lambda a: -a["probability"])

    assert shown == [a["title"] for a in ordered]


def test_every_case_of_a_base_rate_is_listed(page: Element) -> None:
    """A reader can count the cases: as many rows, and as many that happened, as the rate says."""
    given = next(a for a in run_document()["answers"] if a["question"] == "xi-receives-blinken")
    block = next(b for b in page.of_class("classes")[0].all("li") if "34 of 39" in plain(b.text))
    rows = [plain(row.text) for row in block.all("tr")][1:]

    assert len(rows) == given["base_rate"]["n"]
    assert sum(row.endswith("yes") for row in rows) == given["base_rate"]["events"]


def test_nothing_is_fetched_and_nothing_runs(page: Element) -> None:
    """No script, no outside file: only links to sources may lead away, and only when followed."""
    html = render(run_document())

    assert {e.name for e in page.all()} <= HARMLESS
    assert not [k for e in page.all() for k in e.attributes if k.startswith("on") or k == "src"]
    assert [e.attributes["href"] for e in page.all("link")] == ["data:,"]
    assert all(e.attributes["href"].startswith("#") for e in page.all("a", "use"))
    assert "url(" not in html
    assert "@import" not in html
    assert "default-src 'none'" in html


def test_only_web_addresses_become_links() -> None:
    """A source that is a web address is a link; one that would run is a text."""
    sources = ["https://example.org/readout?x=1", "javascript:alert(1)", 'https://x" onclick="y']
    page = parse(render(run_document(answers=[answer(sources=sources)])))
    away = {e.attributes["href"] for e in page.all("a") if not e.attributes["href"].startswith("#")}

    assert away == {sources[0]}
    assert "javascript:alert(1)" in plain(page.text)


@pytest.mark.parametrize("text", [HOSTILE, LONG, OTHER_WRITING, "\ud800", "a\x00b", ""])
def test_hostile_text_stays_text(text: str) -> None:
    """Whatever stands in a field, the page keeps its shape, its elements and a size that opens."""
    html = render(hostile(run_document(), text))
    page = parse(html)

    assert {e.name for e in page.all()} <= HARMLESS
    assert not [k for e in page.all() for k in e.attributes if k.startswith("on")]
    assert len(html.encode()) < 3_000_000
    assert "49" not in plain(page.of_class("answer-title")[0].text)


def test_hostile_text_is_still_shown() -> None:
    """What was written stays readable, mark by mark, and cannot turn the text around it about."""
    title = plain(
        parse(render(run_document(answers=[answer(title=HOSTILE)])))
        .one("q-treasury-2023-09-30")
        .text
    )

    assert HOSTILE.replace("\u202e", "") in title


@pytest.mark.parametrize("which", ["june-2023", "live"])
def test_links_inside_the_page_lead_somewhere(which: str) -> None:
    """Each inner link and each label has its target, and no identifier stands twice."""
    page = parse(render(run_document(which)))
    ids = [e.attributes["id"] for e in page.all() if "id" in e.attributes]
    wanted = [e.attributes["href"][1:] for e in page.all("a", "use")]
    wanted += [i for e in page.all() for i in e.attributes.get("aria-labelledby", "").split()]

    assert len(ids) == len(set(ids))
    assert set(wanted) <= set(ids)


def test_every_picture_is_named_said_and_tabled(page: Element) -> None:
    """A picture has a name, a sentence beside it, and a table of its numbers within reach."""
    pictures = [e for e in page.all("svg") if e.attributes.get("role") == "img"]
    blocks = [*page.all("article"), page.one("timeline"), *page.of_class("classes")[0].all("li")]

    assert pictures
    assert all("aria-label" in e.attributes or "aria-labelledby" in e.attributes for e in pictures)
    for figure in page.all("figure"):
        assert plain(next(figure.all("figcaption")).text).endswith(".")
    for block in blocks:
        assert any(table.within("details") for table in block.all("table"))


@pytest.mark.parametrize("which", ["june-2023", "live"])
def test_likelihood_and_confidence_never_share_a_sentence(which: str) -> None:
    """A word of likelihood speaks of the event, confidence of the evidence: never both at once."""
    words = [word for _, word in WORDS]
    page = parse(render(run_document(which)))
    both = [s for s in sentences(page) if "onfidence" in s and any(w in s for w in words)]

    assert not both


def test_a_breakthrough_has_one_significant_digit() -> None:
    """Thirteen per cent is more than the few breakthroughs on record can carry: it reads 10 %."""
    bold = answer(title="Does it end in a breakthrough?", probability=0.134, interval=[0.06, 0.27])
    html = render(run_document(answers=[bold | {"drivers": [], "curve": []}]))
    row = plain(parse(html).of_class("answer")[0].text)

    assert "10 %" in row
    assert "6–30 %" in row
    assert "13 %" not in row


def test_numbers_of_a_failed_run_are_withheld() -> None:
    """When a gate fails, no probability of that run is on the page, and the reason is."""
    document = run_document(answers=[answer()])
    document["gates"] |= {"passed": False, "failures": ["R-hat 1.08 is above 1.01"]}
    page = parse(render(document))

    assert "R-hat 1.08" in plain(next(page.all("header")).text)
    assert "71 %" not in percentages(page.text)
    assert not list(page.one("moved").all("svg"))
    assert "withheld" in plain(page.of_class("answer")[0].text)


def test_a_carried_number_is_shown_as_stale() -> None:
    """A number from an earlier run stays, marked, with its reason and low confidence."""
    old = answer(status="stale", status_reason="Carried from 11 June 2023: R-hat 1.08.")
    document = run_document(answers=[old])
    document["gates"]["passed"] = False
    row = plain(parse(render(document)).of_class("answer")[0].text)

    assert "71 %" in row
    assert "stale" in row
    assert "Carried from 11 June 2023" in row
    assert "Confidence low" in row


def test_a_settled_question_says_yes_or_no() -> None:
    """What the record already answers is no probability any more."""
    done = answer(status="settled", probability=0.0, interval=[0.0, 0.0], status_reason="Too late.")
    row = plain(parse(render(run_document(answers=[done]))).of_class("answer")[0].text)

    assert row.startswith(f"{done['title']} No settled")
    assert "interval" not in row


@pytest.mark.parametrize("status", ["unknown", "ok", "", None])
def test_unknown_is_never_shown_as_fresh(status: str | None) -> None:
    """One table of unknown state makes the whole unknown, at the head of the page too."""
    document = run_document()
    document["freshness"][0]["status"] = status
    page = parse(render(document))
    head = plain(page.of_class("vitals")[0].text)

    assert "unknown freshness" in head
    assert "Data fresh" not in head
    assert plain(next(page.one("freshness").all("tbody")).text).startswith("contacts ? unknown")


@pytest.mark.parametrize(
    ("over", "said"),
    [
        ({"drivers": []}, "was not worked out in this run"),
        ({"curve": []}, "no horizon curve"),
        ({"curve": answer()["curve"][:1]}, "no horizon curve"),
        ({"probability": None, "interval": None, "drivers": [], "curve": []}, "not available"),
    ],
)  # fmt: skip
def test_what_is_missing_is_said(over: dict[str, Any], said: str) -> None:
    """A part that the run did not bring is told in words, and the rest of the page stands."""
    story = next(parse(render(run_document(answers=[answer(**over)]))).all("article"))

    assert said in plain(story.text)


def test_no_past_case_is_said() -> None:
    """A question without past cases says so, and shows no rate for them."""
    base = answer()["base_rate"] | {"n": 0, "events": 0, "cases": [], "interval": None}
    page = parse(render(run_document(answers=[answer(base_rate=base)])))

    assert "No past case to start from" in plain(page.of_class("answer")[0].text)
    assert "no past case" in plain(page.one("base-rates").text)


def test_an_empty_run_still_reads() -> None:
    """Nothing asked, nothing recorded, nothing checked: the page says so, and claims nothing."""
    lists = ("answers", "coherence", "freshness", "priors", "signal_families", "parameters")
    lanes = ("contacts", "signals", "plans", "opportunities")
    nothing: dict[str, Any] = {key: [] for key in lists}
    nothing |= {"files": {}, "timeline": {lane: [] for lane in lanes}}
    page = parse(render(run_document(**nothing)))

    assert "No question was open" in plain(page.one("answers").text)
    assert "no coherence certificate" in plain(page.one("checks").text)
    assert "unknown freshness" in plain(page.of_class("vitals")[0].text)


def test_three_hundred_questions_fit() -> None:
    """A page of 300 questions with daily curves stays under 3 MB, a usual one under 400 kB."""
    first, share = date(2023, 6, 19), [1 - 0.99**i for i in range(196)]
    curve = [
        {"date": str(first + timedelta(days=i)), "probability": p, "low": p / 2, "high": p}
        for i, p in enumerate(share)
    ]
    many = [
        answer(question=f"question-{i}", title=f"Question {i}?", curve=curve) for i in range(300)
    ]

    assert len(render(run_document(answers=many)).encode()) < 3_000_000
    assert len(render(run_document()).encode()) < 400_000


def test_a_document_of_another_format_is_refused() -> None:
    """An unknown format, and a missing part, are named rather than guessed at."""
    with pytest.raises(BadInput, match="format"):
        render(run_document(format=2))
    lacking = {k: v for k, v in run_document().items() if k != "gates"}
    with pytest.raises(BadInput, match="gates"):
        render(lacking)


def test_a_page_needs_no_model() -> None:
    """A stored run is rendered without the sampler, the arrays or the plots."""
    script = (
        "import json, sys; from forecasts.reports.html import render; "
        "render(json.load(sys.stdin)); print(*sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        input=json.dumps(run_document()), capture_output=True, text=True, check=True,
    )  # fmt: skip
    loaded = {name.partition(".")[0] for name in done.stdout.split()}

    assert not loaded & {
        "pymc",
        "numba",
        "arviz",
        "xarray",
        "pandas",
        "scipy",
        "numpy",
        "matplotlib",
    }


def test_the_same_run_gives_the_same_page() -> None:
    """A page is a function of its document: no clock, no order of chance."""
    assert render(run_document()) == render(run_document())
