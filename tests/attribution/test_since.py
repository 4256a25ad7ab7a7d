"""The change between two runs in bars: they add up, and each appears only where it can."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest

from forecasts.attribution.since import (
    BELIEFS,
    CODE,
    REVISION,
    TIME,
    Bar,
    Issued,
    Side,
    adds_up,
    bars_between,
    issued_change,
)
from forecasts.attribution.states import Basis, Effort
from forecasts.evidence.tables import Evidence
from forecasts.inference.update import resampled, update
from forecasts.portfolio.declared import Portfolio, Prior
from forecasts.world.inputs import inputs
from forecasts.world.ratio import Reference
from tests.builders import contact, signal
from tests.builders_attribution import (
    ASKED,
    CLOSES,
    EFFORT,
    NEW,
    OLD,
    basis,
    directly,
    draws,
    small,
    summer,
)

ISSUED = Issued(0.4, 0.004, 100_000)


def side(
    day: date, issued: Issued = ISSUED, portfolio: Portfolio | None = None, **over: Any
) -> Side:
    return Side(day, portfolio or small(), issued, **over)


def bars(old: Side, new: Side, base: Basis | None = None) -> tuple[Bar, ...]:
    base = base or basis()
    return bars_between(ASKED, CLOSES, old, new, (base, base))


@pytest.fixture(scope="module")
def usual() -> tuple[Bar, ...]:
    """Bars of three weeks in which a trip, a call and a signal became known."""
    return bars(side(OLD), side(NEW, Issued(0.5, 0.004, 32_000)))


def test_the_bars_sum_to_the_change(usual: tuple[Bar, ...]) -> None:
    """To the last bit that matters: what the parts do not explain is the last bar."""
    whole = issued_change(ISSUED, Issued(0.5, 0.004, 32_000), EFFORT.edge)

    assert sum(bar.delta_logit for bar in usual) == pytest.approx(whole, abs=1e-9)


def test_each_fact_has_a_bar_after_time(usual: tuple[Bar, ...]) -> None:
    """Time first, then facts by the day on which they became known, and the rest last."""
    assert [bar.sort for bar in usual] == [TIME, "contact", "signal", "contact", "rest"]
    assert "state_sec_visit" in usual[1].name
    assert all(bar.mcse > 0 for bar in usual)


def test_what_is_not_explained_is_chance() -> None:
    """Answers of a posterior and of its reweighted draws leave a rest within three errors."""
    effort = Effort(draws=2000, replicates=4, seed=1, edge=8000)
    posterior = draws(count=2000)
    flat = posterior.stack(sample=("chain", "draw")).transpose("sample", ...)
    data = inputs(small().as_of(NEW), small())
    weights = update(Reference(flat, inputs(small().as_of(OLD), small())).log_ratio(data))
    again = resampled(flat, weights, data, seed=3)
    ends = [
        Issued(*directly(day, drawn, seed=seed), 8000)
        for day, drawn, seed in ((OLD, posterior, 11), (NEW, again, 12))
    ]

    found = bars(side(OLD, ends[0]), side(NEW, ends[1]), basis(effort=effort))

    assert adds_up(found)
    assert found[-1].mcse < 0.1
    assert any(abs(bar.delta_logit) > 3 * bar.mcse for bar in found[:-1])  # there is a change


def test_an_answer_that_facts_do_not_bear_out_does_not_add_up() -> None:
    """A later answer far from what its record gives is told: the rest is beyond chance."""
    probability, error = directly(OLD, draws())

    found = bars(side(OLD, Issued(probability, error, 1200)), side(NEW, Issued(0.99, 0.001, 1200)))

    assert not adds_up(found)


def test_two_runs_of_one_day_and_record_have_the_rest_alone() -> None:
    """Nothing else can have changed, and nothing else is shown."""
    assert [bar.sort for bar in bars(side(OLD), side(OLD))] == ["rest"]


def test_a_revision_is_a_bar_with_its_rows() -> None:
    """A contact added later, that could be known on the first day, is no new fact."""
    added = contact(id="C9", kind="fm_remote", start=date(2023, 5, 1), end=date(2023, 5, 1),
                    known=date(2023, 5, 1), announced=None)  # fmt: skip
    revised = portfolio(summer(contacts=(*summer().contacts, added)))

    found = bars(side(OLD), side(OLD, portfolio=revised))

    assert [bar.sort for bar in found] == [REVISION, "rest"]
    assert found[0].parts == ("contacts: 1 added",)


def test_a_revision_after_the_first_day_is_no_revision() -> None:
    """A row of the later vintage that could not be known on the first day is a fact."""
    added = signal(id="S9", event_date=date(2023, 6, 30), known=date(2023, 6, 30))
    revised = portfolio(summer(signals=(*summer().signals, added)))

    found = bars(side(OLD), side(NEW, portfolio=revised))

    assert [bar.sort for bar in found] == [TIME, "contact", "signal", "contact", "signal", "rest"]


def test_a_changed_prior_is_a_bar() -> None:
    """Another belief, on the same record and day, moves the answer by itself."""
    prior = small().priors["bilateral_recency"]
    moved = replace(prior, values={**prior.values, "mean": 0.9})
    changed = replace(small(), priors={**small().priors, prior.name: moved})

    found = bars(side(OLD), side(OLD, portfolio=changed))

    assert [bar.sort for bar in found] == [BELIEFS, "rest"]


def test_code_that_gives_the_same_has_a_bar_of_nought() -> None:
    """What the present code gives is compared with what was issued, with the same chance."""
    found = bars(side(OLD, again=ISSUED), side(NEW, again=ISSUED))

    assert found[0] == Bar(CODE, CODE, 0.0, 0.0)


def test_code_that_moved_an_answer_has_the_difference() -> None:
    """A run that gives something else under the present code: that difference is code's alone."""
    now = replace(ISSUED, probability=0.45)

    found = bars(side(OLD, again=now), side(OLD, again=now))
    moved = bars(side(OLD, again=now), side(OLD))

    assert found[0].delta_logit == pytest.approx(0.0)  # both runs moved alike
    assert moved[0].delta_logit == pytest.approx(issued_change(ISSUED, now, 1200))
    assert sum(bar.delta_logit for bar in moved) == pytest.approx(0.0, abs=1e-12)


