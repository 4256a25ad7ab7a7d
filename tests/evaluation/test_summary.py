"""The summary of a backtest says what the table holds, and claims no more than that carries."""

from __future__ import annotations

import json
from itertools import groupby
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from forecasts.evaluation.summary import summarise
from forecasts.evaluation.summary_ablation import ablation
from forecasts.evaluation.summary_bars import Verdict, leak, verdicts
from forecasts.evaluation.summary_cells import plain, selected, spells
from forecasts.evaluation.summary_scores import diagrams, leaders
from forecasts.evaluation.summary_walks import reweighting
from forecasts.evaluation.summary_words import headline, limits
from tests.builders_backtest import HORIZONS, backtest_table, saying, with_exact

if TYPE_CHECKING:
    import xarray as xr

LEADERS = "leader_in_person"
TOO_GOOD = {"value": 0.9, "low": 0.8, "high": 0.95}


@pytest.fixture(scope="module")
def table() -> xr.Dataset:
    return backtest_table()


@pytest.fixture(scope="module")
def summary(table: xr.Dataset) -> dict[str, Any]:
    return summarise(table, seed=1)


def cells_of(table: xr.Dataset, days: int, forecaster: str) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities and outcomes of leaders' meetings, taken without the code under test."""
    kept = (table["subject"].values == LEADERS) & (table["horizon_days"].values == days)
    kept &= table["template"].values == "contact"
    said = table["probability"].sel(forecaster=forecaster).values[kept]
    return said, table["outcome"].values[kept]


def bar(summary: dict[str, Any], name: str) -> dict[str, Any]:
    return next(row for row in summary["bars"] if row["name"] == name)


def judged(summary: dict[str, Any], **parts: Any) -> dict[str, Any]:
    """The summary with some of its figures replaced, and judged anew."""
    found: dict[str, Any] = plain(summary | parts)
    found |= {"leak": leak(found), "bars": plain(verdicts(found)), "limits": limits(found)}
    return found | {"headline": headline(found)}


def claims(summary: dict[str, Any]) -> list[str]:
    return [row["claim"] for row in summary["limits"]]


def test_it_is_one_json_document(summary: dict[str, Any]) -> None:
    """Every value is plain, and none is NaN or infinite."""
    assert json.loads(json.dumps(summary, allow_nan=False)) == summary


def test_the_same_seed_gives_the_same_document() -> None:
    """A summary is a function of the table and the seed."""
    short = backtest_table(24)

    assert summarise(short, seed=1) == summarise(short, seed=1)


@pytest.mark.parametrize("days", HORIZONS)
def test_scores_are_means_over_the_cells(
    table: xr.Dataset, summary: dict[str, Any], days: int
) -> None:
    """Mean Brier scores, and the skill made of them, are what plain counting gives."""
    row = next(r for r in summary["leaders"] if r["horizon_days"] == days)
    means = {}
    for name in ("plans", "climatology", "calendar only"):
        said, came = cells_of(table, days, name)
        means[name] = float(np.mean((said - came) ** 2))

    assert row["brier"]["plans"] == pytest.approx(means["plans"])
    for baseline in ("climatology", "calendar only"):
        skill = row["against"][baseline]["skill"]
        assert skill["value"] == pytest.approx(1 - means["plans"] / means[baseline])
        assert skill["low"] <= skill["value"] <= skill["high"]


def test_parts_of_the_score_add_up(summary: dict[str, Any]) -> None:
    """Miscalibration less discrimination plus uncertainty is the Brier score."""
    for row in summary["leaders"]:
        parts = row["decomposition"]
        total = parts["miscalibration"] - parts["discrimination"] + parts["uncertainty"]
        assert total == pytest.approx(row["brier"]["plans"])


def test_spells_are_runs_of_equal_outcomes(table: xr.Dataset, summary: dict[str, Any]) -> None:
    """The count of independent facts is the number of runs along origins."""
    for row in summary["leaders"]:
        _, came = cells_of(table, row["horizon_days"], "plans")
        assert row["spells"] == len(list(groupby(came)))
    assert spells(np.array([])) == 0


def test_unresolved_cells_are_counted_and_never_scored(table: xr.Dataset) -> None:
    """A window without an outcome leaves the scored, joins the unresolved, and moves no mean."""
    last = table["origin"].values == table["step"].values[-1]
    shorter = table.assign(outcome=table["outcome"].where(~last))
    before, after = leaders(table, seed=1)[1], leaders(shorter, seed=1)[1]
    said, came = cells_of(table, 90, "plans")

    assert (after["cells"], after["scored"]) == (before["cells"], before["scored"] - 1)
    assert after["unresolved"] == 1
    assert after["brier"]["plans"] == pytest.approx(np.mean((said[:-1] - came[:-1]) ** 2))


