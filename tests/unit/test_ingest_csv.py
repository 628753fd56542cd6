"""The strict CSV reader: what a record is, which line it stands on, and why it is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from harmscape.ingest.contents import TableFile
from harmscape.ingest.csv_exact import read_exact
from harmscape.ingest.csv_read import LONGEST_RECORD, CsvReader
from harmscape.model.errors import FileRefusedError


def reader(tmp_path: Path, content: bytes, **options: object) -> CsvReader:
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    table = TableFile(path, None, "a.csv", "csv", len(content))
    return CsvReader(table, **options)  # type: ignore[arg-type]


def records(opened: CsvReader) -> tuple[dict[int, list[str]], dict[int, str]]:
    """The cells of each accepted record and the reason of each refused one, by line."""
    cells: dict[int, list[str]] = {}
    reasons: dict[int, str] = {}
    for block in opened.blocks():
        rows = zip(*[column.to_pylist() for column in block.columns], strict=True)
        cells.update(zip(block.line.tolist(), map(list, rows), strict=True))
        reasons.update({each.line: each.reason for each in block.refused})
    return cells, reasons


def test_a_record_is_numbered_by_the_physical_line_it_starts_on(tmp_path: Path) -> None:
    cells, reasons = records(reader(tmp_path, b'a,b\n\n1,"x\ny"\r\n\n2,z\n'))
    assert cells == {3: ["1", "x\ny"], 6: ["2", "z"]}
    assert reasons == {}


def test_quotes_may_hold_commas_quotes_and_nothing(tmp_path: Path) -> None:
    cells, _ = records(reader(tmp_path, b'a,b\n"1,5","He said ""no"""\n"",""\n'))
    assert cells == {2: ["1,5", 'He said "no"'], 3: ["", ""]}


def test_a_quote_inside_a_plain_cell_is_part_of_it(tmp_path: Path) -> None:
    cells, _ = records(reader(tmp_path, b'a,b\n1,5" pipe\n'))
    assert cells == {2: ["1", '5" pipe']}


def test_text_after_a_closing_quote_refuses_the_record_alone(tmp_path: Path) -> None:
    cells, reasons = records(reader(tmp_path, b'a,b\n1,"x"y\n2,z\n'))
    assert (cells, reasons) == ({3: ["2", "z"]}, {2: "unterminated_quote"})


def test_lines_that_end_in_a_carriage_return_alone_are_named_with_the_cure(tmp_path: Path) -> None:
    with pytest.raises(FileRefusedError, match=r"carriage return alone.*save it with the line ends") as said:
        reader(tmp_path, b"a,b\r1,x\r2,y\r")
    assert said.value.reason == "file_malformed"
    assert records(reader(tmp_path, b"a,b\r\n1,x\r\n"))[0] == {2: ["1", "x"]}


def test_blanks_after_a_closing_quote_are_no_text(tmp_path: Path) -> None:
    cells, reasons = records(reader(tmp_path, b'a,b\n"1" ,"x"\t\n'))
    assert (cells, reasons) == ({2: ["1", "x"]}, {})


def test_a_quote_left_open_on_the_last_line_costs_that_record(tmp_path: Path) -> None:
    cells, reasons = records(reader(tmp_path, b'a,b\n1,x\n2,"y\n\n'))
    assert (cells, reasons) == ({2: ["1", "x"]}, {3: "unterminated_quote"})


def test_a_quote_that_swallows_rows_refuses_the_file_and_names_its_line(tmp_path: Path) -> None:
    with pytest.raises(FileRefusedError, match="line 3 ") as refused:
        records(reader(tmp_path, b'a,b\n1,x\n2,"y\n3,z\n'))
    assert refused.value.reason == "unterminated_quote"


def test_an_open_quote_is_not_followed_for_ever(tmp_path: Path) -> None:
    body = b'a,b\n1,"' + b"x" * 100 + b"\n" * (LONGEST_RECORD + (9 << 20)) + b'"\n'
    with pytest.raises(FileRefusedError) as refused:
        records(reader(tmp_path, body))
    assert refused.value.reason == "unterminated_quote"


def test_a_line_without_end_is_no_csv(tmp_path: Path) -> None:
    with pytest.raises(FileRefusedError) as refused:
        records(reader(tmp_path, b"a,b\n" + b"x" * (LONGEST_RECORD + (9 << 20)) + b"\n"))
    assert refused.value.reason == "file_malformed"


