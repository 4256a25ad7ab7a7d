"""`forecasts diagnose` checks the model behind a stored run, and says what it finds plainly."""

from __future__ import annotations

import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr

from forecasts.cli.diagnose import calibration, described, power_scaling
from forecasts.ledger import open_store, write_run
from forecasts.pipeline import diagnose as pipeline
from forecasts.world.inputs import inputs
from forecasts.world.model import MODEL_VERSION
from tests.builders_run import run_document
from tests.builders_world import real_portfolio
from tests.cli.calling import RUN, call, stored
from tests.world.made_up import chained, random_draws

AS_OF = date(2023, 6, 18)
DRAWS = 80
QUESTIONS = ("leaders-call-by-2023-12-31", "xi-receives-blinken-june-2023")


def calm(row: dict[str, Any]) -> dict[str, Any]:
    """One reading of power-scaling, unremarkable by default."""
    usual = {"component": "prior", "sensitivity": 0.01, "noise": 0.0, "moves": 0.0}
    return {**usual, "moves_mcse": 0.0, "flagged": False, "undecided": False, **row}


def ranked(**over: Any) -> dict[str, Any]:
    """How one quantity ranked, calibrated by default."""
    usual = {"quantity": "own_host", "p_value": 0.6, "inside": True, "failed": False}
    return {**usual, "coverage_80": 0.8, "coverage_90": 0.9, "ess": 400.0, **over}


FOUND: dict[str, Any] = {
    "run_id": RUN,
    "portfolio": "us_china",
    "title": "US-China",
    "as_of": "2023-06-18",
    "gates": {"passed": True, "failures": []},
    "seed": 1,
    "prior_predictive": [{"sentence": "calls: between 0 and 99 a year", "verdict": "too wide"}],
    "posterior_predictive": [
        {"part": "contacts", "what": "x", "seen": 9, "low": 0, "high": 4, "flagged": True}
    ],
    "power_scaling": [
        {
            "question": QUESTIONS[0],
            "prior": calm({"sensitivity": 0.081, "moves": -0.031, "flagged": True}),
            "likelihood": calm({"sensitivity": 0.06, "undecided": True}),
            "sentence": "Strong prior.",
            "single_priors": [
                calm({"component": "bilateral", "sensitivity": 0.07, "flagged": True}),
                calm({"component": "own_host", "sensitivity": 0.03}),
            ],
        }
    ],
    "calibration": None,
}


def fake(monkeypatch: pytest.MonkeyPatch, **over: Any) -> list[dict[str, Any]]:
    """Put a diagnosis in the place of the real one; returns the options it is called with."""
    asked: list[dict[str, Any]] = []

    def diagnose(*_args: object, **options: Any) -> dict[str, Any]:
        asked.append(options)
        options["progress"]("simulating", 0.5)
        return {**FOUND, **over}

    monkeypatch.setattr(pipeline, "diagnose", diagnose)
    return asked


@pytest.fixture
def store(tmp_path: Path) -> str:
    """A store with one run that no portfolio of today made."""
    return str(stored(tmp_path / "store"))


