"""The arrays that the simulator reads and fills, field by field.

Plain named tuples of arrays, since compiled code takes nothing richer.
"""

from __future__ import annotations

from typing import Any, NamedTuple

STEP_DAYS = 7
"""Readings and administrations may change at the start of each step."""

LONG_AGO = -10_000.0
"""Day of the last contact of a kind that has never been."""

CONTACTS_AT_MOST = 160
LOSSES_AT_MOST = 64
"""Room in a future for contacts and losses; a plausible one needs a fifth of it."""

ROOMIER = (1, 4, 16)
"""How many times that room is tried, one after the other.

Early in a record the hazard of a kind that is not yet observed is its prior, and the
tail of a wide prior needs the room.
"""

OVERFLOW = -1
"""Count of a future that did not fit."""


class Draws(NamedTuple):
    """Posterior draws. The first dim of every array is draw; see `forecasts.world.draws`."""

    log_rate: Any  # (draw, slot, stream)
    bilateral_effect: Any  # (draw, slot)
    presence: Any  # (draw, side, slot)
    slope: Any  # (draw, family, stream)
    recency: Any  # (draw, stream): hazard ratio after a recent contact
    announced: Any  # (draw, group)
    lead_mean: Any  # (draw, group)
    lead_sd: Any  # (draw,)
    venue_limits: Any  # (draw, kind, venue): cumulative shares
    level: Any  # (draw, slot, kind)
    level_visit: Any  # (draw,)
    level_cuts: Any  # (draw, cut)
    breakthrough: Any  # (draw,): share of contacts with substance
    received: Any  # (draw, kind)
    received_beijing: Any  # (draw,)
    accompanies: Any  # (draw,)
    loss_log_hazard: Any  # (draw,)
    loss_last_week: Any  # (draw,)
    postponed_share: Any  # (draw,)
    postponed_returns: Any  # (draw,)
    in_person: Any  # (draw,)
    attends: Any  # (draw, side, series)
    own_host: Any  # (draw,)
    counterpart_host: Any  # (draw,)
    bilateral: Any  # (draw, series)
    bilateral_recency: Any  # (draw,)
    signal_rate: Any  # (draw, family): signals a day
    standstill_rate: Any  # (draw,): standstills a day


class Setting(NamedTuple):
    """What is fixed: the state on day 0, coming summits, open plans; from `world.setting`."""

    horizon: Any
    slot: Any  # (step,): administration in office
    kind_code: Any  # (kind,): code in KINDS
    remote: Any  # (kind,)
    last_day: Any  # (kind,): day of the last contact
    recency_days: Any  # (kind,)
    leaders: Any  # index of leaders' meetings among kinds
    companion: Any  # code in KINDS of the visit that accompanies a president, or -1
    us_place: Any
    prc_place: Any
    beijing_share: Any
    rates: Any  # (fast or slow, family): points a year on day 0
    keep: Any  # (fast or slow, family): what is left of a rate after one step
    unit: Any  # (fast or slow, family): what one point adds to a rate on its day
    point_limits: Any  # (family, point): cumulative shares of intensities
    quiet: Any
    grid: Any
    summit_day: Any  # (summit,)
    summit_series: Any
    summit_host: Any  # 0 neither, 1 us, 2 prc
    summit_venue: Any
    summit_place: Any
    summit_met: Any
    summit_plan: Any  # plan that is this summit's bilateral, or -1
    plan_kind: Any  # (plan,)
    plan_day: Any
    plan_venue: Any
    plan_place: Any
    plan_under_way: Any
    last_week: Any
    standstill_log_mean: Any  # of its length in days
    standstill_log_sd: Any
    gap_log_mean: Any
    gap_log_sd: Any
    silence: Any  # whether the absence of an announcement is used


class Out(NamedTuple):
    """Buffers that the simulator fills, one row a future."""

    contacts: Any  # (future,)
    day: Any  # (future, contact)
    kind: Any
    venue: Any
    level: Any
    received: Any
    place: Any
    plan: Any
    losses: Any  # (future,)
    loss_day: Any  # (future, loss)
    bilateral: Any  # (future, summit)
    us_attends: Any
    prc_attends: Any
    fate: Any  # (future, plan)
    fate_day: Any
    plan_level: Any
    plan_received: Any
