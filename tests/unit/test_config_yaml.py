"""A YAML file becomes a tree in which everything knows its line; what we do not read is refused by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from harmscape.config.yaml_tree import Node, read_tree


def told(tmp_path: Path, text: str | bytes) -> list[str]:
    path = tmp_path / "x.yml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return [str(problem) for problem in read_tree(path, "x.yml")[1]]


def tree(tmp_path: Path, text: str) -> Node:
    path = tmp_path / "x.yml"
    path.write_text(text, encoding="utf-8")
    root, problems = read_tree(path, "x.yml")
    assert not problems
    assert root is not None
    return root


def test_scalars_stay_the_text_that_was_written(tmp_path: Path) -> None:
    root = tree(tmp_path, "a: [5D, 1E3, 007, yes, 1.10, 2024-01-02, 12:30, 0x1F, null, ~, 'null']\n")
    assert [each.value for each in root.at("a").items] == [
        "5D", "1E3", "007", "yes", "1.10", "2024-01-02", "12:30", "0x1F", None, None, "null",
    ]  # fmt: skip


def test_every_key_and_value_knows_its_line_and_column(tmp_path: Path) -> None:
    # By hand: `b` begins in line 2, column 3; its value 7 in column 6; the entry `y` in line 4, column 7.
    root = tree(tmp_path, "a:\n  b: 7\n  c:\n    - y\n")
    assert root.at("a").keys["b"][1:] == (2, 3)
    assert root.at("a", "b").place[1:] == (2, 6)
    assert root.at("a", "c", 0).place[1:] == (4, 7)


def test_columns_count_letters_not_bytes(tmp_path: Path) -> None:
    assert tree(tmp_path, "a: {é: ü, b: x}\n").at("a").keys["b"] == ("x.yml", 1, 11)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: 1\nb: 2\na: 3\n", "x.yml:3:1: key 'a' stands twice; the first is in line 1, column 1"),
        ("a:\n\tb: 1\n", "x.yml:2:1: a tab in the indentation; indent with spaces"),
        ("a: &x 1\nb: *x\n", "x.yml:1:4: anchors (&name) are not read; write the value out where it is"
                             " needed"),
        ("a: *x\n", "x.yml:1:4: aliases (*name) are not read; write the value out"),
        ("a: !!python/name:os.system 1\n", "x.yml:1:4: tags (!name) are not read; values are text, lists"
                                           " and mappings"),
        ("a: 1\n---\nb: 2\n", "x.yml:2:1: a second document begins here; one file holds one declaration"),
        ("a: 'b\n", "x.yml:2:1: a quote is opened and never closed"),
        ("a: b: c\n", "x.yml:1:5: a colon where no key can stand; quote text that contains ': '"),
        ("a: [1, 2\n", "x.yml:2:1: a list opened with [ is not closed, or lacks a comma"),
        ("a: @b\n", "x.yml:1:4: text cannot begin with this character; put it in quotes"),
        ("a:\n  - b\n c: 1\n", "x.yml:3:2: the indentation does not fit the lines above"),
        ("[a]: 1\n", "x.yml:1:1: a key must be a word"),
        ("<<: {a: 1}\n", ""),
        (b"a: caf\xe9\n", "x.yml:1:1: not UTF-8 text; save the file as UTF-8"),
        ("a: b\x07\n", "x.yml:1:1: not readable as YAML: a character that text files do not hold"),
    ],
)  # fmt: skip
def test_what_is_not_plain_yaml_is_told_at_its_place(tmp_path: Path, text: str | bytes, line: str) -> None:
    assert told(tmp_path, text) == ([line] if line else [])


def test_deep_nesting_and_large_files_are_refused_at_once(tmp_path: Path) -> None:
    assert told(tmp_path, "a: " + "[" * 100_000) == ["x.yml:1:23: nested deeper than 20 levels"]
    assert told(tmp_path, "a: 1\n" * 1_100_000) == [
        "x.yml:1:1: is larger than 5,000,000 bytes; put long tables into a CSV"
    ]


def test_a_billion_laughs_ends_at_its_first_anchor(tmp_path: Path) -> None:
    bomb = "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n"
    assert told(tmp_path, bomb)[0].startswith("x.yml:1:4: anchors (&name) are not read")


def test_an_empty_file_is_no_tree(tmp_path: Path) -> None:
    (tmp_path / "x.yml").write_text("# only a comment\n")
    assert read_tree(tmp_path / "x.yml", "x.yml") == (None, [])
