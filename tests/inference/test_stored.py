"""What a run stores of its record is what it was conditioned on."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from forecasts.inference.stored import constant_data, recorded_inputs
from forecasts.world.inputs import arrays, inputs
from tests.builders_world import real_portfolio


@pytest.mark.parametrize("day", [date(1973, 1, 1), date(2005, 1, 1), date(2023, 6, 18)])
def test_a_record_survives_storage(day: date, tmp_path: Path) -> None:
    """Written to netCDF and read back, every array has its values and type, every name is there."""
    data = inputs(real_portfolio().as_of(day), real_portfolio())
    constant_data(data).to_netcdf(tmp_path / "record.nc", engine="h5netcdf")
    with xr.open_dataset(tmp_path / "record.nc", engine="h5netcdf") as stored:
        again = recorded_inputs(stored.load())

    for (name, one), (same, other) in zip(arrays(data), arrays(again), strict=True):
        assert name == same
        if isinstance(one, np.ndarray):
            assert one.dtype == other.dtype, name
            np.testing.assert_array_equal(one, other, err_msg=name)
        else:
            assert one == other, name


def test_a_record_that_lacks_names_is_refused() -> None:
    """What an older version stored has no names, and is not guessed at."""
    data = inputs(real_portfolio().as_of(date(2005, 1, 1)), real_portfolio())

    with pytest.raises(KeyError, match="names"):
        recorded_inputs(constant_data(data).drop_attrs())
