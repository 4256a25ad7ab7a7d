"""Whether the run may be trusted as a computation: its gates and its coherence certificate."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from forecasts.reports.reading import Page
from forecasts.reports.sections import Section
from forecasts.reports.wording import counted, decimal, gap, shorten

RHAT_MOST, ESS_LEAST, MCSE_MOST = 1.01, 400, 0.005
"""The bars of the gates, as the page prints them beside what was found."""

PASSED, FAILED, HOLDS, BROKEN = "✓\u00a0passed", "!\u00a0FAILED", "✓\u00a0holds", "!\u00a0FAILS"


def _facts(page: Page) -> Mapping[str, Any]:
    gates, coherence = page.document["gates"], page.document["coherence"]
    checked = sum(int(row["checked"]) for row in coherence)
    return {
        "passed": gates["passed"],
        "failures": [shorten(failure, 300) for failure in gates["failures"]],
        "gates": _gates(gates),
        "coherence": [
            [shorten(row["identity"], 80), f"{row['checked']:,}", gap(row["largest_gap"]),
             HOLDS if row["holds"] else BROKEN]
            for row in coherence
        ],
        "coherent": bool(coherence) and all(row["holds"] for row in coherence),
        "sentence": _sentence(coherence, checked),
    }  # fmt: skip


def _gates(gates: Mapping[str, Any]) -> list[list[str]]:
    rhat, mcse = gates["rhat_max"], gates["mcse_max"]
    bulk, tail, divergences = (gates[k] for k in ("ess_bulk_min", "ess_tail_min", "divergences"))
    noise = "not available" if mcse is None else f"{decimal(100 * mcse)} points"
    enough = f"at least {ESS_LEAST}"
    coherent = bool(gates["coherent"])
    rows = [
        (
            "Chains agree (largest R-hat)",
            f"at most {RHAT_MOST}",
            decimal(rhat, 3),
            _most(rhat, RHAT_MOST),
        ),
        (
            "Enough draws, middle (smallest bulk ESS)",
            enough,
            decimal(bulk, 0),
            _least(bulk, ESS_LEAST),
        ),
        (
            "Enough draws, tails (smallest tail ESS)",
            enough,
            decimal(tail, 0),
            _least(tail, ESS_LEAST),
        ),
        ("Divergences of the sampler", "none", decimal(divergences, 0), _most(divergences, 0)),
        (
            "Simulation noise of an answer (largest MCSE)",
            f"at most {100 * MCSE_MOST} points",
            noise,
            _most(mcse, MCSE_MOST),
        ),
        (
            "Answers agree with each other",
            "exactly",
            "coherent" if coherent else "incoherent",
            coherent,
        ),
    ]
    return [[name, bar, found, PASSED if fine else FAILED] for name, bar, found, fine in rows]


def _most(value: float | None, bar: float) -> bool:
    return value is not None and value <= bar


def _least(value: float | None, bar: float) -> bool:
    return value is not None and value >= bar


def _sentence(coherence: list[Mapping[str, Any]], checked: int) -> str:
    if not coherence:
        return "This run brought no coherence certificate, so nothing is claimed of it."
    broken = [shorten(row["identity"], 80) for row in coherence if not row["holds"]]
    if broken:
        return f"Not coherent: {', '.join(broken)}."
    largest = max(float(row["largest_gap"] or 0) for row in coherence)
    return (
        f"{counted(len(coherence), 'law')} of probability held in "
        f"{counted(checked, 'comparison')}; the largest gap was {gap(largest)}. All answers are "
        "read from the same simulated futures, so they cannot contradict each other."
    )


SECTION = Section("checks", "Did the run pass its own checks?", "Checks", 50, _facts)