def test_periods_part_the_record(summary: dict[str, Any]) -> None:
    """Before and after 2015 add up to all, and the closed years are inside, never left out."""
    every, before, after, shut = summary["periods"]
    for whole, one, two, closed in zip(
        *(p["leaders"] for p in (every, before, after, shut)), strict=True
    ):
        assert whole["scored"] == one["scored"] + two["scored"]
        total = one["scored"] * one["brier"]["plans"] + two["scored"] * two["brier"]["plans"]
        assert whole["scored"] * whole["brier"]["plans"] == pytest.approx(total)
        assert 0 < closed["scored"] < two["scored"]
    assert (shut["first"][:7], shut["last"][:7]) == ("2019-07", "2022-10")


def test_an_empty_period_has_no_figures() -> None:
    """A period without origins has counts of nought and no number that could be read as a score."""
    found = summarise(backtest_table(30), seed=1)
    empty = found["periods"][2]

    assert empty["origins"] == 0
    assert all(row["brier"]["plans"] is None for row in empty["leaders"])
    assert "That the model would see the next break coming." not in claims(found)


def test_order_of_cells_does_not_matter(table: xr.Dataset) -> None:
    """A table whose cells come in another order has the same scores and intervals."""
    mixed = table.isel(cell=np.random.default_rng(3).permutation(table.sizes["cell"]))
    for one, two in zip(leaders(table, seed=1), leaders(mixed, seed=1), strict=True):
        assert one["spells"] == two["spells"]
        for name in ("climatology", "calendar only"):
            ours, theirs = one["against"][name]["skill"], two["against"][name]["skill"]
            assert ours == pytest.approx(theirs)


def test_a_model_that_copies_a_baseline_has_no_skill(
    table: xr.Dataset, summary: dict[str, Any]
) -> None:
    """Skill against one's own copy is nought with its interval, and beating it is not claimed."""
    copied = table["probability"].sel(forecaster="calendar only").values
    found = judged(summary, leaders=leaders(saying(table, "plans", copied), seed=1))

    for row in found["leaders"]:
        skill = row["against"]["calendar only"]["skill"]
        assert skill == pytest.approx({"value": 0.0, "low": 0.0, "high": 0.0}, abs=1e-12)
    assert "That the model beats the summit calendar alone at 90 days." in claims(found)
    assert bar(found, "skill against calendar only, 90 days")["passed"] is False
    assert bar(found, "skill against calendar only, 180 days")["passed"] is True


def test_clear_skill_is_said_and_its_denial_is_not(summary: dict[str, Any]) -> None:
    """Where every interval lies above 0, the sentence says better, and no limit denies it."""
    told = " ".join(summary["headline"])

    assert "did better than the long-run rate at 30, 90" in told
    assert "That the model beats the summit calendar alone at 90 days." not in claims(summary)


def test_too_good_to_be_true_rings(table: xr.Dataset, summary: dict[str, Any]) -> None:
    """A model that knows what happens rings the alarm, at the head of the sentence too."""
    knows = table["outcome"].fillna(0.5).values
    found = judged(summary, leaders=leaders(saying(table, "plans", knows), seed=1))

    assert found["leak"]
    assert found["headline"][0].startswith("ALARM")
    assert bar(found, "too good to be true, 90 days")["passed"] is False


def test_bars_hold_on_the_strict_calendar_only(summary: dict[str, Any]) -> None:
    """On the full calendar no bar of skill has a verdict, no alarm rings, and hindsight is said."""
    rows = [dict(row) for row in summary["leaders"]]
    rows[1]["against"] = {**rows[1]["against"], "climatology": {"skill": TOO_GOOD}}
    found = judged(summary, made=summary["made"] | {"calendar": "full"}, leaders=rows)

    assert judged(summary, leaders=rows)["leak"]
    assert not found["leak"]
    for row in found["bars"]:
        if row["group"] in ("skill", "calibration", "leaks"):
            assert row["passed"] is None
    assert "That the full calendar was known ahead." in claims(found)
    assert "That the full calendar was known ahead." not in claims(summary)


def test_every_bar_of_the_method_is_there(summary: dict[str, Any]) -> None:
    """Six bars of skill, the alarm, four of trips, twelve of calibration, signals, reweighting."""
    groups = [row["group"] for row in summary["bars"]]

    assert set(summary["bars"][0]) == set(Verdict.__dataclass_fields__)
    assert {name: groups.count(name) for name in set(groups)} == {
        "skill": 10,
        "leaks": 1,
        "calibration": 12,
        "signals": 1,
        "reweighting": 3,
    }


def test_few_spells_carry_no_claim() -> None:
    """On twelve origins nothing is claimed at any horizon, whatever the skill looks like."""
    found = summarise(backtest_table(12, sharp=0.9), seed=1)
    told = " ".join(found["headline"])

    assert "better" not in told
    assert "Nothing is claimed at" in told
    for days in HORIZONS:
        assert f"Any skill for leaders' meetings within {days} days." in claims(found)


