"""Kinds of contact in the reader's words, and the lanes that a timeline draws them in."""

from __future__ import annotations

from typing import Final

from forecasts.reports.wording import shorten

LONGEST_KIND: Final = 60

WORDS: Final = {
    "leader_in_person": "leaders in person",
    "leader_remote": "leaders by telephone or video",
    "state_sec_visit": "Secretary of State in China",
    "foreign_min_visit": "China's foreign minister in the US",
    "fm_third": "foreign ministers elsewhere",
    "fm_remote": "foreign ministers by telephone or video",
    "nsa_director": "national security adviser",
    "defense_in_person": "defence in person",
    "defense_remote": "defence by telephone or video",
    "treasury_in_person": "treasury in person",
    "commerce_trade_in_person": "commerce and trade in person",
    "econ_remote": "economic chiefs by telephone or video",
    "climate_envoy": "climate envoys",
    "intel": "intelligence",
    "vice_president": "vice-president",
    "dialogue": "dialogue of officials",
    "congress_leader": "leaders of Congress",
    "other": "other",
}

LANES: Final = {
    "leaders": "Leaders",
    "security": "Foreign affairs, security, defence",
    "economy": "Economy, climate, other",
}
"""Lanes of the timeline, top to bottom."""

_LEADERS: Final = ("leader_in_person", "leader_remote")
_SECURITY: Final = (
    "state_sec_visit", "foreign_min_visit", "fm_third", "fm_remote", "nsa_director",
    "defense_in_person", "defense_remote", "intel", "vice_president",
)  # fmt: skip


def kind_in_words(kind: str) -> str:
    """Name a kind of contact; one that this room does not know keeps its own name.

    Examples
    --------
    >>> kind_in_words("fm_third"), kind_in_words("space_talks")
    ('foreign ministers elsewhere', 'space talks')
    """
    return WORDS.get(kind, shorten(kind, LONGEST_KIND).replace("_", " "))


def lane_of(kind: str) -> str:
    """Lane of the timeline that a kind is drawn in.

    Examples
    --------
    >>> lane_of("leader_remote"), lane_of("dialogue")
    ('leaders', 'economy')
    """
    if kind in _LEADERS:
        return "leaders"
    return "security" if kind in _SECURITY else "economy"


def is_remote(kind: str, venue: str) -> bool:
    """Whether a contact was by telephone or video.

    Examples
    --------
    >>> is_remote("fm_remote", ""), is_remote("dialogue", "prc")
    (True, False)
    """
    return venue == "remote" or kind.endswith("_remote")
