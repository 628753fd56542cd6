"""Editions rank by their own boundaries, grids grow, and a database is a source."""

from __future__ import annotations

import json
import sqlite3
from datetime import date
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest
from tests.config_workspace import SOUND, workspace

from harmscape.model.errors import SelectionError
from harmscape.workspace import Workspace, open_workspace

ROWS = """number,day,code,east,north,Status
1,2024-01-05,violence,420100,560100,Charged
2,2024-01-06,violence,421900,560100,Charged
3,2024-01-07,violence,422100,560100,Charged
"""


def boundaries(*edges: int) -> str:
    """Strips between eastings, one square kilometre deep, named by their order."""
    features = [
        {
            "type": "Feature",
            "properties": {"ZONE_CODE": f"Z{n}", "ZONE_NAME": f"Zone {n}"},
            "geometry": {
                "type": "Polygon",
                "coordinates": [[[w, 560000], [e, 560000], [e, 561000], [w, 561000], [w, 560000]]],
            },
        }
        for n, (w, e) in enumerate(pairwise(edges), start=1)
    ]
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::27700"}}
    return json.dumps({"type": "FeatureCollection", "crs": crs, "features": features})


ZONE = """\
geography:
  id: zone
  title: Zone
  editions:
    - {id: "2020", from: 2020-01-01, file: old.geojson, code: ZONE_CODE, name: ZONE_NAME}
    - {id: "2024", from: 2024-01-01, file: new.geojson, code: ZONE_CODE, name: ZONE_NAME}
"""


def events(answer: object) -> dict[str, int]:
    return {area.area_id: area.events for area in answer.areas}  # type: ignore[attr-defined]


@pytest.fixture
def zones(tmp_path: Path) -> Workspace:
    folder = workspace(
        tmp_path / "ws",
        geographies__zone_yml=ZONE,
        harmscape_yml=SOUND["harmscape.yml"].replace("data: []", "data: [data]"),
    )
    (folder / "old.geojson").write_text(boundaries(420000, 421000, 423000))
    (folder / "new.geojson").write_text(boundaries(420000, 422000, 423000))
    (folder / "data").mkdir()
    (folder / "data" / "crimes.csv").write_text(ROWS)
    opened = open_workspace(folder)
    assert opened.load(as_of=date(2024, 1, 31)).whole
    return opened


def test_a_question_means_the_newest_edition_and_may_name_another(zones: Workspace) -> None:
    # By hand: 421,900 lies east of the old border at 421,000 and west of the new one at 422,000.
    assert events(zones.rank(by="zone")) == {"Z1": 2, "Z2": 1}
    assert events(zones.rank(by="zone@2024")) == {"Z1": 2, "Z2": 1}
    assert events(zones.rank(by="zone@2020")) == {"Z1": 1, "Z2": 2}
    with pytest.raises(SelectionError, match="Zone has no edition '2019'; known: 2020, 2024"):
        zones.rank(by="zone@2019")


def test_an_older_edition_opens_to_its_own_rows_and_reproduces(zones: Workspace) -> None:
    rows = zones.rows(by="zone@2020", areas="Z2")
    assert rows.total.events == 2  # type: ignore[attr-defined]
    standing = zones.rank(by="zone@2020")
    assert standing.receipt is not None
    assert events(zones.reproduce(standing.receipt)) == events(standing)


def test_a_grid_numbers_new_cells_after_those_it_knows(zones: Workspace) -> None:
    # One point in each of three kilometre squares.
    before = events(zones.rank(by="cell"))
    assert sorted(before.values()) == [1, 1, 1]
    more = ROWS.splitlines()[0] + "\n4,2024-01-08,violence,419500,560100,Charged\n"
    (zones.folder / "data" / "crimes-more.csv").write_text(more)
    zones.load(as_of=date(2024, 2, 1))
    after = events(zones.rank(by="cell", to="2024-01-31"))
    assert after == {**before, "E0419000N0560000": 1}


