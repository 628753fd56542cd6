"""The memory of this process and of all that it started, watched while something runs."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_SECONDS = 0.1
_PROC = Path("/proc")


@contextmanager
def watched(peaks: dict[str, float], step: str) -> Iterator[None]:
    """Note the greatest resident memory of the whole tree of processes under `<step>_gib`, in GiB.

    Pages of files that are only mapped count too. Where the system does not tell, nothing is noted.
    """
    done = threading.Event()
    name = f"{step}_gib"

    def watch() -> None:
        while not done.wait(_SECONDS):
            peaks[name] = max(peaks.get(name, 0.0), _resident(os.getpid()) / 2**20)

    watcher = threading.Thread(target=watch, daemon=True)
    if _PROC.exists():
        watcher.start()
    try:
        yield
    finally:
        done.set()
        if watcher.is_alive():
            watcher.join()


def _resident(root: int) -> float:
    """KiB of a process and its descendants."""
    children: dict[int, list[int]] = {}
    kib: dict[int, float] = {}
    for folder in _PROC.iterdir():
        if folder.name.isdigit():
            try:
                lines = (folder / "status").read_text().splitlines()
            except OSError:
                continue
            held = dict(line.split(":", 1) for line in lines if ":" in line)
            number = int(folder.name)
            children.setdefault(int(held["PPid"]), []).append(number)
            kib[number] = float(held.get("VmRSS", "0 kB").split()[0])
    total, waiting = 0.0, [root]
    while waiting:
        number = waiting.pop()
        total += kib.get(number, 0.0)
        waiting += children.get(number, [])
    return total