def test_each_line_has_the_first_of_its_faults(tmp_path: Path) -> None:
    # The order of the contract: encoding, NUL, columns, control characters, length.
    lines = [
        b"\xff\x00,too,many",
        b"\x00,too,many\x1b",
        b"\x1b,too,many",
        b"\x1b," + b"x" * 10_001,
        b"1," + b"x" * 10_001,
        b"1," + "é".encode() * 10_000,
    ]
    cells, reasons = records(reader(tmp_path, b"a,b\n1,caf\xc3\xa9\n" + b"\n".join(lines) + b"\n"))
    assert reasons == {
        3: "encoding_undecodable",
        4: "nul_byte",
        5: "column_count",
        6: "control_char",
        7: "field_too_long",
    }
    assert list(cells) == [2, 8]


@pytest.mark.parametrize(
    "mark", ["\x01", "\x08", "\x0b", "\x0c", "\x0e", "\x1f", "\x7f", "\u202a", "\u202e", "\u2066", "\u2069"]
)
def test_control_and_bidi_characters_refuse_their_record(tmp_path: Path, mark: str) -> None:
    plain, quoted = f"1,x{mark}", f'2,"x{mark}"'
    _, reasons = records(reader(tmp_path, f"a,b\n{plain}\n{quoted}\n".encode()))
    assert reasons == {2: "control_char", 3: "control_char"}


@pytest.mark.parametrize("mark", ["\t", "\r", "\u200e", "\u202f", "\u2065", "\u0080"])
def test_other_characters_do_not(tmp_path: Path, mark: str) -> None:
    cells, _ = records(reader(tmp_path, f"a,b\n1,x{mark}y\n".encode()))
    assert cells == {2: ["1", f"x{mark}y"]}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be", "utf-32"])
def test_a_byte_order_mark_decides_the_encoding(tmp_path: Path, encoding: str) -> None:
    mark = "\ufeff" if encoding == "utf-16-be" else ""
    content = (mark + "a,b\r\n1,Café\r\n2,“q”\r\n").encode(encoding)
    opened = reader(tmp_path, content, encoding="cp1252")
    assert opened.header == ("a", "b")
    assert records(opened)[0] == {2: ["1", "Café"], 3: ["2", "“q”"]}


def test_half_a_character_of_utf16_refuses_its_row(tmp_path: Path) -> None:
    content = "a,b\n1,x\n".encode("utf-16-le") + b"2\x00,\x00\x00\xd8\n\x00" + "3,y\n".encode("utf-16-le")
    cells, reasons = records(reader(tmp_path, b"\xff\xfe" + content))
    assert (list(cells), reasons) == ([2, 4], {3: "encoding_undecodable"})


def test_a_declared_encoding_holds_where_the_file_is_not_utf8(tmp_path: Path) -> None:
    cells, _ = records(reader(tmp_path, "a,b\n1,Café\n2,Zoë\n".encode("cp1252"), encoding="cp1252"))
    assert cells == {2: ["1", "Café"], 3: ["2", "Zoë"]}
    cells, _ = records(reader(tmp_path, "a,b\n1,Café\n".encode(), encoding="cp1252"))
    assert cells == {2: ["1", "Café"]}


def test_bytes_the_declared_encoding_does_not_know_refuse_their_row(tmp_path: Path) -> None:
    cells, reasons = records(reader(tmp_path, b"a,b\n1,\x81\n2,Caf\xe9\n", encoding="cp1252"))
    assert (cells, reasons) == ({3: ["2", "Café"]}, {2: "encoding_undecodable"})


def test_the_last_line_needs_no_line_break(tmp_path: Path) -> None:
    assert records(reader(tmp_path, b"a,b\n1,x"))[0] == {2: ["1", "x"]}


def test_rows_above_the_header_are_passed_over(tmp_path: Path) -> None:
    opened = reader(tmp_path, b"Return for May\n\na,b\n1,x\n", header_row=3)
    assert opened.header == ("a", "b")
    assert records(opened)[0] == {4: ["1", "x"]}


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xef\xbb\xbf", b" \r\n"])
def test_nothing_but_blanks_is_an_empty_file(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(FileRefusedError) as refused:
        reader(tmp_path, content)
    assert refused.value.reason == "file_empty"


def test_a_header_alone_is_a_table_without_records(tmp_path: Path) -> None:
    assert records(reader(tmp_path, b"a,b")) == ({}, {})


def test_a_refused_record_keeps_its_bytes_and_its_last_line() -> None:
    rows = read_exact(b'1,"x\ny",3\n', 7, 2)
    assert rows.refused == [(7, 8, "column_count", b'1,"x\ny",3')]
