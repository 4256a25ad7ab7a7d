"""Elicited priors as arrays along a coordinate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from forecasts.errors import BadInput
from forecasts.portfolio.declared import Prior

Floats = npt.NDArray[np.float64]

FIELDS = {
    "normal": ("mean", "sd"),
    "lognormal": ("median", "sigma"),
    "halfnormal": ("scale",),
    "beta": ("alpha", "beta"),
    "dirichlet": ("concentration",),
}
"""Parameters of each distribution that a prior file can name."""


def field(
    priors: Mapping[str, Prior], name: str, field_name: str, coordinates: Sequence[str] = ()
) -> Floats:
    """One parameter of the prior `name`, along `coordinates` (or a scalar without them).

    Raises
    ------
    BadInput
        If the prior is not declared, or its distribution has no such parameter.

    Examples
    --------
    >>> rate = Prior("rate", "normal", {"mean": 1.0, "sd": 2.0}, {"b": {"mean": 3.0}}, "", "", "")
    >>> field({"rate": rate}, "rate", "mean", ["a", "b"]).tolist()
    [1.0, 3.0]
    """
    if name not in priors:
        raise BadInput(
            "elicited/", f"a prior named {name}", "none", "declare it in elicited/*.toml"
        )
    prior = priors[name]
    if field_name not in FIELDS[prior.distribution]:
        raise BadInput(
            f"elicited/, {name}, distribution",
            f"one with a parameter {field_name}",
            prior.distribution,
            "change the distribution, or the model that reads it",
        )
    if not coordinates:
        return np.asarray(prior.values[field_name], dtype=np.float64)
    return np.asarray(
        [
            prior.entries.get(each, {}).get(field_name, prior.values[field_name])
            for each in coordinates
        ],
        dtype=np.float64,
    )
