"""The operations register: written over HTTP and from the command line, stamped, refused, loaded from CSV."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from tests.cli import run

from harmscape.model.errors import SelectionError
from harmscape.publish.api import make_app
from harmscape.workspace import Workspace, open_workspace
from harmscape.workspace.begin import register_demo
from harmscape.workspace.operation_file import load_operations
from harmscape.workspace.operations import (
    add_operation,
    change_operation,
    log_act,
    one_of,
    read_operations,
    registered,
)

GIVEN = {
    "id": "OP-9",
    "title": "Operation Sandpiper",
    "by": "sector",
    "areas": ["s12"],
    "phases": [
        {"phase": "clear", "from": "2026-03-01", "to": "2026-05-01"},
        {"phase": "hold", "from": "2026-05-01"},
    ],
    "partners": ["Saltmere Council"],
    "aim": "Fewer assaults",
    "cost": "214000",
    "measures": ["violence"],
}


@pytest.fixture
def own(demo_folder: Path, tmp_path: Path) -> Iterator[Workspace]:
    """A demo workspace whose register is this test's alone."""
    folder = tmp_path / "own"
    shutil.copytree(demo_folder, folder, ignore=shutil.ignore_patterns("state.sqlite*", "data"))
    (folder / "data" / "operations").mkdir(parents=True)
    shutil.copytree(demo_folder / "data" / "operations", folder / "data" / "operations", dirs_exist_ok=True)
    workspace = open_workspace(folder)
    yield workspace
    workspace.close()


def test_an_operation_is_written_changed_and_logged_and_every_step_stays(own: Workspace) -> None:
    before = own.verify().rows
    assert add_operation(own, GIVEN) == "OP-9"
    log_act(own, "op-9", {"day": "2026-03-04", "kind": "Warrant", "text": "Three doors"})
    change_operation(
        own, "OP-9", {"aim": "Fewer assaults at night", "measures": ["robbery"], "reason": "asked"}
    )
    assert own.verify().rows == before + 3
    assert own.verify().first_bad is None
    held = one_of(registered(own), "Operation Sandpiper")
    assert (held.operation.areas, held.operation.aim) == (("S12",), "Fewer assaults at night")
    assert [act.kind for act in held.operation.log] == ["Warrant"]
    # Written today, and the operation began in March: both measures came after it had begun.
    assert [held.added_after(each) for each in held.operation.measures] == ["after the operation began"] * 2
    assert len(own.state.changes("operation")) == 3


@pytest.mark.parametrize(
    ("more", "cause"),
    [
        ({"areas": ["S99"]}, "no sector has the code or name 'S99'"),
        ({"areas": []}, "names its areas, or has one drawn"),
        ({"measures": ["drugs"]}, "Drug offences is found by police activity"),
        ({"measures": ["soc_primary"]}, "adds up what only looking finds"),
        ({"measures": ["ocg_members"]}, "counts a register"),
        ({"measures": "violence"}, "measures must be a list of ids"),
        ({"phases": []}, "phases"),
        ({"phases": "clear"}, "phases of the operation must be a list"),
        ({"title": "a\u0000b"}, "title holds control characters"),
        ({"colour": "red"}, "an operation has no 'colour'"),
        ({"id": "OP 9"}, "id of the operation"),
    ],
)
def test_an_operation_that_cannot_be_is_answered_plainly(
    own: Workspace, more: dict[str, Any], cause: str
) -> None:
    with pytest.raises(SelectionError) as refused:
        add_operation(own, GIVEN | more)
    assert cause in str(refused.value)
    assert read_operations(own) == []


def test_what_was_agreed_stays_as_it_was(own: Workspace) -> None:
    add_operation(own, GIVEN)
    for change, cause in (
        ({"areas": ["S3"]}, "where it was done stays as it was"),
        ({"measures": ["violence"]}, "judged by 'violence' already"),
        ({}, "nothing to change"),
    ):
        with pytest.raises(SelectionError, match=cause):
            change_operation(own, "OP-9", change)
    with pytest.raises(SelectionError, match="there is an operation 'OP-9' already"):
        add_operation(own, GIVEN)


