"""The ledger: names, the one pointer, what is swept, what is refused."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from harmscape.model.errors import HarmscapeError
from harmscape.workspace.ledger import Ledger, Manifest, Segment


def written(ledger: Ledger, load_no: int, name: str, content: bytes = b"rows") -> Segment:
    path = ledger.new_path("event", load_no, name)
    path.write_bytes(content)
    return ledger.segment("event", path, 1, source="crimes")


def published(ledger: Ledger, load_no: int, name: str) -> Manifest:
    base = ledger.current()
    grown = base.with_segments(
        [written(ledger, load_no, name)], load_no=load_no, next_event_id=2, next_file_no=2
    )
    ledger.publish(grown)
    return grown


def test_a_ledger_without_a_load_is_an_empty_snapshot(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    assert ledger.current() == Manifest()
    assert (ledger.current().snapshot, ledger.current().next_event_id, ledger.snapshots()) == ("none", 1, [])
    assert "where false" in ledger.relation(ledger.current(), "event")


def test_a_published_snapshot_is_read_as_it_was_written(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    first = published(ledger, 1, "crimes")
    second = published(ledger, 2, "crimes")
    assert Ledger(tmp_path).current() == second
    assert ledger.snapshots() == [first.snapshot, second.snapshot]
    assert second.parent == first.snapshot
    assert ledger.manifest(first.snapshot) == first
    assert [each.path for each in second.of("event")] == [
        "event/000001-crimes.parquet",
        "event/000002-crimes.parquet",
    ]
    assert second.of("event", source="others") == []


def test_a_segment_carries_the_digest_of_its_file(tmp_path: Path) -> None:
    segment = written(Ledger(tmp_path), 1, "crimes", b"abc")
    assert segment.sha256 == hashlib.sha256(b"abc").hexdigest()


def test_a_snapshot_is_named_by_what_it_holds(tmp_path: Path) -> None:
    one, other = Ledger(tmp_path / "one"), Ledger(tmp_path / "other")
    names = [published(ledger, 1, "crimes").snapshot for ledger in (one, other)]
    assert names[0] == names[1]
    assert names[0].startswith("000001-")


def test_what_no_manifest_names_is_swept_and_nothing_else(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    published(ledger, 1, "crimes")
    stray = ledger.new_path("event", 2, "crimes")
    stray.write_bytes(b"half a lo")
    assert ledger.sweep() == 1
    assert not stray.exists()
    assert (tmp_path / "event" / "000001-crimes.parquet").exists()


def test_a_manifest_beyond_the_pointer_is_swept_with_its_segments(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    first = published(ledger, 1, "crimes")
    second = published(ledger, 2, "crimes")
    (tmp_path / "current").write_text(first.snapshot)
    assert ledger.sweep() == 1
    assert ledger.snapshots() == [first.snapshot]
    with pytest.raises(HarmscapeError, match=second.snapshot):
        ledger.manifest(second.snapshot)


def test_a_killed_first_load_leaves_an_empty_ledger_after_the_sweep(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    published(ledger, 1, "crimes")
    (tmp_path / "current").unlink()
    assert ledger.current() == Manifest()
    assert ledger.sweep() == 1
    assert ledger.snapshots() == []


def test_a_ledger_of_a_newer_program_is_refused(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    snapshot = published(ledger, 1, "crimes").snapshot
    path = tmp_path / "manifests" / f"{snapshot}.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"format": 99}))
    with pytest.raises(HarmscapeError, match="newer program \\(form 99, this one reads 1\\)"):
        ledger.current()


@pytest.mark.parametrize("name", ["000009-aaaaaaaa", "../current", "", "a/b", "x" * 300])
def test_a_snapshot_that_is_not_there_is_said_to_be_so(tmp_path: Path, name: str) -> None:
    with pytest.raises(HarmscapeError, match="is not in this workspace's ledger"):
        Ledger(tmp_path).manifest(name)


def test_one_writer_at_a_time_and_the_lock_frees_itself(tmp_path: Path) -> None:
    ledger, other = Ledger(tmp_path), Ledger(tmp_path)
    refused = pytest.raises(HarmscapeError, match="another load is writing")
    with ledger.writing(), refused, other.writing():
        raise AssertionError("two writers at once")
    with pytest.raises(RuntimeError), ledger.writing():
        raise RuntimeError
    with other.writing():
        pass
