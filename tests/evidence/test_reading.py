"""Reading the evidence folder: each thing that cannot be true, one by one."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from forecasts.errors import BadInput
from forecasts.evidence.reading import evidence_problems, read_evidence
from tests.builders import CELLS, cells, write_evidence, write_sidecar, write_table

# table, changed cells, column at fault, part of what is expected, part of what is found
IMPOSSIBLE = [
    ("contacts", {"start_date": "18 June 2023"}, "start_date", "2023-06-18", "18 June 2023"),
    ("contacts", {"start_date": "2023-6-18"}, "start_date", "2023-06-18", "2023-6-18"),
    ("contacts", {"end_date": "2023-02-30"}, "end_date", "exists", "2023-02-30"),
    ("contacts", {"known_date": ""}, "known_date", "exists", "''"),
    ("contacts", {"end_date": "2023-06-17"}, "end_date", "from 2023-06-18", "2023-06-17"),
    ("contacts", {"announced_date": "2023-06-19"}, "announced_date", "up to 2023", "2023-06-19"),
    ("contacts", {"known_date": "2023-06-17"}, "known_date", "from 2023-06-18", "2023-06-17"),
    ("contacts", {"kind": "tea_party"}, "kind", "state_sec_visit", "tea_party"),
    ("contacts", {"venue_type": "moon"}, "venue_type", "us, prc, third", "moon"),
    ("contacts", {"outcome_level": "triumph"}, "outcome_level", "breakthrough", "triumph"),
    ("contacts", {"met_paramount_leader": "ja"}, "met_paramount_leader", "yes, no", "ja"),
    ("contacts", {"confidence": "sure"}, "confidence", "high, medium, low", "sure"),
    ("contacts", {"id": " "}, "id", "some text", "' '"),
    ("contacts", {"us_lead": "=cmd|'/c calc'!A1"}, "us_lead", "formula", "=cmd"),
    ("contacts", {"outcome_note": "+1-555"}, "outcome_note", "formula", "+1-555"),
    ("contacts", {"outcome_note": " @SUM(A1)"}, "outcome_note", "formula", "@SUM"),
    ("contacts", {"outcome_note": "＝1+1"}, "outcome_note", "formula", "＝1+1"),
    ("contacts", {"outcome_note": "x" * 100_001}, "outcome_note", "100000 bytes", "100001 bytes"),
    ("contacts", {"outcome_note": "é" * 50_001}, "outcome_note", "100000 bytes", "100002 bytes"),
    ("contacts", {"start_date": "2026-08-23", "end_date": "2026-08-23",
                  "known_date": "2026-08-23"}, "start_date", "before 2026-08-23", "2026-08-23"),
    ("contacts", {"kind": "dialogue"}, "kind", "row in coverage.csv", "dialogue"),
    ("plans", {"status": "perhaps"}, "status", "pending, held", "perhaps"),
    ("plans", {"venue_type": ""}, "venue_type", "us, prc, third", "''"),
    ("plans", {"announced_date": "2023-06-19"}, "announced_date", "up to 2023-06-18", "06-19"),
    ("plans", {"status_date": "2023-06-13"}, "status_date", "from 2023-06-14", "2023-06-13"),
    ("plans", {"status_date": "2023-06-17"}, "status_date", "when C1 was known", "2023-06-17"),
    ("plans", {"status_date": ""}, "status_date", "exists", "''"),
    ("plans", {"contact_id": ""}, "contact_id", "some text", "''"),
    ("plans", {"contact_id": "C9"}, "contact_id", "contacts.csv", "C9"),
    ("plans", {"status": "pending"}, "status_date", "nothing for a pending plan", "2023-06-18"),
    ("plans", {"status": "pending", "status_date": ""}, "contact_id", "nothing", "C1"),
    ("plans", {"kind": "dialogue"}, "kind", "the kind of C1", "dialogue"),
    ("cancelled", {"cancelled_date": "2023-13"}, "cancelled_date", "month", "2023-13"),
    ("cancelled", {"planned_date": "soon"}, "planned_date", "month", "soon"),
    ("cancelled", {"announced_date": "2023-02-04"}, "announced_date", "up to", "2023-02-04"),
    ("cancelled", {"rescheduled_to_id": "C9"}, "rescheduled_to_id", "contacts.csv", "C9"),
    ("cancelled", {"kind": ""}, "kind", "one of", "''"),
    ("signals", {"signal_type": "rumour"}, "signal_type", "sanction", "rumour"),
    ("signals", {"direction": "2"}, "direction", "+1, 1, 0, -1", "2"),
    ("signals", {"direction": "-1+cmd"}, "direction", "formula", "-1+cmd"),
    ("signals", {"intensity": "6"}, "intensity", "1, 2, 3, 4, 5", "6"),
    ("signals", {"known_date": "2023-02-03"}, "known_date", "from 2023-02-04", "2023-02-03"),
    ("calendar", {"end_date": "2023-09-08"}, "end_date", "from 2023-09-09", "2023-09-08"),
    ("calendar", {"known_date": "2023-09-10"}, "known_date", "up to 2023-09-09", "2023-09-10"),
    ("calendar", {"us_president_in_person": "ja"}, "us_president_in_person", "yes, no", "ja"),
    ("coverage", {"complete_until": "1971-06-30"}, "complete_until", "from 1971-07-01", "06-30"),
    ("coverage", {"censored_from": "2026-06-15"}, "censored_from", "after 2026-06-15", "06-15"),
    ("coverage", {"kind": "tea_party"}, "kind", "state_sec_visit", "tea_party"),
    ("administrations", {"known_date": "2021-01-21"}, "known_date", "up to 2021-01-20", "01-21"),
    ("administrations", {"us_president": ""}, "us_president", "some text", "''"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("table", "over", "column", "expected", "found"),
    IMPOSSIBLE,
    ids=[f"{table}-{column}-{found[:12]}" for table, _, column, _, found in IMPOSSIBLE],
)
def test_what_cannot_be_true_names_its_row_and_column(
    tmp_path: Path, table: str, over: dict[str, str], column: str, expected: str, found: str
) -> None:
    """Each impossible cell is refused with file, row, column, expected, found and mend."""
    folder = write_evidence(tmp_path)
    write_table(folder, table, [cells(table, **over)])

    with pytest.raises(BadInput) as caught:
        read_evidence(folder)

    problem = caught.value
    assert problem.where == f"{table}.csv, row 2, {column}"
    assert expected in problem.expected
    assert found in repr(problem.found)
    assert problem.mend
    assert len(str(problem)) < 600


@pytest.mark.parametrize("table", CELLS)
def test_a_repeated_identifier_names_both_rows(tmp_path: Path, table: str) -> None:
    """The second row with an identifier is refused, and says where the first is."""
    folder = write_evidence(tmp_path)
    write_table(folder, table, [cells(table), cells(table)])

    with pytest.raises(BadInput) as caught:
        read_evidence(folder)

    assert caught.value.where.startswith(f"{table}.csv, row 3, ")
    assert "row 2" in caught.value.expected


def test_two_plans_of_one_kind_and_dates_are_one_plan(tmp_path: Path) -> None:
    """Plans are named by kind and dates, so two rows may not share them."""
    folder = write_evidence(tmp_path)
    write_table(folder, "plans", [cells("plans"), cells("plans", id="P-C1-again")])

    with pytest.raises(BadInput, match=r"plans\.csv, row 3, planned_date: expected one plan"):
        read_evidence(folder)


@pytest.mark.parametrize("table", CELLS)
def test_a_missing_table_is_named(tmp_path: Path, table: str) -> None:
    """A folder without one of its tables is refused by that table's name."""
    folder = write_evidence(tmp_path)
    (folder / f"{table}.csv").unlink()

    with pytest.raises(BadInput, match=rf"{table}\.csv: expected a file, found 'no such file'"):
        read_evidence(folder)


