"""A new user at the command line: begin, load, ask, reproduce, make mistakes, and read every line."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import shutil
import zipfile
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest
from tests.cli import Said, program, run
from tests.shared import shared

from harmscape.publish.cli.main import cli

WIDE = 140
SOME = 2_000
MONTH = "data/crime_northumbria/original"
LSOA = "data/boundaries/original/lsoa11_E08000021.geojson"
RANK_KEYS = ["area_id", "name", "events", "harm", "harm_lo", "harm_hi", "shrunk", "rate", "rank", "rank_lo",
             "rank_hi", "p_top_k", "tier", "volume_rank"]  # fmt: skip
JARGON = re.compile(r"Traceback|pydantic|duckdb|validation error|Exception|NoneType|\bnull\b", re.IGNORECASE)


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Said, Said]:
    """One original month with the LSOAs of Newcastle: the workspace, and what `init` and `load` said."""
    data, areas = shared(MONTH), shared(LSOA)
    folder = tmp_path_factory.mktemp("user") / "ws"
    said = run("init", folder, "--template", "police-uk", "--data", data, "--areas", areas)
    return folder, said, run("load", "-w", folder)


@pytest.fixture(scope="module")
def ws(begun: tuple[Path, Said, Said]) -> Path:
    return begun[0]


def assert_plain(said: Said, status: int = 0) -> None:
    """No line is too wide for a table, none speaks the language of a library."""
    assert said.status == status, said.err
    assert JARGON.search(said.out + said.err) is None
    heads = [line for line in said.out.splitlines() if re.match(r"(Place|Date|File|Source|Category)  ", line)]
    assert all(len(line.rstrip()) <= WIDE for line in heads)


def test_help_names_every_command_with_a_whole_sentence() -> None:
    said = run("--help")
    for name in cli.commands:
        (line,) = [each for each in said.out.splitlines() if re.match(rf"  {name} +\S", each)]
        assert line.endswith((".", "?"))
        assert "..." not in line
        assert run(name, "--help").status == 0


def test_init_says_what_it_guessed_and_what_to_do_next(begun: tuple[Path, Said, Said]) -> None:
    folder, said, _ = begun
    assert_plain(said)
    lines = said.out.splitlines()
    assert lines[1].startswith("LSOA: 175 areas in lsoa11_E08000021.geojson; LSOA11CD ")
    assert lines[2] == "rank with --by lsoa (or --by lsoa11cd)"
    assert lines[-1] == f"The workspace is {folder}. Next: harmscape load -w {folder}"


def test_load_tells_each_file_and_reconciles(begun: tuple[Path, Said, Said]) -> None:
    _, _, said = begun
    assert_plain(said)
    # PROVENANCE.md of the shared data: 16,522 street rows, 7,653 outcomes, 316 stops in May 2022.
    for name, rows in (("street", "16,522"), ("outcomes", "7,653"), ("stop-and-search", "316")):
        (line,) = [
            each for each in said.out.splitlines() if each.startswith(f"2022-05-northumbria-{name}.csv")
        ]
        assert line.split()[1:4] == ["accept", rows, rows]
    assert "load: done in" in said.err


def test_the_same_data_again_add_nothing_and_say_so(ws: Path) -> None:
    said = run("load", "-w", ws, "--format", "json")
    assert said.status == 0
    assert {each["reason"] for each in said.json["files"]} == {"already_loaded"}
    assert {each["added"] for each in said.json["files"]} == {0}
    assert "already loaded" in said.json["files"][0]["message"]


@pytest.mark.parametrize("by", ["lsoa", "lsoa11cd", "LSOA11CD", "lsoa11"])
def test_a_level_is_named_by_itself_or_by_its_code_field(ws: Path, by: str) -> None:
    found = run("rank", "-w", ws, "--by", by, "--format", "json").json
    assert len(found["areas"]) == 175
    assert found["by"]["id"] == "lsoa"


def test_rank_as_json_has_the_keys_that_were_promised(ws: Path) -> None:
    found = run("rank", "-w", ws, "--format", "json").json
    assert [key for key in RANK_KEYS if key not in found["areas"][0]] == []
    assert {"areas", "unplaced", "warnings", "receipt"} <= set(found)
    assert set(found["unplaced"]) == {"events", "harm"}
    numbers = [key for key in RANK_KEYS if key not in ("area_id", "name", "tier", "rate")]
    assert all(isinstance(area[key], (int, float)) for area in found["areas"] for key in numbers)
    # Harm is conserved: areas and UNPLACED make the total.
    placed = sum(area["harm"] for area in found["areas"])
    assert placed + found["unplaced"]["harm"] == pytest.approx(found["total"]["harm"], abs=1e-6)
    assert found["total"]["events"] == sum(a["events"] for a in found["areas"]) + found["unplaced"]["events"]


def test_the_standing_is_the_same_in_every_form(ws: Path, tmp_path: Path) -> None:
    found = run("rank", "-w", ws, "--format", "json").json["areas"]
    for form in ("json", "csv", "parquet"):
        assert run("rank", "-w", ws, "--format", form, "--out", tmp_path / f"out.{form}").status == 0
    assert json.loads((tmp_path / "out.json").read_text())["areas"] == found
    rows = list(csv.DictReader(io.StringIO((tmp_path / "out.csv").read_text())))
    assert [(row["area_id"], row["rank"], float(row["harm"])) for row in rows] == [
        (area["area_id"], str(area["rank"]), area["harm"]) for area in found
    ]
    table = pq.read_table(tmp_path / "out.parquet")
    assert table.column("area_id").to_pylist() == [area["area_id"] for area in found]
    assert (
        run("rank", "-w", ws, "--out", tmp_path / "x").err
        == "harmscape: --out needs --format csv, json or parquet\n"
    )


@pytest.mark.parametrize(
    "words",
    [
        ["rank"], ["rank", "--all"], ["rank", "--against", "prev", "--window", "1m"], ["health"], ["weights"],
        ["place", "E01033543"], ["rows", "--areas", "E01033543", "--limit", "5"],
        ["rows", "--areas", "UNPLACED", "--sort", "harm"], ["stability"], ["check"], ["audit", "verify"],
    ],
    ids=" ".join,
)  # fmt: skip
def test_every_answer_is_fit_to_be_read(ws: Path, words: list[str]) -> None:
    said = run(*words, "-w", ws)
    assert_plain(said)
    wide = [line for line in said.out.splitlines() if len(line) > WIDE and line.rstrip()[-1:].isdigit()]
    assert wide == []


def test_rows_fit_a_screen_one_line_each(ws: Path) -> None:
    lines = run("rows", "-w", ws, "--areas", "E01033543", "--limit", "10").out.splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith("Date"))
    assert all(re.match(r"2022-05  \S", line) for line in lines[at + 1 : at + 11])
    assert all(len(line) <= WIDE for line in lines[at : at + 11])


def test_a_place_is_found_by_code_and_by_name_in_any_case(ws: Path) -> None:
    asked = ("E01033543", "Newcastle upon Tyne 024G", "newcastle upon tyne 024g")
    said = [run("place", name, "-w", ws, "--format", "json").json for name in asked]
    assert {each["standing"]["area_id"] for each in said} == {"E01033543"}


def test_the_rows_of_an_area_sum_to_its_figure(ws: Path) -> None:
    area = run("rank", "-w", ws, "--format", "json").json["areas"][0]
    found = run("rows", "-w", ws, "--areas", area["area_id"], "--limit", "1000", "--format", "json").json
    assert found["total"] == {"events": area["events"], "harm": area["harm"]}
    assert len(found["rows"]) == area["events"]


def test_a_saved_answer_is_reproduced_until_an_ingredient_is_gone(ws: Path, tmp_path: Path) -> None:
    saved = tmp_path / "saved.json"
    assert run("rank", "-w", ws, "--format", "json", "--out", saved).status == 0
    again = run("reproduce", saved, "-w", ws)
    assert again.out.startswith("The same figures, to the digit.")
    assert run("reproduce", saved, "-w", ws, "--format", "json").json == json.loads(saved.read_text())
    other = tmp_path / "other"
    shutil.copytree(ws, other)
    scheme = other / "schemes" / "css_derived_2022.yml"
    scheme.write_text(scheme.read_text().replace("995.8", "1000"))
    said = run("reproduce", saved, "-w", other)
    assert (said.status, said.out) == (1, "")
    assert "the weights of this receipt" in said.err
    receipt = json.loads(saved.read_text())["receipt"] | {"snapshot": "000009-aaaaaaaa"}
    gone = run("reproduce", json.dumps(receipt), "-w", ws)
    assert (
        gone.err
        == "harmscape: snapshot 000009-aaaaaaaa is no longer kept: the data of this receipt are gone\n"
    )


@pytest.mark.parametrize(
    "text", ["[]", "1", '"x"', "{}", "{", '{"receipt": 1}', '{"receipt": {"view": "rank"}}']
)
def test_what_is_no_receipt_is_said_to_be_none(ws: Path, text: str, tmp_path: Path) -> None:
    path = tmp_path / "r.json"
    path.write_text(text)
    said = run("reproduce", path, "-w", ws)
    assert (said.status, said.err) == (
        1,
        "harmscape: that is no receipt: give the JSON of an answer, or its `receipt` part\n",
    )


MISTAKES: list[tuple[list[str], str]] = [
    (["rank", "--by", "lsoaa"], "nothing to rank is called 'lsoaa'; did you mean 'lsoa'?"),
    (["rank", "--measure", "al_crime"], "no measure 'al_crime'; did you mean 'all_crime'?"),
    (["rank", "--weights", "css_derived_2021"], "no scheme 'css_derived_2021'; did you mean"),
    (["rank", "--where", "category=burglry"], "no category 'burglry'; did you mean 'burglary'?"),
    (["rank", "--where", "crime=1"], "--where knows no field 'crime'"),
    (["rank", "--where", "category"], "expected --where field=value"),
    (["rank", "--window", "banana"], "expected a window such as 12m, 28d or 3y, got 'banana'"),
    (["rank", "--to", "2022-13"], "there is no such day or month as '2022-13'"),
    (["rank", "--as-known-at", "yesterday"], "expected a day such as 2026-10-31, got 'yesterday'"),
    (
        ["rank", "--against", "2022-05-01..2022-04-01"],
        "--against must start before it ends, got '2022-05-01..2022-04-01'",
    ),
    (["rank", "-k", "0"], "k must be a whole number of at least 1"),
    (["rank", "--points", "burglary=x"], "expected --points category=points"),
    (["place", "Nowhere"], "no lsoa has the code or name 'Nowhere'"),
    (["rows", "--limit", "0"], "a page holds 1 to 1,000 rows"),
    (["reproduce", "nofile.json"], "there is no file nofile.json"),
    (["serve", "--host", "0.0.0.0"], "serving on 0.0.0.0 is refused: there is no sign-in yet"),
    (["load", "none.csv"], "there is no file or folder none.csv"),
    (["load", "--source", "stret"], "no source 'stret'; did you mean 'street'?"),
]


@pytest.mark.parametrize(("words", "says"), MISTAKES, ids=[" ".join(words) for words, _ in MISTAKES])
def test_a_mistake_is_answered_in_one_plain_line(ws: Path, words: list[str], says: str) -> None:
    said = run(*words, "-w", ws)
    assert_plain(said, status=1)
    assert said.out == ""
    (line,) = [each for each in said.err.splitlines() if each.startswith("harmscape: ")]
    assert says in line


def test_a_wrong_call_has_status_1_since_2_speaks_of_refused_rows(ws: Path) -> None:
    assert run("load", "-w", ws, "--as-of", "2022-13-01").status == 1
    assert run("rank", "-w", ws, "--format", "xml").status == 1
    assert run("rank", "-w", ws.parent).err.startswith(f"harmscape: {ws.parent} is not a workspace")


WINDOWS: list[tuple[list[str], str]] = [
    (["--to", "2027-01"], "Provisional: the data reach 2022-05-31, the window runs to 2027-01-31."),
    (["--to", "2022-05-15", "--window", "1m"], "The window cuts"),
    (["--window", "28d", "--to", "2022-05"], "The window cuts May 2022"),
    (["--window", "2m", "--to", "2022-05"], "before that month nothing is known"),
]


@pytest.mark.parametrize(("words", "says"), WINDOWS, ids=[" ".join(words) for words, _ in WINDOWS])
def test_a_window_the_data_cannot_fill_is_marked(ws: Path, words: list[str], says: str) -> None:
    found = run("rank", "-w", ws, *words, "--format", "json").json
    assert [each for each in found["warnings"] if says in each] != []


def test_nothing_was_known_before_the_load(ws: Path) -> None:
    asked = run("rank", "-w", ws, "--as-known-at", "2020-01-01", "--to", "2022-05", "--format", "json").json
    assert asked["total"]["events"] == 0


# Folders as people have them. ---------------------------------------------------------------------------


def packed(folder: Path, form: str) -> Path:
    """The first rows of a street file, in one of the forms in which exports come."""
    source = folder / "2022-05-northumbria-street.csv"
    with shared(f"{MONTH}/{source.name}").open("rb") as file:
        source.write_bytes(b"".join(islice(file, SOME + 1)))
    data = folder / form
    data.mkdir()
    name = "2022-05-northumbria-street"
    if form == "month":
        (data / "2022-05").mkdir()
        shutil.copy(source, data / "2022-05" / source.name)
    elif form == "gz":
        (data / f"{name}.csv.gz").write_bytes(gzip.compress(source.read_bytes(), 1))
    elif form == "zip":
        with zipfile.ZipFile(data / "download.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            archive.write(source, f"2022-05/{source.name}")
    elif form == "parquet":
        text = pa.csv.ConvertOptions(column_types=dict.fromkeys(header(source), pa.string()))
        pq.write_table(pa.csv.read_csv(source, convert_options=text), data / f"{name}.parquet")
    else:
        shutil.copy(source, data / source.name)
    return data


def header(path: Path) -> list[str]:
    with path.open(encoding="utf-8") as file:
        return next(csv.reader(file))


def figures_of(workspace: Path) -> dict[str, Any]:
    found = run("rank", "-w", workspace, "--by", "grid_1km", "--format", "json").json
    return {name: found[name] for name in ("areas", "unplaced", "total")}


def test_every_form_of_an_export_gives_the_same_figures(tmp_path: Path) -> None:
    seen = []
    for form in ("flat", "month", "gz", "zip", "parquet"):
        workspace = tmp_path / f"ws-{form}"
        assert run("init", workspace, "--template", "police-uk", "--data", packed(tmp_path, form)).status == 0
        said = run("load", "-w", workspace, "--format", "json")
        assert (said.status, [each["accepted"] for each in said.json["files"]]) == (0, [SOME])
        seen.append(figures_of(workspace))
    assert [each for each in seen if each != seen[0]] == []
    # The same month again, in another wrapping: the zipped, gzipped and filed twins have the same bytes.
    for form in ("gz", "zip", "month"):
        (found,) = run("load", tmp_path / form, "-w", tmp_path / "ws-flat", "--format", "json").json["files"]
        assert (found["reason"], found["added"], found["unchanged"]) == ("already_loaded", 0, SOME)
    (found,) = run("load", tmp_path / "parquet", "-w", tmp_path / "ws-flat", "--format", "json").json["files"]
    assert (found["added"], found["changed"], found["withdrawn"]) == (0, 0, 0)


def test_an_empty_workspace_says_where_to_put_the_data(tmp_path: Path) -> None:
    assert run("init", tmp_path / "ws", "--template", "police-uk").status == 0
    said = run("load", "-w", tmp_path / "ws")
    assert said.status == 0
    assert "no data were found in data (`data` in harmscape.yml)" in said.out
    assert "run `harmscape load`" in run("health", "-w", tmp_path / "ws").err


def test_brackets_in_a_file_name_are_shown(tmp_path: Path) -> None:
    run("init", tmp_path / "ws", "--template", "police-uk")
    path = tmp_path / "copy [b] [1]-street.csv"
    path.write_text("Crime ID,Month,Reported by,Longitude,Latitude,Crime type\n")
    assert "copy [b] [1]-street.csv" in run("load", path, "-w", tmp_path / "ws").out


def test_the_real_program_keeps_its_streams_apart(ws: Path) -> None:
    said = program("load", "-w", ws, "--format", "json")
    assert said.status == 0
    assert list(said.json) == ["files", "snapshot", "notes"]
    assert "load: done in" in said.err
    assert program("rank", "-w", ws / "none", "--format", "json").out == ""


# A configuration broken in ten ways. --------------------------------------------------------------------

BROKEN: list[tuple[str, str, str, str]] = [
    ("harmscape.yml", "measure: all_crime", "measure: al_crime", "did you mean 'all_crime'"),
    ("harmscape.yml", "timezone:", "timezon:", "timezone"),
    ("sources/street.yml", "delivery: full", "delivery: ful", "full"),
    ("sources/street.yml", "list: police_uk,", "list: police_ku,", "did you mean 'police_uk'"),
    ("sources/street.yml", "id: street", "id: [street", "a list opened with [ is not closed"),
    ("schemes/css_derived_2022.yml", "995.8", "-995.8", "0"),
    ("schemes/css_derived_2022.yml", "995.8", "many", "number"),
    ("measures/all.yml", "scheme: css_derived_2022", "scheme: css_derived_2202", "did you mean"),
    ("sources/outcomes.yml", "EPSG:4326", "EPSG:9999999", "EPSG"),
    ("categories/police_uk.yml", "id: robbery", "id: burglary", "'burglary' stands twice"),
]


@pytest.mark.parametrize(("file", "old", "new", "says"), BROKEN, ids=[f"{f}:{n}" for f, _, n, _ in BROKEN])
def test_a_fault_in_the_configuration_is_shown_at_its_place(
    tmp_path: Path, file: str, old: str, new: str, says: str
) -> None:
    run("init", tmp_path, "--template", "police-uk")
    path = tmp_path / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    number = text[: text.index(old)].count("\n") + 1
    said = run("check", "-w", tmp_path)
    assert_plain(said, status=1)
    lines = said.err.splitlines()
    here = [line for line in lines if re.match(rf"{re.escape(file)}:({number}|{number + 1}):\d+: ", line)]
    assert here, said.err
    assert any(says in line for line in here)
