"""The texts that say when, as instants, days or months; strict shapes, nothing guessed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from harmscape.ingest.zone import DAY, SECOND, to_local, to_utc

_NO_OFFSET = np.iinfo(np.int64).min
Grain = Literal["instant", "day", "month"]
Micros = NDArray[np.int64]
Mask = NDArray[np.bool_]

_MONTH = r"^(?P<y>[0-9]{4})-(?P<m>[0-9]{2})$"
_INSTANT = (
    r"^(?P<y>[0-9]{4})-(?P<m>[0-9]{2})-(?P<d>[0-9]{2})"
    r"(?:[T ](?P<H>[0-9]{2}):(?P<M>[0-9]{2})(?::(?P<S>[0-9]{2})(?:\.(?P<f>[0-9]+))?)?"
    r"(?P<z>Z|[+-][0-9]{2}:[0-9]{2})?)?$"
)
_TIME_CODES = ("%H", "%I", "%M", "%S", "%c", "%X", "%T", "%R", "%s")


@dataclass(frozen=True, slots=True)
class When:
    """Per row, in microseconds since 1970: the first instant and the end (exclusive; equal to the first for
    an instant), both UTC; the local wall time of the first.

    `dated`: only a day was given. `twice`: the wall time stands for two instants, the earlier was taken.
    `bad` and `never` (a wall time skipped when clocks went forward) rows hold no usable times.
    """

    starts: Micros
    ends: Micros
    local: Micros
    dated: Mask
    bad: Mask
    never: Mask
    twice: Mask


def read_when(text: pa.Array, *, grain: Grain, timezone: str, shape: str | None = None) -> When:
    """Judge trimmed texts. Month: YYYY-MM. Otherwise YYYY-MM-DD, then T or a space, HH:MM[:SS[.f]] and an
    optional Z or offset; wall times without one are in `timezone`. `shape` is another shape, as in strptime.

    >>> texts = pa.array(["2023-06-01 23:59", "2023-02-29"])
    >>> when = read_when(texts, grain="instant", timezone="Europe/London")
    >>> str(when.starts.astype("datetime64[us]")[0]), when.bad.tolist()
    ('2023-06-01T22:59:00.000000', [False, True])
    """
    distinct = text.dictionary_encode()
    values, codes = distinct.dictionary, distinct.indices.to_numpy()
    if shape is not None:
        wall = _shaped(values, shape)
    else:
        wall = _parsed(values, _MONTH if grain == "month" else _INSTANT)
    if grain == "month":
        when = _months(wall, timezone)
    else:
        when = _instants(wall if grain == "instant" else _days(wall), timezone)
    return When(*(getattr(when, name)[codes] for name in When.__dataclass_fields__))


class _Wall(NamedTuple):
    """Texts as wall times and UTC offsets in microseconds (`_NO_OFFSET` where none is given), which give only
    a day, and which are of no use."""

    time: Micros
    offset: Micros
    dated: Mask
    bad: Mask


def _parsed(values: pa.Array, pattern: str) -> _Wall:
    """Texts of one of the two shapes above."""
    parts = pc.extract_regex(values, pattern)
    fields = {field.name: parts.field(at) for at, field in enumerate(parts.type)}
    bad = ~parts.is_valid().to_numpy(zero_copy_only=False)
    year, month = _whole(fields["y"]), _whole(fields["m"])
    day = _whole(fields["d"]) if "d" in fields else np.ones_like(year)
    bad |= (year < 1) | (month < 1) | (month > 12)
    first = ((year - 1970) * 12 + month - 1).astype("datetime64[M]")
    length = ((first + 1).astype("datetime64[D]") - first.astype("datetime64[D]")).astype(np.int64)
    bad |= (day < 1) | (day > length)
    wall = (first.astype("datetime64[D]").astype(np.int64) + day - 1) * DAY
    if "d" not in fields:
        return _Wall(wall, np.full(wall.size, _NO_OFFSET), np.zeros(wall.size, bool), bad)
    hour, minute, second = _whole(fields["H"]), _whole(fields["M"]), _whole(fields["S"])
    bad |= (hour > 23) | (minute > 59) | (second > 59)
    wall = wall + ((hour * 60 + minute) * 60 + second) * SECOND + _fraction(fields["f"])
    offset, wrong = _offsets(fields["z"])
    return _Wall(wall, offset, _empty(fields["H"]), bad | wrong)


def _offsets(zone: pa.Array) -> tuple[Micros, Mask]:
    """Offsets in microseconds; Z is 0."""
    hours = _whole(pc.utf8_slice_codeunits(zone, 1, 3))
    minutes = _whole(pc.utf8_slice_codeunits(zone, 4, 6))
    west = np.where(pc.starts_with(zone, "-").fill_null(False).to_numpy(zero_copy_only=False), -1, 1)
    offset = west * (hours * 60 + minutes) * 60 * SECOND
    return np.where(_empty(zone), _NO_OFFSET, offset), (hours > 23) | (minutes > 59)


def _fraction(digits: pa.Array) -> Micros:
    """Digits after the point of a second, cut to microseconds."""
    return _whole(pc.utf8_rpad(pc.utf8_slice_codeunits(digits.fill_null(""), 0, 6), 6, "0"))


def _whole(digits: pa.Array) -> Micros:
    present = pc.if_else(pc.equal(digits.fill_null(""), ""), "0", digits)
    numbers: Micros = pc.cast(present, pa.int64()).to_numpy(zero_copy_only=False)
    return numbers


def _empty(values: pa.Array) -> Mask:
    empty: Mask = pc.equal(values.fill_null(""), "").to_numpy(zero_copy_only=False)
    return empty


def _shaped(values: pa.Array, shape: str) -> _Wall:
    """Texts of a declared shape. Python's strptime also takes digits of other scripts, so ASCII only."""
    timed = any(code in shape for code in _TIME_CODES)
    wall, offset = np.zeros(len(values), np.int64), np.full(len(values), _NO_OFFSET)
    bad = np.zeros(len(values), bool)
    for at, text in enumerate(values.to_pylist()):
        try:
            moment = datetime.strptime(text, shape) if text.isascii() else None  # noqa: DTZ007 (zone below)
        except ValueError:
            moment = None
        if moment is None:
            bad[at] = True
            continue
        shift = moment.utcoffset()
        wall[at] = np.datetime64(moment.replace(tzinfo=None), "us").astype(np.int64)
        if shift is not None:
            offset[at] = round(shift.total_seconds() * SECOND)
    return _Wall(wall, offset, np.full(len(values), not timed), bad)


