"""Two stored runs read back, and the change between them split."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from forecasts.attribution.since import CODE, TIME
from forecasts.errors import BadInput, NoSuchRun, StoreBroken
from forecasts.ledger import Store, open_store, pick_run
from forecasts.pipeline import since as module
from forecasts.pipeline.recall import Recalled, recall
from forecasts.pipeline.since import change_since
from tests.architecture.sources import ROOT
from tests.builders import write_portfolio
from tests.builders_run import run_document
from tests.builders_stored import (
    EARLY,
    EARLY_RUN,
    LATE,
    LATE_RUN,
    QUESTION,
    put_run,
    two_runs,
)
from tests.builders_world import real_portfolio


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with two runs, which tests copy before they change it."""
    return two_runs(tmp_path_factory.mktemp("runs") / "store").root


@pytest.fixture
def store(made: Path, tmp_path: Path) -> Store:
    return open_store(shutil.copytree(made, tmp_path / "store"))


@pytest.fixture(scope="module")
def change(made: Path) -> dict:  # type: ignore[type-arg]
    return change_since(open_store(made), QUESTION, EARLY_RUN)


def test_the_bars_sum_to_the_change_as_issued(change: dict) -> None:  # type: ignore[type-arg]
    """Bars, the rest included, are the log-odds of the later answer less those of the earlier."""
    assert sum(bar["delta_logit"] for bar in change["bars"]) == pytest.approx(
        change["change"]["log_odds"], abs=1e-9
    )
    assert change["from"]["run_id"] == EARLY_RUN
    assert change["to"]["run_id"] == LATE_RUN
    assert change["adds_up"]


def test_what_became_known_in_those_days_is_named(change: dict) -> None:  # type: ignore[type-arg]
    """Time, how the trip to Beijing ended, the signal of the day after; the rest last."""
    names = [bar["name"] for bar in change["bars"]]

    assert names[0] == TIME
    assert any("Antony Blinken" in name and name.endswith("how it ended") for name in names)
    assert sum(bar["sort"] == "signal" for bar in change["bars"]) == 1
    assert change["bars"][-1]["sort"] == "rest"


def test_the_result_is_plain_json(change: dict) -> None:  # type: ignore[type-arg]
    """Nothing that JSON cannot hold: equal weights have a number too."""
    assert json.loads(json.dumps(change, allow_nan=False)) == change


def test_the_sampled_posterior_is_the_one_that_is_reweighted(change: dict) -> None:  # type: ignore[type-arg]
    """A run that was reweighted itself is answered from what it was made of."""
    assert change["posterior"] == EARLY_RUN
    assert change["trusted"] == (change["khat"] <= 0.7)


def test_without_a_change_of_code_there_is_no_such_bar(change: dict) -> None:  # type: ignore[type-arg]
    """Both runs are of the present code."""
    assert CODE not in [bar["name"] for bar in change["bars"]]