def test_all_problems_are_listed_and_a_good_folder_has_none(tmp_path: Path) -> None:
    """`check` reports every bad row of every table once, not just the first."""
    folder = write_evidence(tmp_path)
    assert evidence_problems(folder) == []

    write_table(
        folder,
        "signals",
        [cells("signals", direction="9"), cells("signals", id="S2", intensity="9")],
    )
    write_table(folder, "cancelled", [cells("cancelled", rescheduled_to_id="C9")])

    assert [problem.where for problem in evidence_problems(folder)] == [
        "signals.csv, row 2, direction",
        "signals.csv, row 3, intensity",
        "cancelled.csv, row 2, rescheduled_to_id",
    ]


def test_one_bad_contact_is_one_problem(tmp_path: Path) -> None:
    """Links to a row that is itself bad do not dangle: the mistake is reported once."""
    folder = write_evidence(tmp_path)
    write_table(folder, "contacts", [cells("contacts", end_date="2023-02-30")])

    assert [problem.where for problem in evidence_problems(folder)] == [
        "contacts.csv, row 2, end_date"
    ]


def test_an_unreadable_table_is_one_problem(tmp_path: Path) -> None:
    """Rows lost with a broken file do not make every link to them a problem of its own."""
    folder = write_evidence(tmp_path)
    path = folder / "contacts.csv"
    path.write_bytes(path.read_bytes().replace(b"Qin", b"Q\xedn"))
    write_sidecar(folder, "contacts", rows=1)

    assert [problem.where for problem in evidence_problems(folder)] == [
        "contacts.csv, row 2, prc_lead"
    ]


