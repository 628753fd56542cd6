"""When: strict shapes, clock changes, declared shapes, spans, and the range of days."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from tests.ingest_sources import EVENT_KINDS, events, read, written

from harmscape.ingest.when import When, read_when
from harmscape.model.source import Occurred


def when(*texts: str, **options: Any) -> When:
    return read_when(pa.array(texts), **{"grain": "instant", "timezone": "Europe/London", **options})


def iso(micros: Any) -> list[str]:
    return [str(each)[:-7] for each in micros.astype("datetime64[us]")]


def test_a_wall_time_is_in_the_workspace_zone_unless_it_states_an_offset() -> None:
    # London stood at +01:00 in June and at +00:00 in January.
    read_ = when("2023-06-01T10:15", "2023-01-01 10:15:30", "2023-06-01T10:15Z", "2023-06-01T10:15-05:30")
    assert iso(read_.starts) == [
        "2023-06-01T09:15:00",
        "2023-01-01T10:15:30",
        "2023-06-01T10:15:00",
        "2023-06-01T15:45:00",
    ]
    assert iso(read_.local)[2:] == ["2023-06-01T11:15:00", "2023-06-01T16:45:00"]


def test_fractions_of_a_second_are_cut_to_microseconds() -> None:
    assert str(when("2023-01-01T00:00:00.1234567").starts.astype("datetime64[us]")[0]) == (
        "2023-01-01T00:00:00.123456"
    )


@pytest.mark.parametrize(
    "text",
    [
        *("2023-1-01", "2023-13-01", "2023-00-10", "2023-02-29", "2100-02-29", "0000-01-01", "23-01-01"),
        *(
            "2023-06-01T24:00",
            "2023-06-01T23:60",
            "2023-06-01T23:59:60",
            "2023-06-01T9:15",
            "2023-06-01t10:15",
        ),
        *("2023-06-01T10", "2023-06-01T10:15z", "2023-06-01T10:15+1", "2023-06-01T10:15+99:00", "2023-06"),
        *("2023-06-01T10:15+0100", "2023-06-01  10:15", "2023-06-01T10:15:00,5", "2023-06-01T10:15:00."),
        *("20230601", "20230601T101500", "2023-W22-4", "2023-152", "45047.5", "1685577600", "yesterday"),
        *(
            "01/02/2023",
            "2023/06/01",
            "２０２３-06-01",
            "2023-06-01Z",
            "-2023-06-01",
            "12023-06-01",
            "2023-06-01\n",
        ),
    ],
)
def test_no_other_shape_is_guessed_at(text: str) -> None:
    assert when(text).bad.tolist() == [True]


@pytest.mark.parametrize(
    "text", ["2023-1", "2023-13", "Jan-23", "2023-01-15", "202301", "23-01", "２０２３-01"]
)
def test_a_month_is_four_digits_a_dash_and_two(text: str) -> None:
    assert when(text, grain="month").bad.tolist() == [True]


def test_a_month_runs_from_local_midnight_to_local_midnight() -> None:
    # In summer time London's midnight is 23:00 UTC of the day before.
    month = when("2023-03", "2023-07", grain="month")
    assert iso(month.starts) == ["2023-03-01T00:00:00", "2023-06-30T23:00:00"]
    assert iso(month.ends) == ["2023-03-31T23:00:00", "2023-07-31T23:00:00"]


def test_a_day_without_a_time_lasts_till_the_next_midnight_also_when_it_has_23_hours() -> None:
    day = when("2023-03-26")
    assert day.dated.tolist() == [True]
    assert (iso(day.starts), iso(day.ends)) == (["2023-03-26T00:00:00"], ["2023-03-26T23:00:00"])


def test_midnight_skipped_by_the_clock_starts_the_day_at_the_change() -> None:
    # Beirut's clocks went from 00:00 (+02:00) to 01:00 on 27 March 2022, at 22:00 UTC of the day before.
    day = when("2022-03-27", grain="day", timezone="Asia/Beirut")
    assert (iso(day.starts), day.never.tolist()) == (["2022-03-26T22:00:00"], [False])


def test_times_in_the_two_clock_change_hours_are_told_apart() -> None:
    times = when(
        "2023-03-26T01:00", "2023-03-26T02:00", "2023-10-29T00:59", "2023-10-29T01:00", "2023-10-29T02:00"
    )
    assert times.never.tolist() == [True, False, False, False, False]
    assert times.twice.tolist() == [False, False, False, True, False]
    assert iso(times.starts)[1:] == [
        "2023-03-26T01:00:00",
        "2023-10-28T23:59:00",
        "2023-10-29T00:00:00",
        "2023-10-29T02:00:00",
    ]


def test_a_time_with_an_offset_is_never_in_doubt() -> None:
    times = when("2023-03-26T01:30Z", "2023-10-29T01:30+00:00")
    assert not times.never.any()
    assert not times.twice.any()


def test_a_declared_shape_is_the_only_one_taken() -> None:
    day_first = when(
        "01/02/2023 10:00", "2023-02-01", "31/04/2023 10:00", "０1/02/2023 10:00", shape="%d/%m/%Y %H:%M"
    )
    assert iso(day_first.starts)[:1] == ["2023-02-01T10:00:00"]
    assert day_first.bad.tolist() == [False, True, True, True]
    assert when("01/02/2023", shape="%d/%m/%Y").dated.tolist() == [True]
    assert iso(when("Feb-23", shape="%b-%y", grain="month").starts) == ["2023-02-01T00:00:00"]


HEADER = "event_id,occurred_at,until,kind,easting,northing,source"


def outcome(tmp_path: Path, *cells: str, **occurred: Any) -> list[Any]:
    """What became of events with these (occurred_at, until) cells: the event, or the reason."""
    source = events(occurred=Occurred(**{"column": "occurred_at", "to": "until", **occurred}))
    lines = [f"e{at},{pair},drugs supply,,," for at, pair in enumerate(cells)]
    _, accepted, rejected = read(written(tmp_path / "e.csv", HEADER, *lines), source, EVENT_KINDS, tmp_path)
    told = {row["line"]: row for row in accepted} | {row["line"]: row["reason"] for row in rejected}
    return [told[line] for line in sorted(told)]


def test_a_span_ends_where_its_end_says_and_a_day_is_taken_whole(tmp_path: Path) -> None:
    instants, days, none, same = outcome(
        tmp_path,
        "2023-01-05T10:00,2023-01-07T09:30",
        "2023-01-05,2023-01-07",
        "2023-01-05T10:00,",
        "2023-01-05T10:00,2023-01-05T10:00",
    )
    assert (instants["grain"], instants["occurred_to"].isoformat(), instants["hour"]) == (
        "span",
        "2023-01-07T09:30:00",
        None,
    )
    assert (days["grain"], days["occurred_to"].isoformat()) == ("span", "2023-01-08T00:00:00")
    assert (none["grain"], none["occurred_to"], none["hour"]) == ("instant", None, 10)
    assert (same["grain"], same["occurred_to"]) == ("instant", None)


def test_a_span_must_not_end_before_it_starts_nor_after_the_delivery(tmp_path: Path) -> None:
    assert outcome(
        tmp_path,
        "2023-01-05T10:00,2023-01-05T09:59",
        "2023-01-05T10:00,soon",
        "2023-01-05T10:00,2024-07-01",
        "2023-01-05T10:00,2023-03-26T01:30",
    ) == ["ends_before_start", "bad_date", "date_out_of_range", "nonexistent_local_time"]


def test_the_day_of_the_delivery_counts_whole_in_local_time(tmp_path: Path) -> None:
    # 30 June 2024 ends in London at 23:00 UTC.
    kept, late, first, early = outcome(
        tmp_path,
        "2024-06-30T22:59:59Z,",
        "2024-06-30T23:00:00Z,",
        "1990-01-01T00:00,",
        "1989-12-31T23:59,",
    )
    assert (kept["day"], kept["hour"]) == (date(2024, 6, 30), 23)
    assert (late, early) == ("date_out_of_range", "date_out_of_range")
    assert first["day"] == date(1990, 1, 1)


def test_a_source_of_days_takes_the_day_as_written_without_a_flag(tmp_path: Path) -> None:
    (event,) = outcome(tmp_path, "2023-06-01 23:30,", grain="day")
    assert (event["grain"], event["day"], event["hour"]) == ("day", date(2023, 6, 1), None)
    assert event["flags"] == "no_location"
    assert event["occurred_to"].isoformat() == "2023-06-01T23:00:00"
