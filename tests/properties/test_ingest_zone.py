"""Local time to UTC and back equals Python's own zone arithmetic, one moment at a time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from harmscape.ingest.zone import to_local, to_utc

ZONES = [
    "Europe/London",
    "America/New_York",
    "Australia/Lord_Howe",
    "Africa/Casablanca",
    "UTC",
    "Asia/Kolkata",
]
CHANGES = ["2023-03-26T01:00", "2023-10-29T01:00", "2023-03-12T02:00", "2023-11-05T01:00"]
AROUND = [datetime.fromisoformat(text) for text in CHANGES]
FIRST, LAST = (datetime.fromisoformat(text) for text in ("1980-01-01", "2035-01-01"))

Near = st.builds(
    lambda moment, minutes: moment + timedelta(minutes=minutes),
    st.sampled_from(AROUND),
    st.integers(-180, 180),
)
Moments = st.lists(st.one_of(Near, st.datetimes(FIRST, LAST)), min_size=1, max_size=20)


def micros(moments: list[datetime]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.array(moments, "datetime64[us]").astype(np.int64)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(Moments, st.sampled_from(ZONES))
def test_wall_times_become_the_instants_python_gives_them(walls: list[datetime], name: str) -> None:
    zone = ZoneInfo(name)
    utc, twice, never = to_utc(micros(walls), name)
    for at, wall in enumerate(walls):
        first, second = (wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
        exists = first.astimezone(zone).replace(tzinfo=None) == wall
        assert never[at] == (not exists)
        if exists:
            assert twice[at] == (first != second)
            assert utc[at] == micros([first.replace(tzinfo=None)])[0]


@settings(max_examples=150, deadline=None, derandomize=True)
@given(Moments, st.sampled_from(ZONES))
def test_instants_become_the_wall_times_python_gives_them(instants: list[datetime], name: str) -> None:
    expected = [each.replace(tzinfo=UTC).astimezone(ZoneInfo(name)).replace(tzinfo=None) for each in instants]
    assert to_local(micros(instants), name).tolist() == micros(expected).tolist()
