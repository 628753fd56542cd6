"""What tables a path holds, and which declared source each belongs to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fnmatch import translate
from pathlib import Path, PurePosixPath
from zipfile import ZipInfo

from harmscape.ingest.contents import MAPS, RATIO, Format, TableFile, content_digest, members, parts_of
from harmscape.ingest.header import declared_names
from harmscape.model.category import spelling
from harmscape.model.errors import FileRefusedError
from harmscape.model.source import Source

__all__ = ["Seen", "TableFile", "content_digest", "files_in", "look", "match_source", "tables_in"]

_FORMATS: dict[str, Format] = {
    ".csv": "csv",
    ".txt": "csv",
    ".parquet": "parquet",
    ".xlsx": "xlsx",
    ".xlsm": "xlsx",
    ".geojson": "geojson",
    ".json": "geojson",
    ".topojson": "geojson",
    ".gpkg": "geopackage",
    ".kml": "kml",
    ".shp": "shapefile",
}
_STARTS: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"PAR1", "parquet"),
    (b"\x1f\x8b", "gzip"),
    (b"%PDF", "PDF"),
    (b"\xd0\xcf\x11\xe0", "old Office"),
    (b"SQLite format 3", "SQLite"),
)


def files_in(folder: Path) -> list[Path]:
    """Every file below a folder that may hold tables, in name order; hidden ones are left out."""
    return sorted(
        path
        for path in folder.rglob("*")
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    )


def tables_in(path: Path, *, root: Path | None = None) -> list[TableFile]:
    """The tables one file holds: itself, or the members of an archive. None for a file of another kind.

    root: the folder against which the file is named to people.
    Raises FileRefusedError when the file is not what its name says, or an archive is unsafe.
    """
    shown = _printable(path.relative_to(root).as_posix() if root is not None else path.name)
    name, gzipped = _bare(path.name)
    size = path.stat().st_size
    found = _start(path)
    if name.endswith(".zip"):
        if size == 0:
            raise FileRefusedError("file_empty", f"{shown}: the file is empty; send it again")
        _same_kind(shown, found, {"zip"})
        infos = members(path, shown=shown)
        return [table for info in infos if (table := _member(path, shown, info, infos)) is not None]
    form = _FORMATS.get(PurePosixPath(name).suffix)
    if form is None or form == "shapefile":
        # A Shapefile is several files, and only a zip holds them together.
        return []
    if size:
        _same_kind(shown, found, {"gzip"} if gzipped else _expected(form))
        if gzipped:
            size = _unpacked(path, size)
        elif form == "xlsx":
            size = sum(info.file_size for info in members(path, shown=shown))
    return [TableFile(path, None, shown, form, size, gzipped)]


@dataclass(frozen=True, slots=True)
class Seen:
    """A table with the digest of its content, and the id of the source it belongs to, if any; or the reason
    why nothing can be told of it. pointless: a map of no source that holds no point, as boundaries do."""

    table: TableFile
    digest: str
    source: str | None
    reason: str | None = None
    message: str | None = None
    pointless: bool = False


def look(path: Path, sources: Sequence[Source], *, root: Path | None = None) -> list[Seen]:
    """All that is to be known of a file before it is read, in one task for a sandboxed child: to look into
    a file of unknown origin is to parse it. Without sources nothing is looked for but the digest."""
    return [_seen(table, sources) for table in tables_in(path, root=root)]


def _seen(table: TableFile, sources: Sequence[Source]) -> Seen:
    from harmscape.ingest.peek import read_header

    try:
        own = match_source(table, sources)
        nameless = own is None and bool(sources) and not read_header(table)
        pointless = nameless and table.format in MAPS
        return Seen(table, content_digest(table), own.id if own else None, pointless=pointless)
    except FileRefusedError as fault:
        return Seen(table, "", None, fault.reason, str(fault))


def match_source(table: TableFile, sources: Iterable[Source]) -> Source | None:
    """The source a table belongs to: by the name of its file first, else by its header.

    A pattern such as `**/*-street.csv` also names its `.gz`, `.parquet` and zipped twins. By its header a
    table belongs to the one source all of whose columns stand in the row where that source has its header;
    if there are several, to the one with the most columns, and to none if that leaves a tie.
    """
    reading = [source for source in sources if source.query is None]
    for source in reading:
        if any(_named(table, pattern) for pattern in source.files):
            return source
    names = {
        place: _header_names(table, *place) for place in {(each.header_row, each.sheet) for each in reading}
    }
    fitting = [
        source
        for source in reading
        if _needed(source, table) <= set(declared_names(names[source.header_row, source.sheet], source))
    ]
    fitting.sort(key=lambda source: len(source.columns), reverse=True)
    if len(fitting) > 1 and len(fitting[0].columns) == len(fitting[1].columns):
        return None
    return fitting[0] if fitting else None


def _member(path: Path, shown: str, info: ZipInfo, infos: Sequence[ZipInfo]) -> TableFile | None:
    name, gzipped = _bare(info.filename)
    form = _FORMATS.get(PurePosixPath(name).suffix)
    hidden = any(part.startswith((".", "__MACOSX")) for part in info.filename.split("/"))
    if form is None or hidden or (form == "shapefile" and gzipped):
        return None
    named = f"{shown}!{_printable(info.filename)}"
    table = TableFile(path, info.filename, named, form, info.file_size, gzipped)
    if form == "shapefile":
        parts = {part.member for part in parts_of(table).values()}
        return replace(table, size=sum(each.file_size for each in infos if each.filename in parts))
    return table


def _printable(name: str) -> str:
    """A file's name as it may be printed: what could steer a terminal or turn text round becomes a "?"."""
    return "".join(mark if mark.isprintable() else "?" for mark in name)


