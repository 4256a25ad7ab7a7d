"""The panel in one plain sentence, which claims no more than its intervals carry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from forecasts.scoring.honesty import Against, Honesty

FEWEST_FACTS: Final = 10
"""Effective clusters below which nothing is said: intervals are too narrow there, and look firm."""

POWER_AT_LEAST: Final = 0.5
"""Power at a skill of 0.2 below which "no difference was seen" would mislead."""

PLAIN_NAMES: Final[Mapping[str, str]] = {
    "climatology": "the long-run rate",
    "recent climatology": "the rate of the last five years",
    "constant hazard": "the rate under the administration of the day",
    "calendar only": "the summit calendar alone",
    "plans only": "announced plans alone",
}
"""What a baseline is called outside the house; any other keeps its name."""


def sentence(
    honesty: Honesty,
    *,
    subject: str = "these forecasts",
    names: Mapping[str, str] = PLAIN_NAMES,
) -> str:
    """One sentence for a reader who knows no statistics.

    A forecaster "did better" than a baseline where the whole interval of its
    skill lies above 0, and "did worse" where it lies below. Where the interval
    holds 0, the sentence says that no difference shows, but only if a skill of
    0.2 would have shown at even odds; otherwise it says that there is too little
    to tell. Below ten effective clusters it claims nothing at all.

    Parameters
    ----------
    honesty : Honesty
    subject : str
        What was judged, in the plural, as in "the forecasts made in hindsight".
    names : mapping of str to str
        What to call each baseline.

    Returns
    -------
    str

    Examples
    --------
    >>> import numpy as np, xarray as xr
    >>> from forecasts.scoring.honesty import panel
    >>> happened = np.arange(60) % 2.0
    >>> cells = xr.Dataset(
    ...     {
    ...         "probability": (
    ...             ("cell", "forecaster"),
    ...             np.stack([0.2 + 0.6 * happened, np.full(60, 0.5)], axis=1),
    ...         ),
    ...         "outcome": ("cell", happened),
    ...     },
    ...     {"forecaster": ["ours", "climatology"], "cluster": ("cell", np.arange(60))},
    ... )
    >>> said = sentence(panel(cells, "ours", ["climatology"], seed=1))
    >>> said.startswith("On 60 resolved answers, which rest on about 60 independent facts, ")
    True
    >>> said.endswith("these forecasts did better than the long-run rate.")
    True
    """
    if not honesty.scored:
        return f"Nothing has resolved yet, so nothing can be said about how good {subject} are."
    answers = _count(honesty.scored, "resolved answer")
    facts = f"about {_count(honesty.effective, 'independent fact')}"
    if honesty.effective < FEWEST_FACTS:
        nothing = f"too few to say anything about how good {subject} are"
        return f"The record, {answers}, rests on only {facts}, {nothing}."
    verdict = _verdict(honesty.against, subject, names)
    return f"On {answers}, which rest on {facts}, {verdict}."


def _verdict(against: Sequence[Against], subject: str, names: Mapping[str, str]) -> str:
    groups: dict[str, list[str]] = {}
    for one in against:
        groups.setdefault(_finding(one), []).append(names.get(one.baseline, one.baseline))
    told = {finding: _listed(group, "and") for finding, group in groups.items()}
    if not told:
        return f"{subject} were compared with nothing"
    if list(told) == ["unclear"]:
        others = _listed(groups["unclear"], "or")
        return f"there is too little to say whether {subject} were better or worse than {others}"
    clauses = {
        "better": "did better than {}",
        "worse": "did worse than {}",
        "even": "were neither clearly better nor clearly worse than {}",
        "unclear": "cannot be told apart from {} on so few facts",
    }
    said = [text.format(told[finding]) for finding, text in clauses.items() if finding in told]
    return f"{subject} {_listed(said, 'and')}"


def _finding(one: Against) -> str:
    low, high = one.skill.low, one.skill.high
    if one.effective < FEWEST_FACTS or not low <= high:
        return "unclear"
    if low > 0:
        return "better"
    if high < 0:
        return "worse"
    return "unclear" if one.power_large < POWER_AT_LEAST else "even"


def _listed(items: Sequence[str], word: str) -> str:
    """Join as prose does: ``a``, ``a and b``, ``a, b and c``."""
    *first, last = items
    return f"{', '.join(first)} {word} {last}" if first else last


def _count(number: float, noun: str) -> str:
    whole = round(number)
    return f"{whole} {noun}" if whole == 1 else f"{whole} {noun}s"
