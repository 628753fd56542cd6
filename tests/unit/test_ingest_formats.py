"""Parquet, workbooks, GeoJSON points and queries pass the same checks as CSV, on the same cell texts."""

from __future__ import annotations

import json
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from tests.ingest_sources import AS_OF, EVENT_KINDS, ZONE, events, read, rows_of, written

from harmscape.ingest.recognise import match_source, tables_in
from harmscape.ingest.sql import read_query
from harmscape.model.errors import FileRefusedError, HarmscapeError
from harmscape.model.source import Query

HEADER = ("event_id", "occurred_at", "kind", "easting", "northing", "source")


def parquet(path: Path, **columns: Any) -> Path:
    pq.write_table(pa.table(columns), path)
    return path


def workbook(path: Path, *rows: list[Any], sheet: str = "Events", hidden: bool = False) -> Path:
    book = openpyxl.Workbook()
    first = book.active
    assert first is not None
    first.title = sheet
    for row in rows:
        first.append(row)
    if hidden:
        first.sheet_state = "hidden"
        book.create_sheet("Shown").append(list(HEADER))
    book.save(path)
    return path


def test_parquet_and_csv_twins_give_the_same_events(tmp_path: Path) -> None:
    rows = [
        ("e1", "2023-06-01T10:15:00", "drugs supply", "425000", "565000", 'He said "no", twice'),
        ("e2", "2023-06-02", "cannabis farm", "", "", "back\\slash"),
    ]
    quoted = [",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows]
    text = read(written(tmp_path / "a.csv", ",".join(HEADER), *quoted), events(), EVENT_KINDS, tmp_path)[1]
    columns = dict(zip(HEADER, zip(*rows, strict=True), strict=True))
    typed = read(parquet(tmp_path / "a.parquet", **columns), events(), EVENT_KINDS, tmp_path)[1]
    for one, other, row in zip(text, typed, rows, strict=True):
        assert json.loads(other["raw"]) == dict(zip(HEADER, row, strict=True))
        assert other["line"] == one["line"] - 1
        assert {**one, "raw": "", "line": 0} == {**other, "raw": "", "line": 0}


def test_typed_columns_of_parquet_are_read_as_their_plain_texts(tmp_path: Path) -> None:
    path = parquet(
        tmp_path / "a.parquet",
        event_id=pa.array([1001, 7, None], pa.float64()),
        occurred_at=pa.array(
            [datetime(2023, 6, 1, 9, 15, tzinfo=UTC), datetime(2023, 1, 1, 9, 15, 0, 500, tzinfo=UTC), None],
            pa.timestamp("us", "Europe/London"),
        ),
        kind=pa.array(["drugs supply"] * 3).dictionary_encode(),
        easting=pa.array([425000.5, None, 1.0]),
        northing=pa.array([565000, None, 1], pa.int32()),
        source=pa.array([True, None, False]),
        grams=pa.array([Decimal("1.500"), Decimal("20.000"), None]),
    )
    result, accepted, rejected = read(path, events(quantity="grams"), EVENT_KINDS, tmp_path)
    assert [row["key"] for row in accepted] == ["1001", "7"]
    assert [row["occurred_from"].isoformat() for row in accepted] == [
        "2023-06-01T09:15:00",
        "2023-01-01T09:15:00.000500",
    ]
    assert [row["hour"] for row in accepted] == [10, 9]
    assert [(row["x"], row["y"]) for row in accepted] == [(425000.5, 565000.0), (None, None)]
    assert [row["quantity"] for row in accepted] == [Decimal("1.5"), Decimal(20)]
    assert [row["attr_source"] for row in accepted] == ["true", None]
    assert [(row["line"], row["reason"]) for row in rejected] == [(3, "missing_required")]
    assert result.records == 3


def test_dates_times_and_large_ids_of_parquet(tmp_path: Path) -> None:
    path = parquet(
        tmp_path / "a.parquet",
        event_id=pa.array([float(2**53), 1.5]),
        occurred_at=pa.array([date(2024, 2, 29), date(2024, 3, 1)]),
        kind=["drugs supply"] * 2,
        **{name: pa.array(["", ""]) for name in HEADER[3:]},
    )
    _, accepted, rejected = read(path, events(), EVENT_KINDS, tmp_path)
    assert [row["reason"] for row in rejected] == ["id_precision_lost"]
    assert [(row["key"], row["day"], row["grain"]) for row in accepted] == [("1.5", date(2024, 3, 1), "day")]


def test_control_characters_count_in_every_format(tmp_path: Path) -> None:
    texts = ["a\x00b", "a\x1bb", "a\u202eb", "x" * 10_001, "fine"]
    path = parquet(
        tmp_path / "a.parquet",
        event_id=[f"e{at}" for at in range(5)],
        occurred_at=["2023-01-01"] * 5,
        kind=["drugs supply"] * 5,
        easting=[""] * 5,
        northing=[""] * 5,
        source=texts,
    )
    _, accepted, rejected = read(path, events(), EVENT_KINDS, tmp_path)
    assert [row["reason"] for row in rejected] == [
        "nul_byte",
        "control_char",
        "control_char",
        "field_too_long",
    ]
    assert json.loads(rejected[0]["raw"])["source"] == "a\x00b"
    assert [row["line"] for row in accepted] == [5]


def test_texts_of_parquet_that_are_not_utf8_refuse_their_row(tmp_path: Path) -> None:
    # Arrow reads the bytes of a string column without looking at them.
    sources = pa.array([b"Caf\xc3\xa9", b"Caf\xe9"]).view(pa.string())
    columns: dict[str, Any] = {name: ["", ""] for name in HEADER}
    columns |= {"event_id": ["e1", "e2"], "occurred_at": ["2023-01-01"] * 2, "kind": ["drugs supply"] * 2}
    path = parquet(tmp_path / "a.parquet", **{**columns, "source": sources})
    _, accepted, rejected = read(path, events(), EVENT_KINDS, tmp_path)
    assert [row["attr_source"] for row in accepted] == ["Café"]
    assert [(row["line"], row["reason"]) for row in rejected] == [(2, "encoding_undecodable")]
    assert json.loads(rejected[0]["raw"])["source"] == "Caf\\xe9"


@pytest.mark.parametrize("cut", [4, 200, 100_000])
def test_a_cut_parquet_file_is_refused(tmp_path: Path, cut: int) -> None:
    path = parquet(tmp_path / "a.parquet", **{name: ["x"] for name in HEADER})
    content = path.read_bytes()
    path.write_bytes(content[: max(len(content) - cut, 4)])
    with pytest.raises(FileRefusedError) as refused:
        read(path, events(), EVENT_KINDS, tmp_path)
    assert refused.value.reason == "file_malformed"


def test_a_column_of_lists_is_no_column_of_cells(tmp_path: Path) -> None:
    path = parquet(
        tmp_path / "a.parquet", **{name: [["x"]] if name == "source" else ["x"] for name in HEADER}
    )
    with pytest.raises(FileRefusedError, match="'source'"):
        read(path, events(), EVENT_KINDS, tmp_path)


def test_a_workbook_by_hand(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "a.xlsx",
        ["Return", None],
        list(HEADER),
        ["e1", datetime.fromisoformat("2023-06-01T10:15"), "drugs supply", 425000, 565000.5, True],
        [None] * 6,
        [17, date(2023, 1, 2), "drugs supply", None, None, 1.25],
        ["e3", 45047.5, "drugs supply", None, None, None],
        ["e4", "2023-01-02", "drugs supply", None, None, None, "more"],
        [10**15, "2023-01-02", "drugs supply", None, None, None],
        ["Total", None, None, 2, None, None],
    )
    result, accepted, rejected = read(path, events(), EVENT_KINDS, tmp_path, header_row=2)
    assert [(row["line"], row["key"], row["occurred_from"].isoformat()) for row in accepted] == [
        (3, "e1", "2023-06-01T09:15:00"),
        (5, "17", "2023-01-02T00:00:00"),
    ]
    assert [(row["x"], row["y"], row["attr_source"]) for row in accepted] == [
        (425000.0, 565000.5, "TRUE"),
        (None, None, "1.25"),
    ]
    assert [(row["line"], row["reason"]) for row in rejected] == [
        (6, "bad_date"),
        (7, "column_count"),
        (8, "id_precision_lost"),
        (9, "footer_or_incomplete"),
    ]
    assert result.records == 6


def test_the_1904_calendar_of_a_workbook_is_honoured(tmp_path: Path) -> None:
    # Serial 43585 counts 1,462 days more from 1904 than from 1900: 2 May 2023 instead of 1 May 2019.
    book = openpyxl.Workbook()
    book.epoch = CALENDAR_MAC_1904
    sheet = book.active
    assert sheet is not None
    sheet.append(list(HEADER))
    sheet.append(["e1", 43585, "drugs supply", None, None, None])
    sheet["B2"].number_format = "dd/mm/yyyy"
    book.save(tmp_path / "a.xlsx")
    _, (event,), _ = read(tmp_path / "a.xlsx", events(), EVENT_KINDS, tmp_path)
    assert event["day"] == date(2023, 5, 1)


def test_a_hidden_sheet_is_never_read(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", list(HEADER), ["e1"], hidden=True)
    assert read(path, events(), EVENT_KINDS, tmp_path)[0].records == 0
    with pytest.raises(FileRefusedError, match="no sheet 'Events' is shown"):
        read(path, events(), EVENT_KINDS, tmp_path, sheet="Events")


def test_a_workbook_is_told_by_its_columns(tmp_path: Path) -> None:
    (table,) = tables_in(workbook(tmp_path / "return.xlsx", list(HEADER)))
    source = events(files=("*.csv.never",))
    assert match_source(table, [source]) == source


def test_a_workbook_in_an_archive_is_looked_over_like_any_other(tmp_path: Path) -> None:
    inner = workbook(tmp_path / "a.xlsx", list(HEADER), ["e1", date(2023, 1, 2), "drugs supply"]).read_bytes()
    with zipfile.ZipFile(tmp_path / "bomb.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b" " * (30 << 20))
    bomb = (tmp_path / "bomb.xlsx").read_bytes()
    for name, content in (("good", inner), ("bad", bomb)):
        with zipfile.ZipFile(tmp_path / f"{name}.zip", "w") as archive:
            archive.writestr("x/a.xlsx", content)
    assert read(tmp_path / "good.zip", events(), EVENT_KINDS, tmp_path)[0].accepted == 1
    with pytest.raises(FileRefusedError) as refused:
        read(tmp_path / "bad.zip", events(), EVENT_KINDS, tmp_path)
    assert refused.value.reason == "file_expands_too_much"
    (tmp_path / "none.xlsx").write_bytes(b"")
    with pytest.raises(FileRefusedError) as refused:
        read(tmp_path / "none.xlsx", events(), EVENT_KINDS, tmp_path)
    assert refused.value.reason == "file_empty"


def test_the_size_of_a_workbook_is_what_it_unpacks_to(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", list(HEADER))
    with zipfile.ZipFile(path) as archive:
        unpacked = sum(len(archive.read(info)) for info in archive.infolist())
    assert tables_in(path)[0].size == unpacked


def test_a_workbook_that_is_only_a_zip_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as archive:
        archive.writestr("x.txt", "x")
    with pytest.raises(FileRefusedError) as refused:
        read(tmp_path / "a.xlsx", events(), EVENT_KINDS, tmp_path)
    assert refused.value.reason == "file_malformed"


def test_entities_in_a_workbook_are_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", list(HEADER))
    with zipfile.ZipFile(path) as archive:
        members = {info.filename: archive.read(info) for info in archive.infolist()}
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]>'
    sheet = "xl/worksheets/sheet1.xml"
    members[sheet] = bomb + members[sheet]
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    with pytest.raises(FileRefusedError) as refused:
        read(path, events(), EVENT_KINDS, tmp_path)
    assert refused.value.reason == "file_xml_entity"


def feature(geometry: Any, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def geojson(path: Path, *features: Any) -> Path:
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


def test_points_of_a_geojson_file_are_events(tmp_path: Path) -> None:
    cells = {"occurred_at": "2023-01-01", "kind": "drugs supply", "source": None}
    path = geojson(
        tmp_path / "a.geojson",
        feature({"type": "Point", "coordinates": [-1.59, 54.95, 12.0]}, event_id="e1", **cells),
        feature(None, event_id=2, **cells),
        feature({"type": "LineString", "coordinates": [[-1.59, 54.95]]}, event_id="e3", **cells),
        feature({"type": "Point", "coordinates": [54.95, -1.59]}, event_id="e4", **cells),
    )
    source = events("longitude", "latitude", "EPSG:4326", files=("*.csv.never",))
    (table,) = tables_in(path)
    assert match_source(table, [source]) == source
    _, accepted, rejected = read(path, source, EVENT_KINDS, tmp_path)
    assert [(row["line"], row["key"], row["x"], row["y"], row["attr_source"]) for row in accepted] == [
        (1, "e1", -1.59, 54.95, None),
        (2, "2", None, None, None),
    ]
    assert [(row["line"], row["reason"]) for row in rejected] == [(3, "geometry_type"), (4, "coord_swapped")]


@pytest.mark.parametrize("content", ["[" * 100_000, "{", "[]", '{"features": [1]}', '{"features": null}'])
def test_what_is_no_feature_collection_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "a.geojson").write_text(content)
    with pytest.raises(FileRefusedError) as refused:
        read(tmp_path / "a.geojson", events(), EVENT_KINDS, tmp_path)
    assert refused.value.reason == "file_malformed"


def test_a_query_passes_the_same_checks(tmp_path: Path) -> None:
    import sqlite3

    with sqlite3.connect(tmp_path / "crimes.db") as database:
        database.execute("create table e (id, at text, kind text, x real, y real, agency text)")
        database.executemany(
            "insert into e values (?, ?, ?, ?, ?, ?)",
            [
                (1001, "2023-06-01T10:15", "drugs supply", 425000.0, 565000.5, "Police"),
                ("e2", "2023-13-01", "drugs supply", None, None, None),
            ],
        )
    database.close()
    select = (
        "select id event_id, at occurred_at, kind, x easting, y northing, agency source from e order by 1"
    )
    source = events(files=(), query=Query(url=f"sqlite:///{tmp_path}/crimes.db", select=select))
    result = read_query(source, EVENT_KINDS, as_of=AS_OF, timezone=ZONE, out=tmp_path)
    (event,) = rows_of(result.events)
    assert (event["line"], event["key"], event["x"], event["y"]) == (1, "1001", 425000.0, 565000.5)
    assert result.reasons == {"bad_date": 1}


def test_a_failing_query_tells_neither_address_nor_values(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = events(files=(), query=Query(url_env="CRIMES_URL", select="select secret from nowhere"))
    options: dict[str, Any] = {"as_of": AS_OF, "timezone": ZONE, "out": tmp_path}
    with pytest.raises(HarmscapeError, match="CRIMES_URL is not set"):
        read_query(source, EVENT_KINDS, **options)
    monkeypatch.setenv("CRIMES_URL", f"sqlite:///{tmp_path}/s3cret.db")
    with pytest.raises(HarmscapeError) as failed:
        read_query(source, EVENT_KINDS, **options)
    assert "s3cret" not in str(failed.value)
    assert "nowhere" not in str(failed.value)
