"""A stored run asked what its answer would be if something became public."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from forecasts.attribution.whatif import CAVEAT, contact_on, plan_for, signal_on
from forecasts.errors import BadInput
from forecasts.pipeline.recall import Recalled
from forecasts.pipeline.whatif import recalled_run, supposed_change
from tests.builders_stored import EARLY, EARLY_RUN, QUESTION, put_run
from tests.ledger.stored import contents


@pytest.fixture(scope="module")
def recalled(tmp_path_factory: pytest.TempPathFactory) -> Recalled:
    """The stored run of 18 June 2023."""
    from forecasts.ledger import open_store

    store = open_store(tmp_path_factory.mktemp("whatif") / "store")
    put_run(store, EARLY, EARLY_RUN)
    return recalled_run(store)


def test_a_meeting_that_is_announced_raises_the_answer(recalled: Recalled) -> None:
    """A plan for a leaders' meeting makes one likelier by far; nothing beside it is shown."""
    rows = [plan_for(date(2023, 9, 1), "leader_in_person", "us", EARLY)]

    found = supposed_change(recalled, QUESTION, rows)

    assert found["points"] > 3 * found["points_mcse"]
    assert found["with_signals"] is None
    assert found["caveat"] == CAVEAT
    assert json.loads(json.dumps(found, allow_nan=False)) == found


def test_a_signal_is_shown_with_and_without_its_reading(recalled: Recalled) -> None:
    """Where published answers do not use readings, the answer that does stands beside."""
    found = supposed_change(recalled, QUESTION, [signal_on(EARLY, "sanction", -1, 5)])

    assert not found["signals_in_answers"]
    assert found["with_signals"]["before"] > 0
    assert found["with_signals"]["khat"] == found["khat"]


def test_what_has_happened_is_settled(recalled: Recalled) -> None:
    """A supposed meeting inside of the window, on a day that is known, answers yes."""
    rows = [contact_on(EARLY, "leader_in_person", "us")]
    question = recalled.portfolio.questions[QUESTION]
    inside = question.opens.toordinal() + 1 <= EARLY.toordinal()

    found = supposed_change(recalled, QUESTION, rows)

    assert (found["after"] == 1.0) == inside


def test_an_unknown_question_is_one_line(recalled: Recalled) -> None:
    """Near matches are named."""
    with pytest.raises(BadInput, match="did you mean leaders-meet-by-2023-12-31"):
        supposed_change(recalled, "leaders-meets-by-2023", [])


def test_nothing_is_written(recalled: Recalled) -> None:
    """The store is what it was."""
    root = Path(recalled.run.folder).parents[2]
    before = contents(root)

    supposed_change(recalled, QUESTION, [signal_on(EARLY, "sanction", -1, 5)])

    assert contents(root) == before
