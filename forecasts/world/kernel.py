"""The compiled heart of the simulator: one future, day by day in weekly steps.

Each source of chance (a kind of contact, a summit, a plan, a signal family) has
its own stream of random numbers, keyed by seed, draw, replicate and source. Two
simulations that differ in one source therefore share the chance of all others,
fewer replicates are the first of more, and the numbers do not depend on how
many cores did the work.
"""

from __future__ import annotations

import math

import numba
import numpy as np

from forecasts.world.buffers import OVERFLOW, STEP_DAYS
from forecasts.world.chance import chance, compiled, log_normal, standstill, streams_of, uniform

US, PRC, THIRD, REMOTE = 0, 1, 2, 3


@compiled
def _silent(d, states, source, group, day, draws, setting):  # type: ignore[no-untyped-def]
    """Whether a contact on `day` could still be unannounced on day 0."""
    if day < 1.0:
        return True
    u = uniform(states, source)  # drawn in any case: what follows must not depend on `silence`
    if not setting.silence:
        return True
    z = (math.log(day) - draws.lead_mean[d, group]) / draws.lead_sd[d]
    longer = 0.5 * math.erfc(z / math.sqrt(2.0))
    return u >= draws.announced[d, group] * longer


@compiled
def _emit(f, d, slot, k, day, venue, place, plan, visit, states, source, draws, setting, out):  # type: ignore[no-untyped-def]
    """Write one contact of kind `k` with its outcome; returns its row, or OVERFLOW."""
    n = out.contacts[f]
    if n < 0 or n >= out.day.shape[1] - 1:
        out.contacts[f] = OVERFLOW
        return OVERFLOW
    score = draws.level[d, slot, k] + draws.level_visit[d] * visit
    u = uniform(states, source)
    level = 0
    for cut in range(draws.level_cuts.shape[1]):
        if u * (1.0 + math.exp(score - draws.level_cuts[d, cut])) > 1.0:
            level = cut + 1
    if level == 2 and uniform(states, source) < draws.breakthrough[d]:
        level = 3
    received = -1
    u_beijing, u_received = uniform(states, source), uniform(states, source)
    if venue == PRC:
        beijing = plan >= 0 or u_beijing < setting.beijing_share
        log_odds = draws.received[d, k] + (draws.received_beijing[d] if beijing else 0.0)
        received = 1 if u_received * (1.0 + math.exp(-log_odds)) < 1.0 else 0
    out.day[f, n] = day
    out.kind[f, n] = setting.kind_code[k]
    out.venue[f, n] = venue
    out.level[f, n] = level
    out.received[f, n] = received
    out.place[f, n] = place
    out.plan[f, n] = plan
    out.contacts[f] = n + 1
    if k == setting.leaders and venue == PRC and setting.companion >= 0:
        _emit_companion(f, d, n, day, states, source, draws, setting, out)
    return n


@compiled
def _emit_companion(f, d, n, day, states, source, draws, setting, out):  # type: ignore[no-untyped-def]
    """Write the Secretary of State's part in a president's visit; received with the president."""
    if uniform(states, source) >= draws.accompanies[d]:
        return
    m = n + 1
    out.day[f, m] = day
    out.kind[f, m] = setting.companion
    out.venue[f, m] = PRC
    out.level[f, m] = out.level[f, n]
    out.received[f, m] = 1
    out.place[f, m] = setting.prc_place
    out.plan[f, m] = -1
    out.contacts[f] = m + 1


@compiled
def _lose(f, day, out):  # type: ignore[no-untyped-def]
    n = out.losses[f]
    if n < 0 or n >= out.loss_day.shape[1]:
        out.losses[f] = OVERFLOW
        return
    out.loss_day[f, n] = day
    out.losses[f] = n + 1


