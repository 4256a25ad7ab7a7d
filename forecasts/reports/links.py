"""Which texts may become links: plain web addresses, and nothing that runs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from forecasts.reports.wording import shorten

LONGEST_SHOWN = 160
_WEB = re.compile(r"https?://[A-Za-z0-9.-]+(:\d+)?(/[!-~]*)?")


@dataclass(frozen=True, slots=True)
class Linked:
    """Text, and the address that it leads to, if any."""

    text: str
    href: str


def linked(text: Any) -> Linked:
    """Make a web address a link; leave every other text a text.

    Examples
    --------
    >>> linked("https://example.org/readout").href
    'https://example.org/readout'
    >>> linked("javascript:alert(1)").href
    ''
    """
    found = str(text).strip()
    safe = _WEB.fullmatch(found) is not None
    return Linked(shorten(found, LONGEST_SHOWN), found if safe else "")
