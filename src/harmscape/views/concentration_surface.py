"""Where is the heart of it, whatever the borders? A smooth surface of harm, and the densest land under it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from math import sqrt
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from harmscape.concentration.bandwidth import FEWEST, width_by_halves
from harmscape.concentration.densest import level_holding, pieces
from harmscape.concentration.surface import KM2, Grid, surface
from harmscape.engine import Engine
from harmscape.model.errors import SelectionError, nearest
from harmscape.model.geography import FINEST_FOR_SNAPPED_M2
from harmscape.views.asked_number import asked_number
from harmscape.views.concentration_beside import Beside, Land, beside_before, beside_figure
from harmscape.views.concentration_events import of_flows
from harmscape.views.concentration_ground import Box, Ground, ground_of
from harmscape.views.concentration_points import Pointed, pointed
from harmscape.views.concentration_rings import Ring, grown, rings_at
from harmscape.views.concentration_surface_words import surface_sentence
from harmscape.views.context import Context
from harmscape.views.question import Question, ask
from harmscape.views.result import Result
from harmscape.views.sector_overview import Sentence

WIDTHS_M = (150.0, 250.0, 350.0, 500.0, 750.0, 1_000.0, 1_500.0, 2_500.0)
_NARROWEST_M, _WIDEST_M = 100.0, 10_000.0
_WITHOUT_PROOF_M = 1_000.0
SNAPPED_M = sqrt(FINEST_FOR_SNAPPED_M2)
"""Snapped points bear no narrower kernel: half a kilometre, the side of what is as small as an LSOA."""
SHARES = (0.1, 0.25, 0.5, 0.8)
HEART = 0.25
WIDER = 2.0
"""A ratio of two surfaces needs a wider kernel than either: it varies more, and is smoother."""
_LISTED, _MOST_CELLS, _MOST_IN_GRID = 12, 2_000, 4_000_000
HARM, EVENTS = "harm", "events"


@dataclass(frozen=True, slots=True)
class Band:
    """The densest land that holds a share of the harm: its size, its part of all land, and its rings.

    per_km2: points (or events) a square kilometre at its rim. rings: longitude and latitude.
    """

    share: float
    km2: float
    part_of_land: float
    per_km2: float
    rings: tuple[Ring, ...]


@dataclass(frozen=True, slots=True)
class Heart:
    """A piece of the densest land that holds a quarter, most harm first; named by the area at its top.

    incidents, events, harm: of what lies in it, exactly. share: of all. largest: the part of it that its
    gravest incident makes; near 1 it is one incident and no hot spot.
    """

    no: int
    place_id: str
    name: str
    lon: float
    lat: float
    km2: float
    incidents: int
    events: int
    harm: Decimal
    share: float
    largest: float


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of the densest land: its middle, points (or events) a square kilometre, and its band."""

    lon: float
    lat: float
    per_km2: float
    band: float


@dataclass(frozen=True, kw_only=True)
class Surface(Result):
    """The surface: `cells` of the densest land, densest first; `bands` and `hearts` of it.

    bandwidth_m: the standard deviation of the kernel; bandwidth_said: who chose it, and why. beside: the same
    beside another period or a figure, where one was asked for.
    """

    ROWS: ClassVar[str] = "cells"

    sentence: Sentence
    what: str
    bandwidth_m: float
    bandwidth_said: str
    cell_m: float
    land_km2: float
    incidents: int
    bands: tuple[Band, ...]
    hearts: tuple[Heart, ...]
    hearts_of: int
    cells: tuple[Cell, ...]
    beside: Beside | None
    by: Mapping[str, str]
    descriptor: str
    selection: Mapping[str, str]


