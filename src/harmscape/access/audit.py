"""The audit trail: one row for every load and every read, each chained to the one before it.

Form: canonical JSON, hash = SHA-256(0x00 | previous hash | body). The row is on the disk before the answer
leaves; where it cannot be written, the answer is refused.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from harmscape.model.declared import canonical_json
from harmscape.model.errors import HarmscapeError, RefusedError

Operation = Literal[
    "collection", "alteration", "consultation", "disclosure", "combination", "erasure", "verify"
]
"""The six kinds of the Data Protection Act 2018, section 62, and checks of the trail itself."""

_FIRST = "0" * 64
_MAKE = "create table if not exists audit (seq integer primary key, body text not null, hash text not null)"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check of the trail found: how many rows hold, and the first that does not."""

    rows: int
    head: str
    first_bad: int | None
    reason: str | None


class Audit:
    """The append-only trail of one workspace."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def append(
        self,
        operation: Operation,
        *,
        actor: str,
        role: str,
        step: str,
        purpose: str | None = None,
        detail: Mapping[str, object] | None = None,
        rows: int | None = None,
        outcome: str = "answered",
    ) -> int:
        """Write one row and return its number. Raises RefusedError where it cannot be kept."""
        body: dict[str, object] = {
            "time": datetime.now(UTC).isoformat(timespec="microseconds"),
            "actor": actor,
            "role": role,
            "operation": operation,
            "step": step,
            "purpose": purpose,
            "detail": dict(detail or {}),
            "rows": rows,
            "outcome": outcome,
        }
        try:
            with closing(self._open()) as store, store:
                store.execute("begin immediate")
                last = store.execute("select seq, hash from audit order by seq desc limit 1").fetchone()
                seq, previous = (last[0] + 1, last[1]) if last else (1, _FIRST)
                text = canonical_json(body | {"seq": seq})
                store.execute("insert into audit values (?, ?, ?)", (seq, text, chained(previous, text)))
        except (sqlite3.Error, OSError) as fault:
            raise RefusedError(
                "the audit trail cannot be written, so nothing may be read or loaded"
            ) from fault
        return int(seq)

    def verify(self) -> Verdict:
        """Walk the whole chain; stop at the first row that was altered, moved or removed."""
        previous, expected = _FIRST, 1
        if not self._path.exists():
            return Verdict(0, _FIRST, None, None)
        with closing(self._open()) as store:
            for seq, text, digest in store.execute("select seq, body, hash from audit order by seq"):
                if seq != expected:
                    return Verdict(expected - 1, previous, expected, "a row is missing")
                if digest != chained(previous, text) or f'"seq":{seq},' not in text:
                    return Verdict(expected - 1, previous, seq, "a row was altered")
                previous, expected = digest, expected + 1
        return Verdict(expected - 1, previous, None, None)

    def _open(self) -> sqlite3.Connection:
        try:
            store = sqlite3.connect(self._path, timeout=10, isolation_level=None)
            store.execute("pragma journal_mode = wal")
            store.execute("pragma synchronous = full")
            store.execute(_MAKE)
        except sqlite3.Error as fault:
            raise HarmscapeError(f"the audit trail {self._path.name} cannot be opened") from fault
        return store


def chained(previous: str, body: str) -> str:
    """The hash of a row that follows another: the same body elsewhere in the chain hashes otherwise."""
    return hashlib.sha256(b"\x00" + previous.encode("ascii") + body.encode("utf-8")).hexdigest()
