"""Reading ``reference_classes/<id>.toml``."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from forecasts.checked import Keys, check_id
from forecasts.errors import BadInput
from forecasts.evidence.tables import Coverage
from forecasts.portfolio.declared import ReferenceClass
from forecasts.schema import KINDS, LEVELS, PLAN_STATUSES, SUMMIT_SERIES, VENUES

_YES_NO = ("yes", "no")
_FROM_YEAR = "from "

type Check = Callable[[Keys, str], object]


def _among(*allowed: str) -> Check:
    def check(keys: Keys, key: str) -> object:
        values = keys.choices(key, allowed)
        return values[0] if len(values) == 1 else values

    return check


def _texts(keys: Keys, key: str) -> object:
    return keys.texts(key)


def _count(keys: Keys, key: str) -> object:
    return keys.whole(key, least=1)


_CONTACT: Mapping[str, Check] = {
    "kind": _among(*KINDS),
    "venue": _among(*VENUES),
    "place": _texts,
    "accompanying": _among(*_YES_NO),
}
_SUMMIT: Mapping[str, Check] = {
    "series": _among(*SUMMIT_SERIES),
    "place": _texts,
    "host": _among("us", "prc", "third"),
    "in_person": _among(*_YES_NO),
}

FILTERS: Mapping[str, Mapping[str, Check]] = {
    "contacts": _CONTACT,
    "windows": _CONTACT,
    "losses": {"kind": _among(*KINDS)},
    "opportunities": _SUMMIT,
    "plans": {"kind": _among(*KINDS), "venue": _among(*VENUES)},
}
"""What ``[where]`` may filter on, by unit."""

RESULTS: Mapping[str, Mapping[str, Check]] = {
    "contacts": {"received": _among(*_YES_NO), "level_at_least": _among(*LEVELS)},
    "windows": {"at_least": _count},
    "losses": {"at_least": _count},
    "opportunities": {
        "bilateral": _among(*_YES_NO),
        "us_attends": _among(*_YES_NO),
        "prc_attends": _among(*_YES_NO),
    },
    "plans": {"status": _among(*(s for s in PLAN_STATUSES if s != "pending"), "lost")},
}
"""What ``[happened]`` may ask, by unit."""

_NEEDS_WHERE = {"contacts": "kind", "windows": "kind", "opportunities": "series"}


def parse_reference_class(mapping: Mapping[str, object], name: str, file_id: str) -> ReferenceClass:
    """Build a reference class from its file.

    Parameters
    ----------
    mapping : mapping of str to object
        The file as parsed.
    name : str
        The file, to start each message with.
    file_id : str
        Its name without ``.toml``, which must be the ``id``.
    """
    keys = Keys(mapping, name, ("id", "title", "reason", "unit", "since", "where", "happened"))
    ident = check_id(keys.text("id"), keys.place("id"))
    if ident != file_id:
        raise keys.bad("id", f"{file_id}, the name of the file", "rename one of them")
    unit = keys.choice("unit", FILTERS)
    where = _checked(keys, "where", FILTERS[unit])
    happened = _checked(keys, "happened", RESULTS[unit])
    if unit in _NEEDS_WHERE and _NEEDS_WHERE[unit] not in where:
        needed = _NEEDS_WHERE[unit]
        raise BadInput(keys.place("where"), f"a key {needed!r}", "no such key", f"add {needed}")
    return ReferenceClass(
        id=ident,
        title=keys.text("title"),
        reason=keys.text("reason"),
        unit=unit,
        where=where,
        happened=happened,
        since=keys.day("since"),
    )


def _checked(keys: Keys, key: str, checks: Mapping[str, Check]) -> Mapping[str, object]:
    if key == "where" and key not in keys:
        return {}
    inner = Keys(keys.table(key), keys.place(key), tuple(checks))
    if key == "happened" and not inner.mapping:
        expected = f"what counts: {', '.join(checks)}"
        raise BadInput(keys.place(key), expected, "an empty table", "add one")
    return {name: checks[name](inner, name) for name in inner.mapping}


def check_recorded(
    reference_class: ReferenceClass, coverage: tuple[Coverage, ...], name: str
) -> None:
    """Refuse windows over years in which a kind was not recorded well enough to count.

    Raises
    ------
    BadInput
        If ``coverage.csv`` does not let the kind serve as a base rate, or only
        from a later year.
    """
    if reference_class.unit != "windows":
        return
    value = reference_class.where["kind"]
    for kind in value if isinstance(value, tuple) else (str(value),):
        _check_kind(kind, reference_class, coverage, name)


def _check_kind(
    kind: str, reference_class: ReferenceClass, coverage: tuple[Coverage, ...], name: str
) -> None:
    uses = [each.use_as_base_rate for each in coverage if each.kind == kind]
    if not uses or uses[0] == "no":
        expected = "a kind that coverage.csv lets serve as a base rate"
        raise BadInput(f"{name}, where, kind", expected, kind, "choose another kind")
    if uses[0].startswith(_FROM_YEAR):
        year = uses[0].removeprefix(_FROM_YEAR)
        if reference_class.since.isoformat() < year:
            expected = f"{year} or later, since when {kind} is recorded well enough"
            raise BadInput(f"{name}, since", expected, reference_class.since, f"begin in {year}")
