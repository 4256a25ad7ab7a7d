"""Reading ``elicited/*.toml``: one table a parameter, each with its reason."""

from __future__ import annotations

from collections.abc import Mapping

from forecasts.checked import Keys
from forecasts.errors import BadInput
from forecasts.portfolio.declared import Prior

type Values = Mapping[str, float | tuple[float, ...]]

PARAMETERS: Mapping[str, tuple[str, ...]] = {
    "normal": ("mean", "sd"),
    "lognormal": ("median", "sigma"),
    "halfnormal": ("scale",),
    "beta": ("alpha", "beta"),
    "dirichlet": ("concentration",),
}
"""Distributions that may be elicited, and the parameters that each needs."""

_ANY_SIGN = ("mean",)
_ABOUT = ("means", "reason", "source")


def parse_priors(mapping: Mapping[str, object], name: str) -> dict[str, Prior]:
    """Build the priors of one file.

    Examples
    --------
    >>> table = {
    ...     "distribution": "normal",
    ...     "mean": 0.0,
    ...     "sd": 1.0,
    ...     "means": "log-odds",
    ...     "reason": "even odds",
    ...     "source": "judgement",
    ... }
    >>> parse_priors({"presence": table}, "elicited/x.toml")["presence"].values
    {'mean': 0.0, 'sd': 1.0}
    """
    keys = Keys(mapping, name)
    return {key: _prior(keys.table(key), name, key) for key in mapping}


def _prior(table: Mapping[str, object], file: str, name: str) -> Prior:
    where = f"{file}, {name}"
    distribution = Keys(table, where).choice("distribution", PARAMETERS)
    parameters = PARAMETERS[distribution]
    keys = Keys(table, where, ("distribution", *parameters, *_ABOUT, "for"))
    return Prior(
        name=name,
        distribution=distribution,
        values=_values(keys, parameters),
        entries=_entries(keys, parameters) if "for" in keys else {},
        means=keys.text("means"),
        reason=keys.text("reason"),
        source=keys.text("source"),
    )


def _entries(keys: Keys, parameters: tuple[str, ...]) -> dict[str, Values]:
    tables = Keys(keys.table("for"), keys.place("for"))
    entries = {}
    for coordinate in tables.mapping:
        place = tables.place(coordinate)
        table = Keys.as_table(tables.mapping[coordinate], place)
        entry = Keys(table, place, (*parameters, "reason", "source"))
        entry.text("reason")  # an override needs its own reason
        entries[coordinate] = _values(entry, parameters)
    return entries


def _values(keys: Keys, parameters: tuple[str, ...]) -> Values:
    return {key: _value(keys, key) for key in parameters}


def _value(keys: Keys, key: str) -> float | tuple[float, ...]:
    if key == "concentration":
        return _concentration(keys, key)
    value = keys.number(key)
    if value <= 0 and key not in _ANY_SIGN:
        raise keys.bad(key, "a number above 0", "correct the number")
    return value


def _concentration(keys: Keys, key: str) -> tuple[float, ...]:
    values = keys.need(key)
    if not isinstance(values, list) or len(values) < 2:
        raise keys.bad(key, "a list of at least two numbers", "write [1.0, 1.0]")
    for value in values:
        if not isinstance(value, int | float) or isinstance(value, bool) or not value > 0:
            raise BadInput(keys.place(key), "numbers above 0", value, "correct the number")
    return tuple(float(value) for value in values)
