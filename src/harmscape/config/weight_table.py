"""A scheme's weights from a CSV beside its file, each keeping the line it stands on."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

from harmscape.config.paths import is_there
from harmscape.config.plain_words import quoted
from harmscape.config.yaml_tree import Node, Place
from harmscape.model.errors import Problem, nearest

COLUMNS = (
    "category",
    "points",
    "dimension",
    "from",
    "to",
    "status",
    "source",
    "reason",
    "signed_by",
)
"""The columns such a table may have, named like the keys of a weight; the first two must be there."""

_MOST_ROWS = 100_000


def scheme_with_table(node: Node, folder: Path, problems: list[Problem]) -> Node | None:
    """A scheme's tree with the rows of its `table` as its `weights`; the tree itself if it names no table.

    node: the scheme; folder: where its file lies, and the table beside it.
    Returns None, with the reasons in `problems`, when the table cannot be read.
    """
    table = node.mapping.get("table")
    if table is None:
        return node
    if "weights" in node.mapping:
        problems.append(node.keys["table"].problem("a scheme has either weights or a table, not both"))
        return None
    name = table.value
    if not isinstance(name, str) or Path(name).name != name or name in ("", ".", ".."):
        problems.append(table.place.problem("'table' names a CSV file in the same folder as this file"))
        return None
    path = folder / name
    if not (is_there(path) and path.is_file()):
        near = nearest(name, (each.name for each in folder.glob("*.csv")))
        problems.append(table.place.problem(f"there is no file {quoted(name)} in the same folder{near}"))
        return None
    shown = f"{Path(node.place.file).parent.as_posix()}/{name}".removeprefix("./")
    found: list[Problem] = []
    weights = Node(list(_weights(path, shown, found)), table.place)
    problems.extend(found)
    if not weights.items:
        if not found:
            problems.append(table.place.problem(f"{quoted(name)} holds no weights"))
        return None
    mapping = {key: child for key, child in node.mapping.items() if key != "table"}
    return Node(mapping | {"weights": weights}, node.place, node.keys | {"weights": node.keys["table"]})


def _weights(path: Path, shown: str, problems: list[Problem]) -> Iterator[Node]:
    """One mapping a row, or problems."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        problems.append(Place(shown, 1, 1).problem("not UTF-8 text; save the table as UTF-8"))
        return
    reader = csv.reader(StringIO(text, newline=""), strict=True)
    try:
        header = [cell.strip() for cell in next(reader, [])]
        problems.extend(_header_faults(header, shown))
        if problems:
            return
        before = reader.line_num
        for count, row in enumerate(reader):
            place = Place(shown, before + 1, 1)
            before = reader.line_num
            if count >= _MOST_ROWS:
                problems.append(place.problem(f"more than {_MOST_ROWS:,} rows"))
                return
            if any(cell.strip() for cell in row):
                yield from _weight(header, row, place, problems)
    except csv.Error as fault:
        problems.append(Place(shown, reader.line_num, 1).problem(f"not readable as CSV: {fault}"))


def _header_faults(header: list[str], shown: str) -> Iterator[Problem]:
    top = Place(shown, 1, 1)
    for name in COLUMNS[:2]:
        if name not in header:
            yield top.problem(f"no column {name!r}; a table of weights has category and points")
    for name in header:
        if name not in COLUMNS:
            yield top.problem(f"unknown column {quoted(name)}{nearest(name, COLUMNS)}")
    if len(set(header)) < len(header):
        yield top.problem("a column name stands twice")


def _weight(header: list[str], row: list[str], place: Place, problems: list[Problem]) -> Iterator[Node]:
    if len(row) != len(header):
        problems.append(place.problem(f"{len(row)} of {len(header)} cells"))
        return
    cells = {name: cell.strip() for name, cell in zip(header, row, strict=True) if cell.strip()}
    yield Node({name: Node(cell, place) for name, cell in cells.items()}, place, dict.fromkeys(cells, place))
