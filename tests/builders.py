"""Small pieces of evidence and portfolio, plausible by default and changed by keyword.

``contact(kind="leader_remote")`` and its like make rows of tables;
``write_portfolio(folder)`` writes a whole small portfolio that loads, whose
files a test then spoils one at a time.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from forecasts.evidence.tables import (
    Administration,
    Contact,
    Coverage,
    Evidence,
    Loss,
    Opportunity,
    Plan,
    Signal,
)
from forecasts.portfolio.declared import Question, ReferenceClass
from forecasts.questions.events import ContactCount

_CONTACT = Contact(
    id="C1",
    kind="state_sec_visit",
    start=date(2023, 6, 18),
    end=date(2023, 6, 19),
    announced=date(2023, 6, 14),
    known=date(2023, 6, 18),
    us_lead="Antony Blinken",
    us_role="Secretary of State",
    prc_lead="Qin Gang",
    prc_role="Foreign Minister",
    city="Beijing",
    country="China",
    venue="prc",
    occasion="bilateral visit",
    received=True,
    level="dialogue",
    note="Agreed to keep talking",
    source_url="https://example.org/readout",
    source_title="Readout",
    confidence="high",
)
_PLAN = Plan(
    id="state_sec_visit:2023-06-14:2023-06-18",
    kind="state_sec_visit",
    venue="prc",
    announced=date(2023, 6, 14),
    planned=date(2023, 6, 18),
    status="held",
    status_date=date(2023, 6, 18),
    contact_id="C1",
    us_lead="Antony Blinken",
    prc_lead="Qin Gang",
    source_url="https://example.org/readout",
    confidence="high",
)
_LOSS = Loss(
    id="X1",
    kind="state_sec_visit",
    cancelled=date(2023, 2, 3),
    us_lead="Antony Blinken",
    prc_lead="Qin Gang",
    reason="Balloon",
    dated_plan=False,
    source_url="",
    confidence="high",
)
_OPPORTUNITY = Opportunity(
    id="MC-G20-20230909",
    series="G20",
    start=date(2023, 9, 9),
    end=date(2023, 9, 10),
    known=date(2022, 11, 16),
    city="New Delhi",
    country="India",
    in_person=True,
    us_attends=True,
    prc_attends=False,
    us_note="",
    prc_note="Li Qiang represented",
    source_url="",
    confidence="medium",
)
_SIGNAL = Signal(
    id="S1",
    event_date=date(2023, 2, 4),
    known=date(2023, 2, 4),
    signal_type="spying_incident",
    direction=-1,
    intensity=4,
    actor="PRC",
    description="Balloon shot down",
    source_url="",
    confidence="high",
)
_COVERAGE = Coverage(
    kind="state_sec_visit",
    observed_from=date(1971, 7, 1),
    complete_until=date(2026, 6, 15),
    censored_from=date(2026, 8, 23),
    completeness="complete",
    use_as_base_rate="yes",
    note="",
)
_ADMINISTRATION = Administration(
    id="biden-xi",
    us_president="Joe Biden",
    prc_leader="Xi Jinping",
    start=date(2021, 1, 20),
    known=date(2020, 11, 7),
)
_QUESTION = Question(
    id="secretary-in-china",
    title="Does the Secretary of State visit China?",
    set="june-2023",
    opens=date(2023, 6, 18),
    closes=date(2023, 12, 31),
    timezone="America/New_York",
    owner="analysis desk",
    decision="whether to plan",
    event=ContactCount(("state_sec_visit",), until=date(2023, 12, 31)),
    reference_class="secretary-windows",
    happens_when="The Secretary is in China.",
    sources=("Readout",),
    annulled_if="None",
)
_REFERENCE_CLASS = ReferenceClass(
    id="secretary-windows",
    title="Past windows",
    reason="The same office",
    unit="windows",
    where={"kind": "state_sec_visit"},
    happened={"at_least": 1},
    since=date(2009, 1, 20),
)


def contact(**over: Any) -> Contact:
    """Blinken in Beijing, 18 to 19 June 2023, changed by `over`."""
    return replace(_CONTACT, **over)


def plan(**over: Any) -> Plan:
    """The announced trip of June 2023, held; its identifier follows its dates."""
    changed = replace(_PLAN, **over)
    ident = f"{changed.kind}:{changed.announced}:{changed.planned}"
    return changed if "id" in over else replace(changed, id=ident)


def loss(**over: Any) -> Loss:
    """The trip that was put off in February 2023."""
    return replace(_LOSS, **over)


def opportunity(**over: Any) -> Opportunity:
    """The G20 in New Delhi."""
    return replace(_OPPORTUNITY, **over)


def signal(**over: Any) -> Signal:
    """The balloon."""
    return replace(_SIGNAL, **over)


def coverage(**over: Any) -> Coverage:
    """How trips of the Secretary of State are recorded."""
    return replace(_COVERAGE, **over)


def administration(**over: Any) -> Administration:
    """Biden and Xi."""
    return replace(_ADMINISTRATION, **over)


def question(**over: Any) -> Question:
    """Whether the Secretary of State visits China by the end of 2023."""
    return replace(_QUESTION, **over)


def reference_class(**over: Any) -> ReferenceClass:
    """Past windows with or without a trip of the Secretary of State."""
    return replace(_REFERENCE_CLASS, **over)


def evidence(**over: Any) -> Evidence:
    """One row of each table; whole tables are replaced by keyword."""
    tables: dict[str, Any] = {
        "contacts": (contact(),),
        "plans": (plan(),),
        "losses": (loss(),),
        "opportunities": (opportunity(),),
        "signals": (signal(),),
        "coverage": (coverage(),),
        "administrations": (administration(),),
    }
    return Evidence(**(tables | over))


# The same as files.

CELLS: Mapping[str, Mapping[str, str]] = {
    "contacts": {
        "id": "C1", "start_date": "2023-06-18", "end_date": "2023-06-19",
        "announced_date": "2023-06-14", "known_date": "2023-06-18", "kind": "state_sec_visit",
        "us_lead": "Antony Blinken", "us_role": "Secretary of State", "prc_lead": "Qin Gang",
        "prc_role": "Foreign Minister", "location_city": "Beijing", "location_country": "China",
        "venue_type": "prc", "occasion": "bilateral visit", "met_paramount_leader": "yes",
        "outcome_level": "dialogue", "outcome_note": "Agreed to keep talking",
        "source_url": "https://example.org", "source_title": "Readout", "confidence": "high",
    },
    "plans": {
        "id": "P-C1", "kind": "state_sec_visit", "us_lead": "Antony Blinken",
        "prc_lead": "Qin Gang", "venue_type": "prc", "announced_date": "2023-06-14",
        "planned_date": "2023-06-18", "status": "held", "status_date": "2023-06-18",
        "contact_id": "C1", "source_url": "", "confidence": "high",
    },
    "cancelled": {
        "id": "X1", "planned_date": "2023-02-05", "announced_date": "2023-01-17",
        "cancelled_date": "2023-02-03", "kind": "state_sec_visit", "us_lead": "Antony Blinken",
        "prc_lead": "Qin Gang", "reason": "Balloon", "rescheduled_to_id": "C1",
        "source_url": "", "confidence": "high",
    },
    "signals": {
        "id": "S1", "event_date": "2023-02-04", "known_date": "2023-02-04",
        "signal_type": "spying_incident", "direction": "-1", "intensity": "4", "actor": "PRC",
        "description": "Balloon shot down", "source_url": "", "confidence": "high",
    },
    "calendar": {
        "id": "MC-G20-20230909", "event": "G20", "start_date": "2023-09-09",
        "end_date": "2023-09-10", "known_date": "2022-11-16", "known_basis": "rule",
        "host_city": "New Delhi", "host_country": "India", "us_president_in_person": "yes",
        "us_note": "", "prc_president_in_person": "no", "prc_note": "Li Qiang represented",
        "source_url": "", "confidence": "medium",
    },
    "coverage": {
        "kind": "state_sec_visit", "observed_from": "1971-07-01", "complete_until": "2026-06-15",
        "censored_from": "2026-08-23", "completeness": "complete", "use_as_base_rate": "yes",
        "note": "",
    },
    "administrations": {
        "id": "biden-xi", "us_president": "Joe Biden", "prc_leader": "Xi Jinping",
        "start_date": "2021-01-20", "known_date": "2020-11-07",
    },
}  # fmt: skip
"""A good row of each table, as text."""

QUESTION_TOML = """
id = "secretary-in-china"
title = "Does the Secretary of State visit China by 31 December 2023?"
set = "june-2023"
opens = 2023-06-18
closes = 2023-12-31
timezone = "America/New_York"
owner = "analysis desk"
decision = "whether to plan"
reference_class = "secretary-windows"

