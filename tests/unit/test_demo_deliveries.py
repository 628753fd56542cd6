"""What each delivery of the demo force holds, by its dates."""

from __future__ import annotations

from datetime import date

import numpy as np

from harmscape.demo.deliveries import last_news, month_end, plan
from harmscape.demo.events import Events, Span

SPAN = Span(date(2023, 11, 1), date(2026, 10, 31))


def test_a_history_and_three_months_each_telling_three_months_anew() -> None:
    assert [(str(delivery.as_of), str(delivery.first)) for delivery in plan(SPAN)] == [
        ("2026-07-31", "2023-11-01"),
        ("2026-08-31", "2026-06-01"),
        ("2026-09-30", "2026-07-01"),
        ("2026-10-31", "2026-08-01"),
    ]


def test_month_ends_step_over_the_year_and_the_leap_day() -> None:
    assert month_end(date(2024, 1, 31), 1) == date(2024, 2, 29)
    assert month_end(date(2026, 1, 15), -1) == date(2025, 12, 31)


def test_news_of_a_crime_ends_two_months_after_its_own() -> None:
    day = np.array(
        [SPAN.number(date(2026, 6, 1)), SPAN.number(date(2026, 6, 30)), SPAN.number(date(2026, 7, 1))]
    )
    crimes = Events(
        np.zeros(3, np.int16),
        np.zeros(3, np.int32),
        (day * 1440).astype(np.int32),
        np.arange(3, dtype=np.int32),
    )
    told = [SPAN.day(int(number)) for number in last_news(crimes, SPAN)]
    assert told == [date(2026, 8, 31), date(2026, 8, 31), date(2026, 9, 30)]
