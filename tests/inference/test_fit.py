"""What a fit does about divergences."""

from __future__ import annotations

import pytest
import xarray as xr

from forecasts.inference.fit import TARGET_ACCEPT, without_divergences


def tree(*, diverging: bool) -> xr.DataTree:
    """A fit of two draws, the second of which may have diverged."""
    stats = xr.Dataset({"diverging": (("chain", "draw"), [[False, diverging]])})
    return xr.DataTree.from_dict({"sample_stats": stats})


@pytest.mark.parametrize(
    ("first_diverges", "tried"), [(False, TARGET_ACCEPT[:1]), (True, TARGET_ACCEPT)]
)
def test_smaller_steps_are_tried_only_where_larger_ones_diverge(
    first_diverges: bool, tried: tuple[float, ...]
) -> None:
    """One clean try is enough; one divergence is too many."""
    asked = []

    def sample(target_accept: float) -> xr.DataTree:
        asked.append(target_accept)
        return tree(diverging=first_diverges and target_accept == TARGET_ACCEPT[0])

    result = without_divergences(sample)

    assert tuple(asked) == tried
    assert not result["sample_stats"]["diverging"].any()


def test_divergences_that_stay_are_returned_for_the_gates_to_see() -> None:
    """Nothing is hidden: the last try is what is gated."""
    result = without_divergences(lambda _: tree(diverging=True))

    assert result["sample_stats"]["diverging"].any()
