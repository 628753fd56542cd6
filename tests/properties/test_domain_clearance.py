"""A reader with less clearance never learns more: answers are those of a workspace without the other rows.

The strongest form: a reader's answers over everything equal, to the letter, the same reader's answers over a
workspace in which the rows they may not count were never loaded. Figures, books of names, peers, hints in
messages and lists of files are all in it.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.demos import LAST_MONTH, loaded, opened, ranked

from harmscape.access import Reader
from harmscape.model.errors import HarmscapeError
from harmscape.model.role import OWNER, Grant, Role
from harmscape.views.drilldown import Rows
from harmscape.workspace import Workspace

MEETING = "family_profiles_meeting"
ANALYST = Role(
    id="analyst",
    title="Analyst of recorded crime",
    verbs=("read", "drill"),
    count=(Grant(agencies=("police",), sensitivity=1),),
    see=(Grant(agencies=("police",), sensitivity=1),),
    reason="Counts and reads crimes; neither who is linked to them nor who stands in a register.",
)
Question = tuple[str, dict[str, str], dict[str, Any]]


def own_crimes(path: Path) -> bool:
    return path.parent.name in ("crimes", "geographies", "denominators")


def of_agency(agency: str) -> Callable[[Path], bool]:
    """What an agency wrote itself, and what is shared with all: the hub's enquiries, the services."""

    def keep(path: Path) -> bool:
        return (
            path.parent.name in ("geographies", "denominators")
            or f"-{agency}-" in path.name
            or path.name.endswith(("-hub-enquiries.csv", "-services.csv"))
        )

    return keep


SOC: list[Question] = [
    ("rank", {"by": "sector"}, {}),
    ("rank", {"by": "sector", "measure": "ocg_crimes"}, {}),
    ("rank", {"by": "sector", "measure": "ocg_members"}, {}),
    ("rank", {"by": "beat", "measure": "soc_primary", "sums": "published"}, {}),
    ("rank", {"by": "group"}, {}),
    ("rank", {"by": "person", "measure": "all_crime", "shared": "split"}, {}),
    ("place", {"by": "group", "areas": "OCG-01"}, {}),
    ("place", {"by": "group", "areas": "OCG-77"}, {}),
    ("group", {"areas": "OCG-01"}, {}),
    ("rows", {"where": "group=OCG-01"}, {}),
    ("rows", {"where": "person=NOM0001123"}, {}),
    ("rows", {"measure": "soc_primary", "window": "24m"}, {"limit": 1000}),
    ("theme", {"window": "6m"}, {"theme": "organised crime"}),
    ("double_counts", {"window": "12m"}, {}),
    ("choices", {}, {}),
    ("health", {}, {}),
    ("stability", {"measure": "soc_offences"}, {}),
    ("weights", {}, {}),
]
SAFEGUARDING: list[Question] = [
    ("rank", {"by": "locality", "measure": "all"}, {}),
    ("rank", {"by": "family", "measure": "all"}, {}),
    ("rank", {"by": "person", "measure": "enquiries"}, {}),
    ("rank", {"by": "small_area", "measure": "three_of_four"}, {}),
    ("rank", {"by": "family", "measure": "three_of_four"}, {}),
    ("family", {"areas": "F00001"}, {}),
    ("family", {"areas": "F00071"}, {}),
    ("place", {"by": "household", "areas": "H00001"}, {}),
    ("rows", {"measure": "all", "window": "36m"}, {"limit": 1000}),
    ("theme", {"window": "12m"}, {"theme": "circumstances"}),
    ("double_counts", {"window": "12m", "measure": "all"}, {}),
    ("choices", {}, {}),
    ("health", {}, {}),
    ("stability", {"measure": "all"}, {}),
]


def told(workspace: Workspace, question: Question) -> Any:
    """An answer without what tells of the loading itself; or the message of the error."""
    view, words, options = question
    try:
        found = workspace.ask(view, {"to": LAST_MONTH} | words, **options).to_dict()
    except HarmscapeError as error:
        return f"{type(error).__name__}: {error}"
    return _bare(_without_columns(found))


def _bare(found: Any) -> Any:
    """Events are numbered, and files dated, as they are loaded, so these differ where less was loaded."""
    if isinstance(found, dict):
        passing = ("receipt", "event_id", "last_load")
        return {key: _bare(value) for key, value in found.items() if key not in passing}
    return [_bare(each) for each in found] if isinstance(found, list) else found


def _without_columns(found: dict[str, Any]) -> dict[str, Any]:
    """Rows without the number of the event, and without attributes that none of them has."""
    columns = [each["id"] for each in found.get("columns", ()) if isinstance(each, dict)]
    if "event_id" not in columns:
        return found
    kept = [
        at
        for at, name in enumerate(columns)
        if name != "event_id" and (name[:5] != "attr_" or any(row[at] is not None for row in found["rows"]))
    ]
    rows = [[row[at] for at in kept] for row in found["rows"]]
    return found | {"rows": rows, "columns": [found["columns"][at] for at in kept]}


