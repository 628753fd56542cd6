"""Finding what to load: the table files in the data folders, each with its source and its as-of day."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from harmscape.ingest.recognise import TableFile, content_digest, files_in, match_source, tables_in
from harmscape.model.domain import Domain
from harmscape.model.errors import FileRefusedError, HarmscapeError
from harmscape.model.source import Source
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


def find_tables(
    domain: Domain,
    folder: Path,
    paths: Sequence[Path] = (),
    *,
    source: str | None = None,
    as_of: date | None = None,
    today: date,
) -> tuple[list[Candidate], list[FileReport]]:
    """The candidates in the workspace's data folders, or in the paths given, in order; and what was refused.

    source: every file belongs to this one, whatever its name. as_of: the day of the delivery; without it
    the source's pattern finds it in the file's name, or it is today.
    """
    forced = domain.source(source) if source else None
    found: list[Candidate] = []
    turned_away: list[FileReport] = []
    taken = _boundary_files(domain, folder)
    for path, root in _files(domain, folder, paths):
        if path.resolve() in taken:
            continue
        try:
            for table in tables_in(path, root=root):
                own = forced or match_source(table, domain.sources)
                if own is None:
                    if paths or path.suffix not in _MAY_BE_NOTES:
                        turned_away.append(_unknown(table, domain))
                    continue
                day = as_of or _day_in_name(table, own) or today
                found.append(Candidate(table.shown, own, content_digest(table), day, table))
        except FileRefusedError as fault:
            shown = path.relative_to(root).as_posix() if root else path.name
            turned_away.append(refused(shown, fault.reason, str(fault)))
    return [*found, *_queries(domain, paths, forced, as_of or today)], turned_away


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


def _files(domain: Domain, folder: Path, paths: Sequence[Path]) -> Iterable[tuple[Path, Path | None]]:
    if paths:
        for path in paths:
            if not path.exists():
                raise HarmscapeError(f"there is no file or folder {path}")
            if path.is_dir():
                yield from ((each, path) for each in files_in(path))
            else:
                yield path, path.parent
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


def _unknown(table: TableFile, domain: Domain) -> FileReport:
    names = ", ".join(source.id for source in domain.sources)
    return refused(
        table.shown,
        "source_unknown",
        f"{table.shown}: neither its name nor its header fits a declared source ({names});"
        " name one with --source, or declare one in sources/",
    )
