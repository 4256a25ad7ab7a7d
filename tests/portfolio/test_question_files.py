"""Question files: what a question may not be."""

from __future__ import annotations

from pathlib import Path

import pytest

from forecasts.errors import BadInput
from forecasts.portfolio.load import load
from tests.builders import QUESTION_TOML, cells, write_portfolio, write_table

NAME = "questions/secretary-in-china.toml"
EVENT = QUESTION_TOML[QUESTION_TOML.index("[event]") : QUESTION_TOML.index("[resolution]")]

CONTACT = '{type = "contact_by", kind = "state_sec_visit", until = %s}'


def _event(text: str) -> tuple[str, str]:
    return EVENT, f"[event]\n{text}\n\n"


# what is replaced, by what; then part of the place, of what is expected, of what is found
BAD = {
    "id with ../": (
        ('id = "secretary-in-china"', 'id = "../secretary-in-china"'),
        ", id", "lower-case letters", "../secretary-in-china",
    ),
    "id in capitals": (
        ('id = "secretary-in-china"', 'id = "Secretary in China"'),
        ", id", "lower-case letters", "Secretary in China",
    ),
    "id of another file": (
        ('id = "secretary-in-china"', 'id = "secretary-in-japan"'),
        ", id", "the name of the file", "secretary-in-japan",
    ),
    "id too long": (
        ('id = "secretary-in-china"', f'id = "{"a" * 81}"'),
        ", id", "at most 80", "aaa",
    ),
    "window inverted": (
        ("closes = 2023-12-31", "closes = 2023-06-17"),
        ", closes", "from 2023-06-18", "2023-06-17",
    ),
    "until after closes": (
        ("until = 2023-12-31", "until = 2024-01-01"),
        ", event, until", "up to 2023-12-31", "2024-01-01",
    ),
    "event window inverted": (
        ("until = 2023-12-31", "until = 2023-12-31\nafter = 2024-01-01"),
        ", event, until", "from 2024-01-01", "2023-12-31",
    ),
    "event window before opening": (
        ("until = 2023-12-31", "until = 2023-06-18"),
        ", event", "can happen", "empty: 2023-06-19 to 2023-06-18",
    ),
    "not a timezone": (("America/New_York", "Washington"), ", timezone", "a name like", "Wash"),
    "no owner": (('owner = "analysis desk"\n', ""), "", "a key 'owner'", "no such key"),
    "empty title": (
        ("Does the Secretary of State visit China by 31 December 2023?", " "),
        ", title", "some text", " ",
    ),
    "no sources": (('["Readout"]', "[]"), ", resolution, sources", "at least one", "[]"),
    "no resolution rule": (
        ('annulled_if = "The office is vacant on the closing day."', ""),
        ", resolution", "a key 'annulled_if'", "no such key",
    ),
    "misspelt key": (("[resolution]", "[resolutions]"), "", "one of the keys", "resolutions"),
    "opening as text": (("opens = 2023-06-18", 'opens = "2023-06-18"'), ", opens", "day", "2023"),
    "unknown reference class": (
        ('"secretary-windows"', '"tea-parties"'),
        ", reference_class", "reference_classes/", "tea-parties",
    ),
    "unknown kind": (
        ('kind = "state_sec_visit"', 'kind = "tea_party"'),
        ", event, kind", "state_sec_visit", "tea_party",
    ),
    "kind that is not modelled": (
        ('kind = "state_sec_visit"', 'kind = "climate_envoy"'),
        ", event, kind", "portfolio.toml", "climate_envoy",
    ),
    "next of a kind that is not modelled": (
        _event('type = "outcome_of"\nnext = "other"\nuntil = 2023-12-31\nreceived = true'),
        ", event, kind", "portfolio.toml", "other",
    ),
    "unknown opportunity": (
        _event('type = "contact_at"\nopportunity = "MC-G20-20990101"'),
        ", event, opportunity", "calendar.csv", "MC-G20-20990101",
    ),
    "opportunity of another series": (
        _event('type = "attends"\nopportunity = "OLYMPICS"\nside = "us"'),
        ", event, opportunity", "APEC, G20, UNGA", "OLYMPICS",
    ),
    "unknown plan": (
        _event('type = "plan_outcome"\nplan = "state_sec_visit:2023-06-14:2023-06-19"\n'
               'outcome = "held"'),
        ", event, plan", "plans.csv", "2023-06-19",
    ),
    "unknown plan of an outcome": (
        _event('type = "outcome_of"\nplan = "P-C1"\nreceived = true'),
        ", event, plan", "kind:announced_date:planned_date", "P-C1",
    ),
    "unknown kind deep inside": (
        _event('type = "not"\nevent = {type = "any_of", events = ['
               '{type = "contact_by", kind = "other", until = 2023-12-31}]}'),
        ", event, kind", "portfolio.toml", "other",
    ),
    "condition with an empty window": (
        _event(f'type = "given"\nevent = {CONTACT % "2023-12-31"}\n'
               f'condition = {CONTACT % "2023-06-18"}'),
        ", event, condition", "condition that can happen", "a window that is empty",
    ),
    "condition on a summit that is over": (
        _event(f'type = "given"\nevent = {CONTACT % "2023-12-31"}\n'
               'condition = {type = "attends", opportunity = "OVER", side = "us"}'),
        ", event, condition", "condition that can happen", "over on 2022-11-16",
    ),
    "condition that denies itself": (
        _event(f'type = "given"\nevent = {CONTACT % "2023-12-31"}\ncondition = {{type = "all_of", '
               f'events = [{CONTACT % "2023-12-31"}, {{type = "not", event = '
               f'{CONTACT % "2023-12-31"}}}]}}'),
        ", event, condition", "condition that can happen", "its own negation",
    ),
    "event that cannot be under a condition that can": (
        _event(f'type = "given"\nevent = {CONTACT % "2023-06-18"}\n'
               f'condition = {CONTACT % "2023-12-31"}'),
        ", event, event", "event that can happen", "a window that is empty",
    ),
    "visitor at home": (
        ("until = 2023-12-31", 'until = 2023-12-31\nvenue = "us"\nvisitor = "us"'),
        ", event", "can happen", "a visitor from us on soil of us",
    ),
    "remote at a place": (
        ("until = 2023-12-31", 'until = 2023-12-31\nvenue = "remote"\nplace = "India"'),
        ", event", "can happen", "a remote contact at a place",
    ),
}  # fmt: skip


