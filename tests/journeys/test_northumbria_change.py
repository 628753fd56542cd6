"""Northumbria 2021-22 beside 2020-21: the counts are the files', and a recovery is not read as a failure."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from tests.journeys.test_northumbria import loaded  # noqa: F401 - the fixture, loaded once for both files
from tests.shared import shared

from harmscape.views.changed import Changed
from harmscape.views.compare import Compare
from harmscape.workspace import open_workspace

pytestmark = pytest.mark.xdist_group("northumbria")

ASKED = {"by": "lsoa", "window": "12m", "to": "2022-03"}


def months() -> Counter[str]:
    """Crimes by month in the publisher's own file, anti-social behaviour left out."""
    table = pq.read_table(shared("data/crime_northumbria/northumbria_street_2020-05_2022-08.parquet"))
    names = {name.lower(): name for name in table.column_names}
    month, kind = table.column(names["month"]).to_pylist(), table.column(names["crime type"]).to_pylist()
    return Counter(str(m)[:7] for m, k in zip(month, kind, strict=True) if k != "Anti-social behaviour")


def test_two_years_are_compared_and_the_pandemic_is_said_first(loaded: Path) -> None:  # noqa: F811
    counts = months()
    year = [f"2021-{n:02}" for n in range(4, 13)] + ["2022-02", "2022-03"]
    before = [f"2020-{n:02}" for n in range(5, 13)] + ["2021-01", "2021-02", "2021-03"]
    assert "2022-01" not in counts
    workspace = open_workspace(loaded)
    found = workspace.ask("compare", ASKED)
    assert isinstance(found, Compare)
    whole = found.lines[0]
    assert whole.a_events == sum(counts[month] for month in year)
    assert whole.b_events == whole.expected == sum(counts[month] for month in before)
    assert str(found.sentence).startswith("Not like with like: All crime: 127,061, where ")
    assert "is not read as a failure" in str(found.sentence)
    said = " ".join(found.warnings)
    assert "January 2022 is missing from Street crime (data.police.uk): a gap in the data" in said
    assert "Of B: The data begin in May 2020" in said
    assert "The baseline is 11 months" in said
    assert found.lag.startswith("How late records come cannot be told yet")
    changed = workspace.ask("changed", ASKED)
    assert isinstance(changed, Changed)
    assert str(changed.sentence).startswith("Not like with like:")
    workspace.close()
