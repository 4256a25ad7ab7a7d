"""The site: pages in Markdown, the reference from docstrings, nothing from the network."""

import re
from pathlib import Path

from docutils.nodes import SkipNode, math, math_block  # type: ignore[import-untyped]
from docutils.utils.math.latex2mathml import tex2mathml  # type: ignore[import-untyped]
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator

project = "forecasts"
author = "The forecasts maintainers"
extensions = ["myst_parser", "sphinx.ext.autodoc", "numpydoc"]
html_math_renderer = "mathml"
html_theme = "furo"
html_title = "forecasts"
html_show_sourcelink = False
myst_enable_extensions = ["dollarmath", "fieldlist"]
myst_heading_anchors = 3
autodoc_member_order = "bysource"
autodoc_typehints = "none"  # numpydoc's Parameters say the type in words
numpydoc_show_class_members = False

ROOT_PAGE = re.compile(r"\]\((?:docs/)?([A-Za-z]+)\.md\)")


def link_to_site_pages(_app: Sphinx, _path: Path, _parent: str, content: list[str]) -> None:
    """Turn a link as the root sees it, to a page of the root or of docs/, into one of the site."""
    content[0] = ROOT_PAGE.sub(lambda match: f"]({match[1].lower()}.md)", content[0])


def inline_formula(page: HTML5Translator, node: math) -> None:
    """Write a formula as MathML, which browsers show without a script."""
    page.body.append(tex2mathml(node.astext()))
    raise SkipNode


def block_formula(page: HTML5Translator, node: math_block) -> None:
    """Write a formula on a line of its own; a wide one scrolls."""
    formula = tex2mathml(node.astext(), as_block=True)
    page.body.append(f'<div style="overflow: auto hidden; padding: 0.4em 0">{formula}</div>')
    raise SkipNode


def setup(app: Sphinx) -> None:
    """Register what the pages need while they are read."""
    app.connect("include-read", link_to_site_pages)
    app.add_html_math_renderer("mathml", (inline_formula, None), (block_formula, None))
