"""What each cell of a mesh knows: the one area it lies in, or the few border edges that cross it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from harmscape.places.edges import Edges
from harmscape.places.mesh import EPSILON, Mesh, cells_met, spread

NOWHERE = np.int32(-1)
NO_COVER = np.int32(np.iinfo(np.int32).max)
# A border cell keeps one bit per area whose border enters it; fuller cells are left to the exact test.
MOST_AREAS_IN_A_CELL = 16
CELLS_AT_ONCE = 1 << 22


@dataclass(frozen=True, slots=True)
class Cells:
    """A mesh filled in.

    answer: int32[cells], the area a cell lies wholly in, NOWHERE, or -2 - b for border cell b.
    Per border cell b: its areas at area[area_first[b]:area_first[b + 1]] in ascending order (bit k of a mask
    is the k-th of them); `inside`, the mask of areas holding its south-west corner, adjusted for the edges
    that cross its southern side; `cover`, the lowest area that holds the whole cell, or NO_COVER;
    its edges at line[line_first[b]:line_first[b + 1]].
    line: float64[edges, 5]: a, b, c, left, right; a point (x, y) of the cell lies above the edge where
    a x + b y + c > 0, too near to call within -1..1, and the edge counts for left <= x < right.
    flips: uint16[edges], the mask of areas an edge bounds. is_crowded: bool[border cells].
    """

    answer: NDArray[np.int32]
    area_first: NDArray[np.int64]
    area: NDArray[np.int32]
    inside: NDArray[np.uint16]
    cover: NDArray[np.int32]
    is_crowded: NDArray[np.bool_]
    line_first: NDArray[np.int64]
    line: NDArray[np.float64]
    flips: NDArray[np.uint16]


def fill_cells(edges: Edges, mesh: Mesh, areas: int) -> Cells:
    """Fill a mesh from the borders of areas 0 .. areas - 1, each a valid polygon."""
    edge, cell = cells_met(edges, mesh)
    order = np.argsort(cell, kind="stable")
    edge, cell = edge[order], cell[order]
    border_cell, line_first = np.unique(cell, return_index=True)
    border = np.repeat(np.arange(border_cell.size), np.diff(np.append(line_first, cell.size)))
    answer = np.full(mesh.columns * mesh.rows, NOWHERE)
    covered = _fill_inside(edges, mesh, areas, answer, border_cell)
    answer[border_cell] = -2 - np.arange(border_cell.size, dtype=np.int32)

    piece, at = spread(edges.first[edge], np.diff(edges.first)[edge])
    owner_key = border[piece] * areas + edges.owner[at]
    key = _distinct(owner_key)
    area_first = np.searchsorted(key, np.arange(border_cell.size + 1) * areas)
    slot = np.arange(key.size) - area_first[key // areas] if areas else key
    bit = (1 << np.minimum(slot, MOST_AREAS_IN_A_CELL - 1)).astype(np.uint16)
    first_owner = np.flatnonzero(np.diff(piece, prepend=-1))
    flips = np.bitwise_xor.reduceat(bit[np.searchsorted(key, owner_key)], first_owner) if edge.size else bit
    inside, cover = _corners(key, bit, covered, border_cell.size, areas)
    line, is_under_south_side = _lines(edges, mesh, edge, cell)
    south = np.where(is_under_south_side, flips, 0).astype(np.uint16)
    if edge.size:
        inside ^= np.bitwise_xor.reduceat(south, line_first)
    return Cells(
        answer,
        area_first,
        (key % max(areas, 1)).astype(np.int32),
        inside,
        cover,
        np.diff(area_first) > MOST_AREAS_IN_A_CELL,
        np.append(line_first, cell.size),
        line,
        flips,
    )


def _fill_inside(
    edges: Edges, mesh: Mesh, areas: int, answer: NDArray[np.int32], border_cell: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Write into `answer` the lowest area that holds each cell's south-west corner.

    Returns, for border cells only, every such (border cell, area) pair as border cell * areas + area.
    """
    # An area holds the corners between its 1st and 2nd, 3rd and 4th ... crossing of a line of corners.
    crossing = np.sort(_crossings(edges, mesh, areas))
    length = crossing[1::2] - crossing[0::2]
    row_area, start = np.divmod(crossing[0::2], mesh.columns + 1)
    row, area = np.divmod(row_area, max(areas, 1))
    # Within a row the runs are in order of area; backwards, the lowest area is written last and stays.
    length, area, first_cell = length[::-1], area[::-1], (row * mesh.columns + start)[::-1]
    is_border = np.zeros(answer.size, dtype=bool)
    is_border[border_cell] = True
    pairs = [np.zeros(0, dtype=np.int64)]
    begins = np.flatnonzero(np.diff(np.cumsum(length) // CELLS_AT_ONCE, prepend=-1))
    for begin, end in zip(begins, np.append(begins[1:], length.size), strict=False):
        run, cell = spread(first_cell[begin:end], length[begin:end])
        its_area = area[begin:end][run]
        answer[cell] = its_area
        at_border = is_border[cell]
        pairs.append(np.searchsorted(border_cell, cell[at_border]) * areas + its_area[at_border])
    return np.concatenate(pairs)


def _crossings(edges: Edges, mesh: Mesh, areas: int) -> NDArray[np.int64]:
    """Borders crossing lines of corners: (row * areas + area) * (columns + 1) + the first corner east."""
    low, high = np.minimum(edges.y1, edges.y2), np.maximum(edges.y1, edges.y2)
    first_row = np.floor((low - mesh.y0) / mesh.height).astype(np.int64)
    last_row = np.floor((high - mesh.y0) / mesh.height).astype(np.int64) + 1
    edge, row = spread(first_row, last_row - first_row + 1)
    y = mesh.bottom_of(row)
    does_cross = (low[edge] <= y) & (y < high[edge])
    edge, row = edge[does_cross], row[does_cross]
    x = crossing_x(edges, edge, mesh.bottom_of(row))
    column = np.ceil((x - mesh.x0) / mesh.width).astype(np.int64)
    column -= mesh.left_of(column - 1) >= x
    column += mesh.left_of(column) < x
    piece, at = spread(edges.first[edge], np.diff(edges.first)[edge])
    crossings: NDArray[np.int64] = (row[piece] * areas + edges.owner[at]) * (mesh.columns + 1) + column[piece]
    return crossings


def crossing_x(edges: Edges, edge: NDArray[np.int64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    """The x at which edges cross the height y. One formula for all uses: all must round alike."""
    x1, y1, x2, y2 = edges.x1[edge], edges.y1[edge], edges.x2[edge], edges.y2[edge]
    with np.errstate(divide="ignore", invalid="ignore"):
        x: NDArray[np.float64] = np.clip(x1 + (y - y1) / (y2 - y1) * (x2 - x1), x1, x2)
    return x


def _distinct(keys: NDArray[np.int64]) -> NDArray[np.int64]:
    """Distinct keys, ascending. They come nearly in order, which this sort turns to account."""
    ordered = np.sort(keys, kind="stable")
    return np.asarray(ordered[np.diff(ordered, prepend=-1) != 0])


def _corners(
    key: NDArray[np.int64], bit: NDArray[np.uint16], covered: NDArray[np.int64], borders: int, areas: int
) -> tuple[NDArray[np.uint16], NDArray[np.int32]]:
    """Split the areas that hold a border cell's corner: those with an edge in the cell, and those without."""
    inside = np.zeros(borders, dtype=np.uint16)
    cover = np.full(borders, NO_COVER)
    if not key.size:
        return inside, cover
    place = np.minimum(np.searchsorted(key, covered), key.size - 1)
    has_edge = key[place] == covered
    np.bitwise_or.at(inside, covered[has_edge] // areas, bit[place[has_edge]])
    np.minimum.at(cover, covered[~has_edge] // areas, (covered[~has_edge] % areas).astype(np.int32))
    return inside, cover


def _lines(
    edges: Edges, mesh: Mesh, edge: NDArray[np.int64], cell: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """The test of each edge in each cell it meets, and whether it starts flipped.

    A point is joined to the cell's south-west corner by going down to the southern side and then along it. An
    edge counts where it is crossed on the way down (left <= x < right and the point above). One that rises to
    the right out of the southern side is crossed either on the way down or along the side, wherever the point
    lies right of it: flipped at first, and flipped back for points above it.
    """
    row, column = np.divmod(cell, mesh.columns)
    x1, y1, x2, y2 = edges.x1[edge], edges.y1[edge], edges.x2[edge], edges.y2[edge]
    y_south = mesh.bottom_of(row)
    does_cross = (y1 <= y_south) != (y2 <= y_south)
    crosses_in_cell = does_cross & (crossing_x(edges, edge, y_south) > mesh.left_of(column))
    is_below = (y1 <= y_south) & (y2 <= y_south)
    rises = y2 > y1
    left = np.where(does_cross, np.where(rises, -np.inf, np.where(crosses_in_cell, x1, np.inf)), x1)
    left[is_below] = np.inf
    right = np.where(does_cross & ~rises, np.inf, x2)
    a, b = y1 - y2, x2 - x1
    c = -(a * x1 + b * y1)
    reach_x = max(abs(mesh.x0), abs(mesh.x0 + mesh.columns * mesh.width))
    reach_y = max(abs(mesh.y0), abs(mesh.y0 + mesh.rows * mesh.height))
    doubt = 64 * EPSILON * (np.abs(a) * reach_x + np.abs(b) * reach_y)
    line = np.stack([a / doubt, b / doubt, c / doubt, left, right], axis=1)
    return line, crosses_in_cell & rises
