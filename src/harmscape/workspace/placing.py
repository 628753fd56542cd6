"""Placing: every event of every segment in each edition of each geography, once, at load."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import shapely
from numpy.typing import NDArray

from harmscape.engine import Duck
from harmscape.model.domain import Domain
from harmscape.model.geography import Geography, Grid
from harmscape.places.area import area_facts
from harmscape.places.assign import Areas, Assignment, Method, Reason, assign
from harmscape.places.crs import transform
from harmscape.places.distinct import on_distinct
from harmscape.places.grid import GridCells, h3_cells, square_cells
from harmscape.workspace.boundaries import area_segments, area_table
from harmscape.workspace.ledger import Ledger, Manifest, Segment

GRID_EDITION = "grid"
_METHODS = pa.array([method.name.lower() for method in Method])
_REASONS = pa.array([reason.name.lower() for reason in Reason])

_FAR = 1e9
"""Metres or degrees beyond every area."""

Floats = NDArray[np.float64]


def place_events(engine: Duck, domain: Domain, ledger: Ledger, manifest: Manifest) -> list[Segment]:
    """New `event_area` segments (and `area` segments of grids) for events not yet placed.

    A boundary that changed places all events anew for its edition; nothing else is done twice.
    """
    waiting: dict[str, list[_Boundaries]] = {}
    made: list[Segment] = []
    for geography in domain.geographies:
        if geography.grid is not None:
            made += _place_on_grid(engine, geography, geography.grid, ledger, manifest)
        for edition in geography.editions:
            held = area_segments(manifest, geography.id, edition.id)
            if held:
                of = {"geography": geography.id, "edition": edition.id, "boundary": held[-1].of["boundary"]}
                wanted = _Boundaries(of, partial(_areas, engine, ledger, held))
                for segment in _not_placed(manifest, of):
                    waiting.setdefault(segment.path, []).append(wanted)
    for segment in manifest.of("event"):
        if segment.path in waiting:
            # The points of a segment are read once for all boundaries, and carried into each system once.
            points = _Points(_read_points(engine, ledger, segment))
            for each in waiting[segment.path]:
                made.append(_placed(domain, ledger, manifest, segment, each, points))
    return made


@dataclass
class _Boundaries:
    """One edition of a geography: what its segments are marked with, and its areas once they are needed."""

    of: Mapping[str, str]
    read: Callable[[], Areas]

    @cached_property
    def areas(self) -> Areas:
        return self.read()


@dataclass
class _Points:
    """The points of one segment of events."""

    table: pa.Table
    _known: dict[int, tuple[Floats, Floats]] = field(default_factory=dict)

    def within(self, epsg: int) -> tuple[Floats, Floats]:
        """The coordinates in a system; a place that many events share is carried there once."""
        if epsg not in self._known:
            x, y = _coordinates(self.table)
            places: list[tuple[Floats, Floats]] = []

            def number(some_x: Floats, some_y: Floats) -> NDArray[np.int64]:
                places[:] = [(some_x, some_y)]
                return np.arange(some_x.size)

            which = on_distinct(number, x, y)
            there_x, there_y = transform(*places[0], source=_epsg(self.table), target=epsg)
            # A point that the other system cannot hold is still a point: it lies outside all areas.
            lost = np.isfinite(places[0][0]) & ~np.isfinite(there_x)
            self._known[epsg] = np.where(lost, _FAR, there_x)[which], np.where(lost, _FAR, there_y)[which]
        return self._known[epsg]


def _not_placed(manifest: Manifest, of: Mapping[str, str]) -> list[Segment]:
    placed = {segment.of["events"] for segment in manifest.of("event_area", **of)}
    return [segment for segment in manifest.of("event") if segment.path not in placed]


def _areas(engine: Duck, ledger: Ledger, held: list[Segment]) -> Areas:
    table = engine.arrow(
        "areas", f"select a.code, a.geometry, a.epsg from {ledger.over(held, 'area')} a order by a.area_no"
    )
    epsg = table.column("epsg")[0].as_py() if table.num_rows else 4326
    polygons = np.asarray(shapely.from_wkb(np.array(table.column("geometry").to_pylist(), dtype=object)))
    return Areas(table.column("code").to_pylist(), polygons, epsg)


def _placed(
    domain: Domain,
    ledger: Ledger,
    manifest: Manifest,
    events: Segment,
    boundaries: _Boundaries,
    points: _Points,
) -> Segment:
    of, areas = boundaries.of, boundaries.areas
    label = domain.source(events.of["source"]).label if _declared(domain, events) else None
    labels = points.table.column("label") if label and label.geography == of["geography"] else None
    found = assign(*points.within(areas.epsg), epsg=areas.epsg, areas=areas, labels=labels)
    return _write(ledger, manifest, events, of, points.table, found)


def _place_on_grid(
    engine: Duck, geography: Geography, grid: Grid, ledger: Ledger, manifest: Manifest
) -> list[Segment]:
    """Place events in generated cells; cells met for the first time are numbered after those known."""
    of = {
        "geography": geography.id,
        "edition": GRID_EDITION,
        "boundary": f"{grid.kind}-{grid.size_m or grid.resolution}",
    }
    held = manifest.of("area", **of)
    codes = [
        code
        for (code,) in engine.rows(
            "cells", f"select a.code from {ledger.over(held, 'area')} a order by a.area_no"
        )
    ]
    made: list[Segment] = []
    for number, events in enumerate(_not_placed(manifest, of)):
        points = _read_points(engine, ledger, events)
        cells = _cells(grid, points)
        known = {code: index for index, code in enumerate(codes, start=1)}
        fresh = [code for code in cells.codes if code not in known]
        if fresh:
            made.append(_grow(ledger, manifest, of, cells, fresh, len(codes) + 1, number))
            codes += fresh
            known |= {code: index for index, code in enumerate(codes, start=1)}
        numbers = np.array([0, *(known[code] for code in cells.codes)], dtype=np.int32)[cells.of_point]
        made.append(_write(ledger, manifest, events, of, points, _on_grid(points, numbers)))
    return made


def _cells(grid: Grid, points: pa.Table) -> GridCells:
    x, y = _coordinates(points)
    if grid.size_m is not None:
        return square_cells(x, y, epsg=_epsg(points), size_m=grid.size_m)
    return h3_cells(x, y, epsg=_epsg(points), resolution=int(grid.resolution or 0))


def _grow(
    ledger: Ledger,
    manifest: Manifest,
    of: dict[str, str],
    cells: GridCells,
    fresh: list[str],
    first: int,
    number: int,
) -> Segment:
    at = {code: index for index, code in enumerate(cells.codes)}
    wkb = shapely.to_wkb(cells.polygons()[[at[code] for code in fresh]]).tolist()
    facts = area_facts(wkb, cells.epsg)
    table = area_table(
        of,
        codes=fresh,
        names=fresh,
        parents=[None] * len(fresh),
        facts=(facts.area_m2, facts.lon, facts.lat),
        epsg=cells.epsg,
        wkb=wkb,
        first=first,
    )
    path = ledger.new_path("area", manifest.load_no + 1, f"{of['geography']}-{number}")
    pq.write_table(table, path)
    return ledger.segment("area", path, len(fresh), **of)


def _on_grid(points: pa.Table, numbers: NDArray[np.int32]) -> Assignment:
    x, _ = _coordinates(points)
    placed = numbers > 0
    reason = np.where(
        placed, Reason.NONE, np.where(np.isnan(x), Reason.NO_LOCATION, Reason.OUTSIDE_ALL_AREAS)
    )
    return Assignment(
        area=numbers,
        method=np.where(placed, Method.POINT, Method.UNPLACED).astype(np.uint8),
        reason=reason.astype(np.uint8),
        agrees=np.full(len(numbers), -1, dtype=np.int8),
        labelled=np.zeros(len(numbers), dtype=np.int32),
    )


def _declared(domain: Domain, events: Segment) -> bool:
    return any(source.id == events.of["source"] for source in domain.sources)


def _read_points(engine: Duck, ledger: Ledger, events: Segment) -> pa.Table:
    return engine.arrow(
        "points", f"select e.event_id, e.x, e.y, e.epsg, e.label from {ledger.over([events], 'event')} e"
    )


def _coordinates(points: pa.Table) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    x, y = (points.column(name).to_numpy() for name in ("x", "y"))
    return np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)


def _epsg(points: pa.Table) -> int:
    """The one system of a segment's points; a source declares one."""
    found = [each for each in points.column("epsg").unique().to_pylist() if each is not None]
    assert len(found) <= 1, "a source gives its points in one system"
    return found[0] if found else 4326


def _write(
    ledger: Ledger,
    manifest: Manifest,
    events: Segment,
    of: Mapping[str, str],
    points: pa.Table,
    found: Assignment,
) -> Segment:
    agrees: Any = pa.array(found.agrees > 0, mask=found.agrees < 0)
    table = pa.table(
        {
            "event_id": points.column("event_id"),
            "area_no": pa.array(found.area, pa.int32()),
            "method": pa.DictionaryArray.from_arrays(found.method.astype(np.int8), _METHODS),
            "reason": pa.DictionaryArray.from_arrays(
                pa.array(found.reason.astype(np.int8), mask=found.reason == Reason.NONE), _REASONS
            ),
            "agrees": agrees,
        }
    )
    name = f"{of['geography']}-{of['edition']}-{Path(events.path).stem}"
    path = ledger.new_path("event_area", manifest.load_no + 1, name)
    pq.write_table(table, path, compression="zstd")
    return ledger.segment("event_area", path, table.num_rows, **of, events=events.path)
