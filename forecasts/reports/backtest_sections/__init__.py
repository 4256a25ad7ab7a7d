"""The sections of a backtest's page, one file each.

A section module defines ``SECTION``; its template is
``templates/backtest/<id>.html.jinja``. :func:`discover` finds it, and `place`
says where it stands.
"""

from __future__ import annotations

from forecasts.reports.discovery import Section, sections_in

__all__ = ["Section", "discover"]


def discover() -> tuple[Section, ...]:
    """Every section of this package, in order of its place.

    Examples
    --------
    >>> [section.id for section in discover()][0]
    'result'
    """
    return sections_in(__name__, __path__)
