"""The page of a backtest, from its summary: one file, no script, no network, no model.

It has the look of the report and stands on the same style sheet and macros.
Every text is escaped by the template engine or by the pictures.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from forecasts.errors import BadInput
from forecasts.reports.backtest_sections import Section, discover
from forecasts.reports.backtest_sections.bars import tally
from forecasts.reports.html import environment

FORMAT = 1
"""Of the summaries that this page can read."""


def render(summary: Mapping[str, Any]) -> str:
    """Render the page of a backtest.

    Parameters
    ----------
    summary : mapping
        Of :func:`forecasts.evaluation.summary.summarise`, as JSON holds it. Its part
        ``made`` may also carry ``command``, ``evidence``, ``model_version`` and
        ``code_version``, which are then shown.

    Returns
    -------
    str
        A whole HTML document that needs nothing beside itself.

    Raises
    ------
    BadInput
        If the summary is of another format.
    """
    if summary.get("format") != FORMAT:
        found = summary.get("format", "none")
        raise BadInput("summary, format", str(FORMAT), found, "run the backtest again")
    sections = [(section, _body(section, summary)) for section in discover()]
    html = (
        environment()
        .get_template("backtest.html.jinja")
        .render(summary=summary, sections=sections, **_masthead(summary))
    )
    return html.encode("utf-8", "replace").decode("utf-8")


def _body(section: Section, summary: Mapping[str, Any]) -> Markup:
    template = environment().get_template(f"backtest/{section.id}.html.jinja")
    return Markup(template.render(**section.facts(summary)))  # noqa: S704 - rendered with autoescape


def _masthead(summary: Mapping[str, Any]) -> Mapping[str, Any]:
    passed, failed, untried = tally([row for row in summary["bars"] if row["hard"]])
    return {
        "made": summary["made"],
        "passed": passed,
        "failed": failed,
        "untried": untried,
        "leak": summary["leak"],
    }
