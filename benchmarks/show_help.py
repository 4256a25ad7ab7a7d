"""How long ``forecasts show`` and ``forecasts --help`` take, warm."""

from __future__ import annotations

import argparse

from benchmarks.measuring import FORECASTS, Figure, repeated, shown

TARGET, TIMES = "≤ 0.5", 20


def measure(options: argparse.Namespace) -> tuple[str, list[Figure]]:
    """Take the median of twenty runs of each command."""
    commands = {
        "show": [*FORECASTS, "show", "--store", options.store],
        "--help": [*FORECASTS, "--help"],
    }
    figures = [
        Figure(name, repeated(command, TIMES, (0, 1)), "s", TARGET, f"median of {TIMES}")
        for name, command in commands.items()
    ]
    return "; ".join(shown(command) for command in commands.values()), figures
