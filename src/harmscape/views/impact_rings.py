"""Rings about an operation: did the harm move next door?

The bordering areas are one ring. Rings in metres count events by their own points, at their distance from the
treated ground. A point that its publisher snapped stands for the places around it, so that no ring narrower
than the grain of snapping is claimed of such points: the bordering areas stand in its place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray

from harmscape.model.errors import SelectionError
from harmscape.model.geography import FINEST_FOR_SNAPPED_M2
from harmscape.places.crs import BRITISH_GRID, transform
from harmscape.scoring.score import event_sql
from harmscape.views.impact_counts import Counts, Flags
from harmscape.views.impact_effect import Compared, displacement
from harmscape.views.impact_ground import Ground
from harmscape.views.impact_result import Ring
from harmscape.views.question import Question, parameters
from harmscape.views.words import mid_sentence

SNAPPING_GRAIN_M = float(np.sqrt(FINEST_FOR_SNAPPED_M2))
_MOST_RINGS, _WIDEST_M = 5, 20_000.0


@dataclass(frozen=True)
class Band:
    """A ring in metres, with its events by month; `series` shape (m,), nan in a gap."""

    metres_from: float
    metres_to: float
    series: NDArray[np.float64]


def rings_of(
    question: Question, ground: Ground, compared: Compared, control: Flags, edges: Sequence[float]
) -> tuple[list[Ring], list[str]]:
    """The rings, nearest first, the last of them all rings together; and what must be said of them.

    control: the units that the ring is compared with, shape (u,). Empty where nothing can stand beside it.
    """
    refused = refused_buffers(question, edges)
    notes = [refused] if refused else []
    if not control.any() or (not ground.bordering.any() and (refused or not edges)):
        return [], [*notes, "No area is left to compare the surroundings with."]
    if refused or not edges:
        beside = Compared(compared.counts, ground.bordering, control, compared.before, compared.after)
        codes = tuple(ground.book.codes[unit] for unit in np.flatnonzero(ground.bordering).tolist())
        name = f"Bordering {mid_sentence(ground.book.geography.many)}"
        return [_ring(name, None, None, codes, beside, "ring")], notes
    bands = read_bands(question, ground, compared.counts, edges)
    found = [_of_band(compared, control, band, "band") for band in bands]
    notes.append("Rings in metres count events by their own points, in rows that you may open.")
    if len(bands) > 1:
        whole = Band(0.0, edges[-1], np.sum([band.series for band in bands], axis=0))
        found.append(_of_band(compared, control, whole, "band"))
    return found, notes


def _of_band(compared: Compared, control: Flags, band: Band, name: str) -> Ring:
    counts, own = with_band(compared.counts, band)
    beside = Compared(counts, own, np.append(control, False), compared.before, compared.after)
    width = f"{band.metres_from:,.0f}–{band.metres_to:,.0f} m"
    return _ring(width, band.metres_from, band.metres_to, (), beside, name)


def _ring(
    title: str, lo: float | None, hi: float | None, areas: tuple[str, ...], beside: Compared, name: str
) -> Ring:
    before, after = beside.table(beside.treated)
    change = replace(displacement(beside), name=name, title=title)
    return Ring(title, lo, hi, areas, int(before), int(after), change)


def parse_buffers(text: str) -> tuple[float, ...]:
    """The outer edges of rings in metres, nearest first.

    >>> parse_buffers("250,500")
    (250.0, 500.0)
    """
    try:
        found = [float(each) for each in text.split(",") if each.strip()]
    except ValueError:
        raise SelectionError("expected the rings of --buffer in metres, for example 250,500") from None
    if len(found) > _MOST_RINGS or not all(0 < each <= _WIDEST_M for each in found):
        raise SelectionError(
            f"--buffer takes up to {_MOST_RINGS} rings of more than 0 and at most {_WIDEST_M:,.0f} metres"
        )
    return tuple(sorted(set(found)))


def refused_buffers(question: Question, edges: Sequence[float]) -> str | None:
    """Why rings in metres cannot be told of these events; None where they can."""
    if not edges or min(np.diff([0.0, *edges])) >= SNAPPING_GRAIN_M:
        return None
    picked = question.pick()
    snapped = question.cursor.rows(
        "snapped",
        f"select 1 from {picked.relation()} e where e.snapped and {picked.events.sql} limit 1",
        picked.events.parameters,
    )
    if not snapped:
        return None
    return (
        f"Rings narrower than {SNAPPING_GRAIN_M:,.0f} m are not told of points that their publisher snapped"
        " to map points: the bordering areas stand in their place."
    )


def read_bands(question: Question, ground: Ground, counts: Counts, edges: Sequence[float]) -> list[Band]:
    """The events of each ring by month, by points that the reader may open."""
    picked = question.pick()
    weighed = event_sql(picked, question.area_column, question.attributes)
    question.cursor.create("ringed", weighed, parameters(picked, tallied=False))
    near = shapely.buffer(ground.union, max(edges)).bounds
    table = question.cursor.arrow(
        "points",
        """
        select date_trunc('month', r.day)::date as month, e.x, e.y, e.epsg::bigint as epsg
        from ringed r join seen_event e on e.event_id = r.event_id
        where e.x is not null and e.y is not null
        """,
    )
    x, y = _on_grid(*(table.column(name).to_numpy() for name in ("x", "y", "epsg")))
    inside = (x >= near[0]) & (x <= near[2]) & (y >= near[1]) & (y <= near[3])
    place = {month: index for index, month in enumerate(counts.months)}
    month = np.array([place[each] for each in table.column("month").to_pylist()], dtype=np.int64)[inside]
    shapely.prepare(ground.union)
    far = shapely.distance(ground.union, shapely.points(x[inside], y[inside]))
    found = []
    for lo, hi in pairwise([0.0, *edges]):
        series = np.zeros(len(counts.months))
        np.add.at(series, month[(far > lo) & (far <= hi)], 1.0)
        series[~counts.usable] = np.nan
        found.append(Band(lo, hi, series))
    return found


def with_band(counts: Counts, band: Band) -> tuple[Counts, NDArray[np.bool_]]:
    """The same counts with a ring as one unit more, and the flag of that unit, shape (u + 1,)."""
    events = np.vstack([counts.events, band.series])
    own = np.zeros(len(events), dtype=bool)
    own[-1] = True
    return replace(counts, events=events), own


def _on_grid(
    x: NDArray[np.float64], y: NDArray[np.float64], epsg: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    east, north = np.full(len(x), np.nan), np.full(len(x), np.nan)
    for system in np.unique(epsg):
        own = epsg == system
        east[own], north[own] = transform(x[own], y[own], source=int(system), target=BRITISH_GRID)
    return east, north
