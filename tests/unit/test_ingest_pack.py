"""Every table of the hostile pack gets the verdict its EXPECTED.json states, duplicates apart."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from tests.ingest_sources import AS_OF, EVENT_KINDS, STREET_TYPES, ZONE, events, read, rows_of, street
from tests.shared import SHARED, shared

from harmscape.ingest.read import read_table
from harmscape.ingest.recognise import tables_in
from harmscape.model.errors import FileRefusedError
from harmscape.model.source import Source

EXPECTED = SHARED / "data/hostile/EXPECTED.json"
TABLES: list[dict[str, Any]] = (
    [each for each in json.loads(EXPECTED.read_text())["expected"] if each["kind"] != "boundaries"]
    if EXPECTED.exists()
    else []
)
REFUSED = [each for each in TABLES if each["action"] == "refuse"]
READ = [each for each in TABLES if each["action"] != "refuse"]


def test_the_pack_has_27_tables_of_which_6_are_refused_whole() -> None:
    shared("data/hostile/EXPECTED.json")
    assert (len(TABLES), len(REFUSED)) == (27, 6)


def source_of(name: str) -> Source:
    """How the load of a file of the pack is declared."""
    if "street" in name:
        return street(encoding="cp1252")
    return events("longitude", "latitude", "EPSG:4326") if name.startswith("23") else events()


def wanted(expected: dict[str, Any]) -> list[tuple[int, str]]:
    """The rejects a single file can know of: line and reason."""
    if "rows" in expected:
        return [
            (row["row"], row["verdict"].removeprefix("reject:"))
            for row in expected["rows"]
            if row["verdict"] != "accept"
        ]
    return [
        (each["line"], each["reason"])
        for each in expected["rejects"]
        if not each["reason"].startswith("duplicate")
    ]


@pytest.mark.parametrize("expected", READ, ids=[each["file"] for each in READ])
def test_every_row_has_the_stated_verdict(expected: dict[str, Any], tmp_path: Path) -> None:
    name = expected["file"]
    categories = STREET_TYPES if "street" in name else EVENT_KINDS
    result, accepted, rejected = read(
        shared(f"data/hostile/{name}"),
        source_of(name),
        categories,
        tmp_path,
        header_row=expected.get("header_row"),
        sheet=expected.get("sheet"),
    )
    assert [(row["line"], row["reason"]) for row in rejected] == wanted(expected)
    assert result.records == expected["records"] == result.accepted + result.rejected
    assert len(accepted) == result.accepted
    flags = [
        (row["line"], flag) for row in accepted for flag in (row["flags"] or "").split(",") if row["flags"]
    ]
    stated = [(each["line"], each["flag"]) for each in expected.get("flags", [])]
    assert [each for each in stated if each[1] != "possible_duplicate"] == (flags if stated else [])
    if "expected_locations" in expected:
        locations = [row["attr_location"].replace("\r\n", "\n") for row in accepted]
        assert [text for text in expected["expected_locations"] if text not in locations] == []


def load_all(path: Path, out: Path) -> None:
    for table in tables_in(path):
        read_table(table, street(), STREET_TYPES, as_of=AS_OF, timezone=ZONE, out=out)


@pytest.mark.parametrize("expected", REFUSED, ids=[each["file"] for each in REFUSED])
def test_a_file_is_refused_whole_with_the_stated_reason_within_two_seconds(
    expected: dict[str, Any], tmp_path: Path
) -> None:
    path = shared(f"data/hostile/{expected['file']}")
    started = time.perf_counter()
    with pytest.raises(FileRefusedError) as refused:
        load_all(path, tmp_path)
    assert refused.value.reason == expected["reason"]
    assert expected["file"] in str(refused.value)
    assert time.perf_counter() - started < 2
    assert list(tmp_path.iterdir()) == []


def test_the_missing_column_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileRefusedError, match="'Month'"):
        read(shared("data/hostile/17_street_header_missing.csv"), street(), STREET_TYPES, tmp_path)


def test_without_a_declared_encoding_a_windows_1252_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileRefusedError) as refused:
        read(shared("data/hostile/03_street_cp1252.csv"), street(), STREET_TYPES, tmp_path)
    assert refused.value.reason == "encoding_undecodable"


def test_broken_lines_of_a_utf8_file_are_refused_one_by_one_whatever_encoding_is_declared(
    tmp_path: Path,
) -> None:
    path = shared("data/hostile/05_street_broken_bytes.csv")
    for encoding in ("utf-8", "cp1252"):
        result, accepted, _ = read(path, street(encoding=encoding), STREET_TYPES, tmp_path)
        assert result.reasons == {"encoding_undecodable": 3}
        assert accepted[-1]["attr_location"] == "On or near Café Row"


def test_a_column_called_crime_id_is_found_behind_a_byte_order_mark(tmp_path: Path) -> None:
    result, _, _ = read(shared("data/hostile/02_street_bom_crlf.csv"), street(), STREET_TYPES, tmp_path)
    assert result.header[0] == "Crime ID"


def test_a_number_in_the_workbook_is_the_date_it_was_shown_as(tmp_path: Path) -> None:
    # EXPECTED.json, accepted_dates: May and February wall times; London was on summer time in May only.
    _, accepted, _ = read(
        shared("data/hostile/29_partner_return.xlsx"),
        events(),
        EVENT_KINDS,
        tmp_path,
        header_row=4,
        sheet="Events",
    )
    assert {row["reference"]: (row["occurred_from"].isoformat(), row["grain"]) for row in accepted} == {
        "NV-X1": ("2023-05-01T09:15:00", "instant"),
        "NV-X2": ("2023-02-03T00:00:00", "day"),
        "NV-X3": ("2023-05-03T09:15:00", "instant"),
        "1001": ("2023-05-05T08:00:00", "instant"),
    }


def test_ids_that_look_like_numbers_stay_apart_word_for_word(tmp_path: Path) -> None:
    _, accepted, _ = read(
        shared("data/hostile/23_events_ids_batches.csv"),
        source_of("23"),
        EVENT_KINDS,
        tmp_path,
    )
    assert [row["reference"] for row in accepted][-3:] == ["00451", "451", "4.51E+02"]
    assert [row["key"] for row in accepted][-3:] == ["00451", "451", "4.51e+02"]


def test_an_overlap_hour_is_stored_as_the_earlier_instant(tmp_path: Path) -> None:
    # 01:30 on 29 October 2023 came twice in London; the first time the clock stood at +01:00.
    _, accepted, _ = read(shared("data/hostile/21_events_times.csv"), events(), EVENT_KINDS, tmp_path)
    (twice,) = [row for row in accepted if row["flags"] == "ambiguous_local_time"]
    assert twice["occurred_from"].isoformat() == "2023-10-29T00:30:00"
    assert rows_of(tmp_path / "0.events.arrow") == accepted
