"""Reading ``signals/<family>.toml``: which signals are read together, and how they fade."""

from __future__ import annotations

from collections.abc import Mapping

from forecasts.checked import Keys
from forecasts.errors import BadInput
from forecasts.portfolio.declared import SignalFamily
from forecasts.schema import DIRECTIONS, SIGNAL_TYPES

_KEYS = (
    "title",
    "directions",
    "signal_types",
    "half_life_days",
    "baseline_half_life_days",
    "reason",
)


def parse_signal_family(mapping: Mapping[str, object], name: str, file_id: str) -> SignalFamily:
    """Build a family of signals from its file; an empty list of types means every type.

    Parameters
    ----------
    mapping : mapping of str to object
        The file as parsed.
    name, file_id : str
        The file, to start each message with; and its name without ``.toml``.
    """
    keys = Keys(mapping, name, _KEYS)
    half_life, baseline = keys.number("half_life_days"), keys.number("baseline_half_life_days")
    if half_life <= 0:
        raise keys.bad("half_life_days", "a number of days above 0", "correct the number")
    if baseline <= half_life:
        expected = f"more than half_life_days ({half_life:g})"
        raise keys.bad("baseline_half_life_days", expected, "what is usual must fade more slowly")
    return SignalFamily(
        name=file_id,
        title=keys.text("title"),
        directions=_directions(keys),
        signal_types=_signal_types(keys),
        half_life_days=half_life,
        baseline_half_life_days=baseline,
        reason=keys.text("reason"),
    )


def _directions(keys: Keys) -> tuple[int, ...]:
    values = keys.need("directions")
    if not isinstance(values, list) or not values:
        raise keys.bad("directions", "a list of -1, 0 or 1", "write [-1]")
    for value in values:
        if isinstance(value, bool) or value not in DIRECTIONS:
            place = keys.place("directions")
            raise BadInput(place, "-1, 0 or 1", value, "choose one of these")
    return tuple(int(value) for value in values)


def _signal_types(keys: Keys) -> tuple[str, ...]:
    if keys.need("signal_types") == []:
        return ()
    return keys.choices("signal_types", SIGNAL_TYPES)
