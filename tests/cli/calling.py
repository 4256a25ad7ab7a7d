"""Calling the command line as a shell would, in this process or in one of its own."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path
from typing import Any

from typer.testing import CliRunner, Result

from forecasts.cli import application
from forecasts.ledger import open_store, write_run
from tests.builders_run import run_document

RUN = "9f3c2a17d0b45e68"


def call(*words: str) -> Result:
    """Call the command line; nothing but its own exit leaves it."""
    result = CliRunner().invoke(application(words[0]), list(words), prog_name="forecasts")
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def start(*words: str, **over: Any) -> subprocess.CompletedProcess[str]:
    """Call ``forecasts`` in a process of its own."""
    command = [sys.executable, "-c", "from forecasts.cli import main; main()", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, **over)


def on_terminal(columns: int, *words: str) -> str:
    """Call ``forecasts`` on a terminal of `columns` columns, and return what it shows."""
    ours, theirs = pty.openpty()
    environment = {**os.environ, "COLUMNS": str(columns), "TERM": "dumb"}
    command = [sys.executable, "-c", "from forecasts.cli import main; main()", *words]
    with subprocess.Popen(command, stdout=theirs, stderr=theirs, env=environment) as process:
        os.close(theirs)
        shown = b""
        try:
            while chunk := os.read(ours, 65536):
                shown += chunk
        except OSError:  # the other end was closed: the process is done
            pass
    os.close(ours)
    assert process.returncode == 0, shown.decode()
    return shown.decode()


def stored(folder: Path, **over: Any) -> Path:
    """Store a run, as the pipeline does, in `folder`."""
    write_run(open_store(folder), run_document(**over), Path.touch, {})
    return folder
