"""A database query as a source: its rows pass the same checks as those of a file. Needs the `sql` extra."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from harmscape.ingest.block import Block
from harmscape.ingest.read import ReadResult, check_all
from harmscape.ingest.rendered import block_of
from harmscape.model.category import CategoryList
from harmscape.model.errors import HarmscapeError
from harmscape.model.source import Query, Source

ROWS = 8_192


def read_query(
    source: Source,
    categories: CategoryList,
    *,
    as_of: date,
    timezone: str,
    out: Path,
    number: int = 0,
) -> ReadResult:
    """Run the select of a SQL source and read its rows as `read_table` reads a file's.

    A row is numbered by its place in the answer, from 1. Raises HarmscapeError when the database cannot be
    reached or refuses the select; the message never holds the address or its password.
    """
    assert source.query is not None
    with ExitStack() as stack:
        reader = _SqlReader(source, source.query, stack)
        return check_all(
            reader,
            source,
            categories,
            as_of=as_of,
            timezone=timezone,
            out=out,
            number=number,
            shown=f"query of {source.id}",
        )


class _SqlReader:
    """The rows of a select, fetched in portions."""

    def __init__(self, source: Source, query: Query, stack: ExitStack) -> None:
        try:
            import sqlalchemy
        except ImportError:
            raise HarmscapeError(
                f"source {source.id!r} reads a database: pip install 'harmscape[sql]'"
            ) from None
        self._source, self._failure = source, sqlalchemy.exc.SQLAlchemyError
        try:
            engine = sqlalchemy.create_engine(_url(source, query))
            stack.callback(engine.dispose)
            connection = stack.enter_context(engine.connect().execution_options(stream_results=True))
            self._result: Any = connection.execute(sqlalchemy.text(query.select))
        except (self._failure, ImportError) as fault:
            raise self._unreachable(fault) from None
        self.header = tuple(str(name) for name in self._result.keys())  # noqa: SIM118 (no mapping)

    def blocks(self) -> Iterator[Block]:
        """The rows in the order the database gives them."""
        row = 1
        while rows := self._fetched():
            columns = [
                pa.array([_text(cell) for cell in column], pa.string()) for column in zip(*rows, strict=True)
            ]
            line = np.arange(row, row + len(rows), dtype=np.int64)
            yield block_of(self.header, columns, line, {})
            row += len(rows)

    def _fetched(self) -> list[Any]:
        try:
            return list(self._result.fetchmany(ROWS))
        except self._failure as fault:
            raise self._unreachable(fault) from None

    def _unreachable(self, fault: Exception) -> HarmscapeError:
        # The driver's own text can hold the address, the password and values.
        return HarmscapeError(
            f"source {self._source.id!r}: the database query failed ({type(fault).__name__}); "
            "check its url, its driver and the select"
        )


def _url(source: Source, query: Query) -> str:
    if query.url is not None:
        return query.url
    assert query.url_env is not None
    url = os.environ.get(query.url_env)
    if not url:
        raise HarmscapeError(f"source {source.id!r}: the environment variable {query.url_env} is not set")
    return url


def _text(value: Any) -> str:
    """A value as the row checks read it."""
    if value is None:
        return ""
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return str(int(value))
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")
    return str(value)
