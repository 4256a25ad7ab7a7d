"""Blocks of parameters that are independent of each other in every posterior.

The prior is a product over blocks, and each component of the likelihood reads
the parameters of one block only; so the posterior is a product too. Draws of
different blocks may be weighted, and drawn again, separately: the weights of
one do not have to carry the noise of the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

BLOCKS: Final[Mapping[str, tuple[str, ...]]] = {
    "hazards": (
        "pair",
        "pair_own",
        "administration_loading",
        "administration_sd",
        "administration_persistence",
        "log_rate",
        "recency_log_ratio",
        "signal_raw",
        "signal_scale",
        "detection",
        "bilateral",
        "bilateral_recency",
    ),
    "presence": (
        "us_attends",
        "prc_attends",
        "own_host",
        "counterpart_host",
        "presence_raw",
        "presence_sd",
    ),
    "summits held": ("summit_in_person",),
    "plan losses": ("loss_log_hazard", "loss_last_week", "lost_plan_detection"),
    "postponements": ("postponed_share",),
    "announcements": ("announced_share",),
    "lead times": ("lead_log_days", "lead_log_sd"),
    "signal counts": ("log_signal_rate",),
    "levels": (
        "level_first_cut",
        "level_cut_step",
        "level_cuts",
        "level_kind_sd",
        "level_kind_raw",
        "level_sd",
        "level_pair_raw",
        "level_own",
        "level_visit",
        "breakthrough_share",
    ),
    "receptions": (
        "received",
        "received_beijing",
        "received_trend",
        "received_kind_sd",
        "received_kind_raw",
    ),
    "venues": ("venue_share",),
    "company": ("secretary_accompanies",),
    "prior alone": ("postponed_returns", "log_standstill_rate"),
}
"""Names of parameters by block; every parameter of the model is in one of them."""

COMPONENTS: Final[Mapping[str, tuple[str, ...]]] = {
    "hazards": ("background", "bilateral_held"),
    "presence": ("us_there", "prc_there"),
    "summits held": ("summit_took_place",),
    "plan losses": ("plan_fate",),
    "postponements": ("postponed",),
    "announcements": ("announcements",),
    "lead times": ("lead",),
    "signal counts": ("signal_count",),
    "levels": ("level",),
    "receptions": ("reception",),
    "venues": ("venues",),
    "company": ("accompanied",),
    "prior alone": (),
}
"""Components of the likelihood (see :mod:`forecasts.world.loglik`) that inform each block."""


def in_no_block(names: Iterable[str]) -> set[str]:
    """Return the parameters among `names` that no block has.

    Examples
    --------
    >>> in_no_block(["pair", "new_parameter"])
    {'new_parameter'}
    """
    return set(names) - {name for block in BLOCKS.values() for name in block}
