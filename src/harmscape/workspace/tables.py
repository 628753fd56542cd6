"""Writing and reading the ledger's own small tables, and the segments of a delivery."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

import pyarrow as pa

from harmscape.engine import Duck, Engine
from harmscape.ingest.versions import Appended
from harmscape.model.source import Policy
from harmscape.workspace.ledger import Ledger, Manifest, Segment
from harmscape.workspace.report import FileReport


@dataclass
class Policies:
    """The distinct policies of rows, by number; new ones are numbered as they are met."""

    by_number: dict[int, Policy]
    fresh: list[int] = field(default_factory=list)

    def new_rows(self) -> pa.Table:
        """`policy` rows for the policies met in this load."""
        held = [(number, self.by_number[number]) for number in self.fresh]
        return pa.table(
            {
                "policy_id": pa.array([number for number, _ in held], pa.int32()),
                "agency": pa.array([policy.agency for _, policy in held], pa.string()),
                "share_with": pa.array([",".join(policy.share_with) for _, policy in held], pa.string()),
                "sensitivity": pa.array([policy.sensitivity for _, policy in held], pa.int8()),
                "subject_class": pa.array([policy.subject_class for _, policy in held], pa.string()),
                "handling": pa.array([policy.handling for _, policy in held], pa.string()),
            }
        )


def policy_number(policies: Policies, wanted: Policy) -> int:
    """The number of a policy, a new one where it is met for the first time."""
    for number, policy in policies.by_number.items():
        if policy == wanted:
            return number
    number = max(policies.by_number, default=0) + 1
    policies.by_number[number] = wanted
    policies.fresh.append(number)
    return number


def read_policies(engine: Duck, ledger: Ledger, manifest: Manifest) -> Policies:
    """The policies of a snapshot."""
    rows = engine.rows(
        "policies",
        "select p.policy_id, p.agency, p.share_with, p.sensitivity, p.subject_class, p.handling"
        f" from {ledger.relation(manifest, 'policy')} p",
    )
    return Policies(
        {
            number: Policy(
                agency=agency,
                share_with=tuple(filter(None, (share_with or "").split(","))),
                sensitivity=sensitivity,
                subject_class=subject_class,
                handling=handling,
            )
            for number, agency, share_with, sensitivity, subject_class, handling in rows
        }
    )


def version_sql(ledger: Ledger, manifest: Manifest, source: str) -> str:
    """`version`: the versions of a source with the day each stopped being known."""
    return f"""
        select e.event_id, e.key, e.content, e.cover, e.category, e.known_from, k.known_to
        from {ledger.over(manifest.of("event", source=source), "event")} e
        left join (
            select c.event_id, min(c.known_to) as known_to
            from {ledger.relation(manifest, "closing")} c group by c.event_id
        ) k on k.event_id = e.event_id
    """


def closing_segments(engine: Engine, ledger: Ledger, load_no: int, source: str, name: str) -> list[Segment]:
    """Write the older versions that a delivery ends; none where it ends none."""
    rows = int(engine.rows("count", "select count(*) from new_closing")[0][0])
    ended = [Appended("closing", "select * from new_closing", [], rows)] if rows else []
    return piece_segments(engine, ledger, load_no, source, name, ended)


def piece_segments(
    engine: Engine, ledger: Ledger, load_no: int, source: str, name: str, appended: Sequence[Appended]
) -> list[Segment]:
    """Write what one piece of a delivery appends, a segment a table."""
    return [
        _written(engine, ledger, each, ledger.new_path(each.table, load_no, name), source)
        for each in appended
    ]


def _written(engine: Engine, ledger: Ledger, each: Appended, path: Path, source: str) -> Segment:
    engine.write_parquet(f"write {each.table}", each.sql, path, each.parameters)
    return ledger.segment(each.table, path, each.rows, source=source)


def file_table(
    files: Sequence[tuple[int, str, FileReport]], *, load_no: int, loaded_at: datetime
) -> pa.Table:
    """`file` rows: file number, content digest and report of each."""
    reports = [report for _, _, report in files]

    def counts(name: str) -> pa.Array:
        return pa.array([getattr(report, name) for report in reports], pa.int64())

    return pa.table(
        {
            "file_no": pa.array([number for number, _, _ in files], pa.int32()),
            "load_no": pa.array([load_no] * len(files), pa.int32()),
            "source": pa.array([report.source for report in reports], pa.string()),
            "shown": pa.array([report.file for report in reports], pa.string()),
            "content_digest": pa.array([digest for _, digest, _ in files], pa.string()),
            "as_of": pa.array([_day(report.as_of) for report in reports], pa.date32()),
            "loaded_at": pa.array([loaded_at] * len(files), pa.timestamp("us")),
            "action": pa.array([report.action for report in reports], pa.string()),
            "reason": pa.array([report.reason for report in reports], pa.string()),
            **{name: counts(name) for name in
               ("records", "accepted", "rejected", "added", "changed", "withdrawn", "unchanged")},
            "flags": pa.array([_notes(report) for report in reports], pa.string()),
        }
    )  # fmt: skip


def cover_table(told: Sequence[tuple[int, str, int]], *, source: str, as_of: date) -> pa.Table:
    """`cover` rows: file number, part of the world and records of each."""
    return pa.table(
        {
            "file_no": pa.array([file_no for file_no, _, _ in told], pa.int32()),
            "cover": pa.array([cover for _, cover, _ in told], pa.string()),
            "records": pa.array([rows for _, _, rows in told], pa.int64()),
            "source": pa.array([source] * len(told), pa.string()),
            "as_of": pa.array([as_of] * len(told), pa.date32()),
        }
    )


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _notes(report: FileReport) -> str:
    """The flags and reasons of a file, as data health reads them."""
    return json.dumps({"flags": dict(report.flags), "reasons": dict(report.reasons)}, sort_keys=True)
