"""Likelihood ratios of two records, and the blocks of parameters that they fall into."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
import xarray as xr

from forecasts.world import ratio
from forecasts.world.blocks import BLOCKS, COMPONENTS, in_no_block
from forecasts.world.exposure import exposure, signed_sum
from forecasts.world.inputs import Inputs, inputs
from forecasts.world.loglik import log_likelihood
from forecasts.world.model import build
from forecasts.world.ratio import Reference
from tests.builders_world import real_portfolio
from tests.world.made_up import chained, random_draws

DRAWS = 5


def record(as_of: date) -> Inputs:
    """Arrays of the real record as of a day."""
    return inputs(real_portfolio().as_of(as_of), real_portfolio())


@pytest.fixture(scope="module")
def old() -> Inputs:
    return record(date(2022, 12, 1))


@pytest.fixture(scope="module")
def flat(old: Inputs) -> xr.Dataset:
    return random_draws(old, DRAWS, seed=1)


def by_block(flat: xr.Dataset, data: Inputs) -> dict[str, np.ndarray]:
    """Whole log likelihood of each block, dims (sample,)."""
    terms = log_likelihood(chained(flat), data)
    whole = {str(name): np.asarray(value[0].sum(axis=-1)) for name, value in terms.items()}
    assert {name for names in COMPONENTS.values() for name in names} == set(whole)
    zero = np.zeros(flat.sizes["sample"])
    return {block: sum((whole[n] for n in names), zero) for block, names in COMPONENTS.items()}


@pytest.mark.parametrize(
    "as_of", [date(2022, 6, 1), date(2022, 12, 2), date(2023, 6, 18), date(2025, 6, 1)]
)
def test_ratio_is_the_difference_of_whole_likelihoods(
    old: Inputs, flat: xr.Dataset, as_of: date
) -> None:
    """Whatever the day, before or after, in one administration or the next."""
    new = record(as_of)
    before, after = by_block(flat, old), by_block(flat, new)

    found = Reference(flat, old).log_ratio(new)

    assert set(found) == set(BLOCKS)
    for block, values in found.items():
        np.testing.assert_allclose(
            values, after[block] - before[block], rtol=1e-8, atol=1e-8, err_msg=block
        )


def test_ratio_does_not_depend_on_how_many_draws_go_at_once(
    old: Inputs, flat: xr.Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cutting the draws into pieces is an affair of memory alone."""
    new = record(date(2023, 6, 18))
    whole = Reference(flat, old).log_ratio(new)
    monkeypatch.setattr(ratio, "CELLS_AT_ONCE", 1)
    one_by_one = Reference(flat, old).log_ratio(new)

    for block, values in whole.items():
        np.testing.assert_allclose(values, one_by_one[block], rtol=1e-12, err_msg=block)


def test_a_record_is_as_likely_as_itself(old: Inputs, flat: xr.Dataset) -> None:
    """The log ratio of a record to itself is zero in every block."""
    for values in Reference(flat, old).log_ratio(old).values():
        np.testing.assert_array_equal(values, 0.0)


def test_a_record_cancels_itself() -> None:
    """A record less itself has no row and no event."""
    seen = exposure(real_portfolio().as_of(date(2023, 6, 18)), real_portfolio())

    nothing = signed_sum([(1.0, seen), (-1.0, seen)])

    assert len(nothing.days) == len(nothing.row_reading) == 0
    for name in ("events", "event_reading", "recent_events", "detected_events"):
        np.testing.assert_allclose(getattr(nothing, name), 0.0, atol=1e-9)


def test_a_signed_sum_keeps_days_and_events() -> None:
    """Twice a record less the record has its days, row totals and events."""
    seen = exposure(real_portfolio().as_of(date(2023, 6, 18)), real_portfolio())

    same = signed_sum([(2.0, seen), (-1.0, seen)])

    np.testing.assert_allclose(same.days.sum(axis=0), seen.days.sum(axis=0))
    np.testing.assert_allclose(same.recent_days.sum(axis=0), seen.recent_days.sum(axis=0))
    np.testing.assert_allclose(same.events, seen.events)


def test_every_parameter_of_the_model_is_in_one_block(old: Inputs) -> None:
    """The blocks list each free parameter of the model once, and nothing that it lacks."""
    model = build(old, real_portfolio().priors)
    listed = [name for block in BLOCKS.values() for name in block]
    known = {v.name for v in (*model.free_RVs, *model.deterministics)}

    assert len(listed) == len(set(listed))
    assert set(listed) == known
    assert not in_no_block(known)


@pytest.mark.parametrize("block", BLOCKS)
def test_a_component_reads_the_parameters_of_its_block_alone(
    old: Inputs, flat: xr.Dataset, block: str
) -> None:
    """Draws of all other blocks may be exchanged without changing a block's likelihood."""
    others = [name for other, names in BLOCKS.items() if other != block for name in names]
    exchanged = flat.assign(flat[others].isel(sample=np.roll(np.arange(DRAWS), 1)).data_vars)

    np.testing.assert_array_equal(by_block(exchanged, old)[block], by_block(flat, old)[block])


def test_made_up_draws_have_every_parameter(flat: xr.Dataset) -> None:
    """The draws of these tests leave no parameter of a block out."""
    assert set(map(str, flat.data_vars)) == {n for block in BLOCKS.values() for n in block}
