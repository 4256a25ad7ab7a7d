"""The page of priors says what the files say."""

from __future__ import annotations

import pytest
from scipy import stats

from forecasts.portfolio import bundled, load
from scripts.priors_page import PAGE, PORTFOLIO, content, replaced, span


def test_the_page_is_what_the_files_say() -> None:
    """A prior that changes without its page is caught: run `python scripts/priors_page.py`."""
    page = PAGE.read_text(encoding="utf-8")

    assert page == replaced(page, content(PORTFOLIO))


def test_every_prior_and_override_is_on_the_page() -> None:
    """Each parameter has a row, and so has each of its overrides."""
    page = PAGE.read_text(encoding="utf-8")
    portfolio = load(bundled())

    for prior in portfolio.priors.values():
        rows = [line for line in page.splitlines() if line.startswith(f"| `{prior.name}` |")]
        assert len(rows) == 1 + len(prior.entries), prior.name
    assert all(f"| `{family}` |" in page for family in portfolio.signals)


@pytest.mark.parametrize(
    ("kind", "values", "reference"),
    [
        ("normal", {"mean": 1.0, "sd": 2.0}, stats.norm(1, 2)),
        ("lognormal", {"median": 3.0, "sigma": 0.6}, stats.lognorm(0.6, scale=3)),
        ("beta", {"alpha": 6.0, "beta": 3.0}, stats.beta(6, 3)),
    ],
)
def test_ranges_hold_eighty_percent(kind: str, values: dict[str, float], reference: object) -> None:
    """The printed range is the central 80 % of the distribution."""
    low, high = map(float, span(kind, values).split(" to "))

    assert reference.cdf(high) - reference.cdf(low) == pytest.approx(0.8, abs=0.02)  # type: ignore[attr-defined]
