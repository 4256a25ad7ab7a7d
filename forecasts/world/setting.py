"""The state on the last known day: where every future starts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from forecasts.dates import DAYS_PER_YEAR, next_inauguration
from forecasts.errors import BadInput
from forecasts.evidence.tables import Contact, Plan
from forecasts.evidence.view import View
from forecasts.portfolio.declared import Portfolio
from forecasts.schema import KINDS, SERIES, VENUES
from forecasts.world.buffers import LONG_AGO, STEP_DAYS, Setting
from forecasts.world.cases import LAST_WEEK_DAYS
from forecasts.world.exposure import NEXT_ADMINISTRATION, administration_index, recency_days
from forecasts.world.inputs import Inputs
from forecasts.world.readings import GRID, QUIET_POINTS_PER_YEAR
from forecasts.world.summits import ComingSummit, coming_summits

LEADERS = "leader_in_person"
HOME = {"us": "United States", "prc": "China"}
SUMMIT_MARGIN_DAYS = 3
"""A leaders' meeting this close to a summit, on the host's soil, is that summit's bilateral."""


@dataclass(frozen=True, slots=True)
class OpenContact:
    """An announced contact still to come, or a contact under way on day 0.

    `day` counts from day 0; `plan_id` is empty for a contact that no plan announced.
    """

    plan_id: str
    kind: str
    venue: str
    country: str
    day: int
    under_way: bool


@dataclass(frozen=True, slots=True)
class Start:
    """What the simulator starts from, and the names that its codes stand for.

    `slots` are the administrations in office over the horizon; `places` the
    host countries that codes point into.
    """

    known_through: date
    horizon_days: int
    slots: list[str]
    slot_of_step: list[int]
    places: tuple[str, ...]
    summits: tuple[ComingSummit, ...]
    open_contacts: tuple[OpenContact, ...]


def start(view: View, horizon_days: int, *, plans: bool = True) -> Start:
    """Collect what is open on the last known day of `view`.

    Parameters
    ----------
    view : View
    horizon_days : int
        How far futures reach.
    plans : bool
        Whether pending plans are known (contacts under way always are).
    """
    last_day = view.known_through + timedelta(days=horizon_days)
    summits = coming_summits(view, last_day)
    under_way = tuple(_under_way(view, c) for c in view.contacts if _is_under_way(view, c))
    pending = tuple(_pending(view, plan) for plan in view.pending) if plans else ()
    slots, slot_of_step = _administrations(view, horizon_days)
    countries = {s.country for s in summits} | {c.country for c in view.contacts}
    places = tuple(sorted((countries | set(HOME.values())) - {""}))
    return Start(
        view.known_through, horizon_days, slots, slot_of_step, places, summits, under_way + pending
    )


def _is_under_way(view: View, contact: Contact) -> bool:
    return contact.end is None and contact.start <= view.known_through


def _under_way(view: View, contact: Contact) -> OpenContact:
    ids = (p.id for p in view.plans if p.contact_id == contact.id and p.status == "held")
    plan = next(ids, "")
    day = (contact.start - view.known_through).days
    return OpenContact(plan, contact.kind, contact.venue, contact.country, day, under_way=True)


def _pending(view: View, plan: Plan) -> OpenContact:
    """Make an open plan a contact to come; an overdue one comes on the next day."""
    day = max((plan.planned - view.known_through).days, 1)
    return OpenContact(plan.id, plan.kind, plan.venue, HOME.get(plan.venue, ""), day, False)


def _administrations(view: View, horizon_days: int) -> tuple[list[str], list[int]]:
    """Name who is in office in each step: those known, and unknown ones after an inauguration."""
    first = view.known_through.toordinal() + 1
    days = np.arange(first, first + horizon_days, STEP_DAYS, dtype=np.int64)
    index = administration_index(view, days)
    change = next_inauguration(view.known_through)
    elected = any(a.start >= change for a in view.administrations)
    names = [
        NEXT_ADMINISTRATION
        if day >= change.toordinal() and not elected
        else view.administrations[i].id
        for day, i in zip(days, index, strict=True)
    ]
    slots = list(dict.fromkeys(names))
    return slots, [slots.index(name) for name in names]


