r"""Power-scaling sensitivity: whether an answer hangs on the prior, or on the data.

Raising a component of the posterior to the power :math:`\alpha` makes it
heavier or lighter. Weights :math:`p(\theta_s)^{\alpha - 1}` do that to existing
draws; how fast the distribution of an answer over draws then changes is its
sensitivity [1]_: the cumulative Jensen-Shannon distance for each unit of
:math:`\log_2 \alpha`. Above 0.05 is worth a look.

Answers are read from the futures of each draw. Draws are finite, so an answer
that does not depend on a component at all still shows some sensitivity to it;
the more terms a component has, the more. Two things keep that in bounds. Blocks
of parameters that an answer does not read are independent of it in the posterior
(:mod:`forecasts.world.blocks`), and are left out of its prior and likelihood. And
each row carries the level that unrelated draws would reach, found by shuffling:
above the bar but below that level nothing can be told.

Only declared priors are scaled. The standardised effects of single cases belong
to the model's structure, not to anybody's beliefs [1]_.

References
----------
.. [1] Kallioinen, Paananen, Buerkner, Vehtari (2023). Detecting and diagnosing
   prior and likelihood sensitivity with power-scaling. Statistics and Computing 34.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from forecasts.portfolio.declared import Prior
from forecasts.questions.algebra import split
from forecasts.questions.events import Asked, OutcomeOf
from forecasts.questions.futures import Futures
from forecasts.questions.names import leaves
from forecasts.world.blocks import BLOCKS, COMPONENTS
from forecasts.world.inputs import Inputs
from forecasts.world.loglik import log_likelihood
from forecasts.world.logprior import log_prior, parameter
from forecasts.world.priors import Floats

if TYPE_CHECKING:
    import xarray as xr

PRIOR, LIKELIHOOD = "prior", "likelihood"
FLAGGED_ABOVE = 0.05
ALPHAS = (0.99, 1.01)
SHUFFLES = 20
NOISE_QUANTILE = 0.95
LEVELS_BLOCK, RECEPTIONS_BLOCK = "levels", "receptions"


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """How one answer reacts to one component.

    Parameters
    ----------
    question : str
    component : str
        ``prior``, ``likelihood``, or a declared prior: ``rate_per_year``, or
        ``rate_per_year for leader_in_person`` where it is declared apart.
    value : float
        Distance for each doubling of the component's weight.
    noise : float
        What unrelated draws would reach; zero where the value is below the bar anyway.
    moves : float
        Change of the probability for each doubling, to first order.
    moves_error : float
        Its Monte Carlo standard error.
    """

    question: str
    component: str
    value: float
    noise: float
    moves: float
    moves_error: float

    @property
    def flagged(self) -> bool:
        """Whether it is above 0.05, and above what chance alone would give."""
        return self.value > max(FLAGGED_ABOVE, self.noise)

    @property
    def undecided(self) -> bool:
        """Whether it is above 0.05, but chance alone might have done that."""
        return FLAGGED_ABOVE < self.value <= self.noise


@dataclass(frozen=True, slots=True)
class Read:
    """An answer by draw, dims (sample,), and the blocks of parameters that it reads."""

    probability: Floats
    blocks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Scaled:
    """Log densities to be scaled, each with dims (sample,).

    Parameters
    ----------
    prior, likelihood : mapping of str to array
        By block.
    single : mapping of str to (str, array)
        Each declared prior: its block and its density.
    """

    prior: Mapping[str, Floats]
    likelihood: Mapping[str, Floats]
    single: Mapping[str, tuple[str, Floats]]

    def of(self, blocks: tuple[str, ...]) -> dict[str, Floats]:
        """Components of the posterior of these blocks: both wholes, and single priors."""
        parts = {PRIOR: self.prior, LIKELIHOOD: self.likelihood}
        whole = {
            name: np.sum([by_block[block] for block in blocks if block in by_block], axis=0)
            for name, by_block in parts.items()
        }
        return whole | {
            name: terms for name, (block, terms) in self.single.items() if block in blocks
        }


def blocks_read(asked: Asked) -> tuple[str, ...]:
    """Blocks of parameters that an event depends on.

    How contacts end is read by what asks for it alone; all other chance may
    change which contacts there are.

    Examples
    --------
    >>> from forecasts.questions.events import ContactAt
    >>> "levels" in blocks_read(ContactAt("APEC-2026"))
    False
    """
    outcomes = [event for event in leaves(asked) if isinstance(event, OutcomeOf)]
    unread = set()
    if not any(event.level_at_least for event in outcomes):
        unread.add(LEVELS_BLOCK)
    if not any(event.received for event in outcomes):
        unread.add(RECEPTIONS_BLOCK)
    return tuple(block for block in BLOCKS if block not in unread)


def read(asked: Asked, futures: Futures) -> Read:
    """An answer as power-scaling reads it, from futures of the very draws that are scaled."""
    return Read(by_draw(asked, futures), blocks_read(asked))


def by_draw(asked: Asked, futures: Futures) -> Floats:
    r"""Probability of an event under each posterior draw, dims (draw,).

    For a conditional event it is the ratio's influence, :math:`p + (A_s - p B_s) /
    \bar B`, whose mean is the answer: one draw's futures may never meet the condition.
    """
    happens, condition = split(asked, futures)
    share = float(happens.sum()) / max(float(condition.sum()), 1.0)
    by_future = share + (happens - share * condition) / max(float(condition.mean()), 1e-12)
    return np.asarray(by_future.reshape(futures.draws, -1).mean(axis=1))


def scaled(flat: xr.Dataset, priors: Mapping[str, Prior], record: Inputs) -> Scaled:
    """Log densities of prior and likelihood by block, and of each declared prior.

    Parameters
    ----------
    flat : xarray.Dataset, dims (sample, ...)
    priors : mapping of str to Prior
    record : Inputs
        What the draws are given.
    """
    block_of = {name: block for block, names in BLOCKS.items() for name in names}
    single: dict[str, tuple[str, Floats]] = {}
    for name, terms in log_prior(flat, priors).data_vars.items():
        prior = priors[str(name)]
        apart = _declared_apart(str(name), terms.transpose("sample", ...), prior)
        block = block_of[parameter(prior)]
        single |= {each: (block, density) for each, density in apart.items()}
    plain = flat.drop_vars(["sample", "chain", "draw"], errors="ignore")
    likelihood = log_likelihood(plain.rename(sample="draw").expand_dims("chain"), record)
    by_component = {
        str(name): np.asarray(terms[0].sum(axis=-1)) for name, terms in likelihood.data_vars.items()
    }
    return Scaled(
        prior={
            block: np.sum([terms for of, terms in single.values() if of == block], axis=0)
            for block in BLOCKS
        },
        likelihood={
            block: np.sum([by_component[name] for name in names], axis=0)
            for block, names in COMPONENTS.items()
            if names
        },
        single=single,
    )


def _declared_apart(name: str, terms: xr.DataArray, prior: Prior) -> dict[str, Floats]:
    """One sum for the entries that a prior file gives apart, and one for all the others."""
    values = terms.to_numpy().reshape(terms.sizes["sample"], -1)
    if terms.ndim == 1:
        return {name: values[:, 0]}
    first = terms[terms.dims[1]].to_numpy()
    coordinate = np.repeat(first, values.shape[1] // first.size)
    apart = [each for each in prior.entries if each in first]
    found = {f"{name} for {each}": values[:, coordinate == each].sum(axis=1) for each in apart}
    usual = ~np.isin(coordinate, apart)
    return ({name: values[:, usual].sum(axis=1)} if usual.any() else {}) | found


def sensitivities(answers: Mapping[str, Read], draws: Scaled, *, seed: int) -> list[Sensitivity]:
    """Sensitivity of each answer to each component.

    Parameters
    ----------
    answers : mapping of str to Read
    draws : Scaled
        At the same draws.
    seed : int
        Of the shuffles.

    Returns
    -------
    list of Sensitivity
        Answer by answer: ``prior``, ``likelihood``, then each declared prior that it
        may depend on. A settled answer, the same in every draw, moves with nothing.

    Examples
    --------
    Draws of a mean whose prior is the whole posterior hang on that prior:

    >>> mean = np.random.default_rng(1).normal(size=1000)
    >>> draws = Scaled({"b": -0.5 * mean**2}, {"b": 0.0 * mean}, {})
    >>> rows = sensitivities({"q": Read(mean, ("b",))}, draws, seed=1)
    >>> [(row.component, row.flagged) for row in rows]
    [('prior', True), ('likelihood', False)]
    """
    rng = np.random.default_rng(seed)
    found = []
    for question, answer in answers.items():
        for name, density in draws.of(answer.blocks).items():
            found.append(_sensitivity((question, name), answer.probability, density, rng))
    return found


def _weights(log_density: Floats) -> tuple[Floats, Floats]:
    """Pareto-smoothed weights of a slightly lighter and a slightly heavier component."""
    from arviz_stats.base import array_stats

    lower, upper = (
        np.exp(np.asarray(array_stats.power_scale_lw(log_density, alpha=alpha))) for alpha in ALPHAS
    )
    return lower / lower.sum(), upper / upper.sum()


def _sensitivity(
    names: tuple[str, str],
    values: Floats,
    log_density: Floats,
    rng: np.random.Generator,
) -> Sensitivity:
    if np.ptp(values) == 0.0 or np.ptp(log_density) == 0.0:
        return Sensitivity(*names, 0.0, 0.0, 0.0, 0.0)
    weights = _weights(log_density)
    value = _distance(values, weights)
    noise = 0.0
    if value > FLAGGED_ABOVE:
        shuffled = [_distance(rng.permutation(values), weights) for _ in range(SHUFFLES)]
        noise = float(np.quantile(shuffled, NOISE_QUANTILE))
    moves = np.log(2.0) * float(np.cov(values, log_density)[0, 1])
    error = np.log(2.0) * float(values.std() * log_density.std() / np.sqrt(values.size))
    return Sensitivity(*names, value, noise, moves, error)


def _distance(values: Floats, weights: tuple[Floats, Floats]) -> float:
    from arviz_stats.base import array_stats

    lower, upper = (each[None] for each in weights)
    sense = array_stats.power_scale_sense(values[None], lower, upper, *ALPHAS)
    return float(sense)


def sentence(whole: Mapping[str, Sensitivity]) -> str:
    """What the two whole components say of an answer, in plain words.

    Examples
    --------
    >>> row = Sensitivity("q", "prior", 0.08, 0.02, -0.03, 0.001)
    >>> data = Sensitivity("q", "likelihood", 0.04, 0.0, 0.01, 0.001)
    >>> sentence({"prior": row, "likelihood": data})
    'Strong prior, weak data: declared beliefs move it more than the record does.'
    """
    prior, likelihood = whole[PRIOR], whole[LIKELIHOOD]
    if prior.flagged and likelihood.flagged:
        return "Prior and data both move it: they may pull in different directions."
    if prior.flagged and likelihood.undecided:
        return "The prior moves it; these draws cannot tell how much the data do."
    if prior.flagged:
        return "Strong prior, weak data: declared beliefs move it more than the record does."
    if prior.undecided:
        return "These draws cannot tell how much of it is the prior: see single priors."
    if likelihood.flagged:
        return "The data speak: the prior as a whole could be changed somewhat without moving it."
    return "Neither prior nor data move it much."
