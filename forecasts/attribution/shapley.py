r"""Shapley values: each player's share of what a whole coalition brings.

A player's value is what it adds to the players before it, averaged over every
order in which they could have come [1]_,

.. math:: \phi_i = \sum_{S \not\ni i} \frac{|S|! \, (n - |S| - 1)!}{n!}
   \bigl( v(S \cup i) - v(S) \bigr).

The values sum to :math:`v(all) - v(none)`, do not depend on any order, and are
zero for a player that never adds anything. They are linear in :math:`v`: the
same weights serve a number and its errors.

References
----------
.. [1] Shapley, L. S. (1953). A value for n-person games. *Contributions to the
   Theory of Games* II, 307-317.
"""

from __future__ import annotations

from math import factorial

import numpy as np

from forecasts.world.priors import Floats


def shapley_weights(players: int) -> Floats:
    """Weight of each coalition in each player's value.

    Parameters
    ----------
    players : int

    Returns
    -------
    array, dims (player, coalition)
        Coalition number m has the players whose bits are set in m; the values
        of all players are this matrix times the worth of the coalitions.

    Examples
    --------
    Two players, one of whom alone is worth 1, and both together 3:

    >>> (shapley_weights(2) @ [0.0, 1.0, 0.0, 3.0]).tolist()
    [2.0, 1.0]
    """
    found = np.zeros((players, 2**players))
    for coalition in range(2**players):
        size = coalition.bit_count()
        for player in range(players):
            if coalition >> player & 1:
                continue
            share = factorial(size) * factorial(players - size - 1) / factorial(players)
            found[player, coalition] -= share
            found[player, coalition | 1 << player] += share
    return found


def members(coalition: int) -> tuple[int, ...]:
    """Players of coalition number `coalition`, in order.

    Examples
    --------
    >>> members(5)
    (0, 2)
    """
    return tuple(player for player in range(coalition.bit_length()) if coalition >> player & 1)
