"""Entries of the ledger: what was issued, chained so that no entry can change unseen.

Each entry carries the SHA-256 of its own content together with the hash of the
entry before it. An edit, a removal or a swap anywhere therefore breaks the
chain from there on. What a chain alone cannot show is that its last entries
were cut off, or that someone wrote all of it anew; the run folders, which hold
the same answers, show the first.

Nothing here reads a file or a database.

References
----------
.. [1] RFC 8785, JSON Canonicalization Scheme.
.. [2] Haber, S. and Stornetta, W. S. (1991). How to time-stamp a digital document.
   *Journal of Cryptology* 3, 99-111.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import rfc8785

ISSUED = "issued"
KINDS = (ISSUED,)
"""Kinds of entry; a resolution will be another kind, never a change of this one."""

GENESIS = "0" * 64
"""What stands for the predecessor's hash in the first entry."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One answer of one run, as the ledger holds it.

    Parameters
    ----------
    sequence : int
        1, 2, 3, ... without gaps.
    kind : str
        ``issued``.
    run_id, question, as_of, issued_at : str
        Which run answered which question, on which information, and when.
    body : str
        Canonical JSON of the answer.
    run_sha256, manifest_sha256 : str
        SHA-256 of the run's ``run.json`` and ``manifest.json``; the manifest
        has that of the posterior.
    previous_hash, hash : str
        The predecessor's hash, and this entry's own over all of the above.
    """

    sequence: int
    kind: str
    run_id: str
    question: str
    as_of: str
    issued_at: str
    body: str
    run_sha256: str
    manifest_sha256: str
    previous_hash: str
    hash: str = ""


def canonical(value: Any) -> str:
    """Write `value` as canonical JSON: one value, one text.

    Raises
    ------
    ValueError
        For what JSON cannot hold, e.g. NaN.

    Examples
    --------
    >>> canonical({"b": 1.0, "a": [True, None]})
    '{"a":[true,null],"b":1}'
    """
    return rfc8785.dumps(value).decode()


def hash_of(entry: Entry) -> str:
    """SHA-256 over the canonical JSON of everything in `entry` but its own hash.

    Examples
    --------
    >>> from dataclasses import replace
    >>> entry = Entry(1, "issued", "r", "q", "2023-06-18", "", "{}", "", "", GENESIS)
    >>> hash_of(entry) == hash_of(replace(entry, body="{ }"))
    False
    """
    content = asdict(entry)
    del content["hash"]
    return hashlib.sha256(canonical(content).encode()).hexdigest()


def entries_of(
    document: Mapping[str, Any], digests: Mapping[str, str], last: Entry | None
) -> tuple[Entry, ...]:
    """Entries that enter a run into the ledger, chained to the `last` one.

    Parameters
    ----------
    document : mapping
        The run document; each of its answers becomes an entry.
    digests : mapping of str to str
        SHA-256 of ``run.json`` and of ``manifest.json``.
    last : Entry or None
        The ledger's last entry; ``None`` where it is empty.

    Examples
    --------
    >>> run = {"run_id": "r", "as_of": "2023-06-18", "issued_at": "2023-06-18T12:00:00Z"}
    >>> run["answers"] = [{"question": "a"}, {"question": "b"}]
    >>> first, second = entries_of(run, {"run.json": "", "manifest.json": ""}, None)
    >>> second.previous_hash == first.hash
    True
    """
    chained: list[Entry] = []
    for answer in document["answers"]:
        sequence, previous = (last.sequence + 1, last.hash) if last else (1, GENESIS)
        draft = Entry(
            sequence=sequence,
            kind=ISSUED,
            run_id=document["run_id"],
            question=answer["question"],
            as_of=document["as_of"],
            issued_at=document["issued_at"],
            body=canonical(answer),
            run_sha256=digests["run.json"],
            manifest_sha256=digests["manifest.json"],
            previous_hash=previous,
        )
        last = replace(draft, hash=hash_of(draft))
        chained.append(last)
    return tuple(chained)


def first_break(entries: Sequence[Entry]) -> tuple[int, str] | None:
    """Where a chain first breaks: the entry's number and what is wrong; ``None`` if whole.

    Only the first break is told: everything after it rests on it.

    Examples
    --------
    >>> first_break(())
    """
    expected, previous = 1, GENESIS
    for entry in entries:
        what = _wrong(entry, expected, previous)
        if what:
            return expected, what
        expected, previous = expected + 1, entry.hash
    return None


def by_run(entries: Iterable[Entry]) -> dict[str, list[Entry]]:
    """Entries of each run, runs in the order in which they were entered."""
    runs: dict[str, list[Entry]] = {}
    for entry in entries:
        runs.setdefault(entry.run_id, []).append(entry)
    return runs


def _wrong(entry: Entry, expected: int, previous: str) -> str:
    name = f"{entry.question!r} of run {entry.run_id!r}"
    if entry.sequence != expected:
        return f"it is missing; entry {entry.sequence} ({name}) comes next"
    if entry.hash != hash_of(entry):
        return f"{name} was changed: its content does not have the hash that it carries"
    if entry.previous_hash != previous:
        before = f"entry {expected - 1}" if expected > 1 else "the start"
        return f"{name} does not follow from {before}: an entry was changed, removed or moved"
    return ""
