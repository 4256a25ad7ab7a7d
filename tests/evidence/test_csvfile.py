"""Reading a CSV that somebody else wrote: what is refused, and where."""

from __future__ import annotations

from pathlib import Path

import pytest

from forecasts.checked import Findings
from forecasts.errors import BadInput
from forecasts.evidence.csvfile import Row, read_rows

COLUMNS = ("id", "note")
GOOD = b"id,note\nA,first\nB,second\n"


def _read(tmp_path: Path, data: bytes) -> list[Row]:
    path = tmp_path / "table.csv"
    path.write_bytes(data)
    return read_rows(path, COLUMNS, Findings(stop=True))


@pytest.mark.parametrize(
    ("data", "where", "expected", "found"),
    [
        (b"", "row 1", "a header row", "an empty file"),
        (b" \n\n", "row 1", "a header row", "an empty file"),
        (b"id,remark\nA,first\n", "row 1", "a column note", "id,remark"),
        (b"id,note,note\nA,first,x\n", "row 1", "each column once", "note"),
        (b"id,note\nA,first,extra\n", "row 2", "2 cells", "3 cells"),
        (b"id,note\nA\n", "row 2", "2 cells", "1 cells"),
        (b"id,note\nA,fi\xe9rst\n", "row 2, note", "UTF-8 text", "byte 0xe9"),
        (b"id,note\nA,ok\nB,\"x, y\"\nC\xff,z\n", "row 4, id", "UTF-8 text", "byte 0xff"),
        ("id,note\nA,first\n".encode("utf-16"), "row 1", "UTF-8 text", "UTF-16"),
        (b"id,note\nA,fi\0rst\n", "row 2, note", "control characters", "a NUL byte"),
        (b"id,note\nA,\x1b[31mred\n", "row 2, note", "control characters", "character 27"),
        (b'id,note\nA,"first\nB,second\n', "row 2", "well-formed CSV", "unexpected end"),
        (b'id,note\nA,"first" x\n', "row 2", "well-formed CSV", "expected after"),
        (b"id,note\nA,=1+1\n", "row 2, note", "formula", "=1+1"),
        (b"id,note\n-A,first\n", "row 2, id", "formula", "-A"),
        (b'id,note\nA,"one\ntwo"\nB,=x\n', "row 4, note", "formula", "=x"),
        (b"id,note\n\nA,=x\n", "row 3, note", "formula", "=x"),
        (b"id,note\r\nA,=x\r\n", "row 2, note", "formula", "=x"),
    ],
)  # fmt: skip
def test_a_bad_file_is_refused_at_its_place(
    tmp_path: Path, data: bytes, where: str, expected: str, found: str
) -> None:
    """File, line as an editor counts, and column where one can be told."""
    with pytest.raises(BadInput) as caught:
        _read(tmp_path, data)

    assert caught.value.where == f"table.csv, {where}"
    assert expected in caught.value.expected
    assert found in caught.value.found
    assert caught.value.mend


def test_ten_megabytes_in_a_field_are_refused(tmp_path: Path) -> None:
    """A field beyond every limit is refused with its column and size, not swallowed."""
    data = GOOD + b'C,"a, b"\nD,' + b"x" * 10_000_000 + b"\nE,last\n"

    with pytest.raises(BadInput) as caught:
        _read(tmp_path, data)

    assert caught.value.where == "table.csv, row 5, note"
    assert caught.value.found == "10000000 bytes"
    assert len(str(caught.value)) < 200


def test_ten_megabytes_in_quotes_over_many_lines_are_refused(tmp_path: Path) -> None:
    """The row of a field with line breaks is the line where it begins."""
    data = GOOD + b'"D","' + b"x\n" * 5_000_000 + b'"\n'

    with pytest.raises(BadInput, match=r"table\.csv, row 4, note"):
        _read(tmp_path, data)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """A file that is not there is bad input, not a traceback."""
    with pytest.raises(BadInput, match=r"absent\.csv: expected a file"):
        read_rows(tmp_path / "absent.csv", COLUMNS, Findings(stop=True))


@pytest.mark.parametrize(
    "data",
    [GOOD, b"\xef\xbb\xbf" + GOOD, GOOD.replace(b"\n", b"\r\n"), GOOD.replace(b"\n", b"\r")],
    ids=["plain", "byte order mark", "CRLF", "CR"],
)
def test_spreadsheets_may_save_as_they_do(tmp_path: Path, data: bytes) -> None:
    """A byte order mark and any line ending read the same."""
    rows = _read(tmp_path, data)

    assert [(row.line, dict(row.cells)) for row in rows] == [
        (2, {"id": "A", "note": "first"}),
        (3, {"id": "B", "note": "second"}),
    ]


def test_other_columns_are_left_alone(tmp_path: Path) -> None:
    """A column that nobody asked for is no mistake."""
    (row,) = _read(tmp_path, b"mine,id,note\n1,A,first\n")

    assert row.text("note") == "first"


def test_reading_goes_on_after_a_bad_row(tmp_path: Path) -> None:
    """Where problems are collected, the other rows are still read."""
    path = tmp_path / "table.csv"
    path.write_bytes(b"id,note\nA,=1\nB,second\nC\n")
    findings = Findings(stop=False)

    rows = read_rows(path, COLUMNS, findings)

    assert [row.text("id") for row in rows] == ["B"]
    assert [problem.where for problem in findings.problems] == [
        "table.csv, row 2, note",
        "table.csv, row 4",
    ]
