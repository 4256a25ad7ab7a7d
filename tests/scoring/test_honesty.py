"""The panel counts every cell once, and its sentence claims no more than the intervals carry."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import xarray as xr

from forecasts.errors import BadInput
from forecasts.scoring.bootstrap import Interval, skill_interval
from forecasts.scoring.honesty import Against, Honesty, as_dict, panel
from forecasts.scoring.resampling import resample_blocks
from forecasts.scoring.rules import brier
from forecasts.scoring.sentence import sentence

NAN = float("nan")
NAMES = ["ours", "climatology", "calendar only"]


def table(cells: int = 120, *, seed: int = 1) -> xr.Dataset:
    """Monthly origins, two cells each, a fact every four cells; ours is right, others noisy."""
    rng = np.random.default_rng(seed)
    truth = rng.beta(0.6, 0.9, cells)
    said = np.stack([truth, np.full(cells, 0.4), (truth + rng.random(cells)) / 2], axis=1)
    number = np.arange(cells)
    return xr.Dataset(
        {
            "probability": (("cell", "forecaster"), said),
            "outcome": ("cell", (rng.random(cells) < truth).astype(np.float64)),
        },
        {
            "forecaster": NAMES,
            "cluster": ("cell", np.char.add("C", (number // 4).astype(str))),
            "origin": ("cell", np.datetime64("2005-01-01") + 30 * (number // 2)),
            "horizon_days": ("cell", np.full(cells, 90)),
        },
        {"every_days": 30},
    )


CELLS = table()
PANEL = panel(CELLS, "ours", NAMES[1:], seed=1, n=300)


def found(against: Against, low: float, high: float, *, power_large: float = 0.9) -> Against:
    skill = Interval((low + high) / 2, low, high)
    return replace(against, skill=skill, power_large=power_large, effective=30.0)


def told(*findings: tuple[float, float, float], honesty: Honesty = PANEL) -> str:
    against = tuple(
        found(one, low, high, power_large=power)
        for one, (low, high, power) in zip(honesty.against, findings, strict=False)
    )
    return sentence(replace(honesty, against=against))


def test_every_cell_is_counted_once() -> None:
    """A cell is scored, unanswered, void or pending."""
    cells = CELLS.copy(deep=True)
    cells["outcome"][:5] = NAN
    cells["void"] = ("cell", np.arange(120) < 2)
    cells["probability"][3:8, 0] = NAN

    got = panel(cells, "ours", [], seed=1, n=20)

    assert (got.scored, got.unanswered, got.void, got.pending) == (112, 3, 2, 3)


def test_skill_is_that_of_blocks_of_origins() -> None:
    """With origins, blocks twice the horizon long are drawn, all cells of an origin together."""
    drawn = resample_blocks(CELLS["origin"].values, length=6, seed=1, n=300)
    loss = brier(probability=CELLS["probability"], outcome=CELLS["outcome"])

    direct = skill_interval(
        score=loss.sel(forecaster="ours", drop=True),
        baseline=loss.sel(forecaster="climatology", drop=True),
        resampling=drawn,
    )

    skill = PANEL.against[0].skill
    assert (PANEL.method, PANEL.block_length) == ("blocks", 6)
    assert [skill.value, skill.low, skill.high] == pytest.approx([
        float(direct[name]) for name in ("value", "low", "high")
    ])


def test_without_origins_clusters_are_drawn() -> None:
    """A table without origins, or a refusal of blocks, resamples clusters."""
    plain = panel(CELLS.drop_vars("origin"), "ours", ["climatology"], seed=1, n=300)
    refused = panel(CELLS, "ours", ["climatology"], seed=1, n=300, blocks=False)

    assert plain == refused
    assert plain.method == "clusters"
    assert panel(CELLS, "ours", [], seed=1, n=20, blocks=9).block_length == 9


def test_pending_cells_change_no_reading() -> None:
    """What has not resolved adds to the count of pending cells and to nothing else."""
    more = table(140)
    more["outcome"][:20] = NAN
    later = more.isel(cell=slice(20, None))

    with_pending, without = (
        panel(cells, "ours", NAMES[1:], seed=1, n=50) for cells in (more, later)
    )

    assert with_pending == replace(without, pending=20)


def test_a_forecaster_against_itself_shows_nothing() -> None:
    """Skill against oneself is 0 with no width, and no power can be told."""
    own = panel(CELLS, "ours", ["ours"], seed=1, n=50).against[0]

    assert (own.skill.value, own.skill.low, own.skill.high) == (0, 0, 0)
    assert np.isnan(own.power_small)
    assert own.needed_small is None


def test_right_forecasts_read_as_calibrated() -> None:
    """Forecasts that are the truth have slope 1 and bias 0 inside their intervals."""
    reading = PANEL.calibration

    assert reading.slope.low <= 1 <= reading.slope.high
    assert reading.bias.low <= 0 <= reading.bias.high
    assert reading.miscalibration <= reading.limit


def test_nothing_resolved_is_said_so() -> None:
    """Without an outcome the panel has counts only, JSON has no NaN, and the sentence no claim."""
    cells = CELLS.assign(outcome=CELLS["outcome"] * NAN)

    got = panel(cells, "ours", NAMES[1:], seed=1)

    assert (got.scored, got.pending, got.clusters) == (0, 120, 0)
    assert "NaN" not in json.dumps(as_dict(got), allow_nan=False)
    assert sentence(got).startswith("Nothing has resolved yet")


def test_json_has_every_reading() -> None:
    """The panel survives JSON: the same numbers come back."""
    back = json.loads(json.dumps(as_dict(PANEL), allow_nan=False))

    assert back["scored"] == 120
    assert back["against"][1]["baseline"] == "calendar only"
    assert back["against"][0]["skill"]["low"] == PANEL.against[0].skill.low


@pytest.mark.parametrize(
    ("spoil", "word"),
    [
        (lambda cells: cells.drop_vars("cluster"), "cluster"),
        (lambda cells: cells.sel(forecaster=["climatology", "calendar only"]), "ours"),
    ],
)
def test_a_table_that_lacks_something_is_refused(
    spoil: Callable[[xr.Dataset], xr.Dataset], word: str
) -> None:
    """A missing variable or forecaster is named."""
    with pytest.raises(BadInput, match=word):
        panel(spoil(CELLS), "ours", ["climatology"], seed=1)


@pytest.mark.parametrize(
    ("low", "high", "power", "claim"),
    [
        (0.01, 0.3, 0.9, "did better than the long-run rate"),
        (0.01, 0.3, 0.3, "did better than the long-run rate"),
        (-0.3, -0.01, 0.9, "did worse than the long-run rate"),
        (-0.1, 0.3, 0.9, "were neither clearly better nor clearly worse than the long-run rate"),
        (0.0, 0.3, 0.9, "were neither clearly better nor clearly worse than the long-run rate"),
        (-0.1, 0.3, 0.4, "too little to say whether these forecasts were better or worse"),
        (NAN, NAN, 0.9, "too little to say whether these forecasts were better or worse"),
    ],
)
def test_the_claim_is_what_the_interval_carries(
    low: float, high: float, power: float, claim: str
) -> None:
    """Better needs the interval above 0; no difference needs power to have seen one."""
    said = told((low, high, power))

    assert claim in said
    assert said.startswith("On 120 resolved answers, which rest on about 30 independent facts")


def test_each_baseline_gets_its_own_verdict() -> None:
    """Two baselines with two findings stand in one sentence, each with its own."""
    assert told((0.1, 0.3, 0.9), (-0.1, 0.1, 0.2)).endswith(
        "these forecasts did better than the long-run rate "
        "and cannot be told apart from the summit calendar alone on so few facts."
    )


def test_few_facts_say_nothing_however_high_the_skill() -> None:
    """Below ten effective clusters no claim is made, even with an interval far above 0."""
    few = replace(PANEL, effective=9.4)

    said = told((0.5, 0.9, 0.99), honesty=few)

    assert said == (
        "The record, 120 resolved answers, rests on only about 9 independent facts, "
        "too few to say anything about how good these forecasts are."
    )


def test_a_baseline_with_few_common_facts_is_not_judged() -> None:
    """A baseline that answers only a few facts is not beaten by the record on all of them."""
    one = replace(found(PANEL.against[0], 0.1, 0.3), effective=5.0)

    assert "too little to say" in sentence(replace(PANEL, against=(one,)))


def test_the_sentence_is_plain() -> None:
    """No word of the trade, no number but the two counts, one full stop."""
    said = told((0.1, 0.3, 0.9), (-0.3, -0.1, 0.9))

    assert said.count(".") == 1
    for word in ("skill", "Brier", "interval", "cluster", "power", "climatology", "%"):
        assert word not in said
