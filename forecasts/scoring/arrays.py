"""What the scores share: array types, checks of what comes in, pairs that can be scored.

A probability is a number in [0, 1]; an outcome is 0 or 1. NaN stands for *no
answer* in the one and for *unresolved or annulled* in the other, and a pair
with a NaN is never scored.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from forecasts.errors import BadInput

if TYPE_CHECKING:
    import xarray as xr

type Floats = npt.NDArray[np.float64]
type Ints = npt.NDArray[np.int64]
type Bools = npt.NDArray[np.bool_]
type Labels = npt.ArrayLike
"""Names of clusters, one a cell: text, numbers or days."""


def check_probability(probability: xr.DataArray | Floats) -> None:
    """Refuse numbers outside [0, 1].

    Raises
    ------
    BadInput
        With the number furthest out.
    """
    values = np.asarray(probability, dtype=np.float64)
    wrong = values[(values < 0) | (values > 1)]
    if wrong.size:
        worst = wrong[np.abs(wrong - 0.5).argmax()]
        raise BadInput("probability", "numbers from 0 to 1", worst, "correct the forecast")


def check_outcome(outcome: xr.DataArray | Floats) -> None:
    """Refuse outcomes other than 0, 1 and NaN.

    Raises
    ------
    BadInput
        With the first wrong one.
    """
    values = np.asarray(outcome, dtype=np.float64)
    wrong = values[~((values == 0) | (values == 1) | np.isnan(values))]
    if wrong.size:
        mend = "write NaN for what is unresolved or annulled"
        raise BadInput("outcome", "0, 1 or NaN", wrong[0], mend)


def aligned(first: xr.DataArray, second: xr.DataArray) -> tuple[xr.DataArray, xr.DataArray]:
    """Both arrays, provided that the labels of their common dimensions agree.

    Arithmetic on labelled arrays would otherwise drop, without a word, the
    cells that only one of them has.

    Raises
    ------
    BadInput
        If the labels differ.
    """
    import xarray as xr

    try:
        one, other = xr.align(first, second, join="exact", copy=False)
    except ValueError as error:
        expected = "two arrays over the same cells"
        raise BadInput("scores", expected, error, "select the same cells in both") from None
    return one, other


def paired(
    *, probability: xr.DataArray | Floats, outcome: xr.DataArray | Floats
) -> tuple[Floats, Floats, Bools]:
    """Probabilities and outcomes of the cells that have both, and which cells these are.

    Parameters
    ----------
    probability, outcome : xarray.DataArray or numpy.ndarray, dims (cell)

    Returns
    -------
    tuple of numpy.ndarray
        Probability and outcome, dims (scored cell); and the mask, dims (cell).

    Raises
    ------
    BadInput
        If they are no two rows of equal length, or hold impossible values.

    Examples
    --------
    >>> said, happened, scored = paired(
    ...     probability=np.array([0.2, np.nan, 0.7]), outcome=np.array([0.0, 1.0, np.nan])
    ... )
    >>> said.tolist(), happened.tolist(), scored.tolist()
    ([0.2], [0.0], [True, False, False])
    """
    said = np.asarray(probability, dtype=np.float64)
    happened = np.asarray(outcome, dtype=np.float64)
    if said.ndim != 1 or said.shape != happened.shape:
        found = f"shapes {said.shape} and {happened.shape}"
        raise BadInput("cells", "one probability and one outcome a cell", found, "select one row")
    check_probability(said)
    check_outcome(happened)
    scored = ~(np.isnan(said) | np.isnan(happened))
    return said[scored], happened[scored], scored


def numbered(labels: Labels) -> tuple[Ints, int]:
    """Number of the group that each label names, in sorted order, and how many groups there are.

    Examples
    --------
    >>> codes, count = numbered(["C2", "C1", "C2"])
    >>> codes.tolist(), count
    ([1, 0, 1], 2)
    """
    names, codes = np.unique(np.asarray(labels), return_inverse=True)
    return codes.reshape(-1).astype(np.int64), len(names)
