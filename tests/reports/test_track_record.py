"""The page tells the track record as it was stored, and claims no more than it carries."""

from __future__ import annotations

from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from forecasts.ledger import open_store
from forecasts.pipeline.score import track_record
from forecasts.reports.html import render
from tests.builders_record import SOON, portfolio, put, run
from tests.builders_run import run_document
from tests.reports.page import Element, parse, plain
from tests.reports.test_browser import CONTRAST, visit
from tests.reports.test_html import HARMLESS, HOSTILE, LONG, hostile

if TYPE_CHECKING:
    from playwright.sync_api import Browser

NO_ENDS: dict[str, Any] = {"value": None, "low": None, "high": None}
DIAGRAM = {
    "forecast": [0.1, 0.4, 0.9],
    "recalibrated": [0.0, 0.5, 1.0],
    "low": [0.0, 0.2, 0.7],
    "high": [0.3, 0.6, 1.0],
    "count": [10, 20, 10],
}


def against(baseline: str, low: float, high: float, power: float = 0.62) -> dict[str, Any]:
    """A baseline, and the skill against it."""
    return {
        "baseline": baseline,
        "skill": {"value": (low + high) / 2, "low": low, "high": high},
        "count": 40,
        "clusters": 25,
        "effective": 24.0,
        "power_small": 0.31,
        "power_large": power,
        "needed_small": 100,
    }


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The record of a store without a run."""
    store = open_store(tmp_path_factory.mktemp("stores") / "none")
    return track_record(
        store, portfolio(), portfolio().questions["leaders-call-by-2023-12-31"].opens
    )


@pytest.fixture
def record(empty: dict[str, Any]) -> dict[str, Any]:
    """A record with forty live answers resolved, on twenty-four facts, and a backtest."""
    made = deepcopy(empty)
    ends = {"value": 0.2, "low": 0.15, "high": 0.25}
    made["live"] |= {"issued": 55, "gated": 5, "reliability": DIAGRAM, "sentence": "They did well."}
    made["live"]["honesty"] |= {
        "scored": 40, "pending": 9, "void": 1, "clusters": 25, "effective": 24.0,
        "brier": ends, "log_score": ends,
        "against": [against("base rate", 0.1, 0.4), against("calendar only", -0.3, 0.2)],
    }  # fmt: skip
    made["live"]["honesty"]["calibration"] |= {"miscalibration": 0.01, "limit": 0.05}
    made["backtest"] = {
        "sentence": "Hindsight did well.",
        "first_origin": "2005-01-01",
        "last_origin": "2025-06-01",
        "honesty": {"against": [against("climatology", 0.2, 0.4)]},
    }
    return made


def section(track: dict[str, Any] | None) -> Element:
    """The section as its reader meets it."""
    document = run_document() if track is None else run_document(track_record=track)
    return parse(render(document)).one("track-record")


def told(track: dict[str, Any] | None) -> str:
    return plain(section(track).text)


def test_a_run_without_a_record_says_so() -> None:
    """An old run has none stored: the page says that, and shows no figure."""
    assert "This run was stored without a track record" in told(None)
    assert not list(section(None).all("svg"))


def test_nothing_issued_live_is_said(empty: dict[str, Any]) -> None:
    """Before the first live answer the panel says that there is no track record."""
    text = told(empty)

    assert "No answer of this store was issued live, so there is no track record yet." in text
    assert "No backtest had been stored" in text
    assert not list(section(empty).all("figure"))


def test_pending_void_and_withheld_are_counted(record: dict[str, Any]) -> None:
    """The counts stand in a table, nought too, live beside hindsight."""
    rows = [plain(row.text) for row in next(section(record).all("table")).all("tr")]

    assert rows == [
        "Answers Live Retrodictions", "Issued 55 0", "Resolved 40 0", "Pending 9 0",
        "Void, never scored 1 0", "Withheld by a failed check 5 0",
    ]  # fmt: skip


def test_skill_is_drawn_said_and_tabled(record: dict[str, Any]) -> None:
    """Each baseline is a row of the picture and of the table behind it; the caption counts."""
    part = section(record)
    figure = next(part.all("figure"))
    table = next(t for t in part.all("table") if "skill against each" in plain(t.text))

    assert "1 of 2 intervals lie wholly above 0, 0 wholly below" in plain(figure.text)
    assert "summit calendar alone" in plain(figure.text)
    assert table.within("details")
    assert "base rate +0.25 (+0.10 to +0.40) 40 31 %; 62 %" in plain(table.text)


def test_power_is_told(record: dict[str, Any]) -> None:
    """A reader learns how likely a real skill would have been noticed on so many answers."""
    said = "With 40 resolved answers, a true skill of 0.2 against the base rate would be noticed"

    assert f"{said} with a probability of 62 %, one of 0.1 with 31 %." in told(record)


def test_too_few_facts_draw_nothing(record: dict[str, Any]) -> None:
    """On fewer than ten facts no interval is drawn and no power told: both would look firm."""
    record["live"]["honesty"]["effective"] = 9.9
    record["live"]["reliability"] = None
    text = told(record)

    assert "Skill is not drawn: on fewer than 10 independent facts" in text
    assert "would be noticed" not in text
    assert "Calibration is not shown: it takes answers on at least 20 independent facts" in text
    assert not list(section(record).all("figure"))


@pytest.mark.parametrize(("limit", "verdict"), [(0.05, "no more than"), (0.005, "more than")])
def test_calibration_stands_beside_its_null(
    record: dict[str, Any], limit: float, verdict: str
) -> None:
    """The diagram has its band and table, and the caption what right forecasts would show."""
    record["live"]["honesty"]["calibration"]["limit"] = limit
    part = section(record)

    assert f"Miscalibration is 0.010, {verdict} forecasts that are right" in plain(part.text)
    assert "40 % 50 % 20–60 %" in plain(part.text)
    assert len(list(part.all("figure"))) == 2


def test_the_backtest_is_called_a_retrodiction(record: dict[str, Any]) -> None:
    """Its sentence stands under a heading of its own that says what it is."""
    part = section(record)
    headings = [plain(h.text) for h in part.all("h3")]

    assert headings == ["Forecasts issued live", "Backtest, a retrodiction"]
    assert "1 Jan 2005 to 1 Jun 2025" in plain(part.text)
    assert "so this is no track record. Hindsight did well." in plain(part.text)


def test_a_lost_run_is_loud(record: dict[str, Any]) -> None:
    """A record that is not whole says so in an alarm."""
    record["runs"]["lost"] = ["0" * 16]

    assert "1 run of the ledger can no longer be read" in plain(
        section(record).of_class("alarm")[0].text
    )


def test_missing_numbers_are_said(record: dict[str, Any]) -> None:
    """A skill or power that could not be worked out reads as not available, never as nought."""
    record["live"]["honesty"]["against"] = [
        against("base rate", 0, 0) | {"skill": NO_ENDS, "power_small": None, "power_large": None}
    ]
    text = told(record)

    assert "No skill could be worked out." in text
    assert "cannot be told on so little" in text
    assert "base rate not available 40 not available; not available" in text


def test_a_real_record_reads(tmp_path: Path) -> None:
    """What the pipeline makes of a ledger is what the page can tell."""
    store = open_store(tmp_path / "store")
    put(store, run(1, issued_at=SOON), run(2))
    text = told(track_record(store, portfolio(), date(2023, 12, 31)))

    assert "The record, 4 resolved answers, rests on only about 4 independent facts" in text
    assert "Outcomes are those that were public by 31 Dec 2023." in text


@pytest.mark.parametrize("text", [HOSTILE, LONG])
def test_hostile_text_stays_text(record: dict[str, Any], text: str) -> None:
    """Sentences and names of baselines are data: whatever they hold, nothing runs."""
    page = parse(render(run_document(track_record=hostile(record, text))))

    assert {e.name for e in page.all()} <= HARMLESS
    assert not [k for e in page.all() for k in e.attributes if k.startswith("on")]
    assert len(plain(page.one("track-record").text)) < 20_000


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 375, 1280])
def test_it_fits_and_can_be_read(
    browser: Browser, record: dict[str, Any], tmp_path: Path, width: int, scheme: Any
) -> None:
    """From a small phone to a desk nothing scrolls sideways, and each text has its contrast."""
    opened = visit(browser, tmp_path, run_document(track_record=record), scheme)

    assert opened.overflow(width) <= 0
    assert opened.page.evaluate(CONTRAST) == []
