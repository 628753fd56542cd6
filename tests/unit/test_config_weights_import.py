"""Published tables of weights become schemes; nothing is matched or left out silently."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from tests.config_workspace import SOUND, workspace

from harmscape.config import load_domain
from harmscape.config.weights_import import ImportedScheme, import_weights
from harmscape.model.category import Category, CategoryList
from harmscape.model.errors import ConfigError, HarmscapeError

OFFENCES = CategoryList(
    id="offences",
    title="Offences",
    source="invented",
    categories=(
        Category(id="violence", title="Violence"),
        Category(id="5D", title="Assault with intent", parent="violence"),
        Category(id="8N", title="Assault with injury", parent="violence"),
        Category(id="1", title="Murder"),
        Category(id="4.1", title="Manslaughter"),
        Category(id="4.2", title="Infanticide"),
        Category(id="34B", title="Robbery of personal property", labels=("Street robbery",)),
    ),
)


def imported(path: Path, **words: str) -> ImportedScheme:
    given = {"id": "css", "title": "CSS", "source": "ONS, invented issue", "version": "2020"} | words
    return import_weights(path, OFFENCES, status="published", **given)


def as_csv(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "css.csv"
    path.write_text(text, encoding="utf-8")
    return path


def as_xlsx(tmp_path: Path, rows: Sequence[Sequence[object]], sheet: str = "Table 1") -> Path:
    book = openpyxl.Workbook()
    book.active.title = "Notes"  # type: ignore[union-attr]
    page = book.create_sheet(sheet)
    for row in rows:
        page.append(list(row))
    book.save(tmp_path / "css.xlsx")
    return tmp_path / "css.xlsx"


def points(scheme: ImportedScheme) -> dict[str, str]:
    return {each.category: f"{each.points:f}" for each in scheme.scheme.weights}


def faults(path: Path, **words: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        imported(path, **words)
    return [str(problem) for problem in caught.value.problems]


def test_a_table_like_that_of_ons_is_read_from_under_its_titles(tmp_path: Path) -> None:
    found = imported(
        as_xlsx(
            tmp_path,
            [
                ["Crime Severity Score: offence weights, invented"],
                [],
                ["Offence code", "Offence description", "Weight"],
                ["Violence", None, None],
                ["1/4.1/4.2", "Homicide", 7978.79308113648],
                ["5d", "Assault with intent to cause serious harm", 1500],
                ["8N ", "Assault with injury", 184.5],
                ["999", "An offence we do not list", 12],
                ["Source: invented", None, None],
            ],
        )
    )
    # By hand: one row for three homicide codes, rounded to four places; 8N trimmed, 5d whatever its case.
    assert points(found) == {
        "1": "7978.7931", "4.1": "7978.7931", "4.2": "7978.7931", "5D": "1500", "8N": "184.5",
    }  # fmt: skip
    assert found.taken == (
        "header: sheet 'Table 1', row 3 of css.xlsx",
        "categories: column 'Offence code' or 'Offence description'",
        "weights: column 'Weight'",
    )
    assert found.rounded == 1
    assert found.unmatched_rows == ((8, "999 | An offence we do not list", "12"),)
    assert found.passed_over == ((4, "Violence"), (9, "Source: invented"))


def test_what_fits_nothing_is_reported_both_ways(tmp_path: Path) -> None:
    found = imported(
        as_csv(tmp_path, "code,title,weight\n8/27,Assault,12\n5D,,1500\n,Group heading,\nviolence,,40\n")
    )
    assert found.unmatched_rows == ((2, "8/27 | Assault", "12"),)
    assert found.passed_over == ((4, "Group heading"),)
    assert found.unweighted == ("1", "4.1", "4.2", "34B")
    assert found.fallen_back == ("8N",)


def test_titles_and_labels_match_where_codes_do_not(tmp_path: Path) -> None:
    text = 'Offence,Days\nstreet  ROBBERY,365\n8N Assault with injury,10\n"5D, 1",20\n'
    found = imported(as_csv(tmp_path, text), unit="days")
    assert points(found) == {"34B": "365", "8N": "10", "5D": "20", "1": "20"}
    assert found.scheme.unit == "days"


def test_a_class_and_its_subclass_are_not_two_codes(tmp_path: Path) -> None:
    # 1/4.1 with one stroke may be a subclass of the Home Office (as 8/27 is), so it is shown, not guessed.
    found = imported(as_csv(tmp_path, "code,weight\n1/4.1,7\n5D,1\n"))
    assert points(found) == {"5D": "1"}
    assert found.unmatched_rows == ((2, "1/4.1", "7"),)


def test_every_faulty_line_is_told_at_once(tmp_path: Path) -> None:
    text = 'code,weight\n5D,-3\n8N,\n1,seven\n4.1,10\n4.1,11\n4.1,10\n34B,"7,978.5"\n4.2,12345678\n'
    assert faults(as_csv(tmp_path, text)) == [
        "css.csv:2:1: the weight of '5D' must be at least 0, got '-3'",
        "css.csv:3:1: category '8N' has no weight; give it one or take the row out",
        "css.csv:4:1: the weight of '1' must be a number, got 'seven'",
        "css.csv:6:1: category '4.1' has 10 in line 5 and 11 here",
        "css.csv:9:1: the weight of '4.2' must be under 10,000,000",
    ]


def test_a_code_that_a_spreadsheet_turned_into_a_date_is_refused(tmp_path: Path) -> None:
    path = as_xlsx(tmp_path, [["code", "weight"], [date(2022, 8, 27), 12], ["5D", 1]])
    assert faults(path) == [
        "css.xlsx:2:1: the code is a date: a spreadsheet changed it; format the column as text"
    ]


def test_two_columns_of_weights_must_be_told_apart_by_name(tmp_path: Path) -> None:
    path = as_csv(tmp_path, "code,Weight 2016,Weight 2020\n34B,746,800\n")
    with pytest.raises(HarmscapeError) as caught:
        imported(path)
    assert str(caught.value) == (
        "css.csv: 2 columns could hold the weights ('Weight 2016', 'Weight 2020'); name the one to take"
        " with --weight"
    )
    assert points(imported(path, weight="weight 2020")) == {"34B": "800"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a,b\n1,2\n", "found no header with a column of codes and one of weights in the first 40 rows"),
        ("code,weight\n77,2\n", "no row fits a category of 'offences'"),
    ],
)
def test_a_table_without_a_header_or_a_match_is_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(HarmscapeError, match=message):
        imported(as_csv(tmp_path, text))


def test_an_old_workbook_and_a_wrong_sheet_are_told_in_plain_words(tmp_path: Path) -> None:
    (tmp_path / "old.xls").write_bytes(b"\xd0\xcf\x11\xe0")
    with pytest.raises(HarmscapeError, match=r"an old .xls must be saved as .xlsx first"):
        imported(tmp_path / "old.xls")
    path = as_xlsx(tmp_path, [["code", "weight"], ["5D", 1]], sheet="Weights")
    with pytest.raises(HarmscapeError, match="no sheet 'Weigths'; did you mean 'Weights'"):
        imported(path, sheet="Weigths")


def test_local_weights_need_a_reason_and_ids_are_names(tmp_path: Path) -> None:
    path = as_csv(tmp_path, "code,weight\n5D,1\n")
    with pytest.raises(HarmscapeError, match="local weights need a reason"):
        import_weights(path, OFFENCES, id="x", title="X", source="us", status="local")
    with pytest.raises(HarmscapeError, match="'id' takes lower-case letters, digits and _"):
        imported(path, id="CSS 2020")


def test_what_is_written_loads_again_with_the_same_weights(tmp_path: Path) -> None:
    text = "code,weight\n5D,7978.79305\n007,3\nviolence,42.20\n"
    folder = workspace(tmp_path)
    offences = load_domain(folder)[0].category_list("offences")
    (tmp_path / "ons.csv").write_text(text)
    found = import_weights(
        tmp_path / "ons.csv",
        offences,
        id="css_2020",
        title="CSS: 2020",
        source='ONS "table"',
        status="published",
    )
    declared, table = found.write(folder / "schemes")
    assert table.read_text().splitlines() == [
        "category,points,reason",
        # By hand: 7978.79305 lies midway between ...7930 and ...7931, and the even digit is 0.
        "5D,7978.793,line 2 of ons.csv",
        "007,3,line 3 of ons.csv",
        "violence,42.2,line 4 of ons.csv",
    ]
    again = load_domain(folder)[0].scheme("css_2020")
    assert again.digest == found.scheme.digest
    assert (again.source, again.weights[1].line, declared.name) == ('ONS "table"', 3, "css_2020.yml")
    assert SOUND["schemes/severity.yml"] == (folder / "schemes/severity.yml").read_text()
