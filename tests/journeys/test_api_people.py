"""What people write over HTTP: kept, shown with its measure, refused from elsewhere; no datum is changed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from click.testing import CliRunner
from fastapi.testclient import TestClient

from harmscape.access import Reader
from harmscape.model.errors import RefusedError
from harmscape.model.role import Grant, Role
from harmscape.publish.api import make_app
from harmscape.publish.cli.main import cli
from harmscape.workspace import Workspace, open_workspace
from harmscape.workspace.tasks import add_task, read_tasks

OWN = {"X-Harmscape": "1"}
TASK = {"owner": "Insp Lee", "areas": ["S12"], "aim": "Lights in the lanes", "review": "2026-12-01"}


@pytest.fixture
def client(demo: Workspace) -> Iterator[TestClient]:
    with TestClient(make_app(demo), base_url="http://127.0.0.1:8000", headers=OWN) as made:
        yield made


def test_a_task_is_written_down_changed_and_closed_and_every_step_stays(
    client: TestClient, demo: Workspace
) -> None:
    before = demo.verify().rows
    number = client.post("/api/tasks", json=TASK).json()["id"]
    assert demo.verify().rows == before + 1
    assert client.post(f"/api/tasks/{number}", json={"owner": "Sgt Roe"}).status_code == 200
    missing = client.post(f"/api/tasks/{number}", json={"state": "done"})
    assert (missing.status_code, missing.json()["error"]) == (422, "reason must not be empty")
    client.post(f"/api/tasks/{number}", json={"state": "done", "reason": "the lights are up"})
    (task,) = [each for each in client.get("/api/tasks").json()["tasks"] if each["id"] == number]
    assert (task["owner"], task["state"], task["reason"]) == ("Sgt Roe", "done", "the lights are up")
    assert task["area_names"] == ["Staithe Quay"]
    assert [change["sets"] for change in task["changes"]] == [{"owner": "Sgt Roe"}, {"state": "done"}]
    assert task["snapshot"] == demo.snapshot().context.snapshot
    assert demo.verify().first_bad is None


def test_a_task_tells_its_measure_as_long_before_as_after(demo: Workspace) -> None:
    made = datetime(2026, 8, 1, 8, 0, tzinfo=UTC)
    number = add_task(demo, TASK, at=made)
    (task,) = [each for each in read_tasks(demo) if each.id == number]
    assert task.figures is not None
    # The demo's data end on 31 October: 1 August to then is 31 + 30 + 31 days.
    assert (task.figures.days, task.figures.too_early) == (92, False)
    for span, window, to in (
        (task.figures.before, "92d", "2026-07-31"),
        (task.figures.after, "92d", "2026-10-31"),
    ):
        rows = demo.rows(by="sector", areas="S12", window=window, to=to, limit=1)
        assert span is not None
        assert (span.events, span.harm) == (rows.total.events, rows.total.harm)  # type: ignore[attr-defined]
    early = add_task(demo, TASK, at=datetime(2026, 10, 5, 8, 0, tzinfo=UTC))
    late = add_task(demo, TASK, at=datetime(2026, 11, 5, 8, 0, tzinfo=UTC))
    figures = {each.id: each.figures for each in read_tasks(demo)}
    # 5 to 31 October is 27 days, one too few; after the data end there is nothing to tell.
    assert (figures[early].days, figures[early].too_early) == (27, True)  # type: ignore[union-attr]
    assert (figures[late].days, figures[late].after) == (0, None)  # type: ignore[union-attr]


def test_a_drawn_area_around_all_points_holds_all_events_that_have_one(demo: Workspace) -> None:
    ring = [[-9, 49], [3, 49], [3, 62], [-9, 62], [-9, 49]]
    drawn = {key: value for key, value in TASK.items() if key != "areas"}
    given = drawn | {"polygon": {"type": "Polygon", "coordinates": [ring]}}
    number = add_task(demo, given, at=datetime(2026, 8, 1, 8, 0, tzinfo=UTC))
    (task,) = [each for each in read_tasks(demo) if each.id == number]
    found = demo.read(
        "points",
        {},
        lambda cursor: cursor.rows(
            "points",
            """
            select count(*) from seen_event e join counted_event c on c.event_id = e.event_id
            where e.source = 'crimes' and e.x is not null and c.known_to is null
                and c.day >= date '2026-08-01' and c.day < date '2026-11-01'
            """,
        ),
    )
    assert task.figures is not None
    assert task.figures.after is not None
    assert 0 < task.figures.after.events <= found[0][0]
    assert task.areas == ()
    away = [[10, 49], [11, 49], [11, 50], [10, 49]]
    far = add_task(demo, drawn | {"polygon": {"type": "Polygon", "coordinates": [away]}},
                   at=datetime(2026, 8, 1, tzinfo=UTC))  # fmt: skip
    (task,) = [each for each in read_tasks(demo) if each.id == far]
    assert task.figures is not None
    assert task.figures.after is not None
    assert task.figures.after.events == 0


@pytest.mark.parametrize(
    ("more", "cause"),
    [
        ({"areas": ["S99"]}, "no sector has the code or name 'S99'"),
        ({"areas": []}, "a task names its areas, or has a polygon drawn"),
        ({"polygon": {"type": "Polygon", "coordinates": []}}, "a task names its areas, or has a polygon"),
        ({"by": "group"}, "a task is about areas"),
        ({"by": 3}, "by must be text"),
        ({"measure": "all_crimes"}, "no measure 'all_crimes'; did you mean 'all_crime'?"),
        ({"review": "soon"}, "expected a day such as 2026-10-31"),
        ({"aim": "x" * 2001}, "aim takes up to 2,000 characters"),
        ({"aim": "a\u0000b"}, "aim holds control characters"),
        ({"colour": "red"}, "a task has no 'colour'"),
    ],
)
def test_a_task_that_cannot_be_is_answered_plainly(
    client: TestClient, more: dict[str, Any], cause: str
) -> None:
    answer = client.post("/api/tasks", json=TASK | more)
    assert answer.status_code == 422
    assert answer.json()["error"].startswith(cause)


def test_what_a_task_is_measured_by_stays_as_agreed(client: TestClient) -> None:
    number = client.post("/api/tasks", json=TASK).json()["id"]
    answer = client.post(f"/api/tasks/{number}", json={"measure": "drugs"})
    assert answer.status_code == 422
    assert "stays as agreed" in answer.json()["error"]
    assert client.post(f"/api/tasks/{number}", json={}).status_code == 422
    assert client.post("/api/tasks/99999", json={"owner": "x"}).status_code == 422


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"X-Harmscape": ""}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://127.0.0.1:9999"}, 403),
        ({"Host": "evil.example"}, 403),
        ({"Host": "harmscape"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Content-Type": "text/plain"}, 415),
        ({"Content-Type": "application/x-www-form-urlencoded"}, 415),
    ],
)
def test_no_other_site_can_write(
    client: TestClient, demo: Workspace, headers: dict[str, str], status: int
) -> None:
    kept = len(demo.state.changes("bookmark"))
    sent = {"Content-Type": "application/json", **headers}
    answer = client.post("/api/bookmarks", content=b'{"name": "theirs"}', headers=sent)
    assert answer.status_code == status, answer.text
    assert len(demo.state.changes("bookmark")) == kept


def test_the_page_of_this_server_can_write(client: TestClient) -> None:
    sent = {"Origin": "http://127.0.0.1:8000", "Sec-Fetch-Site": "same-origin"}
    answer = client.post("/api/bookmarks", json={"name": "ours", "words": {"by": "sector"}}, headers=sent)
    assert answer.status_code == 201
    (kept,) = [each for each in client.get("/api/bookmarks").json()["bookmarks"] if each["name"] == "ours"]
    assert (kept["view"], kept["words"], kept["snapshot"]) == ("rank", {"by": "sector"}, None)
    client.post("/api/bookmarks", json={"name": "Ours", "dropped": True})
    assert "ours" not in [each["name"] for each in client.get("/api/bookmarks").json()["bookmarks"]]


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{", b'{"name": NaN}', b"[" * 5000, b'{"n": 1' + b"0" * 5000 + b"}", b"\xff"]
)
def test_what_is_no_json_object_is_answered_plainly(client: TestClient, body: bytes) -> None:
    answer = client.post("/api/bookmarks", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422
    assert "error" in answer.json()
    large = client.post("/api/bookmarks", content=b" " * 70_000, headers={"Content-Type": "application/json"})
    assert large.status_code == 413


def test_another_machines_name_is_not_answered(client: TestClient) -> None:
    assert client.get("/api/workspace", headers={"Host": "rebound.example"}).status_code == 403
    assert client.get("/api/workspace", headers={"Host": "localhost:8000"}).status_code == 200


def test_a_correction_is_listed_and_changes_no_datum(client: TestClient, demo_folder: Any) -> None:
    first = client.get("/api/rows?limit=1").json()
    event = dict(zip([c["id"] for c in first["columns"]], first["rows"][0], strict=True))["event_id"]
    assert (
        client.post("/api/corrections", json={"event_id": event, "text": "wrong street"}).status_code == 201
    )
    (said,) = [c for c in client.get("/api/corrections").json()["corrections"] if c["event_id"] == event]
    assert said["text"] == "wrong street"
    assert client.get("/api/rows?limit=1").json()["rows"] == first["rows"]
    assert "wrong street" in CliRunner().invoke(cli, ["corrections", "-w", str(demo_folder)]).output
    for wrong in ({"event_id": 2**61, "text": "x"}, {"event_id": "1", "text": "x"}, {"event_id": event}):
        assert client.post("/api/corrections", json=wrong).status_code == 422


def test_a_reader_may_not_write_of_rows_or_learn_of_those_that_are_hidden(
    client: TestClient, demo: Workspace, demo_folder: Any
) -> None:
    first = client.get("/api/rows?limit=1").json()
    event = dict(zip([c["id"] for c in first["columns"]], first["rows"][0], strict=True))["event_id"]
    client.post("/api/corrections", json={"event_id": event, "text": "hidden words"})
    grant = (Grant(sensitivity=4),)
    partner = Role(id="partner", title="Partner", verbs=("read",), count=grant, reason="a test")
    with TestClient(
        make_app(open_workspace(demo_folder, reader=Reader("pat", partner))),
        base_url="http://127.0.0.1",
        headers=OWN,
    ) as other:
        assert "hidden words" not in other.get("/api/corrections").text
        hidden = other.post("/api/corrections", json={"event_id": event, "text": "x"})
        absent = other.post("/api/corrections", json={"event_id": 2**61, "text": "x"})
        assert hidden.status_code == absent.status_code == 422
        assert hidden.json()["error"].replace(str(event), "") == absent.json()["error"].replace(
            str(2**61), ""
        )
        assert other.post("/api/tasks", json=TASK).status_code == 403
        assert other.get("/api/export/rank.csv").status_code == 403
        assert other.post("/api/bookmarks", json={"name": "theirs"}).status_code == 201


def test_the_register_on_the_command_line(demo_folder: Any) -> None:
    place = ["-w", str(demo_folder)]
    said = ["--owner", "Sgt Poe", "--aim", "Locks", "--areas", "S07", "--review", "2026-12-01"]
    added = CliRunner().invoke(cli, ["task", "add", *place, *said])
    number = added.output.split()[1]
    assert f"task {number} is written down" in added.output
    assert "Sgt Poe" in CliRunner().invoke(cli, ["task", "list", *place]).output
    closed = CliRunner().invoke(cli, ["task", "close", number, *place, "--dropped", "--reason", "no money"])
    assert closed.output == f"task {number} is dropped\n"


def test_a_role_without_the_right_is_named(demo_folder: Any) -> None:
    viewer = Role(id="viewer", title="Viewer", count=(Grant(sensitivity=4),), reason="a test")
    with pytest.raises(RefusedError, match="role 'viewer' may not write a task"):
        add_task(open_workspace(demo_folder, reader=Reader("vic", viewer)), TASK)


def test_tasks_list_the_open_and_newest_first(demo: Workspace) -> None:
    tasks = read_tasks(demo, today=date(2026, 11, 22))
    states = [task.state == "open" for task in tasks]
    assert states == sorted(states, reverse=True)
    opened = [task.made_at for task in tasks if task.state == "open"]
    assert opened == sorted(opened, reverse=True)
