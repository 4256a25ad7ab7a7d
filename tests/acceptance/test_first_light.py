"""The whole path on the real record: one command, honest numbers, and the verbs that read them."""

from __future__ import annotations

import csv
import hashlib
import json
import shutil
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from forecasts.portfolio import Portfolio, bundled, load
from forecasts.schema import INTERVAL_MASS
from forecasts.world.inputs import arrays, inputs
from tests.cli.calling import call, start

pytestmark = pytest.mark.slow

AS_OF = "2023-06-18"
RUN = ("run", "--as-of", AS_OF, "--json")


@dataclass(frozen=True)
class FirstRun:
    store: Path
    document: dict[str, Any]
    stderr: str

    @property
    def stored(self) -> dict[str, Any]:
        """The whole run document, of which the command line prints a part."""
        folder = self.store / "runs" / AS_OF / self.document["run_id"]
        document: dict[str, Any] = json.loads((folder / "run.json").read_text(encoding="utf-8"))
        return document


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> FirstRun:
    """One full run of the June 2023 questions in a process of its own."""
    store = tmp_path_factory.mktemp("first") / "store"
    done = start(*RUN, "--store", str(store))

    assert done.returncode == 0, done.stderr
    return FirstRun(store, json.loads(done.stdout), done.stderr)


def test_run_passes_its_gates_and_coheres(first: FirstRun) -> None:
    """The run exits 0 with one JSON document, whose gates are passed and whose identities hold."""
    document = first.document

    assert document["as_of"] == AS_OF
    assert document["gates"]["passed"] is True
    assert document["gates"]["coherent"] is True
    assert document["gates"]["divergences"] == 0
    assert all(check["holds"] and check["checked"] > 0 for check in document["coherence"])
    assert first.stored["futures"] >= 100_000


def test_every_open_question_is_answered_with_its_errors(first: FirstRun) -> None:
    """Each answer lies in (0, 1) and in its interval; its Monte Carlo error is at most 0.005."""
    portfolio = load(bundled())
    asked = {q.id for q in portfolio.open_questions(date.fromisoformat(AS_OF))}
    answers = first.document["answers"]

    assert {answer["question"] for answer in answers} == asked
    for answer in answers:
        low, high = answer["interval"]
        assert 0.0 < low <= answer["probability"] <= high < 1.0, answer["question"]
        assert answer["interval_mass"] == INTERVAL_MASS
        assert answer["mcse"] <= 0.005, answer["question"]
        assert answer["status"] == "open"


def test_drivers_sum_to_the_log_odds(first: FirstRun) -> None:
    """Base rate and steps sum to the log-odds of each answer."""
    for answer in first.document["answers"]:
        p = answer["probability"]
        total = sum(driver["delta_logit"] for driver in answer["drivers"])
        assert total == pytest.approx(np.log(p / (1 - p)), abs=1e-6), answer["question"]
        assert answer["drivers"][0]["name"] == "base rate"


def test_curves_rise(first: FirstRun) -> None:
    """Each horizon curve rises to the answer itself."""
    curves = [a for a in first.document["answers"] if a["curve"]]

    assert len(curves) > 3
    for answer in curves:
        points = [point["probability"] for point in answer["curve"]]
        assert points == sorted(points)
        assert points[-1] == pytest.approx(answer["probability"])


def test_nothing_later_is_in_the_document(first: FirstRun) -> None:
    """The timeline has no contact, signal or announcement after the as-of day."""
    line = first.stored["timeline"]
    dates = [row["date"] for table in ("contacts", "signals") for row in line[table]]
    dates += [plan["announced"] for plan in line["plans"]]

    assert max(dates) <= AS_OF


def test_second_run_is_a_no_op_that_says_so(first: FirstRun) -> None:
    """The same order again makes nothing, says so on stderr, and prints the same document."""
    files = sorted(first.store.rglob("*"))
    began = time.monotonic()
    done = start(*RUN, "--store", str(first.store))

    assert done.returncode == 0, done.stderr
    assert "nothing is new" in done.stderr
    assert "nothing is new" not in first.stderr
    assert json.loads(done.stdout) == first.document
    assert {p for p in first.store.rglob("*") if p.is_dir()} == {p for p in files if p.is_dir()}
    assert time.monotonic() - began < 20  # a fit takes several times as long


def test_verbs_read_the_run(first: FirstRun, tmp_path: Path) -> None:
    """Show, explain and report work on the stored run."""
    store = ("--store", str(first.store))
    answer = first.document["answers"][0]
    shown = call("show", *store, "--json")
    explained = call("explain", answer["question"], *store)
    page = tmp_path / "page.html"
    reported = call("report", *store, "--out", str(page))

    assert [shown.exit_code, explained.exit_code, reported.exit_code] == [0, 0, 0]
    assert json.loads(shown.stdout)["run_id"] == first.document["run_id"]
    assert "base rate" in explained.stdout.lower()
    text = page.read_text(encoding="utf-8")
    assert first.document["run_id"] in text
    assert answer["title"].partition("'")[0] in text


def test_planted_row_changes_no_input(tmp_path: Path) -> None:
    """A contact that became public a day late, written into the files, changes no array read."""
    copy = tmp_path / "portfolio"
    shutil.copytree(bundled(), copy)
    plant(copy / "evidence")
    honest, planted = load(bundled()), load(copy)

    assert len(planted.evidence.contacts) == len(honest.evidence.contacts) + 1
    assert as_read(planted) == as_read(honest)


def as_read(portfolio: Portfolio) -> dict[str, Any]:
    """Every array that the posterior reads, as bytes."""
    data = inputs(portfolio.as_of(date.fromisoformat(AS_OF)), portfolio)
    return {name: np.asarray(value).tobytes() for name, value in arrays(data)}


def plant(folder: Path) -> None:
    """Add a leaders' meeting of 15 June that was known from 19 June, and mend the sidecar."""
    table, sidecar = folder / "contacts.csv", folder / "contacts.meta.toml"
    before = hashlib.sha256(table.read_bytes()).hexdigest()
    with table.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        rows, names = list(reader), list(reader.fieldnames or ())
    met = [row for row in rows if row["kind"] == "leader_in_person"]
    days = {"start_date": "2023-06-15", "end_date": "2023-06-15", "announced_date": ""}
    rows.append({**met[-1], "id": "PLANTED", **days, "known_date": "2023-06-19"})
    with table.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    after = hashlib.sha256(table.read_bytes()).hexdigest()
    text = sidecar.read_text(encoding="utf-8").replace(before, after)
    text = text.replace(f"rows = {len(rows) - 1}", f"rows = {len(rows)}")
    sidecar.write_text(text, encoding="utf-8")
