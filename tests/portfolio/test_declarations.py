"""Reference classes, elicited priors and signal families: each key checked."""

from __future__ import annotations

import tomllib

import pytest

from forecasts.errors import BadInput
from forecasts.portfolio.class_files import check_recorded, parse_reference_class
from forecasts.portfolio.prior_files import PARAMETERS, parse_priors
from forecasts.portfolio.signal_files import parse_signal_family
from tests.builders import FILES, coverage, reference_class

CLASS = FILES["reference_classes/secretary-windows.toml"]
PRIOR = FILES["elicited/rates.toml"]
FAMILY = FILES["signals/hostile.toml"]


def _edited(text: str, old: str, new: str) -> dict[str, object]:
    assert old in text
    return tomllib.loads(text.replace(old, new))


@pytest.mark.parametrize(
    ("old", "new", "place", "expected", "found"),
    [
        ('unit = "windows"', 'unit = "weeks"', ", unit", "contacts, windows", "weeks"),
        ('id = "secretary-windows"', 'id = "../x"', ", id", "lower-case", "../x"),
        ('id = "secretary-windows"', 'id = "x"', ", id", "name of the file", "x"),
        ("since = 2009-01-20", "since = 2009", ", since", "a day", "2009"),
        ('reason = "The same office"', "", "", "a key 'reason'", "no such key"),
        ('kind = "state_sec_visit"', 'kind = "tea"', ", where, kind", "state_sec_visit", "tea"),
        ('kind = "state_sec_visit"', 'venue = "prc"', ", where", "a key 'kind'", "no such key"),
        ('kind = "state_sec_visit"', 'knd = "x"', ", where", "kind, venue", "knd"),
        ("at_least = 1", "at_least = 0", ", happened, at_least", "at least 1", "0"),
        ("at_least = 1", "", ", happened", "what counts: at_least", "an empty table"),
        ("at_least = 1", 'received = "yes"', ", happened", "one of the keys at_least", "received"),
        (
            'unit = "windows"', 'unit = "plans"',
            ", happened", "one of the keys status", "at_least",
        ),
    ],
)  # fmt: skip
def test_a_reference_class_says_what_it_counts(
    old: str, new: str, place: str, expected: str, found: str
) -> None:
    """Unit, filters and result are known words that fit together."""
    with pytest.raises(BadInput) as caught:
        parse_reference_class(_edited(CLASS, old, new), "x.toml", "secretary-windows")

    assert caught.value.where == f"x.toml{place}"
    assert expected in caught.value.expected
    assert found in caught.value.found


@pytest.mark.parametrize(
    ("use", "expected"),
    [("yes", ""), ("with detection", ""), ("from 2009", ""), ("from 2010", "2010"), ("no", "lets")],
)
def test_windows_respect_how_a_kind_is_recorded(use: str, expected: str) -> None:
    """Years in which a kind went unrecorded are no years in which nothing happened."""
    recorded = (coverage(use_as_base_rate=use),)
    if not expected:
        check_recorded(reference_class(), recorded, "x.toml")
        return
    with pytest.raises(BadInput) as caught:
        check_recorded(reference_class(), recorded, "x.toml")

    assert expected in caught.value.expected


@pytest.mark.parametrize(
    ("old", "new", "place", "expected", "found"),
    [
        ('"lognormal"', '"cauchy"', ", distribution", "normal, lognormal", "cauchy"),
        ('"lognormal"', '"normal"', "", "one of the keys distribution, mean, sd", "median"),
        ("median = 1.0", "", "", "a key 'median'", "no such key"),
        ("median = 1.0", "median = 0", ", median", "above 0", "0"),
        ("median = 1.0", "median = nan", ", median", "a number", "nan"),
        ("median = 1.0", "median = inf", ", median", "a number", "inf"),
        ("median = 1.0", 'median = "1"', ", median", "a number", "1"),
        ("median = 1.0", "median = true", ", median", "a number", "True"),
        ('reason = "About one."', "", "", "a key 'reason'", "no such key"),
        ('source = "Judgement"', 'source = ""', ", source", "some text", ""),
    ],
)
def test_a_prior_has_numbers_and_a_reason(
    old: str, new: str, place: str, expected: str, found: str
) -> None:
    """Each distribution has its own parameters, and each belief says why."""
    with pytest.raises(BadInput) as caught:
        parse_priors(_edited(PRIOR, old, new), "x.toml")

    assert caught.value.where == f"x.toml, rate_per_year{place}"
    assert expected in caught.value.expected
    assert found in caught.value.found


def test_an_entry_overrides_a_prior_with_its_own_reason() -> None:
    """A belief about one kind replaces the general one, and says why."""
    entry = '\n[rate_per_year.for.leader_remote]\nmedian = 2.5\nsigma = 0.6\nreason = "Calls."\n'

    prior = parse_priors(tomllib.loads(PRIOR + entry), "x.toml")["rate_per_year"]

    assert prior.values == {"median": 1.0, "sigma": 0.7}
    assert prior.entries == {"leader_remote": {"median": 2.5, "sigma": 0.6}}
    with pytest.raises(BadInput) as caught:
        parse_priors(tomllib.loads(PRIOR + entry.replace('reason = "Calls."', "")), "x.toml")
    assert caught.value.where == "x.toml, rate_per_year, for, leader_remote"


@pytest.mark.parametrize("value", ["[1.0]", "[1.0, 0.0]", "[1.0, true]", "1.0", '["a", "b"]'])
def test_a_concentration_is_a_list_of_weights(value: str) -> None:
    """A Dirichlet prior needs two or more positive weights."""
    text = PRIOR.replace("lognormal", "dirichlet").replace("sigma = 0.7", "")

    with pytest.raises(BadInput, match="concentration"):
        parse_priors(tomllib.loads(text.replace("median = 1.0", f"concentration = {value}")), "x")


@pytest.mark.parametrize("distribution", PARAMETERS)
def test_every_distribution_can_be_read(distribution: str) -> None:
    """The parameters that a distribution names are those that it takes."""
    values = {
        key: [1.0, 2.0] if key == "concentration" else 1.0 for key in PARAMETERS[distribution]
    }
    table = {"distribution": distribution, **values, "means": "x", "reason": "x", "source": "x"}

    assert set(parse_priors({"p": table}, "x.toml")["p"].values) == set(PARAMETERS[distribution])


@pytest.mark.parametrize(
    ("old", "new", "place", "expected", "found"),
    [
        ("[-1]", "[2]", ", directions", "-1, 0 or 1", "2"),
        ("[-1]", "[]", ", directions", "a list", "[]"),
        ("[-1]", "-1", ", directions", "a list", "-1"),
        ("signal_types = []", "", "", "a key 'signal_types'", "no such key"),
        ("types = []", 'types = ["rumour"]', ", signal_types", "sanction", "rumour"),
        ("_days = 60.0", "_days = 0.0", ", half_life_days", "above 0", "0.0"),
        ("1826.0", "60.0", ", baseline_half_life_days", "more than half_life_days (60)", "60.0"),
    ],
)
def test_a_signal_family_says_what_counts_and_how_it_fades(
    old: str, new: str, place: str, expected: str, found: str
) -> None:
    """Directions, types and half-lives are checked where they are declared."""
    with pytest.raises(BadInput) as caught:
        parse_signal_family(_edited(FAMILY, old, new), "x.toml", "hostile")

    assert caught.value.where == f"x.toml{place}"
    assert expected in caught.value.expected
    assert found in caught.value.found
