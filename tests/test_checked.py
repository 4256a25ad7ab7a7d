"""Typed access to what people wrote."""

from __future__ import annotations

from datetime import date

import pytest

from forecasts.checked import Findings, Keys, check_id, parse_toml
from forecasts.errors import BadInput


def _fail(where: str) -> str:
    raise BadInput(where, "one thing", "another", "mend it")


def test_findings_stop_at_the_first_problem_or_collect_all() -> None:
    """One reader serves both `load` and `check`."""
    collected = Findings(stop=False)
    results = [collected.attempt(_fail, "a"), collected.attempt(_fail, "b")]

    assert results == [None, None]
    assert [problem.where for problem in collected.problems] == ["a", "b"]
    with pytest.raises(BadInput, match=r"^a: "):
        Findings(stop=True).attempt(_fail, "a")


def test_findings_let_other_errors_through() -> None:
    """A mistake of ours is not bad input of theirs."""
    with pytest.raises(ZeroDivisionError):
        Findings(stop=False).attempt(lambda: 1 // 0)


@pytest.mark.parametrize(
    "text", ["", "..", "../x", "a/b", "a\\b", "A", "a b", "-a", "a\n", "ä", "a" * 81, "a.b", "a\0"]
)
def test_an_id_cannot_leave_its_folder(text: str) -> None:
    """Only lower case, digits and hyphens name a file."""
    with pytest.raises(BadInput):
        check_id(text, "questions/x.toml, id")


def test_toml_may_begin_with_a_byte_order_mark() -> None:
    """Some editors write one."""
    assert parse_toml(b"\xef\xbb\xbfa = 1", "x.toml") == {"a": 1}


def test_a_default_stands_for_an_absent_key_only() -> None:
    """A key of the wrong type is refused, not replaced by the default."""
    keys = Keys({"a": 3}, "x.toml")

    assert keys.text("b", "none") == "none"
    with pytest.raises(BadInput):
        keys.text("a", "none")
    with pytest.raises(BadInput):
        keys.flag("a", default=False)


def test_one_text_is_a_list_of_one() -> None:
    """`kind` may be written as a text or as a list."""
    keys = Keys({"one": "a", "two": ["a", "b"]}, "x.toml")

    assert (keys.texts("one"), keys.texts("two")) == (("a",), ("a", "b"))


def test_a_day_has_no_time() -> None:
    """A time of day in a declared day would ask for a time zone."""
    table = parse_toml(b"day = 2023-06-18\ntime = 2023-06-18T12:00:00", "x.toml")
    keys = Keys(table, "x.toml")

    assert keys.day("day") == date(2023, 6, 18)
    with pytest.raises(BadInput, match="without quotes"):
        keys.day("time")
