"""The boundaries of the workspace: each declared file read once, in a limited child, into area segments."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from harmscape.model.domain import Domain
from harmscape.model.errors import FileRefusedError
from harmscape.model.geography import Denominator, Edition, Geography
from harmscape.places.area import area_facts
from harmscape.places.boundaries import BoundarySet, read_boundaries
from harmscape.places.denominators import read_denominators
from harmscape.sandbox import Workers
from harmscape.workspace.ledger import Ledger, Manifest, Segment
from harmscape.workspace.report import FileReport, refused

_BLOCK = 1 << 20


@dataclass
class NewBoundaries:
    """What reading the boundary files gave: segments to publish, a report per file, rejects to keep."""

    segments: list[Segment] = field(default_factory=list)
    reports: list[FileReport] = field(default_factory=list)
    rejects: list[tuple[str, int, str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def area_segments(manifest: Manifest, geography: str, edition: str) -> list[Segment]:
    """The segments that hold the areas of an edition as it is now; several only for a growing grid."""
    held = manifest.of("area", geography=geography, edition=edition)
    return [each for each in held if each.of["boundary"] == held[-1].of["boundary"]]


def read_new_boundaries(
    workers: Workers, domain: Domain, folder: Path, ledger: Ledger, manifest: Manifest
) -> NewBoundaries:
    """Read every boundary file and table of figures that the ledger does not hold as it is now."""
    found = NewBoundaries()
    for geography in domain.geographies:
        for edition in geography.editions:
            shown = Path(edition.file).name
            try:
                _read_edition(workers, geography, edition, folder, ledger, manifest, found)
            except FileRefusedError as fault:
                found.reports.append(refused(shown, fault.reason, str(fault), source=geography.id))
    return found


def _read_edition(
    workers: Workers,
    geography: Geography,
    edition: Edition,
    folder: Path,
    ledger: Ledger,
    manifest: Manifest,
    found: NewBoundaries,
) -> None:
    path, shown = folder / edition.file, Path(edition.file).name
    digest = _digest(path, edition.code, edition.name, edition.parent_code, edition.crs)
    of = {"geography": geography.id, "edition": edition.id, "boundary": digest}
    codes: Sequence[str] | None = None
    if not manifest.of("area", **of):
        read = partial(
            read_boundaries,
            path,
            code=edition.code,
            name=edition.name,
            parent=edition.parent_code,
            crs=edition.crs,
        )
        areas = workers.submit(read, size=path.stat().st_size, name=shown).result()
        codes = areas.codes
        found.segments.append(_area_segment(ledger, manifest.load_no + 1, areas, of))
        found.reports.append(_report(shown, areas, geography))
        found.rejects += [
            (shown, reject.feature + 1, reject.reason, reject.message) for reject in areas.rejects
        ]
        found.notes.append(f"{geography.title}: {areas.accepted:,} areas from {shown} ({areas.why})")
    for figure in edition.denominators:
        _read_figure(workers, figure, folder, ledger, manifest, of, codes, found)


def _read_figure(
    workers: Workers,
    figure: Denominator,
    folder: Path,
    ledger: Ledger,
    manifest: Manifest,
    of: dict[str, str],
    codes: Sequence[str] | None,
    found: NewBoundaries,
) -> None:
    """Read one table of figures, a row per area."""
    path, shown = folder / figure.file, Path(figure.file).name
    named = {**of, "kind": figure.id, "figures": _digest(path, figure.code, figure.value, figure.year)}
    named.pop("boundary")
    if manifest.of("denominator", **named):
        return
    task = partial(read_denominators, path, code=figure.code, value=figure.value, areas=codes)
    read = workers.submit(task, size=path.stat().st_size, name=shown).result()
    if read.missing:
        found.notes.append(f"{figure.title}: {len(read.missing):,} areas have no figure in {shown}")
    table = pa.table(
        {
            "geography": pa.array([of["geography"]] * len(read.codes)),
            "edition": pa.array([of["edition"]] * len(read.codes)),
            "code": pa.array(read.codes, pa.string()),
            "kind": pa.array([figure.id] * len(read.codes)),
            "year": pa.array([figure.year] * len(read.codes), pa.int32()),
            "value": pa.array([round(value, 6) for value in read.values], pa.decimal128(18, 6)),
        }
    )
    name = f"{of['geography']}-{of['edition']}-{figure.id}"
    path = ledger.new_path("denominator", manifest.load_no + 1, name)
    pq.write_table(table, path)
    found.segments.append(ledger.segment("denominator", path, table.num_rows, **named))
    found.rejects += [(shown, reject.line, reject.reason, reject.message) for reject in read.rejects]
    found.reports.append(
        FileReport(
            file=f"{shown} ({figure.id})",
            action="partial" if read.rejects else "accept",
            records=read.records,
            accepted=len(read.codes),
            rejected=len(read.rejects),
            added=len(read.codes),
            reasons=dict(Counter(reject.reason for reject in read.rejects)),
            source=of["geography"],
        )
    )


def _area_segment(ledger: Ledger, load_no: int, areas: BoundarySet, of: dict[str, str]) -> Segment:
    facts = area_facts(areas.wkb, areas.epsg) if areas.codes else None
    count = len(areas.codes)
    empty = np.zeros(0)
    table = area_table(
        of,
        codes=areas.codes,
        names=areas.names,
        parents=areas.parents,
        facts=(facts.area_m2, facts.lon, facts.lat) if facts else (empty, empty, empty),
        epsg=areas.epsg,
        wkb=areas.wkb,
    )
    path = ledger.new_path("area", load_no, f"{of['geography']}-{of['edition']}")
    pq.write_table(table, path)
    return ledger.segment("area", path, count, **of)


def area_table(
    of: dict[str, str],
    *,
    codes: Sequence[str],
    names: Sequence[str],
    parents: Sequence[str | None],
    facts: tuple[np.ndarray[tuple[int], np.dtype[np.float64]], ...],
    epsg: int,
    wkb: Sequence[bytes],
    first: int = 1,
) -> pa.Table:
    """`area` rows numbered from `first`; facts are area_m2, lon and lat."""
    count = len(codes)
    area_m2, lon, lat = facts
    return pa.table(
        {
            "geography": pa.array([of["geography"]] * count, pa.string()),
            "edition": pa.array([of["edition"]] * count, pa.string()),
            "area_no": pa.array(range(first, first + count), pa.int32()),
            "code": pa.array(codes, pa.string()),
            "name": pa.array(names, pa.string()),
            "parent_code": pa.array(parents, pa.string()),
            "area_m2": pa.array(area_m2, pa.float64()),
            "lon": pa.array(lon, pa.float64()),
            "lat": pa.array(lat, pa.float64()),
            "epsg": pa.array([epsg] * count, pa.int32()),
            "geometry": pa.array(wkb, pa.binary()),
        }
    )


def _report(shown: str, areas: BoundarySet, geography: Geography) -> FileReport:
    action = "refuse" if not areas.accepted else "partial" if areas.rejects else "accept"
    return FileReport(
        file=shown,
        action="refuse" if action == "refuse" else "partial" if areas.rejects else "accept",
        reason=areas.rejects[0].reason if action == "refuse" else None,
        records=areas.records,
        accepted=areas.accepted,
        rejected=len(areas.rejects),
        added=areas.accepted,
        flags=dict(Counter(flag for flags in areas.flags for flag in flags)),
        reasons=dict(Counter(reject.reason for reject in areas.rejects)),
        source=geography.id,
    )


def _digest(path: Path, *fields: object) -> str:
    """A digest of a file and of the fields read from it."""
    if not path.exists():
        raise FileRefusedError("file_missing", "the file is not there; mend its path in geographies/")
    digest = hashlib.sha256(repr(fields).encode())
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()[:16]
