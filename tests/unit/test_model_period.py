"""Periods: half-open spans, windows back from an end, and the words for them; days counted by hand."""

from __future__ import annotations

from datetime import date

import pytest

from harmscape.model.errors import SelectionError
from harmscape.model.period import (
    Period,
    month_start,
    months_between,
    parse_day,
    parse_end,
    window_before,
)


def test_a_period_holds_its_first_day_and_not_its_end() -> None:
    january = Period(date(2024, 1, 1), date(2024, 2, 1))
    assert date(2024, 1, 1) in january
    assert date(2024, 1, 31) in january
    assert date(2024, 2, 1) not in january
    assert january.days == 31
    assert str(january) == "January 2024"


def test_a_period_is_said_by_its_months_where_it_cuts_none() -> None:
    assert str(Period(date(2025, 11, 1), date(2026, 11, 1))) == "November 2025 to October 2026"
    assert str(Period(date(2026, 3, 5), date(2026, 4, 10))) == "5 March 2026 to 9 April 2026"
    assert str(Period(date(2026, 3, 5), date(2026, 3, 6))) == "5 March 2026"


@pytest.mark.parametrize("ends", [date(2024, 1, 1), date(2023, 12, 31)])
def test_a_period_must_start_before_it_ends(ends: date) -> None:
    with pytest.raises(SelectionError, match="must start before it ends, got 2024-01-01"):
        Period(date(2024, 1, 1), ends)


@pytest.mark.parametrize(
    ("starts", "ends", "whole", "months"),
    [
        (date(2024, 1, 1), date(2024, 3, 1), True, [1, 2]),
        (date(2024, 1, 31), date(2024, 3, 1), False, [1, 2]),
        (date(2024, 1, 1), date(2024, 3, 2), False, [1, 2, 3]),
        (date(2024, 1, 10), date(2024, 1, 11), False, [1]),
    ],
)
def test_a_period_knows_the_months_it_touches(
    starts: date, ends: date, whole: bool, months: list[int]
) -> None:
    period = Period(starts, ends)
    assert period.is_whole_months is whole
    assert period.months == [date(2024, month, 1) for month in months]


@pytest.mark.parametrize(
    ("window", "ends", "starts"),
    [
        ("12m", date(2022, 9, 1), date(2021, 9, 1)),
        ("1m", date(2024, 3, 1), date(2024, 2, 1)),
        ("28d", date(2024, 3, 1), date(2024, 2, 2)),
        ("1y", date(2024, 2, 29), date(2023, 2, 28)),
        ("3y", date(2024, 1, 1), date(2021, 1, 1)),
        # 31 March back one month ends on the last day that February has.
        ("1m", date(2023, 3, 31), date(2023, 2, 28)),
        (" 6M ", date(2024, 7, 1), date(2024, 1, 1)),
    ],
)
def test_a_window_counts_back_by_the_calendar(window: str, ends: date, starts: date) -> None:
    assert window_before(ends, window) == Period(starts, ends)


@pytest.mark.parametrize("window", ["12", "m12", "0m", "1w", "-3m", "12345m", "1.5m", ""])
def test_a_window_is_a_number_and_a_unit(window: str) -> None:
    with pytest.raises(SelectionError, match="expected a window such as 12m, 28d or 3y"):
        window_before(date(2024, 1, 1), window)


@pytest.mark.parametrize("window", ["9999y", "9999m", "9999d"])
def test_a_window_cannot_reach_behind_the_calendar(window: str) -> None:
    with pytest.raises(SelectionError, match="before the calendar begins"):
        window_before(date(20, 1, 1), window)


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("2024-02", date(2024, 3, 1)),
        ("2024-12", date(2025, 1, 1)),
        ("2024-02-29", date(2024, 3, 1)),
        (" 2024-02-28 ", date(2024, 2, 29)),
    ],
)
def test_an_end_includes_the_day_or_month_named(text: str, ends: date) -> None:
    assert parse_end(text) == ends


@pytest.mark.parametrize("text", ["2024-02-30", "2023-02-29", "2024-13", "0000-01", "9999-12-31", "9999-12"])
def test_a_day_that_does_not_exist_is_refused(text: str) -> None:
    with pytest.raises(SelectionError, match="there is no such day or month"):
        parse_end(text)


@pytest.mark.parametrize("text", ["", "today", "31/12/2024", "2024", "2024-1-1", "2024-01-01T00:00"])
def test_an_end_of_another_shape_is_refused(text: str) -> None:
    with pytest.raises(SelectionError, match=r"expected a day \(2026-10-31\) or a month \(2026-10\)"):
        parse_end(text)


def test_a_day_is_a_day_and_no_month() -> None:
    assert parse_day("2024-02-29") == date(2024, 2, 29)
    assert parse_day(" 2024-01-01 ") == date(2024, 1, 1)
    with pytest.raises(SelectionError, match="expected a day such as"):
        parse_day("2024-02")


def test_months_count_across_years() -> None:
    assert month_start(date(2024, 1, 31), 1) == date(2024, 2, 1)
    assert month_start(date(2024, 1, 31), -1) == date(2023, 12, 1)
    assert month_start(date(2024, 6, 15), 19) == date(2026, 1, 1)
    assert months_between(date(2023, 11, 5), date(2024, 2, 1)) == 3
    assert months_between(date(2023, 11, 5), date(2024, 2, 2), touched=True) == 4
