"""What is of that name: nearest first, told apart, and never more than the reader may know of."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest
from tests import twin
from tests.small_force import BEATS, LOCAL, SECTORS, SmallForce, an_event, domain, small_force

from harmscape.access import Reader
from harmscape.model.domain import Domain
from harmscape.model.errors import SelectionError
from harmscape.model.operation import Operation, Registered
from harmscape.model.role import Role
from harmscape.views.context import AreaBook
from harmscape.views.find import MOST_FOUND, Finds, find

JAN = date(2024, 1, 10)
NAMES = {
    "sector": ("Lime Basin", "Old Quay", "Moor"),
    "beat": ("Lime Basin", "Sublime Row"),
}


def declared() -> Domain:
    """Sectors and beats, traders by name, people by code alone, a theme, and two kinds of rows."""
    plain = domain([{"category": "theft", "points": 10}], measure={"theme": "all of it"})
    held = plain.model_dump(by_alias=True)
    held["entities"] = [
        {"id": "person", "title": "Person", "plural": "People", "personal": True},
        {"id": "trader", "title": "Trader"},
    ]
    links = [{"kind": kind, "column": kind, "role": "named"} for kind in ("trader", "person")]
    held["sources"] = [{**each, "links": links} for each in held["sources"]]
    theft = {"id": "thefts", "title": "Limescale theft", "categories": ["theft"], "scheme": "severity"}
    held["measures"] = [*held["measures"], {**theft, "reason": "a test"}]
    held["geographies"][1]["parent"] = "sector"
    return Domain.model_validate(held)


def told(*links: tuple[str, str, str], source: str = "crimes", category: str = "theft") -> twin.Event:
    return an_event(JAN, category, source=source, links=links)


# The small force calls each entity "name of" its code.
EVENTS = [
    told(("trader", "lime-1", "named"), ("person", "lime-9", "named")),
    told(("trader", "oak-1", "named"), category="nuisance"),
    told(("trader", "lime-2", "named"), ("person", "elm-9", "named"), source="intelligence"),
]


@pytest.fixture(scope="module")
def force(tmp_path_factory: pytest.TempPathFactory) -> SmallForce:
    held = small_force(tmp_path_factory.mktemp("find"), declared(), EVENTS)
    books = {
        name: AreaBook(
            held.context.domain.geography(name),
            "1",
            codes,
            NAMES[name],
            ("S2", "S3") if name == "beat" else (None,) * len(codes),
            {},
            np.ones(len(codes)),
        )
        for name, codes in (("sector", SECTORS), ("beat", BEATS))
    }
    limelight = Operation.model_validate(
        {
            "id": "OP-1",
            "title": "Limelight",
            "by": "sector",
            "areas": ["S1"],
            "phases": [{"phase": "clear", "from": JAN}],
        }
    )
    operations = [Registered(limelight, 1, None, None, None)]
    held.context = replace(held.context, books=books, operations=lambda _: operations)
    return held


def role(**rights: Any) -> Reader:
    few = {"id": "few", "title": "Few", "reason": "a test", **rights}
    return Reader("bea", Role.model_validate(few))


def ask(force: SmallForce, search: str, reader: Reader = LOCAL) -> Finds:
    with force.gate.narrowed(reader) as cursor:
        return find(cursor, force.context, {}, search=search)


def names(found: Finds) -> list[tuple[str, str, str]]:
    return [(each.match, each.of or each.kind, each.id) for each in found.found]


def test_the_nearest_come_first_and_two_alike_are_told_apart(force: SmallForce) -> None:
    found = ask(force, "  LIME   basin ")
    assert names(found) == [("name", "beat", "B1"), ("name", "sector", "S1")]
    assert [(each.title, each.within) for each in found.found] == [("Beat", "Old Quay"), ("Sector", None)]
    assert found.sentence == "2 found."

    every = ask(force, "lime")
    assert names(every) == [
        ("start", "beat", "B1"),
        ("start", "sector", "S1"),
        ("start", "measure", "thefts"),
        ("start", "operation", "OP-1"),
        ("word", "trader", "LIME-1"),
        ("word", "trader", "LIME-2"),
        ("inside", "beat", "B2"),
    ]
    assert every.of == 7


def test_a_code_stands_before_every_name(force: SmallForce) -> None:
    assert names(ask(force, "s1")) == [("code", "sector", "S1")]
    assert names(ask(force, "ALL OF it")) == [("code", "theme", "all of it")]
    assert names(ask(force, "theft"))[:2] == [("code", "category", "theft"), ("word", "measure", "thefts")]


def test_an_entity_is_led_to_under_a_measure_that_counts_it(force: SmallForce) -> None:
    assert [each.measure for each in ask(force, "oak-1").found] == ["crime"]
    held = force.context.domain.model_dump(by_alias=True)
    held["settings"]["defaults"]["measure"] = "thefts"
    wider = replace(force.context, domain=Domain.model_validate(held))
    with force.gate.narrowed(LOCAL) as cursor:
        found = [find(cursor, wider, {}, search=code).found[0].measure for code in ("lime-1", "oak-1")]
    assert found == ["thefts", "crime"]


def test_people_are_found_by_their_whole_code_alone(force: SmallForce) -> None:
    assert names(ask(force, "Lime-9")) == [("code", "person", "LIME-9")]
    assert names(ask(force, "name of lime-9")) == []
    assert names(ask(force, "lime-")) == [("word", "trader", "LIME-1"), ("word", "trader", "LIME-2")]
    assert ask(force, "nothing so called").sentence == (
        "No area, trader, theme, measure, type or operation of that name."
        " People are found by their whole code alone."
    )


def test_nothing_is_told_of_what_a_reader_may_not_count_and_no_name_they_may_not_open(
    force: SmallForce,
) -> None:
    official, all_of_it = [{"sensitivity": 1}], [{"sensitivity": 4}]
    fewer = role(count=official, see=official)
    assert names(ask(force, "lime-", fewer)) == [("word", "trader", "LIME-1")]
    assert [ask(force, search, fewer).of for search in ("lime-2", "elm-9", "name of lime-2")] == [0, 0, 0]
    # Counted and not opened: the code is known and stands for the name, and it begins with the search.
    counting = role(count=all_of_it, see=official)
    assert [(each.id, each.name) for each in ask(force, "lime-", counting).found] == [
        ("LIME-2", "LIME-2"),
        ("LIME-1", "name of lime-1"),
    ]
    assert ask(force, "name of lime-2", counting).of == 0
    assert names(ask(force, "ELM-9", counting)) == [("code", "person", "ELM-9")]
    with pytest.raises(SelectionError, match="holds no events yet"):
        ask(force, "lime", role())


def test_many_are_counted_and_twelve_are_shown(force: SmallForce) -> None:
    codes = tuple(f"S{number}" for number in range(1, 31))
    book = replace(force.context.books["sector"], codes=codes, names=codes, parents=(None,) * 30)
    wider = replace(force.context, books={"sector": replace(book, size_km2=np.ones(30))})
    with force.gate.narrowed(LOCAL) as cursor:
        found = find(cursor, wider, {}, search="s1")
    assert [each.id for each in found.found] == ["S1", *(f"S{number}" for number in range(10, 20))]
    wider = replace(force.context, books={"sector": replace(book, names=("Row of S",) * 30)})
    with force.gate.narrowed(LOCAL) as cursor:
        found = find(cursor, wider, {}, search="row")
    assert (found.of, len(found.found)) == (30, MOST_FOUND) == (30, 12)
    assert found.sentence == "30 found, the nearest 12 shown."


@pytest.mark.parametrize(("search", "length"), [("", 0), (" a ", 1), ("x" * 101, 101)])
def test_a_search_that_is_too_short_or_too_long_is_said_plainly(
    force: SmallForce, search: str, length: int
) -> None:
    with pytest.raises(SelectionError) as fault:
        ask(force, search)
    said = f"a search by name takes 2 to 100 characters, and this has {length}"
    assert str(fault.value) == said


def test_letters_with_a_meaning_elsewhere_are_letters_here(force: SmallForce) -> None:
    for search in ("%%", "l.me", "(lime", "\\b", "lime_", "';--"):
        assert ask(force, search).of == 0
