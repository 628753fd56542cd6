"""Files of an export: no formula, no row lost, a head that says what they are; read back by others."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from harmscape.model.errors import HarmscapeError, SelectionError
from harmscape.publish.export.cells import safe_text
from harmscape.publish.export.csv_file import write_csv
from harmscape.publish.export.geojson_file import write_geojson
from harmscape.publish.export.parquet_file import write_parquet
from harmscape.publish.export.sheet import Sheet
from harmscape.publish.export.write import media_type
from harmscape.publish.export.xlsx_file import MOST_ROWS, write_xlsx
from harmscape.publish.safe import safe_cell

HOSTILE = [
    "=1+1", "+1", "-2+3", "@sum", "\t=1", "\r=1", "\n=1", "\x00=1", " =1", "\u00a0=1", "\uff1d1", "\uff0b1",
    "\uff0d1", "\uff20x", "Mill Lane", "a=b", "", '"=1', "'=1", "<b>&amp;</b>", "a,b\n\"c\"", "\x07bell", "é",
]  # fmt: skip


def sheet(rows: int | None = None) -> Sheet:
    """Every hostile text beside an exact number, a day, a truth and nothing, in two batches."""
    count = len(HOSTILE)
    table = pa.table(
        {
            "text": pa.array(HOSTILE),
            "harm": pa.array([Decimal("-270.9")] * count, pa.decimal128(38, 10)),
            "day": pa.array([date(2026, 10, 31)] * count),
            "few": pa.array([True] * count),
            "none": pa.nulls(count),
            "lon": pa.array([-1.5, *[None] * (count - 1)], pa.float64()),
            "lat": pa.array([54.25, *[None] * (count - 1)], pa.float64()),
        }
    )
    head = {"What": "A test", "Selection": "where status=a,=1+1\nx", "Rows": str(count)}
    batches = iter(table.to_batches(max_chunksize=9))
    return Sheet(head, {name: name.title() for name in table.column_names}, rows or count, batches)


def test_columns_are_made_safe_as_single_cells_are() -> None:
    assert safe_text(pa.array(HOSTILE)).to_pylist() == [safe_cell(text) for text in HOSTILE]
    assert safe_text(pa.array([None], pa.string())).to_pylist() == [None]


def test_a_csv_holds_its_head_every_row_and_no_formula(tmp_path: Path) -> None:
    assert write_csv(sheet(), tmp_path / "x.csv") == len(HOSTILE)
    with (tmp_path / "x.csv").open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.reader(file))
    assert lines[:4] == [
        ["# What", "A test"],
        ["# Selection", "where status=a,=1+1 x"],
        ["# Rows", str(len(HOSTILE))],
        ["text", "harm", "day", "few", "none", "lon", "lat"],
    ]
    assert [line[0] for line in lines[4:]] == [safe_cell(text) for text in HOSTILE]
    # A genuine negative stays a number, to its last digit.
    assert {tuple(line[1:5]) for line in lines[4:]} == {("-270.9", "2026-10-31", "true", "")}


def test_a_workbook_opens_with_its_head_first_and_no_formula(tmp_path: Path) -> None:
    write_xlsx(sheet(), tmp_path / "x.xlsx")
    book = openpyxl.load_workbook(tmp_path / "x.xlsx")
    assert book.sheetnames == ["About", "Rows"]
    assert next([cell.value for cell in row] for row in book["About"].iter_rows()) == ["What", "A test"]
    cells = [cell for name in book.sheetnames for row in book[name].iter_rows() for cell in row]
    assert [cell.coordinate for cell in cells if cell.data_type == "f"] == []
    first = [cell.value for cell in next(book["Rows"].iter_rows(min_row=2))]
    assert first[0] == "'=1+1"
    assert first[1] == -270.9
    assert first[2].date() == date(2026, 10, 31)
    assert first[3:5] == [True, None]
    assert book["Rows"].max_row == len(HOSTILE) + 1
    texts = [row[0].value or "" for row in book["Rows"].iter_rows(min_row=2)]
    assert texts[HOSTILE.index("<b>&amp;</b>")] == "<b>&amp;</b>"
    assert texts[HOSTILE.index("\x07bell")] == "\ufffdbell"


def test_texts_that_repeat_are_written_as_texts_that_do_not(tmp_path: Path) -> None:
    # Repeated texts are worked out once each: every row must still have its own, and an empty cell stays one.
    texts = [*(each for each in HOSTILE if "\r" not in each and "\x00" not in each), None] * 4
    table = pa.table({"text": pa.array(texts, pa.string()), "at": pa.array(range(len(texts)))})
    held = Sheet({"What": "A test"}, {"text": "Text", "at": "At"}, len(texts), iter(table.to_batches()))
    assert write_xlsx(held, tmp_path / "x.xlsx") == len(texts)
    rows = openpyxl.load_workbook(tmp_path / "x.xlsx")["Rows"].iter_rows(min_row=2)
    read = [(text.value or "", at.value) for text, at in rows]
    expected = [str(safe_cell(text or "")).replace("\x07", "\ufffd") for text in texts]
    assert read == list(zip(expected, range(len(texts)), strict=True))
    assert safe_text(pa.array(texts, pa.string())).to_pylist() == [
        None if text is None else safe_cell(text) for text in texts
    ]


def test_parquet_keeps_exact_numbers_and_its_head_as_metadata(tmp_path: Path) -> None:
    write_parquet(sheet(), tmp_path / "x.parquet")
    held = pq.read_table(tmp_path / "x.parquet")
    assert held.column("text").to_pylist() == HOSTILE
    assert set(held.column("harm").to_pylist()) == {Decimal("-270.9")}
    assert held.schema.metadata[b"harmscape.What"] == b"A test"


def test_geojson_has_a_place_where_a_row_has_one(tmp_path: Path) -> None:
    write_geojson(sheet(), tmp_path / "x.geojson")
    held = json.loads((tmp_path / "x.geojson").read_text(encoding="utf-8"))
    assert held["about"]["What"] == "A test"
    assert [each["properties"]["text"] for each in held["features"]] == HOSTILE
    assert held["features"][0]["geometry"] == {"type": "Point", "coordinates": [-1.5, 54.25]}
    assert {each["geometry"] is None for each in held["features"][1:]} == {True}
    assert held["features"][0]["properties"]["harm"] == -270.9


@pytest.mark.parametrize("write", [write_csv, write_xlsx, write_parquet, write_geojson])
def test_an_export_of_no_rows_still_says_what_it_is(
    write: Callable[[Sheet, Path], int], tmp_path: Path
) -> None:
    assert write(Sheet({"What": "Nothing"}, {"text": "Text"}, 0, iter(())), tmp_path / "x") == 0
    assert (tmp_path / "x").stat().st_size > 0


def test_a_workbook_that_cannot_hold_the_rows_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(HarmscapeError, match="holds at most 1,048,575 rows, and these are 1,048,576"):
        write_xlsx(sheet(rows=MOST_ROWS + 1), tmp_path / "x.xlsx")
    long = Sheet({}, {"t": "T"}, 1, iter(pa.table({"t": ["x" * 32_768]}).to_batches()))
    with pytest.raises(HarmscapeError, match="a cell of a workbook holds at most 32,767 characters"):
        write_xlsx(long, tmp_path / "y.xlsx")


def test_an_unknown_form_names_the_likeliest() -> None:
    with pytest.raises(SelectionError, match="nothing is exported as 'xls'; did you mean 'xlsx'"):
        media_type("xls")
