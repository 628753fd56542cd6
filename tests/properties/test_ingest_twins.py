"""The fast and the exact CSV reader agree on any bytes; nothing is lost between records and rejects."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.ingest_sources import HEADER, STREET_TYPES, read, street

import harmscape.ingest.encoding
from harmscape.ingest.contents import TableFile
from harmscape.ingest.csv_exact import read_exact, record_at
from harmscape.ingest.csv_fast import read_fast
from harmscape.ingest.csv_quotes import read_quotes
from harmscape.ingest.csv_read import CsvReader
from harmscape.model.errors import FileRefusedError

PLAIN = [
    *(b",", b",", b"\n", b"\n", b"\r\n", b"\r", b"a", b"bc", b" ", b"\t", b"0", b"-1.61"),
    *(b"\x00", b"\x1b", b"\x7f", b"\xff", b"\xc3", b"\xa9", "é".encode(), "e\u0301".encode()),
    *("\u202e".encode(), "\u2066".encode(), "\u202f".encode(), "💧".encode(), b"x" * 9_999, b"x" * 10_001),
]
QUOTED = [*PLAIN[:-2], *[b'"'] * 6, b'""', b',"', b'",', b'"\n', b'\n"', b'"a"', b'"b,c"', b'"d\ne"']
ROW = (
    "0eeb939b6da727fd,2023-03,Northvale Police,Northvale Police,-1.59,54.95,On or near Mill Lane,E01990015,"
    "Northvale 015B,Vehicle crime,,"
)

Texts = st.lists(st.sampled_from(PLAIN), max_size=40).map(b"".join)
QuotedTexts = st.lists(st.sampled_from(QUOTED), max_size=40).map(b"".join)
Cells = st.text(st.sampled_from(['"', ",", "\n", "\r", "a", "é", " ", "💧", "5"]), max_size=6)
Tables = st.lists(st.lists(Cells, min_size=3, max_size=3), max_size=12)
Cuts = st.lists(st.tuples(st.integers(0, 600), st.integers(0, 12), st.sampled_from(QUOTED)), max_size=6)

few = settings(max_examples=200, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
many = settings(max_examples=10_000, deadline=None, suppress_health_check=list(HealthCheck))


def twins_agree(data: bytes, width: int) -> None:
    """On bytes as far as their quotes are well-formed."""
    quotes = read_quotes(data + b"\n")
    data = (data + b"\n")[: quotes.until]
    if not data:
        return
    fast, exact = read_fast(data, 2, width, quotes=quotes), read_exact(data, 2, width)
    assert not [each for each in exact.refused if each.reason in ("stray_quote", "unterminated_quote")]
    assert fast.line.tolist() == exact.line
    assert fast.raw.to_pylist() == exact.raw
    assert [list(row) for row in zip(*(c.to_pylist() for c in fast.columns), strict=True)] == exact.cells
    assert fast.refused == exact.refused
    assert fast.beyond_ascii == exact.beyond_ascii


def what_is_written_is_read(rows: list[list[str]], quoting: Literal[0, 1], chunk: int) -> None:
    """Rows written by Python's own CSV writer come back cell by cell."""
    text = io.StringIO()
    csv.writer(text, quoting=quoting, lineterminator="\r\n").writerows(rows)
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(harmscape.ingest.encoding, "_CHUNK", chunk)
        path = Path(folder) / "a.csv"
        path.write_text("p,q,r\r\n" + text.getvalue(), encoding="utf-8", newline="")
        read_back: list[list[str]] = []
        for block in CsvReader(TableFile(path, None, "a.csv", "csv", 0)).blocks():
            assert block.refused == []
            read_back += map(list, zip(*(column.to_pylist() for column in block.columns), strict=True))
    assert read_back == rows


