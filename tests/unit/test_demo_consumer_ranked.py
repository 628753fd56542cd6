"""The demo region through the template: types and traders ranked as a plain count of its files ranks them."""

from __future__ import annotations

import csv
import shutil
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from harmscape.demo.consumer import make_region
from harmscape.demo.consumer.kinds import KINDS
from harmscape.demo.consumer.weights import points
from harmscape.views.sector_overview import SectorOverview
from harmscape.workspace import Workspace, open_workspace

TEMPLATE = Path(__file__).resolve().parents[2] / "src/harmscape/templates/consumer"
WHOLE = {"measure": "complaints", "window": "12m", "to": "2026-10"}
ROGUE = "T10001"

Figures = dict[str, tuple[int, Decimal]]


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """A year of 20,000 complaints, loaded from the template as it is shipped."""
    folder = tmp_path_factory.mktemp("eastmere") / "ws"
    shutil.copytree(TEMPLATE, folder)
    make_region(folder / "data", complaints=20_000, years=1)
    opened = open_workspace(folder)
    opened.load()
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def figures(workspace: Workspace) -> tuple[Figures, Figures]:
    """Events and harm by type and by trader number, complaint by complaint, as the last delivery has them."""
    last: dict[str, dict[str, str]] = {}
    for path in sorted((workspace.folder / "data/complaints").glob("*.csv")):
        with path.open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file, strict=True))
        months = {row["Received on"][:7] for row in rows}
        last = {key: row for key, row in last.items() if row["Received on"][:7] not in months}
        last |= {row["Complaint id"]: row for row in rows}
    kinds = {kind.title.casefold(): kind for kind in KINDS}
    by_type: dict[str, list[Decimal]] = defaultdict(list)
    by_trader: dict[str, list[Decimal]] = defaultdict(list)
    for row in last.values():
        if kind := kinds.get(row["Incident type"].casefold()):
            each = points(kind, breach=row["Breach"], vulnerable=row["Vulnerable"])
            by_type[kind.id].append(each)
            by_trader[row["Trader id"]].append(each)
    return _summed(by_type), _summed(by_trader)


def _summed(held: dict[str, list[Decimal]]) -> Figures:
    return {name: (len(each), sum(each, Decimal(0))) for name, each in held.items()}


def _ranked(workspace: Workspace, by: str) -> SectorOverview:
    standing = workspace.rank(by=by, **WHOLE)
    assert isinstance(standing, SectorOverview)
    return standing


def test_types_have_the_events_and_harm_of_a_plain_count(
    workspace: Workspace, figures: tuple[Figures, Figures]
) -> None:
    standing = _ranked(workspace, "category")
    assert {row.area_id: (row.events, row.harm) for row in standing.areas} == figures[0]
    assert standing.total.harm == sum((harm for _, harm in figures[0].values()), Decimal(0))


def test_traders_have_the_events_and_harm_of_a_plain_count(
    workspace: Workspace, figures: tuple[Figures, Figures]
) -> None:
    standing = _ranked(workspace, "company")
    known = {name: each for name, each in figures[1].items() if name}
    assert {row.area_id: (row.events, row.harm) for row in standing.areas if row.events} == known


def test_the_planted_type_and_the_rogue_trader_surface(workspace: Workspace) -> None:
    types = {row.area_id: row.rank for row in _ranked(workspace, "category").areas}
    assert types["doorstep_vulnerable"] <= 3
    assert types["parcel"] >= 30
    # About eleven of its thirteen complaints carry its number, 93.5 points each; the next has some 400.
    traders = {row.area_id: row.rank for row in _ranked(workspace, "company").areas}
    assert traders[ROGUE] == 1


def test_councils_and_unplaced_hold_every_complaint(
    workspace: Workspace, figures: tuple[Figures, Figures]
) -> None:
    standing = _ranked(workspace, "council")
    assert len(standing.areas) == 8
    assert sum(row.events for row in standing.areas) + standing.unplaced.events == standing.total.events
    harm = sum((row.harm for row in standing.areas), standing.unplaced.harm)
    assert harm == standing.total.harm == sum((harm for _, harm in figures[0].values()), Decimal(0))


def test_licensed_premises_are_counted_once_however_many_licences_they_hold(workspace: Workspace) -> None:
    licences = _last_register(workspace, "licences")
    premises = {row["Premises id"] for row in licences}
    assert len(premises) < len(licences)
    assert _stock(workspace, "licensed_premises") == (len(premises), len(premises))


def test_registered_traders_are_those_that_have_not_left(workspace: Workspace) -> None:
    traders = _last_register(workspace, "traders")
    listed = {row["Trader id"] for row in traders if not row["Left on"]}
    assert len(listed) < len(traders), "some have left and are still in the file"
    assert _stock(workspace, "registered_traders") == (len(listed), len(listed))


def _last_register(workspace: Workspace, name: str) -> list[dict[str, str]]:
    path = workspace.folder / f"data/registers/2026-10-31-{name}.csv"
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))


def _stock(workspace: Workspace, measure: str) -> tuple[int, int]:
    """What a stock counts in all, and in the councils, where all premises lie."""
    standing = workspace.rank(by="council", measure=measure, to="2026-10")
    assert isinstance(standing, SectorOverview)
    return standing.total.events, sum(area.events for area in standing.areas)
