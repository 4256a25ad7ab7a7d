"""Pointwise scores agree with hand computation, with identities and with `scoringrules`."""

from __future__ import annotations

from math import log

import numpy as np
import pytest
import scoringrules
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from forecasts.errors import BadInput
from forecasts.scoring.rules import FLOOR, Rule, brier, crps, log_score, rps

probabilities = st.floats(0, 1)
inner = st.floats(0.001, 0.999)
outcomes = st.sampled_from([0.0, 1.0])
NAN = float("nan")


def row(*values: float, dim: str = "cell") -> xr.DataArray:
    return xr.DataArray(np.array(values, dtype=np.float64), dims=dim)


@settings(max_examples=15)
@given(probabilities, outcomes)
def test_brier_is_the_squared_error(said: float, happened: float) -> None:
    """The Brier score is the kernel of `scoringrules`, and (p - y) squared."""
    score = brier(probability=row(said), outcome=row(happened)).item()

    assert score == scoringrules.brier_score(happened, said)
    assert score == (said - happened) ** 2


@settings(max_examples=15)
@given(inner, outcomes)
def test_log_score_is_the_surprise(said: float, happened: float) -> None:
    """The log score is minus the log of the chance given to what happened."""
    score = log_score(probability=row(said), outcome=row(happened)).item()

    assert score == pytest.approx(-log(said if happened else 1 - said))
    assert score == pytest.approx(float(scoringrules.log_score(happened, said)))


def test_a_sure_miss_costs_the_log_of_the_floor() -> None:
    """Saying 0 of what happens costs -log(floor), and 1 of what does not costs the same."""
    score = log_score(probability=row(0, 1), outcome=row(1, 0))

    assert score.values == pytest.approx([-log(FLOOR)] * 2)


@pytest.mark.parametrize("rule", [brier, log_score])
@settings(max_examples=15)
@given(truth=inner, said=inner)
def test_honesty_is_the_best_policy(rule: Rule, truth: float, said: float) -> None:
    """Both scores are proper: who believes q expects the lowest loss from saying q."""

    def expected(probability: float) -> float:
        loss = rule(probability=row(probability, probability), outcome=row(0, 1)).values
        return float((1 - truth) * loss[0] + truth * loss[1])

    assert expected(truth) <= expected(said) + 1e-12


@pytest.mark.parametrize("rule", [brier, log_score])
def test_unresolved_stays_nan(rule: Rule) -> None:
    """No outcome, or no answer, gives no number."""
    score = rule(probability=row(0.5, NAN, 0.5), outcome=row(NAN, 1, 0))

    assert np.isnan(score.values).tolist() == [True, True, False]


def test_named_dimensions_pass_through() -> None:
    """One outcome a cell meets many forecasters by name, whatever the order of dimensions."""
    said = xr.DataArray(
        [[0.1, 0.2], [0.3, 0.4]], dims=("forecaster", "cell"), coords={"forecaster": ["a", "b"]}
    )

    score = brier(probability=said, outcome=row(0, 1))

    assert score.dims == ("forecaster", "cell")
    assert score.sel(forecaster="b").values == pytest.approx([0.09, 0.36])


def test_cells_that_do_not_match_are_refused() -> None:
    """Cells of one array that the other lacks are an error, not left out in silence."""
    said = row(0.1, 0.2).assign_coords(cell=["x", "y"])
    happened = row(0, 1).assign_coords(cell=["y", "z"])

    with pytest.raises(BadInput, match="same cells"):
        brier(probability=said, outcome=happened)


@pytest.mark.parametrize(
    ("said", "happened"), [(1.2, 1), (-0.1, 0), (0.5, 0.5), (float("inf"), 1), (0.5, 2)]
)
def test_impossible_values_are_refused(said: float, happened: float) -> None:
    """A probability outside [0, 1], or half an outcome, is refused."""
    with pytest.raises(BadInput):
        brier(probability=row(said), outcome=row(happened))


@settings(max_examples=15)
@given(probabilities, outcomes)
def test_rps_of_two_levels_is_brier(said: float, happened: float) -> None:
    """With two levels the ranked score is the Brier score of the upper one."""
    two = row(1 - said, said, dim="level")

    score = rps(probabilities=two, outcome=xr.DataArray(happened), dim="level").item()

    assert score == pytest.approx(brier(probability=row(said), outcome=row(happened)).item())


def test_rps_is_the_sum_of_brier_scores_of_thresholds() -> None:
    """The ranked score is the sum over thresholds of the Brier score of "at most this level"."""
    rng = np.random.default_rng(1)
    said = xr.DataArray(rng.dirichlet(np.ones(4), size=20), dims=("cell", "level"))
    came = xr.DataArray(rng.integers(0, 4, 20).astype(np.float64), dims="cell")

    by_hand = sum(
        brier(
            probability=said[:, : k + 1].sum("level").clip(0, 1),
            outcome=(came <= k).astype(np.float64),
        )
        for k in range(3)
    )

    assert rps(probabilities=said, outcome=came, dim="level").values == pytest.approx(
        np.asarray(by_hand)
    )


def test_rps_finds_its_levels_by_name() -> None:
    """The dimension of levels need not be the last; NaN in any level, or no outcome, gives NaN."""
    said = xr.DataArray(
        [[1.0, 0.2, NAN, 0.2], [0.0, 0.8, 0.5, 0.8]],
        dims=("level", "cell"),
        coords={"level": ["none", "dialogue"]},
    )

    score = rps(probabilities=said, outcome=row(1, 1, 1, NAN), dim="level")

    assert score.dims == ("cell",)
    assert score.values[:2] == pytest.approx([1.0, 0.04])
    assert np.isnan(score.values[2:]).all()


@pytest.mark.parametrize(("said", "came"), [((0.5, 0.4), 0), ((0.5, 0.5), 2), ((0.5, 0.5), 0.5)])
def test_levels_that_cannot_be_are_refused(said: tuple[float, float], came: float) -> None:
    """Probabilities of levels sum to 1, and an outcome is the number of one of them."""
    with pytest.raises(BadInput):
        rps(probabilities=row(*said, dim="level"), outcome=xr.DataArray(float(came)), dim="level")


@settings(max_examples=15)
@given(st.integers(0, 20), st.integers(0, 20))
def test_crps_of_one_number_is_its_absolute_error(said: int, came: int) -> None:
    """A forecast of one number is off by its distance."""
    sure = row(*[float(said)] * 5, dim="future")

    score = crps(samples=sure, outcome=xr.DataArray(float(came)), dim="future")

    assert score.item() == pytest.approx(abs(said - came))


def test_crps_is_the_area_between_the_distributions() -> None:
    """For counts it is the sum over k of the Brier score of "at most k"."""
    rng = np.random.default_rng(2)
    drawn = rng.poisson(2.0, size=(30, 12)).astype(np.float64)
    came = rng.poisson(2.0, size=12).astype(np.float64)
    counts = np.arange(60)
    chance = (drawn[..., np.newaxis] <= counts).mean(axis=0)
    area = ((chance - (came[:, np.newaxis] <= counts)) ** 2).sum(axis=1)

    score = crps(
        samples=xr.DataArray(drawn, dims=("future", "cell")),
        outcome=xr.DataArray(came, dims="cell"),
        dim="future",
    )

    assert score.dims == ("cell",)
    assert score.values == pytest.approx(area)


def test_crps_of_an_unresolved_count_is_nan() -> None:
    """No count, no score."""
    score = crps(samples=row(1, 2, dim="future"), outcome=row(1, NAN), dim="future")

    assert np.isnan(score.values).tolist() == [False, True]
