"""What every test shares: a store of its own, and how hard properties are tried.

``HYPOTHESIS_PROFILE=dev`` looks in new places each time; ``ci``, the default
where ``CI`` is set, tries the same examples in every run.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# A property's first example may compile a simulator: benchmarks measure time, not these.
_patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

settings.register_profile("ci", _patient, derandomize=True, print_blob=True)
settings.register_profile("dev", _patient)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if os.environ.get("CI") else "dev"))


@pytest.fixture(autouse=True)
def _own_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the store of whoever runs the tests out of their reach."""
    monkeypatch.setenv("FORECASTS_STORE", str(tmp_path / "store"))
    monkeypatch.delenv("FORECASTS_LEDGER", raising=False)
