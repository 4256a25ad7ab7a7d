"""Whether priors speak of a world like ours, and whether the record looks usual to the model.

Prior predictive: futures simulated from the prior alone, told as facts about
the world that a person who knows it can contradict. Posterior predictive:
replicas of the record, drawn from the posterior with the record's own
covariates, and where the real counts lie among the replicated ones. The record
was used for the fit, so these shares lie nearer the middle than uniform ones.

References
----------
.. [1] Gelman, Meng, Stern (1996). Posterior predictive assessment of model fitness
   via realized discrepancies. Statistica Sinica 6.
.. [2] Gabry, Simpson, Vehtari, Betancourt, Gelman (2019). Visualization in Bayesian
   workflow. JRSS A 182.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from forecasts.evidence.view import View
from forecasts.questions.futures import ContactTable, Futures
from forecasts.schema import KINDS, LEVELS, SERIES, SIDES
from forecasts.world.draws import thin
from forecasts.world.exposure import LOST_PLAN, rate_from
from forecasts.world.inputs import Inputs
from forecasts.world.priors import Floats
from forecasts.world.replicas import replica

if TYPE_CHECKING:
    import xarray as xr

MASS = 0.98
YEAR_DAYS = 365
REPLICAS = 400
SHARES = (0.01, 0.99)
"""A share of replicas outside of these is flagged; two in a hundred are, by chance alone."""

TOO_BUSY_TIMES, TOO_BUSY_MORE = 4.0, 10.0
"""A prior is called too wide if it reaches so many times, and so many more than, any real year."""

CASES_AT_LEAST = 5
"""Fewer contacts of a kind say nothing of a share."""


@dataclass(frozen=True, slots=True)
class Fact:
    """What the prior says of the world, and what the record says of the same.

    Parameters
    ----------
    what : str
        As ``leaders in person: {} contacts a year``: the range goes into the braces.
    low, high : float
        Central 98 % of the prior's predictions; shares are in percent.
    seen_low, seen_high : float
        Smallest and largest of the record; NaN where it has none.
    share : bool
        Whether the numbers are shares.
    """

    what: str
    low: float
    high: float
    seen_low: float
    seen_high: float
    share: bool = False

    @property
    def verdict(self) -> str:
        """``too narrow`` where the record lies outside, ``too wide``, or nothing."""
        if np.isnan(self.seen_high) or np.isnan(self.high):
            return ""
        if self.seen_low < self.low or self.seen_high > self.high:
            return "too narrow"
        room = max(TOO_BUSY_TIMES * self.seen_high, self.seen_high + TOO_BUSY_MORE)
        return "too wide" if self.high > room and not self.share else ""

    @property
    def sentence(self) -> str:
        """The range in words.

        Examples
        --------
        >>> Fact("leaders in person: {} contacts a year", 0, 12, 0, 6).sentence
        'leaders in person: between 0 and 12 contacts a year (98 %; the record has 0 to 6)'
        """
        if np.isnan(self.high):
            return self.what.format("an unknown number of")
        unit = " %" if self.share else ""
        told = self.what.format(f"between {self.low:.0f} and {self.high:.0f}{unit}")
        seen = "" if np.isnan(self.seen_high) else f"; the record has {self._seen}{unit}"
        return f"{told} ({100 * MASS:.0f} %{seen})"

    @property
    def _seen(self) -> str:
        low, high = f"{self.seen_low:.0f}", f"{self.seen_high:.0f}"
        return high if low == high else f"{low} to {high}"


def prior_facts(
    futures: Futures, view: View, record: Inputs, words: Mapping[str, str]
) -> list[Fact]:
    """State what a prior says of a year, and of how contacts end, kind by kind.

    Parameters
    ----------
    futures : Futures
        At least a year, simulated from prior draws without plans and signals.
    view : View
        For the yearly counts on record.
    record : Inputs
        For the counts of outcomes.
    words : mapping of str to str
        Kinds in a reader's words; one that is missing keeps its name.
    """
    kinds = record.exposure.streams[:-1]
    facts = [_yearly(futures, view, kind, words.get(kind, kind)) for kind in kinds]
    lost = np.bincount(futures.lost_future[futures.lost_day <= YEAR_DAYS], minlength=futures.size)
    losses = [loss.cancelled.year for loss in view.losses]
    first = min(losses, default=view.complete_until.year)
    facts.append(_counted("announced contacts called off: {} a year", lost, losses, first, view))
    facts += [_ending(futures, record, kind, words.get(kind, kind)) for kind in kinds]
    facts += [_meeting(futures, column) for column in range(len(futures.summits.ids))]
    return facts


def _yearly(futures: Futures, view: View, kind: str, words: str) -> Fact:
    table = futures.contacts
    rows = (table.kind == KINDS.index(kind)) & (table.day >= 1) & (table.day <= YEAR_DAYS)
    counts = np.bincount(table.future[rows], minlength=futures.size)
    years = [contact.start.year for contact in view.contacts if contact.kind == kind]
    coverage = next(row for row in view.coverage if row.kind == kind)
    return _counted(f"{words}: {{}} contacts a year", counts, years, rate_from(coverage).year, view)


def _counted(what: str, counts: np.ndarray, years: Iterable[int], first: int, view: View) -> Fact:
    """Predicted counts beside those of the record's whole years."""
    low, high = np.quantile(counts, _tails(), method="inverted_cdf")
    whole = range(first, view.complete_until.year)
    listed = list(years)
    seen = [listed.count(year) for year in whole]
    least, most = (min(seen), max(seen)) if seen else (np.nan, np.nan)
    return Fact(what, float(low), float(high), float(least), float(most))


