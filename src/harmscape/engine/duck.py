"""The embedded engine: DuckDB, without extensions, and locked for readers."""

from __future__ import annotations

import os
import threading
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from harmscape.engine.protocol import Parameters
from harmscape.engine.sql import identifier, quoted
from harmscape.model.errors import HarmscapeError

_SHARE_OF_MEMORY = 0.5
_MOST_BYTES = 4 * 2**30
"""Steps work in pieces and go to disk beyond this, so that more memory would make few of them faster."""
_LOCKING = threading.Lock()
"""Two threads may open one file at once: they share a database, and only one of them locks it."""


Prepared = tuple[object, ...]
"""What a prepared table was made from."""


class EngineError(HarmscapeError):
    """A step failed inside the database. The message names the step and the kind of fault, no values."""


class Duck:
    """One DuckDB connection.

    path: a database file, or None for one in memory. threads: None lets the engine decide.
    """

    def __init__(
        self,
        path: Path | None = None,
        *,
        read_only: bool = False,
        threads: int | None = None,
        scratch: Path | None = None,
        memory_bytes: int | None = None,
    ) -> None:
        config: dict[str, str | bool | int | float | list[str]] = {
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "memory_limit": f"{(memory_bytes or _usual_memory()) // 2**20}MiB",
            "temp_directory": str(scratch) if scratch else "",
            "preserve_insertion_order": "true",
            "python_enable_replacements": "false",
        }
        if threads:
            config["threads"] = threads
        self._connection = _guarded(
            "open",
            lambda: duckdb.connect(str(path) if path else ":memory:", read_only=read_only, config=config),
        )
        self._prepared: dict[str, Prepared] = {}

    @classmethod
    def _of(cls, connection: duckdb.DuckDBPyConnection) -> Duck:
        made = cls.__new__(cls)
        made._connection = connection
        made._prepared = {}
        return made

    def run(self, step: str, sql: str, parameters: Parameters = ()) -> None:
        _guarded(step, lambda: self._connection.execute(sql, parameters))

    def rows(self, step: str, sql: str, parameters: Parameters = ()) -> list[tuple[Any, ...]]:
        # fetchall, never fetchone: a connection with an unfinished result refuses other work.
        found: list[tuple[Any, ...]] = _guarded(
            step, lambda: self._connection.execute(sql, parameters).fetchall()
        )
        return found

    def arrow(self, step: str, sql: str, parameters: Parameters = ()) -> pa.Table:
        return _guarded(step, lambda: self._connection.sql(sql, params=parameters or None).to_arrow_table())

    def batches(
        self, step: str, sql: str, parameters: Parameters = (), *, rows: int = 50_000
    ) -> Iterator[pa.RecordBatch]:
        reader = _guarded(
            step, lambda: self._connection.sql(sql, params=parameters or None).to_arrow_reader(rows)
        )
        while True:
            batch = _guarded(step, lambda: next(reader, None))
            if batch is None:
                return
            yield batch

    def register(self, name: str, table: pa.Table | pa.dataset.Dataset) -> None:
        _guarded("register", lambda: self._connection.register(identifier(name), table))

    def create(self, name: str, sql: str, parameters: Parameters = (), *, temporary: bool = True) -> None:
        self._prepared.pop(name, None)
        kind = "temporary table" if temporary else "table"
        self.run(f"create {name}", f"create or replace {kind} {identifier(name)} as {sql}", parameters)

    def explain(self, step: str, sql: str, parameters: Parameters = ()) -> str:
        return "\n".join(str(row[-1]) for row in self.rows(step, f"explain {sql}", parameters))

    def drop(self, name: str) -> None:
        self._connection.unregister(identifier(name))
        for kind in ("view", "table"):
            held = "duckdb_views()" if kind == "view" else "duckdb_tables()"
            found = self.rows("drop", f"select 1 from {held} where {kind}_name = ? limit 1", [name])
            if found:
                self.run("drop", f"drop {kind} {identifier(name)}")

    def prepare(self, name: str, sql: str, parameters: Parameters = (), *, needs: Sequence[str] = ()) -> None:
        made = (sql, repr(parameters), tuple(self._prepared[each] for each in needs))
        if self._prepared.get(name) != made:
            self.create(name, sql, parameters)
            self._prepared[name] = made

    def clear(self, kept: Collection[str]) -> None:
        held = self.rows(
            "clear",
            "select 'table', t.table_name from duckdb_tables() t where t.temporary union all"
            " select 'view', v.view_name from duckdb_views() v where v.temporary and not v.internal",
        )
        for kind, name in held:
            if name not in kept and name not in self._prepared:
                self._connection.unregister(name)
                self.run("clear", f"drop {kind} if exists {identifier(name)}")

    def write_parquet(self, step: str, sql: str, path: Path, parameters: Parameters = ()) -> None:
        """Write a query to a new Parquet file, and see it onto the disk before returning."""
        self.run(
            step,
            f"copy ({sql}) to {quoted(str(path))} (format parquet, compression zstd, compression_level 1)",
            parameters,
        )
        with path.open("rb") as written:
            os.fsync(written.fileno())

    def lock(self, folders: Sequence[Path]) -> None:
        """Close every door but the folders named: no other file, no extension, no change of settings.

        What lies in them is never written again, so what its files say of themselves is read once.
        A file opened twice in one process is one database, which stays as its first reader locked it.
        """
        allowed = ", ".join(quoted(str(folder.resolve()) + "/") for folder in folders)
        with _LOCKING:
            if self.rows("lock", "select current_setting('lock_configuration')") == [(True,)]:
                return
            self.run("lock", "set parquet_metadata_cache = true")
            self.run("lock", f"set allowed_directories = [{allowed}]")
            self.run("lock", "set enable_external_access = false")
            self.run("lock", "set lock_configuration = true")

    def cursor(self) -> Duck:
        return Duck._of(self._connection.cursor())

    def interrupt(self) -> None:
        self._connection.interrupt()

    def close(self) -> None:
        self._connection.close()


def _guarded(step: str, act: Any) -> Any:
    try:
        return act()
    except duckdb.Error as fault:
        if os.environ.get("HARMSCAPE_DEBUG"):
            raise
        if "No space left" in str(fault):  # as it comes from writing, or from what a commit could not write
            raise EngineError(f"the disk is full (step {step!r}); make room and run it again") from None
        # The engine's own message may quote a value of a row, so it goes no further.
        raise EngineError(f"step {step!r} failed in the engine ({type(fault).__name__})") from None


def _usual_memory() -> int:
    try:
        whole = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        whole = 4 * 2**30
    return min(int(whole * _SHARE_OF_MEMORY), _MOST_BYTES)
