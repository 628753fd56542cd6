"""The demo force that several benchmarks ask, made once a run."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from functools import cache
from pathlib import Path

from harmscape.workspace import open_workspace
from harmscape.workspace.begin import make_demo

EVENTS = int(os.environ.get("BENCH_EVENTS", "5000000"))


@cache
def force() -> Path:
    """The folder of a loaded demo of BENCH_EVENTS events; BENCH_FORCE names one that is there already."""
    if ready := os.environ.get("BENCH_FORCE"):
        return Path(ready)
    scratch = tempfile.mkdtemp()
    atexit.register(shutil.rmtree, scratch, ignore_errors=True)
    folder = Path(scratch) / "force"
    make_demo(folder, events=EVENTS, seed=1, null=False, progress=lambda _: None)
    workspace = open_workspace(folder)
    workspace.load()
    workspace.close()
    return folder
