"""Deliveries against the ledger: added, changed, withdrawn, unchanged; repeats; older tellings."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date

import pyarrow as pa
import pytest

from harmscape.engine import Duck
from harmscape.ingest.delivery import FileChange, compare_delivery, drop_delivery
from harmscape.ingest.versions import drop_versions, versions_of
from harmscape.model.source import Source

JAN, FEB, MAR = date(2024, 1, 31), date(2024, 2, 29), date(2024, 3, 31)


def source(delivery: str) -> Source:
    return Source.model_validate(
        {
            "id": "crimes",
            "title": "Crimes",
            "files": ["*.csv"],
            "delivery": delivery,
            "covers": [{"column": "month"}],
            "key": ["id"],
            "occurred": {"column": "month", "grain": "month"},
            "category": {"list": "kinds", "column": "kind"},
            "policy": {"agency": "police"},
        }
    )


def row(line: int, key: str | None, kind: str, cover: str = "2024-01", file_no: int = 1) -> dict[str, object]:
    content = hashlib.blake2b(f"{key}|{kind}|{cover}".encode(), digest_size=16).digest()
    return {
        "file_no": file_no,
        "line": line,
        "key": key,
        "category": kind,
        "cover": cover,
        "content": content,
    }


INCOMING = pa.schema(
    [
        ("file_no", pa.int32()),
        ("line", pa.int64()),
        ("raw", pa.large_string()),
        ("key", pa.string()),
        ("reference", pa.string()),
        ("cover", pa.string()),
        ("occurred_from", pa.timestamp("us")),
        ("occurred_to", pa.timestamp("us")),
        ("grain", pa.string()),
        ("day", pa.date32()),
        ("hour", pa.int8()),
        ("category", pa.string()),
        ("category_text", pa.string()),
        ("x", pa.float64()),
        ("y", pa.float64()),
        ("epsg", pa.int32()),
        ("label", pa.string()),
        ("quantity", pa.decimal128(18, 6)),
        ("incident", pa.string()),
        ("flags", pa.string()),
        ("content", pa.binary()),
    ]
)


_KEPT = {
    "event": ("stored", "event_id, key, content, cover, category, known_from"),
    "closing": ("closed", "event_id, known_to"),
}


class Ledger:
    """The ledger's versions in memory, as a load would keep them."""

    def __init__(self, delivery: str = "full", *, piece_rows: int = 1_000) -> None:
        self.engine = Duck()
        self.piece_rows = piece_rows
        self.source = source(delivery)
        self.loads = 0
        self.next_id = 1
        self.engine.run("event", "create temp table stored (event_id bigint, key varchar, content blob,"
                        " cover varchar, category varchar, known_from date)")  # fmt: skip
        self.engine.run("closing", "create temp table closed (event_id bigint, known_to date)")

    def load(
        self, rows: list[dict[str, object]], as_of: date, refused: Sequence[str] = ()
    ) -> list[FileChange]:
        self.loads += 1
        table = pa.Table.from_pylist(
            [{name: each.get(name) for name in INCOMING.names} for each in rows], INCOMING
        )
        self.engine.register("incoming", table)
        self.engine.create(
            "version",
            "select s.*, c.known_to from stored s left join"
            " (select event_id, min(known_to) as known_to from closed group by event_id) c using (event_id)",
        )
        changes = compare_delivery(
            self.engine,
            self.source,
            as_of=as_of,
            load_no=self.loads,
            refused=refused,
        )
        self.engine.run("close", "insert into closed select event_id, known_to from new_closing")
        for start in range(0, table.num_rows, self.piece_rows):
            self._append(table.slice(start, self.piece_rows), as_of)
        self.rejects = self.engine.rows("r", "select file_no, line, reason from new_reject order by all")
        drop_versions(self.engine)
        drop_delivery(self.engine)
        return changes

    def _append(self, piece: pa.Table, as_of: date) -> None:
        for each in versions_of(
            self.engine,
            self.source,
            piece,
            as_of=as_of,
            load_no=self.loads,
            policy_id=1,
            first_event_id=self.next_id,
        ):
            columns = _KEPT.get(each.table)
            if columns:
                sql = f"insert into {columns[0]} select {columns[1]} from ({each.sql})"
                self.engine.run("keep", sql, each.parameters)
            self.next_id += each.rows if each.table == "event" else 0

    def known_at(self, day: date) -> list[tuple[str | None, str]]:
        return self.engine.rows(
            "known",
            "select s.key, s.category from stored s left join (select event_id, min(known_to) as known_to"
            " from closed group by event_id) c using (event_id)"
            " where known_from <= ? and (known_to is null or known_to > ?) order by all",
            [day, day],
        )


