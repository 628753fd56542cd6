"""Northumbria 2020-05 to 2022-08, the real open data: every figure against an independent count.

Source: data.police.uk and ONS boundaries (Open Government Licence v3.0); counts of the publisher's files
are those of their provenance note.
"""

from __future__ import annotations

import fcntl
import os
import random
import shutil
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests import twin
from tests.shared import shared

from harmscape.engine import Duck
from harmscape.model.receipt import Receipt
from harmscape.views.data_health import DataHealth
from harmscape.views.sector_overview import SectorOverview
from harmscape.workspace import Workspace, open_workspace
from harmscape.workspace.begin import begin
from harmscape.workspace.ledger import Ledger

pytestmark = pytest.mark.xdist_group("northumbria")

AS_OF = date(2022, 10, 1)
GEOGRAPHIES = {
    "lsoa": ("northumbria_lsoa11.parquet", "LSOA11CD", 916),
    "msoa": ("northumbria_msoa11.parquet", "MSOA11CD", 185),
    "ward": ("northumbria_ward25.parquet", "WD25CD", 180),
}
ROWS = {"street": 434_274, "outcomes": 193_646, "stop_and_search": 10_031}
WHOLE = {"window": "28m", "to": "2022-08"}

Places = Mapping[str, Mapping[tuple[float, float], str]]


def boundary(geography: str) -> Path:
    return shared(f"data/boundaries/{GEOGRAPHIES[geography][0]}")


def begun(folder: Path, data: Path) -> Workspace:
    """A police-uk workspace over LSOAs, with MSOAs and wards declared by hand and no grid."""
    begin(folder, "police-uk", data=data, areas=[boundary("lsoa")])
    for name in ("msoa", "ward"):
        _, code, _ = GEOGRAPHIES[name]
        (folder / "geographies" / f"{name}.yml").write_text(
            f"geography:\n  id: {name}\n  title: {name.upper()}\n  editions:\n"
            f"    - {{id: '1', file: '{boundary(name)}', code: {code}, name: {code[:-2]}NM}}\n",
            encoding="utf-8",
        )
    (folder / "geographies" / "grid_1km.yml").unlink()
    return open_workspace(folder)


@pytest.fixture(scope="session")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the workspace with all three files loaded, once for all workers of a test run."""
    source = shared("data/crime_northumbria")
    home = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        home = home.parent
    folder = home / "northumbria"
    with (home / "northumbria.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "ws" / "ledger" / "current").exists():
            (folder / "data").mkdir(parents=True)
            for path in source.glob("*.parquet"):
                (folder / "data" / path.name).symlink_to(path)
            workspace = begun(folder / "ws", folder / "data")
            workspace.load(as_of=AS_OF)
            workspace.close()
    return folder / "ws"


@pytest.fixture
def force(loaded: Path) -> Iterator[Workspace]:
    workspace = open_workspace(loaded)
    yield workspace
    workspace.close()


@pytest.fixture(scope="session")
def rows() -> dict[str, list[dict[str, str | None]]]:
    """The publisher's rows, read with pyarrow to plain dictionaries."""
    folder = shared("data/crime_northumbria")
    return {name: twin.read_rows(folder / f"northumbria_{name}_2020-05_2022-08.parquet") for name in ROWS}


@pytest.fixture(scope="session")
def places(rows: dict[str, list[dict[str, str | None]]]) -> Places:
    """The area of every distinct point in each geography, by brute force."""
    points = {point for each in rows.values() for row in each if (point := twin.point_of(row))}
    return {name: twin.place_all(points, boundary(name), code) for name, (_, code, _) in GEOGRAPHIES.items()}


@pytest.fixture(scope="session")
def street(rows: dict[str, list[dict[str, str | None]]], places: Places) -> list[twin.Event]:
    return twin.street_events(rows["street"], places)


def rank(workspace: Workspace, **words: object) -> SectorOverview:
    found = workspace.rank(**words)
    assert isinstance(found, SectorOverview)
    return found


def health(workspace: Workspace) -> DataHealth:
    found = workspace.ask("health")
    assert isinstance(found, DataHealth)
    return found


def by_area(standing: SectorOverview) -> dict[str, tuple[int, Decimal]]:
    """Events and harm of every area that has any, with UNPLACED."""
    found = {area.area_id: (area.events, area.harm) for area in standing.areas if area.events}
    return found | {twin.UNPLACED: (standing.unplaced.events, standing.unplaced.harm)}


