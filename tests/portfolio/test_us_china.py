"""The portfolio that is shipped: it loads, and its counts are those of the record."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from datetime import date
from itertools import pairwise

import pytest

from forecasts.evidence.linking import bilateral_at
from forecasts.evidence.sidecar import read_sidecars
from forecasts.portfolio import base_rate, bundled, check, load
from forecasts.questions.events import ContactCount, OutcomeOf, PlanOutcome
from forecasts.questions.names import leaves
from forecasts.world.exposure import RECENCY_OF_VISITS_DAYS

PORTFOLIO = load(bundled())
SETS = {"june-2023": date(2023, 6, 18), "live": date(2026, 8, 22)}


def test_it_has_no_problem() -> None:
    """Every declared file passes every check."""
    assert check(bundled()) == []


def test_it_holds_the_whole_record() -> None:
    """No row of the evidence is lost on the way."""
    record = PORTFOLIO.evidence

    assert (len(record.contacts), len(record.plans), len(record.signals)) == (594, 190, 378)
    assert len(record.opportunities) == 105 - 17  # without BRICS
    assert len(record.losses) == 43
    assert sum(loss.dated_plan for loss in record.losses) == 7
    assert len(record.administrations) == 13


@pytest.mark.parametrize(("name", "count"), [("june-2023", 13), ("live", 9)])
def test_both_sets_of_questions_are_there(name: str, count: int) -> None:
    """Each opens on the day of its forecast and says what it is for."""
    questions = [each for each in PORTFOLIO.questions.values() if each.set == name]

    assert len(questions) == count
    assert {each.opens for each in questions} == {SETS[name]}
    assert all(each.decision and each.sources and each.annulled_if for each in questions)
    assert set(questions) == set(PORTFOLIO.open_questions(SETS[name]))


def test_every_question_starts_from_past_cases() -> None:
    """A base rate without a case, or an unused reference class, helps nobody."""
    for name, day in SETS.items():
        view = PORTFOLIO.as_of(day)
        for question in PORTFOLIO.questions.values():
            declared = PORTFOLIO.reference_classes[question.reference_class]
            if question.set == name:
                rate = base_rate(view, declared, question)
                assert rate.n >= 6
                assert rate.interval[0] <= rate.probability <= rate.interval[1]
    used = {question.reference_class for question in PORTFOLIO.questions.values()}
    assert used == set(PORTFOLIO.reference_classes)


def test_secretaries_were_mostly_received() -> None:
    """By June 2023 the leader had received 34 of 40 stand-alone trips since 1973."""
    question = PORTFOLIO.questions["xi-receives-blinken-june-2023"]
    declared = PORTFOLIO.reference_classes[question.reference_class]

    rate = base_rate(PORTFOLIO.as_of(SETS["june-2023"]), declared, question)

    assert (rate.events, rate.n) == (34, 40)
    assert rate.cases[-1].label == "Mike Pompeo in Beijing"
    assert not rate.cases[-1].happened


def test_the_named_plan_of_june_2023_is_on_record() -> None:
    """The visit had been announced on 14 June, and its fate was not known before the 18th."""
    name = "state_sec_visit:2023-06-14:2023-06-18"
    questions = PORTFOLIO.questions.values()
    named = {getattr(leaf, "plan", "") for q in questions for leaf in leaves(q.event)}

    assert name in named
    assert name in {plan.id for plan in PORTFOLIO.as_of(date(2023, 6, 14)).pending}
    assert name not in {plan.id for plan in PORTFOLIO.as_of(date(2023, 6, 13)).plans}


def test_xi_s_visit_of_september_2026_is_pending() -> None:
    """What was announced in May 2026 is still open on the last day of the record."""
    pending = {plan.id: plan for plan in PORTFOLIO.as_of(SETS["live"]).pending}

    assert pending["leader_in_person:2026-05-15:2026-09-24"].venue == "us"


def test_no_plan_shows_its_fate_by_an_empty_venue() -> None:
    """Lost plans have a venue as held ones do."""
    assert all(plan.venue for plan in PORTFOLIO.evidence.plans)


def test_an_extraordinary_virtual_summit_was_not_known_ahead() -> None:
    """The G20 of March 2020 is in the record for what happened, not as an opportunity."""
    seen = {each.id for each in PORTFOLIO.as_of(date(2020, 3, 25)).opportunities}

    assert "MC-G20-20200326" not in seen
    assert "MC-G20-20201121" not in seen


def test_windows_say_that_nothing_was_known_of_the_future() -> None:
    """No question of June 2023 has a deadline in a year that the record had not reached."""
    for question in PORTFOLIO.questions.values():
        for leaf in leaves(question.event):
            if isinstance(leaf, ContactCount | OutcomeOf | PlanOutcome) and leaf.until:
                assert question.opens < leaf.until <= question.closes


def test_known_bilaterals_are_linked() -> None:
    """Buenos Aires, Osaka, Bali, San Francisco; not Rome or New Delhi; Busan with Gyeongju."""
    record = PORTFOLIO.evidence
    met = bilateral_at(record.contacts, record.opportunities)

    assert met["MC-G20-20181130"].city == "Buenos Aires"
    assert met["MC-APEC-20231115"].city == "Woodside, California"
    assert met["MC-APEC-20251031"].city == "Busan"
    assert not {"MC-G20-20211030", "MC-G20-20230909", "MC-UNGA-20150928"} & set(met)


def test_provenance_is_complete() -> None:
    """Each table says who made it, under which licence, and when its record ends."""
    for sidecar in read_sidecars(bundled() / "evidence").values():
        assert sidecar.licence == "CC-BY-4.0"
        assert sidecar.record_ends == date(2026, 8, 22)
        assert sidecar.notes


def test_the_licence_is_declared() -> None:
    """The portfolio's head says under which terms it may be used."""
    head = tomllib.loads((bundled() / "portfolio.toml").read_text(encoding="utf-8"))

    assert head["licence"] == "CC-BY-4.0"


def test_loading_imports_nothing_heavy() -> None:
    """`check` and `show` are instant: no array, table or model library is imported."""
    code = (
        "import sys; from forecasts.portfolio import bundled, load; load(bundled());"
        "print([m for m in ('numpy', 'scipy', 'pandas', 'xarray', 'pymc') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


def test_no_secretary_of_state_came_back_within_three_months() -> None:
    """From 1993 to 2014 no stand-alone trip began within 90 days of another: why visits have
    the recency that they have (see DECISIONS and `world.exposure`).
    """
    trips = sorted(c.start for c in PORTFOLIO.evidence.contacts if c.kind == "state_sec_visit")
    alone = {
        c.start
        for c in PORTFOLIO.evidence.contacts
        if c.kind == "state_sec_visit"
        and not c.accompanies_president
        and 1993 <= c.start.year <= 2014
    }
    gaps = [(day - before).days for before, day in pairwise(trips) if day in alone]

    assert len(gaps) > 15
    assert min(gaps) > RECENCY_OF_VISITS_DAYS
