"""Any file as UTF-8 bytes: a byte-order mark decides, else UTF-8, else the declared encoding."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

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


class Encoding(NamedTuple):
    """How a file is encoded; `assumed` where only the absence of anything else speaks for UTF-8."""

    name: str
    assumed: bool


def utf8_chunks(table: TableFile, encoding: Encoding) -> Iterator[bytes]:
    """The bytes of a text file in UTF-8, chunk by chunk, without a byte-order mark.

    What cannot be decoded becomes the byte FF, which is never valid UTF-8, so that the rows that hold it
    are refused; nothing is guessed or replaced.
    """
    with opened(table) as stream:
        stream.read(_mark_length(stream))
        if encoding.name == "utf-8":
            while chunk := stream.read(_CHUNK):
                yield chunk
            return
        decoder = codecs.getincrementaldecoder(encoding.name)(_HANDLER)
        while chunk := stream.read(_CHUNK):
            yield decoder.decode(chunk).encode("utf-8", "surrogateescape")
        yield decoder.decode(b"", final=True).encode("utf-8", "surrogateescape")


def encoding_of(table: TableFile, declared: str) -> Encoding:
    """The encoding of a table's file: a declared one holds only where no line of the file shows
    it to be UTF-8."""
    try:
        codec = codecs.lookup(declared)
        if not codec._is_text_encoding:
            raise LookupError
    except LookupError:
        raise HarmscapeError(f"no encoding is called {declared!r}; usual ones: utf-8, cp1252") from None
    with opened(table) as stream:
        start = stream.read(4)
        for mark, encoding in _MARKS:
            if start.startswith(mark):
                return Encoding(encoding, assumed=False)
        if codec.name == "utf-8" or _is_utf8(start, stream):
            return Encoding("utf-8", assumed=True)
        return Encoding(codec.name, assumed=False)


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
