"""Drawn areas: the corners of a polygon in the words of a selection."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from harmscape.model.errors import SelectionError

Corner = tuple[float, float]
"""Longitude, then latitude, in degrees."""

FEWEST, MOST = 3, 100
PLACES = 5
"""Decimals of a degree that are kept: about a metre."""


def parse_within(text: str) -> tuple[Corner, ...]:
    """The corners of a drawn area, each `longitude,latitude`, with semicolons between; it closes by itself.

    Raises SelectionError for fewer than 3 or more than 100 corners, corners off the globe, and lines that
    cross each other.

    >>> parse_within("-1.62,54.97;-1.60,54.97;-1.61,54.98")
    ((-1.62, 54.97), (-1.6, 54.97), (-1.61, 54.98))
    """
    corners = [_corner(part) for part in text.split(";") if part.strip()]
    if len(corners) > 1 and corners[0] == corners[-1]:
        corners.pop()
    if not FEWEST <= len(corners) <= MOST:
        raise SelectionError(f"a drawn area has {FEWEST} to {MOST} corners, and this has {len(corners):,}")
    if _crosses_itself(corners):
        raise SelectionError(
            "the lines of the drawn area cross each other: put its corners in order around it"
        )
    return tuple(corners)


def within_words(corners: Sequence[Corner]) -> str:
    """The same corners in the words of a selection.

    >>> within_words(((-1.62, 54.97), (-1.6, 54.97), (-1.61, 54.98)))
    '-1.62,54.97;-1.6,54.97;-1.61,54.98'
    """
    return ";".join(f"{_plain(lon)},{_plain(lat)}" for lon, lat in corners)


def _plain(degrees: float) -> str:
    return f"{degrees:.{PLACES}f}".rstrip("0").rstrip(".")


def _corner(text: str) -> Corner:
    parts = text.split(",")
    try:
        lon, lat = (round(float(part), PLACES) + 0.0 for part in parts)
    except ValueError:
        raise SelectionError(
            "expected the corners of --within as longitude,latitude with semicolons between, for example"
            " -1.62,54.97;-1.60,54.97;-1.61,54.98"
        ) from None
    # NaN answers no comparison, so it is refused here as well.
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise SelectionError(
            "a corner of the drawn area is off the globe: longitude comes first, then latitude"
        )
    return lon, lat


def _crosses_itself(corners: Sequence[Corner]) -> bool:
    """Whether two sides meet anywhere but where neighbours join, or the area has no inside."""
    count = len(corners)
    if len(set(corners)) < count or not _doubled_area(corners):
        return True
    sides = [(corners[i], corners[(i + 1) % count]) for i in range(count)]
    return any(
        _meet(*sides[i], *sides[j])
        for i, j in combinations(range(count), 2)
        if j - i > 1 and (i, j) != (0, count - 1)
    )


def _doubled_area(corners: Sequence[Corner]) -> float:
    following = [*corners[1:], corners[0]]
    total = sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(corners, following, strict=True))
    return 0.0 if abs(total) < 1e-12 else total


def _meet(a: Corner, b: Corner, c: Corner, d: Corner) -> bool:
    """Whether two sides share a point. Source: orientation test of segments (Cormen et al., chapter 33)."""
    turns = (_turn(c, d, a), _turn(c, d, b), _turn(a, b, c), _turn(a, b, d))
    if turns[0] * turns[1] < 0 and turns[2] * turns[3] < 0:
        return True
    ends = ((c, d, a), (c, d, b), (a, b, c), (a, b, d))
    return any(turn == 0 and _between(*end) for turn, end in zip(turns, ends, strict=True))


def _turn(a: Corner, b: Corner, c: Corner) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _between(a: Corner, b: Corner, c: Corner) -> bool:
    return min(a[0], b[0]) <= c[0] <= max(a[0], b[0]) and min(a[1], b[1]) <= c[1] <= max(a[1], b[1])
