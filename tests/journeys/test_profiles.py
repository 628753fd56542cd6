"""Profiles of whole demo domains: in Python, on the command line, over HTTP, beside a plain reading."""

from __future__ import annotations

import csv
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from tests.cli import run

from harmscape.access import Reader
from harmscape.publish.api import make_app
from harmscape.views.double_counts import DoubleCounts
from harmscape.views.family_profile import FamilyProfile
from harmscape.views.group_profile import GroupProfile
from harmscape.workspace import Workspace, open_workspace
from harmscape.workspace.begin import make_demo

YEARS = {"window": "10y", "to": "2026-10"}
FOUR = {
    "Domestic abuse": "domestic_abuse",
    "Mental ill-health": "mental_ill_health",
    "Substance misuse": "substance_misuse",
    "Past sexual abuse": "past_sexual_abuse",
}
STATES = ("recorded", "looked for, none", "not asked")
"""An answer of a form, the strongest first; the same words with underscores and without commas are states."""

Answers = dict[tuple[str, str], tuple[str, str]]
"""By circumstance and agency, the state and the day of the latest row that gives it."""


# The sector's own force: a theme, a group, what was told twice


@pytest.fixture
def client(demo: Workspace) -> Iterator[TestClient]:
    with TestClient(make_app(demo)) as made:
        yield made


def _group(demo: Workspace) -> str:
    """The group with most events."""
    ranked = demo.rank(by="group", **YEARS).to_dict()["areas"]
    return str(max(ranked, key=lambda row: (row["events"], row["area_id"]))["area_id"])


def test_a_group_is_the_same_everywhere_and_its_rows_sum_to_it(
    demo: Workspace, demo_folder: Path, client: TestClient
) -> None:
    code = _group(demo)
    held = demo.ask("group", {**YEARS, "areas": code})
    assert isinstance(held, GroupProfile)
    assert client.get("/api/group", params={**YEARS, "areas": code}).json() == json.loads(held.to_json())
    said = run("group", code, "-w", demo_folder, "--window", "10y", "--to", "2026-10", "--format", "json")
    assert said.json == json.loads(held.to_json())
    rows = demo.ask("rows", {**YEARS, "by": "group", "areas": code}).to_dict()["total"]
    standing = held.figures.standing
    assert rows == {"events": standing.events, "harm": float(standing.harm)}
    # Each event falls in one area or in none, so areas add up to the group.
    assert sum(each.events for each in held.areas) == standing.events
    assert sum(each.harm for each in held.areas) == standing.harm
    assert standing.events > 0
    assert held.receipt is not None
    assert demo.reproduce(held.receipt).to_json() == held.to_json()


def test_the_members_of_a_group_are_those_of_the_last_register(demo: Workspace, demo_folder: Path) -> None:
    code = _group(demo)
    held = demo.ask("group", {**YEARS, "areas": code})
    assert isinstance(held, GroupProfile)
    path = sorted((demo_folder / "data" / "registers").glob("*-groups.csv"))[-1]
    with path.open(newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["Group id"].strip().upper() == code]
    wanted = {row["Nominal"].strip().upper(): row for row in rows if not row["Left"].strip()}
    found = {each.code: each for each in held.members if each.in_force}
    assert found.keys() == wanted.keys()
    assert found
    for nominal, row in wanted.items():
        assert found[nominal].role == row["Role"].strip()
        assert found[nominal].starts.isoformat() == row["Joined"][:10]
    # The register still lists who has left, with the day: their homes are no homes of members.
    assert sum(each.members for each in held.homes) == len(wanted)
    marked = demo.ask("marks", {**YEARS, "by": "group", "areas": code}, homes="yes").to_dict()["homes"]
    placed = [row for row in wanted.values() if row["Easting"].strip()]
    assert sum(each["members"] for each in marked) == len(placed)


def test_the_planted_brokers_are_those_who_stand_in_two_groups(demo: Workspace, demo_folder: Path) -> None:
    truth = json.loads((demo_folder / "data" / "truth.json").read_text(encoding="utf-8"))["network"]
    code = truth["brokers"][0]["connects"][0]
    held = demo.ask("group", {**YEARS, "areas": code})
    assert isinstance(held, GroupProfile)
    planted = {
        each["nominal"]: set(each["connects"]) for each in truth["brokers"] if code in each["connects"]
    }
    assert {each.code: set(each.groups) for each in held.brokers} == planted
    assert {each.code for each in held.sharing if each.now} == set().union(*planted.values()) - {code}


