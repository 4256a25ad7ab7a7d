"""The simulator against closed forms, and against itself with one source of chance changed."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date, timedelta

import numpy as np
import pytest

from forecasts.questions.algebra import holds
from forecasts.questions.events import Attends, ContactAt, ContactCount, Event, PlanOutcome
from forecasts.questions.futures import Bools, Futures
from forecasts.schema import KINDS
from forecasts.world import simulate as simulator
from forecasts.world.exposure import recency_days
from tests.builders import contact, opportunity
from tests.builders_world import (
    World,
    pending_plan,
    portfolio_of,
    quiet_evidence,
    real_portfolio,
)

AS_OF = date(2023, 6, 18)
YEAR = 365.25
NO_ONE = -30.0
EVERY_ONE = 30.0


def day(number: int) -> date:
    return AS_OF + timedelta(days=number)


def world_of(**tables: object) -> World:
    portfolio = portfolio_of(quiet_evidence(**tables))
    return World(portfolio, portfolio.as_of(AS_OF))


@pytest.fixture(scope="module")
def quiet() -> World:
    return world_of()


@pytest.fixture(scope="module")
def real() -> World:
    return World(real_portfolio(), real_portfolio().as_of(AS_OF))


def within(happens: Bools, expected: float) -> bool:
    """Whether a share of independent futures lies within four standard errors of `expected`."""
    error = np.sqrt(expected * (1 - expected) / happens.size)
    return bool(abs(happens.mean() - expected) <= 4 * error + 1e-12)


def same(one: object, other: object) -> bool:
    """Whether two sets of futures are equal to the last bit."""
    for field in fields(one):  # type: ignore[arg-type]
        a, b = getattr(one, field.name), getattr(other, field.name)
        if hasattr(a, "__dataclass_fields__"):
            if not same(a, b):
                return False
        elif not np.array_equal(a, b):
            return False
    return True


def of_kind(futures: Futures, kind: str) -> np.ndarray:
    rows = futures.contacts.kind == KINDS.index(kind)
    return np.stack([futures.contacts.future[rows], futures.contacts.day[rows]])


# Reproducible.


def test_same_seed_same_futures_whatever_the_chunks(
    real: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The seed alone decides: chunk size and number of threads do not, another seed does."""
    one = real.simulate(draws=40, replicates=20)
    monkeypatch.setattr(simulator, "CHUNK_FUTURES", 60)
    many = real.simulate(draws=40, replicates=20)

    assert same(one, many)
    assert not same(one, real.simulate(draws=40, replicates=20, seed=2))


def test_fewer_replicates_are_the_first_of_more(quiet: World) -> None:
    """With more futures a draw, the first ones of each draw stay what they were."""
    few, many = (quiet.simulate(draws=3, replicates=r) for r in (10, 25))
    draw, replicate = np.divmod(many.contacts.future, 25)
    kept = replicate < 10

    np.testing.assert_array_equal(few.contacts.future, draw[kept] * 10 + replicate[kept])
    np.testing.assert_array_equal(few.contacts.day, many.contacts.day[kept])


def test_contacts_come_in_order(real: World) -> None:
    """Contacts are sorted by future and day, from day 1 (or under way) to the horizon."""
    futures = real.simulate(horizon_days=100, replicates=100)
    table = futures.contacts
    order = np.lexsort((table.day, table.future))

    np.testing.assert_array_equal(order, np.sort(order))
    assert table.day.max() <= 100
    under_way = table.day < 1
    assert set(table.day[under_way]) <= {0}  # the Secretary landed on the as-of day


def test_shorter_horizon_is_the_beginning_of_a_longer_one(quiet: World) -> None:
    """A longer horizon adds to the futures and changes nothing before."""
    short = quiet.simulate(horizon_days=70, replicates=200)
    long = quiet.simulate(horizon_days=140, replicates=200)
    kept = long.contacts.day <= 70

    np.testing.assert_array_equal(short.contacts.day, long.contacts.day[kept])
    np.testing.assert_array_equal(short.contacts.future, long.contacts.future[kept])


# One source of chance at a time.


