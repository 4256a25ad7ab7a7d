r"""Simulation-based calibration: whether the sampler returns the posterior it should.

Draw parameters from the prior, make up a record from them, sample the
posterior of that record: the true value of any quantity must then rank
uniformly among its posterior draws [1]_. Quantities that read the record too,
such as the joint log likelihood, find faults that parameters alone cannot [2]_.

A quantity is judged by the empirical distribution of its ranks, against a band
that holds all of it with a given chance at once [3]_. At each point the count
of ranks below is binomial; the statistic is the smallest of its tail chances,
and its distribution under uniform ranks is simulated. (ArviZ's
``simulate_confidence_bands`` gives a band but no p-value, and loses the upper
tail wherever no rank lies below the first point.)

References
----------
.. [1] Talts et al. (2018). Validating Bayesian inference algorithms with
   simulation-based calibration. arXiv:1804.06788.
.. [2] Modrak et al. (2023). Simulation-based calibration checking for Bayesian
   computation: the choice of test quantities shapes sensitivity. Bayesian Analysis.
.. [3] Sailynoja, Buerkner, Vehtari (2022). Graphical test for discrete uniformity
   and its applications. Statistics and Computing 32.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Protocol

import numpy as np

from forecasts.inference.fit import Settings
from forecasts.world.draws import administration_effects, thin
from forecasts.world.inputs import Inputs
from forecasts.world.loglik import expit, log_likelihood
from forecasts.world.priors import Floats
from forecasts.world.replicas import replica, with_cuts

if TYPE_CHECKING:
    import xarray as xr

RANKED_AMONG = 99
"""Posterior draws that a true value is ranked among: its rank is 0 to 99."""

SHORT = Settings(draws=250, tune=300, chains=2, cores=2)
"""Sampling of one simulation: some five draws for each one kept."""

BAND_MASS = 0.95
NULL_SIMULATIONS = 20_000
"""Uniform rank sets that the band and its p-values are read from."""

INTERVALS = (0.8, 0.9)
LEAD_DAYS, LAST_WEEK_DAYS, YEAR_DAYS = 30, 7, 365
NOT_TOP_LEVEL = ("pair", "pair_own", "level_own")
"""Effects of single cases, besides those named ``..._raw``: their scales are ranked instead."""

Progress = Callable[[str, float], None]


class Sampled(Protocol):
    """What calibration needs of a sampler; :class:`forecasts.inference.fit.Sampler` is one."""

    def prior(self, seed: int) -> xr.Dataset:
        """Draws of the free parameters, dims (chain, draw, ...)."""

    def posterior(self, inputs: Inputs, *, seed: int, settings: Settings) -> xr.DataTree:
        """Groups ``posterior`` and ``sample_stats``, dims (chain, draw, ...)."""


@dataclass(frozen=True, slots=True)
class _Simulation:
    """What one simulation says, dims (quantity,), and the record's number of events."""

    rank: np.ndarray
    ess: Floats
    divergences: int
    events: float


def simulations(
    sampler: Sampled,
    real: Inputs,
    *,
    count: int,
    seed: int,
    settings: Settings = SHORT,
    progress: Progress | None = None,
) -> xr.Dataset:
    """Rank true values among posterior draws, over made-up records.

    Parameters
    ----------
    sampler : Sampler
    real : Inputs
        Arrays of a view, whose covariates every made-up record keeps.
    count : int
        How many records to make up.
    seed : int
    settings : Settings
    progress : callable, optional
        Called with a stage and the finished share of it.

    Returns
    -------
    xarray.Dataset, dims (simulation, quantity)
        ``rank`` (0 to 99) and ``ess`` of each quantity; ``divergences`` and
        ``events`` of each simulation. Every prior draw is used, however extreme.
    """
    import xarray as xr

    truths = _truths(sampler, count, seed)
    names: list[str] = []
    done = []
    for number in range(count):
        truth = truths.isel(sample=number)
        made = replica(truth, real, np.random.default_rng((seed, number)))
        tree = sampler.posterior(made, seed=seed + number, settings=settings)
        one = truth.expand_dims(chain=1, draw=1)
        names, simulation = _ranked(one, tree, made)
        done.append(simulation)
        if progress:
            progress("calibrating", (number + 1) / count)
    return xr.Dataset(
        {
            "rank": (("simulation", "quantity"), np.stack([each.rank for each in done])),
            "ess": (("simulation", "quantity"), np.stack([each.ess for each in done])),
            "divergences": ("simulation", [each.divergences for each in done]),
            "events": ("simulation", [each.events for each in done]),
        },
        coords={"simulation": np.arange(count), "quantity": names},
        attrs={"ranked_among": RANKED_AMONG, "seed": seed},
    )


