"""A snapshot, opened for reading: locked to its own folders, with its areas and figures at hand."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

import harmscape
from harmscape.access import Gate, Held
from harmscape.engine import Duck, Engine
from harmscape.model.declared import digest_of
from harmscape.model.domain import Domain
from harmscape.model.entity import CATEGORY
from harmscape.model.geography import SMALLER_THAN_ANY_LSOA_M2, Geography
from harmscape.model.outcome import why_no_outcome
from harmscape.places.area import boxes_geojson, shapes_geojson, to_geojson
from harmscape.places.around import around
from harmscape.places.grid import is_finer_than_lsoa
from harmscape.places.tiles import Land
from harmscape.rollup import read_dictionaries
from harmscape.scoring.terms import Lookup
from harmscape.views.context import AreaBook, Context
from harmscape.views.extents import last_complete_day, read_extents
from harmscape.workspace.cache import EditionInUse, cache_path, editions_in_use, weighing_attributes
from harmscape.workspace.ledger import Ledger, Manifest
from harmscape.workspace.operations import register
from harmscape.workspace.shapes import kept_shapes
from harmscape.workspace.tables import read_policies

if TYPE_CHECKING:
    from harmscape.workspace.workspace import Workspace

_SHOWN_CORNERS_M = 40.0
_MOST_TILES = 400


@dataclass
class Snapshot:
    """One snapshot: the gate to its events, and what views may know beside them."""

    engine: Duck
    gate: Gate
    context: Context
    ledger: Ledger
    manifest: Manifest
    shapes: dict[str, str]

    boxes: dict[str, str] = field(default_factory=dict)
    lands: dict[str, Land] = field(default_factory=dict)
    tiles: dict[tuple[str, int, int, int], bytes] = field(default_factory=dict)

    def geojson(self, cursor: Engine, geography: str) -> str:
        """The newest edition of a geography as GeoJSON, simplified once and kept."""
        if geography not in self.shapes:
            edition = self.context.book(geography).edition
            folder = self.ledger.folder.parent / "cache"
            self.shapes[geography] = kept_shapes(
                folder, self._made_from(geography), lambda: _geojson(cursor, geography, edition)
            )
        return self.shapes[geography]

    def areas(self, cursor: Engine, geography: str, most: int | None, near: Sequence[str] = ()) -> str:
        """The areas for a map: whole, or by their boxes alone where there are more than `most`.

        Either way with the address of their tiles, which changes with the boundaries. near: those about
        some areas alone.
        """
        book = self.context.book(geography)
        if near:
            return self._about(cursor, book, near)
        if most is not None and len(book.codes) > most:
            if geography not in self.boxes:
                boxes = self.land(cursor, geography).boxes
                self.boxes[geography] = boxes_geojson(book.codes, book.names, boxes)
            text = self.boxes[geography]
        else:
            text = self.geojson(cursor, geography)
        of = digest_of(self._made_from(geography))
        address = f"/api/tiles/{geography}/{{z}}/{{x}}/{{y}}?of={of}&snapshot={self.context.snapshot}"
        return f'{text[:-1]},"tiles":{json.dumps(address)}}}'

    def _about(self, cursor: Engine, book: AreaBook, near: Sequence[str]) -> str:
        """The areas about some named by code or name, and the member `frame`: what of the land to show."""
        named = [book.numbers[each] - 1 if each in book.numbers else book.index(each) for each in near]
        found = around(self.land(cursor, book.geography.id), np.unique(np.array(named, dtype=np.int64)))
        codes = [book.codes[each] for each in found.positions]
        names = [book.names[each] for each in found.positions]
        text = shapes_geojson(codes, names, found.shapes, found.outline)
        return f'{text[:-1]},"frame":{json.dumps(np.round(found.frame, 5).tolist())}}}'

    def land(self, cursor: Engine, geography: str) -> Land:
        """The areas of a geography, ready to be cut into tiles."""
        if geography not in self.lands:
            self.lands[geography] = Land.of(self.geojson(cursor, geography))
        return self.lands[geography]

    def tile(self, land: Land, geography: str, z: int, x: int, y: int) -> bytes:
        """A tile of a land; those cut of late are kept."""
        key = geography, z, x, y
        found = self.tiles.get(key)
        if found is None:
            found = self.tiles[key] = land.tile(z, x, y)
            for old in list(self.tiles)[:-_MOST_TILES]:
                self.tiles.pop(old, None)
        return found

    def _made_from(self, geography: str) -> list[object]:
        held = self.manifest.of("area", geography=geography, edition=self.context.book(geography).edition)
        return [_SHOWN_CORNERS_M, *(each.sha256 for each in held)]

    def facts(self, cursor: Engine) -> dict[str, Any]:
        """The workspace in a few facts: names, choices, how far its data reach."""
        domain = self.context.domain
        extents = tuple(read_extents(cursor, self.context))
        linked = {link.kind for source in domain.sources for link in source.links}
        files = cursor.rows("last load", "select max(f.loaded_at) from delivered_file f")
        return {
            "title": domain.settings.title,
            "marking": domain.settings.marking,
            "program": f"harmscape {harmscape.__version__}",
            "snapshot": self.context.snapshot,
            "data_up_to": max((extent.up_to for extent in extents), default=None),
            "last_complete": last_complete_day(extents),
            "loaded_at": files[0][0],
            "geographies": [
                _geography_facts(book) for name, book in self.context.books.items() if "@" not in name
            ],
            "measures": [
                {
                    "id": each.id,
                    "title": each.title,
                    "kind": each.kind,
                    "theme": each.theme,
                    "measures": list(each.measures),
                    "reason": each.reason,
                    "scheme": each.scheme,
                    "no_outcome": why_no_outcome(domain, each),
                }
                for each in domain.measures
            ],
            "subjects": [
                {"id": each.id, "title": each.title, "plural": each.many, "has_members": bool(each.members)}
                for each in (
                    *(kind for kind in domain.entities if kind.id in linked and not kind.on_map),
                    CATEGORY,
                )
            ],
            "on_map": [
                {"id": kind.id, "title": kind.title, "plural": kind.many}
                for kind in domain.entities
                if kind.id in linked and kind.on_map
            ],
            "schemes": [
                {"id": each.id, "title": each.title, "status": each.status, "unit": each.unit}
                for each in domain.schemes
            ],
            "categories": [{"id": each.id, "title": each.title} for each in domain.categories.values()],
            "defaults": domain.settings.defaults.model_dump(),
            "pages": [each.model_dump() for each in domain.pages],
            "attribution": list(domain.settings.attribution),
        }

    def close(self) -> None:
        """Let go of the files."""
        self.gate.close()
        self.engine.close()


def _geojson(cursor: Engine, geography: str, edition: str) -> str:
    table = cursor.arrow(
        "shapes",
        """
        select a.code, a.name, a.geometry, a.epsg from area a
        where a.geography = ? and a.edition = ? order by a.area_no
        """,
        [geography, edition],
    )
    return to_geojson(
        table.column("code").to_pylist(),
        table.column("name").to_pylist(),
        table.column("geometry").to_pylist(),
        table.column("epsg")[0].as_py(),
        tolerance_m=_SHOWN_CORNERS_M,
    )


def open_snapshot(workspace: Workspace, name: str) -> Snapshot:
    """Open a snapshot by name, building its cache where that is missing."""
    domain, ledger = workspace.domain, workspace.ledger
    manifest = ledger.manifest(name) if name != "none" else Manifest()
    ledger.refuse_what_is_gone(manifest)
    path = cache_path(workspace.folder, ledger, domain, manifest)
    engine = Duck(path, read_only=True)
    editions = editions_in_use(domain, manifest)
    books = {
        name: book
        for each in editions
        for book in [_book(engine, ledger, domain, manifest, each)]
        for name in each.names
    }
    lookup = Lookup(
        domain=domain,
        dictionaries=read_dictionaries(engine, domain.attributes),
        areas={name: book.numbers for name, book in books.items()},
        columns={name: each.column for each in editions for name in each.names},
        weighing=frozenset(weighing_attributes(domain)),
    )
    context = Context(
        domain,
        lookup,
        books,
        manifest.snapshot,
        harmscape.__version__,
        operations=lambda number: register(domain, workspace.state, as_registered=number),
    )
    gate = Gate(
        engine,
        _held(ledger, manifest, editions),
        read_policies(engine, ledger, manifest).by_number,
        workspace.audit,
        sources={source.id: source.policy for source in domain.sources},
    )
    engine.lock([ledger.folder, Path(path).parent])
    return Snapshot(engine, gate, context, ledger, manifest, {})


def _held(ledger: Ledger, manifest: Manifest, editions: list[EditionInUse]) -> Held:
    placed = [
        f"select {each.geography!r} as geography, {each.edition!r} as edition, p.* from "
        + ledger.over(
            manifest.of("event_area", geography=each.geography, edition=each.edition, boundary=each.boundary),
            "event_area",
        )
        + " p"
        for each in editions
    ]
    nowhere = f"select '' as geography, '' as edition, p.* from {ledger.over([], 'event_area')} p"
    return Held(
        compact="compact_event",
        clustered="clustered",
        extent="extent",
        linked="linked",
        link="link",
        register="register_row",
        astray="astray",
        value="value",
        entity="entity",
        tally="tally",
        wide="wide_tally",
        event=ledger.relation(manifest, "event"),
        row=ledger.relation(manifest, "source_row"),
        place=f"({' union all '.join(placed) or nowhere})",
        file="delivered",
        area=ledger.over([segment for each in editions for segment in each.areas], "area"),
        denominator=ledger.relation(manifest, "denominator"),
    )


def _book(
    engine: Duck, ledger: Ledger, domain: Domain, manifest: Manifest, edition: EditionInUse
) -> AreaBook:
    """The areas of an edition with their figures, in the order of their numbers."""
    rows = engine.rows(
        "areas",
        f"select a.code, a.name, a.parent_code, a.area_m2 from {ledger.over(list(edition.areas), 'area')} a"
        " order by a.area_no",
    )
    codes = tuple(row[0] for row in rows)
    index = {code: number for number, code in enumerate(codes)}
    figures: dict[str, tuple[int, np.ndarray[Any, np.dtype[np.float64]]]] = {}
    held = manifest.of("denominator", geography=edition.geography, edition=edition.edition)
    newest = {segment.of["kind"]: segment for segment in held}
    for kind, segment in newest.items():
        values = np.full(len(codes), np.nan)
        year = 0
        for code, figure_year, value in engine.rows(
            "figures", f"select d.code, d.year, d.value from {ledger.over([segment], 'denominator')} d"
        ):
            year = figure_year
            if code in index:
                values[index[code]] = float(value)
        figures[kind] = (year, values)
    geography = domain.geography(edition.geography)
    order = [each.id for one in geography.editions if one.id == edition.edition for each in one.denominators]
    return AreaBook(
        geography=geography,
        edition=edition.edition,
        codes=codes,
        names=tuple(row[1] for row in rows),
        parents=tuple(row[2] for row in rows),
        figures={kind: figures[kind] for kind in order if kind in figures},
        size_km2=np.array([row[3] for row in rows], dtype=np.float64) / 1e6,
        finer=_is_finer(geography, [row[3] for row in rows]),
    )


def _is_finer(geography: Geography, areas_m2: list[float]) -> bool:
    """Whether areas are finer than an LSOA: as declared, by a grid's cells, or as they measure."""
    grid = geography.grid
    if geography.finer_than_lsoa or grid is None:
        is_tiny = bool(areas_m2) and float(np.median(areas_m2)) < SMALLER_THAN_ANY_LSOA_M2
        return geography.finer_than_lsoa or is_tiny
    size = grid.size_m if grid.kind == "square" else grid.resolution
    assert size is not None
    return is_finer_than_lsoa(grid.kind, size)


def _geography_facts(book: AreaBook) -> dict[str, Any]:
    base = book.base()
    return {
        "id": book.geography.id,
        "title": book.geography.title,
        "plural": book.geography.many,
        "areas": len(book.codes),
        "parent": book.geography.parent if isinstance(book.geography, Geography) else None,
        "edition": book.edition,
        "base": base[0] if base else None,
        "also": list(book.geography.also),
    }
