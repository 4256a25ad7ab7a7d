"""The hash chain: whatever is done to a chain of entries shows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from forecasts.ledger.entries import GENESIS, Entry, canonical, entries_of, first_break, hash_of

TEXT = st.text(st.characters(codec="utf-8"), max_size=12)
CONTENT = [
    "kind",
    "run_id",
    "question",
    "as_of",
    "issued_at",
    "body",
    "run_sha256",
    "manifest_sha256",
    "previous_hash",
]


@st.composite
def chains(draw: st.DrawFn) -> list[Entry]:
    """Chains of two runs with up to five answers each."""
    entries: list[Entry] = []
    for run_id in ("first", "second"):
        answers = [
            {"question": f"q{i}", "probability": draw(st.floats(0, 1)), "title": draw(TEXT)}
            for i in range(draw(st.integers(1, 5)))
        ]
        run = {"run_id": run_id, "as_of": "2023-06-18", "issued_at": "", "answers": answers}
        digests = {"run.json": draw(TEXT), "manifest.json": draw(TEXT)}
        entries += entries_of(run, digests, entries[-1] if entries else None)
    return entries


def index_of(data: st.DataObject, entries: list[Entry], least: int = 0) -> int:
    """Draw the place of an entry."""
    return data.draw(st.integers(least, len(entries) - 1))


@given(chains())
def test_an_untouched_chain_is_whole(entries: list[Entry]) -> None:
    """What was chained run by run has no break, counts from 1 and starts from the genesis."""
    assert first_break(entries) is None
    assert [entry.sequence for entry in entries] == list(range(1, len(entries) + 1))
    assert entries[0].previous_hash == GENESIS


@given(chains(), st.sampled_from(CONTENT), TEXT, st.data())
def test_an_edit_of_any_field_is_found(
    entries: list[Entry], field: str, text: str, data: st.DataObject
) -> None:
    """Another value in any field of any entry breaks the chain at that very entry."""
    where = index_of(data, entries)
    assume(getattr(entries[where], field) != text)
    change: dict[str, Any] = {field: text}
    entries[where] = replace(entries[where], **change)

    found = first_break(entries)

    assert found is not None
    assert found[0] == where + 1


@given(chains(), st.data())
def test_an_edit_with_its_hash_made_to_fit_is_found(
    entries: list[Entry], data: st.DataObject
) -> None:
    """Who recomputes the edited entry's hash breaks the next entry instead."""
    where = index_of(data, entries[:-1])
    edited = replace(entries[where], body='{"probability":1}')
    entries[where] = replace(edited, hash=hash_of(edited))

    found = first_break(entries)

    assert found is not None
    assert found[0] == where + 2


@given(chains(), st.data())
def test_an_edit_that_is_chained_on_is_found(entries: list[Entry], data: st.DataObject) -> None:
    """Who also tells the next entry the new hash breaks that one: it is part of its content."""
    where = index_of(data, entries[:-1])
    edited = replace(entries[where], body='{"probability":1}')
    entries[where] = replace(edited, hash=hash_of(edited))
    entries[where + 1] = replace(entries[where + 1], previous_hash=entries[where].hash)

    found = first_break(entries)

    assert found is not None
    assert found[0] == where + 2


@given(chains(), st.booleans(), st.data())
def test_a_removed_entry_is_found(
    entries: list[Entry], renumber: bool, data: st.DataObject
) -> None:
    """An entry that others follow cannot be taken out, whether or not those are renumbered."""
    where = index_of(data, entries[:-1])
    del entries[where]
    if renumber:
        entries = [replace(entry, sequence=i) for i, entry in enumerate(entries, start=1)]

    found = first_break(entries)

    assert found is not None
    assert found[0] == where + 1
    assert renumber or "missing" in found[1]


@given(chains(), st.booleans(), st.data())
def test_swapped_entries_are_found(
    entries: list[Entry], renumber: bool, data: st.DataObject
) -> None:
    """Two entries cannot change places, whether or not they also exchange their numbers."""
    first = index_of(data, entries[:-1])
    second = index_of(data, entries, least=first + 1)
    entries[first], entries[second] = entries[second], entries[first]
    if renumber:
        entries = [replace(entry, sequence=i) for i, entry in enumerate(entries, start=1)]

    found = first_break(entries)

    assert found is not None
    assert found[0] == first + 1


@given(chains(), st.data())
def test_a_break_names_the_entry_and_its_run(entries: list[Entry], data: st.DataObject) -> None:
    """The message says which question of which run was changed."""
    where = index_of(data, entries)
    entries[where] = replace(entries[where], body="{}")

    found = first_break(entries)

    assert found is not None
    assert entries[where].question in found[1]
    assert entries[where].run_id in found[1]


@given(st.dictionaries(TEXT, st.one_of(TEXT, st.floats(allow_nan=False, allow_infinity=False))))
def test_equal_values_have_one_text(value: dict[str, Any]) -> None:
    """The order in which keys were written does not reach the hash."""
    backwards = dict(reversed(value.items()))

    assert canonical(value) == canonical(backwards)


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_what_is_no_number_is_refused(number: float) -> None:
    """No entry holds a probability that is none."""
    with pytest.raises(ValueError, match=r"."):
        canonical({"probability": number})