def _truths(sampler: Sampled, count: int, seed: int) -> xr.Dataset:
    """At least `count` prior draws on a ``sample`` dim."""
    import xarray as xr

    parts: list[xr.Dataset] = []
    while sum(part.sizes["sample"] for part in parts) < count:
        drawn = with_cuts(sampler.prior(seed + len(parts)))
        flat = drawn.stack(sample=("chain", "draw")).drop_vars(["sample", "chain", "draw"])
        parts.append(flat.transpose("sample", ...))
    return xr.concat(parts, dim="sample")


def _ranked(truth: xr.Dataset, tree: xr.DataTree, made: Inputs) -> tuple[list[str], _Simulation]:
    from arviz_stats.base import array_stats

    drawn = tree["posterior"].to_dataset()
    true, sampled = quantities(truth, made), quantities(drawn, made)
    stacked = np.stack([sampled[name] for name in true])
    flat = stacked.reshape(len(true), -1)
    keep = np.linspace(0, flat.shape[1] - 1, RANKED_AMONG).round().astype(int)
    right = np.concatenate([value.ravel() for value in true.values()])
    simulation = _Simulation(
        rank=(flat[:, keep] < right[:, None]).sum(axis=1),
        ess=np.asarray(array_stats.ess(stacked, method="bulk", chain_axis=-2, draw_axis=-1)),
        divergences=int(tree["sample_stats"]["diverging"].sum()),
        events=float(made.exposure.events.sum()),
    )
    return list(true), simulation


def quantities(draws: xr.Dataset, record: Inputs) -> dict[str, Floats]:
    """What is ranked: every top-level parameter, the log likelihood, three event queries.

    Parameters
    ----------
    draws : xarray.Dataset, dims (chain, draw, ...)
    record : Inputs
        The record that the draws are given.

    Returns
    -------
    dict of str to array, dims (chain, draw)
        Vectors coordinate by coordinate, as ``log_rate[leader_in_person]``.
    """
    found: dict[str, Floats] = {}
    for name in sorted(map(str, draws.data_vars)):
        if not name.endswith("_raw") and name not in NOT_TOP_LEVEL:
            found |= _coordinates(name, draws[name].transpose("chain", "draw", ...))
    terms = log_likelihood(draws, record).data_vars.values()
    found["log likelihood"] = np.sum([each.to_numpy().sum(axis=-1) for each in terms], axis=0)
    return found | queries(draws, record)


def _coordinates(name: str, array: xr.DataArray) -> dict[str, Floats]:
    """Each coordinate of a parameter by itself, dims (chain, draw)."""
    if array.ndim == 2:
        return {name: array.to_numpy()}
    labels = product(*(map(str, array[dim].to_numpy()) for dim in array.dims[2:]))
    values = array.to_numpy().reshape(*array.shape[:2], -1)
    return {f"{name}[{', '.join(at)}]": values[..., i] for i, at in enumerate(labels)}


def queries(draws: xr.Dataset, record: Inputs) -> dict[str, Floats]:
    """Probabilities of three events of the kind that questions ask, dims (chain, draw).

    Under the pair of leaders last in office: an unscheduled leaders' meeting
    within a year; a bilateral at an APEC summit abroad; and an announced contact
    that is called off, for one announced 30 days ahead.
    """
    shape = (draws.sizes["chain"], draws.sizes["draw"])
    flat = thin(draws, shape[0] * shape[1])
    last = int(record.exposure.row_administration.max())
    effects, bilateral = administration_effects(flat)
    stream = record.exposure.streams.index("leader_in_person")
    hazard = np.exp(flat["log_rate"].to_numpy()[:, stream] + effects[:, last, stream])
    apec = [flat[name].sel(series="APEC").to_numpy() for name in ("us_attends", "prc_attends")]
    both = expit(apec[0]) * expit(apec[1]) * flat["summit_in_person"].to_numpy()
    met = expit(flat["bilateral"].sel(series="APEC").to_numpy() + bilateral[:, last])
    early = np.exp(flat["loss_log_hazard"].to_numpy())
    late = early * np.exp(flat["loss_last_week"].to_numpy())
    budget = early * (LEAD_DAYS - LAST_WEEK_DAYS) + late * LAST_WEEK_DAYS
    found = {
        "leaders meet within a year": -np.expm1(-hazard * YEAR_DAYS),
        "leaders meet at APEC": both * met,
        "announced contact is lost": -np.expm1(-budget),
    }
    return {name: np.asarray(values).reshape(shape) for name, values in found.items()}


