"""Reading a portfolio folder, whole and spoilt."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from forecasts.errors import BadInput
from forecasts.portfolio.load import FOLDERS, bundled, check, load
from tests.builders import FILES, write_portfolio, write_table

QUESTION = "questions/secretary-in-china.toml"


def _edit(root: Path, name: str, old: str, new: str) -> None:
    text = (root / name).read_text(encoding="utf-8")
    assert old in text
    (root / name).write_text(text.replace(old, new), encoding="utf-8")


def test_a_small_portfolio_loads(tmp_path: Path) -> None:
    """One file of each sort is enough, and arrives as declared."""
    portfolio = load(write_portfolio(tmp_path / "small"))

    assert (portfolio.name, portfolio.kinds) == ("small", ("state_sec_visit",))
    assert list(portfolio.questions) == ["secretary-in-china"]
    assert list(portfolio.reference_classes) == ["secretary-windows"]
    assert list(portfolio.priors) == ["rate_per_year"]
    assert list(portfolio.signals) == ["hostile"]
    assert portfolio.as_of(date(2023, 6, 18)).contacts[0].level is None


def test_a_path_may_be_text(tmp_path: Path) -> None:
    """A path from a command line need not be wrapped."""
    assert load(str(write_portfolio(tmp_path))).title == "Small"


def test_every_declared_file_counts_in_the_digest(tmp_path: Path) -> None:
    """Each file has its own hash, and a change of any one changes the whole."""
    root = write_portfolio(tmp_path)
    portfolio = load(root)

    assert set(FILES) < set(portfolio.files)
    assert {name for name in portfolio.files if name.startswith("evidence/")} == {
        path.relative_to(root).as_posix() for path in (root / "evidence").iterdir()
    }
    for name, digest in portfolio.files.items():
        assert digest == hashlib.sha256((root / name).read_bytes()).hexdigest()
        before = (root / name).read_bytes()
        if name.endswith(".toml"):
            (root / name).write_bytes(before + b"\n# reviewed\n")
            assert load(root).digest != portfolio.digest
            (root / name).write_bytes(before)
    assert load(root).digest == portfolio.digest


def test_other_files_are_left_alone(tmp_path: Path) -> None:
    """Notes and editors' leftovers neither break a portfolio nor change its digest."""
    root = write_portfolio(tmp_path)
    digest = load(root).digest
    (root / "questions" / ".DS_Store").write_bytes(b"\0")
    (root / "evidence" / "README.md").write_text("notes")

    assert load(root).digest == digest


def _missing(name: str) -> Callable[[Path], None]:
    return lambda root: (root / name).unlink()


