"""Whose turn it is: few questions are worked out at a time; of those that wait the most urgent goes next."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition


class Turns:
    """Turns of a few threads. A page asks for its list, rows and more at once: the list is to come first.

    places: how many have a turn at once. kept: how many of those only the most urgent (0) may take.
    """

    def __init__(self, places: int = 1, *, kept: int = 0) -> None:
        self._changed = Condition()
        self._waiting: list[tuple[int, int, str]] = []
        self._at_work: list[str] = []
        self._tickets = 0
        self._places, self._kept = places, kept

    @contextmanager
    def turn(self, urgency: int, what: str = "") -> Iterator[None]:
        """Hold a turn; 0 is most urgent, and among equals who came first goes first.

        what: no two turns with the same are held at once; the second most likely finds the work done.
        """
        with self._changed:
            self._tickets += 1
            own = (urgency, self._tickets, what)
            self._waiting.append(own)
            self._changed.wait_for(lambda: self._is_next(own))
            self._waiting.remove(own)
            self._at_work.append(what)
            self._changed.notify_all()
        try:
            yield
        finally:
            with self._changed:
                self._at_work.remove(what)
                self._changed.notify_all()

    def _is_next(self, own: tuple[int, int, str]) -> bool:
        free = self._places - len(self._at_work) - (self._kept if own[0] else 0)
        able = (each for each in self._waiting if not each[2] or each[2] not in self._at_work)
        return free > 0 and min(able, default=None) == own
