"""A small workspace without a fault, for tests that break one thing at a time."""

from __future__ import annotations

from pathlib import Path

import pytest

from harmscape.config import load_domain
from harmscape.model.errors import ConfigError

SOUND = {
    "harmscape.yml": """\
workspace:
  id: northshire
  title: Northshire
  data: []
  defaults: {by: cell, measure: crime}
""",
    "categories/offences.yml": """\
categories:
  id: offences
  title: Offences
  source: invented
  categories:
    - {id: violence, title: Violence}
    - {id: 5D, title: Wounding, parent: violence}
    - {id: 1E3, title: Assault, parent: violence}
    - {id: 007, title: Espionage}
""",
    "sources/crimes.yml": """\
source:
  id: crimes
  title: Crimes
  files: ["crimes*.csv"]
  key: [number]
  occurred: {column: day, grain: day}
  category: {list: offences, column: code}
  point: {x: east, y: north, crs: "EPSG:27700"}
  attributes: {status: Status}
  policy: {agency: police, sensitivity: 1}
""",
    "schemes/severity.yml": """\
scheme:
  id: severity
  title: Severity
  source: invented
  status: derived
  categories: [offences]
  weights:
    - {category: violence, points: 42.2}
    - {category: 5D, points: 7978.7931, from: 2024-01-01}
    - {category: 007, points: 3, when: {status: Charged}}
""",
    "measures/crime.yml": """\
measure:
  id: crime
  title: Crime
  lists: [offences]
  scheme: severity
  reason: everything
""",
    "geographies/cell.yml": """\
geography:
  id: cell
  title: Cell
  grid: {kind: square, size_m: 1000}
""",
}
"""The files by their names."""


def workspace(folder: Path, **changed: str) -> Path:
    """The sound workspace in a folder, some files replaced; in names `__` stands for `/`, `_yml` for"
    " `.yml`."""
    files = SOUND | {name.replace("__", "/").replace("_yml", ".yml"): text for name, text in changed.items()}
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def broken(name: str, old: str, new: str) -> dict[str, str]:
    """The sound file of a name with one text replaced, which must be there."""
    assert old in SOUND[name]
    return {name.replace("/", "__").replace(".yml", "_yml"): SOUND[name].replace(old, new)}


def faults(folder: Path) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load_domain(folder)
    return [str(problem) for problem in caught.value.problems]


def warnings(folder: Path) -> list[str]:
    return [str(problem) for problem in load_domain(folder)[1]]
