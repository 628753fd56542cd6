"""What tables a path holds, whose they are, and that a file is known again in another wrapping."""

from __future__ import annotations

import gzip
import hashlib
import stat
import zipfile
from pathlib import Path

import pytest
from tests.ingest_sources import HEADER, STREET_TYPES, events, read, street, written

from harmscape.ingest.contents import opened
from harmscape.ingest.recognise import content_digest, files_in, look, match_source, tables_in
from harmscape.model.errors import FileRefusedError
from harmscape.sandbox import Workers

ROW = "a1,2023-01,Northvale Police,Northvale Police,-1.59,54.95,On or near Mill Lane,E01,Northvale,Drugs,,"


def zipped(path: Path, members: dict[str, bytes], *, link: str | None = None) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            if name == link:
                info.external_attr = (stat.S_IFLNK | 0o777) << 16
            archive.writestr(info, content)
    return path


def test_a_file_is_known_again_renamed_gzipped_and_zipped(tmp_path: Path) -> None:
    plain = written(tmp_path / "2023-01-x-street.csv", HEADER, ROW)
    content = plain.read_bytes()
    packed = tmp_path / "other.csv.gz"
    packed.write_bytes(gzip.compress(content))
    archive = zipped(
        tmp_path / "a.zip", {"b.csv": content, "c.csv.gz": gzip.compress(content), "notes.md": b"x"}
    )
    tables = [table for path in (plain, packed, archive) for table in tables_in(path)]
    assert [table.shown for table in tables] == [
        "2023-01-x-street.csv",
        "other.csv.gz",
        "a.zip!b.csv",
        "a.zip!c.csv.gz",
    ]
    assert {content_digest(table) for table in tables} == {hashlib.sha256(content).hexdigest()}
    for table in tables:
        with opened(table) as stream:
            assert stream.read() == content


def test_a_gzipped_file_is_read_as_the_plain_one(tmp_path: Path) -> None:
    packed = tmp_path / "x-street.csv.gz"
    packed.write_bytes(gzip.compress(f"{HEADER}\n{ROW}\n".encode()))
    assert read(packed, street(), STREET_TYPES, tmp_path)[0].accepted == 1
    assert tables_in(packed)[0].size == len(HEADER) + len(ROW) + 2


def test_a_source_is_told_by_the_name_of_a_file_first(tmp_path: Path) -> None:
    sources = [events(), street()]
    for name in ("2022-05-northvale-street.csv", "2022-05-northvale-street.parquet.gz", "A-STREET.CSV"):
        path = tmp_path / name
        path.write_bytes(b"")
        for table in tables_in(path):
            found = match_source(table, sources)
            assert found is not None
            assert found.id == "street"
    archive = zipped(tmp_path / "2022-05.zip", {"2022-05/2022-05-northvale-street.csv": b""})
    (member,) = tables_in(archive)
    assert member.shown == "2022-05.zip!2022-05/2022-05-northvale-street.csv"
    assert match_source(member, sources) == sources[1]


def test_a_source_is_told_by_its_columns_where_no_name_fits(tmp_path: Path) -> None:
    sources = [events(), street()]
    (table,) = tables_in(written(tmp_path / "return.csv", HEADER.upper(), ROW))
    assert match_source(table, sources) == sources[1]
    (other,) = tables_in(written(tmp_path / "other.csv", "a,b", "1,2"))
    assert match_source(other, sources) is None
    (header_lacks_one,) = tables_in(written(tmp_path / "less.csv", HEADER.replace("Month", "When"), ROW))
    assert match_source(header_lacks_one, sources) is None


def test_a_source_is_told_by_the_row_where_it_has_its_header(tmp_path: Path) -> None:
    source = events(files=("never",), header_row=3)
    title = ("Return for May", "", "event_id,occurred_at,kind,easting,northing,source")
    (table,) = tables_in(written(tmp_path / "a.csv", *title))
    assert match_source(table, [street(), source]) == source
    assert match_source(table, [street(), events(files=("never",))]) is None


def test_a_child_can_say_all_of_a_file_before_it_is_read(tmp_path: Path) -> None:
    path = written(tmp_path / "x.csv", HEADER, ROW)
    with Workers() as workers:
        (seen,) = workers.submit(look, path, [events(), street()]).result()
    assert (seen.table.shown, seen.source) == ("x.csv", "street")
    assert seen.digest == hashlib.sha256(path.read_bytes()).hexdigest()


