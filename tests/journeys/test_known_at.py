"""Two deliveries of one month: what changed, what was withdrawn, and every earlier figure still to be had.

The counts are those of EXPECTED.json in the shared pack of hostile files (14a, then 14b).
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from tests import twin
from tests.shared import shared

from harmscape.model.receipt import Receipt
from harmscape.views.drilldown import Rows
from harmscape.views.sector_overview import SectorOverview
from harmscape.workspace import Workspace, open_workspace
from harmscape.workspace.begin import begin
from harmscape.workspace.report import FileReport

FIRST, SECOND = date(2024, 6, 10), date(2024, 6, 20)
MAY = {"window": "1m", "to": "2023-05", "measure": "all_incidents", "weights": "severity"}
HEAD = "Crime ID,Month,Reported by,Longitude,Latitude,Crime type"
SEVERITY = """\
scheme:
  id: severity
  title: Severity
  source: invented
  status: derived
  categories: [police_uk]
  weights:
    - {category: burglary, points: 447.3}
    - {category: robbery, points: 995.8}
    - {category: drugs, points: 120.3}
    - {category: shoplifting, points: 13}
"""


def delivery(name: str) -> Path:
    return shared(f"data/hostile/{name}")


A, B = "14a_street_2pass_first.csv", "14b_street_2pass_second.csv"


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Workspace]:
    """An empty police-uk workspace on three strips of land, with a small scheme of its own."""
    (tmp_path / "data").mkdir()
    (tmp_path / "strips.geojson").write_text(
        json.dumps(_strips(-1.70, -1.63, -1.60, -1.50)), encoding="utf-8"
    )
    begin(tmp_path / "ws", "police-uk", data=tmp_path / "data", areas=[tmp_path / "strips.geojson"])
    (tmp_path / "ws" / "geographies" / "grid_1km.yml").unlink()
    (tmp_path / "ws" / "schemes" / "severity.yml").write_text(SEVERITY, encoding="utf-8")
    workspace = open_workspace(tmp_path / "ws")
    yield workspace
    workspace.close()


def _strips(*longitudes: float) -> dict[str, Any]:
    """Neighbouring boxes from south to north, cut at these longitudes."""
    features = []
    for number, (west, east) in enumerate(pairwise(longitudes), start=1):
        ring = [[west, 54.9], [east, 54.9], [east, 55.1], [west, 55.1], [west, 54.9]]
        features.append(
            {
                "type": "Feature",
                "properties": {"strip_code": f"T{number}"},
                "geometry": {"type": "Polygon", "coordinates": [ring]},
            }
        )
    return {"type": "FeatureCollection", "features": features}


def loaded(workspace: Workspace, as_of: date, *paths: Path) -> FileReport:
    """The report of the one street file of a load; the boundary file is reported with the first."""
    (report,) = [each for each in workspace.load(list(paths), as_of=as_of).files if each.source == "street"]
    return report


def counts(report: FileReport) -> dict[str, int]:
    names = ("records", "accepted", "rejected", "added", "changed", "withdrawn", "unchanged")
    return {name: getattr(report, name) for name in names}


def standing(workspace: Workspace, **words: object) -> SectorOverview:
    found = workspace.rank(**(MAY | words))
    assert isinstance(found, SectorOverview)
    return found


def figures(found: SectorOverview) -> dict[str, Any]:
    """Everything a standing says, but for the question it was asked with."""
    held = found.to_dict()
    held.pop("receipt")
    held.pop("selection")
    return held


def test_a_second_delivery_reclassifies_withdraws_and_adds_as_expected(opened: Workspace) -> None:
    pack = json.loads(delivery("EXPECTED.json").read_text(encoding="utf-8"))
    wanted = next(each for each in pack["expected"] if each["file"] == B)["sequence"]
    first = loaded(opened, FIRST, delivery(A))
    assert counts(first) == counts(FileReport("", "accept", records=30, accepted=30, added=30))
    second = loaded(opened, SECOND, delivery(B))
    told = wanted["after_14b"]
    changed = told["reclassified"] + told["outcome_changed_only"]
    assert (second.added, second.changed, second.withdrawn) == (told["added"], changed, told["withdrawn"])
    assert (told["added"], changed, told["withdrawn"]) == (4, 12, 3)
    assert second.flags["reclassified"] == told["reclassified"] == 5
    assert standing(opened).total.events == told["current"] == 31
    held = open_rows(opened)
    gone = {each["reference"] for each in held} & set(wanted["withdrawn_ids"])
    assert len(held) == 31
    assert gone == set()


def open_rows(workspace: Workspace, **words: object) -> list[dict[str, Any]]:
    found = workspace.ask("rows", MAY | words, limit=1000)
    assert isinstance(found, Rows)
    return found.records()


def test_figures_as_known_at_each_day_equal_the_delivery_of_that_day(opened: Workspace) -> None:
    loaded(opened, FIRST, delivery(A))
    early = standing(opened)
    loaded(opened, SECOND, delivery(B))
    weights = {"burglary": "447.3", "robbery": "995.8", "drugs": "120.3", "shoplifting": "13"}
    points = {name: Decimal(text) for name, text in weights.items()}
    for name, days in ((A, ("2024-06-10", "2024-06-19")), (B, ("2024-06-20", "2030-01-01"))):
        events = twin.street_events(twin.read_rows(delivery(name)), {})
        wanted = twin.score(events, "none", lambda event: points.get(event.category))[twin.UNPLACED]
        for day in days:
            total = standing(opened, as_known_at=day).total
            assert (total.events, total.harm) == (wanted.events, wanted.harm)
    before = standing(opened, as_known_at="2024-06-09").total
    assert (before.events, before.harm) == (0, Decimal(0))
    assert figures(standing(opened, as_known_at="2024-06-19")) == figures(early)
    assert figures(standing(opened)) != figures(early)


def test_a_receipt_of_the_first_load_reproduces_after_the_second(opened: Workspace) -> None:
    loaded(opened, FIRST, delivery(A))
    early = standing(opened)
    loaded(opened, SECOND, delivery(B))
    assert early.receipt is not None
    assert opened.reproduce(early.receipt).to_dict() == early.to_dict()
    forged = Receipt.model_validate(
        early.receipt.model_dump() | {"snapshot": opened.snapshot().context.snapshot}
    )
    with pytest.raises(Exception, match="figures differ from this receipt"):
        opened.reproduce(forged)


def test_a_delivery_loaded_before_changes_nothing_again(opened: Workspace, tmp_path: Path) -> None:
    loaded(opened, FIRST, delivery(A))
    loaded(opened, SECOND, delivery(B))
    after, snapshot = figures(standing(opened)), opened.ledger.current().snapshot
    shutil.copy(delivery(A), tmp_path / "an-old-street-file.csv")
    for path, as_of in (
        (delivery(B), SECOND),
        (delivery(A), date(2024, 6, 30)),
        (tmp_path / "an-old-street-file.csv", FIRST),
    ):
        again = loaded(opened, as_of, path)
        assert again.reason == "already_loaded"
        assert (again.added, again.changed, again.withdrawn) == (0, 0, 0)
    assert opened.ledger.current().snapshot == snapshot
    assert figures(standing(opened)) == after


def test_an_older_delivery_of_other_content_is_refused_as_older(opened: Workspace, tmp_path: Path) -> None:
    loaded(opened, SECOND, delivery(B))
    after = figures(standing(opened))
    lines = delivery(A).read_text(encoding="utf-8").splitlines(keepends=True)
    (tmp_path / "part-street.csv").write_text("".join(lines[:21]), encoding="utf-8")
    report = loaded(opened, FIRST, tmp_path / "part-street.csv")
    assert (report.action, report.reason, report.accepted) == ("refuse", "older_delivery", 0)
    assert "2024-06-20" in str(report.message)
    assert figures(standing(opened)) == after


def written(path: Path, *rows: str) -> Path:
    path.write_text("\n".join([HEAD, *rows]) + "\n", encoding="utf-8")
    return path


def crime(number: str, kind: str = "Burglary") -> str:
    return f"{number},2023-05,Northvale Police,-1.61,54.97,{kind}"


def current(workspace: Workspace) -> list[tuple[str, str]]:
    return sorted((row["reference"], row["category_title"]) for row in open_rows(workspace))


def test_an_unchanged_file_speaks_with_the_changed_one_of_its_delivery(opened: Workspace) -> None:
    data = opened.folder.parent / "data"
    written(data / "a-street.csv", crime("a1"), crime("a2"))
    written(data / "b-street.csv", crime("b1"), crime("b2"))
    assert opened.load(as_of=FIRST).whole
    # The second delivery replaces one file of two: a2 is gone and a1 reclassified, b stands as it was.
    written(data / "a-street.csv", crime("a1", "Robbery"))
    found = {each.file: each for each in opened.load(as_of=SECOND).files}
    assert (found["a-street.csv"].changed, found["a-street.csv"].added) == (1, 0)
    assert sum(each.withdrawn for each in found.values()) == 1
    assert found["b-street.csv"].reason == "already_loaded"
    assert current(opened) == [("a1", "Robbery"), ("b1", "Burglary"), ("b2", "Burglary")]
    assert standing(opened, as_known_at=str(FIRST)).total.events == 4


def test_a_new_file_beside_all_the_old_ones_restates_the_part_alone(opened: Workspace) -> None:
    data = opened.folder.parent / "data"
    written(data / "street.csv", crime("a1"), crime("a2"))
    opened.load(as_of=FIRST)
    written(data / "street-v2.csv", crime("a1"), crime("a3"))
    found = {each.file: each for each in opened.load(as_of=SECOND).files}
    new = found["street-v2.csv"]
    assert (new.added, new.unchanged, new.withdrawn) == (1, 1, 1)
    assert current(opened) == [("a1", "Burglary"), ("a3", "Burglary")]


def test_a_month_that_is_not_restated_stands(opened: Workspace) -> None:
    data = opened.folder.parent / "data"
    written(data / "may-street.csv", crime("a1"))
    opened.load(as_of=FIRST)
    written(data / "june-street.csv", crime("j1").replace("2023-05", "2023-06"))
    (report,) = [each for each in opened.load(as_of=SECOND).files if each.file == "june-street.csv"]
    assert (report.added, report.withdrawn) == (1, 0)
    assert standing(opened, window="2m", to="2023-06").total.events == 2


def test_two_crimes_that_swap_nothing_but_an_id_are_other_crimes(opened: Workspace) -> None:
    data = opened.folder.parent / "data"
    written(data / "street.csv", crime("a1"))
    opened.load(as_of=FIRST)
    written(data / "street.csv", crime("A1 "))
    (report,) = opened.load(as_of=SECOND).files
    # Ids are compared trimmed and case-folded: the same crime, its row told differently or not at all.
    assert (report.added, report.withdrawn) == (0, 0)