def the_reader_agrees(data: bytes, chunk: int) -> None:
    """The reader, whatever the size of its bites, gives what the exact path gives on the whole."""
    content = b"p,q\n" + data
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(harmscape.ingest.encoding, "_CHUNK", chunk)
        path = Path(folder) / "a.csv"
        path.write_bytes(content)
        reader = CsvReader(TableFile(path, None, "a.csv", "csv", len(content)), encoding="utf-8")
        exact = read_exact(data if data.endswith(b"\n") else data + b"\n", 2, 2)
        lines: list[int] = []
        refused = []
        try:
            for block in reader.blocks():
                lines += block.line.tolist()
                refused += block.refused
        except FileRefusedError as whole:
            if whole.reason == "unterminated_quote":
                assert quote_left_open(data + b"\n")
            else:
                assert "encoding_undecodable" in {each.reason for each in exact.refused}
            return
        assert lines == exact.line
        assert refused == exact.refused


def quote_left_open(data: bytes) -> bool:
    """Whether the last record never closes its quote."""
    start, reason = 0, None
    while start < len(data):
        _, start, _, reason = record_at(data, start)
    return reason == "unterminated_quote"


def nothing_is_lost(cuts: list[tuple[int, int, bytes]]) -> None:
    """A street file with bytes taken out and put in: every record is accepted or rejected, once."""
    data = "\n".join([ROW] * 4).encode()
    for at, length, piece in cuts:
        data = data[:at] + piece + data[at + length :]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x-street.csv"
        path.write_bytes(HEADER.encode() + b"\n" + data + b"\n")
        try:
            result, accepted, rejected = read(path, street(), STREET_TYPES, Path(folder))
        except FileRefusedError as refused:
            whole = refused.reason
            assert whole in {"unterminated_quote", "encoding_undecodable"}
            return
    exact = read_exact(data + b"\n", 2, 12)
    lines = sorted([row["line"] for row in accepted] + [row["line"] for row in rejected])
    assert lines == sorted([*exact.line, *(each.line for each in exact.refused)])
    assert result.records == result.accepted + result.rejected == len(lines)
    raws = {row["line"]: row["raw"] for row in rejected}
    assert {each.line: each.raw for each in exact.refused}.items() <= raws.items()


@few
@given(Texts, st.integers(1, 4))
def test_fast_and_exact_agree_on_any_bytes_without_quotes(data: bytes, width: int) -> None:
    twins_agree(data, width)


@few
@given(QuotedTexts, st.integers(4, 64))
def test_the_reader_agrees_with_the_exact_path_whatever_it_bites_off(data: bytes, chunk: int) -> None:
    the_reader_agrees(data, chunk)


@few
@given(QuotedTexts, st.integers(1, 4))
def test_fast_and_exact_agree_as_far_as_quotes_are_well_formed(data: bytes, width: int) -> None:
    twins_agree(data, width)


@few
@given(Tables, st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]), st.integers(4, 64))
def test_rows_written_by_another_program_come_back(
    rows: list[list[str]], quoting: Literal[0, 1], chunk: int
) -> None:
    what_is_written_is_read(rows, quoting, chunk)


@few
@given(Cuts)
def test_every_record_of_a_mutated_file_is_accepted_or_rejected_once(
    cuts: list[tuple[int, int, bytes]],
) -> None:
    nothing_is_lost(cuts)


@pytest.mark.soak
@pytest.mark.parametrize(
    "proof",
    [
        many(given(Texts, st.integers(1, 4))(twins_agree)),
        many(given(QuotedTexts, st.integers(1, 4))(twins_agree)),
        many(given(Tables, st.sampled_from([0, 1]), st.integers(4, 64))(what_is_written_is_read)),
        many(given(QuotedTexts, st.integers(4, 64))(the_reader_agrees)),
        many(given(Cuts)(nothing_is_lost)),
    ],
    ids=["twins", "quotes", "written", "reader", "files"],
)
def test_ten_thousand_mutated_inputs(proof: Callable[[], None]) -> None:
    proof()