def test_files_of_other_kinds_hold_no_tables(tmp_path: Path) -> None:
    for name in ("a.kmz", "b.docx", "readme.md", "c.shp"):
        assert tables_in(written(tmp_path / name, "x")) == []
    written(tmp_path / ".hidden.csv", "a")
    (tmp_path / "2022-05").mkdir()
    written(tmp_path / "2022-05" / "x.csv", "a")
    names = [path.relative_to(tmp_path).as_posix() for path in files_in(tmp_path)]
    assert names == ["2022-05/x.csv", "a.kmz", "b.docx", "c.shp", "readme.md"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", b"PK\x03\x04rest"),
        ("a.csv", b"PAR1rest"),
        ("a.csv", b"\x1f\x8brest"),
        ("a.csv", b"%PDF-1.7"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0rest"),
        ("a.xlsx", b"a,b\n"),
        ("a.parquet", b"a,b\n"),
        ("a.zip", b"a,b\n"),
        ("a.csv.gz", b"a,b\n"),
    ],
)
def test_a_file_that_is_not_what_its_name_says_is_refused(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(FileRefusedError) as refused:
        tables_in(path)
    assert refused.value.reason == "file_type_mismatch"


@pytest.mark.parametrize(
    "name", ["../x.csv", "/etc/x.csv", "..\\x.csv", "C:\\x.csv", "a/../../x.csv", "C:/x.csv"]
)
def test_an_archive_whose_names_climb_out_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(FileRefusedError) as refused:
        tables_in(zipped(tmp_path / "a.zip", {"ok.csv": b"a", name: b"a"}))
    assert refused.value.reason == "file_path_traversal"


def test_a_link_in_an_archive_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileRefusedError) as refused:
        tables_in(zipped(tmp_path / "a.zip", {"x.csv": b"/etc/passwd"}, link="x.csv"))
    assert refused.value.reason == "file_path_traversal"


def test_names_with_two_dots_inside_are_harmless(tmp_path: Path) -> None:
    assert (
        len(tables_in(zipped(tmp_path / "a.zip", {"a..b/x..csv": b"a", "..x.csv": b"a", "y.csv": b"a"}))) == 2
    )


def test_what_expands_too_much_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    content = b"0" * (60 << 20)
    with pytest.raises(FileRefusedError) as refused:
        tables_in(zipped(tmp_path / "a.zip", {"x.csv": content}))
    assert refused.value.reason == "file_expands_too_much"
    packed = tmp_path / "x.csv.gz"
    packed.write_bytes(gzip.compress(content))
    (table,) = tables_in(packed)
    with opened(table) as stream:
        assert stream.read(1 << 16) == content[: 1 << 16]
        with pytest.raises(FileRefusedError) as refused:
            stream.read(50 << 20)
    assert refused.value.reason == "file_expands_too_much"


def test_a_gzip_in_an_archive_cannot_hide_its_size(tmp_path: Path) -> None:
    (table,) = tables_in(zipped(tmp_path / "a.zip", {"x.csv.gz": gzip.compress(b"0" * (60 << 20))}))
    with pytest.raises(FileRefusedError) as refused:
        content_digest(table)
    assert refused.value.reason == "file_expands_too_much"


@pytest.mark.parametrize("cut", [3, 20, 60])
def test_a_damaged_packing_refuses_the_file(tmp_path: Path, cut: int) -> None:
    content = f"{HEADER}\n{ROW}\n".encode()
    packed = tmp_path / "x-street.csv.gz"
    packed.write_bytes(gzip.compress(content)[:-cut])
    with pytest.raises(FileRefusedError) as refused:
        read(packed, street(), STREET_TYPES, tmp_path)
    assert refused.value.reason == "file_malformed"
    archive = zipped(tmp_path / "a.zip", {"x.csv": content})
    archive.write_bytes(archive.read_bytes()[:-cut])
    with pytest.raises(FileRefusedError) as refused:
        tables_in(archive)
    assert refused.value.reason == "file_malformed"


def test_a_flipped_bit_in_an_archive_is_noticed(tmp_path: Path) -> None:
    archive = zipped(tmp_path / "a.zip", {"x-street.csv": f"{HEADER}\n{ROW}\n".encode()})
    content = bytearray(archive.read_bytes())
    content[60] ^= 1
    archive.write_bytes(content)
    with pytest.raises(FileRefusedError) as refused:
        read(archive, street(), STREET_TYPES, tmp_path)
    assert refused.value.reason == "file_malformed"
    assert not list(tmp_path.glob("*.arrow"))


def test_an_empty_archive_file_is_refused_as_empty(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(b"")
    with pytest.raises(FileRefusedError) as refused:
        tables_in(tmp_path / "a.zip")
    assert refused.value.reason == "file_empty"


def test_names_that_could_steer_a_terminal_are_shown_without_it(tmp_path: Path) -> None:
    path = written(tmp_path / "a\x1b[2J\u202evsc.csv", "a")
    assert tables_in(path)[0].shown == "a?[2J?vsc.csv"
    assert tables_in(path)[0].path == path
    archive = zipped(tmp_path / "a.zip", {"x\n\u2066.csv": b"a"})
    assert tables_in(archive)[0].shown == "a.zip!x??.csv"
