"""Is it denser than before, or than the people there would say? One surface over another, told or not."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from harmscape.concentration.densest import pieces
from harmscape.concentration.relative_surface import Relative, beside, between
from harmscape.concentration.surface import KM2, Grid
from harmscape.model.errors import SelectionError
from harmscape.model.geography import AREA_KM2
from harmscape.views.concentration_ground import Box, Ground
from harmscape.views.concentration_points import Pointed, pointed
from harmscape.views.concentration_rings import Ring, rings_at
from harmscape.views.concentration_surface_words import beside_sentence
from harmscape.views.concentration_unlike import unlike
from harmscape.views.coverage import is_told, partly_known
from harmscape.views.question import Question
from harmscape.views.sector_overview import Sentence

Floats = NDArray[np.float64]

_DRAWS, _SEED = 199, 20260101
_LISTED = 12


@dataclass(frozen=True, slots=True)
class Spot:
    """A spot that holds clearly more or less than its usual share, named by the area of its strongest cell.

    share: of all harm now; usual: before, or by the figure. ratio: the first over the second, None where
    usual is nothing. incidents: those in it now.
    """

    is_more: bool
    place_id: str
    name: str
    lon: float
    lat: float
    km2: float
    incidents: int
    share: float
    usual: float
    ratio: float | None


@dataclass(frozen=True, slots=True)
class Beside:
    """A surface over another. title: what it stands beside. spots: those told, the largest difference first.

    more, less, known: rings of what is clearly more, clearly less, and of the land where enough lies to tell;
    known_part: of the land, known_share: of the harm. p: of so great a difference anywhere by chance.
    """

    sentence: Sentence
    kind: str
    title: str
    bandwidth_m: float
    spots: tuple[Spot, ...]
    more_of: int
    less_of: int
    more: tuple[Ring, ...]
    less: tuple[Ring, ...]
    known: tuple[Ring, ...]
    known_part: float
    known_share: float
    p: float
    draws: int


@dataclass(frozen=True)
class Land:
    """The cells on which a question is asked, the index of the area of each (-1 outside), and the kernel."""

    question: Question
    ground: Ground
    grid: Grid
    area: NDArray[np.int32]
    bandwidth_m: float

    def rings(self, values: Floats, level: float) -> tuple[Ring, ...]:
        return rings_at(self.ground, self.grid, values, level)


def beside_before(land: Land, held: Pointed, box: Box, *, counts: bool) -> tuple[Beside | None, list[str]]:
    """The shares of every spot beside those of the period compared with; None where it is not known."""
    question, grid = land.question, land.grid
    against = question.selection.against
    assert against is not None
    notes = [*partly_known(question), *unlike(question, against)]
    if not is_told(question, against):
        return None, notes
    before = pointed(question, land.ground, box, against)
    now_points, before_points = _points(held, counts), _points(before, counts)
    if now_points.sum() <= 0 or before_points.sum() <= 0:
        return None, [*notes, "One of the two periods holds nothing to compare."]
    found = between(
        np.concatenate([held.x, before.x]),
        np.concatenate([held.y, before.y]),
        np.concatenate([now_points, before_points]),
        np.repeat([True, False], [len(held.x), len(before.x)]),
        grid,
        bandwidth_m=land.bandwidth_m,
        inside=land.area >= 0,
        draws=_DRAWS,
        seed=_SEED,
    )
    usual = np.bincount(before.cells(grid), before_points, land.area.size) / before_points.sum()
    return _answer(land, held, now_points, found, usual, "period", str(against)), notes


def beside_figure(land: Land, held: Pointed, *, counts: bool) -> tuple[Beside | None, list[str]]:
    """The harm of every spot beside what its part of a figure, residents say, would give it."""
    wanted = land.question.selection.per
    base = land.question.book.base(wanted)
    if base is None:
        raise SelectionError(f"{wanted} is not known of these areas; leave out --per")
    kind, _, values = base
    people = _spread(land, np.where(np.isfinite(values), np.maximum(values, 0.0), 0.0))
    if people.sum() <= 0:
        raise SelectionError(f"{kind} is not known of any of these areas; leave out --per")
    points = _points(held, counts)
    if points.sum() <= 0:
        return None, []
    found = beside(
        held.x, held.y, points, people, land.grid, bandwidth_m=land.bandwidth_m, draws=_DRAWS, seed=_SEED
    )
    usual = (people / people.sum()).ravel()
    notes = []
    if kind != AREA_KM2:
        notes.append(
            f"The {kind} of an area are spread evenly over it; harm can be high where few live and many come."
        )
    named = "land" if kind == AREA_KM2 else kind
    return _answer(land, held, points, found, usual, "figure", named), notes


def _points(held: Pointed, counts: bool) -> Floats:
    return held.events.astype(float) if counts else held.harm


def _spread(land: Land, values: Floats) -> Floats:
    """A figure of areas laid evenly on their cells; of an area without one, on the cell that it is in."""
    grid, area = land.grid, land.area
    cells = np.bincount(area[area >= 0], minlength=len(values))
    found = np.where(area >= 0, (values / np.maximum(cells, 1))[area], 0.0)
    for at in np.flatnonzero((cells == 0) & (values > 0)).tolist():
        west, south, east, north = land.ground.bounds[at]
        column = int(((west + east) / 2 - grid.west) / grid.cell_m)
        row = int(((south + north) / 2 - grid.south) / grid.cell_m)
        if 0 <= row < grid.rows and 0 <= column < grid.columns and area[row, column] >= 0:
            found[row, column] += values[at]
    return np.asarray(found)


def _answer(
    land: Land, held: Pointed, points: Floats, found: Relative, usual: Floats, kind: str, title: str
) -> Beside:
    area, cells = land.area, held.cells(land.grid)
    now = np.bincount(cells, points, area.size) / points.sum()
    many = np.bincount(cells, minlength=area.size)
    more, less = (
        _spots(land, found, told, now, usual, many, is_more=is_more)
        for is_more, told in ((True, found.is_more), (False, found.is_less))
    )
    spots = sorted([*more, *less], key=lambda each: -abs(each.share - each.usual))
    line, z = max(found.line, 1e-9), np.where(found.is_known, found.z, 0.0)
    size = max(int((area >= 0).sum()), 1)
    return Beside(
        sentence=beside_sentence(kind, title, more, less),
        kind=kind,
        title=title,
        bandwidth_m=land.bandwidth_m,
        spots=tuple(spots[:_LISTED]),
        more_of=len(more),
        less_of=len(less),
        more=land.rings(z / line, 1.0) if more else (),
        less=land.rings(-z / line, 1.0) if less else (),
        known=land.rings(found.is_known.astype(float), 0.5),
        known_part=float(found.is_known.sum() / size),
        known_share=float(now[found.is_known.ravel()].sum()),
        p=found.p,
        draws=found.draws,
    )


def _spots(
    land: Land,
    found: Relative,
    told: NDArray[np.bool_],
    now: Floats,
    usual: Floats,
    many: NDArray[np.int64],
    *,
    is_more: bool,
) -> list[Spot]:
    """The pieces that are told one way."""
    piece, number = pieces(told)
    of, book, grid, area = piece.ravel(), land.question.book, land.grid, land.area
    share, before, incidents = (np.bincount(of, each, number + 1) for each in (now, usual, many))
    size = np.bincount(of, minlength=number + 1) * (grid.cell_m**2 / KM2)
    order = np.argsort(np.where(told, np.abs(found.z), -1.0), axis=None)
    tops = np.zeros(number + 1, np.int64)
    tops[of[order]] = order
    lon, lat = land.ground.degrees(grid.x[tops % grid.columns], grid.y[tops // grid.columns])
    return [
        Spot(
            is_more,
            book.codes[area.ravel()[tops[at]]],
            book.names[area.ravel()[tops[at]]],
            float(lon[at]),
            float(lat[at]),
            float(size[at]),
            int(incidents[at]),
            float(share[at]),
            float(before[at]),
            float(share[at] / before[at]) if before[at] > 0 else None,
        )
        for at in range(1, number + 1)
    ]
