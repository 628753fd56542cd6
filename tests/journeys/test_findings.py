"""Findings called not useful: kept, counted by measure, taken back; nothing that was shown changes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from harmscape.publish.api import make_app
from harmscape.workspace import Workspace

FINDING = {"by": "sector", "area": "S12", "measure": "all_crime", "window": "3m", "to": "2026-10"}


@pytest.fixture
def client(demo: Workspace) -> Iterator[TestClient]:
    own = {"X-Harmscape": "1"}
    with TestClient(make_app(demo), base_url="http://127.0.0.1:8000", headers=own) as made:
        yield made


def test_a_finding_is_parked_counted_and_taken_back(client: TestClient, demo: Workspace) -> None:
    rows = demo.verify().rows
    shown = client.get("/api/changed", params={"window": "3m"}).json()["cells"]
    assert client.post("/api/findings", json={**FINDING, "why": "known to the sector"}).status_code == 201
    client.post("/api/findings", json={**FINDING, "area": "S07"})
    held = client.get("/api/findings").json()
    assert [(each["area"], each["why"]) for each in held["parked"]] == [
        ("S07", None),
        ("S12", "known to the sector"),
    ]
    assert held["not_useful"] == {"all_crime": 2}
    client.post("/api/findings", json={**FINDING, "back": True})
    assert client.get("/api/findings").json()["not_useful"] == {"all_crime": 1}
    assert client.get("/api/changed", params={"window": "3m"}).json()["cells"] == shown
    assert demo.verify().rows > rows
    assert demo.verify().first_bad is None


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"measure": "al_crime"}, "did you mean 'all_crime'?"),
        ({"area": ""}, "area must not be empty"),
        ({"window": "3x"}, "expected a window"),
        ({"colour": "red"}, "has no 'colour'"),
    ],
)
def test_a_finding_that_is_none_is_told_why(client: TestClient, wrong: dict[str, str], said: str) -> None:
    answer = client.post("/api/findings", json={**FINDING, **wrong})
    assert answer.status_code == 422
    assert said in answer.json()["error"]
