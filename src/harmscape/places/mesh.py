"""A uniform mesh of cells over a set of borders, and which cells each border edge meets."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from harmscape.places.edges import Edges

EPSILON = float(np.finfo(np.float64).eps)


@dataclass(frozen=True, slots=True)
class Mesh:
    """Equal cells with a spare ring around the borders, numbered row by row from the south-west.

    x0, y0, width, height: in the units of the coordinates. slack: a length well above the rounding of any
    coordinate here; an edge closer than this to a cell counts as meeting it.
    """

    x0: float
    y0: float
    width: float
    height: float
    columns: int
    rows: int
    slack: float

    def cell_of(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.int64]:
        """The cell of each point; points outside and NaN fall in the spare ring."""
        with np.errstate(over="ignore", invalid="ignore"):
            column = (x - self.x0) * (1.0 / self.width)
            row = (y - self.y0) * (1.0 / self.height)
        # fmin and fmax pass over NaN, so that a missing coordinate ends in the spare ring too.
        np.fmax(np.fmin(column, self.columns - 1, out=column), 0, out=column)
        np.fmax(np.fmin(row, self.rows - 1, out=row), 0, out=row)
        return row.astype(np.int64) * self.columns + column.astype(np.int64)

    def left_of(self, column: NDArray[np.int64]) -> NDArray[np.float64]:
        """The western x of cells by column."""
        return np.asarray(self.x0 + column * self.width, dtype=np.float64)

    def bottom_of(self, row: NDArray[np.int64]) -> NDArray[np.float64]:
        """The southern y of cells by row."""
        return np.asarray(self.y0 + row * self.height, dtype=np.float64)


def mesh_over(edges: Edges, cells: int) -> Mesh:
    """A mesh of about `cells` nearly square cells over the borders."""
    if not edges.x1.size:
        return Mesh(0.0, 0.0, 1.0, 1.0, 1, 1, 0.0)
    left, right = float(edges.x1.min()), float(edges.x2.max())
    low = float(min(edges.y1.min(), edges.y2.min()))
    high = float(max(edges.y1.max(), edges.y2.max()))
    slack = 256 * EPSILON * max(abs(left), abs(right), abs(low), abs(high))
    across, up = right - left + 4 * slack, high - low + 4 * slack
    size = max((across * up / cells) ** 0.5, max(across, up) / cells, 1e4 * slack)
    columns, rows = int(np.ceil(across / size)), int(np.ceil(up / size))
    # Borders often run along round coordinates; a mesh line that avoids them keeps cells whole.
    shift = 0.381966 * size
    return Mesh(left - size - shift, low - size - shift, size, size, columns + 3, rows + 3, slack)


def spread(start: NDArray[np.int64], count: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Expand runs: for run r the numbers start[r] .. start[r] + count[r] - 1, as (run, number) pairs.

    >>> [part.tolist() for part in spread(np.array([5, 9]), np.array([2, 1]))]
    [[0, 0, 1], [5, 6, 9]]
    """
    run = np.repeat(np.arange(count.size), count)
    offset = np.arange(run.size) - np.repeat(np.cumsum(count) - count, count)
    return run, start[run] + offset


def cells_met(edges: Edges, mesh: Mesh) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Every (edge, cell) pair where the edge comes within the slack of the cell."""
    low, high = np.minimum(edges.y1, edges.y2), np.maximum(edges.y1, edges.y2)
    first_row = _index(low - mesh.slack, mesh.y0, mesh.height)
    last_row = _index(high + mesh.slack, mesh.y0, mesh.height)
    edge, row = spread(first_row, last_row - first_row + 1)
    x_low, x_high = _x_range(edges, edge, row, mesh)
    first_column = _index(x_low - mesh.slack, mesh.x0, mesh.width)
    last_column = _index(x_high + mesh.slack, mesh.x0, mesh.width)
    piece, column = spread(first_column, last_column - first_column + 1)
    return edge[piece], row[piece] * mesh.columns + column


def _x_range(
    edges: Edges, edge: NDArray[np.int64], row: NDArray[np.int64], mesh: Mesh
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The x interval that each edge covers within the slack of a row."""
    y_low, y_high = mesh.bottom_of(row) - mesh.slack, mesh.bottom_of(row + 1) + mesh.slack
    x1, y1, x2, y2 = edges.x1[edge], edges.y1[edge], edges.x2[edge], edges.y2[edge]
    rise = y2 - y1
    # Dividing by a rise below the slack would magnify rounding; the whole width is a safe answer there.
    is_level = np.abs(rise) <= mesh.slack
    run_per_rise = (x2 - x1) / np.where(is_level, 1.0, rise)
    at_low = np.clip(x1 + (y_low - y1) * run_per_rise, x1, x2)
    at_high = np.clip(x1 + (y_high - y1) * run_per_rise, x1, x2)
    return (
        np.where(is_level, x1, np.minimum(at_low, at_high)),
        np.where(is_level, x2, np.maximum(at_low, at_high)),
    )


def _index(value: NDArray[np.float64], origin: float, size: float) -> NDArray[np.int64]:
    return np.floor((value - origin) / size).astype(np.int64)
