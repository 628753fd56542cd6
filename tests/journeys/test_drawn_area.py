"""A drawn area narrows every view alike: by exact points, and by whole areas where points were snapped."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.config_workspace import broken, workspace

from harmscape.access import Reader
from harmscape.model.errors import SelectionError
from harmscape.model.role import Grant, Role
from harmscape.places.crs import transform
from harmscape.views.marks import MOST
from harmscape.workspace import Workspace, open_workspace
from harmscape.workspace.tasks import add_task, read_tasks

HEADER = "number,day,code,east,north,Status\n"
# East and north in metres: three events within the square from 420 to 421 km, one beside it, one nowhere.
ROWS = (
    "1,2024-01-05,5D,420200,560200,Charged\n"
    "2,2024-01-06,1E3,420200,560200,Charged\n"
    "3,2024-01-07,007,420800,560700,Charged\n"
    "4,2024-01-08,violence,421900,560100,Charged\n"
    "5,2024-01-09,violence,,,Charged\n"
)
JANUARY = {"window": "1m", "to": "2024-01"}


def in_degrees(*corners: tuple[float, float]) -> str:
    """Corners on the National Grid in the words of a selection."""
    import numpy as np

    east, north = np.array(corners, dtype=float).T
    lon, lat = transform(east, north, source=27700, target=4326)
    return ";".join(f"{x:.5f},{y:.5f}" for x, y in zip(lon, lat, strict=True))


NEAR_TWO = in_degrees((420100, 560100), (420300, 560100), (420300, 560300), (420100, 560300))


def loaded(folder: Path, rows: str = ROWS, **changed: str) -> Workspace:
    made = workspace(folder, **changed)
    (made / "crimes-2024-01-31.csv").write_text(HEADER + rows)
    opened = open_workspace(made)
    opened.load([made / "crimes-2024-01-31.csv"], as_of=date(2024, 1, 31))
    return opened


def test_exact_points_are_within_or_not_and_every_view_says_the_same(tmp_path: Path) -> None:
    opened = loaded(tmp_path)
    words = {**JANUARY, "by": "cell", "within": NEAR_TWO}
    # By hand: events 1 (7,978.7931 points) and 2 (an assault counts as violence, 42.2).
    harm = Decimal("8020.9931")
    for view in ("rank", "rows", "choices"):
        total = opened.ask(view, words).total  # type: ignore[attr-defined]
        assert (total.events, total.harm) == (2, harm), view
    month = opened.rank(**words).trend[-1]  # type: ignore[attr-defined]
    assert (month.events, month.harm) == (2, harm)
    place = opened.place("E0420000N0560000", **words)
    assert place.standing.harm == harm  # type: ignore[attr-defined]
    assert [each.events for each in opened.ask("recent", words).measures[0].windows][-1] == 2  # type: ignore[attr-defined]
    assert opened.rank(**words).selection["within"] == NEAR_TWO  # type: ignore[attr-defined]


def test_snapped_points_count_by_whole_areas_whose_middle_lies_within(tmp_path: Path) -> None:
    snapped = broken("sources/crimes.yml", 'crs: "EPSG:27700"', 'crs: "EPSG:27700", precision: snapped')
    opened = loaded(tmp_path, **snapped)
    # The corner where two points lie holds no middle of a square; the middle of the square holds no point.
    middle = in_degrees((420400, 560400), (420600, 560400), (420600, 560600), (420400, 560600))
    here = opened.rank(**JANUARY, by="cell", within=NEAR_TWO)
    there = opened.rank(**JANUARY, by="cell", within=middle)
    assert (here.total.events, there.total.events) == (0, 3)  # type: ignore[attr-defined]
    assert any("whole cells: those whose middle lies within" in said for said in there.warnings)


def test_what_may_only_be_counted_is_not_found_by_drawing_around_it(tmp_path: Path) -> None:
    opened = loaded(tmp_path)
    role = Role(
        id="desk", title="Desk", count=(Grant(sensitivity=4),), see=(), verbs=("read",), reason="a test"
    )
    desk = open_workspace(tmp_path, reader=Reader("bo", role))
    words = {**JANUARY, "by": "cell"}
    assert desk.rank(**words).total.events == 5  # type: ignore[attr-defined]
    assert desk.rank(**words, within=NEAR_TWO).total.events == 0  # type: ignore[attr-defined]
    found: Any = desk.ask("marks", words)
    assert (found.marks, found.unmarked.withheld) == ((), 5)
    opened.close()


def test_marks_sum_to_the_rows_at_their_points(tmp_path: Path) -> None:
    opened = loaded(tmp_path)
    found: Any = opened.ask("marks", {**JANUARY, "by": "cell"})
    assert [(each.events, each.harm) for each in found.marks] == [
        (2, Decimal("8020.9931")),
        (1, Decimal("42.2")),
        (1, Decimal("3")),
    ]
    assert found.unmarked.pointless == 1
    assert not found.clustered
    for each in found.marks:
        rows: Any = opened.ask("rows", {**JANUARY, "by": "cell"}, point=each.point)
        assert (rows.total.events, rows.total.harm) == (each.events, each.harm)
    assert [(kind.id, kind.events) for kind in found.marks[0].kinds] == [("violence", 2)]
    with pytest.raises(SelectionError, match="as a mark of the map gives it"):
        opened.ask("rows", {**JANUARY, "by": "cell"}, point="here")


def test_events_of_children_have_no_mark(tmp_path: Path) -> None:
    guarded = broken("sources/crimes.yml", "sensitivity: 1", "sensitivity: 1, subject_class: child")
    found: Any = loaded(tmp_path, **guarded).ask("marks", {**JANUARY, "by": "cell"})
    assert (found.marks, found.unmarked.guarded) == ((), 5)


def test_density_counts_every_point_in_one_cell_and_refuses_what_snapped_points_cannot_bear(
    tmp_path: Path,
) -> None:
    exact, words = loaded(tmp_path / "exact"), {**JANUARY, "by": "cell"}
    found: Any = exact.ask("density", words, cells="square-1000")
    # By hand: squares of the grid from 420 km (three events) and from 421 km (one); one event has no point.
    assert [(each.code, each.events) for each in found.cells] == [
        ("E0420000N0560000", 3),
        ("E0421000N0560000", 1),
    ]
    assert (found.pointless, found.cells[0].few, len(found.cells[0].ring)) == (1, True, 4)
    assert [each.events for each in exact.ask("density", words, cells="h3-9").cells] == [2, 1, 1]  # type: ignore[attr-defined]
    snapped = broken("sources/crimes.yml", 'crs: "EPSG:27700"', 'crs: "EPSG:27700", precision: snapped')
    moved = loaded(tmp_path / "snapped", **snapped)
    with pytest.raises(SelectionError, match="finer than an LSOA"):
        moved.ask("density", words, cells="square-250")
    assert moved.ask("density", words, cells="square-500").snapped  # type: ignore[attr-defined]
    with pytest.raises(SelectionError, match="no cells 'hexes'"):
        moved.ask("density", words, cells="hexes")


def test_crowded_points_become_few_marks_and_lose_nothing(demo: Workspace) -> None:
    whole: Any = demo.ask("marks", {"by": "sector"})
    rank: Any = demo.rank(by="sector")
    assert whole.clustered
    assert len(whole.marks) <= MOST
    unmarked = whole.unmarked
    assert whole.events + unmarked.pointless + unmarked.guarded + unmarked.withheld == rank.total.events
    assert sum(each.events for each in whole.marks) == whole.events
    densest = max(whole.marks, key=lambda mark: mark.events)
    near: Any = demo.ask(
        "marks",
        {"by": "sector"},
        bounds=f"{densest.lon - 0.004},{densest.lat - 0.004},{densest.lon + 0.004},{densest.lat + 0.004}",
    )
    assert near.events + near.unmarked.elsewhere == whole.events
    assert all(each.point for each in near.marks if each.points == 1)


def test_within_equals_a_plain_walk_around_the_corners(demo: Workspace) -> None:
    corners = _star(demo)
    text = ";".join(f"{lon},{lat}" for lon, lat in corners)
    words: Mapping[str, object] = {"by": "sector", "measure": "all_crime", "window": "12m"}
    found: Any = demo.ask("rows", {**words, "within": text}, limit=1000)
    every = demo.ask("rows", words, limit=1).total.events  # type: ignore[attr-defined]
    points: dict[int, tuple[float, float]] = dict(_points(demo))
    picked, offset = 0, 0
    while offset < every:
        page: Any = demo.ask("rows", words, limit=1000, offset=offset)
        at = [column.id for column in page.columns].index("event_id")
        picked += sum(line[at] in points and _inside(points[line[at]], corners) for line in page.lines)
        offset += 1000
    assert 0 < picked < every
    assert found.total.events == picked


def _star(demo: Workspace) -> list[tuple[float, float]]:
    """An area with corners that go in and out, over a part of the land."""
    from math import cos, pi, sin

    whole: Any = demo.ask("marks", {"by": "sector"})
    lon, lat = whole.marks[0].lon, whole.marks[0].lat
    reach = [0.09 if corner % 2 else 0.03 for corner in range(12)]
    return [
        (round(lon + size * sin(2 * pi * at / 12), 5), round(lat + size * cos(2 * pi * at / 12) / 2, 5))
        for at, size in enumerate(reach)
    ]


def _points(demo: Workspace) -> list[tuple[int, tuple[float, float]]]:
    """Every event with its point in degrees."""

    def read(cursor: Any) -> Any:
        return cursor.arrow(
            "points", "select e.event_id, e.x, e.y, e.epsg from seen_event e where e.x is not null"
        )

    table = demo.read("points", {}, read)
    found: list[tuple[int, tuple[float, float]]] = []
    ids, x, y, epsg = (table.column(name).to_numpy() for name in ("event_id", "x", "y", "epsg"))
    for system in set(epsg.tolist()):
        own = epsg == system
        lon, lat = transform(x[own], y[own], source=int(system), target=4326)
        found += zip(ids[own].tolist(), zip(lon.tolist(), lat.tolist(), strict=True), strict=True)
    return found


def _inside(point: tuple[float, float], corners: list[tuple[float, float]]) -> bool:
    """Whether a ray to the east crosses the sides an odd number of times."""
    x, y = point
    inside = False
    for (ax, ay), (bx, by) in zip(corners, [*corners[1:], corners[0]], strict=True):
        if (ay > y) != (by > y) and x < ax + (y - ay) * (bx - ax) / (by - ay):
            inside = not inside
    return inside


def test_a_task_within_a_drawn_area_keeps_to_the_same_rule_on_both_sides_of_its_day(tmp_path: Path) -> None:
    middle = in_degrees((420400, 560400), (420600, 560400), (420600, 560600), (420400, 560600))
    told = []
    for number, precision in enumerate(("", ", precision: snapped")):
        changed = broken("sources/crimes.yml", 'crs: "EPSG:27700"', f'crs: "EPSG:27700"{precision}')
        opened = loaded(tmp_path / str(number), **changed)
        for corners in (NEAR_TWO, middle):
            ring = [[float(part) for part in corner.split(",")] for corner in corners.split(";")]
            polygon = {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}
            given = {"owner": "Bo", "aim": "fewer", "review": "2024-03-01", "by": "cell", "polygon": polygon}
            add_task(opened, given, at=datetime(2024, 1, 6, 9, tzinfo=UTC))
        # By hand: exact points 1 (5 January) and 2 (6 January) lie near; snapped ones count by the whole cell
        # whose middle lies within: event 1 before, 2 and 3 after.
        found = {task.id: task.figures for task in read_tasks(opened)}
        for each in found.values():
            assert each is not None
            assert each.before is not None
            assert each.after is not None
            told.append((each.before.events, each.after.events))
        assert any(
            "middle lies within" in note for each in found.values() if each for note in each.notes
        ) == (number == 1)
        opened.close()
    # The newest task, about the middle, stands first.
    assert told == [(0, 0), (1, 1), (1, 2), (0, 0)]
