"""Reading what people wrote: every wrong key, type or value is one clear `BadInput`.

:class:`Findings` either stops at the first problem or collects them all, so
that one reader serves both ``load`` and ``check``. :class:`Keys` gives typed
access to a TOML table. Nothing here opens a file.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime

from forecasts.errors import BadInput

LONGEST_TOML_BYTES = 1_000_000  # a declaration is a page of text; a megabyte is a mistake
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
"""Characters that no text of ours needs, and that a terminal or a browser may act on."""

ID = re.compile(r"[a-z0-9][a-z0-9-]*")
LONGEST_ID = 80

_AT_LINE = re.compile(r"at line (\d+)")


class Findings:
    """Problems met while reading: stop at the first, or collect them all.

    Examples
    --------
    >>> findings = Findings(stop=False)
    >>> findings.attempt(check_id, "../etc", "questions/x.toml, id") is None
    True
    >>> len(findings.problems)
    1
    """

    def __init__(self, *, stop: bool) -> None:
        self.stop = stop
        self.problems: list[BadInput] = []

    def add(self, problem: BadInput) -> None:
        """Raise `problem`, or keep it."""
        if self.stop:
            raise problem
        self.problems.append(problem)

    def attempt[**P, T](self, read: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T | None:
        """Call `read`; a problem is added, and ``None`` returned instead of its result."""
        try:
            return read(*args, **kwargs)
        except BadInput as problem:
            self.add(problem)
            return None


def sha256(data: bytes) -> str:
    """Hexadecimal SHA-256 of `data`."""
    return hashlib.sha256(data).hexdigest()


def check_id(text: str, where: str) -> str:
    """Return `text` if it can name a file and a question: lower case, digits, hyphens.

    Raises
    ------
    BadInput
        For anything else, e.g. ``../``.

    Examples
    --------
    >>> check_id("leaders-meet-by-2023-12-31", "questions/x.toml, id")
    'leaders-meet-by-2023-12-31'
    """
    if ID.fullmatch(text) and len(text) <= LONGEST_ID:
        return text
    expected = f"lower-case letters, digits and hyphens, at most {LONGEST_ID} characters"
    raise BadInput(where, expected, text, "rename it (and its file)")


def parse_toml(data: bytes, where: str) -> dict[str, object]:
    """Parse a TOML file, with the line in the message when it cannot be read.

    Examples
    --------
    >>> parse_toml(b'title = "US-China"', "portfolio.toml")
    {'title': 'US-China'}
    """
    if len(data) > LONGEST_TOML_BYTES:
        found = f"{len(data)} bytes"
        raise BadInput(where, f"at most {LONGEST_TOML_BYTES} bytes", found, "shorten the file")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        found = f"byte 0x{data[error.start]:02x}"
        raise BadInput(f"{where}, line {line}", "UTF-8 text", found, "save it as UTF-8") from None
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        at = _AT_LINE.search(str(error))
        place = f"{where}, line {at.group(1)}" if at else where
        raise BadInput(place, "valid TOML", error, "correct the syntax there") from None
    except RecursionError:
        raise BadInput(where, "valid TOML", "tables nested too deep", "flatten them") from None


class Keys:
    """Typed access to one table of a declared file.

    Parameters
    ----------
    mapping : mapping of str to object
        The table as parsed.
    where : str
        File and table, to start each message with.
    allowed : collection of str, optional
        Every key that may stand there; another one is refused at once, since
        a misspelt key would otherwise be a silent default.

    Examples
    --------
    >>> keys = Keys({"title": "US-China"}, "portfolio.toml", ("title",))
    >>> keys.text("title")
    'US-China'
    """

    def __init__(
        self, mapping: Mapping[str, object], where: str, allowed: Collection[str] | None = None
    ) -> None:
        self.mapping, self.where = mapping, where
        if allowed is None:
            return
        for key in mapping:
            if key not in allowed:
                expected = f"one of the keys {', '.join(allowed)}"
                raise BadInput(where, expected, key, "correct the spelling, or remove it")

    def __contains__(self, key: str) -> bool:
        return key in self.mapping

    def place(self, key: str) -> str:
        """Where `key` stands, for a message."""
        return f"{self.where}, {key}"

    def bad(self, key: str, expected: str, mend: str) -> BadInput:
        """Build the problem that the value of `key` is not `expected`."""
        return BadInput(self.place(key), expected, self.mapping.get(key, "nothing"), mend)

    def need(self, key: str) -> object:
        """Value of `key`, which must be there."""
        if key not in self.mapping:
            raise BadInput(self.where, f"a key {key!r}", "no such key", f"add {key} = ...")
        return self.mapping[key]

    def text(self, key: str, default: str | None = None) -> str:
        """Value of `key` as text: not empty, no control characters, no blanks around it."""
        value = self._value(key, default)
        if not isinstance(value, str):
            raise self.bad(key, "text in quotes", "put it in quotes")
        if value != default and not value.strip():
            raise self.bad(key, "some text", "write it")
        if CONTROL.search(value):
            raise self.bad(key, "text without control characters", "remove them")
        return value.strip()

    def choice(self, key: str, allowed: Collection[str], default: str | None = None) -> str:
        """Value of `key`, which must be one of `allowed`."""
        value = self._value(key, default)
        if value == default or (isinstance(value, str) and value in allowed):
            return str(value)
        raise self.bad(key, f"one of {', '.join(allowed)}", "choose one of these")

    def texts(self, key: str, default: tuple[str, ...] | None = None) -> tuple[str, ...]:
        """Value of `key` as a list of texts; one text alone is a list of one."""
        value = self._value(key, default)
        items = [value] if isinstance(value, str) else value
        if not isinstance(items, list | tuple) or not all(isinstance(x, str) for x in items):
            raise self.bad(key, "a text or a list of texts", 'write ["...", "..."]')
        if not items and value != default:
            raise self.bad(key, "at least one text", "write one, or remove the key")
        if any(CONTROL.search(item) for item in items):
            raise self.bad(key, "text without control characters", "remove them")
        return tuple(items)

    def choices(
        self, key: str, allowed: Collection[str], default: tuple[str, ...] | None = None
    ) -> tuple[str, ...]:
        """Value of `key` as a list, each one of `allowed`."""
        values = self.texts(key, default)
        for value in values:
            if value not in allowed:
                expected = f"one of {', '.join(allowed)}"
                raise BadInput(self.place(key), expected, value, "choose one of these")
        return values

    def day(self, key: str) -> date:
        """Value of `key` as a day (TOML writes it without quotes)."""
        value = self.need(key)
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        raise self.bad(key, "a day like 2023-06-18, without quotes", "write the day so")

    def day_or_none(self, key: str) -> date | None:
        """Value of `key` as a day, or ``None`` where the key is absent."""
        return self.day(key) if key in self.mapping else None

    def number(self, key: str) -> float:
        """Value of `key` as a finite number."""
        value = self.need(key)
        numeric = isinstance(value, int | float) and not isinstance(value, bool)
        if isinstance(value, int | float) and numeric and abs(value) < float("inf"):
            return float(value)
        raise self.bad(key, "a number", "write a number without quotes")

    def whole(self, key: str, *, least: int) -> int:
        """Value of `key` as a whole number of at least `least`."""
        value = self.need(key)
        if isinstance(value, int) and not isinstance(value, bool) and value >= least:
            return value
        raise self.bad(key, f"a whole number of at least {least}", "correct the number")

    def flag(self, key: str, *, default: bool) -> bool:
        """Value of `key` as true or false."""
        value = self._value(key, default)
        if isinstance(value, bool):
            return value
        raise self.bad(key, "true or false", "write true or false, without quotes")

    def table(self, key: str) -> Mapping[str, object]:
        """Value of `key` as a table."""
        return self.as_table(self.need(key), self.place(key))

    def tables(self, key: str) -> list[Mapping[str, object]]:
        """Value of `key` as a list of at least one table."""
        value = self.need(key)
        if not isinstance(value, list) or not value:
            raise self.bad(key, "a list of at least one table", "write [{...}, {...}]")
        return [
            self.as_table(item, f"{self.place(key)}[{number}]")
            for number, item in enumerate(value, start=1)
        ]

    @staticmethod
    def as_table(value: object, where: str) -> Mapping[str, object]:
        """Return `value` if it is a table."""
        if isinstance(value, dict):
            return value
        raise BadInput(where, "a table", value, "write it as {key = value, ...}")

    def _value(self, key: str, default: object) -> object:
        return self.need(key) if default is None else self.mapping.get(key, default)
