"""Shapes for a map are made once for what they are made from, and a broken cache stops no map."""

from __future__ import annotations

from pathlib import Path

from harmscape.workspace.shapes import kept_shapes


def test_shapes_are_made_once_and_anew_for_other_boundaries(tmp_path: Path) -> None:
    made: list[str] = []

    def make() -> str:
        made.append("made")
        return f"shapes {len(made)}"

    assert [kept_shapes(tmp_path, ["a", 40.0], make) for _ in range(2)] == ["shapes 1", "shapes 1"]
    assert kept_shapes(tmp_path, ["b", 40.0], make) == "shapes 2"
    assert len(list(tmp_path.glob("shapes-*.geojson"))) == 2
    assert not list(tmp_path.glob(".*.new"))


def test_a_folder_that_is_not_there_keeps_nothing_and_draws_all_the_same(tmp_path: Path) -> None:
    assert kept_shapes(tmp_path / "gone", "a", lambda: "shapes") == "shapes"


def test_only_the_newest_shapes_stay(tmp_path: Path) -> None:
    for number in range(15):
        kept_shapes(tmp_path, number, lambda: "shapes")
    assert len(list(tmp_path.glob("shapes-*.geojson"))) == 12
