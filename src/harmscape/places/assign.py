"""The area of every event: by its point, else by the label in its row; and where the two disagree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from harmscape.model.geography import UNPLACED
from harmscape.places.boundaries import BoundarySet
from harmscape.places.crs import transform
from harmscape.places.distinct import on_distinct
from harmscape.places.locate import Locator

NOT_COMPARED = -1


class Method(IntEnum):
    """How an event got its area."""

    UNPLACED = 0
    POINT = 1
    LABEL = 2


class Reason(IntEnum):
    """Why an event has no area."""

    NONE = 0
    NO_LOCATION = 1
    OUTSIDE_ALL_AREAS = 2
    UNKNOWN_LABEL = 3


class Areas:
    """The areas of one edition of a geography, numbered from 1 in order of code.

    codes: distinct, ascending. polygons: object[n] of valid shapely polygons in the system `epsg`, or None
    for areas known by label only.
    Raises ValueError if codes are not ascending and distinct or the numbers of codes and polygons differ.
    """

    def __init__(self, codes: Sequence[str], polygons: NDArray[Any] | None, epsg: int) -> None:
        if any(left >= right for left, right in pairwise(codes)):
            raise ValueError("the codes of areas must be distinct and in ascending order")
        if polygons is not None and len(polygons) != len(codes):
            raise ValueError(f"{len(codes)} codes for {len(polygons)} polygons")
        self.codes = tuple(codes)
        self.epsg = epsg
        self._polygons = polygons
        self._number = {folded(code): number for number, code in enumerate(codes, start=1)}

    @classmethod
    def of(cls, boundaries: BoundarySet) -> Areas:
        """The areas of a boundary file."""
        return cls(boundaries.codes, boundaries.polygons(), boundaries.epsg)

    @cached_property
    def _locator(self) -> Locator | None:
        return None if self._polygons is None else Locator(self._polygons)

    def by_point(self, x: NDArray[np.float64], y: NDArray[np.float64], *, epsg: int) -> NDArray[np.int32]:
        """The area numbers of points (float64[n] in the system `epsg`), or 0; repeats are placed once."""
        locator = self._locator
        if locator is None:
            return np.zeros(len(x), dtype=np.int32)

        def locate(some_x: NDArray[np.float64], some_y: NDArray[np.float64]) -> NDArray[np.int32]:
            return locator.locate(*transform(some_x, some_y, source=epsg, target=self.epsg)) + np.int32(1)

        return on_distinct(locate, np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64))

    def by_label(self, labels: Any) -> NDArray[np.int32]:
        """The area numbers of labels (Arrow array or sequence of str or None), or 0; case does not matter."""
        coded = _coded(labels)
        distinct = coded.dictionary.to_pylist()
        number = np.array(
            [self._number.get(folded(label or ""), 0) for label in distinct] + [0], dtype=np.int32
        )
        return np.asarray(number[coded.indices.fill_null(len(distinct)).to_numpy(zero_copy_only=False)])


@dataclass(frozen=True, slots=True)
class Assignment:
    """The area of each event.

    area: int32[n], numbered from 1 in order of code, 0 for UNPLACED. method, reason: uint8[n], see `Method`
    and `Reason`. agrees: int8[n], 1 where the label names the area the point lies in, 0 where it names
    another, -1 where the row lacks a point or a label of this geography. labelled: int32[n], the area the
    label names.
    """

    area: NDArray[np.int32]
    method: NDArray[np.uint8]
    reason: NDArray[np.uint8]
    agrees: NDArray[np.int8]
    labelled: NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Disagreement:
    """How labels and points compare: rows with both, those that agree, those that differ.

    pairs: the commonest differences as (area by label, area by point or UNPLACED, rows).
    """

    both: int
    agree: int
    differ: int
    pairs: tuple[tuple[str, str, int], ...]


def assign(
    x: NDArray[np.float64], y: NDArray[np.float64], *, epsg: int, areas: Areas, labels: Any = None
) -> Assignment:
    """Place events in areas: by point where they have one, else by label.

    x, y: float64[n] in the system `epsg`, NaN where a row has no point. labels: area codes per row or None.
    A point outside all areas stays unplaced even with a label: the two contradict each other, and the point
    is the finer statement.

    >>> from shapely import box
    >>> town = Areas(["A", "B"], np.array([box(0, 0, 1, 1), box(1, 0, 2, 1)]), 27700)
    >>> x, y = np.array([0.5, 1.5, np.nan, 9.0]), np.array([0.5, 0.5, np.nan, 0.5])
    >>> placed = assign(x, y, epsg=27700, areas=town, labels=["a", "A", " b ", None])
    >>> placed.area.tolist(), placed.agrees.tolist()
    ([1, 2, 2, 0], [1, 0, -1, -1])
    """
    has_point = np.isfinite(x) & np.isfinite(y)
    by_point = areas.by_point(x, y, epsg=epsg)
    labels = pa.nulls(len(x), pa.string()) if labels is None else labels
    labelled = areas.by_label(labels)
    has_label = _has_text(labels)
    area = np.where(has_point, by_point, labelled).astype(np.int32)
    method = np.select([area == 0, has_point], [Method.UNPLACED, Method.POINT], default=Method.LABEL)
    reason = np.select(
        [area > 0, has_point, has_label],
        [Reason.NONE, Reason.OUTSIDE_ALL_AREAS, Reason.UNKNOWN_LABEL],
        default=Reason.NO_LOCATION,
    )
    agrees = np.where(has_point & (labelled > 0), by_point == labelled, NOT_COMPARED)
    return Assignment(
        area, method.astype(np.uint8), reason.astype(np.uint8), agrees.astype(np.int8), labelled
    )


def disagreement(assignment: Assignment, codes: Sequence[str], *, top: int = 10) -> Disagreement:
    """Sum up where labels and points differ, with the commonest pairs first and ties in order of code."""
    names = np.array([UNPLACED, *codes], dtype=object)
    differs = assignment.agrees == 0
    pair = assignment.labelled[differs].astype(np.int64) * len(names) + assignment.area[differs]
    distinct, rows = np.unique(pair, return_counts=True)
    order = np.lexsort((distinct, -rows))[:top]
    return Disagreement(
        both=int((assignment.agrees != NOT_COMPARED).sum()),
        agree=int((assignment.agrees == 1).sum()),
        differ=int(differs.sum()),
        pairs=tuple(
            (str(names[key // len(names)]), str(names[key % len(names)]), int(count))
            for key, count in zip(distinct[order].tolist(), rows[order].tolist(), strict=True)
        ),
    )


def folded(label: str) -> str:
    """A label without case and without differences in white space.

    >>> folded(" E01027356\\u00a0")
    'e01027356'
    """
    return " ".join(label.split()).casefold()


def _coded(labels: Any) -> pa.DictionaryArray:
    """Labels as numbers of distinct labels."""
    array = labels if isinstance(labels, pa.Array | pa.ChunkedArray) else pa.array(labels, pa.string())
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    return array if pa.types.is_dictionary(array.type) else array.dictionary_encode()


def _has_text(labels: Any) -> NDArray[np.bool_]:
    coded = _coded(labels)
    has_text = np.array([bool((label or "").strip()) for label in coded.dictionary.to_pylist()] + [False])
    return np.asarray(has_text[coded.indices.fill_null(len(has_text) - 1).to_numpy(zero_copy_only=False)])
