"""Exports over HTTP and the command line: all of it, with the sums of the view; links that pin a snapshot."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import openpyxl
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from fastapi.testclient import TestClient

from harmscape.publish.api import make_app
from harmscape.publish.cli.main import cli
from harmscape.workspace import Workspace


@pytest.fixture
def client(demo: Workspace) -> Iterator[TestClient]:
    with TestClient(make_app(demo), base_url="http://127.0.0.1:8000") as made:
        yield made


def test_every_row_of_a_selection_is_exported_with_the_sums_of_the_view(
    client: TestClient, demo: Workspace
) -> None:
    shown = client.get("/api/rows?by=sector&limit=1").json()["total"]
    assert shown["events"] > 1000  # more than a page holds
    before = demo.verify().rows
    answer = client.get("/api/export/rows.csv?by=sector")
    assert answer.headers["content-type"].startswith("text/csv")
    assert "-rows.csv" in answer.headers["content-disposition"]
    lines = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    head = {line[0]: line[1] for line in lines if line[0].startswith("# ")}
    rows = lines[len(head) + 1 :]
    harm = lines[len(head)].index("harm")
    assert len(rows) == int(head["# Events"]) == int(head["# Rows"]) == shown["events"]
    assert sum(Decimal(row[harm] or 0) for row in rows) == Decimal(head["# Harm"])
    assert float(head["# Harm"]) == shown["harm"]
    assert head["# Marking"] == demo.domain.settings.marking
    assert head["# Snapshot"] == demo.snapshot().context.snapshot
    # One consultation at the gate, one disclosure before the file leaves.
    assert demo.verify().rows == before + 2


def test_a_standing_is_exported_in_every_form(client: TestClient, tmp_path: Path) -> None:
    shown = client.get("/api/rank?by=sector").json()
    for form in ("csv", "xlsx", "parquet", "geojson"):
        (tmp_path / f"x.{form}").write_bytes(client.get(f"/api/export/rank.{form}?by=sector").content)
    book = openpyxl.load_workbook(tmp_path / "x.xlsx")
    about = {row[0].value: row[1].value for row in book["About"].iter_rows()}
    assert book["Rows"].max_row == 41
    assert float(about["Harm"]) == shown["total"]["harm"]
    assert pq.read_table(tmp_path / "x.parquet").column("harm").to_pylist() == [
        area["harm"] for area in shown["areas"]
    ]
    held = json.loads((tmp_path / "x.geojson").read_text(encoding="utf-8"))
    assert {each["properties"]["area_id"] for each in held["features"]} == {f"S{n:02d}" for n in range(1, 41)}
    assert all(each["geometry"]["type"] in ("Polygon", "MultiPolygon") for each in held["features"])


def test_rows_as_geojson_stand_where_they_happened(client: TestClient) -> None:
    held = client.get("/api/export/rows.geojson?by=sector&areas=S12&window=1m").json()
    assert len(held["features"]) == int(held["about"]["Rows"]) > 0
    placed = [each["geometry"]["coordinates"] for each in held["features"] if each["geometry"]]
    assert all(-9 < lon < 3 and 49 < lat < 61 for lon, lat in placed)


@pytest.mark.parametrize(
    ("path", "cause"),
    [
        ("rank.xls", "nothing is exported as 'xls'; did you mean 'xlsx'?"),
        ("rnk.csv", "no view 'rnk'; did you mean 'rank'?"),
        ("rank.csv?by=sectr", "nothing to rank is called 'sectr'; did you mean 'sector'?"),
        ("health.geojson", "geojson needs places"),
        ("rows.csv?search=" + "x" * 101, "a search takes up to 100 characters, and this has 101"),
    ],
)
def test_an_export_that_cannot_be_is_answered_plainly(client: TestClient, path: str, cause: str) -> None:
    answer = client.get(f"/api/export/{path}")
    assert answer.status_code == 422
    assert answer.json()["error"].startswith(cause)


@pytest.mark.parametrize(
    ("view", "told"), [("services", "services"), ("surface", "cells"), ("marks", "marks")]
)
def test_what_lies_at_points_comes_as_points(client: TestClient, view: str, told: str) -> None:
    asked = "by=sector&window=12m"
    shown = client.get(f"/api/{view}?{asked}").json()[told]
    held = client.get(f"/api/export/{view}.geojson?{asked}").json()
    assert len(shown) > 0
    assert held["about"]["Rows"] == str(len(shown))
    assert [each["geometry"]["coordinates"] for each in held["features"]] == [
        [round(each["lon"], 6), round(each["lat"], 6)] for each in shown
    ]


def test_the_command_line_writes_workbooks_and_geojson(demo_folder: Path, tmp_path: Path) -> None:
    place, out = ["-w", str(demo_folder)], tmp_path / "deep" / "rows.xlsx"
    done = CliRunner().invoke(cli, ["rows", *place, "--areas", "S12", "--format", "xlsx", "--out", str(out)])
    assert done.exit_code == 0, done.output
    assert openpyxl.load_workbook(out)["Rows"].max_row > 26  # more than the 25 rows of a page
    for words, cause in (
        (["rank", *place, "--format", "geojson"], "--format geojson needs --out"),
        (["health", *place, "--format", "xlsx", "--out", str(out)], "--format xlsx is for rank and rows"),
    ):
        failed = CliRunner().invoke(cli, words)
        assert failed.exit_code == 1
        assert cause in failed.output


def test_a_search_finds_rows_by_any_of_their_texts(client: TestClient) -> None:
    first = client.get("/api/rows?by=sector&limit=1").json()
    row = dict(zip([c["id"] for c in first["columns"]], first["rows"][0], strict=True))
    found = client.get("/api/rows", params={"by": "sector", "search": row["reference"].lower()}).json()
    assert found["total"]["events"] == len(found["rows"]) >= 1
    index = [c["id"] for c in found["columns"]].index("reference")
    assert all(row["reference"] in line[index] for line in found["rows"])
    assert client.get("/api/rows?search=zzzzzzzz").json()["total"] == {"events": 0, "harm": 0}
    for letters in (101, 10_000):
        answer = client.get("/api/rows", params={"search": "x" * letters})
        assert answer.status_code == 422
        assert answer.json()["error"] == f"a search takes up to 100 characters, and this has {letters:,}"


def test_a_link_pins_its_snapshot_and_a_gone_one_is_told(client: TestClient, demo: Workspace) -> None:
    newest = demo.snapshot().context.snapshot
    assert client.get(f"/api/rank?snapshot={newest}").json() == client.get("/api/rank").json()
    assert client.get(f"/api/areas?by=sector&snapshot={newest}").status_code == 200
    answer = client.get("/api/rank?snapshot=000000-deadbeef")
    assert answer.status_code == 422
    assert answer.json()["error"].startswith("snapshot '000000-deadbeef' is not kept here")
    assert newest in answer.json()["error"]


@pytest.mark.parametrize(
    ("query", "cause"),
    [
        ("rank?to=2199-01", None),
        ("rows?areas=S99", "no sector has the code 'S99'; did you mean"),
        ("place?area=S99", "no sector has the code or name 'S99'"),
        ("rank?mesure=drugs", "no such word in a question to rank: 'mesure'; did you mean 'measure'?"),
        ("rank?against=2026-05-01..2026-01-01", "--against must start before it ends"),
        ("choices?fields=wekday", "there is no field 'wekday' to choose by; did you mean 'weekday'?"),
        ("recent?as_known_at=2026-01-01", "the last days are told as they are known now"),
    ],
)
def test_an_old_or_mistaken_link_is_answered_plainly(
    client: TestClient, query: str, cause: str | None
) -> None:
    answer = client.get(f"/api/{query}")
    assert answer.status_code == (422 if cause else 200)
    if cause:
        assert answer.json()["error"].startswith(cause)


def test_the_measures_of_a_sum_can_be_chosen_among(client: TestClient) -> None:
    (field,) = client.get("/api/choices?measure=soc_primary&fields=measure").json()["fields"]
    for choice in field["values"]:
        if choice["events"]:
            rows = client.get("/api/rows", params={"measure": choice["value"], "limit": 1}).json()
            assert choice["state"] == "possible"
            assert rows["total"]["events"] >= choice["events"]
    flows = [c for c in field["values"] if c["value"] in ("drugs_supply_offences", "cannabis_farms")]
    assert all(choice["events"] > 0 for choice in flows)
    part = client.get("/api/choices?measure=cannabis_farms&fields=measure").json()["fields"][0]["values"]
    states = {choice["value"]: choice["state"] for choice in part}
    assert states["cannabis_farms"] == "selected"
    assert states["drugs_supply_offences"] == "alternative"


def test_the_last_days_stand_beside_the_year_before(client: TestClient) -> None:
    body = client.get("/api/recent?measure=all_crime").json()
    whole, *parts = body["measures"]
    rows = client.get("/api/rows?measure=all_crime&window=28d&to=2026-10-31&limit=1").json()
    assert body["data_to"] == "2026-10-31"
    assert whole["windows"][1]["events"] == rows["total"]["events"]
    assert sum(part["windows"][1]["events"] for part in parts) == rows["total"]["events"]
    year = client.get("/api/rows?measure=all_crime&window=364d&to=2026-10-03&limit=1").json()
    # 364 days are 52 weeks, thirteen times 28 days.
    assert whole["windows"][1]["expected"] == pytest.approx(year["total"]["events"] / 13, abs=0.01)


@pytest.mark.parametrize(("view", "first"), [("choices", "category"), ("recent", "all_crime")])
def test_what_is_nested_on_screen_is_a_line_each_in_a_file(client: TestClient, view: str, first: str) -> None:
    text = client.get(f"/api/export/{view}.csv?measure=all_crime").content.decode("utf-8-sig")
    lines = [line for line in csv.reader(io.StringIO(text)) if not line[0].startswith("# ")]
    body = client.get(f"/api/{view}?measure=all_crime").json()
    nested = body["fields"] if view == "choices" else body["measures"]
    inner = "values" if view == "choices" else "windows"
    assert len(lines) - 1 == sum(len(each[inner]) for each in nested)
    assert lines[1][0] == first
