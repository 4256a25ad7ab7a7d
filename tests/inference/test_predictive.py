"""What priors say of the world, and whether records that do not fit are noticed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
import xarray as xr
from scipy import stats

from forecasts.inference.predictive import (
    Check,
    Fact,
    counts,
    deliverable_shares,
    posterior_checks,
    prior_facts,
)
from forecasts.world.inputs import Inputs, inputs
from forecasts.world.replicas import replica
from tests.builders import contact
from tests.builders_world import World, portfolio_of, quiet_evidence, real_portfolio
from tests.world.made_up import chained, random_draws

AS_OF = date(2023, 6, 18)
ONCE_A_YEAR = stats.poisson(365 / 365.25)


@pytest.fixture(scope="module")
def quiet() -> World:
    """A world in which everything happens once a year, and nothing is on record."""
    portfolio = portfolio_of(quiet_evidence())
    return World(portfolio, portfolio.as_of(AS_OF))


@pytest.fixture(scope="module")
def facts(quiet: World) -> dict[str, Fact]:
    """What that world says of a year, by its first words."""
    futures = quiet.simulate(horizon_days=366, draws=40, replicates=200)
    found = prior_facts(futures, quiet.view, quiet.data, {"leader_remote": "calls"})
    return {fact.what: fact for fact in found}


def test_yearly_counts_are_those_of_the_rate(facts: dict[str, Fact]) -> None:
    """With one a year, 98 % of years have what a Poisson count of mean one has."""
    low, high = ONCE_A_YEAR.ppf([0.01, 0.99])
    fact = facts["calls: {} contacts a year"]

    assert (fact.low, fact.high) == (low, high)
    assert fact.sentence.startswith("calls: between 0 and 4 contacts a year (98 %")


def test_shares_are_those_of_the_odds(facts: dict[str, Fact]) -> None:
    """With cut-points at odds of e^1.5 to 1 either way, some 18 % end with a deliverable."""
    fact = facts["calls: {} of contacts end with at least a deliverable"]
    expected = 100 / (1 + np.exp(1.5))

    assert fact.low < expected < fact.high
    assert fact.high - fact.low < 25
    assert np.isnan(fact.seen_low)


def test_shares_are_read_draw_by_draw(quiet: World) -> None:
    """A share is that of one draw's contacts: four draws give four."""
    futures = quiet.simulate(draws=4, replicates=400)

    assert deliverable_shares(futures, "leader_remote").shape == (4,)


def test_the_record_stands_beside_the_range() -> None:
    """Smallest and largest year of the record are counted from its contacts, whole years only."""
    days = [date(2021, 3, 1), date(2021, 9, 1), date(2021, 10, 1), date(2022, 5, 1)]
    rows = tuple(
        contact(id=f"C{i}", kind="leader_remote", start=day, end=day, known=day, announced=None)
        for i, day in enumerate(days)
    )
    portfolio = portfolio_of(quiet_evidence(contacts=rows))
    world = World(portfolio, portfolio.as_of(AS_OF))
    futures = world.simulate(horizon_days=366, draws=4, replicates=50)
    found = {f.what: f for f in prior_facts(futures, world.view, world.data, {})}
    fact = found["leader_remote: {} contacts a year"]

    assert (fact.seen_low, fact.seen_high) == (0, 3)


@pytest.mark.parametrize(
    ("fact", "verdict"),
    [
        (Fact("{}", 0, 8, 0, 3), ""),
        (Fact("{}", 0, 8, 0, 9), "too narrow"),
        (Fact("{}", 2, 8, 0, 3), "too narrow"),
        (Fact("{}", 0, 60, 0, 3), "too wide"),
        (Fact("{}", 0, 9, 0, 0), ""),
        (Fact("{}", 0, 100, 3, 3, share=True), ""),
        (Fact("{}", 0, 60, np.nan, np.nan), ""),
    ],
)
def test_verdicts_compare_prior_and_record(fact: Fact, verdict: str) -> None:
    """A record outside makes a prior too narrow; many times the record makes it too wide."""
    assert fact.verdict == verdict


@pytest.fixture(scope="module")
def data() -> Inputs:
    return inputs(real_portfolio().as_of(AS_OF), real_portfolio())


@pytest.fixture(scope="module")
def draws(data: Inputs) -> xr.Dataset:
    """One world, forty times: replicas differ by chance alone."""
    return random_draws(data, 1, seed=1).isel(sample=[0] * 40)


@pytest.fixture(scope="module")
def made(data: Inputs, draws: xr.Dataset) -> Inputs:
    """A record of that world."""
    return replica(draws.isel(sample=0), data, np.random.default_rng(99))


def checked(draws: xr.Dataset, record: Inputs) -> list[Check]:
    return posterior_checks(chained(draws), record, seed=1)


def test_a_record_of_the_model_is_usual(draws: xr.Dataset, made: Inputs) -> None:
    """Few counts of a record that the model made are among the rarest of its replicas."""
    checks = checked(draws, made)

    assert np.mean([check.flagged for check in checks]) < 0.08
    assert np.mean([check.share for check in checks]) == pytest.approx(0.5, abs=0.08)


def test_a_kind_that_is_too_frequent_is_flagged(draws: xr.Dataset, made: Inputs) -> None:
    """Tripling the contacts of one kind flags that kind, and no other kind's total."""
    at = made.exposure.streams.index("leader_remote")
    events = made.exposure.events.copy()
    events[:, at] = 3 * events[:, at] + 20
    strange = replace(made, exposure=replace(made.exposure, events=events))

    flagged = {check.what for check in checked(draws, strange) if check.flagged}
    before = {check.what for check in checked(draws, made) if check.flagged}

    assert "leader_remote" in flagged
    assert {what for what in flagged - before if "leader_remote" not in what} == set()


def test_plans_and_levels_are_checked_too(draws: xr.Dataset, made: Inputs) -> None:
    """A record in which every plan is lost, and every contact a breakthrough, is surprising."""
    plans = replace(made.plans, lost=np.ones_like(made.plans.lost))
    best = np.zeros_like(made.outcomes.level_count)
    best[:, -1] = made.outcomes.level_count.sum(axis=1)
    outcomes = replace(made.outcomes, level_count=best)

    checks = checked(draws, replace(made, plans=plans, outcomes=outcomes))
    flagged = {(check.part, check.what) for check in checks if check.flagged}

    assert ("plans", "lost") in flagged
    assert ("levels", "leader_in_person with breakthrough") in flagged


def test_counts_of_parts_add_up(data: Inputs) -> None:
    """Contacts under each pair of leaders sum to those of the kind; levels sum to the cases."""
    found = counts(data)
    pairs = data.exposure.administrations
    kind = "leader_in_person"
    by_pair = sum(found["contacts", f"{kind} under {pair}"] for pair in pairs)
    cases = data.outcomes

    assert by_pair == found["contacts", kind] > 0
    levels = [value for (part, _), value in found.items() if part == "levels"]
    assert sum(levels) == cases.level_count.sum()
    assert found["plans", "lost"] == data.plans.lost.sum()


def test_same_seed_same_checks(draws: xr.Dataset, made: Inputs) -> None:
    """Replicas follow from the seed."""
    assert checked(draws, made) == checked(draws, made)