def _ending(futures: Futures, record: Inputs, kind: str, words: str) -> Fact:
    """Share of contacts of a kind with at least a deliverable, draw by draw."""
    shares = deliverable_shares(futures, kind)
    low, high = np.quantile(shares, _tails()) if shares.size else (np.nan, np.nan)
    cases = record.outcomes
    counts = cases.level_count[cases.kind == record.exposure.streams.index(kind)].sum(axis=0)
    seen = 100 * counts[-2:].sum() / counts.sum() if counts.sum() >= CASES_AT_LEAST else np.nan
    what = f"{words}: {{}} of contacts end with at least a deliverable"
    return Fact(what, 100 * low, 100 * high, seen, seen, share=True)


def deliverable_shares(futures: Futures, kind: str) -> Floats:
    """Share of contacts of a kind that end with at least a deliverable, dims (draw,)."""
    table: ContactTable = futures.contacts
    rows = (table.kind == KINDS.index(kind)) & (table.level >= 0)
    draw = table.future[rows] // futures.replicates
    number = np.bincount(draw, minlength=futures.draws)
    reached = table.level[rows] >= LEVELS.index("deliverable")
    good = np.bincount(draw, weights=reached, minlength=futures.draws)
    enough = number >= CASES_AT_LEAST
    return np.asarray(good[enough] / number[enough])


def _meeting(futures: Futures, column: int) -> Fact:
    met = futures.summits.bilateral[:, column].reshape(futures.draws, -1).mean(axis=1)
    low, high = np.quantile(met, _tails())
    what = f"{futures.summits.ids[column]}: a bilateral with a chance of {{}}"
    return Fact(what, 100 * low, 100 * high, np.nan, np.nan, share=True)


def _tails() -> list[float]:
    return [(1 - MASS) / 2, (1 + MASS) / 2]


@dataclass(frozen=True, slots=True)
class Check:
    """Where one count of the record lies among replicated ones.

    Parameters
    ----------
    part : str
        Which part of the model: ``contacts``, ``plans``, ``levels``, ...
    what : str
    seen : float
        Of the record.
    low, high : float
        Central 98 % of the replicas.
    share : float
        Of replicas below the record, ties counted half.
    """

    part: str
    what: str
    seen: float
    low: float
    high: float
    share: float

    @property
    def flagged(self) -> bool:
        """Whether the record would surprise the model."""
        return not SHARES[0] <= self.share <= SHARES[1]


