"""Answers kept for the next who asks the very same: one Monday's link is opened by many.

An answer depends on the snapshot, the configuration, what its reader may count and see, what people have
written, and the question; all of these are in its key, so nothing is ever stale.
"""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

from harmscape.views.result import Result

_MOST_KEPT = 512
_MOST_ROWS = 50_000
"""Rows of the main tables of all kept answers together; the oldest goes first, and the newest stays."""


class Answers:
    """A few of the latest answers of one workspace, by key."""

    def __init__(self) -> None:
        self._held: OrderedDict[str, Result] = OrderedDict()
        self._rows = 0
        self._lock = Lock()

    def get(self, key: str) -> Result | None:
        """The answer kept under a key."""
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
            return self._held.get(key)

    def keep(self, key: str, answer: Result) -> None:
        """Keep an answer; the oldest of too many go."""
        with self._lock:
            self._rows += len(answer) - len(self._held.pop(key, ()))
            self._held[key] = answer
            while len(self._held) > _MOST_KEPT or self._rows > _MOST_ROWS:
                self._rows -= len(self._held.popitem(last=False)[1])