def test_the_demo_registers_its_own_operations_with_measures_chosen_before(own: Workspace) -> None:
    register_demo(own)
    held = {each.operation.id: each for each in read_operations(own)}
    assert sorted(held) == ["OP-01", "OP-02", "OP-03"]
    first = held["OP-01"].operation
    assert (first.by, first.areas) == ("beat", ("B077", "B078", "B079"))
    assert [str(phase.starts) for phase in first.phases] == ["2025-09-01", "2025-12-01", "2026-06-01"]
    # The last day of Clear is 30 November: from 1 December it no longer runs.
    assert str(first.phases[0].ends) == "2025-12-01"
    assert [each.measure for each in first.measures] == ["violence"]
    assert [each.measure for each in held["OP-02"].operation.measures] == ["burglary", "vehicle_crime"]
    assert all(each.added_after(one) is None for each in held.values() for one in each.operation.measures)


def test_a_file_is_loaded_once_and_its_faults_are_told_by_line(own: Workspace, tmp_path: Path) -> None:
    path = own.folder / "data" / "operations" / "operations.csv"
    done = load_operations(own, path)
    assert (done.added, done.there) == (("OP-01", "OP-02", "OP-03"), ())
    assert [line.split(":")[0] for line in done.said] == ["OP-01"]
    assert load_operations(own, path).there == ("OP-01", "OP-02", "OP-03")
    bad = tmp_path / "bad.csv"
    bad.write_text(path.read_text(encoding="utf-8").replace("2025-09-01", "September"), encoding="utf-8")
    said = run("operation", "load", bad, "-w", own.folder)
    assert (said.status, said.err.strip()) == (
        1,
        "harmscape: bad.csv:2: expected a day such as 2026-10-31, got 'September'",
    )


def test_the_commands_and_the_endpoints_tell_the_same_register(own: Workspace) -> None:
    folder = own.folder
    assert run(
        "operation", "add", "OP-7", "-w", folder, "--title", "Night Owl", "--by", "sector", "--areas", "S12",
        "--phase", "clear:2026-03-01:2026-05-01", "--phase", "hold:2026-05-01", "--measure", "violence",
    ).status == 0  # fmt: skip
    assert (
        run("operation", "log", "OP-7", "-w", folder, "--day", "2026-03-02", "--kind", "Patrol").status == 0
    )
    told = run("operation", "list", "-w", folder, "--format", "json").json
    headers = {"X-Harmscape": "1"}
    with TestClient(make_app(own), base_url="http://127.0.0.1:8000", headers=headers) as client:
        assert client.get("/api/operations").json()["operations"] == told
        assert client.post("/api/operations/OP-7", json={"cost": "12"}).status_code == 200
        assert client.post("/api/operations/OP-7/log", json={"day": "soon", "kind": "x"}).status_code == 422
        assert (
            client.post("/api/operations", json={"id": "OP-8"}).json()["error"]
            == "the operation has no title"
        )
        (now,) = client.get("/api/operations").json()["operations"]
    assert (now["cost"], now["area_names"], len(now["log"])) == (12, ["Staithe Quay"], 1)
    shown = run("operation", "show", "night owl", "-w", folder)
    assert "Violence against the person" in shown.out
    assert "added after the operation began" in shown.out


def test_a_declared_operation_is_changed_in_its_file(own: Workspace) -> None:
    (own.folder / "operations").mkdir()
    (own.folder / "operations" / "reed.yml").write_text(
        "operation:\n  id: REED\n  title: Reed\n  by: sector\n  areas: [S3]\n"
        "  phases: [{phase: clear, from: 2026-01-01}]\n",
        encoding="utf-8",
    )
    again = open_workspace(own.folder)
    assert [each.declared for each in registered(again)] == ["operations/reed.yml:2"]
    with pytest.raises(SelectionError, match=r"declared in operations/reed.yml:2: change it there"):
        log_act(again, "REED", {"day": "2026-02-01", "kind": "Patrol"})
    again.close()
