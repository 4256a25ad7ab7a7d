"""What a portfolio declares before any fit, as frozen dataclasses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from forecasts.evidence.tables import Evidence
from forecasts.evidence.view import View, as_of
from forecasts.questions.events import Asked


@dataclass(frozen=True, slots=True)
class Question:
    """A dated question and the text that resolves it.

    `reference_class` names the base rate that the answer starts from.
    """

    id: str
    title: str
    set: str
    opens: date
    closes: date
    timezone: str
    owner: str
    decision: str
    event: Asked
    reference_class: str
    happens_when: str
    sources: tuple[str, ...]
    annulled_if: str


@dataclass(frozen=True, slots=True)
class ReferenceClass:
    """Past cases in which the event could have happened, and what counts as happening.

    Parameters
    ----------
    id, title, reason : str
        Name, what a reader sees beside the rate, and why this class.
    unit : str
        ``contacts`` (each past contact that passes), ``windows`` (each past
        window as long as the question's), ``opportunities`` (each past summit
        that passes) or ``plans`` (each past dated plan that passes).
    where : mapping of str to str or tuple of str
        Filters on the unit's fields, e.g. ``{"kind": "state_sec_visit"}``.
    happened : mapping of str to str or tuple of str
        What makes a case count, e.g. ``{"received": "yes"}``.
    since : date
        Cases before this day are left out.
    """

    id: str
    title: str
    reason: str
    unit: str
    where: Mapping[str, object]
    happened: Mapping[str, object]
    since: date


@dataclass(frozen=True, slots=True)
class Prior:
    """An elicited belief about one parameter: its distribution and why.

    `values` holds the distribution's own parameters (``normal``: mean, sd;
    ``lognormal``: median, sigma; ``halfnormal``: scale; ``beta``: alpha, beta;
    ``dirichlet``: concentration). `entries` overrides them for single
    coordinates, e.g. one kind.
    """

    name: str
    distribution: str
    values: Mapping[str, float | tuple[float, ...]]
    entries: Mapping[str, Mapping[str, float | tuple[float, ...]]]
    means: str
    reason: str
    source: str


@dataclass(frozen=True, slots=True)
class SignalFamily:
    """Signals that are read together: which rows count, and how they fade.

    `half_life_days` is the memory of the reading, `baseline_half_life_days`
    that of what is usual, against which it is compared.
    """

    name: str
    title: str
    directions: tuple[int, ...]
    signal_types: tuple[str, ...]
    half_life_days: float
    baseline_half_life_days: float
    reason: str


@dataclass(frozen=True, slots=True)
class Portfolio:
    """One dyad: its evidence, reference classes, elicited priors, signals and questions.

    `signals_in_answers` says whether readings of signals move the published
    answers, or are only shown beside them. `digest` is the SHA-256 over every
    declared file; `files` gives each file's own.
    """

    name: str
    title: str
    root: Path
    kinds: tuple[str, ...]
    evidence: Evidence
    reference_classes: Mapping[str, ReferenceClass]
    priors: Mapping[str, Prior]
    signals: Mapping[str, SignalFamily]
    signals_in_answers: bool
    questions: Mapping[str, Question]
    files: Mapping[str, str]
    digest: str

    def as_of(self, day: date) -> View:
        """What was public on `day`: the only door from evidence to a model."""
        return as_of(self.evidence, day)

    def open_questions(self, day: date) -> tuple[Question, ...]:
        """Questions whose window is open on `day`, in order of their identifiers."""
        return tuple(
            question
            for _, question in sorted(self.questions.items())
            if question.opens <= day <= question.closes
        )
