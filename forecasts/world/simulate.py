"""Simulate futures: one set of possible continuations that every question reads."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from forecasts.errors import ForecastsError
from forecasts.evidence.linking import bilateral_at
from forecasts.evidence.tables import Contact, Plan
from forecasts.evidence.view import View
from forecasts.portfolio.declared import Portfolio
from forecasts.questions.futures import (
    FATES,
    ContactTable,
    Futures,
    PlanFates,
    Summits,
)
from forecasts.schema import KINDS, LEVELS, VENUES
from forecasts.world.draws import simulator_draws, thin
from forecasts.world.exposure import is_observed
from forecasts.world.inputs import Inputs
from forecasts.world.setting import Start, modelled, setting, start

if TYPE_CHECKING:
    import xarray as xr

    from forecasts.world.buffers import Draws, Out, Setting

CHUNK_FUTURES = 5_000
"""Futures simulated at a time, to bound memory."""

Progress = Callable[[float], None]


def simulate(  # noqa: PLR0913 (keyword-only, one for each thing that can differ)
    posterior: xr.Dataset,
    view: View,
    portfolio: Portfolio,
    data: Inputs,
    *,
    horizon_days: int,
    draws: int,
    replicates: int,
    seed: int,
    named: frozenset[str] = frozenset(),
    plans: bool = True,
    signals: bool = True,
    progress: Progress | None = None,
) -> Futures:
    """Simulate ``draws * replicates`` futures of `horizon_days` days.

    Parameters
    ----------
    posterior : xarray.Dataset, dims (chain, draw, ...)
        Posterior group of a fit of the same view.
    view, portfolio, data : View, Portfolio, Inputs
        What was known, what is declared, and the arrays made of both.
    horizon_days, draws, replicates, seed : int
        How far, how many posterior draws, how many futures each, and which.
    named : frozenset of str
        Decided plans and past summits to carry along as facts, by identifier;
        all coming summits and open plans are there anyway.
    plans, signals : bool
        Switch off what pending plans (and the silence about others) or
        signals add; all other chance stays the same.
    progress : callable, optional
        Called with the finished share.

    Returns
    -------
    Futures
        Reproducible to the bit from `seed`, whatever the number of cores.
    """
    begin = start(view, horizon_days, plans=plans)
    chosen = thin(posterior, draws)
    year = view.known_through.year + view.known_through.timetuple().tm_yday / 365.0
    ready = simulator_draws(
        chosen, begin.slots, year, signals=signals, silent=~is_observed(data.exposure)
    )
    fixed = setting(begin, view, portfolio, data, silence=plans)
    chunks = _chunks(chosen.sizes["sample"], replicates, seed, ready, fixed, progress)
    size = (chosen.sizes["sample"], replicates)
    return _assemble(begin, view, portfolio, chunks, size, named)


def _chunks(
    draws: int,
    replicates: int,
    seed: int,
    ready: Draws,
    fixed: Setting,
    progress: Progress | None,
) -> list[Out]:
    """Simulate chunk by chunk, as many at a time as there are cores."""
    from concurrent.futures import ThreadPoolExecutor

    at_once = max(CHUNK_FUTURES // replicates, 1)
    firsts = range(0, draws, at_once)

    def one(first: int) -> Out:
        size = min(at_once, draws - first) * replicates
        return _chunk(seed, first, size, replicates, ready, fixed)

    chunks = [one(firsts[0])]  # alone: the first call may compile
    with ThreadPoolExecutor() as pool:
        for chunk in pool.map(one, firsts[1:]):
            chunks.append(chunk)
            if progress:
                progress(len(chunks) / len(firsts))
    return chunks


def _chunk(seed: int, first: int, size: int, replicates: int, ready: Draws, fixed: Setting) -> Out:
    from forecasts.world.buffers import ROOMIER
    from forecasts.world.kernel import simulate_chunk

    for times in ROOMIER:
        out = _buffers(size, fixed, times)
        simulate_chunk(seed, first, replicates, ready, fixed, out)
        if (out.contacts >= 0).all() and (out.losses >= 0).all():
            return _trimmed(out)
    raise ForecastsError(
        "a simulated future holds more contacts than a plausible world: "
        "the posterior of a hazard has exploded; look at the gates and the priors"
    )


def _buffers(size: int, fixed: Setting, times: int = 1) -> Out:
    """Empty buffers for `size` futures, with so many times the usual room."""
    from forecasts.world.buffers import CONTACTS_AT_MOST, LOSSES_AT_MOST, Out

    summits, plans = fixed.summit_day.size, fixed.plan_day.size
    contacts = CONTACTS_AT_MOST * times

    def codes(width: int) -> np.ndarray:
        return np.full((size, width), -1, dtype=np.int8)

    return Out(
        contacts=np.zeros(size, dtype=np.int32),
        day=np.zeros((size, contacts), dtype=np.int32),
        kind=codes(contacts),
        venue=codes(contacts),
        level=codes(contacts),
        received=codes(contacts),
        place=np.full((size, contacts), -1, dtype=np.int16),
        plan=np.full((size, contacts), -1, dtype=np.int16),
        losses=np.zeros(size, dtype=np.int32),
        loss_day=np.zeros((size, LOSSES_AT_MOST * times), dtype=np.int32),
        bilateral=np.zeros((size, summits), dtype=np.bool_),
        us_attends=np.zeros((size, summits), dtype=np.bool_),
        prc_attends=np.zeros((size, summits), dtype=np.bool_),
        fate=codes(plans),
        fate_day=np.zeros((size, plans), dtype=np.int32),
        plan_level=codes(plans),
        plan_received=codes(plans),
    )


def _trimmed(out: Out) -> Out:
    """Keep only the filled rows of the contact and loss buffers, flat."""
    used = np.arange(out.day.shape[1])[None, :] < out.contacts[:, None]
    lost = np.arange(out.loss_day.shape[1])[None, :] < out.losses[:, None]
    names = ("day", "kind", "venue", "level", "received", "place", "plan")
    flat = {name: getattr(out, name)[used] for name in names}
    return out._replace(loss_day=out.loss_day[lost], **flat)


def _assemble(
    begin: Start,
    view: View,
    portfolio: Portfolio,
    chunks: list[Out],
    shape: tuple[int, int],
    named: frozenset[str],
) -> Futures:
    def joined(name: str) -> np.ndarray:
        return np.concatenate([getattr(chunk, name) for chunk in chunks])

    draws, replicates = shape
    size = draws * replicates
    numbers = np.arange(size, dtype=np.int32)
    contacts = ContactTable(
        future=np.repeat(numbers, joined("contacts")),
        day=joined("day"),
        kind=joined("kind"),
        venue=joined("venue"),
        level=joined("level"),
        received=joined("received"),
        place=joined("place"),
        plan=joined("plan"),
    )
    return Futures(
        known_through=begin.known_through,
        draws=draws,
        replicates=replicates,
        horizon_days=begin.horizon_days,
        places=begin.places,
        contacts=contacts,
        past=past_contacts(view, begin.places),
        lost_future=np.repeat(numbers, joined("losses")),
        lost_day=joined("loss_day"),
        lost_past=past_losses(view),
        plans=_plan_fates(begin, decided_plans(view, named), portfolio, joined, size),
        summits=_summits(begin, known_summits(view, named), joined, size),
    )


def past_contacts(view: View, places: tuple[str, ...]) -> ContactTable:
    """Contacts that have ended, as the past that every future shares."""
    ended = [c for c in view.contacts if c.end is not None and c.start <= view.known_through]
    days = [(c.start - view.known_through).days for c in ended]
    return ContactTable(
        future=np.zeros(len(ended), dtype=np.int32),
        day=np.array(days, dtype=np.int32),
        kind=np.array([KINDS.index(c.kind) for c in ended], dtype=np.int8),
        venue=np.array([VENUES.index(c.venue) for c in ended], dtype=np.int8),
        level=np.array([LEVELS.index(c.level) if c.level else -1 for c in ended], dtype=np.int8),
        received=np.array([-1 if c.received is None else c.received for c in ended], dtype=np.int8),
        place=np.array(
            [places.index(c.country) if c.country in places else -1 for c in ended], dtype=np.int16
        ),
        plan=np.full(len(ended), -1, dtype=np.int16),
    )


def past_losses(view: View) -> np.ndarray:
    """Days of known losses, counted from the last known day."""
    days = [(loss.cancelled - view.known_through).days for loss in view.losses]
    return np.array(days, dtype=np.int32)


def _plan_fates(
    begin: Start,
    known: PlanFates,
    portfolio: Portfolio,
    joined: Callable[[str], np.ndarray],
    size: int,
) -> PlanFates:
    open_ids = [contact.plan_id for contact in modelled(begin, portfolio)]
    keep = [index for index, plan_id in enumerate(open_ids) if plan_id]
    decided = _without(known, {open_ids[index] for index in keep})
    return PlanFates(
        ids=(*(open_ids[index] for index in keep), *decided.ids),
        fate=np.hstack([joined("fate")[:, keep], _every(decided.fate, size)]),
        fate_day=np.hstack([joined("fate_day")[:, keep], _every(decided.fate_day, size)]),
        level=np.hstack([joined("plan_level")[:, keep], _every(decided.level, size)]),
        received=np.hstack([joined("plan_received")[:, keep], _every(decided.received, size)]),
    )


def _every(row: np.ndarray, size: int) -> np.ndarray:
    return np.broadcast_to(row, (size, row.shape[1]))


def _without(plans: PlanFates, names: set[str]) -> PlanFates:
    keep = [index for index, name in enumerate(plans.ids) if name not in names]
    return PlanFates(
        tuple(plans.ids[index] for index in keep),
        plans.fate[:, keep],
        plans.fate_day[:, keep],
        plans.level[:, keep],
        plans.received[:, keep],
    )


def decided_plans(view: View, named: frozenset[str]) -> PlanFates:
    """Those of the `named` plans whose fate is public, as facts. Dims (1, plan)."""
    contacts = {contact.id: contact for contact in view.contacts}
    plans = [p for p in view.plans if p.status != "pending" and p.id in named]
    rows = [_decided(p, contacts.get(p.contact_id), view) for p in plans]
    table = np.array(rows, dtype=np.int32).reshape(len(rows), 4).T[:, None, :]
    codes = table.astype(np.int8)
    return PlanFates(tuple(p.id for p in plans), codes[0], table[1], codes[2], codes[3])


def _decided(plan: Plan, contact: Contact | None, view: View) -> tuple[int, int, int, int]:
    """Fate, its day, level and reception; the last two only of the contact that was planned."""
    number = ((plan.status_date or plan.planned) - view.known_through).days
    if contact is None or plan.status != "held":
        return FATES.index(plan.status), number, -1, -1
    level = LEVELS.index(contact.level) if contact.level else -1
    received = -1 if contact.received is None else int(contact.received)
    return FATES.index(plan.status), number, level, received


def _summits(
    begin: Start, past: Summits, joined: Callable[[str], np.ndarray], size: int
) -> Summits:
    coming = begin.summits
    days = [
        ((s.start - begin.known_through).days, (s.end - begin.known_through).days) for s in coming
    ]
    spans = np.array(days, dtype=np.int32).reshape(len(days), 2)
    return Summits(
        ids=(*(s.id for s in coming), *past.ids),
        first_day=np.r_[spans[:, 0], past.first_day].astype(np.int32),
        last_day=np.r_[spans[:, 1], past.last_day].astype(np.int32),
        bilateral=np.hstack([joined("bilateral"), _every(past.bilateral, size)]),
        us_attends=np.hstack([joined("us_attends"), _every(past.us_attends, size)]),
        prc_attends=np.hstack([joined("prc_attends"), _every(past.prc_attends, size)]),
    )


def known_summits(view: View, named: frozenset[str]) -> Summits:
    """Those of the `named` summits that are over and on record, as facts. Dims (1, opportunity)."""
    met = bilateral_at(view.contacts, view.opportunities)
    past = [
        s
        for s in view.opportunities
        if s.id in named
        and s.end <= view.known_through
        and s.us_attends is not None
        and s.prc_attends is not None
    ]
    flags = np.array([[s.id in met, bool(s.us_attends), bool(s.prc_attends)] for s in past])
    table = flags.reshape(len(past), 3).astype(np.bool_).T[:, None, :]
    first = np.array([(s.start - view.known_through).days for s in past], dtype=np.int32)
    last = np.array([(s.end - view.known_through).days for s in past], dtype=np.int32)
    return Summits(tuple(s.id for s in past), first, last, table[0], table[1], table[2])
