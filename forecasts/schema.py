"""The closed vocabularies and dimension names, one spelling each.

Whatever a declared file, an array or a message calls a kind, a level, a venue
or a status, it calls it by a name from this module.
"""

from __future__ import annotations

from typing import Final

KINDS: Final = (
    "leader_in_person",
    "leader_remote",
    "state_sec_visit",
    "foreign_min_visit",
    "fm_third",
    "fm_remote",
    "nsa_director",
    "defense_in_person",
    "defense_remote",
    "treasury_in_person",
    "commerce_trade_in_person",
    "econ_remote",
    "climate_envoy",
    "intel",
    "vice_president",
    "dialogue",
    "congress_leader",
    "other",
)
"""Kinds of contact, as coded in the evidence."""

LEVELS: Final = ("none", "dialogue", "deliverable", "breakthrough")
"""Outcome levels of a contact, in ascending order."""

VENUES: Final = ("us", "prc", "third", "remote")
"""Whose soil a contact was on."""

SIDES: Final = ("us", "prc")
PLAN_STATUSES: Final = ("pending", "held", "postponed", "cancelled")
"""Fates of an announced contact; *lost* means postponed or cancelled."""

DIRECTIONS: Final = (-1, 0, 1)
CONFIDENCES: Final = ("high", "medium", "low")
SIGNAL_TYPES: Final = (
    "alliance_action",
    "announcement_of_meeting",
    "arms_sale_taiwan",
    "arrest_or_detention",
    "closure_of_consulate",
    "envoy_visit",
    "export_control",
    "expulsion",
    "human_rights_action",
    "joint_statement",
    "leader_call",
    "military_incident",
    "multilateral_summit_scheduled",
    "other",
    "party_congress",
    "positive_statement",
    "sanction",
    "spying_incident",
    "taiwan_transit_or_visit",
    "tariff_cut",
    "tariff_hike",
    "us_election",
)

SUMMIT_SERIES: Final = ("APEC", "G20", "UNGA")
"""Yearly summits that both leaders could attend and that are known ahead."""

ONE_OFF: Final = "one-off"
SERIES: Final = (*SUMMIT_SERIES, ONE_OFF)
"""What the world model knows of summits. The shipped record names no row `one-off`:
the *full* calendar of a backtest does, to measure what hindsight about them is worth."""

INTERVAL_MASS: Final = 0.8
"""Posterior mass of every interval over a probability."""

WORDS: Final = (
    (0.05, "almost no chance"),
    (0.20, "very unlikely"),
    (0.45, "unlikely"),
    (0.55, "roughly even odds"),
    (0.80, "likely"),
    (0.95, "very likely"),
    (1.01, "almost certain"),
)
"""Upper limits and words of ICD 203 (US Intelligence Community Directive, 2015)."""


def word_of(probability: float) -> str:
    """Word of estimative probability for `probability`, after ICD 203.

    Examples
    --------
    >>> word_of(0.71)
    'likely'
    """
    return next(word for limit, word in WORDS if probability < limit)


RHAT_AT_MOST: Final = 1.01
ESS_AT_LEAST: Final = 400
MCSE_AT_MOST: Final = 0.005
KHAT_AT_MOST: Final = 0.7
"""Bars of the publish gates; Vehtari et al. (2021), Bayesian Analysis 16(2), for the first two."""