def test_other_code_is_tried_on_the_old_run(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs of other code are answered again; what that changes has a bar of its own."""
    monkeypatch.setattr(module, "code_version", lambda: "another")

    found = change_since(store, QUESTION, EARLY_RUN)

    assert found["bars"][0]["name"] == CODE
    assert sum(bar["delta_logit"] for bar in found["bars"]) == pytest.approx(
        found["change"]["log_odds"], abs=1e-9
    )


@pytest.mark.parametrize(
    ("ident", "since", "run", "match"),
    [
        ("leaders-meet-by-2023-12", EARLY_RUN, "", "did you mean leaders-meet-by-2023-12-31"),
        (QUESTION, LATE_RUN, EARLY_RUN, "the other way round"),
        (QUESTION, LATE_RUN, "", "another run than --run"),
        (QUESTION, "../etc", "", "16 hexadecimal digits"),
    ],
)
def test_what_cannot_be_compared_is_one_line(
    store: Store, ident: str, since: str, run: str, match: str
) -> None:
    """Unknown questions, runs in the wrong order, one run twice, and no identifier."""
    with pytest.raises(BadInput, match=match) as caught:
        change_since(store, ident, since, run)

    assert "\n" not in str(caught.value)


def test_an_unknown_run_is_one_line(store: Store) -> None:
    """A run that the ledger does not have is told as such."""
    with pytest.raises(NoSuchRun, match="no run ffff"):
        change_since(store, QUESTION, "f" * 16)


def test_the_portfolio_of_a_run_comes_from_the_store(store: Store) -> None:
    """What the run was made from is put together from kept files, whatever is bundled now."""
    found = recall(store, EARLY_RUN)

    assert found.portfolio.digest == real_portfolio().digest
    assert found.portfolio.root != real_portfolio().root


def test_a_run_without_kept_files_is_recalled_while_the_portfolio_is_the_same(
    tmp_path: Path,
) -> None:
    """Runs from before files were kept work as long as the bundled portfolio is theirs."""
    store = open_store(tmp_path / "old")
    put_run(store, EARLY, EARLY_RUN, keep=False)

    assert recall(store).portfolio.digest == real_portfolio().digest


def test_lost_files_are_one_clear_line(tmp_path: Path) -> None:
    """Where a file is gone and the bundled portfolio is another, the file is named."""
    store = open_store(tmp_path / "old")
    files = {"evidence/signals.csv": "a" * 64}
    put_run(store, EARLY, EARLY_RUN, keep=False, files=files)

    with pytest.raises(NoSuchRun, match=r"does not have evidence/signals\.csv") as caught:
        recall(store)

    assert "\n" not in str(caught.value)


def test_another_portfolio_is_refused(store: Store, tmp_path: Path) -> None:
    """A folder that is given must be the one that the run was made from."""
    folder = write_portfolio(tmp_path / "other")

    with pytest.raises(BadInput, match="the declared files that the run was made from"):
        recall(store, EARLY_RUN, folder)


def test_an_altered_posterior_is_not_read(store: Store) -> None:
    """A posterior that the ledger does not vouch for gives no number."""
    path = pick_run(store, EARLY_RUN).posterior
    path.write_bytes(path.read_bytes() + b"\0")

    with pytest.raises(StoreBroken, match="not what was issued"):
        change_since(store, QUESTION, EARLY_RUN)


def test_a_question_that_was_changed_has_no_change(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the two runs ask something else under one name, that is said."""
    usual = Recalled.question

    def question(self, ident):  # type: ignore[no-untyped-def]
        found = usual(self, ident)
        other = real_portfolio().questions["leaders-call-by-2023-12-31"]
        return other if self.run.run_id == EARLY_RUN else found

    monkeypatch.setattr(Recalled, "question", question)

    with pytest.raises(BadInput, match="another event or window"):
        change_since(store, QUESTION, EARLY_RUN)


def test_a_settled_answer_is_said_to_be_cut(tmp_path: Path) -> None:
    """An answer of 1 has no log-odds: it is cut at half a future from the edge; notes say so."""
    store = open_store(tmp_path / "settled")
    put_run(store, EARLY, EARLY_RUN)
    answer = {**run_document()["answers"][0], "question": QUESTION, "probability": 1.0, "mcse": 0.0}
    put_run(store, LATE, LATE_RUN, answers=[answer])

    found = change_since(store, QUESTION, EARLY_RUN)

    assert any("cut at half a future" in note for note in found["notes"])
    assert not found["adds_up"]  # no fact of those days settles it: this run is made up


def test_no_sampler_is_needed(made: Path) -> None:
    """Splitting a change, and asking what if, import neither PyMC nor what compiles it."""
    code = (
        "import sys\n"
        "from forecasts.ledger import open_store\n"
        "from forecasts.pipeline.since import change_since\n"
        "from forecasts.pipeline.whatif import supposed_change, recalled_run\n"
        "from forecasts.cli.whatif import rows\n"
        "store, question, run = open_store(sys.argv[1]), *sys.argv[2:]\n"
        "change_since(store, question, run)\n"
        "recalled = recalled_run(store)\n"
        "parts = {'--signal': [('sanction', '-1', '3', '')], '--contact': [], '--plan': []}\n"
        "supposed_change(recalled, question, rows(parts, recalled.as_of))\n"
        "print(sorted({'pymc', 'pytensor', 'nutpie'} & set(sys.modules)))"
    )
    command = [sys.executable, "-c", code, str(made), QUESTION, EARLY_RUN]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)

    assert done.stdout.strip() == "[]"
