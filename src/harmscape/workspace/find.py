"""Finding what to load: the table files in the data folders, each with its source and its as-of day."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from harmscape.ingest.recognise import Seen, TableFile, files_in, look
from harmscape.model.domain import Domain
from harmscape.model.errors import FileRefusedError, HarmscapeError
from harmscape.model.source import Source
from harmscape.sandbox import Workers
from harmscape.workspace.report import FileReport, refused

_MAY_BE_NOTES = {".txt", ".json"}
"""Endings that a note beside the data may have: without a source, such a file is left alone."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A table that belongs to a source: what it holds (digest) and the day it speaks of (as-of).

    table is None for the answer of a database query, which has no digest before it is read.
    """

    shown: str
    source: Source
    digest: str
    as_of: date
    table: TableFile | None


@dataclass
class Found:
    """What a load has before it: tables to read, files turned away, and files that hold no table."""

    candidates: list[Candidate] = field(default_factory=list)
    refused: list[FileReport] = field(default_factory=list)
    left_alone: list[str] = field(default_factory=list)


def find_tables(
    workers: Workers,
    domain: Domain,
    folder: Path,
    paths: Sequence[Path] = (),
    *,
    source: str | None = None,
    as_of: date | None = None,
    today: date,
) -> Found:
    """The tables in the workspace's data folders, or in the paths given, in order; each file seen in a child.

    source: every file belongs to this one, whatever its name. as_of: the day of the delivery; without it
    the source's pattern finds it in the file's name, or it is today.
    """
    forced = domain.source(source) if source else None
    found = Found()
    taken = _boundary_files(domain, folder)
    sources = [] if forced else list(domain.sources)
    waiting = [
        (path, root, workers.submit(look, path, sources, root=root, size=path.stat().st_size, name=path.name))
        for path, root in _files(domain, folder, paths)
        if path.resolve() not in taken
    ]
    for path, root, future in waiting:
        shown = path.relative_to(root).as_posix()
        try:
            seen = future.result()
        except FileRefusedError as fault:
            found.refused.append(refused(shown, fault.reason, str(fault)))
            continue
        if not seen and path in paths:
            found.refused.append(_no_table(shown))
        elif not seen:
            found.left_alone.append(shown)
        for each in seen:
            _sort(found, each, domain, forced, as_of, today, may_be_note=path not in paths)
    found.candidates += _queries(domain, paths, forced, as_of or today)
    return found


def _sort(
    found: Found,
    seen: Seen,
    domain: Domain,
    forced: Source | None,
    as_of: date | None,
    today: date,
    *,
    may_be_note: bool,
) -> None:
    """Put one table where it belongs."""
    table = seen.table
    if may_be_note and seen.source is None and forced is None and table.path.suffix in _MAY_BE_NOTES:
        found.left_alone.append(table.shown)
        return
    if seen.reason is not None:
        found.refused.append(refused(table.shown, seen.reason, seen.message or ""))
        return
    if seen.pointless:
        # Boundaries that no geography declares are no events; whoever names them must be told.
        if may_be_note:
            found.left_alone.append(table.shown)
        else:
            found.refused.append(_no_table(table.shown))
        return
    own = forced or (domain.source(seen.source) if seen.source else None)
    if own is None:
        found.refused.append(_unknown(table, domain))
        return
    try:
        day = as_of or _day_in_name(table, own) or today
    except FileRefusedError as fault:
        found.refused.append(refused(table.shown, fault.reason, str(fault), source=own.id))
        return
    found.candidates.append(Candidate(table.shown, own, seen.digest, day, table))


def _queries(
    domain: Domain, paths: Sequence[Path], forced: Source | None, as_of: date
) -> Iterable[Candidate]:
    """The sources that ask a database: all of them, or the one that was named."""
    asked = [] if paths else [forced] if forced else domain.sources
    return (
        Candidate(f"query of {source.id}", source, "", as_of, None)
        for source in asked
        if source.query is not None
    )


def _files(domain: Domain, folder: Path, paths: Sequence[Path]) -> Iterable[tuple[Path, Path]]:
    """Every file to look at, with the folder against which it is named."""
    if paths:
        for path in paths:
            if path.is_dir():
                yield from ((each, path) for each in files_in(path))
            elif path.is_file():
                yield path, path.parent
            else:
                raise HarmscapeError(
                    f"{path} is no ordinary file; save it as one" if path.exists()
                    else f"there is no file or folder {path}"
                )  # fmt: skip
        return
    for name in domain.settings.data:
        data = folder / name
        if data.is_dir():
            yield from ((each, data) for each in files_in(data))
        elif data.is_file():
            yield data, data.parent


def _boundary_files(domain: Domain, folder: Path) -> set[Path]:
    """Files that geographies declare: they may lie beside the tables, and are not tables."""
    editions = [edition for geography in domain.geographies for edition in geography.editions]
    named = [edition.file for edition in editions]
    named += [figure.file for edition in editions for figure in edition.denominators]
    return {(folder / name).resolve() for name in named}


def _day_in_name(table: TableFile, source: Source) -> date | None:
    if source.as_of is None:
        return None
    match = re.search(source.as_of, table.shown)
    if match is None:
        return None
    try:
        return date.fromisoformat(match[1])
    except (ValueError, IndexError) as fault:
        raise FileRefusedError(
            "as_of_unreadable",
            f"{table.shown}: its name holds no day where source {source.id!r} looks for one (as_of)",
        ) from fault


def _no_table(shown: str) -> FileReport:
    return refused(
        shown,
        "not_a_table",
        f"{shown}: it holds no table of events; give CSV, Excel or Parquet, or points in GeoJSON, TopoJSON,"
        " GeoPackage, KML or a zipped Shapefile, also zipped or gzipped."
        " Boundary files are declared in geographies/",
    )


def _unknown(table: TableFile, domain: Domain) -> FileReport:
    names = ", ".join(source.id for source in domain.sources)
    return refused(
        table.shown,
        "source_unknown",
        f"{table.shown}: neither its name nor its header fits a declared source ({names});"
        " name one with --source, or declare one in sources/",
    )