def test_a_fact_that_nothing_reads_is_exactly_nought() -> None:
    """A contact of a kind that is not modelled moves no answer, and has no error either."""
    other = contact(id="C9", kind="congress_leader", start=date(2023, 6, 25), end=date(2023, 6, 25),
                    known=date(2023, 6, 25), announced=None)  # fmt: skip
    with_it = portfolio(summer(contacts=(*summer().contacts, other)))

    found = bars(side(OLD, portfolio=with_it), side(NEW, portfolio=with_it))
    bar = next(each for each in found if "congress_leader" in each.name)

    assert bar.delta_logit == pytest.approx(0.0, abs=1e-12)
    assert bar.mcse == pytest.approx(0.0, abs=1e-12)


def test_weights_that_fail_mark_their_bars() -> None:
    """Where k-hat is above 0.7 the bars say that they cannot be trusted."""
    assert not Bar("x", "contact", 0.1, 0.01, khat=0.71).trusted
    assert Bar("x", "contact", 0.1, 0.01, khat=0.69).trusted


def portfolio(evidence: Evidence) -> Portfolio:
    return replace(small(), evidence=evidence)


def test_priors_are_compared_and_not_their_files() -> None:
    """Declarations that say the same leave no bar."""
    same = {name: Prior(**{f: getattr(p, f) for f in p.__slots__}) for name, p in
            small().priors.items()}  # fmt: skip

    found = bars(side(OLD), side(OLD, portfolio=replace(small(), priors=same)))

    assert [bar.sort for bar in found] == ["rest"]
    assert np.isfinite(found[0].mcse)


def test_the_noise_that_two_states_share_cancels() -> None:
    """A revision that no model reads is a bar of nought, and without any error."""
    other = contact(id="C9", kind="congress_leader", start=date(2023, 5, 1), end=date(2023, 5, 1),
                    known=date(2023, 5, 1), announced=None)  # fmt: skip
    revised = portfolio(summer(contacts=(*summer().contacts, other)))

    found = bars(side(OLD), side(OLD, portfolio=revised))

    assert found[0].sort == REVISION
    assert found[0].delta_logit == pytest.approx(0.0, abs=1e-12)
    assert found[0].mcse == pytest.approx(0.0, abs=1e-12)
