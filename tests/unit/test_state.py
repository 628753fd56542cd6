"""What people write: kept as changes that only grow, refused where not plain, audited before it is kept."""

from __future__ import annotations

import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from harmscape.model.errors import HarmscapeError, SelectionError
from harmscape.workspace.state import FORM, State, checked_text
from harmscape.workspace.tasks import MOST_POINTS, checked_polygon

WHEN = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)


@pytest.fixture
def state(tmp_path: Path) -> State:
    return State(tmp_path / "state.sqlite")


def test_each_kind_numbers_its_own_things_and_keeps_every_change(state: State) -> None:
    assert state.changes("task") == []
    assert state.append("task", {"aim": "lights"}, by="ann", at=WHEN) == 1
    assert state.append("bookmark", {"name": "mine"}, by="ann") == 1
    assert state.append("task", {"aim": "locks"}, by="bo") == 2
    assert state.append("task", {"state": "done"}, by="bo", why="lit", id=1) == 1
    told = [(each.no, each.id, each.by, each.why, dict(each.body)) for each in state.changes("task")]
    assert told == [
        (1, 1, "ann", None, {"aim": "lights"}),
        (3, 2, "bo", None, {"aim": "locks"}),
        (4, 1, "bo", "lit", {"state": "done"}),
    ]
    assert state.changes("task")[0].at == WHEN


def test_a_change_to_what_is_not_there_is_refused(state: State) -> None:
    with pytest.raises(SelectionError, match="there is no task 7"):
        state.append("task", {}, by="ann", id=7)


def test_nothing_is_kept_where_the_audit_trail_cannot_be_written(state: State) -> None:
    def refuse(_: int) -> None:
        raise HarmscapeError("no trail")

    with pytest.raises(HarmscapeError, match="no trail"):
        state.append("task", {"aim": "lights"}, by="ann", note=refuse)
    assert state.changes("task") == []


@pytest.mark.parametrize("sql", ["update change set body = '{}'", "delete from change"])
def test_no_change_can_be_altered_or_taken_away(state: State, tmp_path: Path, sql: str) -> None:
    state.append("task", {"aim": "lights"}, by="ann")
    with (
        closing(sqlite3.connect(tmp_path / "state.sqlite")) as store,
        pytest.raises(sqlite3.DatabaseError, match="kept"),
    ):
        store.execute(sql)


def test_a_store_of_a_newer_program_is_refused(state: State, tmp_path: Path) -> None:
    state.append("task", {}, by="ann")
    with closing(sqlite3.connect(tmp_path / "state.sqlite")) as store:
        store.execute(f"pragma user_version = {FORM + 1}")
    with pytest.raises(HarmscapeError, match=r"newer program \(form 2, this one reads 1\)"):
        state.changes("task")


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("  ", "aim must not be empty"),
        (None, "aim must not be empty"),
        (7, "aim must be text"),
        ("x" * 2001, "aim takes up to 2,000 characters, and this has 2,001"),
        ("a\x00b", "aim holds control characters"),
        ("a\u202eb", "aim holds control characters"),
        ("a\ud800b", "aim holds control characters"),
    ],
)
def test_text_that_is_not_plain_is_refused_without_repeating_it(text: object, cause: str) -> None:
    with pytest.raises(SelectionError, match=cause):
        checked_text(text, "aim")


def test_text_is_trimmed_and_may_have_lines() -> None:
    assert checked_text(" one\r\ntwo ", "aim") == "one\ntwo"
    assert checked_text("x" * 2000, "aim") == "x" * 2000
    assert checked_text(None, "partner", needed=False) == ""


SQUARE = [[0, 54], [1, 54], [1, 55], [0, 55], [0, 54]]


def polygon(*rings: Any) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": list(rings)}


def test_a_drawn_area_may_have_five_hundred_points() -> None:
    # 499 points along the southern edge from 0 to 0.998 east, one to the north, and the first again: 501.
    edge = [[n / 500, 54] for n in range(MOST_POINTS - 1)]
    assert checked_polygon(polygon(SQUARE)) == polygon(SQUARE)
    assert checked_polygon(polygon([*edge[:-1], [0.5, 55], edge[0]]))["type"] == "Polygon"
    with pytest.raises(SelectionError, match="takes up to 500 points"):
        checked_polygon(polygon([*edge, [0.5, 55], edge[0]]))


@pytest.mark.parametrize(
    "value",
    [
        "Polygon",
        {"type": "Point", "coordinates": [0, 54]},
        {"type": "Polygon", "coordinates": []},
        {"type": "Polygon", "coordinates": ["x"]},
        {**polygon(SQUARE), "crs": "EPSG:27700"},
        polygon(SQUARE[:-1]),
        polygon([[0, 54], [1, 54], [0, 54]]),
        polygon([[0, 54], [1, 54], [1, 955], [0, 54]]),
        polygon([[0, 54], [1, 54], [True, 55], [0, 54]]),
        polygon([[0, 54], [1, 54], [float("nan"), 55], [0, 54]]),
        polygon([[0, 54, 3], [1, 54, 3], [1, 55, 3], [0, 54, 3]]),
        polygon([[0, 54], [1, 55], [1, 54], [0, 55], [0, 54]]),
    ],
)
def test_what_is_no_sound_polygon_is_refused(value: Any) -> None:
    with pytest.raises(SelectionError, match="drawn area"):
        checked_polygon(value)


def test_a_mark_is_another_after_every_change_whoever_made_it(tmp_path: Path) -> None:
    own, other = State(tmp_path / "state.sqlite"), State(tmp_path / "state.sqlite")
    marks = [own.mark()]
    for writer in (own, own, other, own, other):
        time.sleep(0.02 if writer is other else 0)  # a file's time may be told in steps of some milliseconds
        writer.append("bookmark", {"name": "x", "words": {}}, by="ann")
        marks.append(own.mark())
    assert len(set(marks)) == len(marks)
    assert own.mark() == marks[-1]


def test_a_mark_can_be_read_while_others_write(tmp_path: Path) -> None:
    state = State(tmp_path / "state.sqlite")
    with ThreadPoolExecutor(3) as people:
        writes = [
            people.submit(State(tmp_path / "state.sqlite").append, "bookmark", {"n": at}, by="ann")
            for at in range(20)
        ]
        while not all(each.done() for each in writes):
            state.mark()
    assert len(state.changes("bookmark")) == 20
