"""Rows lead to their record in its own system, and a search never looks into rows that may not be opened."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from tests.small_force import LOCAL, SmallForce, an_event, domain, small_force

from harmscape.access import Reader
from harmscape.model.domain import Domain
from harmscape.model.role import Grant, Role
from harmscape.views.drilldown import Rows, drilldown

FLAT = ({"category": "violence", "points": "100"}, {"category": "theft", "points": "10"})
DAY = date(2024, 3, 10)


def with_links() -> Domain:
    made = domain(FLAT)
    linked = {"reference": "Number", "record_url": "https://records.example/?id={reference}"}
    sources = tuple(each.model_copy(update=linked) if each.id == "crimes" else each for each in made.sources)
    return made.model_copy(update={"sources": sources})


def force(folder: Path, declared: Domain) -> SmallForce:
    events = [
        an_event(DAY, "theft", attributes={"status": "Open = Yes"}),
        an_event(DAY, "wounding", source="intelligence", attributes={"status": "OPEN too"}),
    ]
    return small_force(folder, declared, events)


def asked(made: SmallForce, reader: Reader = LOCAL, **more: Any) -> Rows:
    words = {"window": "3m", "to": "2024-03"}
    with made.gate.narrowed(reader) as cursor:
        return drilldown(cursor, made.context, words, **more)


def test_a_row_has_the_address_of_its_record_with_its_reference_encoded(tmp_path: Path) -> None:
    found = asked(force(tmp_path, with_links()))
    assert found.columns[-1].kind == "link"
    links = {record["reference"]: record["record_url"] for record in found.records()}
    # A reference is "ref 1": a space is %20; the other source says no address.
    assert links == {"ref 1": "https://records.example/?id=ref%201", "ref 2": None}


def test_without_an_address_there_is_no_such_column(tmp_path: Path) -> None:
    assert "record_url" not in [column.id for column in asked(force(tmp_path, domain(FLAT))).columns]


def test_a_search_ignores_case_and_sums_what_it_found(tmp_path: Path) -> None:
    made = force(tmp_path, domain(FLAT))
    assert (asked(made, search="open").total.events, asked(made, search="OPEN =").total.harm) == (2, 10)
    assert asked(made, search="%").total.events == 0


def test_a_search_never_finds_what_may_only_be_counted(tmp_path: Path) -> None:
    made = force(tmp_path, domain(FLAT))
    role = Role(
        id="desk",
        title="Desk",
        count=(Grant(sensitivity=4),),
        see=(Grant(sensitivity=1),),
        reason="a test",
    )
    found = asked(made, Reader("bo", role), search="too")
    assert (found.total.events, found.lines, found.withheld) == (0, (), 1)