def surface_view(
    cursor: Engine,
    context: Context,
    words: Mapping[str, object],
    *,
    bandwidth: float | str = "auto",
    what: str = HARM,
) -> Surface:
    """Draw where harm is dense, over the land of all areas or of some.

    bandwidth: metres, from 100 to 10,000, or `auto`. what: `harm` or `events`. With `against` the shares of
    every spot are set beside those of that period, with `per` beside a figure. Raises SelectionError for both
    at once, for a bandwidth that snapped points cannot bear, unless asked for with `finer`, and where no area
    has a shape.
    """
    if what not in (HARM, EVENTS):
        raise SelectionError(f"a surface is of harm or of events, not {what[:40]!r}{nearest(what, SHOWN)}")
    question = of_flows(ask(cursor, context, words), some_areas=True)
    chosen = question.selection
    if chosen.against and chosen.per:
        raise SelectionError("a surface stands beside a period or beside a figure: leave out one of them")
    ground, wanted = ground_of(question), _wanted(question)
    box = ground.box(wanted)
    held = pointed(question, ground, box)
    width, said = _width(held, box, bandwidth, finer=chosen.finer)
    grid, area = ground.cells(box, width / 2, only=wanted)
    weights = held.harm if what == HARM else held.events.astype(float)
    made = surface(held.x, held.y, weights, grid, bandwidth_m=width, inside=area >= 0)
    bands = _bands(ground, grid, made) if weights.sum() > 0 else ()
    hearts, number = _hearts(question, ground, grid, area, made, held, weights)
    notes = [*question.notes(), *held.left_out()]
    beside, more = _beside(question, ground, held, box, width, what)
    return Surface(
        sentence=surface_sentence(what, bands, hearts, number, incidents=len(held.x)),
        what=what,
        bandwidth_m=width,
        bandwidth_said=said,
        cell_m=grid.cell_m,
        land_km2=float((area >= 0).sum() * grid.cell_m**2 / KM2),
        incidents=len(held.x),
        bands=bands,
        hearts=tuple(hearts),
        hearts_of=number,
        cells=_cells(ground, grid, made, bands),
        beside=beside,
        by={
            "id": question.book.geography.id,
            "title": question.book.geography.title,
            "plural": question.book.geography.many,
        },
        descriptor=f"{question.measure.title}, {chosen.period}.",
        warnings=(*notes, *more, *_snapped_said(held, width)),
        selection=chosen.words(),
    )


SHOWN = (HARM, EVENTS)


def _wanted(question: Question) -> NDArray[np.int64]:
    """The indexes of the areas that were named; none where all are meant."""
    numbers = question.book.numbers
    return np.array([numbers[code] - 1 for code in question.selection.areas if code in numbers], np.int64)


def _width(held: Pointed, box: Box, asked: float | str, *, finer: bool) -> tuple[float, str]:
    """The bandwidth in metres, and how it came about."""
    least = SNAPPED_M if held.snapped and not finer else 0.0
    if asked != "auto":
        width = asked_number(asked, "bandwidth", _NARROWEST_M, _WIDEST_M)
        if width < least:
            raise SelectionError(
                "these points were snapped to map points by their publisher: a kernel narrower than"
                f" {least:,.0f} metres would draw those. Ask for a wider one, or by name with --finer"
            )
        west, south, east, north = box
        if 4 * (east - west) * (north - south) / width**2 > _MOST_IN_GRID:
            raise SelectionError("so narrow a kernel is too fine for so wide a land; name areas, or widen it")
        return width, "as asked"
    widths = [each for each in WIDTHS_M if each >= least]
    found = width_by_halves(held.x, held.y, widths, box=box, most_cells=_MOST_IN_GRID, seed=0)
    if found is None:
        return _WITHOUT_PROOF_M, f"fewer than {FEWEST} incidents do not tell widths apart"
    tail = "" if found > least else "; snapped points bear none narrower"
    return (
        found,
        f"of {len(widths)} widths the one by which half of the incidents best foretells the rest{tail}",
    )


def _bands(ground: Ground, grid: Grid, made: NDArray[np.float64]) -> tuple[Band, ...]:
    land, drawn = np.isfinite(made).sum(), grown(made)
    found = []
    for share in SHARES:
        level = level_holding(made, share)
        within = int((made >= level).sum())
        rings = rings_at(ground, grid, drawn, level)
        size = within * grid.cell_m**2 / KM2
        found.append(Band(share, size, within / int(land), level, rings))
    return tuple(found)


