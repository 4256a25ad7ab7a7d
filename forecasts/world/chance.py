"""Random numbers inside compiled code: one stream a source, independent of order.

The generator is SplitMix64 (Steele, Lea and Flood 2014), used as a counter: a
source's state is a 64-bit integer, and its next number a hash of the next.

numba keeps what it compiled from ``kernel.py`` until that file changes: after a
change here, touch it.
"""

from __future__ import annotations

import math

import numba
import numpy as np

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)
_S30, _S27, _S31, _S11, _S32 = (np.uint64(shift) for shift in (30, 27, 31, 11, 32))

compiled = numba.njit(cache=True, fastmath=False, error_model="numpy")


@compiled
def mix(z):  # type: ignore[no-untyped-def]
    """Scramble 64 bits."""
    z = (z ^ (z >> _S30)) * _MIX_1
    z = (z ^ (z >> _S27)) * _MIX_2
    return z ^ (z >> _S31)


@compiled
def streams_of(seed, draw, replicate, sources):  # type: ignore[no-untyped-def]
    """States of the sources of one future: they depend on its draw and replicate alone."""
    states = np.empty(sources, dtype=np.uint64)
    future = (np.uint64(draw) << _S32) + np.uint64(replicate + 1)
    key = mix(mix(np.uint64(seed) + _GOLDEN) + _GOLDEN * future)
    for source in range(sources):
        states[source] = mix(key + _GOLDEN * np.uint64(source + 1))
    return states


@compiled
def uniform(states, source):  # type: ignore[no-untyped-def]
    """Return a number in (0, 1), never 0."""
    states[source] += _GOLDEN
    return (np.float64(mix(states[source]) >> _S11) + 0.5) * (1.0 / 9007199254740992.0)


@compiled
def chance(states, source, log_odds):  # type: ignore[no-untyped-def]
    """Return whether something with these log-odds happens."""
    return uniform(states, source) * (1.0 + math.exp(-log_odds)) < 1.0


@compiled
def log_normal(u_1, u_2, log_mean, log_sd):  # type: ignore[no-untyped-def]
    """Days from two uniform numbers (Box and Muller 1958), at most 10,000."""
    normal = math.sqrt(-2.0 * math.log(u_1)) * math.cos(2.0 * math.pi * u_2)
    return min(math.exp(log_mean + log_sd * normal), 10_000.0)


@compiled
def standstill(states, source, rate, log_mean, log_sd):  # type: ignore[no-untyped-def]
    """First spell without travel: when it begins and ends, in days from day 0."""
    begins = -math.log(uniform(states, source)) / rate
    u_1, u_2 = uniform(states, source), uniform(states, source)
    return begins, begins + log_normal(u_1, u_2, log_mean, log_sd)
