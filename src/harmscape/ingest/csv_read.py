"""A CSV file as blocks: the fast path as far as quotes are well-formed, the exact path beyond."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from harmscape.ingest.block import Block, Refused
from harmscape.ingest.contents import TableFile
from harmscape.ingest.csv_exact import Rows, record_at
from harmscape.ingest.csv_fast import read_fast
from harmscape.ingest.csv_quotes import read_quotes
from harmscape.ingest.encoding import encoding_of, utf8_chunks
from harmscape.model.errors import FileRefusedError

BLOCK_BYTES = 8 << 20
LONGEST_RECORD = 8 << 20
"""Bytes one record may span; a longer one is a quote left open, or no table."""
NOT_UTF8_SHARE = 0.01
"""A file none of whose non-ASCII rows is UTF-8, and with more than this share of such rows, is in another
encoding; with fewer, those rows are broken."""


class CsvReader:
    """One CSV table, read once from front to back. Raises FileRefusedError for a file without a header."""

    def __init__(self, table: TableFile, *, encoding: str = "utf-8", header_row: int = 1) -> None:
        self._shown = table.shown
        self._encoding = encoding_of(table, encoding)
        self._chunks = utf8_chunks(table, self._encoding)
        self._left = b""
        self._over = False
        self._line = header_row
        self._records = self._undecodable = self._decoded = 0
        self.header = self._read_header(header_row)

    def blocks(self) -> Iterator[Block]:
        """The records after the header, in file order."""
        while not self._over or self._left:
            data = self._whole_records()
            if data and (block := self._block(data)) is not None:
                yield block
        many = self._undecodable > NOT_UTF8_SHARE * self._records
        if self._encoding.assumed and many and not self._decoded:
            raise self._wrong_encoding()

    def _read_header(self, header_row: int) -> tuple[str, ...]:
        while self._left.count(b"\n") < header_row and len(self._left) < LONGEST_RECORD and not self._over:
            self._fill()
        if not self._left.strip():
            raise FileRefusedError("file_empty", f"{self._shown}: the file is empty; export it again")
        text = self._left.strip()
        if b"\r" in text and b"\n" not in text:
            raise FileRefusedError(
                "file_malformed",
                f"{self._shown}: its lines end in a carriage return alone, as old Macs wrote them, so it is"
                " one line; save it with the line ends of Windows or Unix",
            )
        for _ in range(header_row - 1):
            self._left = self._left.partition(b"\n")[2]
        while (record := record_at(self._left, 0)).reason == "unterminated_quote" and not self._over:
            if len(self._left) > LONGEST_RECORD:
                break
            self._fill()
        self._line += self._left.count(b"\n", 0, record.end)
        self._left = self._left[record.end :]
        if record.reason is not None:
            raise FileRefusedError(
                "unterminated_quote",
                f"{self._shown}: line {header_row}: a quote in the header is not closed; mend the header",
            )
        try:
            return tuple(cell.decode() for cell in record.cells)
        except UnicodeDecodeError:
            raise self._wrong_encoding() from None

    def _fill(self) -> None:
        """Take up the next bytes; at the end of the file, close its last line."""
        parts = [self._left]
        size = len(self._left)
        target = size + 1 if size < BLOCK_BYTES // 8 else size + BLOCK_BYTES
        while size < target:
            chunk = next(self._chunks, None)
            if chunk is None:
                self._over = True
                break
            parts.append(chunk)
            size += len(chunk)
        self._left = b"".join(parts)
        if self._over and self._left and not self._left.endswith(b"\n"):
            self._left += b"\n"

    def _whole_records(self) -> bytes:
        """The next bytes that end at a line break; what follows it is left for the next time."""
        if not self._over:
            self._fill()
        end = self._left.rfind(b"\n") + 1
        if end == 0 and len(self._left) > LONGEST_RECORD:
            raise FileRefusedError(
                "file_malformed",
                f"{self._shown}: line {self._line} has no end within 8 MiB; this is not a CSV file",
            )
        data, self._left = self._left[:end], self._left[end:]
        return data

    def _block(self, data: bytes) -> Block | None:
        quotes = read_quotes(data) if b'"' in data else None
        exact, ranges, end = self._irregular(data, quotes.until if quotes else len(data))
        if end < len(data):
            self._left = data[end:] + self._left
            data = data[:end]
        if not data:
            return None
        fast = read_fast(data, self._line, len(self.header), quotes=quotes, skip=ranges)
        self._line += data.count(b"\n")
        refused = sorted([*fast.refused, *exact.refused])
        self._count(len(fast.line) + len(exact.line), refused, fast.beyond_ascii + exact.beyond_ascii)
        if not exact.line:
            return Block(fast.line, fast.raw, fast.columns, refused)
        line = np.concatenate([fast.line, np.array(exact.line, np.int64)])
        order = pa.array(np.argsort(line, kind="stable"))
        cells = zip(*exact.cells, strict=True)
        columns = [
            _joined(column, list(more), order) for column, more in zip(fast.columns, cells, strict=True)
        ]
        return Block(line[order.to_numpy()], _joined(fast.raw, exact.raw, order), columns, refused)

    def _irregular(self, data: bytes, begin: int) -> tuple[Rows, list[tuple[int, int]], int]:
        """The records with quotes from a byte on, where the first quote out of place is: read exactly. Also
        their byte ranges, and where the last record that is complete ends."""
        rows = Rows()
        ranges: list[tuple[int, int]] = []
        line, done = self._line + data.count(b"\n", 0, begin), begin
        quote = data.find(b'"', begin)
        while quote >= 0:
            start = data.rfind(b"\n", done, quote) + 1 or done
            line += data.count(b"\n", done, start)
            record = record_at(data, start)
            if record.reason == "unterminated_quote" and self._goes_on(data, start, line):
                return rows, ranges, start
            rows.add(data, record, line, len(self.header))
            ranges.append((start, record.end))
            line += data.count(b"\n", start, record.end)
            done = record.end
            quote = data.find(b'"', done)
        return rows, ranges, len(data)

    def _goes_on(self, data: bytes, start: int, line: int) -> bool:
        """Whether an open quote may close in bytes not yet read. One left open on the file's last line
        costs that record; one that swallows further lines costs the file."""
        if not self._over and len(data) - start <= LONGEST_RECORD:
            return True
        if self._over and not data[start:].partition(b"\n")[2].strip():
            return False
        raise FileRefusedError(
            "unterminated_quote",
            f"{self._shown}: the quote opened in the record on line {line} is never closed, so the rows "
            "after it cannot be told apart; mend that line and load the file again",
        )

    def _count(self, sound: int, refused: list[Refused], beyond_ascii: int) -> None:
        undecodable = sum(each.reason == "encoding_undecodable" for each in refused)
        self._records += sound + len(refused)
        self._undecodable += undecodable
        self._decoded += beyond_ascii - undecodable

    def _wrong_encoding(self) -> FileRefusedError:
        return FileRefusedError(
            "encoding_undecodable",
            f"{self._shown}: the text is not UTF-8; declare the source's encoding (often cp1252)",
        )


def _joined(fast: pa.Array, exact: list[str], order: pa.Array) -> pa.Array:
    return pa.concat_arrays([fast, pa.array(exact, pa.string())]).take(order)
