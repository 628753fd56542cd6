"""The ground of an impact: the small areas an operation worked in, those beside them, those fit to compare.

Answers "which places are compared, and why these?". Units are the areas of the smallest geography that nests
in the operation's own; for a drawn area, those whose middle lies within.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from harmscape.engine import Engine
from harmscape.model.errors import SelectionError
from harmscape.model.operation import Operation, Registered
from harmscape.model.period import Period
from harmscape.places.area import reproject
from harmscape.places.crs import BRITISH_GRID
from harmscape.views.context import AreaBook, Context
from harmscape.views.drawn import area_for_snapped, areas_within
from harmscape.views.edition_shapes import shapes_of

Flags = NDArray[np.bool_]

TOUCHING_M = 5.0
"""Areas nearer than this share a border: boundary files leave slivers."""


@dataclass(frozen=True)
class Elsewhere:
    """Another operation that ran in the same months: its areas are no controls.

    overlaps: how many of the areas compared as treated it worked in too.
    """

    id: str
    title: str
    areas: int
    overlaps: int


@dataclass(frozen=True)
class Ground:
    """The units by role, each flag of shape (u,), in the order of the book's codes.

    bordering: share a border with a treated area, and are not treated. eligible: neither treated, bordering
    nor operated in by another operation. union: the treated ground on the National Grid, in metres.
    """

    book: AreaBook
    treated: Flags
    bordering: Flags
    eligible: Flags
    elsewhere: tuple[Elsewhere, ...]
    union: Any
    shapes: NDArray[Any]


def ground_of(
    cursor: Engine,
    context: Context,
    operation: Operation,
    others: Sequence[Registered],
    span: Period,
) -> Ground:
    """The units of an operation. others: the whole register; span: the months compared.

    Raises SelectionError where no area nests in it, or lies within what was drawn.
    """
    book = units_of(context, operation)
    treated = units_in(cursor, context, operation, book)
    if not treated.any():
        raise SelectionError(
            f"no {book.geography.title.lower()} has its middle within the drawn area of {operation.title}:"
            " draw it larger, or name areas"
        )
    shapes = _shapes(cursor, book)
    union = shapely.union_all(shapely.make_valid(shapes[treated]))
    bordering = _near(shapes, union, TOUCHING_M) & ~treated
    elsewhere, operated = _elsewhere(cursor, context, operation, others, span, book, treated)
    return Ground(book, treated, bordering, ~treated & ~bordering & ~operated, elsewhere, union, shapes)


def units_of(context: Context, operation: Operation) -> AreaBook:
    """The areas that stand as units: the smallest that nest in the operation's, none finer than an LSOA."""
    if operation.by is None:
        found = area_for_snapped(context)
        if found is None:
            raise SelectionError("no geography here has areas that a drawn area could be told by")
        return found
    own = context.book(operation.by)
    below = [
        book
        for name, book in context.books.items()
        if "@" not in name
        and not book.finer
        and book.codes
        and _path(context, name, operation.by) is not None
    ]
    return min([*below, own], key=lambda book: (float(np.median(book.size_km2)), book.geography.id))


def units_in(cursor: Engine, context: Context, operation: Operation, book: AreaBook) -> Flags:
    """Which units an operation worked in, shape (u,)."""
    inside = np.zeros(len(book.codes), dtype=bool)
    if operation.by is None:
        inside[np.array(areas_within(cursor, book, shapely.Polygon(operation.corners)), dtype=int) - 1] = True
        return inside
    chosen = {
        context.book(operation.by).codes[context.book(operation.by).index(each)] for each in operation.areas
    }
    path = _path(context, book.geography.id, operation.by)
    if path is None:
        # Two operations of different levels: told by where the middles of the units lie.
        own = context.book(operation.by)
        shape = shapely.union_all(
            shapely.make_valid(_shapes(cursor, own)[[own.codes.index(code) for code in sorted(chosen)]])
        )
        middles = shapely.point_on_surface(_shapes(cursor, book))
        return np.asarray(shapely.intersects(shape, middles))
    return np.array([_top(code, path) in chosen for code in book.codes])


def _path(context: Context, below: str, above: str) -> list[Mapping[str, str | None]] | None:
    """For each step up from one geography to another, the area above each; None where it does not nest."""
    steps: list[Mapping[str, str | None]] = []
    here = below
    while here != above:
        declared = context.domain.geography(here)
        if declared.parent is None or here not in context.books:
            return None
        book = context.books[here]
        if all(parent is None for parent in book.parents):
            return None
        steps.append(dict(zip(book.codes, book.parents, strict=True)))
        here = declared.parent
    return steps


def _top(code: str, path: Sequence[Mapping[str, str | None]]) -> str | None:
    here: str | None = code
    for step in path:
        here = step.get(here) if here is not None else None
    return here


def _shapes(cursor: Engine, book: AreaBook) -> NDArray[Any]:
    """The areas of a book on the National Grid."""
    held, epsg = shapes_of(cursor, book)
    return reproject(held, source=epsg, target=BRITISH_GRID)


def _near(shapes: NDArray[Any], union: Any, metres: float) -> Flags:
    found = np.zeros(len(shapes), dtype=bool)
    found[shapely.STRtree(shapes).query(union, predicate="dwithin", distance=metres)] = True
    return found


def _elsewhere(
    cursor: Engine,
    context: Context,
    operation: Operation,
    others: Sequence[Registered],
    span: Period,
    book: AreaBook,
    treated: Flags,
) -> tuple[tuple[Elsewhere, ...], Flags]:
    """The other operations that ran in some of the months compared, and the units they worked in."""
    told, operated = [], np.zeros(len(book.codes), dtype=bool)
    for each in sorted((each.operation for each in others), key=lambda one: one.id):
        over = each.ends is not None and each.ends <= span.starts
        if each.id == operation.id or over or each.starts >= span.ends:
            continue
        own = units_in(cursor, context, each, book)
        told.append(Elsewhere(each.id, each.title, int(own.sum()), int((own & treated).sum())))
        operated |= own
    return tuple(told), operated
