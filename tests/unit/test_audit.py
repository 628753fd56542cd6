"""The audit trail: a chain that shows what was altered, moved or removed, and refuses what it cannot keep."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from harmscape.access import Audit
from harmscape.access.audit import chained
from harmscape.model.errors import HarmscapeError, RefusedError

FIRST = "0" * 64


def trail(folder: Path, rows: int) -> Audit:
    audit = Audit(folder / "audit.sqlite")
    for number in range(1, rows + 1):
        said = audit.append("consultation", actor="ann", role="owner", step=f"step {number}")
        assert said == number
    return audit


def change(folder: Path, sql: str) -> None:
    with closing(sqlite3.connect(folder / "audit.sqlite")) as store, store:
        store.execute(sql)


def held(folder: Path) -> list[tuple[int, str, str]]:
    with closing(sqlite3.connect(folder / "audit.sqlite")) as store:
        return store.execute("select seq, body, hash from audit order by seq").fetchall()


def test_each_row_is_chained_to_the_one_before_it(tmp_path: Path) -> None:
    audit = trail(tmp_path, 3)
    previous = FIRST
    for seq, body, digest in held(tmp_path):
        # The form as documented: SHA-256 of a zero byte, the hash before, and the row's canonical JSON.
        assert digest == hashlib.sha256(b"\x00" + previous.encode() + body.encode()).hexdigest()
        said = json.loads(body)
        assert (said["seq"], said["actor"], said["step"]) == (seq, "ann", f"step {seq}")
        assert body == json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        previous = digest
    verdict = audit.verify()
    assert (verdict.rows, verdict.head, verdict.first_bad, verdict.reason) == (3, previous, None, None)


def test_a_row_says_who_asked_what_and_why(tmp_path: Path) -> None:
    audit = Audit(tmp_path / "audit.sqlite")
    audit.append(
        "disclosure", actor="ann", role="analyst", step="rows", purpose="case 7",
        detail={"areas": ["S1"]}, rows=12, outcome="answered",
    )  # fmt: skip
    said = json.loads(held(tmp_path)[0][1])
    time = said.pop("time")
    assert time.endswith("+00:00")
    assert said == {
        "seq": 1,
        "operation": "disclosure",
        "actor": "ann",
        "role": "analyst",
        "step": "rows",
        "purpose": "case 7",
        "detail": {"areas": ["S1"]},
        "rows": 12,
        "outcome": "answered",
    }


def test_a_trail_without_rows_holds(tmp_path: Path) -> None:
    verdict = Audit(tmp_path / "audit.sqlite").verify()
    assert (verdict.rows, verdict.head, verdict.first_bad) == (0, FIRST, None)
    assert not (tmp_path / "audit.sqlite").exists()


@pytest.mark.parametrize(
    ("tampering", "first_bad", "reason"),
    [
        ("update audit set body = replace(body, 'ann', 'bob') where seq = 3", 3, "a row was altered"),
        ("update audit set hash = lower(hex(zeroblob(32))) where seq = 2", 2, "a row was altered"),
        ("delete from audit where seq = 2", 2, "a row is missing"),
        ("delete from audit where seq = 1", 1, "a row is missing"),
        ("update audit set seq = seq + 1 where seq = 5", 5, "a row is missing"),
    ],
)
def test_tampering_is_found_at_the_first_bad_row(
    tmp_path: Path, tampering: str, first_bad: int, reason: str
) -> None:
    audit = trail(tmp_path, 5)
    change(tmp_path, tampering)
    verdict = audit.verify()
    assert (verdict.rows, verdict.first_bad, verdict.reason) == (first_bad - 1, first_bad, reason)


def test_rows_that_changed_places_are_found(tmp_path: Path) -> None:
    audit = trail(tmp_path, 4)
    change(tmp_path, "update audit set seq = 99 where seq = 2")
    change(tmp_path, "update audit set seq = 2 where seq = 3")
    change(tmp_path, "update audit set seq = 3 where seq = 99")
    verdict = audit.verify()
    assert (verdict.first_bad, verdict.reason) == (2, "a row was altered")


def test_a_row_numbered_anew_with_a_fitting_hash_is_found(tmp_path: Path) -> None:
    # Row 1 is dropped and row 2 put in its place, hashed as the first: its own text still says 2.
    audit = trail(tmp_path, 2)
    body = held(tmp_path)[1][1]
    change(tmp_path, "delete from audit where seq = 1")
    with closing(sqlite3.connect(tmp_path / "audit.sqlite")) as store, store:
        store.execute("update audit set seq = 1, hash = ? where seq = 2", [chained(FIRST, body)])
    verdict = audit.verify()
    assert (verdict.first_bad, verdict.reason) == (1, "a row was altered")


def test_a_shortened_trail_shows_in_its_head(tmp_path: Path) -> None:
    # A chain cannot tell that its end was cut off; the head that somebody noted can.
    audit = trail(tmp_path, 3)
    noted = audit.verify()
    change(tmp_path, "delete from audit where seq = 3")
    found = audit.verify()
    assert found.first_bad is None
    assert (found.rows, found.head) != (noted.rows, noted.head)


def test_a_trail_that_cannot_be_opened_refuses_to_be_checked(tmp_path: Path) -> None:
    (tmp_path / "audit.sqlite").write_text("this is no database, whatever its name says", encoding="utf-8")
    with pytest.raises(HarmscapeError, match=r"the audit trail audit\.sqlite cannot be opened"):
        Audit(tmp_path / "audit.sqlite").verify()


def test_a_trail_that_cannot_be_opened_refuses_the_row(tmp_path: Path) -> None:
    (tmp_path / "audit.sqlite").write_text("this is no database, whatever its name says", encoding="utf-8")
    with pytest.raises(HarmscapeError, match="audit trail"):
        Audit(tmp_path / "audit.sqlite").append("consultation", actor="ann", role="owner", step="rank")


def test_a_trail_that_cannot_be_written_refuses_the_row(tmp_path: Path) -> None:
    audit = trail(tmp_path, 1)
    change(
        tmp_path,
        "create trigger full before insert on audit begin select raise(abort, 'disk full'); end",
    )
    with pytest.raises(RefusedError, match="the audit trail cannot be written, so nothing may be read"):
        audit.append("consultation", actor="ann", role="owner", step="rank")
    assert len(held(tmp_path)) == 1
