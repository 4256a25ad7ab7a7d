"""Our fit of the whole model beside the same model written plainly, in one go."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

from benchmarks.measuring import Figure, shown, timed

PROGRAMS = ("ours", "plain-whole", "plain")
"""In the last the plain program has nothing but the background hazards."""

TARGET = "≥ 5"


def measure(options: argparse.Namespace) -> tuple[str, list[Figure]]:
    """Run the programs one after the other, at a share of their draws if so asked."""
    scale = options.scale
    command = [sys.executable, "-m", "benchmarks.plain_programs"]
    common = ["--as-of", options.as_of, "--scale", str(scale)]
    fits = {name: json.loads(timed([*command, name, *common]).output) for name in PROGRAMS}
    figures = [figure for name, fit in fits.items() for figure in _of(name, fit)]
    for name in PROGRAMS[1:]:
        figures += _ratios(name, fits[name], fits["ours"], scale)
    return shown(["python", "-m", "benchmarks", "plain_model", *common]), figures


def _ratios(name: str, plain: dict[str, Any], ours: dict[str, Any], scale: float) -> list[Figure]:
    cells = f"{plain['cells']:,} Bernoullis"
    gradients = plain["gradient"] / ours["gradient"]
    figures = [
        Figure(f"{name} / ours, one gradient", gradients, "", "", cells),
        Figure(f"{name} / ours, fit as measured", _fit(plain) / _fit(ours), "", TARGET),
    ]
    if scale < 1.0:
        whole = _fit(plain, scale), _fit(ours, scale)
        note = f"NOT MEASURED: {whole[0]:.0f} s / {whole[1]:.0f} s, sampling divided by {scale:g}"
        extrapolated = Figure(
            f"{name} / ours, fit extrapolated", whole[0] / whole[1], "", TARGET, note
        )
        figures.append(extrapolated)
    return figures


def _fit(program: dict[str, Any], scale: float = 1.0) -> float:
    return float(program["compiling"] + program["sampling"] / scale)


def _of(name: str, program: dict[str, Any]) -> list[Figure]:
    note = f"{program['tune']} + {program['draws']} draws, 4 chains"
    return [
        Figure(f"{name}: compiling", program["compiling"], "s"),
        Figure(f"{name}: sampling", program["sampling"], "s", "", note),
        Figure(f"{name}: one gradient", 1e3 * program["gradient"], "ms", "", "median"),
    ]
