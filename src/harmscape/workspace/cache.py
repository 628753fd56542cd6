"""The cache of compact events: one database file per snapshot and configuration, disposable."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from harmscape.engine import Duck
from harmscape.model.declared import digest_of
from harmscape.model.domain import Domain
from harmscape.rollup import FORM, CompactInput, LinkInput, Piece, build_compact, build_links, build_values
from harmscape.workspace.boundaries import area_segments
from harmscape.workspace.ledger import Ledger, Manifest, Segment
from harmscape.workspace.placing import GRID_EDITION

_KEPT = 3
_PIECE_ROWS = 2_000_000
"""So many events are joined with their areas at once; a single segment may be larger."""
_ABANDONED_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class EditionInUse:
    """One edition of a geography that holds areas: its column in compact events and its segments.

    newest: the one that is meant where a question names no edition.
    """

    geography: str
    edition: str
    column: str
    newest: bool
    boundary: str
    areas: tuple[Segment, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The words of a selection that mean this edition."""
        named = f"{self.geography}@{self.edition}"
        return (self.geography, named) if self.newest else (named,)


def editions_in_use(domain: Domain, manifest: Manifest) -> list[EditionInUse]:
    """Every edition with areas, the newest of each geography last; a geography is asked for by its newest."""
    found = []
    for geography in domain.geographies:
        editions = sorted(
            geography.editions, key=lambda each: (each.starts is not None, each.starts, each.id)
        )
        names = [edition.id for edition in editions] if editions else [GRID_EDITION]
        held_by_name = {name: held for name in names if (held := area_segments(manifest, geography.id, name))}
        for number, (name, held) in enumerate(held_by_name.items()):
            newest = number == len(held_by_name) - 1
            column = geography.id if newest else f"{geography.id}__{number}"
            boundary = held[-1].of["boundary"]
            found.append(EditionInUse(geography.id, name, column, newest, boundary, tuple(held)))
    return found


def weighing_attributes(domain: Domain) -> list[str]:
    """The attributes that some scheme or measure asks for, so that the tally keeps them."""
    named = {name for scheme in domain.schemes for name in scheme.attributes}
    asked = {name for measure in domain.measures for name in (*measure.where, *measure.without)}
    named |= asked & set(domain.attributes)
    return sorted(named)


def about_sources(domain: Domain) -> dict[str, str]:
    """The sources whose rows tell about events of another, with that one."""
    return {source.id: source.about.source for source in domain.sources if source.about}


def registers(domain: Domain) -> tuple[str, ...]:
    """The sources that are registers."""
    return tuple(source.id for source in domain.sources if source.delivery == "register")


def cache_path(folder: Path, ledger: Ledger, domain: Domain, manifest: Manifest) -> Path:
    """The cache of a snapshot under a configuration, built where it does not exist yet."""
    editions = editions_in_use(domain, manifest)
    name = digest_of(
        [
            FORM,
            manifest.snapshot,
            [[each.column, each.edition, each.boundary] for each in editions],
            sorted(domain.categories),
            [source.id for source in domain.sources],
            list(domain.attributes),
            weighing_attributes(domain),
            about_sources(domain),
            registers(domain),
        ]
    )
    path = folder / "cache" / f"{name}.duckdb"
    if not path.exists():
        _build(path, ledger, domain, manifest, editions)
        _forget_old(folder / "cache", path)
    return path


def _build(
    path: Path, ledger: Ledger, domain: Domain, manifest: Manifest, editions: Sequence[EditionInUse]
) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # Several readers may build the same cache at once, threads of one process too; the last one's stays.
    fresh = path.with_name(f".{path.stem}-{uuid4().hex}.new")
    scratch = path.parent / "scratch"
    scratch.mkdir(exist_ok=True)
    engine = Duck(fresh, scratch=scratch)
    try:
        event = ledger.relation(manifest, "event")
        build_compact(
            engine,
            CompactInput(
                event=event,
                pieces=_pieces(engine, ledger, manifest, editions),
                closing=ledger.relation(manifest, "closing"),
                areas=[each.column for each in editions],
                categories=list(domain.categories),
                sources=[source.id for source in domain.sources],
                attributes=domain.attributes,
                weighing=weighing_attributes(domain),
                columns=_columns(engine, event),
            ),
        )
        build_links(
            engine,
            LinkInput(
                event=event,
                closing=ledger.relation(manifest, "closing"),
                link=ledger.relation(manifest, "link"),
                about=about_sources(domain),
                registers=registers(domain),
            ),
        )
        build_values(engine, domain.attributes)
        # The list of files is small and asked for by every question; as Parquet it is a file a load.
        files = ledger.relation(manifest, "file")
        engine.create("delivered", f"select f.* from {files} f", temporary=False)
    finally:
        engine.close()
    fresh.replace(path)


def _pieces(
    engine: Duck, ledger: Ledger, manifest: Manifest, editions: Sequence[EditionInUse]
) -> list[Piece]:
    """The events a few segments at a time, each with its own areas; one without rows where there are none."""
    groups: list[list[Segment]] = [[]]
    for segment in manifest.of("event"):
        if groups[-1] and sum(each.rows for each in groups[-1]) + segment.rows > _PIECE_ROWS:
            groups.append([])
        groups[-1].append(segment)
    pieces = []
    for group in groups:
        event = ledger.over(group, "event")
        areas = {each.column: ledger.over(_placed(manifest, each, group), "event_area") for each in editions}
        pieces.append(Piece(event, areas, _columns(engine, event)))
    return pieces


def _columns(engine: Duck, relation: str) -> frozenset[str]:
    """The columns of a relation."""
    return frozenset(row[0] for row in engine.rows("columns", f"describe select * from {relation}"))


def _placed(manifest: Manifest, edition: EditionInUse, events: Sequence[Segment]) -> list[Segment]:
    """The areas of some segments of events in one edition."""
    paths = {each.path for each in events}
    held = manifest.of(
        "event_area", geography=edition.geography, edition=edition.edition, boundary=edition.boundary
    )
    return [each for each in held if each.of["events"] in paths]


def _forget_old(folder: Path, kept: Path) -> None:
    """Keep the newest few caches; a reader that still has an old one open keeps its file."""
    others = sorted(folder.glob("*.duckdb"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in [each for each in others if each != kept][_KEPT - 1 :]:
        path.unlink(missing_ok=True)
    for path in folder.glob(".*.new*"):
        with suppress(FileNotFoundError):
            if time.time() - path.stat().st_mtime > _ABANDONED_SECONDS:
                path.unlink()
