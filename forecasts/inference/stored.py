"""A stored posterior and the record that it was conditioned on, read back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any, get_type_hints

import numpy as np

from forecasts.world.inputs import Inputs, arrays

if TYPE_CHECKING:
    import xarray as xr

DATA_DIMS = {
    "exposure.row_reading": ("row", "family"),
    "exposure.days": ("row", "stream"),
    "exposure.recent_days": ("row", "stream"),
    "exposure.row_detection": ("row", "stream"),
    "exposure.events": ("administration", "stream"),
    "exposure.event_reading": ("family", "stream"),
    "exposure.recent_events": ("stream",),
    "exposure.detected_events": ("stream", "detection_period"),
    "leads.announced": ("lead_group",),
    "leads.contacts": ("lead_group",),
    "outcomes.level_count": ("level_case", "level"),
    "outcomes.received": ("trip",),
    "outcomes.received_kind": ("trip",),
    "outcomes.received_beijing": ("trip",),
    "outcomes.received_decade": ("trip",),
    "outcomes.venue_count": ("kind", "venue"),
    "signals.intensity": ("family", "point"),
}
"""Dims of the arrays that a fit reads, where they are not simply its cases."""

CASE_DIMS = {
    "exposure": "row",
    "summits": "opportunity",
    "plans": "plan",
    "leads": "announced_contact",
    "outcomes": "level_case",
    "signals": "family",
}


def constant_data(inputs: Inputs) -> xr.Dataset:
    """The arrays that the posterior was conditioned on, each under its dotted name.

    Dims are those of :data:`DATA_DIMS`; an array that it does not list has one
    dim, the case that its component counts. Names (of kinds, plans, summits,
    pairs of leaders) are one JSON text in the attribute ``names``.
    """
    import xarray as xr

    dataset, names = xr.Dataset(), dict[str, list[str]]()
    for name, value in arrays(inputs):
        if isinstance(value, np.ndarray):
            dataset[name] = (DATA_DIMS.get(name, (CASE_DIMS[name.partition(".")[0]],)), value)
        elif isinstance(value, int | float):
            dataset[name] = float(value)
        else:
            names[name] = list(value)
    return dataset.assign_attrs(names=json.dumps(names))


def recorded_inputs(stored: xr.Dataset) -> Inputs:
    """Arrays of the record, read back from what :func:`constant_data` stored.

    Parameters
    ----------
    stored : xarray.Dataset
        The group ``constant_data`` of a stored run.

    Raises
    ------
    KeyError
        If it was stored by a version that kept less.
    """
    group: Inputs = _read(Inputs, stored, json.loads(stored.attrs["names"]), "")
    return group


def _read(kind: Any, stored: xr.Dataset, names: Mapping[str, list[str]], prefix: str) -> Any:
    values = {}
    for each in fields(kind):
        of, name = get_type_hints(kind)[each.name], f"{prefix}{each.name}"
        if is_dataclass(of):
            values[each.name] = _read(of, stored, names, f"{name}.")
        elif name in names:
            values[each.name] = tuple(names[name])
        elif of in (int, float):
            values[each.name] = of(stored[name].item())
        else:
            values[each.name] = stored[name].to_numpy()
    return kind(**values)