@compiled
def _settle_plan(f, d, p, still, states, source, draws, setting, out):  # type: ignore[no-untyped-def]
    """Decide the fate of an open plan by its daily hazard; returns a new day if it comes back."""
    day = setting.plan_day[p]
    out.fate[f, p] = 0
    out.fate_day[f, p] = day
    if setting.plan_under_way[p] or day <= 0:
        return -1
    early = max(day - setting.last_week, 0)
    low = math.exp(draws.loss_log_hazard[d])
    high = math.exp(draws.loss_log_hazard[d] + draws.loss_last_week[d])
    budget = -math.log(uniform(states, source))
    u_share, u_return = uniform(states, source), uniform(states, source)
    u_1, u_2 = uniform(states, source), uniform(states, source)
    if budget > low * early + high * (day - early):
        if setting.remote[setting.plan_kind[p]] or not still[0] < day < still[1]:
            return -1
        lost = still[0]
    else:
        lost = budget / low if budget <= low * early else early + (budget - low * early) / high
    lost_day = min(int(lost) + 1, day)
    out.fate_day[f, p] = lost_day
    out.fate[f, p] = 1 if u_share < draws.postponed_share[d] else 2
    _lose(f, lost_day, out)
    if out.fate[f, p] == 2 or u_return >= draws.postponed_returns[d]:
        return -1
    gap = log_normal(u_1, u_2, setting.gap_log_mean, setting.gap_log_sd)
    from_day = still[1] if still[0] < day < still[1] else float(day)
    return int(from_day + gap) + 1


@compiled
def _hold_plan(f, d, slot, p, day, states, source, draws, setting, last, out):  # type: ignore[no-untyped-def]
    k, venue = setting.plan_kind[p], setting.plan_venue[p]
    visit = 1 if venue == US or venue == PRC else 0
    as_announced = out.fate[f, p] == 0
    row = _emit(
        f, d, slot, k, day, venue, setting.plan_place[p], p if as_announced else -1, visit,
        states, source, draws, setting, out,
    )  # fmt: skip
    last[k] = max(last[k], float(day))
    if row >= 0 and as_announced:
        out.plan_level[f, p] = out.level[f, row]
        out.plan_received[f, p] = out.received[f, row]


@compiled
def _gather(f, d, slot, j, recent, states, source, draws, setting, out):  # type: ignore[no-untyped-def]
    """Decide attendance and bilateral of a summit; returns whether a bilateral is drawn here."""
    series, host = setting.summit_series[j], setting.summit_host[j]
    held = uniform(states, source) < draws.in_person[d]
    us_odds = draws.attends[d, US, series] + draws.presence[d, US, slot]
    prc_odds = draws.attends[d, PRC, series] + draws.presence[d, PRC, slot]
    us_odds += draws.own_host[d] * (host == 1) + draws.counterpart_host[d] * (host == 2)
    prc_odds += draws.own_host[d] * (host == 2) + draws.counterpart_host[d] * (host == 1)
    us = held and chance(states, source, us_odds)
    prc = held and chance(states, source, prc_odds)
    odds = draws.bilateral[d, series] + draws.bilateral_effect[d, slot]
    odds += draws.bilateral_recency[d] * recent
    met = us and prc and chance(states, source, odds)
    out.us_attends[f, j] = us
    out.prc_attends[f, j] = prc
    return met


@compiled
def _summit(f, d, slot, j, still, states, source, draws, setting, last, out):  # type: ignore[no-untyped-def]
    """Play one summit; a bilateral that would have been announced by day 0 is redrawn."""
    day, p = setting.summit_day[j], setting.summit_plan[j]
    if still[0] < day < still[1] and not setting.summit_met[j]:
        return
    recent = 1.0 if day - last[setting.leaders] <= setting.recency_days[setting.leaders] else 0.0
    group = draws.announced.shape[1] - 1
    met = _gather(f, d, slot, j, recent, states, source, draws, setting, out)
    if p >= 0 or setting.summit_met[j]:
        met = setting.summit_met[j] or out.fate[f, p] == 0
        out.us_attends[f, j] = out.us_attends[f, j] or met
        out.prc_attends[f, j] = out.prc_attends[f, j] or met
        out.bilateral[f, j] = met
        return
    while met and not _silent(d, states, source, group, float(day), draws, setting):
        met = _gather(f, d, slot, j, recent, states, source, draws, setting, out)
    out.bilateral[f, j] = met
    if met:
        venue, place = setting.summit_venue[j], setting.summit_place[j]
        _emit(
            f, d, slot, setting.leaders, day, venue, place, -1, 0,
            states, source, draws, setting, out,
        )  # fmt: skip
        last[setting.leaders] = max(last[setting.leaders], float(day))


@compiled
def _background(f, d, slot, k, t0, t1, base, budget, states, draws, setting, last, out):  # type: ignore[no-untyped-def]
    """Contacts of one kind between two times: a unit-rate clock run at the hazard's speed."""
    t = t0
    ratio = draws.recency[d, k]
    while t < t1:
        fresh_until = last[k] + setting.recency_days[k]
        fresh = last[k] < t1 and t < fresh_until
        speed = base * ratio if fresh else base
        stop = min(t1, fresh_until) if fresh else t1
        if budget[k] > speed * (stop - t):
            budget[k] -= speed * (stop - t)
            t = stop
            continue
        t += budget[k] / speed
        budget[k] = -math.log(uniform(states, k))
        day = int(t) + 1
        venue, place = _where(d, k, states, draws, setting)
        if not _silent(d, states, k, k, float(day), draws, setting):
            continue
        visit = 1 if venue == US or venue == PRC else 0
        _emit(f, d, slot, k, day, venue, place, -1, visit, states, k, draws, setting, out)
        last[k] = t