def test_signals_without_a_slope_change_nothing(real: World) -> None:
    """Where slopes are nought, switching signals off is no change; where they are not, it is."""
    flat = [real.simulate(replicates=200, signals=on) for on in (True, False)]
    steep = real.simulate(replicates=200, signal_scale=0.3, signal_raw=1.0)

    assert same(*flat)
    assert not same(flat[0], steep)


def test_plans_switched_off_leave_other_kinds_alone() -> None:
    """Where silence says nothing, an open plan of one kind leaves the chance of others alone."""
    world = world_of(plans=(pending_plan(announced=day(-3), planned=day(20)),))
    on, off = (
        world.simulate(
            replicates=300,
            plans=use,
            announced_share=0.0,
            log_standstill_rate=np.log(2 / YEAR),
            signal_scale=0.2,
            signal_raw=1.0,
        )
        for use in (True, False)
    )

    for kind in set(world.portfolio.kinds) - {"state_sec_visit"}:
        np.testing.assert_array_equal(of_kind(on, kind), of_kind(off, kind))
    assert of_kind(on, "state_sec_visit").size > of_kind(off, "state_sec_visit").size


def test_one_kind_s_rate_leaves_other_kinds_alone(quiet: World) -> None:
    """Trebling the hazard of one kind leaves every contact of the others where it was."""
    usual = quiet.simulate(replicates=300)
    rate = quiet.at("log_rate", "stream", leader_remote=np.log(3 / YEAR))
    busy = quiet.simulate(replicates=300, log_rate=rate)

    for kind in set(quiet.portfolio.kinds) - {"leader_remote"}:
        np.testing.assert_array_equal(of_kind(usual, kind), of_kind(busy, kind))
    assert of_kind(busy, "leader_remote").size > 2 * of_kind(usual, "leader_remote").size


# Closed forms.


@pytest.mark.parametrize("horizon", [1, 7, 30, 199])
def test_constant_hazard_waits_exponentially(quiet: World, horizon: int) -> None:
    """P(at least one by h) = 1 - exp(-rate h), for a rate that nothing changes."""
    rate = 2.0 / YEAR
    futures = quiet.simulate(replicates=5000, log_rate=np.log(rate))
    event = ContactCount(("fm_third",), until=day(horizon))

    assert within(holds(event, futures), 1 - np.exp(-rate * horizon))


def test_counts_are_poisson(quiet: World) -> None:
    """At a constant hazard the number of contacts has mean and variance rate times time."""
    rate = 4.0 / YEAR
    futures = quiet.simulate(replicates=5000, log_rate=np.log(rate))
    number = np.bincount(of_kind(futures, "fm_third")[0], minlength=futures.size)

    expected = rate * 200
    assert number.mean() == pytest.approx(expected, abs=4 * np.sqrt(expected / number.size))
    assert number.var() == pytest.approx(expected, rel=0.06)


@pytest.mark.parametrize(("kind", "days"), [("fm_third", 90), ("fm_remote", 28)])
def test_recent_contact_slows_the_next_for_a_while(kind: str, days: int) -> None:
    """With a ratio r after a contact today, the first days run at r times the hazard."""
    assert recency_days(kind) == days
    held = contact(kind=kind, start=AS_OF, end=AS_OF, known=AS_OF, venue="third")
    world = world_of(contacts=(held,))
    rate, ratio = 3.0 / YEAR, 0.25
    slow = world.at("recency_log_ratio", "stream", **{kind: np.log(ratio)})
    futures = world.simulate(replicates=5000, log_rate=np.log(rate), recency_log_ratio=slow)

    for until, hazard in ((days, rate * ratio * days), (days + 32, rate * (ratio * days + 32))):
        event = ContactCount((kind,), until=day(until))
        assert within(holds(event, futures), 1 - np.exp(-hazard)), until


def test_silence_thins_the_near_future(quiet: World) -> None:
    """If all contacts of a kind are announced a year ahead, none comes unannounced tomorrow."""
    told = {"announced_share": 1.0, "lead_log_days": np.log(365.0), "lead_log_sd": 0.01}
    futures = quiet.simulate(replicates=500, log_rate=np.log(20 / YEAR), **told)

    assert not holds(ContactCount(quiet.portfolio.kinds, until=day(200)), futures).any()


