"""The shapes of an edition's areas, and what was worked out from them, kept for the next question."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, Generic, TypeVar

import shapely
from numpy.typing import NDArray

from harmscape.engine import Engine
from harmscape.places.crs import BRITISH_GRID
from harmscape.places.features import shapes_array
from harmscape.views.context import AreaBook
from harmscape.views.question import Question

Made = TypeVar("Made")


def shapes_of(cursor: Engine, book: AreaBook) -> tuple[NDArray[Any], int]:
    """The shapes of a book's areas in the order of their numbers, object[p], and their system."""
    rows = cursor.arrow(
        "shapes",
        "select a.geometry, a.epsg from area a where a.geography = ? and a.edition = ? order by a.area_no",
        [book.geography.id, book.edition],
    )
    epsg = int(rows.column("epsg")[0].as_py()) if rows.num_rows else BRITISH_GRID
    return shapely.from_wkb(shapes_array(rows.column("geometry").to_pylist())), epsg


class KeptByEdition(Generic[Made]):
    """What was made from the shapes of the editions asked for last, `most` of them."""

    def __init__(self, most: int) -> None:
        self._held: OrderedDict[tuple[str, str, str], Made] = OrderedDict()
        self._most = most
        self._turn = threading.Lock()

    def of(self, question: Question, make: Callable[[NDArray[Any], int], Made]) -> Made:
        """What was made for the question's own areas; made now from their shapes and system if it was not."""
        book = question.book
        key = (question.context.snapshot, book.geography.id, book.edition)
        with self._turn:
            if key in self._held:
                self._held.move_to_end(key)
                return self._held[key]
        found = make(*shapes_of(question.cursor, book))
        with self._turn:
            self._held[key] = found
            while len(self._held) > self._most:
                self._held.popitem(last=False)
        return found

    def clear(self) -> None:
        """Keep nothing more."""
        self._held.clear()
