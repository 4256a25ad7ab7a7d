"""Every section of the report, whoever wrote it."""

from __future__ import annotations

import pytest

from forecasts.reports.sections import Section, discover
from tests.conformance.shipped import ROOT

SECTIONS = discover()
TEMPLATES = ROOT / "forecasts" / "reports" / "templates" / "sections"


def test_sections_and_templates_stand_in_pairs() -> None:
    """Each section has a template, and no template is left over."""
    names = {path.name.partition(".")[0] for path in TEMPLATES.glob("*.jinja")}

    assert names == {section.id for section in SECTIONS}


def test_no_two_sections_share_an_anchor_or_a_place() -> None:
    """A link leads to one section, and their order is settled."""
    assert len({section.id for section in SECTIONS}) == len(SECTIONS)
    assert len({section.place for section in SECTIONS}) == len(SECTIONS)


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.id)
def test_no_template_switches_escaping_off(section: Section) -> None:
    """Declared and outside text stays text: no section marks it safe, and none brings a script."""
    template = (TEMPLATES / f"{section.id}.html.jinja").read_text(encoding="utf-8")

    assert "|safe" not in template.replace(" ", "")
    assert "<script" not in template
    assert "autoescape" not in template
