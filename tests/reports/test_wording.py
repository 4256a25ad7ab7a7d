"""Percentages as readers see them."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from forecasts.reports import wording

probabilities = st.floats(0, 1)


@given(probabilities)
def test_percent_is_whole_and_never_certain(probability: float) -> None:
    """Between 1 and 99 a whole number within half a point; beyond, <1 and >99, never 0 or 100."""
    shown = wording.percent(probability).replace(wording.NBSP, " ")

    assert re.fullmatch(r"<1 %|>99 %|[1-9]\d? %", shown)
    if shown[0].isdigit():
        assert abs(float(shown[:-2]) - 100 * probability) <= 0.5 + 1e-6


@given(probabilities)
def test_one_digit_means_one_digit(probability: float) -> None:
    """A percentage to one significant digit has one, and is never 100."""
    shown = wording.percent(probability, digits=1).replace(wording.NBSP, " ")

    assert re.fullmatch(r"<1 %|>99 %|[1-9]0? %", shown)


@given(probabilities, probabilities)
def test_percent_keeps_order(first: float, second: float) -> None:
    """A larger probability never reads smaller."""

    def order(probability: float) -> float:
        shown = wording.percent(probability)
        return {"<": 0.0, ">": 100.0}.get(shown[0]) or float(
            shown.split(wording.NBSP)[0].strip("<")
        )

    low, high = sorted((first, second))
    assert order(low) <= order(high)


def test_a_missing_number_is_not_nought() -> None:
    """What is not known reads as not available."""
    missing = (wording.percent(None), wording.percent_span(None, 0.5), wording.decimal(None))

    assert set(missing) == {wording.MISSING}


@given(st.text(max_size=400), st.integers(2, 60))
def test_shortened_text_fits(text: str, limit: int) -> None:
    """No text is longer than its place, and one that fits keeps its words."""
    short = wording.shorten(text, limit)

    assert len(short) <= limit
    assert "\u202e" not in short
