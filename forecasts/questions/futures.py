"""Possible continuations of history, as arrays that every question reads.

One *future* is one way in which the days after the last known day can go. All
questions of a run read the same set of futures, so their answers cannot
contradict each other. The record itself is the same structure with a single
future and nothing simulated: that is how questions are resolved.

Days are counted from the last known day: day 1 is the day after it, and days
up to 0 are past.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int32]
Codes = npt.NDArray[np.int8]
Bools = npt.NDArray[np.bool_]

NEVER = np.int32(2**30)
"""Day number of what does not happen within the horizon."""

UNKNOWN = np.int8(-1)
"""Code of a level, reception, venue, place, plan or opportunity that is not there."""

HELD, POSTPONED, CANCELLED, UNDECIDED = np.int8(0), np.int8(1), np.int8(2), np.int8(-1)
FATES = ("held", "postponed", "cancelled")


@dataclass(frozen=True, slots=True)
class ContactTable:
    """Contacts, one row each, sorted by future and day. Every array has dims (contact,).

    Parameters
    ----------
    future, day : array of int32
        Which future, and on which day of it.
    kind, venue, level, received : array of int8
        Codes into `KINDS`, `VENUES`, `LEVELS` and no/yes; -1 is unknown.
    place, plan : array of int16
        Codes into the places and plans of the futures; -1 is none.
    """

    future: Ints
    day: Ints
    kind: Codes
    venue: Codes
    level: Codes
    received: Codes
    place: npt.NDArray[np.int16]
    plan: npt.NDArray[np.int16]

    def __len__(self) -> int:
        return int(self.future.size)

    @classmethod
    def empty(cls) -> ContactTable:
        """No contacts at all."""
        i32, i8, i16 = np.zeros(0, np.int32), np.zeros(0, np.int8), np.zeros(0, np.int16)
        return cls(i32, i32, i8, i8, i8, i8, i16, i16)


@dataclass(frozen=True, slots=True)
class PlanFates:
    """How each named plan ends. Arrays have dims (future, plan), days as in `Futures`."""

    ids: tuple[str, ...]
    fate: Codes
    fate_day: Ints
    level: Codes
    received: Codes


@dataclass(frozen=True, slots=True)
class Summits:
    """What happens at each named summit. Arrays have dims (future, opportunity)."""

    ids: tuple[str, ...]
    first_day: Ints
    last_day: Ints
    bilateral: Bools
    us_attends: Bools
    prc_attends: Bools


@dataclass(frozen=True, slots=True)
class Futures:
    """A set of possible continuations: `draws` posterior draws times `replicates` each.

    Parameters
    ----------
    known_through : date
        Day 0.
    draws, replicates : int
        Future number ``draw * replicates + replicate``.
    horizon_days : int
        Last simulated day.
    places : tuple of str
        Host countries that `contacts.place` codes into.
    contacts : ContactTable
        What is simulated, and contacts under way on day 0 whose end is.
    past : ContactTable
        What is known to have happened, the same in every future (`future` is 0).
    lost_future, lost_day : array of int32, dims (loss,)
        Announced contacts called off in each future.
    lost_past : array of int32
        Days of known losses.
    plans, summits : PlanFates, Summits
        Named plans and summits, known ones included.
    """

    known_through: date
    draws: int
    replicates: int
    horizon_days: int
    places: tuple[str, ...]
    contacts: ContactTable
    past: ContactTable
    lost_future: Ints
    lost_day: Ints
    lost_past: Ints
    plans: PlanFates
    summits: Summits

    @property
    def size(self) -> int:
        """Number of futures."""
        return self.draws * self.replicates

    def day_number(self, day: date) -> int:
        """Days from the last known day to `day`."""
        return (day - self.known_through).days

    @property
    def last_day(self) -> date:
        """Last day that the futures reach."""
        return self.known_through + timedelta(days=self.horizon_days)