def expected(
    events: list[twin.Event], workspace: Workspace, by: str, starts: date, ends: date
) -> dict[str, tuple[int, Decimal]]:
    """All crime under the derived 2022 weights, from the twin."""
    weights = twin.flat_weights(workspace.folder / "schemes" / "css_derived_2022.yml")
    crimes = [each for each in twin.within(events, starts, ends) if each.category != "anti_social_behaviour"]
    scored = twin.score(crimes, by, lambda event: weights[event.category])
    return {area: (own.events, own.harm) for area, own in scored.items()}


def test_every_row_is_held_and_counted_in_its_month(
    force: Workspace, rows: dict[str, list[dict[str, str | None]]]
) -> None:
    for source in health(force).sources:
        held = rows[source.id]
        assert len(held) == ROWS[source.id]
        assert (source.files, source.rows, source.rejected) == (1, len(held), 0)
        counted = {month.month: month.rows for month in source.months if not month.gap}
        # Each row names its publisher's file, and that its month: stops near midnight by local time.
        assert counted == dict(Counter(str(row["source_file"])[:7] for row in held))


def test_every_distinct_point_lies_where_brute_force_puts_it(force: Workspace, places: Places) -> None:
    manifest = force.ledger.current()
    for geography, codes in places.items():
        seen: dict[tuple[float, float], set[str]] = defaultdict(set)
        for x, y, code in placed_points(force.ledger, manifest, geography):
            seen[x, y].add(code)
        assert seen.keys() == codes.keys()
        assert all(own == {codes[point]} for point, own in seen.items())


def placed_points(ledger: Ledger, manifest: Any, geography: str) -> Iterator[tuple[float, float, str]]:
    """Distinct (x, y, area code) of the ledger's events, from its Parquet files alone."""
    (areas,) = manifest.of("area", geography=geography)
    table = pq.read_table(ledger.folder / areas.path, columns=["area_no", "code"])
    codes = dict(zip(*table.to_pydict().values(), strict=True)) | {0: twin.UNPLACED}
    for segment in manifest.of("event_area", geography=geography):
        placed = pq.read_table(ledger.folder / segment.path, columns=["event_id", "area_no"])
        events = pq.read_table(ledger.folder / segment.of["events"], columns=["event_id", "x", "y"])
        joined = events.join(placed, "event_id", join_type="inner")
        assert joined.num_rows == events.num_rows
        distinct = joined.group_by(["x", "y", "area_no"]).aggregate([]).to_pylist()
        yield from ((e["x"], e["y"], codes[e["area_no"]]) for e in distinct if e["x"] is not None)


@pytest.mark.parametrize("by", GEOGRAPHIES)
def test_harm_of_every_area_equals_the_plain_twin_to_the_digit(
    force: Workspace, street: list[twin.Event], by: str
) -> None:
    standing = rank(force, by=by, **WHOLE)
    assert len(standing.areas) == GEOGRAPHIES[by][2]
    wanted = expected(street, force, by, date(2020, 5, 1), date(2022, 9, 1))
    assert by_area(standing) == wanted
    # Harm is conserved from events to areas and UNPLACED.
    crimes = sum(event.category != "anti_social_behaviour" for event in street)
    assert standing.total.events == crimes
    assert standing.total.harm == sum((harm for _, harm in wanted.values()), Decimal(0))


@pytest.mark.parametrize(
    ("words", "starts", "ends"),
    [
        ({}, date(2021, 9, 1), date(2022, 9, 1)),
        ({"window": "3m", "to": "2021-12"}, date(2021, 10, 1), date(2022, 1, 1)),
        ({"window": "61d", "to": "2020-07-15"}, date(2020, 5, 16), date(2020, 7, 16)),
    ],
    ids=["the default window ends with the data", "a range of months", "a window that cuts two months"],
)
def test_a_window_holds_its_months_alone(
    force: Workspace, street: list[twin.Event], words: dict[str, str], starts: date, ends: date
) -> None:
    standing = rank(force, by="lsoa", **words)
    assert standing.selection["to"] == str(date.fromordinal(ends.toordinal() - 1))
    assert by_area(standing) == expected(street, force, "lsoa", starts, ends)


