"""Reading what is new: every file or query in a limited child, several at a time."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from harmscape.ingest.read import ReadResult, read_table
from harmscape.ingest.sql import read_query
from harmscape.model.domain import Domain
from harmscape.model.errors import FileRefusedError
from harmscape.sandbox import Workers
from harmscape.workspace.find import Candidate
from harmscape.workspace.known import Known, KnownFile
from harmscape.workspace.report import FileReport, refused


@dataclass(frozen=True, slots=True)
class Read:
    """A table that was read, with the number its rows carry; `again` where it was loaded before."""

    candidate: Candidate
    file_no: int
    result: ReadResult
    digest: str
    again: KnownFile | None = None


@dataclass
class Reading:
    """The reading of one load: numbers given out, and what was already known or refused."""

    domain: Domain
    workers: Workers
    known: Known
    out: Path
    next_file_no: int
    progress: Callable[[str], None]
    header_row: int | None
    sheet: str | None
    reports: list[FileReport] = field(default_factory=list)

    def read_all(self, found: Sequence[Candidate]) -> list[Read]:
        """Read every table that is new; one already loaded is reported, and read again only where needed."""
        fresh: list[Candidate] = []
        present: list[tuple[Candidate, KnownFile]] = []
        seen: set[tuple[str, str]] = set()
        for each in found:
            name = (each.source.id, each.digest)
            held = self.known.file(*name) if each.table is not None else None
            if each.table is not None and name in seen:
                self.reports.append(_repeated(each))
            elif held is not None:
                present.append((each, held))
                self.reports.append(already_loaded(each, held))
            else:
                fresh.append(each)
            seen.add(name)
        reads = self._read(fresh, {})
        companions = self.known.companions([(each.candidate, each.result.covers) for each in reads], present)
        return reads + self._read(
            [each for each, _ in companions], {c.digest: held for c, held in companions}
        )

    def _read(self, candidates: Sequence[Candidate], again: Mapping[str, KnownFile]) -> list[Read]:
        waiting = [(each, *self._submit(each)) for each in candidates]
        reads: list[Read] = []
        for done, (each, number, future) in enumerate(waiting, start=1):
            try:
                result = future.result()
            except FileRefusedError as fault:
                self.reports.append(refused(each.shown, fault.reason, str(fault), source=each.source.id))
                continue
            finally:
                self.progress(f"read {done} of {len(waiting)} files")
            digest = each.digest or _digest_of_rows(result.events)
            held = self.known.file(each.source.id, digest) if each.table is None else None
            if held is not None:
                self.reports.append(already_loaded(each, held))
                continue
            reads.append(Read(each, number, result, digest, again.get(each.digest)))
        return reads

    def _submit(self, each: Candidate) -> tuple[int, Future[ReadResult]]:
        number = self.next_file_no
        self.next_file_no += 1
        categories = self.domain.category_list(each.source.category.list)
        settled = {
            "as_of": each.as_of,
            "timezone": self.domain.settings.timezone,
            "out": self.out,
            "number": number,
        }
        if each.table is None:
            return number, _asked(read_query, each, categories, settled)
        return number, self.workers.submit(
            read_table,
            each.table,
            each.source,
            categories,
            **settled,
            header_row=self.header_row,
            sheet=self.sheet,
            size=each.table.size,
            name=each.shown,
        )


def _asked(
    read: Callable[..., ReadResult], each: Candidate, categories: object, settled: Mapping[str, object]
) -> Future[ReadResult]:
    """A query, run here: what comes from one's own database is not a file of unknown origin."""
    future: Future[ReadResult] = Future()
    try:
        future.set_result(read(each.source, categories, **settled))
    except FileRefusedError as fault:
        future.set_exception(fault)
    return future


def _digest_of_rows(events: Path) -> str:
    """What a query answered, whatever the order of its rows."""
    with pa.memory_map(str(events)) as mapped:
        contents = pa.ipc.open_file(mapped).read_all().column("content").to_pylist()
    return hashlib.sha256(b"".join(sorted(contents))).hexdigest()


def already_loaded(each: Candidate, held: KnownFile) -> FileReport:
    """The report of content that the ledger holds already."""
    return FileReport(
        file=each.shown,
        action="accept",
        reason="already_loaded",
        message=f"already loaded on {held.loaded_at:%Y-%m-%d} as {held.shown}; nothing was added",
        records=held.accepted,
        accepted=held.accepted,
        unchanged=held.accepted,
        source=each.source.id,
        as_of=str(held.as_of),
    )


def _repeated(each: Candidate) -> FileReport:
    return FileReport(
        file=each.shown,
        action="accept",
        reason="same_as_another",
        message="the same content as another file of this load; nothing was added",
        source=each.source.id,
    )
