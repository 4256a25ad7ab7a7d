"""The site: pages in Markdown, the reference from docstrings, nothing from the network."""

import re
from pathlib import Path

from sphinx.application import Sphinx

project = "forecasts"
author = "The forecasts maintainers"
extensions = ["myst_parser", "sphinx.ext.autodoc", "numpydoc"]
html_theme = "furo"
html_title = "forecasts"
html_show_sourcelink = False
myst_enable_extensions = ["dollarmath", "fieldlist"]
myst_heading_anchors = 3
autodoc_member_order = "bysource"
autodoc_typehints = "none"  # numpydoc's Parameters say the type in words
numpydoc_show_class_members = False

ROOT_PAGE = re.compile(r"\]\(([A-Z]+)\.md\)")


def link_to_site_pages(_app: Sphinx, _path: Path, _parent: str, content: list[str]) -> None:
    """Turn a link to a page of the root into one to the page of the site that includes it."""
    content[0] = ROOT_PAGE.sub(lambda match: f"]({match[1].lower()}.md)", content[0])


def setup(app: Sphinx) -> None:
    """Register what the pages need while they are read."""
    app.connect("include-read", link_to_site_pages)