def test_plans_lose_their_telling_identifiers(tmp_path: Path) -> None:
    """A plan is named by kind and dates: the file's own identifiers tell held from lost."""
    (plan,) = read_evidence(write_evidence(tmp_path)).plans

    assert plan.id == "state_sec_visit:2023-06-14:2023-06-18"


@pytest.mark.parametrize(
    ("over", "last_day"),
    [
        ({}, date(2023, 2, 3)),
        ({"cancelled_date": "2023-02"}, date(2023, 2, 28)),
        ({"cancelled_date": "2023", "planned_date": ""}, date(2023, 12, 31)),
        ({"cancelled_date": ""}, None),
        ({"planned_date": "", "announced_date": ""}, None),
    ],
)
def test_a_loss_is_public_on_the_last_day_its_date_can_mean(
    tmp_path: Path, over: dict[str, str], last_day: date | None
) -> None:
    """A month means its end; a suspension of nothing dated, or of no known day, is no loss."""
    folder = write_evidence(tmp_path)
    write_table(folder, "cancelled", [cells("cancelled", **over)])

    losses = read_evidence(folder).losses

    assert [loss.cancelled for loss in losses] == ([last_day] if last_day else [])


def test_a_loss_knows_whether_it_is_among_the_dated_plans(tmp_path: Path) -> None:
    """The same episode in plans.csv is not counted twice."""
    folder = write_evidence(tmp_path)
    lost = cells("plans", id="P-X1", planned_date="2023-06-20", status="postponed")
    write_table(folder, "plans", [cells("plans"), lost])
    write_table(folder, "cancelled", [cells("cancelled"), cells("cancelled", id="X2")])

    assert [loss.dated_plan for loss in read_evidence(folder).losses] == [True, False]


@pytest.mark.parametrize(
    ("over", "in_person"),
    [
        ({}, True),
        ({"prc_note": "video address"}, True),
        ({"us_president_in_person": "no"}, True),
        ({"us_president_in_person": "no", "host_city": "Riyadh (virtual)"}, False),
        ({"us_president_in_person": "no", "host_city": "Santiago (cancelled)"}, False),
        ({"us_president_in_person": "no", "us_note": "virtual", "prc_note": "virtual"}, False),
        ({"us_president_in_person": "no", "us_note": "cancelled for shutdown"}, True),
        ({"us_president_in_person": "unknown"}, None),
    ],
)
def test_a_summit_is_in_person_unless_it_was_not_held_in_a_room(
    tmp_path: Path, over: dict[str, str], in_person: bool | None
) -> None:
    """One leader's absence or video leaves a summit in person; the city or both notes decide."""
    folder = write_evidence(tmp_path)
    write_table(folder, "calendar", [cells("calendar", **over)])

    (summit,) = read_evidence(folder).opportunities

    assert summit.in_person is in_person


def test_a_fixed_calendar_is_known_a_year_ahead(tmp_path: Path) -> None:
    """A summit of the same week every year needs no announcement; another one does."""
    folder = write_evidence(tmp_path)
    fixed = {"known_date": "", "known_basis": "fixed annual calendar (third week)"}
    undated = {"id": "X", "known_date": "", "known_basis": ""}
    write_table(folder, "calendar", [cells("calendar", **fixed), cells("calendar", **undated)])

    assert [each.known for each in read_evidence(folder).opportunities] == [
        date(2022, 9, 9),
        None,
    ]


def test_summits_without_the_us_are_no_opportunity(tmp_path: Path) -> None:
    """BRICS stays in the file and out of the evidence."""
    folder = write_evidence(tmp_path)
    write_table(folder, "calendar", [cells("calendar", event="BRICS")])

    assert read_evidence(folder).opportunities == ()


@pytest.mark.parametrize(("cell", "received"), [("yes", True), ("no", False), ("na", None)])
def test_reception_has_three_values(tmp_path: Path, cell: str, received: bool | None) -> None:
    """Not established is neither yes nor no."""
    folder = write_evidence(tmp_path)
    write_table(folder, "contacts", [cells("contacts", met_paramount_leader=cell)])

    assert read_evidence(folder).contacts[0].received is received


@pytest.mark.parametrize(("cell", "direction"), [("+1", 1), ("1", 1), ("0", 0), ("-1", -1)])
def test_a_signed_direction_is_no_formula(tmp_path: Path, cell: str, direction: int) -> None:
    """`+1` and `-1` are what the direction column is for."""
    folder = write_evidence(tmp_path)
    write_table(folder, "signals", [cells("signals", direction=cell)])

    assert read_evidence(folder).signals[0].direction == direction