def verdicts(ranked: xr.Dataset, *, seed: int = 0) -> xr.Dataset:
    """Judge each quantity by the ranks of its true values.

    Parameters
    ----------
    ranked : xarray.Dataset, dims (simulation, quantity)
        From :func:`simulations`: variable ``rank`` and attribute ``ranked_among``.
    seed : int
        Of the simulated null distribution.

    Returns
    -------
    xarray.Dataset, dims (quantity,) and (quantity, point)
        ``p_value`` of uniformity; ``inside`` the simultaneous 95 % band; ``failed``,
        where not even the number of quantities excuses it (Holm, 5 %);
        ``coverage_80`` and ``coverage_90`` of central intervals; and, to draw,
        ``ecdf`` with ``lower`` and ``upper`` at each ``point``.

    Examples
    --------
    >>> import xarray as xr
    >>> rank = np.column_stack([np.arange(100), np.arange(100) // 2])
    >>> ranked = xr.Dataset({"rank": (("simulation", "quantity"), rank)})
    >>> verdicts(ranked.assign_attrs(ranked_among=99))["inside"].to_numpy().tolist()
    [True, False]
    """
    import xarray as xr

    count, among = ranked.sizes["simulation"], int(ranked.attrs["ranked_among"])
    points = np.arange(1, among + 1)
    rank = ranked["rank"].transpose("quantity", "simulation").to_numpy()
    below = _counts_below(rank, among)
    chances = _tail_chances(count, among)
    null = np.sort(_null(count, among, chances, seed))
    found = _smallest_tail(below, chances)
    p_value = (1 + np.searchsorted(null, found * (1 + 1e-12), side="right")) / (1 + null.size)
    accepted = chances > null[int((1 - BAND_MASS) * null.size)]
    result = xr.Dataset(
        {
            "p_value": ("quantity", p_value),
            "inside": ("quantity", p_value > 1 - BAND_MASS),
            "failed": ("quantity", _holm(p_value, 1 - BAND_MASS)),
            "ecdf": (("quantity", "point"), below / count),
            "lower": ("point", accepted.argmax(axis=1) / count),
            "upper": ("point", (count - accepted[:, ::-1].argmax(axis=1)) / count),
        },
        coords={"point": points / (among + 1)},
    )
    if "quantity" in ranked.coords:
        result = result.assign_coords(quantity=ranked["quantity"].to_numpy())
    for mass in INTERVALS:
        outside = round((among + 1) * (1 - mass) / 2)
        covered = (rank >= outside) & (rank <= among - outside)
        result[f"coverage_{mass * 100:.0f}"] = ("quantity", covered.mean(axis=1))
    return result


def _counts_below(rank: np.ndarray, among: int) -> np.ndarray:
    """How many of the ranks (last axis) lie below 1, 2, ... `among`; that axis is replaced."""
    rows = np.arange(len(rank))[:, None]
    counts = np.zeros((len(rank), among + 1), dtype=np.int64)
    np.add.at(counts, (np.broadcast_to(rows, rank.shape), rank), 1)
    return np.cumsum(counts, axis=1)[:, :-1]


def _tail_chances(count: int, among: int) -> Floats:
    """Smaller tail chance of each count of ranks below each point, dims (point, count)."""
    from scipy.stats import binom

    share = np.arange(1, among + 1)[:, None] / (among + 1)
    below = np.arange(count + 1)[None, :]
    return np.minimum(binom.cdf(below, count, share), binom.sf(below - 1, count, share))


def _smallest_tail(below: np.ndarray, chances: Floats) -> Floats:
    return np.asarray(chances[np.arange(len(chances)), below].min(axis=1))


def _null(count: int, among: int, chances: Floats, seed: int) -> Floats:
    """Smallest tail chances of uniform ranks, dims (null,)."""
    rng, parts = np.random.default_rng(seed), 20
    drawn = (
        rng.integers(0, among + 1, size=(NULL_SIMULATIONS // parts, count)) for _ in range(parts)
    )
    return np.concatenate([_smallest_tail(_counts_below(rank, among), chances) for rank in drawn])


def _holm(p_values: Floats, level: float) -> np.ndarray:
    """Which hypotheses Holm's step-down procedure rejects."""
    order = np.argsort(p_values)
    limits = level / (p_values.size - np.arange(p_values.size))
    rejected = np.zeros(p_values.size, dtype=np.bool_)
    rejected[order] = np.cumprod(p_values[order] <= limits).astype(bool)
    return rejected