def posterior_checks(
    posterior: xr.Dataset, record: Inputs, *, seed: int, replicas: int = REPLICAS
) -> list[Check]:
    """Compare the record with replicas drawn from its posterior.

    Parameters
    ----------
    posterior : xarray.Dataset, dims (chain, draw, ...)
    record : Inputs
        What the posterior is given.
    seed : int
    replicas : int
        One from each of so many evenly spaced draws.
    """
    flat = thin(posterior, replicas)
    rng = np.random.default_rng(seed)
    plain = flat.drop_vars(["sample", "chain", "draw"], errors="ignore")
    made = [
        counts(replica(plain.isel(sample=number), record, rng))
        for number in range(flat.sizes["sample"])
    ]
    return [
        _check(key, value, np.array([each[key] for each in made]))
        for key, value in counts(record).items()
        if any(each[key] for each in made) or value
    ]


def _check(key: tuple[str, str], seen: float, made: Floats) -> Check:
    share = float((made < seen).mean() + 0.5 * (made == seen).mean())
    low, high = np.quantile(made, _tails(), method="inverted_cdf")
    return Check(*key, seen, float(low), float(high), share)


def counts(record: Inputs) -> dict[tuple[str, str], float]:
    """Counts that a record is checked by, under its part of the model and a name.

    Contacts of a kind in all, by pair of leaders, and in the 28 days after one of
    their kind; lost, late and postponed plans; levels and receptions by kind;
    summits held, attended, and with a bilateral; announcements; recent signals.
    """
    return {
        **_contacts(record),
        **_plans(record),
        **_outcomes(record),
        **_summits(record),
        **{
            ("announcements", f"{group} announced"): float(number)
            for group, number in zip(record.leads.groups, record.leads.announced, strict=True)
        },
        **{
            ("signals", f"{family} in three years"): float(number)
            for family, number in zip(
                record.exposure.families, record.signals.recent_count, strict=True
            )
        },
    }


type _Counts = Mapping[tuple[str, str], float]


def _contacts(record: Inputs) -> _Counts:
    seen = record.exposure
    found = {}
    for s, stream in enumerate(seen.streams):
        part = "losses without a date" if stream == LOST_PLAN else "contacts"
        found[part, stream] = float(seen.events[:, s].sum())
        if stream != LOST_PLAN:
            found[part, f"{stream} within 28 days"] = float(seen.recent_events[s])
        for a, pair in enumerate(seen.administrations):
            found[part, f"{stream} under {pair}"] = float(seen.events[a, s])
    return found


def _plans(record: Inputs) -> _Counts:
    plans = record.plans
    return {
        ("plans", "lost"): float(plans.lost.sum()),
        ("plans", "lost in the last week"): float(plans.lost_late.sum()),
        ("plans", "postponed"): float(plans.postponed.sum()),
    }


def _outcomes(record: Inputs) -> _Counts:
    cases, kinds = record.outcomes, record.exposure.streams[:-1]
    found: dict[tuple[str, str], float] = {}
    for k, kind in enumerate(kinds):
        total = cases.level_count[cases.kind == k].sum(axis=0)
        for level, number in zip(LEVELS, total, strict=True):
            found["levels", f"{kind} with {level}"] = float(number)
        received = cases.received[cases.received_kind == k]
        found["receptions", f"{kind} received"] = float(received.sum())
    return found


def _summits(record: Inputs) -> _Counts:
    past = record.summits
    found = {("summits", "held in person"): float((past.in_person == 1).sum())}
    for number, series in enumerate(SERIES):
        of = past.series == number
        found["summits", f"{series} with a bilateral"] = float((past.bilateral[of] == 1).sum())
        for side in SIDES:
            there = past.us_attends if side == "us" else past.prc_attends
            found["summits", f"{series} with the {side} leader"] = float((there[of] == 1).sum())
    return found