def _portfolio(tmp_path: Path, old: str, new: str) -> Path:
    root = write_portfolio(tmp_path)
    over = {"id": "OVER", "start_date": "2022-11-15", "end_date": "2022-11-16",
            "known_date": "2021-10-31"}  # fmt: skip
    write_table(
        root / "evidence",
        "calendar",
        [cells("calendar"), cells("calendar", **over),
         cells("calendar", id="OLYMPICS", event="Olympics opening")],
    )  # fmt: skip
    assert old in QUESTION_TOML
    (root / NAME).write_text(QUESTION_TOML.replace(old, new), encoding="utf-8")
    return root


@pytest.mark.parametrize(
    ("edit", "place", "expected", "found"),
    BAD.values(),
    ids=range(len(BAD)),
)
def test_a_question_that_cannot_be_asked_is_refused(
    tmp_path: Path, edit: tuple[str, str], place: str, expected: str, found: str
) -> None:
    """File and key, expected, found and mend, for each way to ask nonsense."""
    root = _portfolio(tmp_path, *edit)

    with pytest.raises(BadInput) as caught:
        load(root)

    assert caught.value.where == f"{NAME}{place}"
    assert expected in caught.value.expected
    assert found in caught.value.found
    assert caught.value.mend


def test_a_window_before_the_evidence_is_refused(tmp_path: Path) -> None:
    """Nothing can be said of days before anything was recorded."""
    text = QUESTION_TOML.replace("2023-", "1963-")
    root = write_portfolio(tmp_path)
    (root / NAME).write_text(text, encoding="utf-8")

    with pytest.raises(BadInput) as caught:
        load(root)

    assert caught.value.where == f"{NAME}, closes"
    assert "1971-07-01" in caught.value.expected


GOOD = {
    "a condition among alternatives of which one can be": (
        f'type = "given"\nevent = {CONTACT % "2023-12-31"}\ncondition = {{type = "any_of", '
        f"events = [{CONTACT % '2023-06-18'}, {CONTACT % '2023-12-31'}]}}"
    ),
    "a window that looks back": (
        'type = "contact_by"\nkind = "state_sec_visit"\nafter = 2023-01-01\nuntil = 2023-06-18'
    ),
    "the plan of the day": (
        'type = "outcome_of"\nplan = "state_sec_visit:2023-06-14:2023-06-18"\nreceived = true'
    ),
    "any plan": 'type = "plan_outcome"\nplan = "any"\noutcome = "lost"\nuntil = 2023-12-31',
    "not at a summit": (
        'type = "not"\nevent = {type = "contact_at", opportunity = "MC-G20-20230909"}'
    ),
}


@pytest.mark.parametrize("text", GOOD.values(), ids=GOOD)
def test_a_question_that_can_be_asked_is_read(tmp_path: Path, text: str) -> None:
    """The checks refuse nothing that has an answer."""
    root = _portfolio(tmp_path, *_event(text))

    assert "secretary-in-china" in load(root).questions
