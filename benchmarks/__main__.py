"""Run the benchmarks: ``python -m benchmarks [NAME ...] [--json]``; all of them by default."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from importlib import import_module
from tempfile import TemporaryDirectory

from benchmarks.measuring import FORECASTS, Figure, machine, timed

NAMES = ("show_help", "run_whole", "rerun", "futures", "plain_model")
NEEDS_A_STORE = {"show_help", "futures"}
GATE_FAILED = 1


def main() -> None:
    """Run those that are named, each with its command, the machine, and its figures."""
    options = _options()
    with TemporaryDirectory() as folder:
        if not options.store and NEEDS_A_STORE & set(options.names or NAMES):
            options.store = folder
            timed(
                [*FORECASTS, "run", "--as-of", options.as_of, "--store", folder], (0, GATE_FAILED)
            )
        for name in options.names or NAMES:
            before = machine()
            command, figures = import_module(f"benchmarks.{name}").measure(options)
            _print(name, command, before, figures, as_json=options.json)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"among {', '.join(NAMES)}")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument("--as-of", default="2023-06-18", help="day that is forecast from")
    parser.add_argument("--runs", type=int, default=3, help="runs of run_whole")
    parser.add_argument("--scale", type=float, default=1.0, help="share of draws in plain_model")
    parser.add_argument("--store", default="", help="store with a run; one is made otherwise")
    parser.add_argument("--run", default="", help="run of the store; the last by default")
    options = parser.parse_args()
    unknown = set(options.names) - set(NAMES)
    if unknown:
        parser.error(f"no benchmark {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}")
    return options


def _print(
    name: str, command: str, before: dict[str, object], figures: list[Figure], *, as_json: bool
) -> None:
    after = machine()
    if as_json:
        rows = [asdict(figure) for figure in figures]
        row = {"benchmark": name, "command": command, "before": before, "after": after}
        print(json.dumps({**row, "figures": rows}, ensure_ascii=False), flush=True)
        return
    print(f"\n## {name}\n\n`{command}`\n")
    print(f"{before['cores']} cores, Python {before['python']}; ", end="")
    print(f"load {before['load']} before, {after['load']} after.\n")
    print("| figure | value | target | |\n|---|---:|---:|---|")
    for figure in figures:
        value = f"{figure.value:,.0f}" if figure.value >= 1000 else f"{figure.value:.3g}"
        print(f"| {figure.name} | {value} {figure.unit} | {figure.target} | {figure.note} |")
    print(flush=True)


if __name__ == "__main__":
    main()