@contextmanager
def without(folder: Path, copy: Path, keep: Callable[[Path], bool], reader: Reader) -> Iterator[Workspace]:
    """A workspace of the same declarations into which only some files were ever loaded."""
    shutil.copytree(folder, copy, ignore=shutil.ignore_patterns("ledger", "audit.sqlite*"))
    for path in (copy / "data").rglob("*.*"):
        if path.is_file() and not keep(path):
            path.unlink()
    workspace = opened(loaded(copy), reader)
    yield workspace
    workspace.close()


def assert_learns_nothing(
    folder: Path, copy: Path, keep: Callable[[Path], bool], reader: Reader, questions: list[Question]
) -> None:
    """Over everything the reader is told what they are told where nothing else was ever loaded."""
    everything = opened(folder, reader)
    with without(folder, copy, keep, reader) as alone:
        differ = [
            (each, one, two)
            for each in questions
            for one, two in [(told(everything, each), told(alone, each))]
            if one != two
        ]
    everything.close()
    assert differ == []


def member_of(folder: Path, role: str) -> Reader:
    """A reader in a role of the template, at the meeting."""
    workspace = opened(folder)
    (found,) = [each for each in workspace.domain.roles if each.id == role]
    workspace.close()
    return Reader("bea", found, MEETING)


def test_who_may_count_crimes_alone_learns_nothing_of_groups_and_registers(
    small_folder: Callable[[str], Path], tmp_path: Path
) -> None:
    few = [each for each in SOC if each[0] in ("rows", "group") or each[1].get("by") in ("group", "beat")]
    assert_learns_nothing(small_folder("soc"), tmp_path / "ws", own_crimes, Reader("bea", ANALYST), few)


def test_the_police_learn_nothing_of_what_others_told_the_hub(
    small_folder: Callable[[str], Path], tmp_path: Path
) -> None:
    folder, keep = small_folder("safeguarding"), of_agency("police")
    few = [each for each in SAFEGUARDING if each[0] in ("family", "health") or each[1].get("by") == "family"]
    assert_learns_nothing(folder, tmp_path / "ws", keep, member_of(folder, "police"), few)


@pytest.mark.soak
def test_nothing_else_is_learnt_of_groups_and_registers(
    small_folder: Callable[[str], Path], tmp_path: Path
) -> None:
    assert_learns_nothing(small_folder("soc"), tmp_path / "ws", own_crimes, Reader("bea", ANALYST), SOC)


@pytest.mark.soak
@pytest.mark.parametrize("role", ["police", "education", "health"])
def test_no_member_of_the_hub_learns_anything_of_what_others_told_it(
    small_folder: Callable[[str], Path], tmp_path: Path, role: str
) -> None:
    folder, keep = small_folder("safeguarding"), of_agency(role)
    assert_learns_nothing(folder, tmp_path / "ws", keep, member_of(folder, role), SAFEGUARDING)


def test_who_may_count_less_is_told_of_no_more(small_folder: Callable[[str], Path]) -> None:
    """Members, then the hub's manager, then the owner: events, harm, books, rows that open."""
    folder = small_folder("safeguarding")
    readers = [member_of(folder, role) for role in ("police", "hub_manager")] + [Reader("ann", OWNER)]
    for by, measure in (("locality", "all"), ("family", "all"), ("household", "enquiries")):
        less: dict[str, Any] = {}
        opens = 0
        for reader in readers:
            workspace = opened(folder, reader)
            standing = ranked(workspace, by=by, measure=measure, window="36m")
            rows = workspace.rows(measure=measure, window="36m", to=LAST_MONTH)
            workspace.close()
            assert isinstance(rows, Rows)
            assert rows.total.events == standing.total.events
            book = {row.area_id: row for row in standing.areas}
            assert less.keys() <= book.keys()
            for code, row in less.items():
                assert row.events <= book[code].events
                assert row.harm <= book[code].harm
            seen = rows.total.events - (rows.withheld or 0)
            assert seen >= opens
            less, opens = book, seen


def test_no_purpose_opens_nothing_to_members(small_folder: Callable[[str], Path]) -> None:
    folder = small_folder("safeguarding")
    bea = member_of(folder, "hub_manager")
    workspace = opened(folder, Reader(bea.actor, bea.role))
    assert ranked(workspace, by="locality", measure="all").total.events == 0
    assert len(ranked(workspace, by="family", measure="all").areas) == 0
    workspace.close()


def test_sealed_notes_count_for_the_manager_and_open_to_the_owner_alone(
    small_folder: Callable[[str], Path],
) -> None:
    folder = small_folder("safeguarding")
    words: dict[str, Any] = {"measure": "circumstances", "window": "36m", "to": LAST_MONTH}
    held = {}
    for reader in (member_of(folder, "hub_manager"), Reader("ann", OWNER), member_of(folder, "police")):
        workspace = opened(folder, reader)
        rows = workspace.rows(**words, where="agency=health")
        workspace.close()
        assert isinstance(rows, Rows)
        held[reader.role.id] = (rows.total.events, rows.withheld or 0, len(rows.lines))
    events = held["owner"][0]
    assert events > 20
    assert held["hub_manager"] == (events, events, 0)
    assert held["owner"] == (events, 0, min(events, 100))
    assert held["police"] == (0, 0, 0)
