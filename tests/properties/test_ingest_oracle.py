"""Every row gets the verdict that a plain reading of the contract gives it, one row at a time."""

from __future__ import annotations

import csv
import math
import re
import tempfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.ingest_sources import (
    AS_OF,
    CRIME_TYPES,
    EVENT_KINDS,
    HEADER,
    STREET_TYPES,
    ZONE,
    events,
    read,
    street,
)

BLANKS = " \t\n\r\x0b\x0c\u00a0\u2007\u202f"
CONTROLS = {*map(chr, range(1, 9)), "\x0b", "\x0c", *map(chr, range(14, 32)), "\x7f"} | {
    *map(chr, range(0x202A, 0x202F)),
    *map(chr, range(0x2066, 0x206A)),
}
LONDON = ZoneInfo(ZONE)
NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?", re.ASCII)
INSTANT = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?", re.ASCII
)


def faults_of_text(cells: list[str]) -> str | None:
    row = "".join(cells)
    if "\0" in row:
        return "nul_byte"
    if CONTROLS & set(row):
        return "control_char"
    return "field_too_long" if any(len(cell) > 10_000 for cell in cells) else None


def in_degrees(x: float, y: float) -> bool:
    return -9 <= x <= 2.1 and 49.8 <= y <= 61


def in_metres(x: float, y: float) -> bool:
    return 0 <= x <= 700_000 and 0 <= y <= 1_300_000


def fault_of_point(x: str, y: str, *, degrees: bool) -> str | None:
    if not x and not y:
        return None
    if not x or not y:
        return "coord_partial"
    if not NUMBER.fullmatch(x) or not NUMBER.fullmatch(y):
        return "coord_not_number"
    east, north = float(x), float(y)
    if not math.isfinite(east) or not math.isfinite(north):
        return "coord_not_number"
    if east == north == 0:
        return "coord_zero"
    inside = in_degrees if degrees else in_metres
    other = (
        east > 1000 and north > 1000 and in_metres(east, north)
        if degrees
        else abs(east) <= 180 and abs(north) <= 180
    )
    if other:
        return "coord_crs"
    if inside(east, north):
        return None
    return "coord_swapped" if inside(north, east) else "coord_outside"


def fault_of_street(cells: list[str]) -> str | None:
    """The reason of a street row, by EXPECTED.json's contract."""
    if fault := faults_of_text(cells):
        return fault
    key, month, force, _, x, y, _, _, _, kind, _, _ = (cell.strip(BLANKS) for cell in cells)
    known = re.sub(r"[ \t\u00a0]+", " ", kind).casefold()
    if not month or not force or not kind or (not key and known != "anti-social behaviour"):
        return "missing_required"
    if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", month, re.ASCII) or month.startswith("0000"):
        return "bad_date"
    if not "2010-12" <= month <= "2024-06":
        return "date_out_of_range"
    if known not in {title.casefold() for title in CRIME_TYPES}:
        return "unknown_crime_type"
    return fault_of_point(x, y, degrees=True)


def fault_of_time(text: str) -> str | None:
    match = INSTANT.fullmatch(text)
    if not match:
        return "bad_date"
    year, month, day, hour, minute, second, zone = match.groups()
    try:
        wall = datetime(int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0))  # noqa: DTZ001
        if zone and zone != "Z" and not (int(zone[1:3]) < 24 and int(zone[4:]) < 60):
            return "bad_date"
    except ValueError:
        return "bad_date"
    if zone:
        shift = timedelta() if zone == "Z" else timedelta(hours=int(zone[1:3]), minutes=int(zone[4:]))
        utc = (wall + shift if zone[0] == "-" else wall - shift).replace(tzinfo=UTC)
        wall = utc.astimezone(LONDON).replace(tzinfo=None)
    elif hour and wall.replace(tzinfo=LONDON).astimezone(UTC).astimezone(LONDON).replace(tzinfo=None) != wall:
        return "nonexistent_local_time"
    return None if date(1990, 1, 1) <= wall.date() <= AS_OF else "date_out_of_range"


def fault_of_event(cells: list[str]) -> str | None:
    """The reason of an event with an id, a time, a kind and a point on the grid."""
    if fault := faults_of_text(cells):
        return fault
    key, when, kind, x, y, _ = (cell.strip(BLANKS) for cell in cells)
    if not key or not when or not kind:
        return "missing_required"
    if fault := fault_of_time(when):
        return fault
    if kind.casefold() not in {"drugs supply", "cannabis farm"}:
        return "unknown_crime_type"
    return fault_of_point(x, y, degrees=False)


