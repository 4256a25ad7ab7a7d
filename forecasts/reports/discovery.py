"""Sections of a page: one module each, found by being there."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Section:
    """One section of a page.

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
        From what the page is made of to the names that the template uses.
    """

    id: str
    title: str
    short: str
    place: int
    facts: Callable[[Any], Mapping[str, Any]]


def sections_in(package: str, path: Iterable[str]) -> tuple[Section, ...]:
    """Every ``SECTION`` of the modules of a package, in order of its place.

    Parameters
    ----------
    package : str
        Name of the package.
    path : iterable of str
        Its ``__path__``.
    """
    found = [
        importlib.import_module(f"{package}.{module.name}").SECTION
        for module in pkgutil.iter_modules(path)
    ]
    return tuple(sorted(found, key=lambda section: section.place))
