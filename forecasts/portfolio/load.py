"""Reading a portfolio folder: everything that is declared before any fit.

:func:`load` stops at the first problem; :func:`check` lists them all. Both
read the same way.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol

from forecasts.checked import Findings, Keys, parse_toml, sha256
from forecasts.errors import BadInput
from forecasts.evidence.reading import collect_evidence
from forecasts.evidence.tables import Evidence
from forecasts.portfolio.class_files import check_recorded, parse_reference_class
from forecasts.portfolio.declared import Portfolio, Prior, Question, ReferenceClass
from forecasts.portfolio.prior_files import parse_priors
from forecasts.portfolio.question_files import Known, check_question, parse_question
from forecasts.portfolio.signal_files import parse_signal_family
from forecasts.schema import KINDS

PORTFOLIO_FILE = "portfolio.toml"
FOLDERS = ("reference_classes", "elicited", "signals", "questions")
"""Folders of declarations, each with at least one TOML file."""

DECLARED = ("*.toml", "evidence/*.csv", "evidence/*.toml", *(f"{f}/*.toml" for f in FOLDERS))
"""The files that a portfolio's digest is taken over."""


class Parse[T](Protocol):
    """Builds what one file declares; the identifier is the file's name without ``.toml``."""

    def __call__(self, mapping: Mapping[str, object], name: str, file_id: str) -> T:
        """Build it, or raise `BadInput`."""


_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")


@dataclass(frozen=True, slots=True)
class _Head:
    name: str
    title: str
    kinds: tuple[str, ...]
    signals_in_answers: bool


_NO_HEAD = _Head("", "", (), False)
"""Stands in for an unreadable ``portfolio.toml`` while the other files are checked."""


def load(path: Path | str) -> Portfolio:
    """Read and check a portfolio folder.

    Parameters
    ----------
    path : path-like
        The folder, e.g. ``priors/us_china``.

    Returns
    -------
    Portfolio

    Raises
    ------
    BadInput
        At the first problem, saying the file, what was expected and found,
        and how to mend it.

    Examples
    --------
    >>> load(bundled()).title
    'US-China'
    """
    findings = Findings(stop=True)
    root = _folder(Path(path))
    return _read(root, _head(root), findings)


def check(path: Path | str) -> list[BadInput]:
    """All problems of a portfolio folder; empty when it can be used.

    Examples
    --------
    >>> check(bundled())
    []
    """
    findings = Findings(stop=False)
    root = findings.attempt(_folder, Path(path))
    if root is not None:
        _read(root, findings.attempt(_head, root) or _NO_HEAD, findings)
    return findings.problems


def bundled(name: str = "us_china") -> Path:
    """Folder of a portfolio that is shipped with the package.

    Examples
    --------
    >>> bundled().name
    'us_china'
    """
    if not _NAME.fullmatch(name):
        expected = "lower-case letters, digits, _ and -"
        raise BadInput("portfolio name", expected, name, "give a folder by its path instead")
    package = Path(__file__).resolve().parent.parent
    for folder in (package.parent / "priors" / name, package / "_bundled" / name):
        if (folder / PORTFOLIO_FILE).is_file():
            return folder
    raise BadInput("portfolio name", "a bundled portfolio", name, "give a folder by its path")


def _folder(root: Path) -> Path:
    if root.is_dir():
        return root
    mend = "correct the path of the portfolio"
    raise BadInput(str(root), "a portfolio folder", "no such folder", mend)


def _read(root: Path, head: _Head, findings: Findings) -> Portfolio:
    evidence = collect_evidence(root / "evidence", findings)
    classes = _classes(root, evidence, findings)
    priors = _priors(root, findings)
    signals = _by_file(root, "signals", parse_signal_family, findings)
    _check_recorded_kinds(head.kinds, evidence, findings)
    named = tuple(file.stem for file in (root / "reference_classes").glob("*.toml"))
    questions = _questions(root, Known(evidence, head.kinds or KINDS, named), findings)
    files = _digests(root)
    return Portfolio(
        name=head.name,
        title=head.title,
        root=root,
        kinds=head.kinds,
        evidence=evidence,
        reference_classes=classes,
        priors=priors,
        signals=signals,
        signals_in_answers=head.signals_in_answers,
        questions=questions,
        files=files,
        digest=sha256("".join(f"{p}\0{files[p]}\n" for p in sorted(files)).encode()),
    )