@pytest.mark.parametrize(
    ("grid", "is_finer"),
    [
        # By hand: 499 m squared is 249,001 square metres, under the quarter of a square kilometre.
        ("{kind: square, size_m: 499}", True),
        ("{kind: square, size_m: 500}", False),
        ("{kind: h3, resolution: 9}", True),
    ],
)
def test_a_fine_grid_on_snapped_points_must_be_asked_for_and_is_marked(
    tmp_path: Path, grid: str, *, is_finer: bool
) -> None:
    folder = workspace(
        tmp_path / "ws",
        geographies__plot_yml=f"geography: {{id: plot, title: Plot, grid: {grid}}}\n",
        sources__crimes_yml=SOUND["sources/crimes.yml"].replace('27700"}', '27700", precision: snapped}'),
    )
    (folder / "crimes.csv").write_text(ROWS)
    opened = open_workspace(folder)
    assert opened.load([folder / "crimes.csv"], as_of=date(2024, 1, 31)).whole
    if is_finer:
        with pytest.raises(SelectionError, match=r"Plot is finer than an LSOA.*--finer"):
            opened.rank(by="plot")
    marks = [said for said in opened.rank(by="plot", finer=True).warnings if "Finer than the data" in said]
    assert len(marks) == is_finer


def test_boundaries_that_measure_smaller_than_any_lsoa_count_as_finer(tmp_path: Path) -> None:
    # By hand: strips of 50 m by a kilometre are 50,000 square metres each; nobody declared them finer.
    folder = workspace(
        tmp_path / "ws",
        geographies__zone_yml=ZONE,
        sources__crimes_yml=SOUND["sources/crimes.yml"].replace('27700"}', '27700", precision: snapped}'),
    )
    (folder / "old.geojson").write_text(boundaries(*range(420000, 422500, 50)))
    (folder / "new.geojson").write_text(boundaries(420000, 422000, 423000))
    (folder / "crimes.csv").write_text(ROWS)
    opened = open_workspace(folder)
    assert opened.load([folder / "crimes.csv"], as_of=date(2024, 1, 31)).whole
    assert events(opened.rank(by="zone@2024")) == {"Z1": 2, "Z2": 1}
    with pytest.raises(SelectionError, match="Zone is finer than an LSOA"):
        opened.rank(by="zone@2020")


def test_a_database_is_a_source_and_the_same_answer_adds_nothing(tmp_path: Path) -> None:
    store = tmp_path / "records.sqlite"
    with sqlite3.connect(store) as made:
        made.execute(
            "create table crimes (number text, day text, code text, east real, north real, Status text)"
        )
        made.executemany(
            "insert into crimes values (?, ?, ?, ?, ?, ?)",
            [line.split(",") for line in ROWS.splitlines()[1:]],
        )
    source = SOUND["sources/crimes.yml"].replace(
        '  files: ["crimes*.csv"]\n',
        f"  query: {{url: 'sqlite:///{store}', select: 'select * from crimes'}}\n",
    )
    opened = open_workspace(workspace(tmp_path / "ws", sources__crimes_yml=source))
    first = opened.load(as_of=date(2024, 1, 31))
    assert [(each.file, each.added) for each in first.files] == [("query of crimes", 3)]
    again = opened.load(as_of=date(2024, 1, 31))
    assert [(each.reason, each.added, each.unchanged) for each in again.files] == [("already_loaded", 0, 3)]
    assert again.snapshot == first.snapshot
    # By hand: three events of violence at 42.2 points each.
    assert opened.rank(by="cell").total.harm == Decimal("126.6")  # type: ignore[attr-defined]
    with sqlite3.connect(store) as made:
        made.execute("insert into crimes select 'Z9', day, code, east, north, Status from crimes limit 1")
    later = opened.load(as_of=date(2024, 2, 29))
    assert [(each.reason, each.added) for each in later.files] == [(None, 1)]
