"""A backtest's plan and table: which days, which calendar, what one cell says."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from functools import cache

import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st

from forecasts.errors import BadInput
from forecasts.evaluation.backtest import (
    KNOWN_BEFORE_DAYS,
    Backtest,
    check,
    joined,
    seen_from,
    walked,
)
from forecasts.evaluation.cells import FORECASTERS, MODELS
from forecasts.inference.fit import Settings
from forecasts.schema import ONE_OFF
from tests.builders_walk import PretendSampler
from tests.builders_world import real_portfolio

SMALL = Backtest(
    first=date(2013, 1, 1),
    last=date(2013, 5, 1),
    horizons=(30, 180),
    settings=Settings(draws=200, chains=1),
    stretch=3,
)


@cache
def parts() -> tuple[xr.Dataset, ...]:
    return tuple(walked(real_portfolio(), SMALL, s, PretendSampler()) for s in SMALL.stretches)


@cache
def whole() -> xr.Dataset:
    return joined(parts(), SMALL)


@given(
    st.dates(date(1990, 1, 1), date(2020, 1, 1)),
    st.integers(0, 2000),
    st.integers(1, 400),
    st.integers(1, 40),
)
def test_stretches_are_the_origins_cut_up(
    first: date, span: int, every_days: int, stretch: int
) -> None:
    """Every origin is in one stretch, in order; none passes the last day."""
    asked = Backtest(first, first + timedelta(days=span), every_days=every_days, stretch=stretch)

    assert tuple(day for part in asked.stretches for day in part) == asked.origins
    assert asked.origins[0] == first
    assert asked.origins[-1] <= asked.last < asked.origins[-1] + timedelta(days=every_days)


@pytest.mark.parametrize(
    ("over", "what"),
    [
        ({"first": date(1960, 1, 1)}, "--from"),
        ({"last": date(2026, 6, 1)}, "--to"),
        ({"last": date(2000, 1, 1)}, "--to"),
        ({"horizons": ()}, "--horizons"),
        ({"horizons": (0,)}, "--horizons"),
        ({"every_days": 0}, "--every"),
        ({"calendar": "loose"}, "--calendar"),
    ],
)
def test_what_the_record_cannot_carry_is_refused(over: dict[str, object], what: str) -> None:
    """Origins outside the record, windows of no length and unknown calendars name their option."""
    with pytest.raises(BadInput, match=what):
        check(real_portfolio(), replace(SMALL, **over))  # type: ignore[arg-type]


def test_horizons_that_pass_the_record_are_censored_not_refused() -> None:
    """If the shortest window is resolved, longer ones may be open: their cells have no outcome."""
    check(real_portfolio(), replace(SMALL, last=date(2026, 5, 1), horizons=(30, 365)))


def test_the_strict_calendar_is_the_portfolio_itself() -> None:
    """Nothing is changed: the shipped record already names yearly summits alone."""
    assert seen_from(real_portfolio(), "strict") is real_portfolio()


def test_the_full_calendar_pretends_to_have_known_one_off_summits() -> None:
    """Each becomes an opportunity known so many days ahead; BRICS does not; the rest stays."""
    before = {row.id: row for row in real_portfolio().evidence.opportunities}
    after = seen_from(real_portfolio(), "full").evidence.opportunities

    named = [row for row in after if row.series == ONE_OFF]
    assert len(named) >= 10
    assert all((row.start - row.known).days >= KNOWN_BEFORE_DAYS for row in named if row.known)
    others = [row for row in after if row.series != ONE_OFF]
    assert all(row == before[row.id] for row in others)
    assert "BRICS" not in {row.series for row in named}


def test_the_table_has_a_row_for_every_question_of_every_origin() -> None:
    """Cells name origin, question and deciding fact; probabilities lie in [0, 1]."""
    table = whole()

    assert list(table["forecaster"].to_numpy()) == list(FORECASTERS)
    assert set(table["origin"].to_numpy().astype("datetime64[D]").tolist()) == set(SMALL.origins)
    said = table["probability"].to_numpy()
    assert ((said >= 0) & (said <= 1) | np.isnan(said)).all()
    assert set(np.unique(table["outcome"].to_numpy()[~np.isnan(table["outcome"])])) <= {0.0, 1.0}
    assert (table["cluster"].to_numpy() != "").all()


def test_models_answer_every_contact_question() -> None:
    """Only a plan may be unknown to a stage: that of base rates knows none."""
    table = whole()
    models = table["probability"].sel(forecaster=list(MODELS))
    contacts = models.isel(cell=np.flatnonzero(table["template"].to_numpy() == "contact"))

    assert not np.isnan(contacts.to_numpy()).any()
    plans = models.isel(cell=np.flatnonzero(table["template"].to_numpy() == "plan"))
    assert np.isnan(plans.sel(forecaster="base rates").to_numpy()).all()
    assert not np.isnan(plans.sel(forecaster="plans").to_numpy()).any()


def test_longer_windows_are_never_less_likely() -> None:
    """Of one kind and origin, the model's probability grows with the horizon."""
    table = whole()
    chosen = (table["template"] == "contact") & (table["subject"] == "leader_in_person")
    said = table["probability"].isel(cell=np.flatnonzero(chosen.to_numpy()))

    for model in MODELS:
        by_origin = said.sel(forecaster=model).to_numpy().reshape(-1, len(SMALL.horizons))
        assert (np.diff(by_origin, axis=1) >= 0).all()


def test_the_account_says_how_each_posterior_came() -> None:
    """Each stretch begins with a sampled posterior, in both walks."""
    table = whole()
    first = [stretch[0] for stretch in SMALL.stretches]
    days = table["step"].to_numpy().astype("datetime64[D]").tolist()

    assert days == list(SMALL.origins)
    sampled = table["sampled"].to_numpy()
    assert all(sampled[:, days.index(day)].all() for day in first)


def test_stretches_do_not_depend_on_each_other() -> None:
    """Made alone, the second stretch is bit for bit what it is in the whole table."""
    alone = walked(real_portfolio(), SMALL, SMALL.stretches[1], PretendSampler())

    assert alone.identical(parts()[1])
