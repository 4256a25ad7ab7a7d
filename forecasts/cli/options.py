"""Options that several verbs share, each spelled once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

DEFAULT_STORE = Path(".forecasts")

StoreOption = Annotated[
    Path,
    typer.Option(
        "--store", envvar="FORECASTS_STORE", metavar="FOLDER", help="Where runs are kept."
    ),
]
RunOption = Annotated[
    str,
    typer.Option("--run", metavar="RUN", help="Which run, by its identifier; the last by default."),
]
PortfolioOption = Annotated[
    Path | None,
    typer.Option("--portfolio", metavar="FOLDER", help="Portfolio; the bundled one by default."),
]
JsonFlag = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]
