"""CSV read record by record, quotes and all: the slow twin that defines what is right."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from harmscape.ingest.block import Refused
from harmscape.ingest.text import CONTROL, FIELD_LIMIT

_QUOTED = re.compile(rb'"((?:[^"]+|"")*+)"[ \t]*')
_PLAIN = re.compile(rb"[^,\n]*")


class Record(NamedTuple):
    """One record of the file: where it starts and ends (its line break included) and its cells.

    `reason` says what is wrong with its quotes: `unterminated_quote` or `stray_quote` (text after a
    closing quote).
    """

    start: int
    end: int
    cells: list[bytes]
    reason: str | None


@dataclass(slots=True)
class Rows:
    """Records of a stretch of the file; `beyond_ascii` counts those with more than ASCII."""

    line: list[int] = field(default_factory=list)
    raw: list[str] = field(default_factory=list)
    cells: list[list[str]] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    beyond_ascii: int = 0

    def add(self, data: bytes, record: Record, line: int, width: int) -> None:
        """Judge one record and file it under its line. Blank lines are not records."""
        raw = data[record.start : record.end].removesuffix(b"\n").removesuffix(b"\r")
        if record.reason == "unterminated_quote":
            raw = raw.rstrip(b"\r\n")
        if not raw:
            return
        self.beyond_ascii += not raw.isascii()
        reason = _reason(raw, record, width)
        if reason is not None:
            last = line + raw.count(b"\n")
            self.refused.append(Refused(line, last if last > line else None, reason, raw))
            return
        self.line.append(line)
        self.raw.append(raw.decode())
        self.cells.append([cell.decode() for cell in record.cells])


def read_exact(data: bytes, line: int, width: int) -> Rows:
    """Every record of `data`, which ends with a line break and starts on physical line `line`.

    >>> rows = read_exact(b'1,"a, b"\\n\\n2,c,d\\n', 2, 2)
    >>> rows.line, rows.cells, [(each.line, each.reason) for each in rows.refused]
    ([2], [['1', 'a, b']], [(4, 'column_count')])
    """
    rows = Rows()
    start = 0
    while start < len(data):
        record = record_at(data, start)
        rows.add(data, record, line, width)
        line += data.count(b"\n", record.start, record.end)
        start = record.end
    return rows


def record_at(data: bytes, start: int) -> Record:
    """The record that starts at `start`. An open quote swallows all that follows, as `unterminated_quote`."""
    cells: list[bytes] = []
    reason: str | None = None
    here = start
    while True:
        quoted = _QUOTED.match(data, here) if data[here : here + 1] == b'"' else None
        if quoted is None and data[here : here + 1] == b'"':
            return Record(start, len(data), cells, "unterminated_quote")
        if quoted is None:
            plain = _PLAIN.match(data, here)
            assert plain is not None
            cells.append(plain[0])
            here = plain.end()
        else:
            cells.append(quoted[1].replace(b'""', b'"'))
            plain = _PLAIN.match(data, quoted.end())
            assert plain is not None
            here = plain.end()
            if plain[0] not in (b"", b"\r") or (plain[0] and data[here : here + 1] != b"\n"):
                reason = "stray_quote"
        if data[here : here + 1] != b",":
            break
        here += 1
    if quoted is None:
        cells[-1] = cells[-1].removesuffix(b"\r")
    return Record(start, min(here + 1, len(data)), cells, reason)


def _reason(raw: bytes, record: Record, width: int) -> str | None:
    try:
        raw.decode()
    except UnicodeDecodeError:
        return "encoding_undecodable"
    if b"\x00" in raw:
        return "nul_byte"
    if record.reason is not None or len(record.cells) != width:
        # A quote that closes before its cell ends is unbalanced too; the contract knows one class for both.
        return "unterminated_quote" if record.reason else "column_count"
    if CONTROL.search(raw):
        return "control_char"
    if any(len(cell) > FIELD_LIMIT and len(cell.decode()) > FIELD_LIMIT for cell in record.cells):
        return "field_too_long"
    return None