def test_all_incidents_at_one_point_each_is_the_count(force: Workspace, street: list[twin.Event]) -> None:
    standing = rank(force, by="msoa", measure="all_incidents", **WHOLE)
    counts = Counter(event.area.get("msoa", twin.UNPLACED) for event in street)
    assert by_area(standing) == {area: (events, Decimal(events)) for area, events in counts.items()}


def test_labels_and_points_agree_in_96_of_100_rows(
    force: Workspace, rows: dict[str, list[dict[str, str | None]]], places: Places
) -> None:
    known = set(pq.read_table(boundary("lsoa"), columns=["LSOA11CD"]).column(0).to_pylist())
    both = agree = 0
    for name in ("street", "outcomes"):
        for row in rows[name]:
            point = twin.point_of(row)
            # A few hundred rows name an LSOA of another force, which the boundary file does not hold.
            if point and row["LSOA code"] in known:
                both += 1
                agree += row["LSOA code"] == places["lsoa"][point]
    said = health(force).disagreement
    assert said is not None
    assert (said.both, said.agree, said.differ) == (both, agree, both - agree)
    # Measured here: 601,366 of 626,988. The provenance note has 95.97 % of street rows, of 33 months.
    assert said.share == pytest.approx(1 - 0.9591, abs=0.0001)


def test_the_missing_month_is_a_gap_and_never_a_zero(force: Workspace) -> None:
    standing = rank(force, by="ward")
    gap = next(month for month in standing.trend if month.month == "2022-01")
    assert (gap.gap, gap.events, gap.harm) == (True, None, None)
    assert [month.month for month in standing.trend if month.gap] == ["2022-01"]
    assert [month.month for month in standing.trend][:1] == ["2020-05"]
    assert "January 2022 is missing from Street crime" in " ".join(standing.warnings)
    assert "Missing months: January 2022." in standing.coverage
    for source in health(force).sources:
        assert [(month.month, month.rows) for month in source.months if month.gap] == [("2022-01", None)]
    before = rank(force, by="ward", window="12m", to="2021-12")
    assert not any("missing" in warning for warning in before.warnings)


def test_exact_repeats_of_antisocial_behaviour_all_stay(
    force: Workspace, rows: dict[str, list[dict[str, str | None]]]
) -> None:
    keyless = [row for row in rows["street"] if row["Crime ID"] is None]
    assert {row["Crime type"] for row in keyless} == {"Anti-social behaviour"}
    copies = Counter(tuple(sorted((k, v or "") for k, v in row.items())) for row in keyless)
    repeated = sum(count - 1 for count in copies.values())
    street_health = next(source for source in health(force).sources if source.id == "street")
    flags = {flag.reason: flag.rows for flag in street_health.flags}
    # The provenance note counts 50,849 exact repeats in these files, and 574 rows without a place.
    assert flags == {"possible_duplicate": repeated, "no_location": 574}
    assert repeated == 50_849
    counted = rank(force, by="lsoa", measure="all_incidents", where="category=anti_social_behaviour", **WHOLE)
    assert counted.total.events == len(keyless)


def test_the_figures_are_asked_as_they_were_known(force: Workspace) -> None:
    now = rank(force, by="ward", **WHOLE)
    assert by_area(rank(force, by="ward", as_known_at=str(AS_OF), **WHOLE)) == by_area(now)
    before = rank(force, by="ward", as_known_at="2022-09-30", **WHOLE)
    assert before.total.events == 0
    assert before.total.harm == 0


def test_a_receipt_gives_the_result_again(force: Workspace) -> None:
    standing = rank(force, by="msoa", window="6m", to="2021-06")
    assert standing.receipt is not None
    again = force.reproduce(Receipt.model_validate_json(standing.receipt.model_dump_json()))
    assert again.to_dict() == standing.to_dict()


def test_loading_everything_again_adds_nothing_and_says_so(force: Workspace) -> None:
    before = force.ledger.current()
    report = force.load(as_of=date(2023, 1, 1))
    assert report.snapshot == before.snapshot
    assert {each.reason for each in report.files} == {"already_loaded"}
    assert {each.source: each.unchanged for each in report.files} == ROWS
    assert all(each.added == each.changed == each.withdrawn == 0 for each in report.files)
    assert all("nothing was added" in str(each.message) for each in report.files)


