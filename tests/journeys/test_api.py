"""The answers over HTTP: the same as Python's, plain about what cannot be asked, and nothing but loopback."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from urllib.parse import quote

import pytest
import shapely
from click.testing import CliRunner
from fastapi.testclient import TestClient

from harmscape.publish.api import make_app
from harmscape.publish.cli.main import cli
from harmscape.workspace import Workspace

AREA_KEYS = {
    "area_id", "name", "events", "harm", "harm_lo", "harm_hi", "shrunk", "rate", "rank", "rank_lo", "rank_hi",
    "p_top_k", "tier", "volume_rank",
}  # fmt: skip


@pytest.fixture
def client(demo: Workspace) -> Iterator[TestClient]:
    with TestClient(make_app(demo)) as made:
        yield made


def test_rank_over_http_is_the_answer_of_python(client: TestClient, demo: Workspace) -> None:
    body = client.get("/api/rank", params={"by": "sector", "window": "12m", "to": "2026-10"}).json()
    assert body == json.loads(demo.rank(by="sector", window="12m", to="2026-10").to_json())
    assert len(body["areas"]) == 40
    assert set(body["areas"][0]) >= AREA_KEYS
    assert set(body) >= {"areas", "unplaced", "warnings", "receipt"}
    assert set(body["unplaced"]) == {"events", "harm"}


def test_the_rows_behind_an_area_sum_to_it(client: TestClient) -> None:
    standing = client.get("/api/rank?by=sector").json()
    top = standing["areas"][0]
    rows = client.get("/api/rows", params={"by": "sector", "areas": top["area_id"], "limit": "1000"}).json()
    harm = [column["id"] for column in rows["columns"]].index("harm")
    assert rows["total"] == {"events": top["events"], "harm": top["harm"]}
    assert len(rows["rows"]) == min(top["events"], 1000)
    assert sum(row[harm] or 0 for row in rows["rows"]) == pytest.approx(top["harm"], abs=1e-6)


def test_the_categories_of_a_place_sum_to_the_parts_of_its_standing(client: TestClient) -> None:
    asked = "by=sector&area=S12&window=12m"
    place = json.loads(client.get(f"/api/place?{asked}").text, parse_float=Decimal)
    parts = {each["id"]: Decimal(each["harm"]) for each in place["standing"]["parts"]}
    by_branch = dict.fromkeys(parts, Decimal(0))
    for each in place["parts"]:
        if each["harm"]:
            by_branch[each["branch"]] += Decimal(each["harm"])
    assert by_branch == parts
    # Where the parts are measures, a category may belong to several, and no branch is told.
    summed = client.get(f"/api/place?{asked}&measure=soc_primary").json()["parts"]
    assert {each["branch"] for each in summed} == {None}


def test_parts_and_unplaced_sum_to_the_total(client: TestClient) -> None:
    body = client.get("/api/rank?by=sector").json()
    for area in body["areas"]:
        assert sum(part["harm"] for part in area["parts"]) == pytest.approx(area["harm"], abs=1e-6)
    placed = sum(area["harm"] for area in body["areas"])
    assert placed + body["unplaced"]["harm"] == pytest.approx(body["total"]["harm"], abs=1e-6)
    assert (
        sum(area["events"] for area in body["areas"]) + body["unplaced"]["events"] == body["total"]["events"]
    )


@pytest.mark.parametrize("view", ["rank", "health", "weights", "stability", "workspace", "rows"])
def test_every_view_answers_without_a_word(client: TestClient, view: str) -> None:
    answer = client.get(f"/api/{view}")
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "private, no-store"
    assert "default-src 'self'" in answer.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("query", "cause"),
    [
        ("by=sectr", "nothing to rank is called 'sectr'; did you mean 'sector'?"),
        ("measure=all_crimes", "no measure 'all_crimes'; did you mean 'all_crime'?"),
        ("window=12", "expected a window such as 12m, 28d or 3y, got '12'"),
        ("to=2026-13", "there is no such day or month as '2026-13'"),
        ("to=yesterday", "expected a day (2026-10-31) or a month (2026-10), got 'yesterday'"),
        ("against=2026-05-01..2026-01-01", "--against must start before it ends"),
        ("where=colour=red", "--where knows no field 'colour'"),
        ("nonsense=1", "no such word in a question to rank: 'nonsense'"),
        ("k=0", "k must be a whole number of at least 1"),
        ("points=92D=lots", "expected --points category=points"),
    ],
)
def test_a_question_that_cannot_be_asked_is_answered_plainly(
    client: TestClient, query: str, cause: str
) -> None:
    answer = client.get(f"/api/rank?{query}")
    assert answer.status_code == 422
    assert answer.json()["error"].startswith(cause)


def test_a_question_of_ten_thousand_characters_is_too_long(client: TestClient) -> None:
    assert client.get(f"/api/rank?by={'x' * 10_000}").status_code == 414


def test_an_area_is_found_on_the_map_and_in_its_profile(client: TestClient) -> None:
    shapes = client.get("/api/areas?by=sector").json()
    assert {feature["properties"]["area_id"] for feature in shapes["features"]} == {
        f"S{n:02d}" for n in range(1, 41)
    }
    assert shapes["outline"]["type"] in {"Polygon", "MultiPolygon"}
    profile = client.get("/api/place?by=sector&area=S12").json()
    assert profile["area"]["name"] == "Staithe Quay"
    assert [parent["geography"] for parent in profile["area"]["parents"]] == ["force", "command"]
    below = sum(area["harm"] for area in profile["below"]["areas"])
    assert below == pytest.approx(profile["standing"]["harm"], abs=1e-6)


def test_a_small_map_gets_the_areas_about_those_it_names_and_no_others(client: TestClient) -> None:
    whole = {each["id"]: each for each in client.get("/api/areas?by=small_area").json()["features"]}
    code = min(whole)
    told = client.get(f"/api/areas?by=small_area&near={code}").json()
    found = {each["id"]: each for each in told["features"]}
    assert found[code] == whole[code]
    assert 1 < len(found) < len(whole) / 4
    west, south, east, north = told["frame"]
    lons, lats = zip(*shapely.get_coordinates(shapely.from_geojson(json.dumps(whole[code]))), strict=True)
    assert west < min(lons) < max(lons) < east
    assert south < min(lats) < max(lats) < north
    # Named by its name it is the same area; two of them are framed together.
    name = quote(whole[code]["properties"]["name"])
    assert client.get(f"/api/areas?by=small_area&near={name}").json() == told
    both = client.get(f"/api/areas?by=small_area&near={code},{max(whole)}").json()
    assert {code, max(whole)} <= {each["id"] for each in both["features"]}
    assert both["frame"][2] - both["frame"][0] > east - west
    answer = client.get("/api/areas?by=small_area&near=Nowhere")
    assert answer.status_code == 422
    assert answer.json()["error"] == "no small area has the code or name 'Nowhere'"


def test_trial_points_move_only_their_category(client: TestClient) -> None:
    before = client.get("/api/weights").json()
    after = client.get("/api/weights?points=46=100").json()
    held = {row["category"]: row for row in before["weights"]}
    for row in after["weights"]:
        if row["category"] == "46":
            assert row["status"] == "trial"
            assert row["harm"] == 100 * row["events"]
        else:
            assert row["harm"] == held[row["category"]]["harm"]


def test_an_export_runs_no_formula_and_keeps_numbers(demo: Workspace, demo_folder: Path) -> None:
    done = CliRunner().invoke(cli, ["rank", "-w", str(demo_folder), "--format", "csv"])
    head, first = done.stdout.splitlines()[:2]
    assert head.startswith("area_id,name,events,harm,")
    assert first.split(",")[2].isdigit()


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.4", "::", "example.org"])
def test_serving_beyond_loopback_is_refused_with_the_reason(demo_folder: Path, host: str) -> None:
    done = CliRunner().invoke(cli, ["serve", "-w", str(demo_folder), "--host", host])
    assert done.exit_code == 1
    assert "there is no sign-in yet" in done.output


def test_every_answer_leaves_its_audit_row(client: TestClient, demo: Workspace) -> None:
    before = demo.verify().rows
    client.get("/api/rank?by=sector")
    client.get("/api/areas?by=sector")
    verdict = demo.verify()
    assert verdict.rows == before + 2
    assert verdict.first_bad is None


def test_cancelled_crimes_do_not_count_and_stay_on_record(demo: Workspace) -> None:
    everything = demo.rank(by="force").total.events  # type: ignore[attr-defined]
    cancelled = demo.rank(by="force", where=["status=Cancelled"]).total.events  # type: ignore[attr-defined]
    kept = demo.ask("health").sources[0].rows  # type: ignore[attr-defined]
    assert cancelled == 0
    assert 0 < everything < kept


def test_rows_with_rare_events_set_apart_sum_to_the_standing_without_them(client: TestClient) -> None:
    whole = client.get("/api/rank?by=sector").json()
    standing = client.get("/api/rank?by=sector&apart=yes").json()
    rows = client.get("/api/rows?by=sector&apart=yes&limit=1").json()
    assert standing["rare"]["events"] > 0
    assert rows["total"] == standing["total"]
    assert whole["total"]["events"] - standing["total"]["events"] == standing["rare"]["events"]
    assert whole["total"]["harm"] - standing["total"]["harm"] == pytest.approx(standing["rare"]["harm"])


def test_the_period_before_changes_no_figure_of_the_period_shown(client: TestClient) -> None:
    alone = client.get("/api/rank?by=sector").json()["areas"]
    beside = client.get("/api/rank?by=sector&against=prev").json()["areas"]
    assert [area | {"before": None} for area in beside] == alone
    assert all(area["before"]["events"] > 0 for area in beside)


def test_a_rate_by_size_is_harm_for_each_square_kilometre(client: TestClient) -> None:
    body = client.get("/api/rank?by=sector&per=area_km2").json()
    assert body["descriptor"].startswith("Harm rate per km²")
    for area in body["areas"]:
        assert area["rate_base"] == 1
        assert area["rate"] * area["base"] == pytest.approx(area["harm"])
    rates = [area["rate"] for area in body["areas"]]
    assert rates == sorted(rates, reverse=True)
    answer = client.get("/api/rank?by=sector&per=residentes")
    assert answer.json()["error"].startswith("Sector has no figure 'residentes'; did you mean 'residents'?")


def test_a_window_without_events_claims_no_standing(client: TestClient) -> None:
    body = client.get("/api/rank?by=sector&to=2019-01").json()
    assert body["sentence"]["sure"] == "No events are known in this window."
    assert body["total"] == {"events": 0, "harm": 0}
    assert body["warnings"][0].startswith("The data begin in November 2021")


def test_a_wrong_address_shows_a_person_the_page_and_a_program_a_plain_answer(client: TestClient) -> None:
    person = client.get("/nowhere", headers={"accept": "text/html,application/xhtml+xml"})
    assert (person.status_code, person.headers["content-type"]) == (404, "text/html; charset=utf-8")
    program = client.get("/api/nowhere", headers={"accept": "application/json"})
    assert program.status_code == 404
    assert program.json()["error"]


def test_a_source_without_places_lacks_none(client: TestClient) -> None:
    sources = {each["id"]: each for each in client.get("/api/health").json()["sources"]}
    # Links say who was in which crime; their rows have no place of their own.
    assert sources["crime_nominals"]["unplaced"] == 0
    assert sources["crimes"]["unplaced"] > 0


def test_the_workspace_names_only_kinds_that_its_sources_link(client: TestClient) -> None:
    subjects = [each["id"] for each in client.get("/api/workspace").json()["subjects"]]
    assert subjects == ["person", "group", "category"]
