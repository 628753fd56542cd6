"""Real files read whole: 27 months of Northumbria in Parquet, one month as published, other forces."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from tests.ingest_sources import AS_OF, STREET_TYPES, ZONE, listed, street
from tests.shared import shared

from harmscape.ingest.read import ReadResult, read_table
from harmscape.ingest.recognise import match_source, tables_in
from harmscape.model.category import CategoryList
from harmscape.model.source import CategoryColumn, CoverColumn, Occurred, Source

FOLDER = "data/crime_northumbria"
OUTCOMES = street(
    id="outcomes",
    files=("**/*-outcomes.csv",),
    key=(),
    without_key={},
    category=CategoryColumn(list="kinds", column="Outcome type"),
    attributes={},
)
STOPS = street(
    id="stops",
    files=("**/*-stop-and-search.csv",),
    key=(),
    without_key={},
    reference=None,
    required=(),
    covers=(CoverColumn(column="Date", part="month"),),
    occurred=Occurred(column="Date"),
    category=CategoryColumn(list="kinds", column="Type"),
    label=None,
    attributes={"object": "Object of search"},
)
STOP_TYPES = listed("Person search", "Vehicle search", "Person and Vehicle search")


def load(path: Path, source: Source, kinds: CategoryList, out: Path) -> tuple[ReadResult, pa.Table]:
    (table,) = tables_in(path)
    result = read_table(table, source, kinds, as_of=AS_OF, timezone=ZONE, out=out)
    with pa.memory_map(str(result.events)) as file:
        return result, pa.ipc.open_file(file).read_all()


def months_and_kinds(path: Path, column: str) -> Counter[tuple[str, str]]:
    """An independent count: rows of the published file by month and kind."""
    rows = pq.read_table(path, columns=["Month", column])
    return Counter(zip(rows["Month"].to_pylist(), rows[column].to_pylist(), strict=True))


def counted(events: pa.Table, kinds: CategoryList) -> Counter[tuple[str, str]]:
    """Our events by month and kind."""
    titles = {each.id: each.title for each in kinds.categories}
    groups = events.group_by(["day", "category"]).aggregate([([], "count_all")]).to_pylist()
    return Counter({(f"{row['day']:%Y-%m}", titles[row["category"]]): row["count_all"] for row in groups})


def test_every_row_of_27_months_of_street_crime_is_read(tmp_path: Path) -> None:
    # PROVENANCE.md: 434,274 rows, 27 months, 574 of them without a place.
    path = shared(f"{FOLDER}/northumbria_street_2020-05_2022-08.parquet")
    result, events = load(path, street(), STREET_TYPES, tmp_path)
    assert (result.records, result.accepted, result.rejected) == (434_274, 434_274, 0)
    assert result.flags == {"no_location": 574}
    assert counted(events, STREET_TYPES) == months_and_kinds(path, "Crime type")
    assert len(pc.unique(events["day"])) == 27
    published = pq.read_table(path, columns=["Longitude", "Latitude", "Crime ID"])
    for theirs, ours in (("Longitude", "x"), ("Latitude", "y")):
        numbers = np.array([float(text or "nan") for text in published[theirs].to_pylist()])
        np.testing.assert_array_equal(events[ours].to_numpy(), numbers)
    assert events["key"].equals(published["Crime ID"].cast(pa.string()))


def test_every_row_of_27_months_of_outcomes_and_stops_is_read(tmp_path: Path) -> None:
    outcomes = shared(f"{FOLDER}/northumbria_outcomes_2020-05_2022-08.parquet")
    expected = months_and_kinds(outcomes, "Outcome type")
    kinds = listed(*sorted({kind for _, kind in expected}))
    result, events = load(outcomes, OUTCOMES, kinds, tmp_path)
    assert (result.accepted, result.rejected) == (193_646, 0)
    assert counted(events, kinds) == expected
    stops = shared(f"{FOLDER}/northumbria_stop_and_search_2020-05_2022-08.parquet")
    result, events = load(stops, STOPS, STOP_TYPES, tmp_path)
    assert (result.accepted, result.rejected, result.flags) == (10_031, 0, {})
    # The times state their offset from UTC, so the instant is what is written.
    theirs = [text[:19] for text in pq.read_table(stops, columns=["Date"])["Date"].to_pylist()]
    assert [each.isoformat() for each in events["occurred_from"].to_pylist()] == theirs


@pytest.mark.parametrize(
    ("name", "source", "kinds", "rows"),
    [("street", street(), STREET_TYPES, 16_522), ("stop-and-search", STOPS, STOP_TYPES, 316)],
)
def test_a_month_as_published_is_read_whole(
    name: str, source: Source, kinds: CategoryList, rows: int, tmp_path: Path
) -> None:
    path = shared(f"{FOLDER}/original/2022-05-northumbria-{name}.csv")
    result, events = load(path, source, kinds, tmp_path)
    assert (result.records, result.rejected) == (rows, 0)
    text = path.read_text().splitlines()
    assert events["raw"].to_pylist() == text[1:]
    assert events["line"].to_pylist() == list(range(2, rows + 2))
    with path.open(newline="") as file:
        kind = source.category.column
        assert kind is not None
        theirs = Counter(row[kind] for row in csv.DictReader(file))
    titles = {each.id: each.title for each in kinds.categories}
    assert Counter(titles[each] for each in events["category"].to_pylist()) == theirs


def test_the_files_of_a_month_are_told_apart_by_their_names_or_their_columns(tmp_path: Path) -> None:
    sources = [STOPS, OUTCOMES, street()]
    for name, source in (("street", sources[2]), ("outcomes", OUTCOMES), ("stop-and-search", STOPS)):
        path = shared(f"{FOLDER}/original/2022-05-northumbria-{name}.csv")
        assert match_source(tables_in(path)[0], sources) == source
        copy = tmp_path / f"{len(name)}.csv"
        copy.write_bytes(path.read_bytes())
        assert match_source(tables_in(copy)[0], sources) == source


def test_a_force_without_crime_ids_is_read_where_the_source_allows_it(tmp_path: Path) -> None:
    # British Transport Police publishes no Crime ID for any of its 24,669 rows.
    path = shared("data/crime_other_forces/btp_street_2018-10_2019-02.parquet")
    result, _ = load(path, street(), STREET_TYPES, tmp_path)
    assert result.reasons == {"missing_required": 24_669}
    allowed = {
        "Crime type": ("Anti-social behaviour",),
        "Reported by": ("British Transport Police",),
    }
    result, events = load(path, street(without_key=allowed), STREET_TYPES, tmp_path)
    assert (result.accepted, result.rejected) == (24_669, 0)
    assert events["day"].to_pylist()[0] == date(2018, 10, 1)
