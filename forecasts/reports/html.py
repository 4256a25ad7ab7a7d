"""One self-contained HTML page from a stored run: no script, no network, no model.

Every text of the document is escaped by the template engine or by the
pictures; a content policy in the page forbids whatever could still try to
load or run.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from forecasts.reports import wording
from forecasts.reports.freshness import SIGNS, worst
from forecasts.reports.reading import Page, read
from forecasts.reports.sections import Section, discover

LONGEST_NAME = 80


def render(document: Mapping[str, Any]) -> str:
    """Render the page of a run.

    Parameters
    ----------
    document : mapping
        A stored run, as ``run.json`` holds it.

    Returns
    -------
    str
        A whole HTML document that needs nothing beside itself.

    Raises
    ------
    BadInput
        If the document is of another format, or lacks a part that the page needs.
    """
    page = read(document)
    sections = discover()
    bodies = [(section, _body(section, page)) for section in sections]
    html = (
        environment()
        .get_template("page.html.jinja")
        .render(document=document, page=page, sections=bodies, **_masthead(page))
    )
    return html.encode("utf-8", "replace").decode("utf-8")  # a lone surrogate cannot be stored


@cache
def environment() -> Environment:
    """The template engine of every page: autoescaped, and strict about what it is not given."""
    made = Environment(
        loader=PackageLoader("forecasts.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(
        breaking=_breaking, day=wording.day, short_day=wording.short_day, shorten=wording.shorten
    )
    made.globals["later"] = wording.later
    return made


def _breaking(cell: Any) -> Markup:
    """The class of a table cell whose text may be broken anywhere, with its isolation."""
    return Markup(' class="long"') if wording.has_long_word(cell) else Markup()


def _body(section: Section, page: Page) -> Markup:
    template = environment().get_template(f"sections/{section.id}.html.jinja")
    html = template.render(document=page.document, page=page, **section.facts(page))
    return Markup(html)  # noqa: S704 - rendered with autoescape just above


def _masthead(page: Page) -> Mapping[str, Any]:
    document = page.document
    state = worst(document["freshness"])
    return {
        "name": wording.shorten(document["title"], LONGEST_NAME),
        "state": state,
        "sign": SIGNS[state],
        "age": wording.days_between(document["known_through"], document["issued_at"]),
        "failures": [wording.shorten(text, 200) for text in document["gates"]["failures"]],
    }
