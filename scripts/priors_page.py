"""Write the tables of ``docs/priors.md`` from the files that declare them.

``python scripts/priors_page.py`` renews the page; a test holds it equal to the
files, so that no prior changes without its page.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import NormalDist
from typing import Any

from scipy.special import betaincinv

ROOT = Path(__file__).resolve().parents[1]
PORTFOLIO = ROOT / "priors" / "us_china"
PAGE = ROOT / "docs" / "priors.md"
BEGIN, END = "<!-- priors: begin -->", "<!-- priors: end -->"
TAIL = 0.1
"""The ranges hold 80 %, like every interval over a probability."""

SYMBOLS = {
    "normal": "Normal({mean:g}, {sd:g})",
    "lognormal": "LogNormal(median {median:g}, sigma {sigma:g})",
    "halfnormal": "HalfNormal({scale:g})",
    "beta": "Beta({alpha:g}, {beta:g})",
    "dirichlet": "Dirichlet({concentration})",
}
HEAD = ("parameter", "for", "prior", "80 % range", "reason", "source")
FAMILIES = ("family", "reads", "half-life", "usual level", "reason")


def content(portfolio: Path) -> str:
    """Tables of every prior and every signal family that `portfolio` declares."""
    files = sorted((portfolio / "elicited").glob("*.toml"))
    return "\n\n".join([*map(_topic, files), _families(portfolio / "signals")])


def replaced(page: str, tables: str) -> str:
    """`page` with `tables` between its markers."""
    between = re.compile(f"{re.escape(BEGIN)}.*?{re.escape(END)}", flags=re.DOTALL)
    return between.sub(lambda _: f"{BEGIN}\n\n{tables}\n\n{END}", page)


def _head(columns: Sequence[str]) -> str:
    return f"| {' | '.join(columns)} |\n|{' --- |' * len(columns)}"


def _topic(file: Path) -> str:
    text = file.read_text(encoding="utf-8")
    comment = text.partition("\n")[0].removeprefix("#").strip()
    rows = [row for name, prior in tomllib.loads(text).items() for row in _rows(name, prior)]
    return "\n".join([f"## {file.stem.capitalize()}\n\n{comment}\n", _head(HEAD), *rows])


def _rows(name: str, prior: Mapping[str, Any]) -> Iterator[str]:
    meaning = f"{prior['means']}. {prior['reason']}"
    yield _row(f"`{name}`", "", prior, prior["distribution"], meaning)
    for coordinate, entry in prior.get("for", {}).items():
        filled = {"source": prior["source"], **entry}
        yield _row(f"`{name}`", f"`{coordinate}`", filled, prior["distribution"], entry["reason"])


def _row(name: str, coordinate: str, prior: Mapping[str, Any], kind: str, reason: str) -> str:
    symbol = SYMBOLS[kind].format(**prior)
    cells = (name, coordinate, symbol, span(kind, prior), _sentence(reason), prior["source"])
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def span(kind: str, prior: Mapping[str, Any]) -> str:
    """Central 80 % of a prior (the lower 80 % of a scale), in the parameter's own units.

    Examples
    --------
    >>> span("normal", {"mean": 0.0, "sd": 1.0})
    '-1.3 to 1.3'
    """
    z = NormalDist().inv_cdf(1 - TAIL)
    match kind:
        case "normal":
            low, high = prior["mean"] - z * prior["sd"], prior["mean"] + z * prior["sd"]
        case "lognormal":
            factor = NormalDist(0, prior["sigma"]).inv_cdf(1 - TAIL)
            low, high = (prior["median"] * math.exp(power) for power in (-factor, factor))
        case "halfnormal":
            low, high = 0.0, prior["scale"] * z
        case "beta":
            low, high = betaincinv(prior["alpha"], prior["beta"], [TAIL, 1 - TAIL])
        case _:
            return "flat" if set(prior["concentration"]) == {1.0} else ""
    return f"{low:.2g} to {high:.2g}"


def _families(folder: Path) -> str:
    rows = []
    for file in sorted(folder.glob("*.toml")):
        family = tomllib.loads(file.read_text(encoding="utf-8"))
        kinds = ", ".join(f"`{kind}`" for kind in family["signal_types"]) or "every type"
        signs = ", ".join(f"{sign:+d}" for sign in family["directions"])
        half_lives = (
            f"{family[key]:g} days" for key in ("half_life_days", "baseline_half_life_days")
        )
        cells = (f"`{file.stem}`", f"{kinds}, coded {signs}", *half_lives, family["reason"])
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(["## Signal families\n", _head(FAMILIES), *rows])


def main() -> None:
    """Renew the page."""
    page = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(replaced(page, content(PORTFOLIO)), encoding="utf-8")


if __name__ == "__main__":
    main()