@pytest.mark.parametrize("threads", [1, 2])
def test_the_number_of_threads_changes_no_figure(
    loaded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, threads: int
) -> None:
    before = open_workspace(loaded)
    wanted = rank(before, by="lsoa", **WHOLE).to_dict()
    before.close()
    shutil.copytree(
        loaded, tmp_path / "ws", copy_function=os.link, ignore=shutil.ignore_patterns("cache", "audit*")
    )
    started = Duck.__init__

    def limited(self: Duck, *values: Any, **options: Any) -> None:
        started(self, *values, **(options | {"threads": threads}))

    monkeypatch.setattr(Duck, "__init__", limited)
    workspace = open_workspace(tmp_path / "ws")
    found = rank(workspace, by="lsoa", **WHOLE).to_dict()
    workspace.close()
    assert found == wanted


# One month in the publisher's own CSV form, in every shape that a person may bring it.


def may(name: str) -> Path:
    return shared(f"data/crime_northumbria/original/2022-05-northumbria-{name}.csv")


def month_loaded(folder: Path, data: Path) -> Workspace:
    """A workspace over LSOAs alone, loaded with what lies in the data folder."""
    begin(folder, "police-uk", data=data, areas=[boundary("lsoa")])
    (folder / "geographies" / "grid_1km.yml").unlink()
    workspace = open_workspace(folder)
    report = workspace.load(as_of=date(2022, 7, 1))
    assert report.whole
    return workspace


@pytest.fixture(scope="session")
def month(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One month of street rows, loaded from the original CSV."""
    home = tmp_path_factory.mktemp("month")
    (home / "data").mkdir()
    shutil.copy(may("street"), home / "data")
    month_loaded(home / "ws", home / "data").close()
    return home / "ws"


def test_a_month_of_csv_equals_the_twin(month: Path) -> None:
    held = twin.read_rows(may("street"))
    assert len(held) == 16_522
    points = {point for row in held if (point := twin.point_of(row))}
    events = twin.street_events(held, {"lsoa": twin.place_all(points, boundary("lsoa"), "LSOA11CD")})
    workspace = open_workspace(month)
    found = by_area(rank(workspace, by="lsoa", window="1m", to="2022-05"))
    wanted = expected(events, workspace, "lsoa", date(2022, 5, 1), date(2022, 6, 1))
    workspace.close()
    assert found == wanted


def test_the_same_file_renamed_gzipped_or_zipped_adds_nothing(month: Path, tmp_path: Path) -> None:
    import gzip

    content = may("street").read_bytes()
    (tmp_path / "street-renamed.csv").write_bytes(content)
    (tmp_path / "my-street.csv.gz").write_bytes(gzip.compress(content, 1))
    with zipfile.ZipFile(tmp_path / "street.zip", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("2022-05/2022-05-northumbria-street.csv", content)
    workspace = open_workspace(month)
    before = workspace.ledger.current().snapshot
    for path in sorted(tmp_path.iterdir()):
        report = workspace.load([path], as_of=date(2022, 8, 1))
        (each,) = report.files
        assert (each.action, each.reason, each.unchanged, each.added) == (
            "accept",
            "already_loaded",
            16_522,
            0,
        )
        assert report.snapshot == before
    workspace.close()


def _halves(lines: list[bytes], data: Path) -> None:
    head, *body = lines
    (data / "a-street.csv").write_bytes(b"".join([head, *body[:7_000]]))
    (data / "b-street.csv").write_bytes(b"".join([head, *body[7_000:]]))


def _shuffled(lines: list[bytes], data: Path) -> None:
    head, *body = lines
    random.Random(20220501).shuffle(body)
    (data / "street.csv").write_bytes(b"".join([head, *body]))


def _parquet(lines: list[bytes], data: Path) -> None:
    del lines
    held = twin.read_rows(may("street"))
    pq.write_table(pa.Table.from_pylist(held), data / "street.parquet")


@pytest.mark.parametrize("shape", [_halves, _shuffled, _parquet])
def test_the_shape_of_a_delivery_changes_no_figure(month: Path, tmp_path: Path, shape: Any) -> None:
    (tmp_path / "data").mkdir()
    shape(may("street").read_bytes().splitlines(keepends=True), tmp_path / "data")
    workspace = month_loaded(tmp_path / "ws", tmp_path / "data")
    first = open_workspace(month)
    words = {"by": "lsoa", "window": "1m", "to": "2022-05"}
    found, wanted = (rank(each, **words).to_dict() for each in (workspace, first))
    workspace.close()
    first.close()
    for told in (found, wanted):
        told.pop("receipt")
    assert found == wanted