def test_each_part_is_told(store: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Gates, priors, replicas and answers each have their lines; progress goes elsewhere."""
    fake(monkeypatch)
    result = call("diagnose", "--store", store)

    assert result.exit_code == 0
    text = result.stdout
    assert "US-China, as of 2023-06-18" in text
    assert "gates: all passed" in text
    assert "too wide    calls: between 0 and 99 a year" in text
    assert "1 of 1 counts outside" in text
    assert "contacts: x: 9 on record, 0 to 4 replicated" in text
    assert "prior 0.08* (-3.1), likelihood 0.06? (+0.0)" in text
    assert "simulating" in result.stderr
    assert "simulating" not in text


def test_json_is_one_document(store: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """--json prints one JSON document in ASCII and nothing else."""
    fake(monkeypatch)
    result = call("diagnose", "--json", "--store", store)

    assert json.loads(result.stdout) == FOUND
    assert result.stdout.isascii()


def test_options_reach_the_pipeline(store: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run, number of simulations and seed are handed on."""
    asked = fake(monkeypatch)
    call("diagnose", "--store", store, "--run", RUN, "--sbc", "7", "--seed", "3")

    assert {key: asked[0][key] for key in ("run_id", "calibrate", "seed")} == {
        "run_id": RUN,
        "calibrate": 7,
        "seed": 3,
    }


@pytest.mark.parametrize(
    ("over", "status"),
    [
        ({"gates": {"passed": False, "failures": ["2 divergences"]}}, 1),
        ({"calibration": {"simulations": 9, "diverged": 0, "quantities": [ranked()]}}, 0),
        (
            {
                "calibration": {
                    "simulations": 9,
                    "diverged": 0,
                    "quantities": [ranked(failed=True, inside=False, p_value=0.0001)],
                }
            },
            1,
        ),
    ],
)
def test_exit_status_is_of_gates_and_sampler(
    store: str, monkeypatch: pytest.MonkeyPatch, over: dict[str, Any], status: int
) -> None:
    """Failed gates and an uncalibrated sampler exit 1; what is for judgement does not."""
    fake(monkeypatch, **over)

    assert call("diagnose", "--store", store).exit_code == status


def test_beliefs_are_named_where_the_prior_counts() -> None:
    """For an answer that hangs on the prior, the single priors that are flagged are named."""
    lines = power_scaling(FOUND["power_scaling"])

    assert lines[-1] == "    most of all: bilateral 0.07* (+0.0)"
    calm_answer = {**FOUND["power_scaling"][0], "prior": calm({})}
    assert "most of all" not in "\n".join(power_scaling([calm_answer]))


def test_quantities_outside_the_band_are_listed_worst_first() -> None:
    """The lines give how many are outside, how many are by chance, and name each."""
    rows = [
        ranked(),
        ranked(quantity="b", inside=False, p_value=0.03),
        ranked(quantity="a", inside=False, p_value=0.001),
    ]
    lines = calibration({"simulations": 40, "diverged": 2, "quantities": rows})

    assert "40 made-up records, 2 with divergences" in lines[0]
    assert "2 of 3 quantities" in lines[1]
    assert [line.split(":")[0].strip() for line in lines[-2:]] == ["a", "b"]


def test_hostile_names_stay_text(store: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Control characters of a title are gone."""
    fake(monkeypatch, title="\x1b[31mred\x07")

    assert "\x1b" not in call("diagnose", "--store", store).stdout


@pytest.mark.parametrize("words", [[], ["--json"], ["--run", RUN]])
def test_an_empty_store_is_one_line(tmp_path: Path, words: list[str]) -> None:
    """Where there is no run, one line says how to get one."""
    result = call("diagnose", *words, "--store", str(tmp_path / "none"))

    assert result.exit_code == 2
    assert result.stdout == ""
    assert "`forecasts run`" in result.stderr.splitlines()[-1]


def test_a_run_of_other_evidence_is_refused(store: str) -> None:
    """What is checked must be what the run was made from."""
    result = call("diagnose", "--store", store)

    assert result.exit_code == 2
    assert "the declared files that the run was made from" in result.stderr


def test_another_model_is_refused(tmp_path: Path) -> None:
    """A run of an older model is refused in one line that says what to do."""
    digest = real_portfolio().digest
    folder = stored(tmp_path / "store", portfolio_digest=digest, model_version="0")
    result = call("diagnose", "--store", str(folder))

    assert result.exit_code == 2
    assert "found 'version 0'" in result.stderr
    assert "`forecasts run`" in result.stderr


def test_a_posterior_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    """An empty file in the posterior's place is one line."""
    over = {"portfolio_digest": real_portfolio().digest, "model_version": MODEL_VERSION}
    result = call("diagnose", "--store", str(stored(tmp_path / "store", **over)))

    assert result.exit_code == 2
    assert "posterior" in result.stderr.splitlines()[-1]


def whole_store(folder: Path, posterior: xr.Dataset, **over: Any) -> str:
    """Store a run that today's portfolio could have made, with these draws."""
    answers = [{"question": name, "status": "open"} for name in QUESTIONS]
    document = run_document(
        answers=answers,
        portfolio_digest=real_portfolio().digest,
        model_version=MODEL_VERSION,
        draws=DRAWS,
        horizon_days=200,
        **over,
    )
    tree = xr.DataTree.from_dict({"posterior": posterior, "prior": posterior})
    buffer = io.BytesIO()
    tree.to_netcdf(buffer, engine="h5netcdf")
    write_run(open_store(folder), document, lambda path: path.write_bytes(buffer.getvalue()), {})
    return str(folder)


@pytest.fixture(scope="module")
def draws() -> xr.Dataset:
    """Made-up draws of the whole model as of the June run's day."""
    data = inputs(real_portfolio().as_of(AS_OF), real_portfolio())
    return chained(random_draws(data, DRAWS, seed=1)).assign_coords(
        chain=[0], draw=np.arange(DRAWS)
    )


def test_a_stored_run_is_diagnosed_without_the_sampler(tmp_path: Path, draws: xr.Dataset) -> None:
    """From draws and evidence alone every part is filled."""
    result = call("diagnose", "--json", "--store", whole_store(tmp_path / "store", draws))
    found = json.loads(result.stdout)

    assert result.exit_code == 0
    assert [row["question"] for row in found["power_scaling"]] == list(QUESTIONS)
    assert all(len(row["single_priors"]) > 20 for row in found["power_scaling"])
    assert len(found["prior_predictive"]) > 2 * len(real_portfolio().kinds)
    assert {"contacts", "plans", "levels", "summits"} <= {
        row["part"] for row in found["posterior_predictive"]
    }
    assert found["calibration"] is None
    assert "\n".join(described(found))


def test_a_posterior_of_fewer_parameters_is_refused(tmp_path: Path, draws: xr.Dataset) -> None:
    """A parameter that the stored draws lack is named, instead of failing on the way."""
    store = whole_store(tmp_path / "store", draws.drop_vars("own_host"))
    result = call("diagnose", "--store", store)

    assert result.exit_code == 2
    assert "without own_host" in result.stderr
