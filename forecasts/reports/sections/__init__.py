"""The sections of the page, one file each.

A section module defines ``SECTION``; its template is
``templates/sections/<id>.html.jinja``. Adding a section is adding the two
files: :func:`discover` finds it, and `place` says where it stands.
"""

from __future__ import annotations

from forecasts.reports.discovery import Section, sections_in

__all__ = ["Section", "discover"]


def discover() -> tuple[Section, ...]:
    """Every section of this package, in order of its place.

    Examples
    --------
    >>> [section.id for section in discover()][0]
    'answers'
    """
    return sections_in(__name__, __path__)
