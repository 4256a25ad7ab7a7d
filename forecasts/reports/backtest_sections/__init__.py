"""The sections of a backtest's page, one file each.

A section module defines ``SECTION``; its template is
``templates/backtest/<id>.html.jinja``. :func:`discover` finds it, and `place`
says where it stands.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Section:
    """One section of the page.

    Parameters
    ----------
    id : str
        Anchor on the page and stem of the template's name.
    title : str
        Heading.
    short : str
        Name in the page's navigation.
    place : int
        Order on the page, unique.
    facts : callable
        From the summary to the names that the template uses.
    """

    id: str
    title: str
    short: str
    place: int
    facts: Callable[[Mapping[str, Any]], Mapping[str, Any]]


def discover() -> tuple[Section, ...]:
    """Every section of this package, in order of its place.

    Examples
    --------
    >>> [section.id for section in discover()][0]
    'result'
    """
    found = [
        importlib.import_module(f"{__name__}.{module.name}").SECTION
        for module in pkgutil.iter_modules(__path__)
    ]
    return tuple(sorted(found, key=lambda section: section.place))
