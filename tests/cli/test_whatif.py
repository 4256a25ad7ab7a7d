"""`forecasts whatif` says what an answer would be, and refuses what cannot be supposed."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from forecasts.cli.whatif import lines, rows
from forecasts.errors import BadInput
from forecasts.ledger import open_store
from forecasts.schema import SIGNAL_TYPES
from tests.builders_stored import EARLY, EARLY_RUN, QUESTION, put_run
from tests.cli.calling import call

DAY = date(2023, 6, 18)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A store with a run that can be asked."""
    folder: Path = tmp_path_factory.mktemp("cli") / "store"
    put_run(open_store(folder), EARLY, EARLY_RUN)
    return str(folder)


def whatif(store: str, *words: str) -> Any:
    return call("whatif", QUESTION, *words, "--store", store)


def test_before_after_and_the_caveat_are_told(store: str) -> None:
    """Probabilities before and after, the change with its errors, and under what condition."""
    result = whatif(store, "--signal", "sanction:-1:5", "--signal", "export_control:hostile:4")

    assert result.exit_code in (0, 1)
    assert "answer  " in result.stdout
    assert " points, log-odds " in result.stdout
    assert "with signals  " in result.stdout
    assert "if the model is right and nothing else changes" in result.stdout


def test_json_is_one_document(store: str) -> None:
    """--json prints one JSON document in ASCII and nothing else."""
    result = whatif(store, "--plan", "leader_in_person:us@2023-09-01", "--json")

    document = json.loads(result.stdout)
    assert result.stderr == ""
    assert result.stdout.isascii()
    assert document["after"] > document["before"]
    assert {"points", "points_mcse", "delta_logit", "mcse", "khat", "caveat"} <= document.keys()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "--signal, --contact or --plan"),
        (("--signal", "sancton:-1:5"), "did you mean sanction?"),
        (("--signal", "sanction:-2:5"), "one of -1, 0, 1, +1, hostile, neutral, conciliatory"),
        (("--signal", "sanction:-1:6"), "one of 1, 2, 3, 4, 5"),
        (("--signal", "sanction:-1"), "TYPE:DIRECTION:INTENSITY@DATE"),
        (("--signal", "sanction:-1:5@2023-06-19"), "a day up to 2023-06-18"),
        (("--signal", "sanction:-1:5@2023-02-30"), "a day like 2023-06-18"),
        (("--signal", "sanction:-1:5@soon"), "TYPE:DIRECTION:INTENSITY@DATE"),
        (("--contact", "treasury_in_persn:prc"), "did you mean treasury_in_person"),
        (("--contact", "treasury_in_person:moon"), "one of us, prc, third, remote"),
        (("--contact", "treasury_in_person:prc@2023-07-06"), "a day up to 2023-06-18"),
        (("--plan", "treasury_in_person:prc@2023-06-18"), "a day after 2023-06-18"),
        (("--plan", "treasury_in_person:prc"), "a day after 2023-06-18"),
    ],
)
def test_what_cannot_be_supposed_is_one_line(store: str, words: tuple[str, ...], said: str) -> None:
    """Exit status 2, nothing on standard output, and one line with the mend."""
    result = whatif(store, *words)

    assert result.exit_code == 2
    assert result.stdout == ""
    assert said in result.stderr
    assert result.stderr.count("\n") == 1


def test_hostile_text_stays_text(store: str) -> None:
    """What the command line was given cannot act on the terminal that shows the error."""
    result = whatif(store, "--signal", "sanction\x1b[31m:-1:5\n")

    assert result.exit_code == 2
    assert "\x1b" not in result.stderr
    assert result.stderr.count("\n") == 1


def test_an_empty_store_is_one_line(tmp_path: Path) -> None:
    """Without a run there is nothing to ask."""
    result = whatif(str(tmp_path / "none"), "--signal", "sanction:-1:5")

    assert result.exit_code == 2
    assert "`forecasts run`" in result.stderr


@pytest.mark.parametrize("signal_type", SIGNAL_TYPES)
def test_every_type_of_signal_can_be_supposed(signal_type: str) -> None:
    """The vocabulary of the evidence is that of the option; the run's day is the default."""
    (row,) = rows({"--signal": [(signal_type, "+1", "3", "")], "--contact": [], "--plan": []}, DAY)

    assert (row.signal_type, row.known) == (signal_type, DAY)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("word", "number"), [("hostile", -1), ("neutral", 0), ("conciliatory", 1), ("-1", -1)]
)
def test_directions_have_words(word: str, number: int) -> None:
    """Each direction can be said in a word."""
    (row,) = rows({"--signal": [("other", word, "3", "")], "--contact": [], "--plan": []}, DAY)

    assert row.direction == number  # type: ignore[union-attr]


def test_a_day_before_the_run_is_kept() -> None:
    """A signal may be of an earlier day than the run's."""
    parts = {"--signal": [("other", "0", "3", "2023-06-01")], "--contact": [], "--plan": []}
    (row,) = rows(parts, DAY)

    assert row.known == date(2023, 6, 1)  # type: ignore[union-attr]
    with pytest.raises(BadInput):
        rows({**parts, "--signal": [("other", "0", "3", "2023-06-19")]}, DAY)


def test_untrusted_weights_are_said() -> None:
    """A k-hat above 0.7 stands in capitals below the numbers."""
    numbers = {"before": 0.5, "after": 0.6, "points": 10.0, "points_mcse": 0.1, "delta_logit": 0.4}
    run = {"title": "T", "run_id": "r", "as_of": "2023-06-18", "issued": 0.5, "caveat": "if"}
    found = {**numbers, **run, "mcse": 0.01, "khat": 0.9, "trusted": False, "with_signals": None,
             "futures": 8000}  # fmt: skip

    assert lines(found, ["x"])[-1].startswith("NOT TO BE TRUSTED")
