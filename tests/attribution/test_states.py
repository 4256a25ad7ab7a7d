"""An answer in another state: weighted draws give what the posterior of that state gives."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st

from forecasts.attribution.states import Basis, Effort, in_place, reach_until, read
from forecasts.errors import ForecastsError
from forecasts.inference.update import resampled, update
from forecasts.portfolio.declared import Prior
from forecasts.questions.events import ContactAt, ContactCount, Given, OutcomeOf
from forecasts.questions.futures import ContactTable, Futures
from forecasts.world.inputs import inputs
from forecasts.world.logprior import log_prior
from forecasts.world.ratio import Reference
from tests.builders_attribution import (
    ASKED,
    CLOSES,
    EFFORT,
    NEW,
    OLD,
    basis,
    directly,
    draws,
    small,
    spread,
    state,
)
from tests.builders_futures import day, made_futures

EVENT = ContactCount(("leader_in_person",), until=day(20))


def until(day_: date = OLD) -> date:
    return reach_until(ASKED, CLOSES, small().as_of(day_))


def test_the_state_of_the_run_is_the_answer_of_the_run() -> None:
    """With nothing new every weight is equal, and the answer is that of a plain simulation."""
    found = basis().reach(ASKED, state(), until())
    probability, _ = directly(OLD, draws())

    assert found.probability == pytest.approx(probability, abs=1e-12)
    assert found.khat == -np.inf


def test_weighted_draws_agree_with_draws_drawn_again() -> None:
    """On a later day the weighted answer is that of resampled draws, within the error of these."""
    effort = Effort(draws=2000, replicates=4, seed=1, edge=8000)
    found = basis(effort=effort).reach(ASKED, state(NEW), until(NEW))
    flat = draws(count=2000).stack(sample=("chain", "draw")).transpose("sample", ...)
    data = inputs(small().as_of(NEW), small())
    weights = update(Reference(flat, inputs(small().as_of(OLD), small())).log_ratio(data))
    probability, error = directly(NEW, resampled(flat, weights, data, seed=5), seed=7)

    assert found.trusted
    assert abs(found.probability - probability) < 4 * error


def test_equal_weights_are_plain_shares() -> None:
    """A conditional answer with equal weights is the share among futures that meet it."""
    futures = made_futures(3, draws=50)
    asked = Given(EVENT, ContactAt("summit-a"))
    met = futures.summits.bilateral[:, 0]

    found = read(asked, futures, np.zeros(50), 0.0, edge=250)
    alone = read(EVENT, futures, np.zeros(50), 0.0, edge=250)
    happens = alone.probability * 250

    assert happens == pytest.approx(round(happens))
    assert found.probability == pytest.approx(
        np.mean([read(EVENT, _only(futures, int(i)), np.zeros(1), 0.0, edge=1).probability
                 for i in np.flatnonzero(met)])
    )  # fmt: skip


def _only(futures: Futures, number: int) -> Futures:
    """One future by itself."""
    rows = futures.contacts.future == number
    contacts = replace(
        futures.contacts,
        **{
            name: getattr(futures.contacts, name)[rows]
            for name in ("day", "kind", "venue", "level", "received", "place", "plan")
        },
        future=np.zeros(int(rows.sum()), np.int32),
    )
    return replace(futures, draws=1, replicates=1, contacts=contacts)


def test_a_draw_without_weight_has_no_say() -> None:
    """Weight on half of the draws gives the answer of that half alone."""
    futures = made_futures(4, draws=60)
    log_weights = np.r_[np.zeros(30), np.full(30, -np.inf)]
    half = replace(futures, draws=30, contacts=_first(futures.contacts, 150))

    found = read(EVENT, futures, log_weights, 0.0, edge=300)

    assert found.probability == pytest.approx(
        read(EVENT, half, np.zeros(30), 0.0, edge=300).probability
    )
    np.testing.assert_array_equal(found.pull[30:], 0.0)


def _first(table: ContactTable, futures: int) -> ContactTable:
    rows = table.future < futures
    names = ("future", "day", "kind", "venue", "level", "received", "place", "plan")
    return replace(table, **{name: getattr(table, name)[rows] for name in names})


def test_the_error_is_the_spread_over_repetitions() -> None:
    """Fresh draws and futures scatter the log-odds as the error says."""
    found = []
    rng = np.random.default_rng(1)
    for seed in range(150):
        futures = made_futures(seed, draws=80, busy=2.0)
        log_weights = rng.normal(0.0, 0.5, 80)
        found.append(read(EVENT, futures, log_weights, 0.0, edge=400))
    errors = [each.pull.std(ddof=1) / np.sqrt(80) for each in found]

    assert np.mean(errors) == pytest.approx(spread([each.log_odds for each in found]), rel=0.2)


def test_a_difference_has_less_noise_than_its_parts() -> None:
    """Common random numbers: the error of a small change is far below that of either answer."""
    here = basis()
    before = here.reach(ASKED, state(), until())
    after = here.reach(ASKED, state(date(2023, 6, 17)), until())

    assert here.error(after.pull - before.pull) < 0.25 * here.error(before.pull)


def test_a_question_about_outcomes_is_weighted_by_what_is_learned_of_outcomes() -> None:
    """What a question does not read carries no noise into its weights; what it reads does."""
    levels = OutcomeOf(next_of=("state_sec_visit",), until=CLOSES, level_at_least="deliverable")
    here = basis()

    alone = here.weigh(ASKED, state(NEW)).log_weights
    with_levels = here.weigh(levels, state(NEW)).log_weights

    assert np.ptp(with_levels - alone) > 0


def test_another_prior_weighs_by_its_ratio() -> None:
    """With one prior changed, log weights differ by the ratio of its densities and no more."""
    there = small()
    prior = there.priors["bilateral_recency"]
    moved = Prior(prior.name, "normal", {"mean": 0.3, "sd": 1.0}, {}, "", "", "")
    changed = replace(there, priors={**there.priors, prior.name: moved})
    posterior = draws().copy()
    shape = posterior["bilateral_recency"].shape
    posterior["bilateral_recency"] = (
        ("chain", "draw"),
        np.random.default_rng(2).normal(0, 0.3, shape),
    )
    here = Basis(posterior, inputs(there.as_of(OLD), there), there, EFFORT)
    flat = posterior.stack(sample=("chain", "draw")).transpose("sample", ...)
    now, was = (log_prior(flat, {prior.name: p})[prior.name] for p in (moved, prior))
    ratio = (now - was).to_numpy()

    weighed = here.weigh(ASKED, replace(state(), portfolio=changed))

    bulk = ratio < np.quantile(ratio, 0.7)  # the tail is smoothed
    difference = (weighed.log_weights - ratio)[bulk]
    assert np.ptp(difference) == pytest.approx(0.0, abs=1e-9)
    assert here.fits(changed)


def test_other_kinds_do_not_fit() -> None:
    """Draws of other kinds, or of other families, cannot be weighted."""
    here = basis()

    assert not here.fits(replace(small(), kinds=small().kinds[:-1]))
    assert not here.fits(replace(small(), signals={}))


def test_too_many_pairs_of_leaders_is_one_line() -> None:
    """A posterior with room for fewer pairs than the record names says so."""
    fewer: xr.Dataset = draws().isel(administration=slice(0, 10))
    here = Basis.__new__(Basis)
    here._flat = fewer.stack(sample=("chain", "draw"))

    with pytest.raises(ForecastsError, match="--refit"):
        here.weigh(ASKED, state())


def test_futures_reach_the_summit_that_is_named() -> None:
    """Also where the question closes before the summit ends."""
    view = small().as_of(OLD)

    assert reach_until(ContactAt("MC-G20-20230909"), OLD, view) > date(2023, 9, 10)


@given(st.lists(st.floats(0.0, 5.0), min_size=1, max_size=60), st.integers(0, 100))
def test_drawing_again_moves_as_few_as_can_be(heights: list[float], seed: int) -> None:
    """Each draw comes up as often as its weight says, and stays put if it comes up at all."""
    weights = np.array(heights) + 1e-9
    at = in_place(weights, seed)
    wanted = weights / weights.sum() * weights.size
    copies = np.bincount(at, minlength=weights.size)

    assert (copies >= np.floor(wanted - 1e-6)).all()
    assert (copies <= np.ceil(wanted + 1e-6)).all()
    there = np.flatnonzero(copies)
    np.testing.assert_array_equal(at[there], there)


def test_equal_weights_move_nothing() -> None:
    """With nothing new all draws stay where they were."""
    np.testing.assert_array_equal(in_place(np.full(50, 0.02), 3), np.arange(50))
