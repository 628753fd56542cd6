"""Whose turn it is: few questions are worked out at a time; of those that wait the most urgent goes next."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from heapq import heappop, heappush
from threading import Condition


class Turns:
    """Turns of a few threads. A page asks for its list, rows and more at once: the list is to come first.

    places: how many have a turn at once. kept: how many of those only the most urgent (0) may take.
    """

    def __init__(self, places: int = 1, *, kept: int = 0) -> None:
        self._changed = Condition()
        self._waiting: list[tuple[int, int]] = []
        self._tickets = 0
        self._free = places
        self._kept = kept

    @contextmanager
    def turn(self, urgency: int) -> Iterator[None]:
        """Hold a turn; 0 is most urgent, and among equals who came first goes first."""
        with self._changed:
            self._tickets += 1
            own = (urgency, self._tickets)
            heappush(self._waiting, own)
            self._changed.wait_for(lambda: self._waiting[0] == own and self._free > (urgency and self._kept))
            heappop(self._waiting)
            self._free -= 1
            self._changed.notify_all()
        try:
            yield
        finally:
            with self._changed:
                self._free += 1
                self._changed.notify_all()