ODD = ["\x00", "\x1b", "\u202e", "\u2069", "é", "\t", "x" * 10_000, "０", "_", '"', ",", "\n", "\u00a0 "]


def rows(*columns: tuple[tuple[str, ...], tuple[str, ...]]) -> st.SearchStrategy[list[str]]:
    """Rows of usual texts, in which up to two cells are hazards or have something odd before or behind."""
    usual = st.tuples(*(st.sampled_from(texts) for texts, _ in columns))
    odd = st.sampled_from(ODD)
    hazards = [
        st.one_of(
            st.sampled_from(special or texts),
            st.builds(str.__add__, st.sampled_from(texts), odd),
            st.builds(str.__add__, odd, st.sampled_from(texts)),
        )
        for texts, special in columns
    ]
    changes = st.lists(
        st.integers(0, len(columns) - 1).flatmap(lambda at: st.tuples(st.just(at), hazards[at])), max_size=2
    )
    return st.builds(
        lambda cells, put: [dict(put).get(at, cell) for at, cell in enumerate(cells)], usual, changes
    )


COORDINATES = ("", "0", "NaN", "inf", "1e400", "1_0", "54.97", "-1.61", "425000", "565000", "0x1", "1,5")
MONTHS = ("", "2023-13", "2023-1", "2024-07", "2010-11", "0000-01", "2023-01-01", "44927", "2024-06")
TIMES = (
    *("", "2023-03-26T01:30", "2023-03-26T01:30Z", "2023-10-29T01:30", "2023-02-29", "2023-06-01T24:00"),
    *("2024-06-30T23:59:59", "2024-06-30T23:30Z", "1989-12-31T23:30-01:00", "2023-06-01T10:15+99:00"),
    *("2023-06-01 23:59", "2023-06-01T10:15:00.1234567", "2023-06-01T10:15:60", "20230601", "2031-01-01"),
)
StreetRow = rows(
    (("a1", "B2"), ("",)),
    (("2023-01",), MONTHS),
    (("Northvale Police",), ("",)),
    (("Northvale Police",), ()),
    (("-1.61",), COORDINATES),
    (("54.97",), COORDINATES),
    (("On or near Mill Lane",), ()),
    (("E01",), ()),
    (("Northvale 1",), ()),
    (("Drugs", "Anti-social  behaviour"), ("", "Burglery", "Ｄrugs", "drugs; robbery")),
    (("",), ()),
    (("",), ()),
)
EventRow = rows(
    (("e1", "00451"), ("",)),
    (("2023-06-01", "2023-06-01T10:15:00+01:00"), TIMES),
    (("drugs supply", "Cannabis Farm"), ("", "drug")),
    (("425000",), COORDINATES),
    (("565000.5",), COORDINATES),
    (("Police",), ()),
)


def verdicts_agree(given_rows: list[list[str]], *, of_street: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.csv"
        header = HEADER if of_street else "event_id,occurred_at,kind,easting,northing,source"
        with path.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file, quoting=csv.QUOTE_ALL).writerows([header.split(","), *given_rows])
        source, kinds = (street(), STREET_TYPES) if of_street else (events(), EVENT_KINDS)
        result, accepted, rejected = read(path, source, kinds, Path(folder))
    oracle = fault_of_street if of_street else fault_of_event
    given_: list[tuple[int, str | None]] = [(row["line"], row["reason"]) for row in rejected]
    given_ += [(row["line"], None) for row in accepted]
    assert [reason for _, reason in sorted(given_)] == [oracle(row) for row in given_rows]
    assert result.records == len(given_rows) == result.accepted + result.rejected


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.lists(StreetRow, max_size=12))
def test_street_rows_get_the_verdict_of_the_contract(cells: list[list[str]]) -> None:
    verdicts_agree(cells, of_street=True)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.lists(EventRow, max_size=12))
def test_events_get_the_verdict_of_the_contract(cells: list[list[str]]) -> None:
    verdicts_agree(cells, of_street=False)


@pytest.mark.soak
@settings(max_examples=5_000, deadline=None)
@given(st.lists(StreetRow, max_size=12), st.lists(EventRow, max_size=12))
def test_many_rows_get_the_verdict_of_the_contract(
    of_street: list[list[str]], of_events: list[list[str]]
) -> None:
    verdicts_agree(of_street, of_street=True)
    verdicts_agree(of_events, of_street=False)
