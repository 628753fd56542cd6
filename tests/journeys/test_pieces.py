"""However small the pieces of a load, the ledger holds the same rows and the figures are equal."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from tests.config_workspace import SOUND, workspace

from harmscape.engine import Duck
from harmscape.workspace import arrived, cache, open_workspace

HEADER = "number,day,code,east,north,Status\n"
JANUARY = (
    HEADER + "A1,2024-01-05,violence,420100,560100,Charged\nA2,2024-01-06,violence,421900,560100,Charged\n",
    HEADER + "A2,2024-01-06,violence,421900,560100,Charged\nA3,2024-01-07,violence,422100,560100,Charged\n",
    HEADER + "A4,2024-01-08,007,422100,560100,Charged\n",
)
RESTATED = (
    HEADER + "A1,2024-01-05,violence,420100,560100,Cancelled\nA5,2024-01-30,violence,420100,560100,\n",
    HEADER + "A3,2024-01-07,violence,422100,560100,Charged\n",
)
TABLES = ("event", "source_row", "closing", "event_area")
# When it was loaded, and the segments' own names, differ from load to load.
ROWS = {
    "event": "select * exclude (file_no) from {} order by event_id",
    "source_row": "select * from {} order by event_id",
    "closing": "select * from {} order by all",
    "event_area": "select * from {} order by all",
}


def loaded(folder: Path) -> tuple[dict[str, list[tuple[object, ...]]], str, int]:
    """The rows of the ledger, the standing, and the number of segments of events."""
    source = SOUND["sources/crimes.yml"].replace(
        "  key: [number]\n", "  delivery: full\n  covers: [{column: day, part: month}]\n  key: [number]\n"
    )
    opened = open_workspace(workspace(folder / "ws", sources__crimes_yml=source))
    for name, files, day in (("a", JANUARY, date(2024, 1, 31)), ("b", RESTATED, date(2024, 2, 29))):
        (folder / name).mkdir()
        paths = [folder / name / f"crimes-{number}.csv" for number in range(len(files))]
        for path, text in zip(paths, files, strict=True):
            path.write_text(text)
        assert opened.load(paths, as_of=day).whole is (name == "b")
    manifest = opened.ledger.current()
    engine = Duck()
    rows = {
        table: engine.rows(table, ROWS[table].format(opened.ledger.relation(manifest, table)))
        for table in TABLES
    }
    standing = opened.rank(by="cell", to="2024-01")
    assert standing.receipt is not None
    return rows, standing.receipt.result, len(manifest.of("event"))


def test_pieces_of_one_row_give_what_whole_deliveries_give(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("whole", "pieces"):
        (tmp_path / name).mkdir()
    rows, standing, segments = loaded(tmp_path / "whole")
    monkeypatch.setattr(arrived, "PIECE_ROWS", 1)
    monkeypatch.setattr(cache, "_PIECE_ROWS", 1)
    assert loaded(tmp_path / "pieces")[:2] == (rows, standing)
    # By hand: A1 to A4 came, A2 twice; then A1 changed, A3 is the same, A5 is new, A2 and A4 are gone.
    assert [(row[0], row[2]) for row in rows["event"]] == [
        (1, "a1"), (2, "a2"), (3, "a3"), (4, "a4"), (5, "a1"), (6, "a5")
    ]  # fmt: skip
    assert sorted((row[0], row[3]) for row in rows["closing"]) == [
        (1, "changed"), (2, "withdrawn"), (4, "withdrawn")
    ]  # fmt: skip
    assert segments == 2
