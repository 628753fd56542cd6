"""A scheme's weights may stand in a CSV beside it; every fault is told at its line of the table."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.config_workspace import faults, workspace

from harmscape.config import load_domain

SCHEME = (
    "scheme:\n  {id: severity, title: S, source: x, status: derived, categories: [offences], table: w.csv}\n"
)


def table_beside(tmp_path: Path, table: str) -> Path:
    workspace(tmp_path, schemes__severity_yml=SCHEME)
    (tmp_path / "schemes/w.csv").write_text(table, encoding="utf-8")
    return tmp_path


def test_rows_become_weights_with_their_lines(tmp_path: Path) -> None:
    table = 'category,points,from,reason\nviolence,42.2,,"two\nlines"\n\n007,3,2024-01-01,\n'
    weights = load_domain(table_beside(tmp_path, table))[0].scheme("severity").weights
    # By hand: the first row begins in line 2 and takes two lines, line 4 is blank, the second is line 5.
    assert [(each.category, str(each.points), each.line, each.file) for each in weights] == [
        ("violence", "42.2", 2, "schemes/w.csv"),
        ("007", "3", 5, "schemes/w.csv"),
    ]


@pytest.mark.parametrize(
    ("table", "line"),
    [
        ("category,points\nviolense,1\n", "schemes/w.csv:2:1: no category 'violense'; did you mean"
                                          " 'violence'?"),
        ("category,points\nviolence,-1\n", "schemes/w.csv:2:1: 'points' must be at least 0, got '-1'"),
        ("category,points\nviolence\n", "schemes/w.csv:2:1: 1 of 2 cells"),
        ("category,weight\nviolence,1\n",
         "schemes/w.csv:1:1: no column 'points'; a table of weights has category and points"),
        ("category,points,raeson\nviolence,1,\n",
         "schemes/w.csv:1:1: unknown column 'raeson'; did you mean 'reason'?"),
        ("category,points\nviolence,1\nviolence,2\n",
         "schemes/w.csv:3:1: another weight of 'violence' in 'harm' is in force on the same day and"
         " stands in"
         " schemes/w.csv:2"),
        ("category,points\n", "schemes/severity.yml:2:87: 'w.csv' holds no weights"),
    ],
)  # fmt: skip
def test_faults_are_told_at_the_line_of_the_table(tmp_path: Path, table: str, line: str) -> None:
    assert line in faults(table_beside(tmp_path, table))


def test_a_table_lies_beside_its_scheme_and_nowhere_else(tmp_path: Path) -> None:
    folder = workspace(tmp_path, schemes__severity_yml=SCHEME.replace("w.csv", "../w.csv"))
    assert faults(folder) == [
        "schemes/severity.yml:2:87: 'table' names a CSV file in the same folder as this file"
    ]