def _head(root: Path) -> _Head:
    names = ("name", "title", "kinds", "licence", "signals_in_answers")
    keys = Keys(_toml(root, PORTFOLIO_FILE), PORTFOLIO_FILE, names)
    name = keys.text("name")
    if not _NAME.fullmatch(name):
        raise keys.bad("name", "lower-case letters, digits, _ and -", "rename it")
    keys.text("licence")
    kinds = keys.choices("kinds", KINDS)
    if len(set(kinds)) < len(kinds):
        raise keys.bad("kinds", "each kind once", "remove the repeated one")
    return _Head(name, keys.text("title"), kinds, keys.flag("signals_in_answers", default=False))


def _check_recorded_kinds(kinds: tuple[str, ...], evidence: Evidence, findings: Findings) -> None:
    recorded = {each.kind for each in evidence.coverage}
    for kind in kinds:
        if kind not in recorded:
            expected, mend = "kinds with a row in coverage.csv", "add the row, or drop the kind"
            findings.add(BadInput(f"{PORTFOLIO_FILE}, kinds", expected, kind, mend))


def _classes(root: Path, evidence: Evidence, findings: Findings) -> dict[str, ReferenceClass]:
    classes = _by_file(root, "reference_classes", parse_reference_class, findings)
    for ident, declared in classes.items():
        name = f"reference_classes/{ident}.toml"
        findings.attempt(check_recorded, declared, evidence.coverage, name)
    return classes


def _questions(root: Path, known: Known, findings: Findings) -> dict[str, Question]:
    questions = _by_file(root, "questions", parse_question, findings)
    for ident, question in questions.items():
        check_question(question, f"questions/{ident}.toml", known, findings)
    return questions


def _priors(root: Path, findings: Findings) -> dict[str, Prior]:
    priors: dict[str, Prior] = {}
    for file in _files(root, "elicited", findings):
        name = f"elicited/{file.name}"
        read = findings.attempt(_parsed, root, name, parse_priors) or {}
        for key, prior in read.items():
            if key in priors:
                mend = "keep one of them"
                findings.add(BadInput(f"{name}, {key}", "each prior once", key, mend))
            priors[key] = prior
    return priors


def _by_file[T](
    root: Path,
    folder: str,
    parse: Parse[T],
    findings: Findings,
) -> dict[str, T]:
    """Parse each file of a folder, by its name without ``.toml``."""
    parsed: dict[str, T] = {}
    for file in _files(root, folder, findings):
        name, ident = f"{folder}/{file.name}", file.stem
        item = findings.attempt(_parsed, root, name, partial(parse, file_id=ident))
        if item is not None:
            parsed[ident] = item
    return parsed


def _parsed[T](root: Path, name: str, parse: Callable[[Mapping[str, object], str], T]) -> T:
    return parse(_toml(root, name), name)


def _files(root: Path, folder: str, findings: Findings) -> list[Path]:
    files = sorted((root / folder).glob("*.toml"))
    if not files:
        found = "none" if (root / folder).is_dir() else "no such folder"
        mend = f"add a file to {folder}/"
        findings.add(BadInput(f"{folder}/", "at least one .toml file", found, mend))
    return files


def _toml(root: Path, name: str) -> dict[str, object]:
    path = root / name
    if not path.is_file():
        raise BadInput(name, "a file", "no such file", f"add {name} to the portfolio")
    return parse_toml(path.read_bytes(), name)


def _digests(root: Path) -> dict[str, str]:
    paths = {path for pattern in DECLARED for path in root.glob(pattern) if path.is_file()}
    return {path.relative_to(root).as_posix(): sha256(path.read_bytes()) for path in sorted(paths)}
