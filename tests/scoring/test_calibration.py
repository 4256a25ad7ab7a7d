"""Recalibration is monotone and best, and the parts of a score add up."""

from __future__ import annotations

from typing import TypedDict

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from forecasts.scoring.calibration import decompose, recalibrate
from forecasts.scoring.reliability import miscalibration_test, reliability
from forecasts.scoring.rules import Rule, brier, log_score

NAN = float("nan")
# few distinct values, so that ties are tried
pairs = st.lists(
    st.tuples(
        st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.8, 1.0]) | st.floats(0, 1) | st.just(NAN),
        st.sampled_from([0.0, 1.0, NAN]),
    ),
    min_size=1,
    max_size=30,
)
Pairs = list[tuple[float, float]]


class Cells(TypedDict):
    probability: xr.DataArray
    outcome: xr.DataArray


def rows(table: Pairs) -> Cells:
    said, happened = np.array(table).T
    cells = {"cell": np.arange(len(said))}
    return {
        "probability": xr.DataArray(said, cells, "cell"),
        "outcome": xr.DataArray(happened, cells, "cell"),
    }


@pytest.mark.parametrize("rule", [brier, log_score])
@settings(max_examples=15)
@given(table=pairs)
def test_the_parts_add_up_to_the_score(rule: Rule, table: Pairs) -> None:
    """Score = miscalibration - discrimination + uncertainty, and neither part is negative."""
    cells = rows(table)

    parts = decompose(**cells, rule=rule)

    assert parts.count == int(rule(**cells).notnull().sum())
    if parts.count:
        whole = parts.miscalibration - parts.discrimination + parts.uncertainty
        assert whole == pytest.approx(parts.score, abs=1e-12)
        assert parts.score == pytest.approx(float(rule(**cells).mean()))
        assert min(parts.miscalibration, parts.discrimination) >= -1e-12


@settings(max_examples=15)
@given(pairs)
def test_uncertainty_of_the_brier_score_is_a_variance(table: Pairs) -> None:
    """Uncertainty knows nothing of the forecasts: it is f (1 - f) with f the frequency."""
    parts = decompose(**rows(table))

    happened = [y for p, y in table if not np.isnan(p + y)]
    if happened:
        frequency = float(np.mean(happened))
        assert parts.uncertainty == pytest.approx(frequency * (1 - frequency))


@settings(max_examples=15)
@given(pairs)
def test_recalibrated_never_falls_and_ties_agree(table: Pairs) -> None:
    """Higher forecasts get no lower value, equal forecasts the same, unscored cells none."""
    cells = rows(table)

    better = recalibrate(**cells)

    scored = np.asarray(brier(**cells).notnull())
    assert np.array_equal(np.asarray(better.notnull()), scored)
    said, value = np.asarray(cells["probability"])[scored], np.asarray(better)[scored]
    order = np.argsort(said)
    assert (np.diff(value[order]) >= 0).all()
    assert all(np.ptp(value[said == one]) == 0 for one in said)


@settings(max_examples=15)
@given(pairs)
def test_recalibrating_twice_changes_nothing(table: Pairs) -> None:
    """Recalibrated forecasts have no miscalibration left."""
    cells = rows(table)
    better = recalibrate(**cells).clip(0, 1)

    parts = decompose(probability=better, outcome=cells["outcome"])

    assert not parts.count or parts.miscalibration == pytest.approx(0, abs=1e-12)


def test_a_diagram_shows_the_recalibrated_curve() -> None:
    """The curve of the diagram is the recalibration of its cells, and counts add up."""
    rng = np.random.default_rng(3)
    said = rng.random(500)
    cells = rows([(p, float(rng.random() < p)) for p in said])

    diagram = reliability(**cells, seed=1, n=50)

    better = recalibrate(**cells)
    at = [int(np.flatnonzero(said == p)[0]) for p in diagram["forecast"].values]
    assert diagram["recalibrated"].values == pytest.approx(better.values[at])
    assert int(diagram["count"].sum()) == 500 == diagram.attrs["count"]
    assert (diagram["low"] <= diagram["high"]).all()


def test_the_band_holds_right_forecasts_as_often_as_it_says() -> None:
    """Over records whose forecasts are right, the 90 % band holds the curve 90 % of the time."""
    rng = np.random.default_rng(4)
    said = np.tile(np.linspace(0.2, 0.8, 4), 50)
    inside = []
    for number in range(60):
        cells = rows([(p, float(rng.random() < p)) for p in said])
        diagram = reliability(**cells, seed=number, n=100)
        curve = diagram["recalibrated"]
        inside.append(((diagram["low"] <= curve) & (curve <= diagram["high"])).values)

    # the band is rounded outwards at a discrete curve, so it may hold a little more
    assert 0.87 <= np.mean(inside) <= 0.97


def test_right_forecasts_are_rarely_found_wrong() -> None:
    """If forecasts are right, the p-value falls below 10 % in about one record of ten."""
    rng = np.random.default_rng(5)
    said = rng.random(80)
    low = [
        miscalibration_test(
            **rows([(p, float(rng.random() < p)) for p in said]), seed=number, n=99
        ).p_value
        <= 0.1
        for number in range(150)
    ]

    assert np.mean(low) == pytest.approx(0.1, abs=3 * (0.1 * 0.9 / 150) ** 0.5)


def test_one_shared_luck_widens_what_right_forecasts_may_show() -> None:
    """Cells that share their fact may all miss together, and the 95 % point says so."""
    said, happened = np.full(100, 0.3), np.zeros(100)
    cells = rows(list(zip(said, happened, strict=True)))

    alone = miscalibration_test(**cells, seed=1)
    together = miscalibration_test(**cells, clusters=["C1"] * 100, seed=1)

    assert alone.p_value < 0.01
    assert together.p_value > 0.5
    # one fact: all happen or none does, so miscalibration is .49 or .09
    assert together.limit == pytest.approx(0.49)
    assert together.expected == pytest.approx(0.3 * 0.49 + 0.7 * 0.09, abs=0.02)


def test_what_is_tested_is_what_the_decomposition_says() -> None:
    """The tested miscalibration is the part of the Brier score; unscored cells change nothing."""
    table = [(0.2, 1.0), (0.4, 0.0), (0.4, 1.0), (0.9, 0.0)]
    clusters = ["C1", "C2", "C3", "C4"]

    test = miscalibration_test(**rows(table), clusters=clusters, seed=1)
    wider = miscalibration_test(
        **rows([(NAN, 1.0), *table, (0.5, NAN)]), clusters=["C0", *clusters, "C9"], seed=1
    )

    assert test.observed == pytest.approx(decompose(**rows(table)).miscalibration)
    assert wider == test


def test_nothing_scored_shows_nothing() -> None:
    """Without a scored cell every reading is NaN or empty, and nothing fails."""
    cells = rows([(0.5, NAN), (NAN, 1.0)])

    assert np.isnan(decompose(**cells).score)
    assert np.isnan(miscalibration_test(**cells, seed=1).p_value)
    assert reliability(**cells, seed=1).sizes["forecast"] == 0
