"""The track record is read from the ledger, whole, and flatters nobody."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from datetime import date
from pathlib import Path
from time import process_time
from typing import Any

import pytest

from forecasts.ledger import Store, open_store, pick_run
from forecasts.pipeline.score import FEWEST_FOR_CURVE, last_backtest, track_record
from forecasts.questions.events import ContactAt, Given
from forecasts.scoring.honesty import panel
from tests.builders_record import AS_OF, HAPPENED, SOON, later, portfolio, put, run, said

END = date(2026, 8, 22)
PARTS = ("live", "retrodiction")
SAID = {
    "leaders-meet-by-2023-12-31": 0.8,
    "leaders-meet-at-apec-san-francisco-2023": 0.6,
    "leaders-meet-at-g20-new-delhi-2023": 0.5,
    "leaders-call-by-2023-12-31": 0.3,
}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(tmp_path / "store")


def answers() -> list[dict[str, Any]]:
    return [said(name, probability) for name, probability in SAID.items()]


def scored(store: Store, through: date = END, **over: Any) -> dict[str, Any]:
    return track_record(store, replace(portfolio(), **over), through)


def test_scores_are_those_of_the_public_record(store: Store) -> None:
    """The Brier score is the mean square of what was said less what everybody knows happened."""
    put(store, run(1, *answers(), issued_at=SOON))
    by_hand = sum((SAID[name] - happened) ** 2 for name, happened in HAPPENED.items()) / 4
    rate = said("leaders-meet-by-2023-12-31")["base_rate"]["probability"]
    of_rate = sum((rate - happened) ** 2 for happened in HAPPENED.values()) / 4

    honesty = scored(store)["live"]["honesty"]

    assert honesty["brier"]["value"] == pytest.approx(by_hand)
    assert honesty["against"][0]["baseline"] == "base rate"
    assert honesty["against"][0]["skill"]["value"] == pytest.approx(1 - by_hand / of_rate)
    assert (honesty["scored"], honesty["clusters"], honesty["method"]) == (4, 4, "clusters")


def test_hindsight_never_enters_the_live_record(store: Store) -> None:
    """A perfect rerun, issued when all was known, changes nothing in the live record."""
    put(store, run(1, *answers(), issued_at=SOON))
    before = scored(store)["live"]
    perfect = [said(name, float(happened)) for name, happened in HAPPENED.items()]

    put(store, run(2, *perfect, issued_at=later(400)))
    found = scored(store)

    assert found["live"] == before
    assert found["retrodiction"]["honesty"]["brier"]["value"] == 0
    assert found["retrodiction"]["issued"] == 4


def test_many_answers_to_one_question_are_one_fact(store: Store) -> None:
    """Asked on five days, a question is five cells and one cluster."""
    days = [f"2023-06-{day}" for day in range(18, 23)]
    meet = "leaders-meet-by-2023-12-31"
    put(store, *(run(i, said(meet), as_of=d, issued_at=SOON) for i, d in enumerate(days)))

    honesty = scored(store)["live"]["honesty"]

    assert (honesty["scored"], honesty["clusters"]) == (5, 1)
    assert "too few" in scored(store)["live"]["sentence"]


def test_through_a_day_uses_nothing_later(store: Store) -> None:
    """On the as-of day nothing has resolved, and the record says so in words."""
    put(store, run(1, *answers()))

    part = scored(store, date.fromisoformat(AS_OF))["retrodiction"]

    assert (part["honesty"]["scored"], part["honesty"]["pending"]) == (0, 4)
    assert part["sentence"].startswith("Nothing has resolved yet")
    assert part["honesty"]["brier"]["value"] is None


def test_a_condition_that_did_not_come_about_is_void(store: Store) -> None:
    """A conditional question without its condition is void; while the window runs it is pending."""
    name = "leaders-meet-at-g20-new-delhi-2023"
    asked = portfolio().questions[name]
    delhi = asked.event
    assert isinstance(delhi, ContactAt)
    given = Given(event=ContactAt("MC-APEC-20231115"), condition=delhi)
    questions = {name: replace(asked, event=given, closes=date(2023, 12, 31))}
    put(store, run(1, said(name, closes="2023-12-31")))

    after = scored(store, questions=questions)["retrodiction"]["honesty"]
    before = scored(store, date(2023, 7, 1), questions=questions)["retrodiction"]["honesty"]

    assert (after["void"], after["pending"], after["scored"]) == (1, 0, 0)
    assert (before["void"], before["pending"], before["scored"]) == (0, 1, 0)


def test_all_that_was_issued_is_accounted_for(store: Store) -> None:
    """Scored, unanswered, pending, void and set aside add up to what was issued."""
    odd = [
        said("leaders-meet-by-2023-12-31", status="gated"),
        said("leaders-call-by-2023-12-31", None),
        said("leaders-meet-at-g20-new-delhi-2023", status="settled"),
        said("leaders-call-by-2026-12-31", opens="2020-01-01"),
    ]
    put(store, run(1, *odd), run(2, *answers()), run(3, *answers(), issued_at=SOON))
    found = scored(store)

    for part in (found[name] for name in PARTS):
        aside = sum(part[name] for name in ("gated", "settled", "changed", "repeated"))
        counted = sum(part["honesty"][n] for n in ("scored", "unanswered", "pending", "void"))
        assert part["issued"] == aside + counted
    assert found["retrodiction"]["issued"] == 8
    assert found["retrodiction"]["repeated"] == 1


def test_a_lost_run_is_counted_and_not_fatal(store: Store) -> None:
    """A run whose file is gone or altered is named; the others are scored."""
    put(store, run(1, *answers()), run(2, *answers(), as_of="2023-06-19"))
    put(store, run(3, *answers(), as_of="2023-06-20"))
    pick_run(store, f"{1:016x}").document.unlink()
    altered = pick_run(store, f"{2:016x}").document
    altered.write_text(altered.read_text().replace("0.8", "0.9"))

    found = scored(store)

    assert found["runs"] == {
        "stored": 3,
        "lost": [f"{1:016x}", f"{2:016x}"],
        "of_other_portfolios": 0,
    }
    assert found["retrodiction"]["issued"] == 4


def test_another_portfolio_is_not_scored(store: Store) -> None:
    """What another portfolio issued into the same store is no part of this record."""
    put(store, run(1, *answers(), portfolio="us_ussr"))
    found = scored(store)

    assert found["runs"]["of_other_portfolios"] == 1
    assert found["retrodiction"]["issued"] == 0


def test_an_empty_store_has_an_empty_record(store: Store) -> None:
    """Before the first run there is a record, of nothing, and it makes no store."""
    found = scored(store)

    assert [found[name]["issued"] for name in PARTS] == [0, 0]
    assert found["backtest"] is None
    assert not store.root.exists()


def test_the_record_is_plain_json_and_repeats(store: Store) -> None:
    """The document holds no NaN, and the same ledger gives the same record."""
    put(store, run(1, *answers()))

    assert json.dumps(scored(store), allow_nan=False) == json.dumps(scored(store))


def test_a_diagram_needs_facts(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Below twenty effective facts there is no reliability diagram; else there is its data."""
    put(store, run(1, *answers()))
    assert FEWEST_FOR_CURVE == 20
    assert scored(store)["retrodiction"]["reliability"] is None

    monkeypatch.setattr("forecasts.pipeline.score.FEWEST_FOR_CURVE", 4)
    diagram = scored(store)["retrodiction"]["reliability"]

    assert diagram["forecast"] == sorted(SAID.values())
    assert sum(diagram["count"]) == 4


