"""When the crimes of the demo force happen."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from harmscape.demo.rhythm import RHYTHMS, day_shares, draw_minutes, week


@pytest.mark.parametrize("name", RHYTHMS)
def test_a_week_and_a_span_sum_to_one(name: str) -> None:
    assert week(RHYTHMS[name]).sum() == pytest.approx(1.0)
    assert day_shares(RHYTHMS[name], date(2024, 1, 1), 731).sum() == pytest.approx(1.0)


def test_shops_are_robbed_of_goods_when_they_are_open() -> None:
    table = week(RHYTHMS["daytime"])
    # By hand from the rhythm's row: 9 to 18 o'clock is 74.9 of 100.8 shares of a day.
    assert table[0, 9:18].sum() / table[0].sum() == pytest.approx(74.9 / 100.8)
    assert table[6].sum() < table[4].sum()


def test_the_nights_to_saturday_and_sunday_carry_most() -> None:
    table = week(RHYTHMS["night"])
    assert table[5, :4].sum() > 1.9 * table[2, :4].sum()
    assert table[4, 20:].sum() > 1.9 * table[2, 20:].sum()


def test_more_bicycles_go_in_september_than_in_march() -> None:
    shares = day_shares(RHYTHMS["riding"], date(2025, 1, 1), 365)
    march, september = shares[59:90].sum() / 31, shares[243:273].sum() / 30
    # A wave of 22 % that is highest in September and lowest in March: 1.22 / 0.78, give or take the weekdays.
    assert september / march == pytest.approx(1.22 / 0.78, rel=0.04)


def test_december_is_quieter() -> None:
    shares = day_shares(RHYTHMS["any"], date(2025, 1, 1), 365)
    november, december = shares[306:334].sum(), shares[334:362].sum()
    # By hand, four weeks each: the wave of 3 % with its top in October stands at 1 + 0.03 cos(2 pi 1.00 / 12)
    # = 1.0260 in the middle of the first and at 1 + 0.03 cos(2 pi 1.92 / 12) = 1.0161 in that of the second.
    assert december / november == pytest.approx(0.89 * 1.0161 / 1.0260, rel=0.002)


def test_no_crime_falls_in_the_hour_that_the_clocks_skip() -> None:
    # British clocks went from 01:00 to 02:00 on Sunday 29 March 2026 (the last of the month).
    starts = date(2026, 3, 1)
    minutes = draw_minutes(RHYTHMS["night"], starts, np.full(5_000, 28), np.random.default_rng(3))
    hours = (minutes - 28 * 1440) // 60
    assert (hours == 1).sum() == 0
    assert (hours == 2).sum() > 500
    same_hour_a_week_before = draw_minutes(
        RHYTHMS["night"], starts, np.full(5_000, 21), np.random.default_rng(3)
    )
    assert ((same_hour_a_week_before - 21 * 1440) // 60 == 1).sum() > 250