def test_a_restatement_adds_changes_and_withdraws() -> None:
    ledger = Ledger()
    assert ledger.load([row(2, "a", "theft"), row(3, "b", "theft"), row(4, "c", "arson")], JAN) == [
        FileChange(1, added=3)
    ]
    # By hand: a is the same, b is reclassified, c is gone, d is new.
    changes = ledger.load(
        [row(2, "a", "theft", file_no=2), row(3, "b", "robbery", file_no=2), row(4, "d", "arson", file_no=2)],
        FEB,
    )
    assert changes == [FileChange(2, added=1, changed=1, unchanged=1, withdrawn=1, reclassified=1)]
    assert ledger.known_at(FEB) == [("a", "theft"), ("b", "robbery"), ("d", "arson")]
    assert ledger.known_at(JAN) == [("a", "theft"), ("b", "theft"), ("c", "arson")]


def test_a_restatement_leaves_what_it_does_not_cover() -> None:
    ledger = Ledger()
    ledger.load([row(2, "a", "theft"), row(3, "z", "theft", cover="2023-12")], JAN)
    assert ledger.load([row(2, "b", "theft", file_no=2)], FEB) == [FileChange(2, added=1, withdrawn=1)]
    assert ledger.known_at(FEB) == [("b", "theft"), ("z", "theft")]


def test_rows_without_a_key_are_separate_and_counted_as_copies() -> None:
    ledger = Ledger()
    three = [row(line, None, "asb") for line in (2, 3, 4)]
    assert ledger.load(three, JAN) == [FileChange(1, added=3, possible_duplicate=2)]
    # The next telling has two of the three: one was withdrawn, none was added.
    again = [row(line, None, "asb", file_no=2) for line in (2, 3)]
    assert ledger.load(again, FEB) == [FileChange(2, unchanged=2, withdrawn=1, possible_duplicate=1)]
    assert len(ledger.known_at(FEB)) == 2


def test_the_first_copy_of_a_key_is_kept_across_the_files_of_a_delivery() -> None:
    ledger = Ledger()
    changes = ledger.load(
        [row(2, "a", "theft"), row(2, "a", "theft", file_no=2), row(3, "a", "robbery", file_no=2)], JAN
    )
    assert changes == [FileChange(1, added=1), FileChange(2, duplicate_exact=1, duplicate_conflict=1)]
    assert ledger.rejects == [(2, 2, "duplicate_exact"), (2, 3, "duplicate_conflict")]
    assert ledger.known_at(JAN) == [("a", "theft")]


@pytest.mark.parametrize("order", [(0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0)])
def test_deltas_end_in_the_same_state_in_whatever_order_they_come(order: tuple[int, ...]) -> None:
    deltas = [([row(2, "a", "theft")], JAN), ([row(2, "a", "robbery"), row(3, "b", "arson")], FEB),
              ([row(2, "b", "theft")], MAR)]  # fmt: skip
    ledger = Ledger("delta")
    for index in order:
        ledger.load(*deltas[index])
    assert ledger.known_at(JAN) == [("a", "theft")]
    assert ledger.known_at(FEB) == [("a", "robbery"), ("b", "arson")]
    assert ledger.known_at(MAR) == [("a", "robbery"), ("b", "theft")]


def test_a_record_named_in_a_refused_row_was_not_withdrawn() -> None:
    ledger = Ledger()
    ledger.load([row(2, "a", "theft"), row(3, "b", "theft"), row(4, "c", "arson")], JAN)
    # b is still in the file, in a row with a coordinate that is no number; c is gone from it.
    changes = ledger.load([row(2, "a", "theft", file_no=2)], FEB, refused=["B,2024-01,theft,not-a-number"])
    assert changes == [FileChange(2, unchanged=1, withdrawn=1)]
    assert ledger.known_at(FEB) == [("a", "theft"), ("b", "theft")]


@pytest.mark.parametrize("delivery", ["full", "delta"])
def test_a_delivery_appends_the_same_versions_whole_or_in_pieces(delivery: str) -> None:
    told = [
        [row(2, "a", "theft"), row(3, None, "arson"), row(4, None, "arson"), row(5, "a", "theft")],
        [row(2, "b", "theft"), row(3, None, "arson"), row(4, "a", "robbery"), row(5, "b", "arson")],
        [row(2, "c", "theft"), row(3, "b", "theft")],
    ]
    states = []
    for piece_rows in (1, 3, 1_000):
        ledger = Ledger(delivery, piece_rows=piece_rows)
        # The last is told late, so that a piece closes what it appends.
        days = (JAN, MAR, FEB) if delivery == "delta" else (JAN, FEB, MAR)
        counts = [ledger.load(rows, day) for rows, day in zip(told, days, strict=True)]
        stored = ledger.engine.rows("all", "select * from stored order by event_id")
        states.append((counts, stored, ledger.engine.rows("all", "select * from closed order by all")))
    assert states[0] == states[1] == states[2]
    # By hand: the first delivery keeps one a and both arsons; its second a is a repeat.
    assert states[0][0][0] == [FileChange(1, added=3, duplicate_exact=1, possible_duplicate=1)]
