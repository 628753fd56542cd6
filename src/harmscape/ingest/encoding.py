"""Any file as UTF-8 bytes: a byte-order mark decides, else UTF-8, else the declared encoding."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from typing import BinaryIO

from harmscape.ingest.contents import TableFile, opened
from harmscape.model.errors import HarmscapeError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CHUNK = 4 << 20
_UNDECODABLE = "\udcff"


def utf8_chunks(table: TableFile, declared: str) -> Iterator[bytes]:
    """The bytes of a text file in UTF-8, chunk by chunk, without a byte-order mark.

    What cannot be decoded becomes the byte FF, which is never valid UTF-8, so that the rows that hold it
    are refused; nothing is guessed or replaced.
    """
    encoding = _encoding(table, declared)
    with opened(table) as stream:
        stream.read(_mark_length(stream))
        if encoding == "utf-8":
            while chunk := stream.read(_CHUNK):
                yield chunk
            return
        decoder = codecs.getincrementaldecoder(encoding)(_HANDLER)
        while chunk := stream.read(_CHUNK):
            yield decoder.decode(chunk).encode("utf-8", "surrogateescape")
        yield decoder.decode(b"", final=True).encode("utf-8", "surrogateescape")


def _encoding(table: TableFile, declared: str) -> str:
    """The encoding of a table's file: a declared one holds only where no line of the file shows
    it to be UTF-8."""
    try:
        name = codecs.lookup(declared).name
    except LookupError:
        raise HarmscapeError(f"no encoding is called {declared!r}; usual ones: utf-8, cp1252") from None
    with opened(table) as stream:
        start = stream.read(4)
        for mark, encoding in _MARKS:
            if start.startswith(mark):
                return encoding
        if name == "utf-8":
            return name
        return "utf-8" if _is_utf8(start, stream) else name


def _is_utf8(start: bytes, stream: BinaryIO) -> bool:
    """Whether a text is UTF-8, perhaps with broken lines: one line beyond ASCII that is valid UTF-8 shows it,
    as other encodings all but never look like it by chance."""
    left = start
    broken = False
    while chunk := stream.read(_CHUNK):
        lines, _, left = (left + chunk).rpartition(b"\n")
        if lines.isascii():
            continue
        verdicts = {_decodes(line) for line in lines.split(b"\n") if not line.isascii()}
        if True in verdicts:
            return True
        broken = True
    return not broken if left.isascii() else _decodes(left)


def _decodes(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def _mark_length(stream: BinaryIO) -> int:
    start = stream.peek(4)[:4]  # type: ignore[attr-defined]
    return next((len(mark) for mark, _ in _MARKS if start.startswith(mark)), 0)


def _undecodable(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)
    return _UNDECODABLE, error.end


_HANDLER = "harmscape.undecodable"
codecs.register_error(_HANDLER, _undecodable)