@compiled
def _where(d, k, states, draws, setting):  # type: ignore[no-untyped-def]
    if setting.remote[k]:
        return REMOTE, -1
    u = uniform(states, k)
    if u < draws.venue_limits[d, k, US]:
        return US, setting.us_place
    if u < draws.venue_limits[d, k, PRC]:
        return PRC, setting.prc_place
    return THIRD, -1


@compiled
def _losses(f, t0, t1, speed, budget, stream, states, out):  # type: ignore[no-untyped-def]
    t = t0
    while t < t1:
        if budget[stream] > speed * (t1 - t):
            budget[stream] -= speed * (t1 - t)
            return
        t += budget[stream] / speed
        budget[stream] = -math.log(uniform(states, stream))
        _lose(f, int(t) + 1, out)


@compiled
def _signals(rates, keep, unit, point_limits, arrivals, states, first_source):  # type: ignore[no-untyped-def]
    """Let signals arrive over one step, and older ones fade; rates are (fast or slow, family)."""
    for family in range(arrivals.size):
        rates[0, family] *= keep[0, family]
        rates[1, family] *= keep[1, family]
        source = first_source + family
        t = -math.log(uniform(states, source)) / arrivals[family]
        while t < STEP_DAYS:
            u = uniform(states, source)
            points = 1
            while points < 5 and u >= point_limits[family, points - 1]:
                points += 1
            left = (STEP_DAYS - t) / STEP_DAYS
            for memory in range(2):
                added = points * unit[memory, family] * keep[memory, family] ** left
                rates[memory, family] += added
            t -= math.log(uniform(states, source)) / arrivals[family]


@compiled
def _read(rates, quiet, grid, reading):  # type: ignore[no-untyped-def]
    """Update the reading of each family; returns whether any has changed."""
    changed = False
    for family in range(reading.size):
        ratio = math.log((quiet + rates[0, family]) / (quiet + rates[1, family]))
        value = np.round(ratio / grid) * grid
        changed = changed or value != reading[family]
        reading[family] = value
    return changed


@compiled
def _speeds(log_rate, slope, reading, speed):  # type: ignore[no-untyped-def]
    """Daily hazard of each stream at the present readings."""
    for s in range(speed.size):
        value = log_rate[s]
        for family in range(reading.size):
            value += slope[family, s] * reading[family]
        speed[s] = math.exp(value)


@compiled
def _sort_contacts(f, out):  # type: ignore[no-untyped-def]
    """Order the contacts of one future by day (insertion sort: nearly ordered already)."""
    for i in range(1, out.contacts[f]):
        day, kind, venue = out.day[f, i], out.kind[f, i], out.venue[f, i]
        level, received = out.level[f, i], out.received[f, i]
        place, plan = out.place[f, i], out.plan[f, i]
        j = i - 1
        while j >= 0 and out.day[f, j] > day:
            out.day[f, j + 1], out.kind[f, j + 1] = out.day[f, j], out.kind[f, j]
            out.venue[f, j + 1], out.level[f, j + 1] = out.venue[f, j], out.level[f, j]
            out.received[f, j + 1], out.place[f, j + 1] = out.received[f, j], out.place[f, j]
            out.plan[f, j + 1] = out.plan[f, j]
            j -= 1
        out.day[f, j + 1], out.kind[f, j + 1], out.venue[f, j + 1] = day, kind, venue
        out.level[f, j + 1], out.received[f, j + 1] = level, received
        out.place[f, j + 1], out.plan[f, j + 1] = place, plan


@compiled
def _spent(speed, ratio, last, recency_days, t0, t1):  # type: ignore[no-untyped-def]
    """What a hazard uses up between two times if nothing happens."""
    fresh_until = min(last + recency_days, t1)
    if last >= t1 or fresh_until <= t0:
        return speed * (t1 - t0)
    return speed * (ratio * (fresh_until - t0) + (t1 - fresh_until))