def _days(wall: _Wall) -> _Wall:
    """Days as written, whatever time they come with."""
    return wall._replace(time=wall.time // DAY * DAY, dated=np.ones_like(wall.bad))


def _instants(wall: _Wall, timezone: str) -> When:
    """Wall times to UTC. A day whose first minute was skipped starts when the clock jumps."""
    time = np.where(wall.bad, 0, wall.time)
    stated = (wall.offset != _NO_OFFSET) & ~wall.dated & ~wall.bad
    utc, twice, never = to_utc(time, timezone)
    starts = np.where(stated, time - np.where(stated, wall.offset, 0), utc)
    local = np.where(stated, to_local(starts, timezone), time)
    next_day, _, _ = to_utc(local // DAY * DAY + DAY, timezone)
    dated = wall.dated & ~wall.bad
    unstated = ~dated & ~stated & ~wall.bad
    return When(
        starts, np.where(dated, next_day, starts), local, dated, wall.bad, never & unstated, twice & unstated
    )


def _months(wall: _Wall, timezone: str) -> When:
    """Whole calendar months, from local midnight to local midnight."""
    first = np.where(wall.bad, 0, wall.time).astype("datetime64[us]").astype("datetime64[M]")
    local = first.astype("datetime64[us]").astype(np.int64)
    starts, _, _ = to_utc(local, timezone)
    ends, _, _ = to_utc((first + 1).astype("datetime64[us]").astype(np.int64), timezone)
    none = np.zeros_like(wall.bad)
    return When(starts, ends, local, none, wall.bad, none, none)
