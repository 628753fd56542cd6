"""What people write: tasks, corrections, bookmarks, as a list of changes that only grows.

Every change is a row with who, when and why; what stands now is worked out from the rows. Nothing is updated
and nothing is deleted. Each change leaves its row in the audit trail before it is kept.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, Protocol

from harmscape.model.declared import canonical_json
from harmscape.model.errors import HarmscapeError, SelectionError

Kind = Literal["task", "correction", "bookmark", "operation", "answer", "finding"]

FORM = 1
"""The number of the migration that the store stands at; a store of a higher one is refused."""

MOST_TEXT = 2000
_MIGRATIONS: Mapping[int, tuple[str, ...]] = {
    1: (
        """
        create table change (
            no integer primary key, kind text not null, id integer not null, at text not null,
            by text not null, why text, body text not null
        )
        """,
        "create index change_of on change (kind, id)",
        "create trigger change_stays before update on change begin select raise(abort, 'kept'); end",
        "create trigger change_remains before delete on change begin select raise(abort, 'kept'); end",
    )
}


@dataclass(frozen=True, slots=True)
class Change:
    """One row: what was written of something, by whom, when (UTC), and why. `body` holds what it sets."""

    no: int
    id: int
    at: datetime
    by: str
    why: str | None
    body: Mapping[str, Any]


class Store(Protocol):
    """Where changes are kept. SQLite here; another database may stand behind the same two verbs."""

    def append(
        self,
        kind: Kind,
        body: Mapping[str, Any],
        *,
        by: str,
        why: str | None = None,
        id: int | None = None,
        at: datetime | None = None,
        note: Callable[[int], object] = lambda _: None,
    ) -> int:
        """Keep a change and return the id of what it is about: a new one where none is named.

        note: called with the id before the change is kept; where it fails, nothing is.
        """

    def changes(self, kind: Kind) -> list[Change]:
        """All changes of a kind in the order in which they were made."""

    def mark(self) -> str:
        """A text that is another one after each change."""


class State:
    """The store of one workspace, `state.sqlite` in its folder; made when first written to."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._written = 0

    def append(
        self,
        kind: Kind,
        body: Mapping[str, Any],
        *,
        by: str,
        why: str | None = None,
        id: int | None = None,
        at: datetime | None = None,
        note: Callable[[int], object] = lambda _: None,
    ) -> int:
        when = (at or datetime.now(UTC)).astimezone(UTC).isoformat(timespec="seconds")
        with closing(self._open()) as store, _transaction(store):
            number = id
            if number is None:
                (last,) = store.execute("select max(id) from change where kind = ?", (kind,)).fetchone()
                number = (last or 0) + 1
            elif not store.execute("select 1 from change where kind = ? and id = ?", (kind, id)).fetchone():
                raise SelectionError(f"there is no {kind} {id}")
            row = (kind, number, when, by, why, canonical_json(dict(body)))
            store.execute("insert into change (kind, id, at, by, why, body) values (?, ?, ?, ?, ?, ?)", row)
            note(number)
        self._written += 1
        return int(number)

    def changes(self, kind: Kind) -> list[Change]:
        if not self._path.exists():
            return []
        with closing(self._open()) as store:
            rows = store.execute(
                "select no, id, at, by, why, body from change where kind = ? order by no", (kind,)
            ).fetchall()
        return [
            Change(no, number, datetime.fromisoformat(at), by, why, json.loads(body))
            for no, number, at, by, why, body in rows
        ]

    def mark(self) -> str:
        # Own changes are counted; the files' times tell those of other processes without opening the store,
        # which costs more than many an answer.
        files = (self._path, self._path.with_name(f"{self._path.name}-wal"))
        return " ".join([str(self._written), *map(_time_and_size, files)])

    def _open(self) -> sqlite3.Connection:
        try:
            store = sqlite3.connect(self._path, timeout=10, isolation_level=None)
            store.execute("pragma journal_mode = wal")
            store.execute("pragma synchronous = full")
            self._migrate(store)
        except sqlite3.Error as fault:
            raise HarmscapeError(
                f"{self._path.name}, which holds what people wrote, cannot be used"
            ) from fault
        return store

    def _migrate(self, store: sqlite3.Connection) -> None:
        (form,) = store.execute("pragma user_version").fetchone()
        if form > FORM:
            store.close()
            raise HarmscapeError(
                f"{self._path.name} was written by a newer program (form {form}, this one reads {FORM});"
                " install that version or a later one"
            )
        if form == FORM:
            return
        with _transaction(store):
            # Another process may have migrated while this one waited for the lock.
            (form,) = store.execute("pragma user_version").fetchone()
            for number in range(form + 1, FORM + 1):
                for statement in _MIGRATIONS[number]:
                    store.execute(statement)
            store.execute(f"pragma user_version = {FORM}")


def _time_and_size(path: Path) -> str:
    """A file's time and size; SQLite may take the log away between two looks."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return "-"
    return f"{found.st_mtime_ns}.{found.st_size}"


@contextmanager
def _transaction(store: sqlite3.Connection) -> Iterator[None]:
    """All statements within, or none."""
    store.execute("begin immediate")
    try:
        yield
    except BaseException:
        store.execute("rollback")
        raise
    store.execute("commit")


def checked_text(text: object, what: str, *, most: int = MOST_TEXT, needed: bool = True) -> str:
    """Free text as it may be kept: trimmed, not too long, without control characters but line breaks.

    Raises SelectionError that says what is wrong, without repeating the text.

    >>> checked_text("  Lights in Mill Lane ", "aim")
    'Lights in Mill Lane'
    """
    if text is None:
        text = ""
    if not isinstance(text, str):
        raise SelectionError(f"{what} must be text")
    clean = text.replace("\r\n", "\n").strip()
    if needed and not clean:
        raise SelectionError(f"{what} must not be empty")
    if len(clean) > most:
        raise SelectionError(f"{what} takes up to {most:,} characters, and this has {len(clean):,}")
    if any(not (each.isprintable() or each == "\n") for each in clean):
        raise SelectionError(f"{what} holds control characters; write plain text")
    return clean
