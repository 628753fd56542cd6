"""Which areas of a geography border one another, read once for each edition and kept."""

from __future__ import annotations

import threading
from collections import OrderedDict

import shapely
from scipy import sparse

from harmscape.places.features import shapes_array
from harmscape.places.neighbours import neighbours
from harmscape.views.question import Question

_MOST = 8
_held: OrderedDict[tuple[str, str, str], sparse.csr_array] = OrderedDict()
_turn = threading.Lock()


def borders_of(question: Question) -> sparse.csr_array:
    """Who borders whom among the question's areas, ones, shape (p, p), in the order of their numbers."""
    book = question.book
    key = (question.context.snapshot, book.geography.id, book.edition)
    with _turn:
        if key in _held:
            _held.move_to_end(key)
            return _held[key]
    rows = question.cursor.arrow(
        "shapes",
        "select a.geometry, a.epsg from area a where a.geography = ? and a.edition = ? order by a.area_no",
        [book.geography.id, book.edition],
    )
    shapes = shapely.from_wkb(shapes_array(rows.column("geometry").to_pylist()))
    found = neighbours(shapes, epsg=rows.column("epsg")[0].as_py() if rows.num_rows else 27700)
    with _turn:
        _held[key] = found
        while len(_held) > _MOST:
            _held.popitem(last=False)
    return found
