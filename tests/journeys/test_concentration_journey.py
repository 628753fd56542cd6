"""How harm gathers, on an invented force: the figures of the standing, by command, and from a receipt."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.cli import run
from tests.demos import LAST_MONTH

from harmscape.views.clusters_view import Clusters
from harmscape.views.concentration_shift import Shift
from harmscape.views.concentration_surface import Surface
from harmscape.views.concentration_view import ConcentrationView
from harmscape.views.sector_overview import SectorOverview
from harmscape.workspace import Workspace

WORDS = {"by": "sector", "window": "12m", "to": LAST_MONTH, "measure": "all_crime"}


def test_its_harm_is_the_harm_of_the_standing_to_the_last_digit(small: Callable[[str], Workspace]) -> None:
    workspace = small("soc")
    found, rank = workspace.ask("concentration", WORDS), workspace.ask("rank", WORDS)
    assert isinstance(found, ConcentrationView)
    assert isinstance(rank, SectorOverview)
    held = {area.area_id: (area.events, area.harm) for area in rank.areas}
    assert {each.place_id: (each.events, each.harm) for each in found.places} == held
    assert found.total_harm + rank.unplaced.harm == rank.total.harm
    assert found.unplaced == rank.unplaced.events
    assert found.together is not None


def test_its_receipt_gives_the_same_draws_again(small: Callable[[str], Workspace]) -> None:
    workspace = small("soc")
    found = workspace.ask("concentration", WORDS, places="areas")
    assert found.receipt is not None
    assert workspace.reproduce(found.receipt).to_dict() == found.to_dict()


def test_doubling_every_weight_leaves_every_share_alone(small: Callable[[str], Workspace]) -> None:
    workspace = small("soc")
    once = workspace.ask("concentration", {**WORDS, "weights": "css_mixed"})
    twice = workspace.ask("concentration", {**WORDS, "weights": "doubled"})
    assert isinstance(once, ConcentrationView)
    assert isinstance(twice, ConcentrationView)
    assert twice.harm.half == once.harm.half
    assert twice.harm.gini == pytest.approx(once.harm.gini)
    assert [each.heat for each in twice.places] == [each.heat for each in once.places]
    assert twice.places[0].harm == 2 * once.places[0].harm


def test_deaths_are_scanned_and_a_map_is_not_pulled_to_pieces(small: Callable[[str], Workspace]) -> None:
    workspace = small("soc")
    found = workspace.ask("clusters", {**WORDS, "measure": "drug_related_deaths", "window": "36m"})
    assert isinstance(found, Clusters)
    whole = found.windows[0]
    assert (whole.area_id, whole.ends > whole.starts, whole.events <= whole.of) == (None, True, True)
    assert found.tested == len(found.windows) - 1


@pytest.mark.parametrize(
    ("command", "more", "head"),
    [
        ("concentration", ("--by", "sector"), "Half of the harm is in"),
        ("surface", ("--by", "sector", "--against", "prev"), "A quarter of the harm lies on"),
        (
            "surface",
            ("--by", "sector", "--what", "events", "--per", "residents"),
            "A quarter of the events lie",
        ),
        ("shift", ("--by", "sector"), ""),
        ("near-repeats", ("--measure", "burglary"), ""),
        ("clusters", ("--measure", "drug_related_deaths", "--window", "36m"), "The most in 28 days is"),
    ],
)
def test_each_command_says_its_finding_first(
    small_folder: Callable[[str], Path], command: str, more: tuple[str, ...], head: str
) -> None:
    said = run(command, "-w", small_folder("soc"), "--to", LAST_MONTH, *more)
    assert said.status == 0, said.err
    assert said.out.startswith(head)
    assert "receipt" in said.out


def test_what_lies_in_the_hearts_is_in_the_rows(small: Callable[[str], Workspace]) -> None:
    workspace = small("soc")
    found, rank = workspace.ask("surface", WORDS), workspace.ask("rank", WORDS)
    assert isinstance(found, Surface)
    assert isinstance(rank, SectorOverview)
    held = {area.area_id: area.events for area in rank.areas}
    assert all(each.place_id in held for each in found.hearts)
    assert sum(each.harm for each in found.hearts) <= rank.total.harm
    assert sum(each.share for each in found.hearts) < 0.5
    assert found.receipt is not None
    assert workspace.reproduce(found.receipt).to_dict() == found.to_dict()


def test_shares_are_of_the_events_of_the_standing(small: Callable[[str], Workspace]) -> None:
    workspace = small("soc")
    found, rank = (
        workspace.ask("shift", {**WORDS, "window": "6m"}),
        workspace.ask("rank", {**WORDS, "window": "6m"}),
    )
    assert isinstance(found, Shift)
    assert isinstance(rank, SectorOverview)
    events = {area.area_id: area.events for area in rank.areas if area.events}
    assert {each.area_id: each.after for each in found.areas if each.after} == events
    assert sum(each.share_after for each in found.areas) == pytest.approx(1)
    assert sum(each.share_before for each in found.areas) == pytest.approx(1)
