"""The load: find files, read them in limited children, compare, place, and publish one snapshot at once."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from harmscape.engine import Duck
from harmscape.ingest.delivery import FileChange, compare_delivery, drop_delivery
from harmscape.ingest.versions import drop_versions, versions_of
from harmscape.model.domain import Domain
from harmscape.model.source import Source
from harmscape.sandbox import Workers
from harmscape.workspace.arrived import compared, pieces
from harmscape.workspace.boundaries import read_new_boundaries
from harmscape.workspace.find import Found, find_tables
from harmscape.workspace.known import Known, read_known
from harmscape.workspace.ledger import Ledger, Manifest, Segment
from harmscape.workspace.placing import place_events
from harmscape.workspace.reading import Read, Reading
from harmscape.workspace.rejects import RejectsFile, refused_rows
from harmscape.workspace.report import FileReport, LoadReport, refused
from harmscape.workspace.tables import (
    closing_segments,
    cover_table,
    file_table,
    piece_segments,
    policy_number,
    version_sql,
)

Progress = Callable[[str], None]
_WORKERS = 2
_NAMED = 5


@dataclass
class _Load:
    """A load under way: what it has read, and what it will publish."""

    domain: Domain
    folder: Path
    ledger: Ledger
    base: Manifest
    known: Known
    engine: Duck
    rejects: RejectsFile
    scratch: Path
    progress: Progress
    segments: list[Segment] = field(default_factory=list)
    reports: list[FileReport] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    next_event_id: int = 1
    next_file_no: int = 1

    @property
    def load_no(self) -> int:
        return self.base.load_no + 1

    @property
    def draft(self) -> Manifest:
        """The snapshot as it would be now."""
        return replace(self.base, segments=(*self.base.segments, *self.segments))


def load(
    domain: Domain,
    folder: Path,
    ledger: Ledger,
    *,
    paths: Sequence[Path] = (),
    source: str | None = None,
    as_of: date | None = None,
    header_row: int | None = None,
    sheet: str | None = None,
    progress: Progress = lambda _: None,
) -> LoadReport:
    """Load what is new into the ledger, and publish one snapshot; see `Workspace.load`.

    Until the last step nothing a reader can see has changed: killed at any moment, the current snapshot
    stands as it was.
    """
    with ledger.writing(), tempfile.TemporaryDirectory(prefix="load-", dir=_scratch(folder)) as scratch:
        ledger.sweep()
        base = ledger.current()
        ledger.refuse_what_is_gone(base)
        engine = Duck(scratch=Path(scratch))
        now = _Load(
            domain,
            folder,
            ledger,
            base,
            read_known(engine, ledger, base),
            engine,
            RejectsFile(folder / "rejects", base.load_no + 1),
            Path(scratch),
            progress,
            next_event_id=base.next_event_id,
            next_file_no=base.next_file_no,
        )
        try:
            with (
                Workers(_WORKERS, preload=("harmscape.ingest.read", "harmscape.ingest.peek")) as workers,
                ThreadPoolExecutor(1) as helpers,
            ):
                progress("looking for files and boundaries")
                # Boundaries are read beside the tables, in whichever child is free.
                aside = helpers.submit(read_new_boundaries, workers, domain, folder, ledger, base)
                today = datetime.now().astimezone().date()
                found = find_tables(workers, domain, folder, paths, source=source, as_of=as_of, today=today)
                reading = Reading(
                    domain, workers, now.known, now.scratch, now.next_file_no, progress, header_row, sheet
                )
                reads = reading.read_all(found.candidates)
                now.next_file_no = reading.next_file_no
                now.reports += [*found.refused, *reading.reports]
                fresh = aside.result()
                now.segments += fresh.segments
                now.reports += fresh.reports
                now.notes += [*_nothing_to_do(domain, found, paths), *fresh.notes]
                now.rejects.add_plain(fresh.rejects)
            _compare_all(now, reads)
            progress("placing events")
            now.segments += place_events(engine, domain, ledger, now.draft)
            return _publish(now)
        finally:
            engine.close()


def _nothing_to_do(domain: Domain, found: Found, paths: Sequence[Path]) -> list[str]:
    """What a person should know of files that were not looked into."""
    notes = []
    if found.left_alone:
        more = len(found.left_alone) - _NAMED
        named = ", ".join(found.left_alone[:_NAMED]) + (f" and {more} more" if more > 0 else "")
        notes.append(f"left alone, as they hold no table: {named}")
    if not paths and not found.candidates and not found.refused:
        notes.append(
            f"no data were found in {', '.join(domain.settings.data)} (`data` in harmscape.yml);"
            " put the exports there, or name files: harmscape load FILE ..."
        )
    return notes


def _scratch(folder: Path) -> Path:
    """Where a load works; what a killed one left there is removed, since it holds rows."""
    path = folder / "cache" / "scratch"
    path.mkdir(parents=True, exist_ok=True)
    for left in path.glob("load-*"):
        shutil.rmtree(left, ignore_errors=True)
    return path


def _compare_all(now: _Load, reads: Sequence[Read]) -> None:
    """Compare delivery by delivery, older ones first, so that each sees what the one before it left."""
    deliveries: dict[tuple[date, str], list[Read]] = {}
    for each in reads:
        deliveries.setdefault((each.candidate.as_of, each.candidate.source.id), []).append(each)
    for (as_of, source_id), files in sorted(deliveries.items()):
        source = now.domain.source(source_id)
        now.progress(f"comparing {source.title.lower()} as of {as_of}")
        kept = [each for each in files if not _is_older(now, source, each)]
        if kept:
            _compare(now, source, as_of, kept)


def _is_older(now: _Load, source: Source, each: Read) -> bool:
    """Refuse a full delivery older than one already loaded for the same part of the world."""
    if not source.restates:
        return False
    newer = now.known.newer_cover(source.id, each.result.covers, each.candidate.as_of)
    if newer is None:
        return False
    shown = each.candidate.shown
    now.reports.append(
        refused(
            shown,
            "older_delivery",
            f"{shown}: it restates what a later delivery (as of {newer}) already restated;"
            " give its true day with --as-of if that is wrong",
            source=source.id,
        )
    )
    return True


def _compare(now: _Load, source: Source, as_of: date, files: Sequence[Read]) -> None:
    """Compare one delivery as a whole by a few columns, then append what is new of it piece by piece."""
    engine, stem = now.engine, f"{source.id}-{as_of}"
    version = version_sql(now.ledger, now.draft, source.id)
    engine.run("versions", f"create or replace temporary view version as {version}")
    arrived = [(each.file_no, each.result.events) for each in files]
    engine.register("incoming", compared(arrived))
    refused = refused_rows([each.result.rejects for each in files])
    found = compare_delivery(engine, source, as_of=as_of, load_no=now.load_no, refused=refused)
    changes = {change.file_no: change for change in found}
    now.segments += closing_segments(engine, now.ledger, now.load_no, source.id, stem)
    now.rejects.add_files([(each.candidate.shown, each.result.rejects) for each in files])
    shown = {each.file_no: each.candidate.shown for each in files}
    policy_id = policy_number(now.known.policies, source.policy)
    for nth, piece in enumerate(pieces(arrived), start=1):
        _append(now, source, as_of, piece, f"{stem}-{nth}", policy_id)
        now.rejects.add_duplicates(engine, shown)
    drop_versions(engine)
    drop_delivery(engine)
    engine.run("versions", "drop view version")
    engine.drop("incoming")
    reports = [_report(each, changes.get(each.file_no, FileChange(each.file_no))) for each in files]
    now.reports += [report for report, each in zip(reports, files, strict=True) if each.again is None]
    _note_files(now, source, as_of, files, reports)


def _append(now: _Load, source: Source, as_of: date, piece: pa.Table, name: str, policy_id: int) -> None:
    """The new versions of one piece as segments of the ledger."""
    appended = versions_of(
        now.engine,
        source,
        piece,
        as_of=as_of,
        load_no=now.load_no,
        policy_id=policy_id,
        first_event_id=now.next_event_id,
    )
    now.segments += piece_segments(now.engine, now.ledger, now.load_no, source.id, name, appended)
    now.next_event_id += sum(each.rows for each in appended if each.table == "event")


def _note_files(
    now: _Load, source: Source, as_of: date, files: Sequence[Read], reports: Sequence[FileReport]
) -> None:
    """The small tables of a delivery: its files, and the parts of the world that each tells of."""
    path = now.ledger.new_path("file", now.load_no, f"{source.id}-{as_of}")
    pq.write_table(
        file_table(
            [(each.file_no, each.digest, report) for each, report in zip(files, reports, strict=True)],
            load_no=now.load_no,
            loaded_at=datetime.now(UTC).replace(tzinfo=None),
        ),
        path,
    )
    now.segments.append(now.ledger.segment("file", path, len(files)))
    told = [(each.file_no, cover, rows) for each in files for cover, rows in each.result.covers.items()]
    now.known.note_covers(source.id, as_of, [(file_no, cover) for file_no, cover, _ in told])
    if told:
        path = now.ledger.new_path("cover", now.load_no, f"{source.id}-{as_of}")
        pq.write_table(cover_table(told, source=source.id, as_of=as_of), path)
        now.segments.append(now.ledger.segment("cover", path, len(told), source=source.id))


def _report(each: Read, change: FileChange) -> FileReport:
    """The counts of one file; they reconcile, or the load ends here."""
    result = each.result
    duplicates = change.duplicate_exact + change.duplicate_conflict
    reasons = Counter(result.reasons)
    for name in ("duplicate_exact", "duplicate_conflict"):
        if getattr(change, name):
            reasons[name] += getattr(change, name)
    flags = Counter(result.flags)
    for name in ("possible_duplicate", "reclassified"):
        if getattr(change, name):
            flags[name] += getattr(change, name)
    accepted, rejected = result.accepted - duplicates, result.rejected + duplicates
    return FileReport(
        file=each.candidate.shown,
        action="accept" if rejected == 0 else "partial",
        records=result.records,
        accepted=accepted,
        rejected=rejected,
        added=change.added,
        changed=change.changed,
        unchanged=change.unchanged,
        withdrawn=change.withdrawn,
        flags=dict(flags),
        reasons=dict(reasons),
        source=each.candidate.source.id,
        as_of=str(each.candidate.as_of),
    )


def _publish(now: _Load) -> LoadReport:
    """Write the last small tables and move the pointer; with nothing new, the snapshot stays."""
    _note_refused(now)
    reports = tuple(sorted(now.reports, key=lambda report: report.file))
    now.rejects.close()
    if not now.segments:
        return LoadReport(reports, now.base.snapshot, tuple(now.notes))
    policies = now.known.policies.new_rows()
    if policies.num_rows:
        path = now.ledger.new_path("policy", now.load_no, "policies")
        pq.write_table(policies, path)
        now.segments.append(now.ledger.segment("policy", path, policies.num_rows))
    now.progress("publishing the snapshot")
    manifest = now.base.with_segments(
        now.segments,
        load_no=now.load_no,
        next_event_id=now.next_event_id,
        next_file_no=now.next_file_no,
    )
    now.ledger.publish(manifest)
    return LoadReport(reports, manifest.snapshot, tuple(now.notes))


def _note_refused(now: _Load) -> None:
    """Files refused whole stand in the ledger too, once each, so that data health can name them."""
    fresh = [
        each
        for each in now.reports
        if each.action == "refuse" and (each.source, each.file, each.reason) not in now.known.refused
    ]
    if not fresh:
        return
    numbers = range(now.next_file_no, now.next_file_no + len(fresh))
    now.next_file_no += len(fresh)
    path = now.ledger.new_path("file", now.load_no, "refused")
    table = file_table(
        [(number, "", report) for number, report in zip(numbers, fresh, strict=True)],
        load_no=now.load_no,
        loaded_at=datetime.now(UTC).replace(tzinfo=None),
    )
    pq.write_table(table, path)
    now.segments.append(now.ledger.segment("file", path, len(fresh)))


def summary(report: LoadReport) -> Mapping[str, object]:
    """A load in a few counts, for the audit trail."""
    return {
        "snapshot": report.snapshot,
        "files": len(report.files),
        "added": sum(each.added for each in report.files),
        "changed": sum(each.changed for each in report.files),
        "withdrawn": sum(each.withdrawn for each in report.files),
        "rejected": sum(each.rejected for each in report.files),
    }
