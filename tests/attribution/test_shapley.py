"""Shapley values sum to the whole, and are what averaging over all orders gives."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecasts.attribution.shapley import members, shapley_weights

games = st.integers(0, 5).flatmap(
    lambda players: st.lists(st.floats(-5, 5), min_size=2**players, max_size=2**players)
)


@given(games)
def test_values_sum_to_the_whole(worth: list[float]) -> None:
    """Whatever the game, the values add up to what all bring together."""
    players = len(worth).bit_length() - 1
    values = shapley_weights(players) @ worth

    assert values.sum() == pytest.approx(worth[-1] - worth[0], abs=1e-9)


@pytest.mark.parametrize("players", [1, 2, 3, 4])
def test_values_are_averages_over_orders(players: int) -> None:
    """An independent way: add players one by one, in each order, and average what each adds."""
    worth = np.random.default_rng(players).normal(size=2**players)
    orders = list(permutations(range(players)))
    expected = np.zeros(players)
    for order in orders:
        coalition = 0
        for player in order:
            joined = coalition | 1 << player
            expected[player] += (worth[joined] - worth[coalition]) / len(orders)
            coalition = joined

    np.testing.assert_allclose(shapley_weights(players) @ worth, expected, atol=1e-12)


@given(games, st.integers(0, 4))
def test_who_never_adds_anything_gets_nothing(worth: list[float], player: int) -> None:
    """A player without whom every coalition is worth the same has the value 0."""
    players = len(worth).bit_length() - 1
    if player >= players:
        return
    without = np.array([worth[coalition & ~(1 << player)] for coalition in range(2**players)])

    assert (shapley_weights(players) @ without)[player] == pytest.approx(0.0, abs=1e-9)


def test_equals_are_paid_alike() -> None:
    """Players that can stand for each other have equal values."""
    worth = [0.0, 1.0, 1.0, 7.0]

    first, second = shapley_weights(2) @ worth
    assert first == second == 3.5


def test_members_are_the_bits_of_a_coalition() -> None:
    """The number of a coalition names its players."""
    assert [members(coalition) for coalition in range(4)] == [(), (0,), (1,), (0, 1)]
