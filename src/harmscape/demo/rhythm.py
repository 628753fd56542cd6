"""When things happen: the hours of the week and the months of the year that each kind of offence favours."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

import numpy as np

from harmscape.demo.areas import Ints
from harmscape.demo.terrain import Floats


class Rhythm(NamedTuple):
    """A week and a year.

    days: Monday to Sunday. hours: 24 shares of a day. nights: how much more the nights to Saturday and Sunday
    (20:00 to 04:00) carry. swing, peak: the height of the yearly wave, and its top month.
    """

    days: tuple[float, ...]
    hours: tuple[float, ...]
    nights: float
    swing: float
    peak: float


_EVEN = (1.0,) * 7
_WEEKEND = (0.93, 0.92, 0.93, 0.95, 1.06, 1.14, 1.07)
_WORKING = (1.06, 1.05, 1.05, 1.06, 1.12, 1.02, 0.64)
_AWAY = (1.05, 1.03, 1.03, 1.04, 1.10, 0.95, 0.80)

# Stop and search by Northumbria Police, 2020-05 to 2022-08 (data.police.uk, Open Government Licence v3.0):
# the one street source that carries a time; 10,031 stops.
STOP_DAYS = (0.126, 0.125, 0.144, 0.139, 0.168, 0.160, 0.138)
STOP_HOURS = (
    0.050, 0.044, 0.033, 0.023, 0.017, 0.008, 0.004, 0.003, 0.009, 0.017, 0.028, 0.048,
    0.048, 0.041, 0.050, 0.066, 0.064, 0.068, 0.065, 0.064, 0.070, 0.075, 0.056, 0.049,
)  # fmt: skip

# Street crime a day in December 2021 against the other months from April 2021 on (the same publisher; without
# anti-social behaviour): people stay at home, and so do many who would do them harm.
DECEMBER = 0.89

RHYTHMS = {
    "evening": Rhythm(
        _WEEKEND,
        (3.4, 2.6, 2.0, 1.5, 0.9, 0.7, 0.8, 1.3, 2.4, 3.2, 3.8, 4.2,
         4.8, 4.7, 5.0, 6.3, 6.4, 6.4, 6.3, 6.2, 6.1, 6.0, 5.6, 4.6),
        1.25, 0.07, 7.0,
    ),
    "night": Rhythm(
        (0.86, 0.86, 0.9, 0.95, 1.12, 1.25, 1.06),
        (8.2, 7.6, 6.6, 5.4, 3.0, 1.6, 1.0, 1.0, 1.3, 1.6, 2.0, 2.4,
         2.8, 2.9, 3.1, 3.6, 3.9, 4.1, 4.5, 5.0, 5.7, 6.4, 7.4, 8.1),
        1.9, 0.06, 7.5,
    ),
    "daytime": Rhythm(
        _WORKING,
        (0.6, 0.4, 0.3, 0.3, 0.3, 0.5, 1.0, 2.2, 3.9, 5.8, 7.6, 8.7,
         9.0, 8.9, 9.0, 9.2, 8.8, 7.9, 6.0, 4.1, 2.6, 1.7, 1.2, 0.8),
        1.0, 0.06, 10.5,
    ),
    "riding": Rhythm(
        _WORKING,
        (2.2, 1.8, 1.5, 1.2, 0.9, 0.8, 1.1, 2.1, 3.4, 4.3, 5.0, 5.6,
         6.2, 6.4, 6.6, 7.0, 7.4, 7.6, 7.0, 6.0, 5.0, 4.2, 3.6, 2.9),
        1.1, 0.22, 9.0,
    ),
    "away": Rhythm(
        _AWAY,
        (4.0, 4.4, 4.8, 4.4, 3.4, 2.3, 1.9, 2.2, 2.9, 3.5, 4.0, 4.5,
         4.7, 4.7, 4.7, 4.7, 4.9, 5.3, 5.6, 5.5, 5.1, 4.6, 4.2, 4.0),
        1.1, 0.13, 11.5,
    ),
    "parked": Rhythm(
        _EVEN,
        (7.0, 7.2, 7.0, 6.3, 4.6, 2.9, 2.2, 2.1, 2.2, 2.2, 2.3, 2.4,
         2.5, 2.6, 2.7, 2.9, 3.2, 3.7, 4.5, 5.2, 5.7, 6.2, 6.6, 6.9),
        1.15, 0.08, 11.0,
    ),
    "any": Rhythm(
        (1.03, 1.02, 1.02, 1.01, 0.99, 0.95, 0.98),
        (3.2, 2.1, 1.3, 0.9, 0.8, 0.9, 1.5, 2.7, 4.2, 5.1, 5.5, 5.7,
         6.0, 5.6, 5.4, 5.7, 5.7, 5.6, 5.5, 5.6, 5.8, 5.8, 5.4, 4.4),
        1.0, 0.03, 10.0,
    ),
    "stop": Rhythm(STOP_DAYS, STOP_HOURS, 1.0, 0.04, 6.0),
}  # fmt: skip


def week(rhythm: Rhythm) -> Floats:
    """The share of each hour of the week, 7 x 24, Monday first, summing to 1.

    >>> table = week(RHYTHMS["night"])
    >>> table.shape, round(float(table.sum()), 12), bool(table[5, 1] > table[1, 1])
    ((7, 24), 1.0, True)
    """
    table = np.outer(rhythm.days, rhythm.hours)
    table[4:6, 20:] *= rhythm.nights
    table[5:7, :4] *= rhythm.nights
    return np.asarray(table / table.sum())


def day_shares(rhythm: Rhythm, starts: date, days: int) -> Floats:
    """The share of each day from `starts`, summing to 1: its weekday and its place in the year.

    >>> from datetime import date
    >>> shares = day_shares(RHYTHMS["daytime"], date(2025, 11, 3), 7)  # a Monday
    >>> int(shares.argmin()), int(shares.argmax())
    (6, 4)
    """
    number = np.arange(days)
    weekday = (starts.weekday() + number) % 7
    month = (starts.timetuple().tm_yday - 1 + number) / 365.25 * 12.0
    wave = 1 + rhythm.swing * np.cos(2 * np.pi * (month + 0.5 - rhythm.peak) / 12.0)
    calendar_month = (np.datetime64(starts) + number).astype("datetime64[M]").astype(np.int64) % 12
    shares = week(rhythm).sum(axis=1)[weekday] * wave * np.where(calendar_month == 11, DECEMBER, 1.0)
    return np.asarray(shares / shares.sum())


def draw_minutes(rhythm: Rhythm, starts: date, day: Ints, rng: np.random.Generator) -> Ints:
    """Minutes since midnight of `starts` for events on given days, by the hours of the week.

    No time falls in the hour that a spring clock change skips.
    """
    cumulative = week(rhythm).cumsum(axis=1)
    weekday = (starts.weekday() + day) % 7
    wanted = rng.random(len(day)) * cumulative[weekday, -1]
    hour = (cumulative[weekday] < wanted[:, None]).sum(axis=1)
    # People round: a fifth of all times are given as the full hour, as many as the half.
    minute = np.where(
        rng.random(len(day)) < 0.4, 30 * rng.integers(0, 2, len(day)), rng.integers(0, 60, len(day))
    )
    skipped = (hour == 1) & np.isin(day, _spring_changes(starts, int(day.max(initial=0))))
    return np.asarray(day * 1440 + (hour + skipped) * 60 + minute)


def _spring_changes(starts: date, last_day: int) -> list[int]:
    """The days, from `starts`, on which British clocks go forward at 01:00: the last Sunday of March."""
    years = range(starts.year, (starts + timedelta(days=last_day)).year + 1)
    ends_of_march = (date(year, 3, 31) for year in years)
    return [(end - timedelta(days=(end.weekday() + 1) % 7) - starts).days for end in ends_of_march]