def test_a_group_on_the_screen(demo: Workspace, demo_folder: Path) -> None:
    said = run("group", _group(demo), "-w", demo_folder, "--window", "10y", "--to", "2026-10")
    assert said.status == 0, said.err
    assert re.search(r"\d distinct events, harm [\d,]+ \(.*\), shared: full", said.out)
    for head in ("Member", "Role in the event", "Homes", "receipt"):
        assert head in said.out
    table = run("group", _group(demo), "-w", demo_folder, "--to", "2026-10", "--format", "csv").out
    assert table.splitlines()[0].startswith("code,name,kind,role,listed_as,starts,ends,in_force")


def test_a_theme_is_the_same_everywhere(demo: Workspace, demo_folder: Path, client: TestClient) -> None:
    held = demo.ask("theme", {"to": "2026-10"}, theme="drugs")
    assert client.get("/api/theme?theme=drugs&to=2026-10").json() == json.loads(held.to_json())
    assert run("theme", "drugs", "-w", demo_folder, "--to", "2026-10", "--format", "json").json == json.loads(
        held.to_json()
    )
    for measure in held.to_dict()["measures"]:
        alone = demo.rank(measure=measure["id"], to="2026-10").to_dict()
        assert (measure["events"], measure["harm"]) == (alone["total"]["events"], alone["total"]["harm"])
        assert [top["rank_hi"] for top in measure["top"]] == [
            row["rank_hi"] for row in alone["areas"][:5] if row["events"]
        ]
    assert held.receipt is not None
    assert demo.reproduce(held.receipt).to_json() == held.to_json()
    shown = run("theme", "Drugs", "-w", demo_folder, "--to", "2026-10")
    assert "Counted by two measures:" in shown.out


def test_an_unknown_theme_or_group_is_said_plainly(demo_folder: Path, client: TestClient) -> None:
    assert (
        run("theme", "drug", "-w", demo_folder).err == "harmscape: no theme 'drug'; did you mean 'drugs'?\n"
    )
    missing = client.get("/api/theme")
    assert (missing.status_code, "known: " in missing.json()["error"]) == (422, True)
    assert client.get("/api/group?areas=NOBODY").status_code == 422


def test_suggestions_keep_to_their_limits_and_never_add_harm(
    demo: Workspace, demo_folder: Path, client: TestClient
) -> None:
    words = {"metres": "400", "hours": "168"}
    held = demo.ask("double_counts", YEARS, **words)
    assert isinstance(held, DoubleCounts)
    assert client.get("/api/double_counts", params={**YEARS, **words}).json() == json.loads(held.to_json())
    assert held.total == len(held.suggestions) > 0
    for each in held.suggestions:
        assert each.distance_m <= 400
        assert each.gap_hours is None or each.gap_hours <= 168
        assert 0 < each.harm_once <= each.harm == sum(event.harm for event in each.events)
        parts = [set(event.parts) for event in each.events]
        assert not set.intersection(*parts[:2])
    assert held.receipt is not None
    assert demo.reproduce(held.receipt).to_json() == held.to_json()
    said = run("double-counts", "-w", demo_folder, "--window", "10y", "--to", "2026-10", "--hours", "168")
    assert (said.status, "people decide" in said.out) == (0, True)


@pytest.mark.soak
def test_what_the_demo_told_three_times_is_suggested(tmp_path: Path) -> None:
    folder = tmp_path / "force"
    make_demo(folder, events=200_000, seed=3, null=False, progress=lambda _: None)
    measure = """measure:
  id: told
  title: Firearms, told by anybody
  kind: sum
  measures: [firearms_offences, firearms_discharges, firearms_intelligence]
  scheme: css_mixed
  reason: A test.
"""
    (folder / "measures" / "told.yml").write_text(measure, encoding="utf-8")
    workspace = open_workspace(folder)
    workspace.load()
    # The shot and the word lie each within 150 m of the crime, and come within four days of it.
    words = {**YEARS, "measure": "told"}
    held = workspace.ask("double_counts", words, metres=300, hours=120, limit=1000)
    assert isinstance(held, DoubleCounts)
    workspace.close()
    sets = [{event.reference for event in each.events} for each in held.suggestions]
    truth = json.loads((folder / "data" / "truth.json").read_text(encoding="utf-8"))["told_three_times"]
    told = [{each["crime"], each["discharge"], each["intelligence"]} for each in truth]
    assert len(told) > 20
    assert sum(any(one <= each for each in sets) for one in told) >= 0.9 * len(told)
    # Three quarters of the triples that are suggested are indeed one happening.
    triples = [each for each in sets if len(each) == 3]
    assert sum(each in told for each in triples) >= 0.75 * len(triples)


