"""What the floors above ask of a database, and nothing more."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa

Parameters = Sequence[object] | dict[str, object]


class Engine(Protocol):
    """A connection that runs named steps. A step's name goes into logs and errors, its parameters never."""

    def run(self, step: str, sql: str, parameters: Parameters = ()) -> None:
        """Run a statement for its effect."""

    def rows(self, step: str, sql: str, parameters: Parameters = ()) -> list[tuple[Any, ...]]:
        """All rows of a query, as plain tuples; for small results."""

    def arrow(self, step: str, sql: str, parameters: Parameters = ()) -> pa.Table:
        """All rows of a query as an Arrow table."""

    def batches(
        self, step: str, sql: str, parameters: Parameters = (), *, rows: int = 50_000
    ) -> Iterator[pa.RecordBatch]:
        """The rows of a query a batch at a time, so that not all are held at once; read them to the end."""

    def register(self, name: str, table: pa.Table | pa.dataset.Dataset) -> None:
        """Let steps read an Arrow table or data set under a name, on this connection only."""

    def create(self, name: str, sql: str, parameters: Parameters = (), *, temporary: bool = True) -> None:
        """Make a table from a query."""

    def write_parquet(self, step: str, sql: str, path: Path, parameters: Parameters = ()) -> None:
        """Write a query to a new Parquet file, and see it onto the disk before returning."""

    def explain(self, step: str, sql: str, parameters: Parameters = ()) -> str:
        """The plan of a query, as text."""

    def drop(self, name: str) -> None:
        """Forget a registered, temporary or stored table or view."""

    def prepare(self, name: str, sql: str, parameters: Parameters = (), *, needs: Sequence[str] = ()) -> None:
        """Make a temporary table that outlives `clear`, unless the one there was made from the very same.

        needs: the prepared tables that the query reads. For what a question needs that is no question's own.
        """

    def clear(self, kept: Collection[str]) -> None:
        """Forget everything temporary and registered on this connection but the views of these names and
        what was prepared."""

    def cursor(self) -> Engine:
        """Another connection to the same database, with temporary names of its own."""

    def interrupt(self) -> None:
        """Stop the statement that runs now."""

    def close(self) -> None:
        """Let go of the database."""
