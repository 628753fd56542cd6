"""A ledger on the disk: written by an older version, or with a file taken out of it."""

from __future__ import annotations

import json
import shutil
from datetime import date
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from tests.config_workspace import workspace

from harmscape.model.errors import HarmscapeError
from harmscape.workspace import Workspace, open_workspace

HEADER = "number,day,code,east,north,Status\n"
FIRST = HEADER + "1,2024-01-05,violence,420100,560100,Charged\n2,2024-01-06,violence,421900,560100,Charged\n"
SECOND = HEADER + "3,2024-01-07,violence,422100,560100,Charged\n"


@pytest.fixture
def loaded(tmp_path: Path) -> Workspace:
    """Two events of violence at 42.2 points each, in one delivery."""
    folder = workspace(tmp_path / "ws")
    (folder / "crimes-1.csv").write_text(FIRST)
    (folder / "crimes-2.csv").write_text(SECOND)
    opened = open_workspace(folder)
    assert opened.load([folder / "crimes-1.csv"], as_of=date(2024, 1, 31)).whole
    return opened


def as_an_older_version_wrote_it(folder: Path) -> Workspace:
    """Events without the columns that registers brought, no table of links, and no cache."""
    for path in (folder / "ledger" / "event").glob("*.parquet"):
        pq.write_table(pq.read_table(path).drop_columns(["about", "starts", "ends"]), path)
    for path in (folder / "ledger" / "manifests").glob("*.json"):
        held = json.loads(path.read_text())
        held["segments"] = [each for each in held["segments"] if each["table"] != "link"]
        path.write_text(json.dumps(held))
    shutil.rmtree(folder / "cache")
    return open_workspace(folder)


def test_a_ledger_of_an_older_version_is_read_and_loaded_into(loaded: Workspace) -> None:
    loaded.close()
    older = as_an_older_version_wrote_it(loaded.folder)
    assert older.rank(by="cell").total.harm == Decimal("84.4")  # type: ignore[attr-defined]
    older.load([loaded.folder / "crimes-2.csv"], as_of=date(2024, 2, 29))
    assert older.rank(by="cell").total.harm == Decimal("126.6")  # type: ignore[attr-defined]


@pytest.mark.parametrize("table", ["event", "source_row", "area"])
def test_a_file_gone_from_the_ledger_is_named_with_the_cure(loaded: Workspace, table: str) -> None:
    standing = loaded.rank(by="cell")
    assert standing.receipt is not None
    loaded.close()
    gone = next((loaded.folder / "ledger" / table).glob("*.parquet"))
    gone.unlink()
    said = rf"lacks data that it is made of: ledger/{table}/{gone.name} is gone; put back a copy"
    opened = open_workspace(loaded.folder)
    with pytest.raises(HarmscapeError, match=said):
        opened.rank(by="cell")
    with pytest.raises(HarmscapeError, match=said):
        opened.reproduce(standing.receipt)
    with pytest.raises(HarmscapeError, match=said):
        opened.load([loaded.folder / "crimes-2.csv"], as_of=date(2024, 2, 29))
