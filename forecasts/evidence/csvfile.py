"""Reading a CSV that somebody else wrote, and trusting none of it.

A file is refused, with its line and column, for a wrong encoding, a NUL byte,
a formula that a spreadsheet would run, a field that is too long, a ragged row
or a missing column. Lines are counted as an editor shows them.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path

from forecasts.checked import CONTROL, Findings
from forecasts.dates import parse_day
from forecasts.errors import BadInput

LONGEST_FIELD = 100_000  # bytes; the longest field of the record has 273
LONGEST_FILE_BYTES = 64_000_000
FORMULA_STARTS = "=+-@＝＋－＠"  # what a spreadsheet takes for a formula, full-width forms included
MINUS_OR_PLUS_ONE = ("+1", "-1")


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table: its cells by column, and the line where it starts."""

    file: str
    line: int
    cells: Mapping[str, str]

    def where(self, column: str = "") -> str:
        """Place of a cell, for a message."""
        return f"{self.file}, row {self.line}" + (f", {column}" if column else "")

    def bad(self, column: str, expected: str, mend: str) -> BadInput:
        """Build the problem that a cell is not what was expected."""
        return BadInput(self.where(column), expected, self.cells[column], mend)

    def text(self, column: str) -> str:
        """Cell as it stands, without blanks around it."""
        return self.cells[column].strip()

    def filled(self, column: str) -> str:
        """Cell that may not be empty."""
        text = self.text(column)
        if not text:
            raise self.bad(column, "some text", "fill it in")
        return text

    def day(self, column: str) -> date:
        """Cell as a day."""
        text = self.text(column)
        try:
            return parse_day(text)
        except ValueError:
            raise self.bad(
                column, "a day that exists, like 2023-06-18", "correct the date"
            ) from None

    def day_or_none(self, column: str) -> date | None:
        """Cell as a day; empty is not established."""
        return self.day(column) if self.text(column) else None

    def choice(self, column: str, allowed: Collection[str]) -> str:
        """Cell that must be one of `allowed`."""
        text = self.text(column)
        if text in allowed:
            return text
        listed = ", ".join(each or "(empty)" for each in allowed)
        raise self.bad(column, f"one of {listed}", "choose one of these")


def read_rows(path: Path, columns: Collection[str], findings: Findings) -> list[Row]:
    """Read a CSV file into checked rows.

    Parameters
    ----------
    path : Path
        The file; its name starts each message.
    columns : collection of str
        Columns that must be there. Others are ignored.
    findings : Findings
        Where problems go. A row with a problem is left out.

    Returns
    -------
    list of Row
        Empty when the file cannot be read at all.
    """
    text = findings.attempt(_text, path)
    if text is None:
        return []
    return list(_rows(text, path.name, columns, findings))


def _text(path: Path) -> str:
    name = path.name
    if not path.is_file():
        raise BadInput(name, "a file", "no such file", f"add {name} to {path.parent}")
    size = path.stat().st_size
    if size > LONGEST_FILE_BYTES:
        raise BadInput(name, f"at most {LONGEST_FILE_BYTES} bytes", f"{size} bytes", "split it")
    data = path.read_bytes()
    if not data.strip():
        raise BadInput(f"{name}, row 1", "a header row", "an empty file", "write the header")
    text = _decoded(data, name)
    _refuse_control_characters(text, name)
    return text


def _decoded(data: bytes, name: str) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise BadInput(f"{name}, row 1", "UTF-8 text", "UTF-16", "save it as CSV UTF-8")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = _column_at(data.decode("latin-1"), error.start)
        where = f"{name}, row {line}, {column}"
        found = f"byte 0x{data[error.start]:02x}"
        raise BadInput(where, "UTF-8 text", found, "save it as CSV UTF-8") from None


def _refuse_control_characters(text: str, name: str) -> None:
    match = CONTROL.search(text)
    if match is None:
        return
    line = text.count("\n", 0, match.start()) + 1
    column = _column_at(text, match.start())
    found = "a NUL byte" if match.group() == "\0" else f"character {ord(match.group())}"
    mend = "remove it, and look for more"
    raise BadInput(f"{name}, row {line}, {column}", "text without control characters", found, mend)


