"""A folder of declarations becomes a domain, or a list of every fault with its line, cause and cure."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from tests.config_workspace import SOUND, broken, faults, warnings, workspace

from harmscape.config import load_domain


def test_a_sound_workspace_loads_without_a_warning(tmp_path: Path) -> None:
    domain, told = load_domain(workspace(tmp_path))
    assert told == []
    assert list(domain.categories) == ["violence", "5D", "1E3", "007"]
    assert domain.settings.defaults.by == "cell"


def test_figures_and_days_are_exactly_what_is_written_and_weights_know_their_line(tmp_path: Path) -> None:
    scheme = load_domain(workspace(tmp_path))[0].scheme("severity")
    assert [weight.points for weight in scheme.weights] == [Decimal("42.2"), Decimal("7978.7931"), Decimal(3)]
    assert scheme.weights[1].starts == date(2024, 1, 1)
    assert [(weight.file, weight.line) for weight in scheme.weights] == [
        ("schemes/severity.yml", 8), ("schemes/severity.yml", 9), ("schemes/severity.yml", 10),
    ]  # fmt: skip


def test_lines_do_not_enter_the_digest_but_points_do(tmp_path: Path) -> None:
    first = load_domain(workspace(tmp_path / "a"))[0]
    moved = workspace(tmp_path / "b", **broken("schemes/severity.yml", "scheme:", "# a remark\nscheme:"))
    dearer = workspace(tmp_path / "c", **broken("schemes/severity.yml", "42.2", "42.3"))
    assert load_domain(moved)[0].digest == first.digest
    assert load_domain(dearer)[0].digest != first.digest


@pytest.mark.parametrize(
    ("name", "old", "new", "line"),
    [
        ("schemes/severity.yml", "  weights:", "  wieghts: []\n  weights:",
         "schemes/severity.yml:7:3: unknown key 'wieghts'; did you mean 'weights'?"),
        ("schemes/severity.yml", "category: 5D", "category: 5d",
         "schemes/severity.yml:9:18: no category '5d'; did you mean '5D'?"),
        ("schemes/severity.yml", "42.2", "-42.2",
         "schemes/severity.yml:8:36: 'points' must be at least 0, got '-42.2'"),
        ("schemes/severity.yml", "42.2", "42.20001",
         "schemes/severity.yml:8:36: 'points' takes at most 4 decimal places, got '42.20001'"),
        ("schemes/severity.yml", "points: 42.2", 'points: "42,2"',
         "schemes/severity.yml:8:36: 'points' must be a number, got '42,2'; write decimals with a point"),
        ("schemes/severity.yml", ", points: 42.2", "",
         "schemes/severity.yml:8:7: missing key 'points': the harm of one event, at least 0, up to four"
         " decimal places"),
        ("schemes/severity.yml", "2024-01-01", "2024-13-01",
         "schemes/severity.yml:9:47: there is no such day as '2024-13-01'; write it as 2026-10-31"),
        ("schemes/severity.yml", "2024-01-01", "20240101",
         "schemes/severity.yml:9:47: '20240101' is not a day; write it as 2026-10-31"),
        ("schemes/severity.yml", "{status: Charged}", "{statos: Charged}",
         "schemes/severity.yml:10:41: no attribute 'statos'; did you mean 'status'?"),
        ("schemes/severity.yml", "status: derived", "status: dervied",
         "schemes/severity.yml:5:11: 'status' cannot be 'dervied'; did you mean 'derived'?"),
        ("schemes/severity.yml", "status: derived", "status: local\n  reason: agreed\n  dimensions: harm",
         "schemes/severity.yml:7:15: 'dimensions' takes a list: write [harm]"),
        ("measures/crime.yml", "scheme: severity", "scheme: severty",
         "measures/crime.yml:5:11: no scheme 'severty'; did you mean 'severity'?"),
        ("measures/crime.yml", "[offences]", "[offenses]",
         "measures/crime.yml:4:11: no list of categories 'offenses'; did you mean 'offences'?"),
        ("measures/crime.yml", "title: Crime", "title:",
         "measures/crime.yml:3:9: 'title' has no value"),
        ("measures/crime.yml", "id: crime", "id: All crime",
         "measures/crime.yml:2:7: 'id' takes lower-case letters, digits and _, beginning with a letter;"
         " got 'All crime'"),
        ("measures/crime.yml", "measure:", "mesure:",
         "measures/crime.yml:1:1: unknown key 'mesure' at the top; did you mean 'measure'?"),
        ("harmscape.yml", "by: cell", "by: sector",
         "harmscape.yml:5:18: no geography 'sector'; known: category, cell"),
        ("harmscape.yml", "title: Northshire", "title: Northshire\n  timezone: Europe/Lodnon",
         "harmscape.yml:4:13: no time zone 'Europe/Lodnon'; write one such as Europe/London or UTC"),
        ("harmscape.yml", "measure: crime}", "measure: crime, window: 12w}",
         "harmscape.yml:5:48: expected a window such as 12m, 28d or 3y, got '12w'"),
        ("sources/crimes.yml", "list: offences", "list: offence",
         "sources/crimes.yml:7:20: no list of categories 'offence'; did you mean 'offences'?"),
        ("sources/crimes.yml", "{status: Status}", "{hour: Hour}",
         "sources/crimes.yml:9:16: 'hour' is already a word of --where; choose another name"),
        ("sources/crimes.yml", "key: [number]", "as_of: crimes-[0-9]+",
         "sources/crimes.yml:5:10: needs one group in brackets around the date, has 0; for example"
         " (\\d{4}-\\d{2})"),
        ("sources/crimes.yml", "sensitivity: 1", "sensitivity: 9",
         "sources/crimes.yml:10:41: 'sensitivity' must be at most 4, got '9'"),
        ("sources/crimes.yml", "key: [number]", "encoding: cp1525",
         "sources/crimes.yml:5:13: no encoding 'cp1525'; write utf-8 or cp1252, for example"),
        ("sources/crimes.yml", "column: code", "column: code, value: 5D",
         "sources/crimes.yml:7:13: a category is read from a column, or is one value for all rows: name"
         " one of them"),
        ("categories/offences.yml", "parent: violence}\n    - {id: 1E3", "parent: violense}\n    - {id: 1E3",
         "categories/offences.yml:7:41: no category 'violense' in this list; did you mean 'violence'?"),
        ("categories/offences.yml", "id: 1E3", "id: 5D",
         "categories/offences.yml:8:12: category '5D' stands twice in this list"),
        ("categories/offences.yml", "title: Assault", "title: VIOLENCE",
         "categories/offences.yml:8:7: 'VIOLENCE' would mean both 'violence' and '1E3'"),
        ("geographies/cell.yml", "size_m: 1000", "size_m: 1km",
         "geographies/cell.yml:4:32: 'size_m' must be a whole number, got '1km'"),
        ("geographies/cell.yml", "title: Cell", "title: Cell\n  parent: cell",
         "geographies/cell.yml:4:11: geography 'cell' is its own ancestor"),
    ],
)  # fmt: skip
def test_one_fault_is_told_with_its_place_cause_and_cure(
    tmp_path: Path, name: str, old: str, new: str, line: str
) -> None:
    folder = workspace(tmp_path, **broken(name, old, new))
    assert line in faults(folder)


def test_all_faults_of_all_files_are_told_at_once_in_order(tmp_path: Path) -> None:
    folder = workspace(
        tmp_path,
        **broken("schemes/severity.yml", "points: 42.2", "pionts: 42.2"),
        **broken("measures/crime.yml", "severity", "sverity"),
        **broken("harmscape.yml", "measure: crime", "measure: crmie"),
        roles__r_yml="role:\n  id: r\n  title: R\n  verbs: [raed]\n  reason: x\n  reason: y\n",
    )
    assert faults(folder) == [
        "harmscape.yml:5:33: no measure 'crmie'; did you mean 'crime'?",
        "measures/crime.yml:5:11: no scheme 'sverity'; did you mean 'severity'?",
        "roles/r.yml:4:11: an entry of 'verbs' cannot be 'raed'; did you mean 'read'?",
        "roles/r.yml:6:3: key 'reason' stands twice; the first is in line 5, column 3",
        "schemes/severity.yml:8:7: missing key 'points': the harm of one event, at least 0, up to four"
        " decimal places",
        "schemes/severity.yml:8:28: unknown key 'pionts'; did you mean 'points'?",
    ]


def test_a_file_that_cannot_be_read_is_told_alone_and_not_by_all_who_refer_to_it(tmp_path: Path) -> None:
    folder = workspace(tmp_path, **broken("schemes/severity.yml", "scheme:\n", "scheme: [\n"))
    assert [line.split(":")[0] for line in faults(folder)] == ["schemes/severity.yml"]


def test_two_weights_in_force_on_one_day_are_told_with_both_lines(tmp_path: Path) -> None:
    folder = workspace(tmp_path, **broken("schemes/severity.yml", "category: violence", "category: 5D"))
    assert faults(folder) == [
        "schemes/severity.yml:9:7: another weight of '5D' in 'harm' is in force on the same day and stands in"
        " schemes/severity.yml:8"
    ]


def test_ids_are_declared_once_in_a_workspace_and_both_places_are_named(tmp_path: Path) -> None:
    other = SOUND["categories/offences.yml"].replace("id: offences", "id: others")
    folder = workspace(tmp_path, categories__others_yml=other, measures__b_yml=SOUND["measures/crime.yml"])
    told = faults(folder)
    assert told[0] == (
        "categories/others.yml:6:12: category 'violence' is declared twice; the first stands in"
        " categories/offences.yml:6:12"
    )
    assert (
        told[-1]
        == "measures/crime.yml:2:7: measure 'crime' is declared twice; the first stands in measures/b.yml:2:7"
    )


def test_a_weight_of_a_category_in_another_list_names_that_list(tmp_path: Path) -> None:
    kinds = "categories:\n  {id: kinds, title: Kinds, source: x, categories: [{id: farm, title: Farm}]}\n"
    folder = workspace(
        tmp_path,
        categories__kinds_yml=kinds,
        **broken("schemes/severity.yml", "category: 007", "category: farm"),
    )
    assert faults(folder) == [
        "schemes/severity.yml:10:18: category 'farm' belongs to the list 'kinds', which this scheme does"
        " not name"
    ]


def test_a_local_weight_needs_a_reason_and_warns_until_someone_signs(tmp_path: Path) -> None:
    text = SOUND["schemes/severity.yml"]
    silent = text.replace("points: 3,", "points: 3, status: local,")
    assert faults(workspace(tmp_path, schemes__severity_yml=silent)) == [
        "schemes/severity.yml:10:7: the local weight of '007' has no reason: say why it is what it is"
    ]
    reasoned = text.replace("points: 3,", "points: 3, status: local, reason: agreed in May,")
    assert warnings(workspace(tmp_path, schemes__severity_yml=reasoned)) == [
        "schemes/severity.yml:10:7: warning: the local weight of '007', 3 points, is unsigned; whoever"
        " answers for"
        " it writes signed_by"
    ]
    signed = reasoned.replace("agreed in May", "agreed in May, signed_by: Harm board")
    assert warnings(workspace(tmp_path, schemes__severity_yml=signed)) == []


def test_categories_without_a_weight_even_by_their_parents_are_told(tmp_path: Path) -> None:
    # 5D and 1E3 have a parent with a weight; without fallback only 5D and 007 have one of their own.
    folder = workspace(
        tmp_path, **broken("schemes/severity.yml", "status: derived", "status: derived\n  fallback: false")
    )
    assert warnings(folder) == [
        "measures/crime.yml:5:11: warning: scheme 'severity' has no weight for 1E3: such events are"
        " counted, queued"
        " and shown, and add nothing to the score"
    ]


def test_a_page_is_read_as_the_question_it_asks(tmp_path: Path) -> None:
    page = "page:\n  id: p\n  title: P\n  selection: {by: cell, where: hour=25}\n"
    assert faults(workspace(tmp_path, pages__p_yml=page))[0].startswith("pages/p.yml:4:14: no hour '25'")
    page = "page:\n  id: p\n  title: P\n  selection: {by: cell, agianst: prev}\n"
    assert faults(workspace(tmp_path, pages__p_yml=page)) == [
        "pages/p.yml:4:25: no such word in a selection: 'agianst'; did you mean 'against'?"
    ]


def test_files_and_folders_that_are_not_there_are_warnings(tmp_path: Path) -> None:
    (tmp_path / "maps").mkdir()
    (tmp_path / "maps/sectors.geojson").write_text("{}")
    (tmp_path / "scheme").mkdir()
    (tmp_path / "scheme/x.yml").write_text("scheme: {}\n")
    sector = "geography:\n  id: sector\n  title: Sector\n  editions: [{id: 1, file: maps/sector.geojson}]\n"
    folder = workspace(
        tmp_path, geographies__sector_yml=sector, **broken("harmscape.yml", "data: []", "data: [exports]")
    )
    assert warnings(folder) == [
        "geographies/sector.yml:4:28: warning: there is no file 'maps/sector.geojson'; did you mean"
        " 'sectors.geojson'?",
        "harmscape.yml:4:10: warning: there is no folder 'exports', so there is nothing to load yet",
        "scheme/x.yml:1:1: warning: files in 'scheme' are not read; did you mean 'schemes'?",
    ]


def test_a_name_that_no_file_can_have_is_only_not_there(tmp_path: Path) -> None:
    folder = workspace(tmp_path, **broken("harmscape.yml", "data: []", f'data: ["a\\0b", {"x" * 500}]'))
    assert [line.split("warning: ")[1] for line in warnings(folder)] == [
        "there is no folder 'a\\x00b', so there is nothing to load yet",
        f"there is no folder '{'x' * 57}...', so there is nothing to load yet",
    ]


def test_a_role_for_an_unknown_agency_is_a_warning(tmp_path: Path) -> None:
    role = "role:\n  id: r\n  title: R\n  reason: x\n  see: [{agencies: [polise]}]\n"
    assert warnings(workspace(tmp_path, roles__r_yml=role)) == [
        "roles/r.yml:5:21: warning: no source belongs to an agency 'polise'; did you mean 'police'?"
    ]


def test_a_circle_of_parents_is_told_at_each_of_its_geographies(tmp_path: Path) -> None:
    circle = "geographies:\n" + "".join(
        f"  - {{id: {one}, title: T, parent: {other}, grid: {{kind: h3, resolution: 7}}}}\n"
        for one, other in (("a", "b"), ("b", "a"))
    )
    assert faults(workspace(tmp_path, geographies__circle_yml=circle)) == [
        "geographies/circle.yml:2:31: geography 'a' is its own ancestor",
        "geographies/circle.yml:3:31: geography 'b' is its own ancestor",
    ]


def test_a_folder_without_a_workspace_says_how_to_make_one(tmp_path: Path) -> None:
    assert faults(tmp_path) == [
        f"harmscape.yml:1:1: there is no such file in {tmp_path}; `harmscape init` makes a workspace"
    ]


@pytest.mark.parametrize("text", ["{}", "", "- a", "x"])
def test_settings_with_nothing_in_them_say_how_they_must_begin(tmp_path: Path, text: str) -> None:
    assert faults(workspace(tmp_path, harmscape_yml=text)) == [
        "harmscape.yml:1:1: the file must begin with `workspace:`"
    ]


def test_a_file_with_nothing_in_it_says_how_it_must_begin(tmp_path: Path) -> None:
    assert faults(workspace(tmp_path, measures__b_yml="# later\n")) == [
        "measures/b.yml:1:1: the file must begin with `measure:` or `measures:`"
    ]
