"""Live progress on the error stream: one moving line on a screen, plain lines elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click
from rich.console import Console
from rich.status import Status


@contextmanager
def telling(what: str) -> Iterator[Callable[[str], None]]:
    """A function that tells each step as it begins, with the seconds since the start."""
    started = time.monotonic()
    if sys.stderr.isatty():
        with Status(what, console=Console(stderr=True)) as status:
            yield lambda step: status.update(f"{what}: {step} ({time.monotonic() - started:.0f} s)")
    else:
        yield lambda step: click.echo(f"{what}: {step} ({time.monotonic() - started:.1f} s)", err=True)
    click.echo(f"{what}: done in {time.monotonic() - started:.1f} s", err=True)