SPOILT = [
    ("portfolio.toml", _missing("portfolio.toml"), "portfolio.toml", "no such file"),
    *[
        (folder, _missing(next(n for n in FILES if n.startswith(folder))), f"{folder}/", "none")
        for folder in FOLDERS
    ],
    (
        "kind",
        lambda root: _edit(root, "portfolio.toml", "state_sec_visit", "tea_party"),
        "portfolio.toml, kinds", "tea_party",
    ),
    (
        "kind twice",
        lambda root: _edit(root, "portfolio.toml", '"state_sec_visit"', '"other", "other"'),
        "portfolio.toml, kinds", "other",
    ),
    (
        "kind without coverage",
        lambda root: _edit(root, "portfolio.toml", "[", '["dialogue", '),
        "portfolio.toml, kinds", "dialogue",
    ),
    (
        "name",
        lambda root: _edit(root, "portfolio.toml", '"small"', '"../small"'),
        "portfolio.toml, name", "../small",
    ),
    (
        "misspelt key",
        lambda root: _edit(root, "portfolio.toml", "licence", "license"),
        "portfolio.toml", "license",
    ),
    (
        "not TOML",
        lambda root: _edit(root, "portfolio.toml", 'title = "Small"', "title = Small"),
        "portfolio.toml, line 2", "Invalid value",
    ),
    (
        "not UTF-8",
        lambda root: (root / "signals/hostile.toml").write_bytes(b'title = "a"\nreason = "\xe9"'),
        "signals/hostile.toml, line 2", "byte 0xe9",
    ),
    (
        "NUL byte",
        lambda root: _edit(root, QUESTION, "The Secretary is", "The Secretary\0 is"),
        f"{QUESTION}, line 18", "Illegal character",
    ),
    (
        "control character",
        lambda root: _edit(root, QUESTION, "The Secretary is", r"The \u001b[31mSecretary is"),
        f"{QUESTION}, resolution, happens_when", "\x1b",
    ),
    (
        "ten megabytes",
        lambda root: _edit(root, QUESTION, "The Secretary is", "x" * 10_000_000),
        QUESTION, "bytes",
    ),
    (
        "nested too deep",
        lambda root: _edit(root, QUESTION, '["Readout"]', "[" * 5000 + "]" * 5000),
        QUESTION, "nested too deep",
    ),
    (
        "a prior twice",
        lambda root: (root / "elicited/again.toml").write_text(FILES["elicited/rates.toml"]),
        "elicited/rates.toml, rate_per_year", "rate_per_year",
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("spoil", "where", "found"), [case[1:] for case in SPOILT], ids=[case[0] for case in SPOILT]
)
def test_a_spoilt_file_is_named(
    tmp_path: Path, spoil: Callable[[Path], None], where: str, found: str
) -> None:
    """Each way to spoil a declared file is one problem, the same for load and check."""
    root = write_portfolio(tmp_path)
    spoil(root)

    with pytest.raises(BadInput) as caught:
        load(root)

    assert caught.value.where == where
    assert found in caught.value.found
    assert caught.value.mend
    assert len(str(caught.value)) < 500
    assert str(caught.value) in map(str, check(root))


def test_a_missing_folder_of_declarations_is_named(tmp_path: Path) -> None:
    """A portfolio without its elicited beliefs cannot be fitted."""
    root = write_portfolio(tmp_path)
    (root / "elicited/rates.toml").unlink()
    (root / "elicited").rmdir()

    with pytest.raises(BadInput, match=r"elicited/: expected at least one \.toml file"):
        load(root)


def test_a_missing_portfolio_is_named(tmp_path: Path) -> None:
    """A wrong path is bad input, not a traceback."""
    with pytest.raises(BadInput, match="expected a portfolio folder"):
        load(tmp_path / "absent")

    assert len(check(tmp_path / "absent")) == 1


def test_check_lists_the_problems_of_every_file(tmp_path: Path) -> None:
    """One pass reports them all; a good portfolio has none."""
    root = write_portfolio(tmp_path)
    assert check(root) == []

    _edit(root, "portfolio.toml", 'title = "Small"\n', "")
    _edit(root, QUESTION, "closes = 2023-12-31", "closes = 2023-01-01")
    _edit(root, "signals/hostile.toml", "[-1]", "[-2]")
    _edit(root, "elicited/rates.toml", "0.7", "-0.7")
    write_table(root / "evidence", "administrations", [{"id": "x"}])

    assert [problem.where for problem in check(root)] == [
        "portfolio.toml",
        "administrations.csv, row 2, start_date",
        "elicited/rates.toml, rate_per_year, sigma",
        "signals/hostile.toml, directions",
        f"{QUESTION}, closes",
    ]


def test_a_broken_class_does_not_break_the_questions_that_name_it(tmp_path: Path) -> None:
    """One mistake is one problem."""
    root = write_portfolio(tmp_path)
    _edit(root, "reference_classes/secretary-windows.toml", "windows", "weeks")

    assert len(check(root)) == 1


@pytest.mark.parametrize("name", ["../us_china", "/etc", "", "US", "none-such"])
def test_a_bundled_portfolio_is_named_by_a_plain_word(name: str) -> None:
    """No name leads out of the folder of portfolios."""
    with pytest.raises(BadInput, match="portfolio name"):
        bundled(name)
