"""Rejects: every refused row of a load, word for word, with its file, line and reason."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

import pyarrow as pa

from harmscape.engine import Duck


class RejectsFile:
    """`rejects/load-000001.csv`: columns file, line, to_line, reason, raw; made only when a row is refused.

    Bytes that are no text are written as \\x escapes, so that the file itself is sound UTF-8.
    """

    def __init__(self, folder: Path, load_no: int) -> None:
        self.path = folder / f"load-{load_no:06d}.csv"
        self.path.unlink(missing_ok=True)  # a killed load's, which published nothing
        self._file: IO[str] | None = None
        self._writer: Any = None

    def add_files(self, read: Sequence[tuple[str, Path]]) -> None:
        """The rows that checks refused, from the readers' own files."""
        for shown, path in read:
            with pa.memory_map(str(path)) as mapped:
                for batch in _batches(mapped):
                    self._write(
                        (shown, *row) for row in zip(*(c.to_pylist() for c in batch.columns), strict=True)
                    )

    def add_duplicates(self, engine: Duck, shown: Mapping[int, str]) -> None:
        """The rows of the piece at hand that were refused because they repeat a key of their delivery."""
        rows = engine.rows(
            "duplicates",
            "select r.file_no, r.line, r.reason, p.raw from new_reject r"
            " join piece p using (file_no, line) order by all",
        )
        self._write((shown[number], line, None, reason, raw) for number, line, reason, raw in rows)

    def add_plain(self, rows: Iterable[tuple[str, int, str, str]]) -> None:
        """Features and figures that were refused; their message stands for the raw row."""
        self._write((shown, line, None, reason, message) for shown, line, reason, message in rows)

    def close(self) -> None:
        """See the file onto the disk."""
        if self._file is not None:
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()

    def _write(self, rows: Iterable[tuple[Any, ...]]) -> None:
        for row in rows:
            if self._file is None:
                self.path.parent.mkdir(parents=True, exist_ok=True)
                self._file = self.path.open("w", encoding="utf-8", newline="")
                self._writer = csv.writer(self._file)
                self._writer.writerow(["file", "line", "to_line", "reason", "raw"])
            *head, raw = row
            self._writer.writerow(
                [*head, raw.decode("utf-8", "backslashreplace") if isinstance(raw, bytes) else raw]
            )


def refused_rows(read: Sequence[Path]) -> list[str]:
    """The rows that checks refused, as text: what a delivery still names in a row that cannot be used."""
    rows: list[str] = []
    for path in read:
        with pa.memory_map(str(path)) as mapped:
            for batch in _batches(mapped):
                rows += [raw.decode("utf-8", "replace") for raw in batch.column("raw").to_pylist()]
    return rows


def _batches(mapped: Any) -> Iterable[Any]:
    reader = pa.ipc.open_file(mapped)
    return (reader.get_batch(number) for number in range(reader.num_record_batches))
