"""Demand to come by every road: command line, HTTP, and real open data with a month missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from tests.cli import run
from tests.journeys.test_northumbria import loaded  # noqa: F401 - a fixture
from tests.shared import shared

from harmscape.model.errors import SelectionError
from harmscape.views.forecast_result import Forecast
from harmscape.workspace import Workspace, open_workspace

Small = Callable[[str], Workspace]


def test_the_command_tells_the_sentence_the_years_and_the_back_test(
    small_folder: Callable[[str], Path], small: Small
) -> None:
    found = small("soc").ask("forecast", {"measure": "all_crime", "by": "sector"})
    assert isinstance(found, Forecast)
    told = run("forecast", "-w", small_folder("soc"), "--measure", "all_crime", "--by", "sector")
    assert told.status == 0
    assert told.out.startswith(str(found.sentence))
    assert "Back-test by years, All areas together" in told.out
    assert "Where it would be most" in told.out
    asked = ("forecast", "-w", small_folder("soc"), "--measure", "all_crime", "--by", "sector")
    whole = run(*asked, "--format", "json").json
    assert whole["years"][0]["events"] == found.years[0].events
    assert whole["receipt"]["view"] == "forecast"


def test_a_sum_tells_its_flows_and_names_the_stocks_it_leaves_out(small: Small) -> None:
    found = small("soc").ask("forecast", {"measure": "soc_primary", "by": "sector"})
    assert isinstance(found, Forecast)
    domain = small("soc").domain
    flows = [n for n in domain.measure("soc_primary").measures if domain.measure(n).kind == "flow"]
    assert [each.id for each in found.measures] == flows
    assert any("stocks of a register" in line and "Members of organised" in line for line in found.how)
    with pytest.raises(SelectionError, match="stocks are not forecast"):
        small("soc").ask("forecast", {"measure": "ocg_members", "by": "sector"})
    with pytest.raises(SelectionError, match="told of areas"):
        small("soc").ask("forecast", {"measure": "all_crime", "by": "group"})


@pytest.mark.xdist_group("northumbria")
def test_northumbria_27_months_with_one_missing(loaded: Path) -> None:  # noqa: F811 - the fixture
    workspace = open_workspace(loaded)
    found = workspace.ask("forecast", {"measure": "all_crime", "by": "ward"})
    workspace.close()
    assert isinstance(found, Forecast)
    table = pq.read_table(
        shared("data/crime_northumbria/northumbria_street_2020-05_2022-08.parquet"),
        columns=["Month", "Crime type"],
    ).to_pydict()
    counted = Counter(
        month
        for month, kind in zip(table["Month"], table["Crime type"], strict=True)
        if kind != "Anti-social behaviour"
    )
    assert {each.month: each.events for each in found.history if not each.gap} == dict(counted)
    assert [each.month for each in found.history if each.gap] == ["2022-01"]
    assert found.unplaced is not None
    rows = [*found.areas, found.unplaced]
    assert sum(each.next_year for each in rows) == found.years[0].events
    # No whole year lies behind two known ones: single months were tested, and that is said.
    assert {each.unit for each in found.back_tests} == {"months"}
    assert any("too short to test a whole year" in line for line in found.how)
    assert any("January 2022 is missing" in line for line in found.warnings)
    assert any("Pandemic restrictions" in line for line in found.warnings)
    # A missing January is no fall: the next year lies within a tenth of twelve months like the known ones.
    usual = 12 * sum(counted.values()) / len(counted)
    assert 0.9 * usual < found.years[0].events < 1.15 * usual
