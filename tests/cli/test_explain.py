"""`forecasts explain` leads from the base rate to an answer, or from one run to another."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from forecasts.cli.explain import changed, mind_changers
from tests.builders_run import answer as made_answer
from tests.builders_run import run_document
from tests.builders_stored import EARLY_RUN, LATE_RUN, QUESTION, two_runs
from tests.cli.calling import call, stored

TREASURY = "treasury-2023-09-30"
BRANCHES = [
    {"outcome": "the leaders meet there", "probability": 0.5, "answer": 0.9},
    {"outcome": "no meeting of the leaders there", "probability": 0.5, "answer": 0.5},
]


def opportunity(ident: str, move: float = 0.2, **over: Any) -> dict[str, Any]:
    return {
        "id": ident,
        "sort": "summit",
        "day": "2023-11-17",
        "branches": BRANCHES,
        "move": move,
        "move_mcse": 0.002,
        "note": "",
    } | over


def with_opportunities(folder: Path, rows: list[dict[str, Any]]) -> str:
    answer = made_answer(opportunities=rows)
    return str(stored(folder, answers=[answer]))


def test_the_steps_lead_to_the_answer(tmp_path: Path) -> None:
    """A line for each step; the last line is the answer as issued."""
    lines = call("explain", TREASURY, "--store", str(stored(tmp_path / "s"))).stdout.splitlines()

    drivers = made_answer()["drivers"]
    assert [line.split("  ")[0] for line in lines[2 : 2 + len(drivers)]] == [
        step["name"] for step in drivers
    ]
    assert lines[-1].startswith("answer 0.71")


def test_what_would_change_our_mind_is_told(tmp_path: Path) -> None:
    """The opportunity, how far it is expected to move the answer, and each of its outcomes."""
    text = call(
        "explain", TREASURY, "--store", with_opportunities(tmp_path / "s", [opportunity("X-1")])
    ).stdout

    assert "what would change our mind" in text
    assert "20.0 ± 0.2 points  2023-11-17 X-1: the leaders meet there (0.50) -> 0.90; " in text


def test_five_at_most_and_none_within_its_error() -> None:
    """The farthest five; a move that cannot be told from none is no reason to wait."""
    rows = [opportunity(f"X-{number}", move=0.2 - number / 100) for number in range(8)]
    noise = [opportunity("noise", move=0.001)]

    shown = mind_changers([*rows, *noise])

    assert sum("points" in line for line in shown) == 5
    assert mind_changers(noise) == [
        "what would change our mind: nothing that is on the calendar, measurably"
    ]


def test_summits_have_their_names() -> None:
    """What the run document knows of a summit stands in the place of its identifier."""
    places = [{"id": "MC-1", "series": "APEC", "city": "San Francisco"}]

    shown = mind_changers([opportunity("MC-1")], places)

    assert "2023-11-17 APEC in San Francisco: " in shown[1]


def test_the_event_itself_is_mentioned() -> None:
    """An opportunity that is the question is said to be, without a number."""
    itself = opportunity(
        "MC-1", 0.0, branches=[], note="it is what the question asks: it decides the answer"
    )

    shown = mind_changers([opportunity("X"), itself])

    assert shown[-1] == "MC-1: it is what the question asks: it decides the answer"


def test_runs_without_opportunities_are_explained_as_before(tmp_path: Path) -> None:
    """Documents of earlier versions have no such list, and nothing is said."""
    text = call("explain", TREASURY, "--store", str(stored(tmp_path / "s"))).stdout

    assert "change our mind" not in text


def test_json_holds_the_opportunities(tmp_path: Path) -> None:
    """--json is one document with the steps and the opportunities."""
    store = with_opportunities(tmp_path / "s", [opportunity("X")])
    result = call("explain", TREASURY, "--json", "--store", store)

    document = json.loads(result.stdout)
    assert result.stderr == ""
    assert [each["id"] for each in document["opportunities"]] == ["X"]
    assert document["drivers"] == made_answer()["drivers"]


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A store with two runs, two days apart."""
    return str(two_runs(tmp_path_factory.mktemp("since") / "store").root)


def test_the_change_since_a_run_is_told(runs: str) -> None:
    """Both runs are named, each part has a bar and an error, and the rest is the last of them."""
    result = call("explain", QUESTION, "--since", EARLY_RUN, "--store", runs)

    assert result.exit_code in (0, 1)
    assert EARLY_RUN in result.stdout
    assert LATE_RUN in result.stdout
    assert "passing of time" in result.stdout
    assert "Antony Blinken" in result.stdout
    assert "not explained (Monte Carlo error of the two runs)" in result.stdout


def test_json_of_a_change_is_one_document(runs: str) -> None:
    """Progress goes to standard error; standard output is JSON, and its bars add up."""
    result = call("explain", QUESTION, "--since", EARLY_RUN, "--json", "--store", runs)

    document = json.loads(result.stdout)
    total = sum(bar["delta_logit"] for bar in document["bars"])
    assert total == pytest.approx(document["change"]["log_odds"], abs=1e-9)
    assert document["to"]["run_id"] == LATE_RUN


def test_a_run_that_is_not_there_is_one_line(runs: str) -> None:
    """Exit status 2 and nothing on standard output."""
    result = call("explain", QUESTION, "--since", "f" * 16, "--store", runs)

    assert result.exit_code == 2
    assert result.stdout == ""
    assert "no run ffffffffffffffff" in result.stderr


def change(**over: Any) -> dict[str, Any]:
    ends = {"run_id": "a", "as_of": "2023-06-18", "probability": 0.5}
    bar = {"name": "x", "delta_logit": 1.0, "mcse": 0.1, "parts": ["one", "two"], "trusted": True}
    return {
        "title": "T",
        "from": ends,
        "to": ends,
        "change": {"log_odds": 1.0, "points": 23.0},
        "bars": [bar],
        "futures": 16000,
        "posterior": "a",
        "khat": 0.1,
        "notes": ["a note"],
    } | over


def test_groups_list_their_facts() -> None:
    """What a grouped bar holds stands below it; notes come last."""
    shown = [line.strip() for line in changed(change())]

    assert shown[4:6] == ["one", "two"]
    assert shown[-1] == "a note"


def test_untrusted_bars_are_marked() -> None:
    """A bar that rests on weights that failed says so beside its name."""
    bar = {**change()["bars"][0], "trusted": False}

    assert "x  NOT TO BE TRUSTED" in changed(change(bars=[bar]))[3]


def test_the_store_of_these_tests_has_the_usual_answers() -> None:
    """The made-up run answers the question that these tests explain."""
    assert TREASURY in [each["question"] for each in run_document()["answers"]]
