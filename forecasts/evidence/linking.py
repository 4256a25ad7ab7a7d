"""Which leaders' meeting belongs to which summit.

The record keeps meetings and summits apart; here they are joined by place and
day, by one rule for every user. Nothing here knows who attended.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from forecasts.evidence.tables import Contact, Opportunity
from forecasts.schema import SERIES

DAYS_AROUND = 3
"""A meeting this many days before or after a summit, in the host country, is at that summit."""

LINKED_KIND = "leader_in_person"


def bilateral_at(
    contacts: Iterable[Contact], opportunities: Iterable[Opportunity]
) -> dict[str, Contact]:
    """Link leaders' meetings to the yearly summits (APEC, G20, UNGA) where they took place.

    A meeting belongs to a summit in the same country that begins at most three
    days after it or ended at most three days before it. Of several, it goes to
    the one in its city, else to the nearest in days; a summit keeps only its
    nearest meeting.

    Parameters
    ----------
    contacts : iterable of Contact
        Only the meetings in person of the leaders count.
    opportunities : iterable of Opportunity
        Only the yearly series count; one-off summits are ignored.

    Returns
    -------
    dict of str to Contact
        By the identifier of the opportunity. A summit without a meeting is absent.

    Examples
    --------
    >>> bilateral_at([], [])
    {}
    """
    summits = [each for each in opportunities if each.series in SERIES]
    linked: dict[str, tuple[int, Contact]] = {}
    for contact in contacts:
        if contact.kind != LINKED_KIND:
            continue
        near = [each for each in summits if _belongs(contact, each)]
        if not near:
            continue
        best = min(near, key=lambda each: _order(contact, each))
        distance = _days_apart(contact, best)
        if best.id not in linked or distance < linked[best.id][0]:
            linked[best.id] = (distance, contact)
    return {ident: contact for ident, (_, contact) in linked.items()}


def _belongs(contact: Contact, summit: Opportunity) -> bool:
    around = timedelta(days=DAYS_AROUND)
    in_days = summit.start - around <= contact.start <= summit.end + around
    return in_days and contact.country == summit.country


def _order(contact: Contact, summit: Opportunity) -> tuple[bool, int, str]:
    return (not _same_city(contact.city, summit.city), _days_apart(contact, summit), summit.id)


def _same_city(one: str, other: str) -> bool:
    one, other = one.lower(), other.lower()
    return bool(one and other) and (one in other or other in one)


def _days_apart(contact: Contact, summit: Opportunity) -> int:
    if contact.start < summit.start:
        return (summit.start - contact.start).days
    return max(0, (contact.start - summit.end).days)
