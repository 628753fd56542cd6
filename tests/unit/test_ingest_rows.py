"""What an accepted record becomes, and what its source lets it lack."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.ingest_sources import (
    EVENT_KINDS,
    HEADER,
    STREET_TYPES,
    events,
    listed,
    read,
    street,
    written,
)

from harmscape.model.errors import FileRefusedError, HarmscapeError
from harmscape.model.source import CategoryColumn, CoverColumn, Occurred, Source

CRIME = (
    "0EEB93,2023-07,Northvale Police,Northvale Police,-1.59,54.95,On or near Mill Lane,E01,Northvale,"
    "Vehicle crime,,"
)
EVENTS = "event_id,occurred_at,kind,easting,northing,source"


def test_every_field_of_an_event(tmp_path: Path) -> None:
    path = written(tmp_path / "x-street.csv", HEADER, CRIME)
    result, (event,), _ = read(path, street(), STREET_TYPES, tmp_path)
    assert {name: value for name, value in event.items() if name not in ("content", "raw")} == {
        "line": 2,
        "key": "0eeb93",
        "reference": "0EEB93",
        "cover": "northvale police\x1f2023-07",
        "occurred_from": event["occurred_from"],
        "occurred_to": event["occurred_to"],
        "grain": "month",
        "day": date(2023, 7, 1),
        "hour": None,
        "category": "vehicle_crime",
        "category_text": None,
        "x": -1.59,
        "y": 54.95,
        "epsg": 4326,
        "label": "E01",
        "quantity": None,
        "incident": None,
        "attr_location": "On or near Mill Lane",
        "attr_outcome": None,
        "about": None,
        "starts": None,
        "ends": None,
        "flags": None,
    }
    assert event["raw"] == CRIME
    assert event["occurred_from"].isoformat() == "2023-06-30T23:00:00"
    assert event["occurred_to"].isoformat() == "2023-07-31T23:00:00"
    assert (result.records, result.accepted, result.columns_absent) == (1, 1, ())


def test_content_is_the_same_whatever_the_order_and_spelling_of_columns(tmp_path: Path) -> None:
    first = written(tmp_path / "a.csv", EVENTS, "e1,2023-01-01,drugs supply,425000,565000,Police")
    other = written(
        tmp_path / "b.csv",
        " SOURCE ,kind,Event_ID,northing,easting,Occurred_At",
        "Police , drugs supply,e1,565000,425000,\u00a02023-01-01",
    )
    changed = written(tmp_path / "c.csv", EVENTS, "e1,2023-01-01,drugs supply,425000,565000,police")
    contents = [
        read(path, events(), EVENT_KINDS, tmp_path)[1][0]["content"] for path in (first, other, changed)
    ]
    assert contents[0] == contents[1] != contents[2]
    assert len(contents[0]) == 16


def test_cells_do_not_run_into_each_other_in_content(tmp_path: Path) -> None:
    rows = ("e1,2023-01-01,drugs supply,,,ab", "e1,2023-01-01,drugs supply,,,a b")
    path = written(tmp_path / "a.csv", EVENTS + ",more", rows[0] + ",c", rows[0][:-1] + ",bc")
    _, (one, two), _ = read(path, events(), EVENT_KINDS, tmp_path)
    assert one["content"] != two["content"]


def reasons(tmp_path: Path, source: Source, *lines: str, **options: Any) -> list[str | None]:
    """The reason of each line of a file, None where it was accepted."""
    path = written(tmp_path / "a.csv", *lines)
    _, accepted, rejected = read(path, source, options.pop("categories", EVENT_KINDS), tmp_path, **options)
    told: dict[int, str | None] = {row["line"]: None for row in accepted}
    told |= {row["line"]: row["reason"] for row in rejected}
    return [told[line] for line in sorted(told)]


def test_a_record_may_lack_its_key_only_where_the_source_says_so(tmp_path: Path) -> None:
    without = CRIME.removeprefix("0EEB93")
    assert reasons(
        tmp_path,
        street(),
        HEADER,
        without,
        without.replace("Vehicle crime", " anti-social\u00a0 BEHAVIOUR "),
        CRIME.replace("Northvale Police,North", ",North", 1),
        categories=STREET_TYPES,
    ) == ["missing_required", None, "missing_required"]


def test_a_key_of_two_columns_needs_both(tmp_path: Path) -> None:
    source = events(key=("event_id", "source"))
    lines = ("E1,2023-01-01,drugs supply,,,Police", "E1,2023-01-01,drugs supply,,,")
    assert reasons(tmp_path, source, EVENTS, *lines) == [None, "missing_required"]
    path = written(tmp_path / "b.csv", EVENTS, lines[0].replace("E1", "STRASSE").replace("Police", "Straße"))
    assert read(path, source, EVENT_KINDS, tmp_path)[1][0]["key"] == "strasse\x1fstrasse"


def test_only_an_empty_cell_is_missing(tmp_path: Path) -> None:
    lines = [
        f"{word},2023-01-01,drugs supply,,,x" for word in ("NULL", "NA", "None", "nan", "0", "\u00a0 \t")
    ]
    assert reasons(tmp_path, events(), EVENTS, *lines) == [None] * 5 + ["missing_required"]


def test_a_closed_list_refuses_unknown_texts_and_an_open_one_queues_them(tmp_path: Path) -> None:
    lines = [
        "e1,2023-01-01,drugs supply,,,",
        "e2,2023-01-01,Drug  Supply,,,",
        "e3,2023-01-01, Drug  Supply,,,",
    ]
    assert reasons(tmp_path, events(), EVENTS, *lines) == [None, "unknown_crime_type", "unknown_crime_type"]
    path = written(tmp_path / "b.csv", EVENTS, *lines, "e4,2023-13-01,Drug  Supply,,,")
    result, accepted, _ = read(path, events(), listed("drugs supply", closed=False), tmp_path)
    assert result.unknown_categories == {"Drug  Supply": 2}
    assert [(row["category"], row["category_text"]) for row in accepted] == [
        ("drugs_supply", None),
        (None, "Drug  Supply"),
        (None, "Drug  Supply"),
    ]
    assert result.flags == {"no_location": 3, "date_only": 3, "unknown_category": 2}
    assert accepted[1]["flags"] == "no_location,date_only,unknown_category"


def test_one_category_may_stand_for_all_rows(tmp_path: Path) -> None:
    source = events(category=CategoryColumn(list="kinds", value="drugs_supply"))
    path = written(tmp_path / "a.csv", EVENTS, "e1,2023-01-01,whatever,,,")
    assert read(path, source, EVENT_KINDS, tmp_path)[1][0]["category"] == "drugs_supply"
    wrong = events(category=CategoryColumn(list="kinds", value="drug_supply"))
    with pytest.raises(HarmscapeError, match="did you mean 'drugs_supply'"):
        read(path, wrong, EVENT_KINDS, tmp_path)


def test_quantities_are_exact_decimals(tmp_path: Path) -> None:
    header = EVENTS + ",grams"
    texts = ["1.5", "", "0.000001", "123456789012", "0.0000001", "-1", "1e3", "1,5", "NaN", "1234567890123"]
    lines = [f"e{at},2023-01-01,drugs supply,,,,{text!r}".replace("'", '"') for at, text in enumerate(texts)]
    source = events(quantity="grams")
    assert reasons(tmp_path, source, header, *lines) == [None] * 4 + ["bad_quantity"] * 6
    _, accepted, _ = read(tmp_path / "a.csv", source, EVENT_KINDS, tmp_path)
    assert [row["quantity"] for row in accepted] == [
        Decimal("1.5"),
        None,
        Decimal("0.000001"),
        Decimal(123456789012),
    ]


def test_what_a_delivery_covers_may_be_a_month_or_a_year_of_a_column(tmp_path: Path) -> None:
    covers = (
        CoverColumn(column="occurred_at", part="year"),
        CoverColumn(column="returned", part="month"),
        CoverColumn(column="source"),
    )
    source = events(delivery="full", covers=covers)
    lines = (
        "e1,2023-12-31T23:30-01:00,drugs supply,,,Police,2024-02-29",
        "e2,2023-12-31,drugs supply,,,Police,29/02/2024",
        "e3,2023-12-31,drugs supply,,,,2024-02",
    )
    header = EVENTS + ",returned"
    assert reasons(tmp_path, source, header, *lines) == [None, "bad_date", "missing_required"]
    # 23:30 at -01:00 is half past midnight of the new year in London.
    _, (event,), _ = read(tmp_path / "a.csv", source, EVENT_KINDS, tmp_path)
    assert event["cover"] == "2024\x1f2024-02\x1fpolice"


def test_a_column_the_source_may_lack_is_null_and_is_named(tmp_path: Path) -> None:
    source = street(may_lack=("Last outcome category", "Longitude", "Latitude"))
    path = written(
        tmp_path / "a.csv", "Crime ID,Month,Reported by,Location,LSOA code,Crime type", "a1,2023-01,P,,,Drugs"
    )
    result, (event,), _ = read(path, source, STREET_TYPES, tmp_path)
    assert result.columns_absent == ("Longitude", "Latitude", "Last outcome category")
    assert (event["attr_outcome"], event["x"], event["flags"]) == (None, None, "no_location")


@pytest.mark.parametrize("header", [EVENTS + ",kind", EVENTS + ", KIND ", EVENTS + ",other,Other"])
def test_a_name_that_stands_twice_in_the_header_refuses_the_file(tmp_path: Path, header: str) -> None:
    with pytest.raises(FileRefusedError) as refused:
        read(written(tmp_path / "a.csv", header), events(), EVENT_KINDS, tmp_path)
    assert refused.value.reason == "header_duplicate_column"


def test_a_message_never_repeats_what_may_be_a_row(tmp_path: Path) -> None:
    with pytest.raises(FileRefusedError) as refused:
        read(written(tmp_path / "a.csv", "Jane Doe,1 Mill Lane", "x,y"), events(), EVENT_KINDS, tmp_path)
    assert refused.value.reason == "header_missing_column"
    assert "Jane" not in str(refused.value)


@pytest.mark.parametrize("mark", [";", "\t", "|"])
def test_columns_divided_by_something_else_are_told_as_such(tmp_path: Path, mark: str) -> None:
    path = written(tmp_path / "a.csv", EVENTS.replace(",", mark), "e1")
    with pytest.raises(FileRefusedError, match="save it with commas"):
        read(path, events(), EVENT_KINDS, tmp_path)


def test_unnamed_columns_and_a_comma_at_the_end_are_no_duplicates(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", EVENTS + ",,", "e1,2023-01-01,drugs supply,,,,,")
    assert read(path, events(), EVENT_KINDS, tmp_path)[0].accepted == 1


def test_text_is_stored_in_one_form_of_unicode(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", EVENTS, "e1,2023-01-01,drugs supply,,,Cafe\u0301")
    assert read(path, events(), EVENT_KINDS, tmp_path)[1][0]["attr_source"] == "Café"


def test_a_month_is_compared_with_the_delivery_by_month(tmp_path: Path) -> None:
    rows = [CRIME.replace("2023-07", month) for month in ("2024-06", "2024-07", "2010-12", "2010-11")]
    out_of_range = "date_out_of_range"
    assert reasons(tmp_path, street(), HEADER, *rows, categories=STREET_TYPES, as_of=date(2024, 6, 1)) == [
        None,
        out_of_range,
        None,
        out_of_range,
    ]


def test_a_row_has_the_first_of_its_reasons(tmp_path: Path) -> None:
    # Each line mends the first fault of the one above.
    lines = (
        ",2023-13-01,drugs,0,0,",
        "e1,2023-13-01,drugs,0,0,",
        "e1,2023-03-26T01:30,drugs,0,0,",
        "e1,2031-01-01,drugs,0,0,",
        "e1,2023-01-01,drugs,0,0,",
        "e1,2023-01-01,drugs supply,0,0,",
        "e1,2023-01-01,drugs supply,,,",
    )
    assert reasons(tmp_path, events(), EVENTS, *lines) == [
        "missing_required",
        "bad_date",
        "nonexistent_local_time",
        "date_out_of_range",
        "unknown_crime_type",
        "coord_zero",
        None,
    ]


def test_a_source_without_a_point_has_no_location_to_miss(tmp_path: Path) -> None:
    source = events(point=None, occurred=Occurred(column="occurred_at"))
    path = written(tmp_path / "a.csv", EVENTS, "e1,2023-01-01T10:00,drugs supply,425000,565000,")
    _, (event,), _ = read(path, source, EVENT_KINDS, tmp_path)
    assert (event["x"], event["epsg"], event["flags"]) == (None, None, None)