def _rows(text: str, name: str, columns: Collection[str], findings: Findings) -> Iterator[Row]:
    lines = _numbered(text, name, findings)
    _, header = next(lines, (1, []))
    if findings.attempt(_check_header, header, name, columns) is None:
        return
    for line, cells in lines:
        row = findings.attempt(_row, name, line, header, cells)
        if row is not None:
            yield row


def _numbered(text: str, name: str, findings: Findings) -> Iterator[tuple[int, list[str]]]:
    """Yield each row with the line where it starts, up to one that cannot be parsed."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    try:
        for cells in reader:
            if cells:
                yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        findings.add(_csv_problem(error, text, name, line))


def _check_header(header: list[str], name: str, columns: Collection[str]) -> list[str]:
    where = f"{name}, row 1"
    for column in columns:
        if column not in header:
            mend = f"add the column {column}"
            raise BadInput(where, f"a column {column}", ",".join(header), mend)
    for column in header:
        if header.count(column) > 1:
            raise BadInput(where, "each column once", column, "remove or rename one of them")
    return header


def _row(name: str, line: int, header: list[str], cells: list[str]) -> Row:
    row = Row(name, line, dict(zip(header, cells, strict=False)))
    if len(cells) != len(header):
        mend = "put a cell that holds a comma in double quotes"
        found = f"{len(cells)} cells"
        raise BadInput(row.where(), f"{len(header)} cells", found, mend)
    for column, cell in row.cells.items():
        if len(cell) > LONGEST_FIELD // 4 and len(cell.encode()) > LONGEST_FIELD:
            raise _too_long(row.where(column), len(cell.encode()))
        if _runs(cell.strip(), column):
            mend = f"begin the cell with something else than {cell.strip()[0]}"
            raise row.bad(column, "text that no spreadsheet runs as a formula", mend)
    return row


def _runs(text: str, column: str) -> bool:
    """Whether a spreadsheet would take the cell for a formula."""
    if not text or text[0] not in FORMULA_STARTS:
        return False
    return column != "direction" or text not in MINUS_OR_PLUS_ONE


def _too_long(where: str, size: int) -> BadInput:
    mend = "shorten it, or close the quotes"
    return BadInput(where, f"at most {LONGEST_FIELD} bytes in a field", f"{size} bytes", mend)


def _csv_problem(error: csv.Error, text: str, name: str, line: int) -> BadInput:
    """Say where the parser gave up: which column of the row that starts at `line`."""
    start = _start_of_line(text, line)
    if "field larger" not in str(error):
        mend = "close the double quotes, and double those inside a cell"
        return BadInput(f"{name}, row {line}", "well-formed CSV", error, mend)
    header = next(csv.reader(io.StringIO(text, newline="")), [])
    index, size = _longest_field(text, start)
    column = header[index] if index < len(header) else f"column {index + 1}"
    return _too_long(f"{name}, row {line}, {column}", size)


def _start_of_line(text: str, line: int) -> int:
    return sum(len(each) for each in islice(io.StringIO(text, newline=""), line - 1))


def _longest_field(text: str, start: int) -> tuple[int, int]:
    """Index and size of the first field over the limit in the row that begins at `start`."""
    index, begun, quoted = 0, start, False
    for position in range(start, len(text)):
        character = text[position]
        if character == '"':
            quoted = not quoted
        elif not quoted and character in ",\r\n":
            if position - begun > LONGEST_FIELD:
                return index, position - begun
            index, begun = index + 1, position + 1
    return index, len(text) - begun


def _column_at(text: str, position: int) -> str:
    """Name of the column in which the character at `position` stands, as far as it can be told."""
    start = text.rfind("\n", 0, position) + 1
    quoted, index = False, 0
    for character in text[start:position]:
        if character == '"':
            quoted = not quoted
        elif character == "," and not quoted:
            index += 1
    header = text[: text.find("\n")].strip().split(",")
    return header[index] if index < len(header) else f"column {index + 1}"
