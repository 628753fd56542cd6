"""A link to a crime that no delivery held is not lost in silence: health counts it until the crime comes."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from tests.demos import opened

from harmscape.views.data_health import DataHealth
from harmscape.workspace import Workspace

LINKS = "Link id,Crime number,Nominal,Name,Role,Linked on\n"


def astray(workspace: Workspace) -> dict[str, int]:
    found = workspace.health()
    assert isinstance(found, DataHealth)
    assert ("tell of events that never came" in str(found.sentence)) == any(s.astray for s in found.sources)
    return {source.id: source.astray for source in found.sources if source.astray}


def test_links_whose_crime_never_came_are_counted(
    small_folder: Callable[[str], Path], tmp_path: Path
) -> None:
    folder = tmp_path / "ws"
    shutil.copytree(small_folder("soc"), folder)
    known = _a_crime(folder)
    late = folder / "data/links/2026-11-15-crime-nominals.csv"
    rows = ["LNK-X1,NOT/A/CRIME,N1,,Charged,2026-11-02", "LNK-X2,NOR/THIS,N1,,Charged,2026-11-02"]
    late.write_text(LINKS + "\n".join([*rows, f"LNK-X3,{known},N1,,Charged,2026-11-02"]) + "\n")
    with closing(opened(folder)) as workspace:
        assert astray(workspace) == {}
        workspace.load([late])
        assert astray(workspace) == {"crime_nominals": 2}


def _a_crime(folder: Path) -> str:
    """The number of a crime that a link of the demo tells of."""
    first = sorted((folder / "data/links").glob("*.csv"))[0]
    return first.read_text(encoding="utf-8").splitlines()[1].split(",")[1]