def test_a_long_record_is_resampled_less_often(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Replicates fall with the number of cells, but never below the fewest."""
    asked = list[int]()

    def watched(*args: Any, n: int, **options: Any) -> Any:
        asked.append(n)
        return panel(*args, n=n, **options)

    monkeypatch.setattr("forecasts.pipeline.score.panel", watched)
    monkeypatch.setattr("forecasts.pipeline.score.MOST_REPLICATED", 1600)
    put(store, run(1, *answers(), issued_at=SOON), run(2, *answers()[:1]))
    scored(store)

    assert asked == [400, 1600]


def summary(folder: Path, text: str, seconds: int) -> None:
    folder.mkdir(parents=True)
    path = folder / "summary.json"
    path.write_text(text, encoding="utf-8")
    os.utime(path, (seconds, seconds))


def test_the_last_backtest_stands_beside(store: Store) -> None:
    """Of several backtests the one that finished last is told, with its panel and its days."""
    for seconds, said_ in ((200, "the later"), (100, "the earlier")):
        honesty = {"sentence": said_, "panel": {"scored": seconds}}
        made = {"first_origin": "2005-01-01", "last_origin": "2025-06-01"}
        whole = json.dumps({"made": made, "honesty": honesty})
        summary(store.root / "backtests" / str(seconds), whole, seconds)
    found = scored(store)["backtest"]

    assert (found["sentence"], found["honesty"]) == ("the later", {"scored": 200})
    assert found["first_origin"] == "2005-01-01"


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"honesty": 3}', '{"honesty": {}}'])
def test_a_backtest_that_cannot_be_read_is_none(store: Store, text: str) -> None:
    """Nothing vouches for a backtest's file, so a broken one stops nothing and says nothing."""
    summary(store.root / "backtests" / "x", text, 1)

    assert last_backtest(store) is None


@pytest.mark.slow
def test_a_hundred_runs_are_read_in_a_second(store: Store) -> None:
    """A run need not wait for its own track record: a hundred runs are a second of work."""
    names = [q.id for q in portfolio().questions.values() if q.set == "june-2023"]
    documents = [
        run(i, *map(said, names), as_of=f"2023-{6 + i // 28:02}-{1 + i % 28:02}")
        for i in range(100)
    ]
    put(store, *documents)
    scored(store)  # imports, once

    took = min(_timed(store) for _ in range(3))

    assert took < 1.0


def _timed(store: Store) -> float:
    begun = process_time()
    scored(store)
    return process_time() - begun