@compiled
def _one_future(f, d, states, draws, setting, busy, out):  # type: ignore[no-untyped-def]  # noqa: C901
    """Play one future. Big tuples are passed on only when something happens: calls copy them."""
    streams = draws.log_rate.shape[2]
    kinds, summits, plans = streams - 1, setting.summit_day.size, setting.plan_day.size
    last, rates = setting.last_day.copy(), setting.rates.copy()
    budget, returns = np.empty(streams), np.empty(plans, dtype=np.int64)
    for s in range(streams):
        budget[s] = -math.log(uniform(states, s))
    first_signal, first_plan = streams + summits, streams + summits + rates.shape[1] + 1
    still = standstill(
        states, first_plan - 1, draws.standstill_rate[d],
        setting.standstill_log_mean, setting.standstill_log_sd,
    )  # fmt: skip
    for p in range(plans):
        source = first_plan + p
        returns[p] = _settle_plan(f, d, p, still, states, source, draws, setting, out)
    reading, speed, before = np.full(rates.shape[1], np.inf), np.empty(streams), -1
    for step in range(setting.slot.size):
        t0 = float(step * STEP_DAYS)
        t1 = min(t0 + STEP_DAYS, float(setting.horizon))
        slot = setting.slot[step]
        if _read(rates, setting.quiet, setting.grid, reading) or slot != before:
            _speeds(draws.log_rate[d, slot], draws.slope[d], reading, speed)
        before = slot
        due = busy[step] or step == 0
        for p in range(plans):
            day = setting.plan_day[p] if out.fate[f, p] == 0 else returns[p]
            due = due or t0 < day <= t1
        if due:
            _scheduled(f, d, slot, step, t0, t1, returns, still, states, draws, setting, last, out)
        stopped = still[0] <= t0 < still[1]
        for k in range(kinds):
            if stopped and not setting.remote[k]:
                continue
            spent = _spent(speed[k], draws.recency[d, k], last[k], setting.recency_days[k], t0, t1)
            if budget[k] > spent:
                budget[k] -= spent
            else:
                _background(
                    f, d, slot, k, t0, t1, speed[k], budget, states, draws, setting, last, out
                )
        if budget[kinds] > speed[kinds] * (t1 - t0):
            budget[kinds] -= speed[kinds] * (t1 - t0)
        else:
            _losses(f, t0, t1, speed[kinds], budget, kinds, states, out)
        _signals(
            rates, setting.keep, setting.unit, setting.point_limits, draws.signal_rate[d],
            states, first_signal,
        )  # fmt: skip
    _sort_contacts(f, out)


@compiled
def _scheduled(f, d, slot, step, t0, t1, returns, still, states, draws, setting, last, out):  # type: ignore[no-untyped-def]
    """Plans and summits whose day falls in the step; what is under way belongs to the first."""
    streams, summits = draws.log_rate.shape[2], setting.summit_day.size
    first_plan = streams + summits + setting.rates.shape[1] + 1
    for p in range(setting.plan_day.size):
        source = first_plan + p
        day = setting.plan_day[p] if out.fate[f, p] == 0 else returns[p]
        due = t0 < day <= t1 or (step == 0 and out.fate[f, p] == 0 and day <= 0)
        if due:
            _hold_plan(f, d, slot, p, day, states, source, draws, setting, last, out)
    for j in range(summits):
        day = setting.summit_day[j]
        if t0 < day <= t1 or (step == 0 and day <= 0):
            _summit(f, d, slot, j, still, states, streams + j, draws, setting, last, out)


@compiled
def _busy(steps, summit_day):  # type: ignore[no-untyped-def]
    """Whether each step has a summit."""
    busy = np.zeros(steps, dtype=np.bool_)
    for day in summit_day:
        step = max(day - 1, 0) // STEP_DAYS
        if step < steps:
            busy[step] = True
    return busy


@numba.njit(cache=True, fastmath=False, error_model="numpy", nogil=True)
def simulate_chunk(seed, first_draw, replicates, draws, setting, out):  # type: ignore[no-untyped-def]
    """Fill `out` with the futures of the draws from `first_draw` on. Runs beside other threads."""
    sources = draws.log_rate.shape[2] + setting.summit_day.size + setting.plan_day.size
    # Plans come last, after signals and standstills: without them other chance stays the same.
    sources += setting.rates.shape[1] + 1
    busy = _busy(setting.slot.size, setting.summit_day)
    for f in range(out.contacts.size):
        d = first_draw + f // replicates
        states = streams_of(seed, d, f % replicates, sources)
        _one_future(f, d, states, draws, setting, busy, out)