# The county: a family


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small demo county, loaded."""
    folder = tmp_path_factory.mktemp("county") / "tarnmarch"
    make_demo(folder, domain="safeguarding", events=2_000, seed=1, null=False, progress=lambda _: None)
    workspace = open_workspace(folder)
    workspace.load()
    workspace.close()
    return folder


@pytest.fixture(scope="module")
def forms(county: Path) -> dict[str, Answers]:
    """What forms say of each family, read plainly: of a record the latest telling, the strongest answer."""
    latest: dict[str, dict[str, str]] = {}
    for path in sorted((county / "data" / "circumstances").glob("*.csv")):
        with path.open(newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                latest[row["Record"]] = row
    days: dict[str, dict[tuple[str, str], dict[str, str]]] = defaultdict(lambda: defaultdict(dict))
    for row in latest.values():
        cell = days[row["Family id"].strip().upper()][FOUR[row["Circumstance"]], row["Agency"]]
        cell[row["Answer"]] = max(cell.get(row["Answer"], ""), row["Form dated"])
    return {
        family: {
            where: next((s.replace(",", "").replace(" ", "_"), told[s]) for s in STATES if s in told)
            for where, told in cells.items()
        }
        for family, cells in days.items()
        if family
    }


def _most_told(forms: dict[str, Answers]) -> list[str]:
    return sorted(forms, key=lambda family: (-len(forms[family]), family))[:3]


def test_the_matrix_of_a_family_is_what_its_forms_say(county: Path, forms: dict[str, Answers]) -> None:
    workspace = open_workspace(county)
    verdicts = set()
    few = [family for family in sorted(forms) if len(forms[family]) == 4][:3]
    for family in [*_most_told(forms), *few]:
        held = workspace.ask("family", {**YEARS, "areas": family})
        assert isinstance(held, FamilyProfile)
        found = {
            (each.circumstance, each.agency): (each.state, str(each.latest))
            for each in held.matrix
            if each.latest
        }
        assert found == forms[family]
        # Every other cell has no row at all, and is not asked: not one of them is a no.
        assert {each.state for each in held.matrix if not each.latest} == {"not_asked"}
        assert len(held.matrix) == 4 * len(held.agencies) == 36
        held_by = defaultdict(set)
        for (name, _), (state, _) in forms[family].items():
            held_by[name].add(state)
        recorded = sum("recorded" in states for states in held_by.values())
        looked = sum("recorded" not in states and "looked_for_none" in states for states in held_by.values())
        wanted = "yes" if recorded >= 3 else "cannot_be_told" if 4 - looked >= 3 else "no"
        assert held.verdict.verdict == wanted
        verdicts.add(wanted)
    assert held.receipt is not None
    assert workspace.reproduce(held.receipt).to_json() == held.to_json()
    workspace.close()
    assert len(verdicts) > 1, "families that the rule tells apart"


def test_a_family_is_the_same_everywhere(county: Path, forms: dict[str, Answers]) -> None:
    told = (family for family in sorted(forms) if len({s for s, _ in forms[family].values()}) == 3)
    family = next(told)
    workspace = open_workspace(county)
    held = workspace.ask("family", {**YEARS, "areas": family})
    assert isinstance(held, FamilyProfile)
    with TestClient(make_app(workspace)) as client:
        body = client.get("/api/family", params={**YEARS, "areas": family}).json()
    workspace.close()
    assert body == json.loads(held.to_json())
    assert held.children is not None
    assert set(held.children) <= {each.code for each in held.persons if each.kind == "person"}
    said = run("family", family, "-w", county, "--window", "10y", "--to", "2026-10")
    assert said.status == 0, said.err
    for word in ("● recorded", "○ looked for, none", "? not asked", "Timeline", "Repeat enquiries:"):
        assert word in said.out


@pytest.mark.parametrize("role", ["hub_manager", "education"])
def test_sealed_notes_are_counted_by_the_manager_and_unknown_to_a_school(
    county: Path, forms: dict[str, Answers], role: str
) -> None:
    sealed = next(
        family
        for family in sorted(forms)
        if any(
            agency == "health" and state == "recorded" for (_, agency), (state, _) in forms[family].items()
        )
    )
    workspace = open_workspace(county)
    own = next(each for each in workspace.domain.roles if each.id == role)
    workspace.reader = Reader("bea", own, "family_profiles_meeting")
    held = workspace.ask("family", {**YEARS, "areas": sealed})
    assert isinstance(held, FamilyProfile)
    workspace.close()
    health = [each for each in held.matrix if each.agency == "health"]
    told = [each for each in held.timeline if each.agency == "health" and "Form" in each.source]
    assert told == []
    if role == "education":
        assert health == []
        assert all(each.agency != "health" for each in held.closed)
        return
    rows = {name for (name, agency) in forms[sealed] if agency == "health"}
    assert {each.circumstance for each in health if each.state == "withheld"} == rows
    assert all(each.withheld for each in health if each.state == "withheld")
    assert held.verdict.withheld_rows >= len(rows)
    assert any(each.agency == "health" for each in held.closed)