[event]
type = "contact_by"
kind = "state_sec_visit"
until = 2023-12-31

[resolution]
happens_when = "The Secretary is in China."
sources = ["Readout"]
annulled_if = "The office is vacant on the closing day."
"""
FILES: Mapping[str, str] = {
    "portfolio.toml": (
        'name = "small"\ntitle = "Small"\nlicence = "CC-BY-4.0"\nkinds = ["state_sec_visit"]\n'
    ),
    "questions/secretary-in-china.toml": QUESTION_TOML,
    "reference_classes/secretary-windows.toml": """
id = "secretary-windows"
title = "Past windows"
reason = "The same office"
unit = "windows"
since = 2009-01-20

[where]
kind = "state_sec_visit"

[happened]
at_least = 1
""",
    "elicited/rates.toml": """
[rate_per_year]
distribution = "lognormal"
median = 1.0
sigma = 0.7
means = "contacts in a normal year"
reason = "About one."
source = "Judgement"
""",
    "signals/hostile.toml": """
title = "Hostile acts"
directions = [-1]
signal_types = []
half_life_days = 60.0
baseline_half_life_days = 1826.0
reason = "Every row coded -1."
""",
}
"""The declared files of a small portfolio, besides its evidence."""


def cells(table: str, **over: str) -> dict[str, str]:
    """A good row of `table` as text, changed by `over`."""
    return {**CELLS[table], **over}


def write_table(folder: Path, table: str, rows: Sequence[Mapping[str, str]]) -> Path:
    """Write a table with its sidecar, and return the path of the table."""
    path = folder / f"{table}.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(CELLS[table]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    write_sidecar(folder, table, rows=len(rows))
    return path


def write_sidecar(folder: Path, table: str, *, rows: int) -> None:
    """Write the sidecar that fits a table as it stands."""
    digest = hashlib.sha256((folder / f"{table}.csv").read_bytes()).hexdigest()
    (folder / f"{table}.meta.toml").write_text(
        f'producer = "the tests"\naccessed = 2026-08-22\nlicence = "CC0"\nsha256 = "{digest}"\n'
        f"rows = {rows}\nrecord_ends = 2026-08-22\n",
        encoding="utf-8",
    )


def write_evidence(folder: Path) -> Path:
    """Write one good row of each table into `folder`, and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    for table in CELLS:
        write_table(folder, table, [cells(table)])
    return folder


def write_portfolio(root: Path) -> Path:
    """Write a small portfolio that loads, and return its folder."""
    write_evidence(root / "evidence")
    for name, text in FILES.items():
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return root
