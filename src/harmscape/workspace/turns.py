"""Whose turn it is: one question is worked out at a time; of those that wait the most urgent goes next."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from heapq import heappop, heappush
from threading import Condition


class Turns:
    """Turns of a few threads. A page asks for its list, rows and more at once: the list is to come first."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._waiting: list[tuple[int, int]] = []
        self._tickets = 0
        self._is_taken = False

    @contextmanager
    def turn(self, urgency: int) -> Iterator[None]:
        """Hold the turn; 0 is most urgent, and among equals who came first goes first."""
        with self._changed:
            self._tickets += 1
            own = (urgency, self._tickets)
            heappush(self._waiting, own)
            self._changed.wait_for(lambda: not self._is_taken and self._waiting[0] == own)
            heappop(self._waiting)
            self._is_taken = True
        try:
            yield
        finally:
            with self._changed:
                self._is_taken = False
                self._changed.notify_all()
