"""Drawn areas in words: corners read and written, and shapes that enclose nothing refused."""

from __future__ import annotations

import random

import pytest
import shapely

from harmscape.model.drawn import parse_within, within_words
from harmscape.model.errors import SelectionError


def test_an_area_reads_back_the_same_and_closes_by_itself() -> None:
    corners = parse_within(" -1.62,54.97 ; -1.6000004,54.97; -1.61,54.98; -1.62,54.97 ")
    assert corners == ((-1.62, 54.97), (-1.6, 54.97), (-1.61, 54.98))
    assert parse_within(within_words(corners)) == corners


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("-1.62,54.97;-1.60,54.97", "3 to 100 corners, and this has 2"),
        (";".join(f"{i / 100},{i * i}" for i in range(101)), "off the globe"),
        (";".join(f"{i / 1000},{(i * i) / 1000}" for i in range(101)), "this has 101"),
        ("0,0;1,1;1,0;0,1", "cross each other"),
        ("0,0;1,0;2,0", "cross each other"),
        ("0,0;1,0;0,0;0,1", "cross each other"),
        ("54.97,-191;1,1;2,2", "off the globe"),
        ("nan,1;1,1;2,2", "off the globe"),
        ("1;2;3", "longitude,latitude"),
        ("a,b;c,d;e,f", "longitude,latitude"),
        ("1,2,3;4,5,6;7,8,9", "longitude,latitude"),
    ],
)
def test_what_is_no_area_is_refused_in_plain_words(text: str, said: str) -> None:
    with pytest.raises(SelectionError, match=said):
        parse_within(text)


def test_areas_are_refused_as_the_geometry_library_would_refuse_them() -> None:
    draw = random.Random(20261122)
    accepted = 0
    for _ in range(400):
        # Corners on a coarse grid: touching and overlapping sides come up often.
        corners = [(float(draw.randrange(5)), float(draw.randrange(5))) for _ in range(draw.randrange(3, 7))]
        if corners[0] == corners[-1]:
            continue
        polygon = shapely.Polygon(corners)
        try:
            parse_within(within_words(corners))
            found = True
        except SelectionError:
            found = False
        # The library lets corners repeat or lie back on their own line; neither of those encloses more.
        if found:
            assert polygon.is_valid
            assert polygon.area > 0
        elif len(set(corners)) == len(corners):
            assert not polygon.is_valid or polygon.area == 0
        accepted += found
    assert 50 < accepted < 350
