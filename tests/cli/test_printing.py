"""What is printed is aligned, exact to a useful digit, and inert."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from forecasts.cli.printing import answers_table, clean, notes, probability
from tests.builders_run import run_document


@given(st.text())
def test_clean_text_is_one_printable_line(text: str) -> None:
    """Of any text, nothing is left that breaks a line or that a terminal acts on."""
    cleaned = clean(text)

    assert len(cleaned.splitlines()) <= 1
    assert not set(map(ord, cleaned)) & {*range(32), *range(127, 160), 0x202E, 0x2066, 0xFEFF}


@given(st.text(st.characters(categories=["L", "N", "P", "Zs"])))
def test_harmless_text_is_left_alone(text: str) -> None:
    """Letters, numbers, punctuation and spaces of any script come through, quotes and ``=`` too."""
    assert clean(text) == text
    assert clean(f"={text}") == f"={text}"


@given(st.floats(0, 1), st.floats(0, 1))
def test_a_printed_probability_keeps_the_order(first: float, second: float) -> None:
    """No rounding puts a smaller probability above a larger one, and none becomes 0 or 1."""
    low, high = sorted((first, second))
    shown = [probability(p) for p in (low, high)]

    assert float(shown[0].strip("<>")) <= float(shown[1].strip("<>"))
    assert ("0" in shown) == (low == 0)
    assert ("1" in shown) == (high == 1)


def test_columns_stand_under_their_headings() -> None:
    """Every line of the table has its columns where the heading has them."""
    heading, *lines = answers_table(run_document()).splitlines()

    for name in ("probability", "80 % interval", "base rate", "word", "status", "title"):
        start = heading.index(name)
        assert all(line[start - 2 : start] == "  " and line[start] != " " for line in lines)


def test_a_failed_gate_is_noted() -> None:
    """Which gate failed stands below the answers."""
    gates = {"passed": False, "failures": ["R-hat 1.03 > 1.01", "12 divergences"]}

    assert "a gate failed: R-hat 1.03 > 1.01, 12 divergences" in notes(run_document(gates=gates))