def test_the_origins_are_never_the_count(summary: dict[str, Any]) -> None:
    """The limits say how many spells each horizon has, and that calibration is retrodiction."""
    why = {row["claim"]: row["why"] for row in summary["limits"]}

    for row in summary["leaders"]:
        spoken = f"{row['horizon_days']} days: {row['spells']} spell"
        assert spoken in why["That 250 origins are as many observations."]
    assert "retrodiction" in why["That the forecasts are calibrated."]


@pytest.mark.parametrize(("gain", "default"), [(0.1, "two conditions"), (0.0, "off by default")])
def test_signals_must_earn_their_place(table: xr.Dataset, gain: float, default: str) -> None:
    """A constant gain a step sums up over steps; only above 0 is the first condition met."""
    elpd = table["elpd"].copy(deep=True)
    elpd.loc[{"walk": "signals"}] = elpd.sel(walk="plans") + gain
    found = ablation(table.assign(elpd=elpd), seed=1)
    row = found["log_score"]

    assert row["steps"] == 249
    assert [row[name] for name in ("value", "low", "high")] == pytest.approx([249 * gain] * 3)
    assert default in found["sentence"]
    assert "stay off" in found["sentence"] or "are off" in found["sentence"]


def test_signals_are_never_said_to_be_on(summary: dict[str, Any]) -> None:
    """Without the control that the method asks for, the bar has no verdict at best."""
    gained = summary["ablation"]["log_score"] | {"value": 9.0, "low": 1.0, "high": 20.0}
    found = judged(summary, ablation=summary["ablation"] | {"log_score": gained})

    assert bar(found, "log-score gain of signals, nats")["passed"] is None


def test_a_gain_is_the_difference_of_two_skills(table: xr.Dataset) -> None:
    """What plans add to skill is the skill with them less the skill without, on the same cells."""
    row = next(
        r
        for r in ablation(table, seed=1)["gains"]
        if (r["group"], r["horizon_days"], r["after"]) == ("leaders", 90, "plans")
    )
    losses = {}
    for name in ("base rates", "plans", "climatology"):
        said, came = cells_of(table, 90, name)
        losses[name] = np.mean((said - came) ** 2)

    gained = (losses["base rates"] - losses["plans"]) / losses["climatology"]
    assert row["skill_gain"]["value"] == pytest.approx(gained)
    assert row["brier_gain"]["value"] == pytest.approx(losses["base rates"] - losses["plans"])


def test_a_refit_origin_does_not_count_as_reweighted(table: xr.Dataset) -> None:
    """The largest k-hat is over the origins whose weights were used, and their count is told."""
    khat = table["khat"].copy(deep=True)
    khat[0, 3], khat[0, 25] = 0.65, 0.95  # the second is where a posterior is sampled
    row = reweighting(table.assign(khat=khat))["walks"][0]

    assert row["khat_max_used"] == 0.65
    assert (row["sampled"], row["reweighted"]) == (10, 240)


def test_a_large_khat_that_was_used_fails(table: xr.Dataset, summary: dict[str, Any]) -> None:
    """An origin that was reweighted above 0.7 fails its bar."""
    khat = table["khat"].copy(deep=True)
    khat[1, 3] = 0.75
    found = judged(summary, reweighting=reweighting(table.assign(khat=khat)))

    assert bar(found, "largest k-hat that was not refitted")["passed"] is False


@pytest.mark.parametrize(
    ("origins", "off", "passed"),
    [(125, 0.005, True), (125, 0.02, False), (50, 0.005, None), (50, 0.02, False)],
)
def test_agreement_is_measured_in_points(
    table: xr.Dataset, summary: dict[str, Any], origins: int, off: float, passed: bool | None
) -> None:
    """Answers off by so much show so many points; on few origins they can fail but not pass."""
    found = judged(summary, reweighting=reweighting(with_exact(table, origins, off=off)))
    row = found["reweighting"]["agreement"]["answers"][1]

    assert row["mean_points"] == pytest.approx(100 * off)
    assert row["max_points"] == pytest.approx(100 * off)
    assert bar(found, "answers off exact refits, plans: mean points")["passed"] is passed
    assert found["reweighting"]["speed"]["ratio"] == pytest.approx(15)


def test_what_was_not_measured_has_no_verdict(summary: dict[str, Any]) -> None:
    """Without exact refits nothing is said of agreement or speed: neither pass nor failure."""
    assert summary["reweighting"]["agreement"] is None
    assert bar(summary, "times faster than exact refits")["passed"] is None


def test_a_diagram_counts_every_forecast(table: xr.Dataset) -> None:
    """The counts along a reliability curve are the scored cells, and the curve never falls."""
    for drawn in diagrams(table, seed=1):
        assert drawn["count"].sum() == 250
        assert (np.diff(drawn["recalibrated"]) >= 0).all()


def test_selection_keeps_order_of_origin(table: xr.Dataset) -> None:
    """Cells come in order of origin, which counting spells needs."""
    mixed = table.isel(cell=np.random.default_rng(3).permutation(table.sizes["cell"]))
    days = selected(mixed, template="contact", subject=LEADERS, horizon_days=30)["origin"].values

    assert (np.diff(days).astype(int) > 0).all()
