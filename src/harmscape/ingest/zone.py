"""Local wall time to UTC and back for whole arrays, with the two clock-change hours told apart."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

Micros = NDArray[np.int64]
Mask = NDArray[np.bool_]
SECOND = 1_000_000
DAY = 86_400 * SECOND
_KNOWN = (1850, 2150)
"""Years whose changes are looked up; beyond them the nearest offset holds."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def to_utc(local: Micros, timezone: str) -> tuple[Micros, Mask, Mask]:
    """Local wall times as UTC instants, in microseconds since 1970-01-01.

    Returns the instants, a mask of wall times that stand for two instants (the earlier is given) and one
    of wall times that never were (when clocks went forward).

    >>> from datetime import datetime
    >>> day = np.array(["2023-10-29T01:30", "2023-03-26T01:30"], "datetime64[us]").astype("int64")
    >>> utc, twice, never = to_utc(day, "Europe/London")
    >>> str(utc.astype("datetime64[us]")[0]), twice.tolist(), never.tolist()
    ('2023-10-29T00:30:00.000000', [True, False], [False, True])
    """
    if local.size == 0:
        return local.copy(), np.zeros(0, bool), np.zeros(0, bool)
    at, before, after = _changes(timezone, *_years(local))
    start = before[0] if before.size else _offset(ZoneInfo(timezone), int(local[0]))
    offsets = np.concatenate([[start], after])
    walls = at + before
    index = np.searchsorted(walls, local, side="right")
    offset = offsets[index]
    gaps = np.concatenate([[np.iinfo(np.int64).min], at + after])
    never = local < gaps[index]
    overlaps = np.concatenate([at + after, [np.iinfo(np.int64).max]])
    twice = local >= overlaps[index]
    # A wall time in the gap is read with the offset before it, which lands after the change.
    previous = offsets[np.maximum(index - 1, 0)]
    return local - np.where(never, previous, offset), twice, never


def to_local(utc: Micros, timezone: str) -> Micros:
    """UTC instants as local wall times, both in microseconds.

    >>> noon = np.array(["2023-07-01T12:00"], "datetime64[us]").astype("int64")
    >>> str(to_local(noon, "Europe/London").astype("datetime64[us]")[0])
    '2023-07-01T13:00:00.000000'
    """
    if utc.size == 0:
        return utc.copy()
    at, before, after = _changes(timezone, *_years(utc))
    start = before[0] if before.size else _offset(ZoneInfo(timezone), int(utc[0]))
    shifted: Micros = utc + np.concatenate([[start], after])[np.searchsorted(at, utc, side="right")]
    return shifted


def _years(moments: Micros) -> tuple[int, int]:
    years = np.array([moments.min(), moments.max()]).astype("datetime64[us]").astype("datetime64[Y]")
    first, last = (years.astype(np.int64) + 1970).tolist()
    return min(max(first - 1, _KNOWN[0]), _KNOWN[1]), max(min(last + 1, _KNOWN[1]), _KNOWN[0])


@lru_cache(maxsize=64)
def _changes(timezone: str, first: int, last: int) -> tuple[Micros, Micros, Micros]:
    """Every change of the UTC offset from one year to another: instant, offset before, offset after.

    Offsets are compared at every 7th day and the change between is found by halving; two changes that
    undo each other within a week are not in the rules of any zone since 1972.
    """
    zone = ZoneInfo(timezone)
    found: list[tuple[int, int, int]] = []
    here = _micros(datetime(first, 1, 1, tzinfo=UTC))
    end = _micros(datetime(last, 12, 31, tzinfo=UTC))
    offset = _offset(zone, here)
    while here < end:
        step = here + 7 * DAY
        then = _offset(zone, step)
        if then != offset:
            low, high = here, step
            while high - low > SECOND:
                middle = low + (high - low) // (2 * SECOND) * SECOND
                low, high = (middle, high) if _offset(zone, middle) == offset else (low, middle)
            found.append((high, offset, then))
        here, offset = step, then
    table = np.array(found, np.int64).reshape(-1, 3)
    return table[:, 0].copy(), table[:, 1].copy(), table[:, 2].copy()


def _micros(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(microseconds=1)


def _offset(zone: ZoneInfo, utc: int) -> int:
    shift = (_EPOCH + timedelta(microseconds=utc)).astimezone(zone).utcoffset()
    assert shift is not None
    return shift // timedelta(microseconds=1)
