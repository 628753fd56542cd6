"""A basemap in one file: archives written here byte by byte after the specification, and damaged ones."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from tests.vector_tiles import archive

from harmscape.model.errors import HarmscapeError
from harmscape.places.pmtiles import open_basemap, tile_number

TILES = {
    tile_number(z, x, y): f"{z}/{x}/{y}".encode() for z in range(4) for x in range(2**z) for y in range(2**z)
}


@pytest.mark.parametrize("leafed", [False, True])
def test_every_tile_is_found_in_an_archive_with_and_without_further_directories(
    tmp_path: Path, leafed: bool
) -> None:
    archive(tmp_path / "a.pmtiles", TILES, kind=1, zooms=(0, 3), leafed=leafed)
    held = open_basemap(tmp_path / "a.pmtiles")
    assert (held.kind, held.least_zoom, held.most_zoom, held.layers) == ("vector", 0, 3, ("water", "roads"))
    assert held.bounds == (-180, -85, 180, 85)
    for z in range(4):
        for x in range(2**z):
            assert [held.tile(z, x, y) for y in range(2**z)] == [f"{z}/{x}/{y}".encode() for y in range(2**z)]
    assert held.tile(4, 0, 0) is None
    assert held.tile(2, 9, 0) is None


def test_a_tile_that_is_not_held_is_none(tmp_path: Path) -> None:
    archive(tmp_path / "a.pmtiles", {tile_number(2, 1, 1): b"x"}, kind=2, zooms=(2, 2))
    held = open_basemap(tmp_path / "a.pmtiles")
    assert (held.kind, held.media) == ("png", "image/png")
    assert held.tile(2, 1, 1) == b"x"
    assert held.tile(2, 0, 0) is None
    assert held.tile(2, 3, 3) is None


def test_neighbours_on_the_curve_are_neighbours_on_the_map() -> None:
    # What defines a Hilbert curve: it goes through every tile of a zoom, a step to a side at a time.
    order = sorted((tile_number(5, x, y), x, y) for x in range(32) for y in range(32))
    assert [number for number, _, _ in order] == list(range((4**5 - 1) // 3, (4**6 - 1) // 3))
    assert all(abs(a[1] - b[1]) + abs(a[2] - b[2]) == 1 for a, b in pairwise(order))


def test_a_missing_a_foreign_and_a_damaged_file_are_told_plainly(tmp_path: Path) -> None:
    with pytest.raises(HarmscapeError, match="not there"):
        open_basemap(tmp_path / "no.pmtiles")
    (tmp_path / "text.pmtiles").write_text("not an archive " * 20)
    with pytest.raises(HarmscapeError, match="no PMTiles archive of version 3"):
        open_basemap(tmp_path / "text.pmtiles")
    (tmp_path / "short.pmtiles").write_bytes(b"PMTiles")
    with pytest.raises(HarmscapeError, match="ends too early"):
        open_basemap(tmp_path / "short.pmtiles")


def test_no_byte_turned_over_does_more_than_refuse(tmp_path: Path) -> None:
    path = tmp_path / "a.pmtiles"
    archive(path, TILES, kind=1, zooms=(0, 3), leafed=True)
    sound = path.read_bytes()
    refused = 0
    for at in range(0, len(sound), 7):
        path.write_bytes(sound[:at] + bytes([sound[at] ^ 0xFF]) + sound[at + 1 :])
        try:
            held = open_basemap(path)
            for z, x, y in ((0, 0, 0), (3, 5, 2), (3, 0, 7)):
                held.tile(z, x, y)
        except HarmscapeError:
            refused += 1
    assert refused > 10