def _bare(name: str) -> tuple[str, bool]:
    lower = name.lower()
    return lower.removesuffix(".gz"), lower.endswith(".gz")


def _start(path: Path) -> str | None:
    with path.open("rb") as file:
        start = file.read(16)
    return next((kind for mark, kind in _STARTS if start.startswith(mark)), None)


def _unpacked(path: Path, packed: int) -> int:
    """What a gzip file says of its size unpacked, as far as that can be; its last four bytes hold it."""
    with path.open("rb") as file:
        file.seek(max(packed - 4, 0))
        said = int.from_bytes(file.read(4), "little")
    return min(max(said, packed), RATIO * packed)


def _expected(form: Format) -> set[str]:
    return {"xlsx": {"zip"}, "parquet": {"parquet"}, "geopackage": {"SQLite"}}.get(form, set())


def _same_kind(shown: str, found: str | None, expected: set[str]) -> None:
    if (found or "text") in (expected or {"text"}):
        return
    raise FileRefusedError(
        "file_type_mismatch",
        f"{shown}: the name says one kind of file, the content is {found or 'another'}; "
        "give it the right ending or export it again",
    )


def _named(table: TableFile, pattern: str) -> bool:
    names = [table.shown.replace("!", "/"), PurePosixPath(table.member or table.path.name).name]
    wanted = _stem(pattern)
    return any(_glob(wanted, _stem(name)) for name in names)


def _stem(name: str) -> str:
    """A name without the endings that only say how it is packed or written."""
    bare = name.lower().removesuffix(".gz")
    suffix = PurePosixPath(bare).suffix
    return bare.removesuffix(suffix) if suffix in _FORMATS else bare


def _glob(pattern: str, name: str) -> bool:
    """Whether a name fits; `**/` stands for any folders, none included."""
    if pattern.startswith("**/"):
        pattern = pattern.removeprefix("**/")
        parts = name.split("/")
        return any(re.match(translate(pattern), "/".join(parts[at:])) for at in range(len(parts)))
    return re.match(translate(pattern), name) is not None


def _needed(source: Source, table: TableFile) -> set[str]:
    lacking = set(source.may_lack)
    if table.format in MAPS and source.point is not None:
        lacking |= {source.point.x, source.point.y}
    return {spelling(name) for name in source.columns if name not in lacking}


def _header_names(table: TableFile, header_row: int, sheet: str | None) -> set[str]:
    """The names in a table's header row; none where it has no readable one."""
    from harmscape.ingest.peek import header_of

    return {spelling(name) for name in header_of(table, header_row=header_row, sheet=sheet)}