def _hearts(
    question: Question,
    ground: Ground,
    grid: Grid,
    area: NDArray[np.int32],
    made: NDArray[np.float64],
    held: Pointed,
    weights: NDArray[np.float64],
) -> tuple[list[Heart], int]:
    """The pieces of the densest land, those with most of what is drawn first; and how many there are."""
    total, book = float(weights.sum()), question.book
    if total <= 0:
        return [], 0
    piece, number = pieces(made >= level_holding(made, HEART))
    of = piece.ravel()[held.cells(grid)]
    sums = np.bincount(of, weights, number + 1)
    heaviest = np.zeros(number + 1)
    np.maximum.at(heaviest, of, weights)
    many, events = (np.bincount(of, each, number + 1) for each in (np.ones(len(of)), held.events))
    tops = _tops(made, piece, number)
    lon, lat = ground.degrees(grid.x[tops % grid.columns], grid.y[tops // grid.columns])
    size = np.bincount(piece.ravel(), minlength=number + 1) * (grid.cell_m**2 / KM2)
    first = sorted(range(1, number + 1), key=lambda each: (-sums[each], each))[:_LISTED]
    return [
        Heart(
            no,
            book.codes[area.ravel()[tops[at - 1]]],
            book.names[area.ravel()[tops[at - 1]]],
            float(lon[at - 1]),
            float(lat[at - 1]),
            float(size[at]),
            int(many[at]),
            int(events[at]),
            held.sum_of(of == at),
            float(sums[at] / total),
            float(heaviest[at] / sums[at]) if sums[at] > 0 else 0.0,
        )
        for no, at in enumerate(first, 1)
    ], number


def _tops(made: NDArray[np.float64], piece: NDArray[np.int32], number: int) -> NDArray[np.int64]:
    """The densest cell of each piece, numbered row by row, int64[number]."""
    order = np.argsort(np.nan_to_num(made, nan=-1.0), axis=None)
    found = np.zeros(number + 1, np.int64)
    # The densest comes last and stays.
    found[piece.ravel()[order]] = order
    return found[1:]


def _cells(
    ground: Ground, grid: Grid, made: NDArray[np.float64], bands: tuple[Band, ...]
) -> tuple[Cell, ...]:
    if not bands:
        return ()
    flat = np.nan_to_num(made.ravel(), nan=-1.0)
    order = np.argsort(-flat, kind="stable")[: min(_MOST_CELLS, int((flat >= bands[-1].per_km2).sum()))]
    lon, lat = ground.degrees(grid.x[order % grid.columns], grid.y[order // grid.columns])
    levels = np.array([band.per_km2 for band in bands])
    within = np.array([band.share for band in bands])[(flat[order, None] < levels).sum(axis=1)]
    return tuple(
        Cell(*each)
        for each in zip(
            lon.tolist(), lat.tolist(), np.round(flat[order], 3).tolist(), within.tolist(), strict=True
        )
    )


def _beside(
    question: Question, ground: Ground, held: Pointed, box: Box, width: float, what: str
) -> tuple[Beside | None, list[str]]:
    if question.selection.against is None and question.selection.per is None:
        return None, []
    wide = WIDER * width
    grid, area = ground.cells(box, wide / 2, only=_wanted(question))
    land = Land(question, ground, grid, area, wide)
    if question.selection.against is not None:
        return beside_before(land, held, box, counts=what == EVENTS)
    return beside_figure(land, held, counts=what == EVENTS)


def _snapped_said(held: Pointed, width: float) -> list[str]:
    if not held.snapped:
        return []
    if width < SNAPPED_M:
        return ["Snapped points: so narrow a kernel draws map points, which stand for several addresses."]
    return [
        f"Snapped points: nothing finer than {SNAPPED_M:,.0f} metres is drawn of them, as a map point stands"
        " for several addresses."
    ]
