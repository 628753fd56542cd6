"""One line of a benchmark: what was done, how long it took, beside a named peer and the bar."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table. ratio: how many times faster than the peer, where one was run."""

    what: str
    ours: str
    peer: str = "-"
    ratio: float | None = None
    bar: str = "-"
    is_met: bool | None = None


def timed(work: Callable[[], Value], times: int = 1) -> tuple[Value, float]:
    """What the work gives, and the least seconds of some runs."""
    best, value = float("inf"), None
    for _ in range(times):
        started = time.perf_counter()
        value = work()
        best = min(best, time.perf_counter() - started)
    assert value is not None
    return value, best


def show(figures: Iterable[Figure]) -> None:
    """Print figures as they are measured."""
    for each in figures:
        ratio = f"{each.ratio:.1f}x" if each.ratio is not None else ""
        met = "" if each.is_met is None else "met" if each.is_met else "MISSED"
        print(f"{each.what:58} {each.ours:>22} {each.peer:>24} {ratio:>7} {each.bar:>16} {met}", flush=True)
