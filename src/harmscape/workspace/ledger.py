"""The ledger: immutable Parquet segments, one small manifest a snapshot, one pointer to the current one."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import pyarrow.parquet as pq

from harmscape.engine import parquet_list
from harmscape.model.declared import digest_of
from harmscape.model.errors import HarmscapeError
from harmscape.model.tables import LEDGER

FORMAT = 1
"""The form of manifests and segments; a newer one is refused with a message."""
_NAMED = 3


@dataclass(frozen=True, slots=True)
class Segment:
    """One immutable Parquet file of a table; `of` says what it holds, e.g. its source or edition."""

    table: str
    path: str
    rows: int
    sha256: str
    of: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Manifest:
    """A snapshot: the segments that make it, and the next numbers to give out."""

    snapshot: str = "none"
    parent: str = ""
    load_no: int = 0
    next_event_id: int = 1
    next_file_no: int = 1
    segments: tuple[Segment, ...] = ()
    format: int = FORMAT

    def of(self, table: str, **wanted: str) -> list[Segment]:
        """The segments of a table, in the order they were written, that hold what is wanted."""
        return [
            segment
            for segment in self.segments
            if segment.table == table and all(segment.of.get(key) == value for key, value in wanted.items())
        ]

    def with_segments(
        self, added: list[Segment], *, load_no: int, next_event_id: int, next_file_no: int
    ) -> Manifest:
        """The next snapshot: these segments too, named by what it is made of."""
        grown = replace(
            self,
            parent=self.snapshot,
            segments=(*self.segments, *added),
            load_no=load_no,
            next_event_id=next_event_id,
            next_file_no=next_file_no,
        )
        return replace(
            grown, snapshot=f"{grown.load_no:06d}-{digest_of([asdict(s) for s in grown.segments])[:8]}"
        )


class Ledger:
    """The ledger of one workspace. Any number of processes read; one load writes, to new names only."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def current(self) -> Manifest:
        """The snapshot that readers see now; an empty one before the first load."""
        name = self.newest()
        return Manifest() if name == Manifest().snapshot else self.manifest(name)

    def newest(self) -> str:
        """The name of that snapshot."""
        pointer = self.folder / "current"
        return pointer.read_text(encoding="ascii").strip() if pointer.exists() else Manifest().snapshot

    def manifest(self, snapshot: str) -> Manifest:
        """A snapshot by name. Raises HarmscapeError where it is gone or written by a newer program."""
        path = self.folder / "manifests" / f"{snapshot}.json"
        if not snapshot.replace("-", "").isalnum() or not path.exists():
            raise HarmscapeError(f"snapshot {snapshot[:40]!r} is not in this workspace's ledger")
        held = json.loads(path.read_text(encoding="utf-8"))
        if held["format"] > FORMAT:
            raise HarmscapeError(
                f"this ledger was written by a newer program (form {held['format']},"
                f" this one reads {FORMAT}); install that version or a later one"
            )
        return Manifest(**(held | {"segments": tuple(Segment(**each) for each in held["segments"])}))

    def snapshots(self) -> list[str]:
        """The names of all kept snapshots, oldest first."""
        return sorted(path.stem for path in (self.folder / "manifests").glob("*.json"))

    def relation(self, manifest: Manifest, table: str, **wanted: str) -> str:
        """A table of a snapshot as SQL text: an empty relation of its columns where it has no segment."""
        return self.over(manifest.of(table, **wanted), table)

    def over(self, segments: list[Segment], table: str) -> str:
        """Some segments of a table as SQL text; a column that none of them has yet is null."""
        declared = LEDGER[table].columns
        if not segments:
            columns = ", ".join(f"null::{kind} as {name}" for name, kind in declared.items())
            return f"(select {columns} where false)"
        paths = [self.folder / segment.path for segment in segments]
        held = parquet_list(paths)
        lacking = set(declared)
        # The newest segment has every column unless an older program wrote all of them.
        for path in reversed(paths):
            lacking -= _columns(path)
            if not lacking:
                return held
        added = ", ".join(f"null::{kind} as {name}" for name, kind in declared.items() if name in lacking)
        return f"(select s.*, {added} from {held} s)"

    def refuse_what_is_gone(self, manifest: Manifest) -> None:
        """Raise HarmscapeError where files that a snapshot is made of are no longer there, and name them."""
        gone = [each.path for each in manifest.segments if not (self.folder / each.path).exists()]
        if gone:
            more = f" and {len(gone) - _NAMED} more" if len(gone) > _NAMED else ""
            raise HarmscapeError(
                f"snapshot {manifest.snapshot} lacks data that it is made of:"
                f" {', '.join(f'ledger/{path}' for path in gone[:_NAMED])}{more}"
                f" {'is' if len(gone) == 1 else 'are'} gone; put back a copy, or set the folders ledger and"
                " cache aside and load every delivery again, each with its day"
            )

    def new_path(self, table: str, load_no: int, name: str) -> Path:
        """Where a load may write a segment; a name is never used twice for different content."""
        path = self.folder / table / f"{load_no:06d}-{name}.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)  # what a killed load left behind, named by no manifest
        return path

    def segment(self, table: str, path: Path, rows: int, **of: str) -> Segment:
        """The record of a segment just written, which is on the disk from here on."""
        with path.open("r+b") as written:
            digest = hashlib.file_digest(written, "sha256").hexdigest()
            os.fsync(written.fileno())
        return Segment(table, path.relative_to(self.folder).as_posix(), rows, digest, of)

    def publish(self, manifest: Manifest) -> None:
        """Make a snapshot the current one: everything it names is on the disk before the pointer moves."""
        folder = self.folder / "manifests"
        folder.mkdir(parents=True, exist_ok=True)
        _write_safely(folder / f"{manifest.snapshot}.json", json.dumps(asdict(manifest), indent=1))
        for name in {segment.table for segment in manifest.segments}:
            _sync_folder(self.folder / name)
        _write_safely(self.folder / "current", manifest.snapshot)

    def sweep(self) -> int:
        """Remove what a killed load left behind: manifests the pointer never reached, and files that no
        manifest names. Call it under the lock."""
        reached = self.current().load_no
        for name in self.snapshots():
            if self.manifest(name).load_no > reached:
                (self.folder / "manifests" / f"{name}.json").unlink()
        named = {s.path for name in self.snapshots() for s in self.manifest(name).segments}
        stray = [
            path
            for path in self.folder.glob("*/*.parquet")
            if path.relative_to(self.folder).as_posix() not in named
        ]
        for path in stray:
            path.unlink()
        return len(stray)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the one lock of writers. Raises HarmscapeError at once where another load runs."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "lock").open("a") as held:
            _lock(held.fileno())
            yield


def _columns(path: Path) -> frozenset[str]:
    """The columns of a segment."""
    return frozenset(pq.read_schema(path).names)


def _lock(descriptor: int) -> None:
    try:
        if os.name == "nt":
            import msvcrt

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as fault:
        raise HarmscapeError("another load is writing to this workspace; wait for it to end") from fault


def _write_safely(path: Path, text: str) -> None:
    fresh = path.with_name(f".{path.name}.new")
    with fresh.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    if os.name == "nt" or not folder.exists():
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
