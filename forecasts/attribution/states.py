r"""An answer in a state of knowledge that no run was made of.

A *state* is a view and what is declared with it. Its answer is read from
futures of the draws of a stored posterior, each draw weighted by how much
likelier the state makes it (:mod:`forecasts.world.ratio`). The draws keep
their places and the futures their random numbers from state to state, so that
most of the Monte Carlo noise cancels in a difference of two answers.

Blocks of parameters are independent (:mod:`forecasts.world.blocks`). Those that
an answer mostly hangs on carry weights. The others are drawn again, block by
block and in place: as a factor of the weights each would add its own noise, and
hardly any answer.

With weights :math:`w_s`, and :math:`A_s`, :math:`B_s` the shares of the futures
of draw s in which the event and its condition hold, the answer is
:math:`P = \sum w_s A_s / \sum w_s B_s`. Each draw pulls at its log-odds by
:math:`w_s (A_s - P B_s) / (\bar B P (1 - P))`; the Monte Carlo error of any sum
of answers is the standard error of the same sum of pulls.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np

from forecasts.errors import ForecastsError
from forecasts.evidence.view import View
from forecasts.inference.gates import efficiency
from forecasts.inference.psense import blocks_read
from forecasts.inference.update import Update, update
from forecasts.portfolio.declared import Portfolio, Prior
from forecasts.questions.algebra import split
from forecasts.questions.estimates import log_odds_of
from forecasts.questions.events import Asked
from forecasts.questions.names import last_day, named
from forecasts.schema import KHAT_AT_MOST
from forecasts.world.blocks import BLOCKS
from forecasts.world.draws import thin
from forecasts.world.exposure import Ints
from forecasts.world.inputs import Inputs, inputs
from forecasts.world.logprior import log_prior, parameter
from forecasts.world.priors import Floats
from forecasts.world.ratio import Reference
from forecasts.world.simulate import simulate

if TYPE_CHECKING:
    import xarray as xr

    from forecasts.questions.futures import Futures

WEIGHTED = ("hazards", "presence", "levels", "receptions")
"""Blocks that carry weights; all others are drawn again."""

MARGIN_DAYS = 7
"""Futures reach this far beyond the last day that a question asks about."""


@dataclass(frozen=True, slots=True)
class State:
    """What is known, and what is declared with it.

    Parameters
    ----------
    view : View
    portfolio : Portfolio
        Its evidence is not read: the view has taken its place.
    signals : bool
        Whether readings of signals move the hazards of the futures.
    """

    view: View
    portfolio: Portfolio
    signals: bool


@dataclass(frozen=True, slots=True)
class Reached:
    """An answer in one state.

    Parameters
    ----------
    probability, log_odds : float
    pull : array, dims (sample,)
        How much each draw pulls at the log-odds.
    khat : float
        Largest tail shape of the weights; -inf where they are all equal.
    """

    probability: float
    log_odds: float
    pull: Floats
    khat: float

    @property
    def trusted(self) -> bool:
        """Whether the weights stand for the posterior of the state."""
        return self.khat <= KHAT_AT_MOST


@dataclass(frozen=True, slots=True)
class Weighed:
    """Draws made ready for one state.

    Parameters
    ----------
    data : Inputs
        Arrays of its view.
    draws : xarray.Dataset, dims (chain, draw, ...)
        Each in its place, the blocks without weights drawn again.
    log_weights : array, dims (sample,)
    khat : float
        Largest tail shape over all blocks.
    """

    data: Inputs
    draws: xr.Dataset
    log_weights: Floats
    khat: float


@dataclass(frozen=True, slots=True)
class Effort:
    """How many futures a state is read from.

    Parameters
    ----------
    draws, replicates : int
        Posterior draws, and futures of each.
    seed : int
    edge : int
        Answers of none or all futures count as half a future of so many.
    """

    draws: int
    replicates: int
    seed: int
    edge: int


class Basis:
    """A stored posterior, and the state that it was conditioned on.

    Parameters
    ----------
    posterior : xarray.Dataset, dims (chain, draw, ...)
    record : Inputs
        Arrays of the view that it is given.
    portfolio : Portfolio
        What was declared then: its priors are the posterior's.
    effort : Effort
    kept : float
        Share of the effective number of draws that an earlier reweighting left.
    """

    def __init__(
        self,
        posterior: xr.Dataset,
        record: Inputs,
        portfolio: Portfolio,
        effort: Effort,
        *,
        kept: float = 1.0,
    ) -> None:
        self.portfolio, self.effort, self.kept = portfolio, effort, kept
        flat = thin(posterior, effort.draws)
        plain = flat.drop_vars(["sample", "chain", "draw"], errors="ignore")
        self._reference, self._flat = Reference(flat, record), plain
        self._chains = posterior.sizes["chain"]

    def fits(self, portfolio: Portfolio) -> bool:
        """Whether weights can lead to what `portfolio` declares: same kinds, families, periods."""
        return _shape(portfolio) == _shape(self.portfolio)

    def weigh(self, asked: Asked, state: State) -> Weighed:
        """Weight the draws for a state, in the blocks of parameters that the question reads."""
        data = inputs(state.view, state.portfolio)
        if len(data.exposure.administrations) != self._flat.sizes["administration"]:
            raise ForecastsError(
                "the stored posterior has room for fewer pairs of leaders than the record "
                "now names: run again with --refit"
            )
        ratios = self._reference.log_ratio(data)
        for block, ratio in self._prior_ratio(state.portfolio).items():
            ratios[block] = ratios[block] + ratio
        weights = update({block: ratios[block] for block in blocks_read(asked)})
        carried = [each for name, each in weights.blocks.items() if name in WEIGHTED]
        whole = np.sum([each.log_weights for each in carried], axis=0)
        return Weighed(data, self._draws(data, weights), whole, weights.khat)

    def reach(
        self, asked: Asked, state: State, ends: date, weighed: Weighed | None = None
    ) -> Reached:
        """Answer a question in a state, from weighted draws.

        Parameters
        ----------
        asked : Event or Given
        state : State
        ends : date
            Last day that the futures have to reach; see :func:`reach_until`.
        weighed : Weighed, optional
            Of this question and state, where it is at hand.
        """
        found = weighed or self.weigh(asked, state)
        futures = simulate(
            found.draws,
            state.view,
            state.portfolio,
            found.data,
            horizon_days=max((ends - state.view.known_through).days, 1),
            draws=self.effort.draws,
            replicates=self.effort.replicates,
            seed=self.effort.seed,
            named=named(asked),
            signals=state.signals,
        )
        return read(asked, futures, found.log_weights, found.khat, edge=self.effort.edge)

    def error(self, pull: Floats) -> float:
        """Monte Carlo standard error of a sum of answers, from the same sum of their pulls."""
        spread = float(pull.std(ddof=1))
        if spread == 0.0:
            return 0.0
        effective = pull.size * self.kept * efficiency(pull, self._chains)
        return float(spread / np.sqrt(effective))

    def _prior_ratio(self, portfolio: Portfolio) -> dict[str, Floats]:
        """Log ratio of the priors of `portfolio` to those of the posterior, by block."""
        was, now = self.portfolio.priors, portfolio.priors
        changed = [
            name for name in was if name in now and _density(was[name]) != _density(now[name])
        ]
        block_of = {name: block for block, names in BLOCKS.items() for name in names}
        found: dict[str, Floats] = {}
        for sign, priors in ((1.0, now), (-1.0, was)):
            terms = log_prior(self._flat, {name: priors[name] for name in changed})
            for name, each in terms.data_vars.items():
                block = block_of[parameter(priors[str(name)])]
                total = each.sum([dim for dim in each.dims if dim != "sample"]).to_numpy()
                found[block] = found.get(block, 0.0) + sign * total
        return found

    def _draws(self, data: Inputs, weights: Update) -> xr.Dataset:
        """Draws as the simulator takes them, with the pairs of leaders that `data` names."""
        drawn = self._flat
        for block, each in weights.blocks.items():
            names = [name for name in BLOCKS[block] if name in drawn]
            if block not in WEIGHTED and names and np.ptp(each.log_weights) > 0.0:
                at = in_place(np.exp(each.log_weights), self.effort.seed)
                drawn = drawn.assign(drawn[names].isel(sample=at).data_vars)
        named = drawn.assign_coords(administration=list(data.exposure.administrations))
        return named.rename(sample="draw").expand_dims("chain")


def in_place(weights: Floats, seed: int) -> Ints:
    """Draw again in proportion to weights, moving as few draws as can be.

    Systematic: a draw with weight w comes up floor(wS) or ceil(wS) times. Its first
    copy stays where it was; the others go, at random, where a draw did not come up.

    Parameters
    ----------
    weights : array, dims (sample,)
    seed : int
        The same for states that are to be compared.

    Returns
    -------
    array of int, dims (sample,)
        Which draw is now in each place.

    Examples
    --------
    >>> in_place(np.array([0.25, 0.5, 0.25, 0.0]), 1).tolist()
    [0, 1, 2, 1]
    """
    rng = np.random.default_rng(seed)
    size = weights.size
    limits = np.cumsum(weights / weights.sum())
    drawn = np.searchsorted(limits, (np.arange(size) + rng.uniform()) / size)
    copies = np.bincount(np.minimum(drawn, size - 1), minlength=size)
    at = np.arange(size)
    more = np.repeat(at, np.maximum(copies - 1, 0))
    at[copies == 0] = rng.permutation(more)
    return at


def _density(prior: Prior) -> tuple[object, ...]:
    """What makes two priors the same, whatever is written beside them."""
    return prior.distribution, dict(prior.values), {k: dict(v) for k, v in prior.entries.items()}


def _shape(portfolio: Portfolio) -> tuple[object, ...]:
    detection = tuple(portfolio.priors["detection"].entries)
    return portfolio.kinds, tuple(portfolio.signals), detection


def read(asked: Asked, futures: Futures, log_weights: Floats, khat: float, *, edge: int) -> Reached:
    """Read an answer from futures of weighted draws.

    Parameters
    ----------
    asked : Event or Given
    futures : Futures
    log_weights : array, dims (sample,)
        One for each draw of the futures, normalised or not.
    khat : float
    edge : int
        Futures half of one of which stands for none.

    Examples
    --------
    >>> from datetime import date
    >>> from forecasts.questions.events import ContactCount
    >>> from forecasts.questions.record import recorded
    >>> asked = ContactCount(("leader_remote",), until=date(2023, 12, 31))
    >>> nothing = recorded(date(2023, 6, 18))
    >>> round(read(asked, nothing, np.zeros(1), 0.0, edge=1).probability, 2)
    0.0
    """
    happens, condition = (each.reshape(futures.draws, -1) for each in split(asked, futures))
    weights = np.exp(log_weights - log_weights.max())
    weights = weights / weights.mean()
    met = weights * condition.mean(axis=1)
    yes = weights * happens.mean(axis=1)
    if met.mean() == 0.0:
        raise ForecastsError(
            "the condition of the question holds in no future of a state on the way: "
            "its change cannot be split"
        )
    share = float(yes.mean() / met.mean())
    log_odds = log_odds_of(share, edge)
    kept = 1.0 / (1.0 + np.exp(-log_odds))
    return Reached(share, log_odds, (yes - share * met) / (met.mean() * kept * (1 - kept)), khat)


def reach_until(asked: Asked, closes: date, view: View) -> date:
    """Last day that futures have to reach for a question, its named summits included.

    Parameters
    ----------
    asked : Event or Given
    closes : date
        Closing day of the question.
    view : View
        Knows the dates of what the question names.
    """
    names = named(asked)
    ends = [closes, last_day(asked) or closes]
    ends += [each.end for each in view.opportunities if each.id in names]
    ends += [each.planned for each in view.plans if each.id in names]
    return max(ends) + timedelta(days=MARGIN_DAYS)
