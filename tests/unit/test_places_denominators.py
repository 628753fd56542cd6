"""Figures per area: separators, refusals, missing areas, and published totals."""

from __future__ import annotations

import gzip
from decimal import Decimal
from pathlib import Path

import pytest
from tests.shared import shared

from harmscape.model.errors import FileRefusedError
from harmscape.places.denominators import read_denominators


def table(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "residents.csv"
    path.write_bytes(text.encode(encoding))
    return path


def test_separators_decimals_quotes_and_a_byte_order_mark(tmp_path: Path) -> None:
    path = table(
        tmp_path, '\ufeffCode,All,"People"\r\nA,x,"1,296"\r\nB,"two\nlines",12.50\r\n\r\nC,,"1,234,567"\r\n'
    )
    found = read_denominators(path, code="code", value="people")
    assert found.codes == ("A", "B", "C")
    assert found.values == (Decimal(1296), Decimal("12.50"), Decimal(1_234_567))
    assert (found.records, found.rejects) == (3, ())


def test_refused_rows_are_named_by_line_and_reason(tmp_path: Path) -> None:
    rows = ["A,1", "B,-1", "C,", ",5", "D,1e3", 'E,"12,34"', "a ,1", "A,2", "F", "G,\u0661", "H,nan", "I,7"]
    path = table(tmp_path, "\n".join(["code,n", *rows]))
    found = read_denominators(path, code="code", value="n", areas=["A", "B", "I", "J"])
    assert found.codes == ("A", "I")
    assert [(reject.line, reject.reason) for reject in found.rejects] == [
        (3, "negative"),
        (4, "missing_required"),
        (5, "missing_required"),
        (6, "not_a_number"),
        (7, "not_a_number"),
        (8, "duplicate_exact"),
        (9, "duplicate_conflict"),
        (10, "column_count"),
        (11, "not_a_number"),
        (12, "not_a_number"),
    ]
    assert found.records == len(found.codes) + len(found.rejects)
    assert (found.missing, found.unknown) == (("B", "J"), 0)


def test_figures_for_other_areas_are_counted(tmp_path: Path) -> None:
    found = read_denominators(table(tmp_path, "c,v\nA,1\nX,2\nY,3\n"), code="c", value="v", areas=["a"])
    assert (found.missing, found.unknown, found.codes) == ((), 2, ("A", "X", "Y"))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "file_empty"),
        ("code,size\nA,1\n", "header_missing_column"),
        ("code,v,v\nA,1,2\n", "header_duplicate_column"),
        ('code,v\n"A"x,1\n', "file_malformed"),
        ('code,v\n"A,1\n', "file_malformed"),
    ],
)
def test_tables_that_cannot_be_used(tmp_path: Path, text: str, reason: str) -> None:
    with pytest.raises(FileRefusedError) as caught:
        read_denominators(table(tmp_path, text), code="code", value="v")
    assert caught.value.reason == reason


def test_encodings_are_declared_never_guessed(tmp_path: Path) -> None:
    path = table(tmp_path, "code,v,name\nA,1,Caf\u00e9\n", "cp1252")
    with pytest.raises(FileRefusedError, match="declare its encoding"):
        read_denominators(path, code="code", value="v")
    assert read_denominators(path, code="code", value="v", encoding="cp1252").codes == ("A",)


def test_a_damaged_gzip_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "residents.csv.gz"
    packed = gzip.compress(b"code,v\nA,1\n" * 100)
    path.write_bytes(packed[:-10])
    with pytest.raises(FileRefusedError) as caught:
        read_denominators(path, code="code", value="v")
    assert caught.value.reason == "file_malformed"


def test_published_totals_are_met() -> None:
    # Census 2011, England and Wales: 23,366,044 households. Census 2021: 59,597,543 usual residents by LSOA.
    folder = shared("data/denominators")
    households = read_denominators(
        folder / "census_2011_lsoa_population_households.csv.gz", code="LSOA Code", value="Households"
    )
    assert (households.records, sum(households.values)) == (34_753, 23_366_044)
    residents = read_denominators(
        folder / "census2021_residents_lsoa21.csv.gz", code="lsoa21_code", value="usual_residents"
    )
    assert (residents.records, sum(residents.values)) == (35_672, 59_597_543)


def test_three_columns_of_one_name_are_not_picked_from() -> None:
    path = shared("data/denominators/census_2011_lsoa_population_households.csv.gz")
    with pytest.raises(FileRefusedError, match="3 columns 'Persons'") as caught:
        read_denominators(path, code="LSOA Code", value="Persons")
    assert caught.value.reason == "header_duplicate_column"
