"""A restatement whose row for a record cannot be used does not withdraw the record."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from tests.config_workspace import SOUND, workspace

from harmscape.workspace import open_workspace

FIRST = """number,day,code,east,north,Status
A1,2024-01-05,violence,420100,560100,Charged
A2,2024-01-06,violence,421900,560100,Charged
A3,2024-01-07,violence,422100,560100,Charged
"""
SECOND = """number,day,code,east,north,Status
A1,2024-01-05,violence,420100,560100,Charged
A2,2024-01-06,violence,somewhere,560100,Charged
"""


def test_only_what_is_gone_was_withdrawn(tmp_path: Path) -> None:
    source = SOUND["sources/crimes.yml"].replace(
        "  key: [number]\n", "  delivery: full\n  covers: [{column: day, part: month}]\n  key: [number]\n"
    )
    opened = open_workspace(workspace(tmp_path / "ws", sources__crimes_yml=source))
    first, second = tmp_path / "crimes-1.csv", tmp_path / "crimes-2.csv"
    first.write_text(FIRST)
    second.write_text(SECOND)
    opened.load([first], as_of=date(2024, 1, 31))
    (report,) = opened.load([second], as_of=date(2024, 2, 29)).files
    # By hand: A1 is the same, A2 stands in a row whose easting is no number, A3 is gone.
    assert (report.accepted, report.rejected, report.withdrawn, report.unchanged) == (1, 1, 1, 1)
    assert opened.rank(by="cell", to="2024-01").total.events == 2  # type: ignore[attr-defined]