@pytest.mark.parametrize("days", [3, 40, 150])
def test_open_plan_survives_its_daily_hazard(days: int) -> None:
    """A plan is held with probability exp(-hazard x days), the last week at its own hazard."""
    planned = pending_plan(announced=day(-3), planned=day(days))
    world = world_of(plans=(planned,))
    low, step = np.log(0.004), 1.0
    futures = world.simulate(
        replicates=5000, loss_log_hazard=low, loss_last_week=step, postponed_share=0.6
    )
    late = min(days, 7)
    held = np.exp(-np.exp(low) * (days - late) - np.exp(low + step) * late)

    assert within(holds(PlanOutcome(planned.id, "held"), futures), held)
    assert within(holds(PlanOutcome(planned.id, "postponed"), futures), (1 - held) * 0.6)
    any_lost = PlanOutcome("any", "lost", until=day(days))
    none_else = world.at("log_rate", "stream", lost_plan=NO_ONE)
    alone = world.simulate(
        replicates=1000, loss_log_hazard=low, loss_last_week=step, log_rate=none_else
    )
    np.testing.assert_array_equal(
        holds(any_lost, alone), holds(PlanOutcome(planned.id, "lost"), alone)
    )


def odds(chance: float) -> float:
    return float(np.log(chance / (1 - chance)))


def test_summit_is_a_product_of_chances() -> None:
    """Held, both there, and they meet: the bilateral's probability is the product."""
    world = world_of(opportunities=(opportunity(us_attends=None, prc_attends=None),))
    futures = world.simulate(
        replicates=5000,
        summit_in_person=0.9,
        us_attends=odds(0.8),
        prc_attends=odds(0.7),
        bilateral=odds(0.6),
        log_rate=NO_ONE,
    )
    name = "MC-G20-20230909"

    assert within(holds(Attends(name, "us"), futures), 0.9 * 0.8)
    assert within(holds(Attends(name, "prc"), futures), 0.9 * 0.7)
    assert within(holds(ContactAt(name), futures), 0.9 * 0.8 * 0.7 * 0.6)
    meets: Event = ContactCount(("leader_in_person",), until=day(180), place="India")
    np.testing.assert_array_equal(holds(meets, futures), holds(ContactAt(name), futures))


def test_standstill_stops_travel_and_not_calls(quiet: World) -> None:
    """From the first day of a standstill nobody travels, while calls go on at their rate."""
    rate = 6.0 / YEAR
    futures = quiet.simulate(
        replicates=3000, log_rate=np.log(rate), log_standstill_rate=np.log(1e6)
    )
    by_then = day(100)
    trips = tuple(kind for kind in quiet.portfolio.kinds if not kind.endswith("_remote"))

    # It begins at once and is a year and more long at the median: only its first step is open.
    late = ContactCount(trips, until=by_then, after=day(8))
    assert holds(late, futures).mean() < 0.25
    calls = ContactCount(("leader_remote",), until=by_then)
    assert within(holds(calls, futures), 1 - np.exp(-rate * 100))


def test_exploded_hazard_is_refused(quiet: World) -> None:
    """A posterior under which a future overflows its room is an error, not a cut-off count."""
    with pytest.raises(Exception, match="exploded"):
        quiet.simulate(replicates=2, log_rate=0.0)


def test_administration_in_office_sets_the_pace(quiet: World) -> None:
    """After the next inauguration hazards follow the pair to come, not the one in office."""
    seen = quiet.data.exposure
    own = np.zeros((len(seen.administrations), len(seen.streams) + 1))
    own[1] = -20.0  # the pair to come meets nobody
    futures = quiet.simulate(horizon_days=800, replicates=200, pair_own=own, administration_sd=1.0)
    change = (date(2025, 1, 20) - AS_OF).days

    assert futures.contacts.day.max() <= change + 7
    assert (futures.contacts.day > change - 30).any()


def test_known_facts_are_carried_along() -> None:
    """Contacts that have ended are the past of every future; day 0 is the last known day."""
    held = contact(start=day(-4), end=day(-3), known=day(-4))
    futures = world_of(contacts=(held,)).simulate(replicates=10)

    assert futures.past.day.tolist() == [-4]
    assert futures.known_through == AS_OF
    assert replace(futures, draws=1, replicates=40).size == futures.size
