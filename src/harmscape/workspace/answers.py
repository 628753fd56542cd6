"""Answers kept for the next who asks the very same: one Monday's link is opened by many.

An answer depends on the snapshot, the configuration, what its reader may count and see, what people have
written, and the question; all of these are in its key, so nothing is ever stale.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

from harmscape.views.result import Result

_MOST_KEPT = 128
_MOST_ROWS = 20_000
"""Rows of the main tables of all kept answers together; the oldest goes first."""


class Answers:
    """A few of the latest answers of one workspace, by key."""

    def __init__(self) -> None:
        self._held: OrderedDict[str, Result] = OrderedDict()
        self._lock = Lock()

    def get(self, key: str, make: Callable[[], Result]) -> Result:
        """The kept answer, or else the one that is made now; a question that fails keeps nothing."""
        with self._lock:
            found = self._held.get(key)
            if found is not None:
                self._held.move_to_end(key)
                return found
        made = make()
        with self._lock:
            self._held[key] = made
            while len(self._held) > _MOST_KEPT or sum(map(len, self._held.values())) > _MOST_ROWS:
                self._held.popitem(last=False)
        return made
