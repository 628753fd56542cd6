"""The bytes of a table as they are inside its wrapping, counted while they unpack."""

from __future__ import annotations

import gzip
import hashlib
import io
import lzma
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, BinaryIO, Literal

from harmscape.model.errors import FileRefusedError

Format = Literal["csv", "parquet", "xlsx", "geojson", "geopackage", "kml", "shapefile"]
MAPS: frozenset[Format] = frozenset({"geojson", "geopackage", "kml", "shapefile"})
"""Formats whose places are geometries rather than cells."""
SHAPEFILE_PARTS = (".shp", ".dbf", ".shx", ".prj", ".cpg")
RATIO = 100
"""Packed files that unpack to more than this many times their size are refused."""
HARMLESS = 1 << 20
"""Bytes that may unpack whatever the ratio."""
MEMBERS = 10_000
_CHUNK = 1 << 20
DAMAGE = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, OSError),
    *(KeyError, IndexError, ValueError, OverflowError, NotImplementedError, RuntimeError),
)
"""What the unpackers of the standard library raise on damaged bytes."""


@dataclass(frozen=True, slots=True)
class TableFile:
    """One table of one file: where it lies, how it is shown to people, and its size in bytes, unpacked as
    far as is known before reading."""

    path: Path
    member: str | None
    shown: str
    format: Format
    size: int
    gzipped: bool = False


def content_digest(table: TableFile) -> str:
    """SHA-256 of a table's bytes inside its wrapping: the same for a file renamed, gzipped or zipped."""
    digest = hashlib.sha256()
    for part in parts_of(table).values():
        with opened(part) as stream:
            while chunk := stream.read(_CHUNK):
                digest.update(chunk)
    return digest.hexdigest()


def parts_of(table: TableFile) -> dict[str, TableFile]:
    """The files a table is made of, by ending: itself, or the parts of a Shapefile in one archive."""
    if table.format != "shapefile":
        return {"": table}
    stem = (table.member or "")[: -len(".shp")]
    names = {info.filename.lower(): info.filename for info in members(table.path, shown=table.shown)}
    wanted = {ending: names.get(f"{stem}{ending}".lower()) for ending in SHAPEFILE_PARTS}
    return {ending: replace(table, member=name) for ending, name in wanted.items() if name is not None}


@contextmanager
def opened(table: TableFile) -> Iterator[BinaryIO]:
    """The bytes of a table, unpacked as they are read.

    Raises FileRefusedError when they expand too much or the wrapping is broken.
    """
    packed = table.path.stat().st_size
    with table.path.open("rb") as file, ExitStack() as stack:
        if table.member is None:
            yield _unzipped(file, table, packed)
            return
        try:
            archive = stack.enter_context(zipfile.ZipFile(file))
            info = archive.getinfo(table.member)
            inner = stack.enter_context(archive.open(info))
        except DAMAGE as broken:
            raise _damaged(table.shown, broken) from None
        yield _unzipped(_counted(inner, table.shown, packed), table, info.file_size)


def members(packed: Path | IO[bytes], *, shown: str) -> list[zipfile.ZipInfo]:
    """The files in a zip archive, in name order, after it has been looked over.

    shown: its name in messages.

    Raises FileRefusedError for an archive that is damaged, that expands too much, or in which any name
    climbs out of the folder it would be unpacked in.
    """
    try:
        with zipfile.ZipFile(packed) as archive:
            infos = [info for info in archive.infolist() if not info.is_dir()]
    except DAMAGE as broken:
        raise _damaged(shown, broken) from None
    if any(_climbs(info) for info in infos):
        raise FileRefusedError(
            "file_path_traversal",
            f"{shown}: a name in the archive leads out of its folder; pack the files again without paths",
        )
    unpacked = sum(info.file_size for info in infos)
    if len(infos) > MEMBERS or unpacked > max(HARMLESS, RATIO * _size(packed)):
        raise _too_much(shown)
    if any(info.flag_bits & 0x1 for info in infos):
        raise FileRefusedError("file_malformed", f"{shown}: the archive has a password; send it without one")
    return sorted(infos, key=lambda info: info.filename)


def _size(packed: Path | IO[bytes]) -> int:
    return packed.stat().st_size if isinstance(packed, Path) else packed.seek(0, io.SEEK_END)


def _climbs(info: zipfile.ZipInfo) -> bool:
    name = info.orig_filename
    parts = name.replace("\\", "/").split("/")
    linked = stat.S_ISLNK(info.external_attr >> 16)
    drive = len(parts[0]) == 2 and parts[0].endswith(":")
    return linked or drive or name.startswith(("/", "\\")) or ".." in parts or "\x00" in name


def _unzipped(stream: BinaryIO, table: TableFile, packed: int) -> BinaryIO:
    if not table.gzipped:
        return stream
    return _counted(gzip.GzipFile(fileobj=stream), table.shown, packed)


def _counted(stream: IO[bytes] | gzip.GzipFile, shown: str, packed: int) -> BinaryIO:
    return io.BufferedReader(_Counter(stream, shown, max(HARMLESS, RATIO * packed)), _CHUNK)


class _Counter(io.RawIOBase):
    """A stream that refuses to give more than a number of bytes."""

    def __init__(self, stream: IO[bytes] | gzip.GzipFile, shown: str, most: int) -> None:
        self._stream, self._shown, self._left = stream, shown, most

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer)  # type: ignore[arg-type]
        try:
            data = self._stream.read(len(view))
        except DAMAGE as broken:
            raise _damaged(self._shown, broken) from None
        self._left -= len(data)
        if self._left < 0:
            raise _too_much(self._shown)
        view[: len(data)] = data
        return len(data)


def _too_much(shown: str) -> FileRefusedError:
    return FileRefusedError(
        "file_expands_too_much",
        f"{shown}: it unpacks to more than {RATIO} times its size; send it unpacked if it is sound",
    )


def _damaged(shown: str, broken: Exception) -> FileRefusedError:
    return FileRefusedError(
        "file_malformed",
        f"{shown}: the packed file is damaged ({type(broken).__name__}); pack and send it again",
    )
