"""Walking from origin to origin: what is sampled, what is reweighted, what may be seen."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from functools import cache

import numpy as np
import pytest

from forecasts.evaluation.walk import Step, Walk, steps, without_signals
from forecasts.inference.fit import Settings
from forecasts.portfolio import Portfolio
from forecasts.world.inputs import inputs
from forecasts.world.ratio import Reference
from tests.builders_walk import PretendSampler, random_draws
from tests.builders_world import real_portfolio

ORIGINS = tuple(date(2014, 1, 1) + timedelta(days=30 * i) for i in range(4))
HOW = Walk(seed=3, settings=Settings(draws=300, chains=1))


def walked(
    how: Walk = HOW, portfolio: Portfolio | None = None, following: date | None = None
) -> tuple[list[Step], PretendSampler]:
    sampler = PretendSampler()
    made = steps(portfolio or real_portfolio(), ORIGINS, how, sampler, following=following)
    return list(made), sampler


@cache
def plain() -> list[Step]:
    """The walk as it is, made once."""
    return walked()[0]


def test_only_the_first_origin_is_sampled_while_weights_can_be_trusted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With a bar that nothing passes, each later origin stands on the first one's draws."""
    monkeypatch.setattr("forecasts.inference.update.KHAT_AT_MOST", np.inf)

    made, sampler = walked()

    assert [step.sampled for step in made] == [True, False, False, False]
    assert len(sampler.asked) == 1


def test_weights_that_cannot_be_trusted_mean_a_new_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a bar that everything passes, every origin is sampled, given its own record."""
    monkeypatch.setattr("forecasts.inference.update.KHAT_AT_MOST", -np.inf)

    made, sampler = walked()

    assert all(step.sampled for step in made)
    assert [len(data.plans.ids) for data in sampler.asked] == [
        len(real_portfolio().as_of(day).plans) - len(real_portfolio().as_of(day).pending)
        for day in ORIGINS
    ]


def test_an_exact_walk_samples_on_every_origin() -> None:
    """Asked for exact fits, nothing is reweighted, and each stands on equal weights."""
    made, sampler = walked(replace(HOW, exact=True))

    assert len(sampler.asked) == len(made) == len(ORIGINS)


def test_what_came_later_moves_no_step() -> None:
    """Planted contacts, public after the last origin, leave every posterior bit-identical."""
    portfolio = real_portfolio()
    later = ORIGINS[-1] + timedelta(days=1)
    planted = tuple(
        replace(contact, id=f"planted-{contact.id}", known=later)
        for contact in portfolio.evidence.contacts
        if contact.start.year == 2013
    )
    evidence = replace(portfolio.evidence, contacts=(*portfolio.evidence.contacts, *planted))

    sown, _ = walked(portfolio=replace(portfolio, evidence=evidence))

    assert len(planted) > 10
    for one, other in zip(plain(), sown, strict=True):
        assert one.posterior.identical(other.posterior)
        assert one.elpd == other.elpd or np.isnan(one.elpd)


def test_the_score_of_a_step_is_the_mean_density_of_what_came() -> None:
    """Right after a fit all draws weigh the same: the score is the log of a plain mean."""
    made, sampler = walked(replace(HOW, exact=True), following=ORIGINS[-1] + timedelta(days=30))
    flat = random_draws(sampler.asked[0], HOW.seed).stack(sample=("chain", "draw"))
    flat = flat.transpose("sample", ...)

    ratios = Reference(flat, made[0].data).log_ratio(made[1].data)
    by_block = [np.log(np.mean(np.exp(ratio))) for ratio in ratios.values()]

    assert made[0].elpd == pytest.approx(sum(by_block))
    assert all(np.isfinite(step.elpd) for step in made)


def test_without_a_following_origin_the_last_step_has_no_score() -> None:
    """Nothing is known of what the next origin would have added."""
    assert np.isnan(plain()[-1].elpd)
    assert np.isfinite([step.elpd for step in plain()[:-1]]).all()


def test_a_walk_without_signals_reads_none() -> None:
    """All readings are at their usual level; days and contacts are what they were."""
    data = inputs(real_portfolio().as_of(ORIGINS[0]), real_portfolio())
    quiet = without_signals(data).exposure

    assert not quiet.row_reading.any()
    assert not quiet.event_reading.any()
    np.testing.assert_allclose(quiet.days.sum(axis=0), data.exposure.days.sum(axis=0))
    np.testing.assert_array_equal(quiet.events, data.exposure.events)
    assert len(quiet.days) < len(data.exposure.days)


def test_pairs_of_leaders_take_their_draws_with_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pair that comes to be known between origins has the draws that stood for the next."""
    monkeypatch.setattr("forecasts.inference.update.KHAT_AT_MOST", np.inf)
    origins = (date(2016, 10, 1), date(2016, 12, 1))
    first, second = steps(real_portfolio(), origins, HOW, PretendSampler())

    assert "trump-xi" not in first.posterior["administration"]
    names = [str(name) for name in second.posterior["administration"].to_numpy()]
    assert names.index("trump-xi") == list(
        map(str, first.posterior["administration"].to_numpy())
    ).index("next")


def test_a_walk_is_reproducible() -> None:
    """Two walks with the same seed are the same walk."""
    other, _ = walked()

    assert all(a.posterior.identical(b.posterior) for a, b in zip(plain(), other, strict=True))
