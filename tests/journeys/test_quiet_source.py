"""A source of few events, delivered month by month: its quiet months are zeros, and its tail is told."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from tests.config_workspace import workspace

from harmscape.workspace import open_workspace

HEADER = "number,day,code,east,north,Status\n"


def test_quiet_months_of_a_source_of_few_events_are_zeros(tmp_path: Path) -> None:
    folder = workspace(tmp_path / "ws")
    opened = open_workspace(folder)
    deliveries = {
        "2024-01-31": "1,2024-01-05,violence,420100,560100,Charged\n",
        "2024-03-31": "2,2024-03-06,violence,421900,560100,Charged\n",
        "2024-04-30": "",
    }
    for day, rows in deliveries.items():
        path = folder / f"crimes-{day}.csv"
        path.write_text(HEADER + rows)
        opened.load([path], as_of=date.fromisoformat(day))
    found = opened.rank(by="cell", window="4m")
    # By hand: one event in January and one in March; the delivery of April told of none.
    assert [(month.month, month.events, month.gap, month.complete) for month in found.trend] == [  # type: ignore[attr-defined]
        ("2024-01", 1, False, True),
        ("2024-02", 0, False, True),
        ("2024-03", 1, False, True),
        ("2024-04", 0, False, True),
    ]
    assert not any("missing" in said or "Provisional" in said for said in found.warnings)