def setting(
    begin: Start, view: View, portfolio: Portfolio, data: Inputs, *, silence: bool = True
) -> Setting:
    """Arrange the state for the simulator; `silence` uses the absence of announcements."""
    families = tuple(portfolio.signals.values())
    half_lives = [[f.half_life_days, f.baseline_half_life_days] for f in families]
    decay = np.ascontiguousarray(np.log(2) / np.array(half_lives).T)
    stop = portfolio.priors["standstill_days"].values
    gap = portfolio.priors["postponed_gap_days"].values
    shares = data.signals.intensity / data.signals.intensity.sum(axis=1, keepdims=True)
    beijing = data.outcomes.received_beijing
    return Setting(
        horizon=begin.horizon_days,
        slot=_ints(begin.slot_of_step),
        kind_code=_ints(KINDS.index(kind) for kind in portfolio.kinds),
        remote=np.array([kind.endswith("_remote") for kind in portfolio.kinds]),
        last_day=_last_days(view, portfolio),
        recency_days=np.array([float(recency_days(kind)) for kind in portfolio.kinds]),
        leaders=_leaders(portfolio),
        companion=KINDS.index("state_sec_visit") if "state_sec_visit" in portfolio.kinds else -1,
        us_place=begin.places.index(HOME["us"]),
        prc_place=begin.places.index(HOME["prc"]),
        beijing_share=(float(beijing.sum()) + 1.0) / (beijing.size + 2.0),
        rates=np.stack([data.signals.fast, data.signals.slow]),
        keep=np.exp(-decay * STEP_DAYS),
        unit=decay * DAYS_PER_YEAR,
        point_limits=np.cumsum(shares, axis=1),
        quiet=QUIET_POINTS_PER_YEAR,
        grid=GRID,
        last_week=LAST_WEEK_DAYS,
        standstill_log_mean=float(np.log(stop["median"])),
        standstill_log_sd=float(np.asarray(stop["sigma"])),
        gap_log_mean=float(np.log(gap["median"])),
        gap_log_sd=float(np.asarray(gap["sigma"])),
        silence=silence,
        **_summit_arrays(begin, portfolio),
        **_plan_arrays(begin, portfolio),
    )


def _leaders(portfolio: Portfolio) -> int:
    """Index of leaders' meetings, which summits bring about."""
    if LEADERS not in portfolio.kinds:
        expected = f"{LEADERS} among the modelled kinds, since summits bring them about"
        raise BadInput("portfolio.toml, kinds", expected, ", ".join(portfolio.kinds), "add it")
    return portfolio.kinds.index(LEADERS)


def _summit_arrays(begin: Start, portfolio: Portfolio) -> dict[str, np.ndarray]:
    summits, contacts = begin.summits, modelled(begin, portfolio)
    return {
        "summit_day": _ints(summit_day(begin, s) for s in summits),
        "summit_series": _ints(SERIES.index(s.series) for s in summits),
        "summit_host": _ints(("", "us", "prc").index(s.host) for s in summits),
        "summit_venue": _ints(VENUES.index(_venue(s.country)) for s in summits),
        "summit_place": _ints(_place(begin, s.country) for s in summits),
        "summit_met": np.array([s.met for s in summits], dtype=np.bool_),
        "summit_plan": _ints(_plan_of(begin, contacts, s) for s in summits),
    }


def _plan_arrays(begin: Start, portfolio: Portfolio) -> dict[str, np.ndarray]:
    contacts = modelled(begin, portfolio)
    return {
        "plan_kind": _ints(portfolio.kinds.index(c.kind) for c in contacts),
        "plan_day": _ints(c.day for c in contacts),
        "plan_venue": _ints(VENUES.index(c.venue) for c in contacts),
        "plan_place": _ints(_place(begin, c.country) for c in contacts),
        "plan_under_way": np.array([c.under_way for c in contacts], dtype=np.bool_),
    }


def modelled(begin: Start, portfolio: Portfolio) -> tuple[OpenContact, ...]:
    """Open contacts of the kinds that the model has, in the order of its plan arrays."""
    return tuple(c for c in begin.open_contacts if c.kind in portfolio.kinds)


def summit_day(begin: Start, summit: ComingSummit) -> int:
    """Day number of the first day of a summit; one that is on counts as tomorrow."""
    return max((summit.start - begin.known_through).days, 1)


def _plan_of(begin: Start, contacts: Sequence[OpenContact], summit: ComingSummit) -> int:
    """Index of the pending leaders' meeting that is this summit's bilateral, or -1."""
    first = (summit.start - begin.known_through).days - SUMMIT_MARGIN_DAYS
    last = (summit.end - begin.known_through).days + SUMMIT_MARGIN_DAYS
    for index, contact in enumerate(contacts):
        if (
            contact.kind == LEADERS
            and summit.series != "UNGA"
            and first <= contact.day <= last
            and contact.venue == _venue(summit.country)
        ):
            return index
    return -1


def _venue(country: str) -> str:
    return next((side for side, home in HOME.items() if home == country), "third")


def _place(begin: Start, country: str) -> int:
    return begin.places.index(country) if country in begin.places else -1


def _last_days(view: View, portfolio: Portfolio) -> np.ndarray:
    last = dict.fromkeys(portfolio.kinds, LONG_AGO)
    for contact in view.contacts:
        if contact.kind in last and contact.start <= view.known_through:
            day = float((contact.start - view.known_through).days)
            last[contact.kind] = max(last[contact.kind], day)
    return np.array(list(last.values()))


def _ints(values: object) -> np.ndarray:
    return np.array(list(values), dtype=np.int64)  # type: ignore[call-overload]
