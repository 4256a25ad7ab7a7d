"""`forecasts show` prints what the ledger vouches for, to people and to programs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from forecasts.ledger import open_store, pick_run
from tests.builders_run import run_document
from tests.cli.calling import RUN, call, on_terminal, start, stored

HOSTILE = (
    "\x1b]0;owned\x07\x1b[31mred\x1b[0m [bold]b[/bold] \x9b2J\r\nnext\u202eline =cmd|' /C calc'!A0"
)


@pytest.fixture
def store(tmp_path: Path) -> str:
    """A store with one run."""
    return str(stored(tmp_path / "store"))


def shown(store: str, *words: str) -> str:
    """What `show` prints to a pipe."""
    return call("show", *words, "--store", store).stdout


def with_answer(folder: Path, **over: Any) -> str:
    """A store whose only answer has these values."""
    answer = {**run_document()["answers"][0], **over}
    return str(stored(folder, answers=[answer]))


def test_every_answer_is_a_line(store: str) -> None:
    """Each question's line has probability, interval, base rate, word, status and title."""
    lines = shown(store).splitlines()

    assert len(lines) == 2 + len(run_document()["answers"])
    treasury = next(line for line in lines if line.startswith("treasury-2023-09-30 "))
    assert treasury.split()[1:7] == ["0.71", "0.55–0.84", "13", "of", "21", "likely"]
    assert "open" in treasury
    assert treasury.endswith("by 30 September 2023?")


def test_the_run_is_named(store: str) -> None:
    """The first line says which run it is, of which day, issued when."""
    first = shown(store).splitlines()[0]

    assert {"US-China", "2023-06-18", RUN} <= set(first.replace(",", " ").split())


def test_asked_questions_are_shown_alone_and_in_order(store: str) -> None:
    """With identifiers, only those are shown, in the order asked, each once."""
    lines = shown(store, "g20-new-delhi", "apec-san-francisco", "g20-new-delhi").splitlines()

    assert [line.split()[0] for line in lines[2:]] == ["g20-new-delhi", "apec-san-francisco"]


def test_an_unknown_question_lists_near_ones(store: str) -> None:
    """A misspelt identifier exits 2 with one line that names the likely one."""
    result = call("show", "xi-recieves-blinken", "--store", store)

    assert result.exit_code == 2
    assert result.stdout == ""
    assert "xi-receives-blinken?" in result.stderr
    assert result.stderr.count("\n") == 1


def test_the_last_run_is_shown_unless_another_is_asked_for(store: str) -> None:
    """Without --run it is the run entered last."""
    later = "0123456789abcdef"
    stored(Path(store), run_id=later)

    assert later in shown(store)
    assert RUN in shown(store, "--run", RUN)


@pytest.mark.parametrize("words", [[], ["--run", RUN], ["--json"]])
def test_an_empty_store_is_one_line(tmp_path: Path, words: list[str]) -> None:
    """Where there is no run yet, one line says how to get one, and no folder is made."""
    result = call("show", *words, "--store", str(tmp_path / "none"))

    assert result.exit_code == 2
    assert result.stdout == ""
    assert "`forecasts run`" in result.stderr
    assert not (tmp_path / "none").exists()


def test_json_is_one_document(store: str) -> None:
    """--json prints one JSON document in ASCII and nothing else, with the answers whole."""
    result = call("show", "--json", "--store", store)
    document = json.loads(result.stdout)

    assert result.stderr == ""
    assert result.stdout.isascii()
    assert document["run_id"] == RUN
    assert document["answers"] == run_document()["answers"]
    assert {"portfolio", "as_of", "seed", "gates", "coherence"} <= document.keys()


def test_json_of_some_questions(store: str) -> None:
    """--json with identifiers holds only those."""
    document = json.loads(shown(store, "g20-new-delhi", "--json"))

    assert [answer["question"] for answer in document["answers"]] == ["g20-new-delhi"]


@pytest.mark.parametrize("status", ["stale", "gated"])
def test_a_doubtful_answer_is_told(tmp_path: Path, status: str) -> None:
    """A stale or withheld answer is shown as that, with its reason, and the exit status is 1."""
    store = with_answer(tmp_path / "store", status=status, status_reason="R-hat 1.03")

    result = call("show", "--store", store)

    assert result.exit_code == 1
    assert f"is {status}: R-hat 1.03" in result.stdout


def test_evidence_that_is_not_fresh_is_told(tmp_path: Path) -> None:
    """Unknown is never shown as fresh: such tables are named below the answers."""
    rows = [{"table": "contacts", "status": "unknown"}, {"table": "plans", "status": "fresh"}]

    text = shown(str(stored(tmp_path / "store", freshness=rows)))

    assert text.splitlines()[-1] == "evidence that is not fresh: contacts unknown"


def test_hostile_text_stays_text_in_a_pipe(tmp_path: Path) -> None:
    """Escapes and control characters of a title are gone, and it cannot begin another line."""
    text = shown(with_answer(tmp_path / "store", title=HOSTILE))

    assert "\x1b" not in text
    assert "red [bold]b[/bold]" in text
    assert "=cmd|' /C calc'!A0" in text
    assert not [c for c in text if c != "\n" and not c.isprintable()]
    assert len(text.splitlines()) == 3


def test_hostile_text_stays_text_on_a_terminal(tmp_path: Path) -> None:
    """A terminal shows the title's brackets as brackets, and acts on none of it."""
    store = with_answer(tmp_path / "store", title=HOSTILE)

    text = on_terminal(200, "show", "--store", store)

    assert "[bold]b[/bold]" in text
    assert "owned\x07" not in text
    assert "\x1b" not in text
    assert "\u202e" not in text


@pytest.mark.parametrize("columns", [80, 120])
def test_a_terminal_truncates_no_number(store: str, columns: int) -> None:
    """Whatever wraps, each probability, interval and base rate stands whole on one line."""
    text = on_terminal(columns, "show", "--store", store)

    for answer in run_document()["answers"]:
        rate = answer["base_rate"]
        assert f" {rate['events']} of {rate['n']} " in text
    assert "0.71" in text
    assert "0.001–0.02" in text
    assert "…" not in text
    assert max(map(len, text.splitlines())) <= columns


@pytest.mark.parametrize("word", ["roughly even odds", "almost no chance"])
def test_words_of_likelihood_are_whole(store: str, word: str) -> None:
    """A likelihood word wraps between its words, never inside of one."""
    text = on_terminal(80, "show", "--store", store)

    assert all(part in text for part in word.split())


def test_an_altered_run_is_not_shown(store: str) -> None:
    """A run document that is not the one issued exits 2, and no number of it is printed."""
    path = pick_run(open_store(store)).document
    path.write_text(path.read_text().replace("0.83", "0.38"))

    result = call("show", "--store", store)

    assert result.exit_code == 2
    assert result.stdout == ""
    assert "not what was issued" in result.stderr


def test_the_store_is_named_by_the_environment(store: str) -> None:
    """FORECASTS_STORE names the store where --store does not."""
    done = start("show", env={"FORECASTS_STORE": store, "PATH": "/usr/bin:/bin"})

    assert RUN in done.stdout
