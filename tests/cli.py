"""The command line in tests: run in this process for speed, or as the real program."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from harmscape.publish.cli.main import cli

PROGRAM = [sys.executable, "-m", "harmscape"]


@dataclass(frozen=True)
class Said:
    """What a command wrote to each stream, and its exit status."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one document on standard output; anything beside it fails the test."""
        return json.loads(self.out)


def run(*words: object) -> Said:
    """A command in this process. An error that no person caused is raised, never shown."""
    done = CliRunner().invoke(cli, [str(word) for word in words], prog_name="harmscape")
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return Said(done.exit_code, done.stdout, done.stderr)


def program(*words: object, cwd: Path | None = None) -> Said:
    """A command as its own process."""
    done = subprocess.run(
        [*PROGRAM, *(str(word) for word in words)],
        capture_output=True, text=True, timeout=300, check=False, cwd=cwd,
    )  # fmt: skip
    return Said(done.returncode, done.stdout, done.stderr)


def rejects(workspace: Path) -> list[dict[str, str]]:
    """Every refused row of a workspace, in the order of loads."""
    csv.field_size_limit(1 << 24)
    rows: list[dict[str, str]] = []
    for path in sorted((workspace / "rejects").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            rows += csv.DictReader(file)
    return rows
