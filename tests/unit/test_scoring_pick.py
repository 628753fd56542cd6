"""Picking events: what a selection binds, when the tally may answer, which months a window cuts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from tests.small_force import TREE, domain

from harmscape.engine import Duck
from harmscape.model.errors import SelectionError
from harmscape.model.period import Period
from harmscape.model.selection import Condition, Selection, parse_selection
from harmscape.rollup import Dictionaries
from harmscape.scoring.pick import Pick, cut_months, pick
from harmscape.scoring.score import month_sql, score_sql
from harmscape.scoring.terms import Lookup, category_term, condition_term

NUMBERS = {name: number for number, name in enumerate(TREE, start=1)}
TREE_NAMES = {number: name for name, number in NUMBERS.items()}
YEAR = Period(date(2024, 1, 1), date(2025, 1, 1))
DECLARED = domain([{"category": "theft", "points": 1, "when": {"status": "charged"}}])


def lookup(declared: Any = DECLARED, present: frozenset[int] = frozenset(NUMBERS.values())) -> Lookup:
    return Lookup(
        domain=declared,
        dictionaries=Dictionaries(
            category=NUMBERS,
            source={"crimes": 1, "intelligence": 2},
            attributes={"status": {"charged": 1}, "tool": {"knife": 1}},
            singles=True,
            present=present,
            wide=frozenset({"a_sector"}),
        ),
        areas={"sector": {"S1": 1, "S2": 2}, "beat": {"B1": 1}},
        columns={"sector": "sector", "beat": "beat__0"},
        weighing=frozenset({"status"}),
    )


def picked(
    period: Period = YEAR, cuts: tuple[date, ...] = (), declared: Any = DECLARED, **words: object
) -> Pick:
    selection = parse_selection(words, declared, last_day=date(2024, 12, 31))
    return pick(selection, lookup(declared), period, cuts=cuts)


def bound(found: Pick, column: str) -> set[int]:
    """The numbers that a column is compared with."""
    names = re.findall(rf"{re.escape(column)} in \(([^)]*)\)", found.events.sql)
    return {int(number) for part in names for number in part.split(",")}


def met(sql: str, parameters: Mapping[str, object]) -> set[str]:
    """The categories whose events meet a condition, as the engine reads it."""
    held = ", ".join(f"({number})" for number in NUMBERS.values())
    rows = f"""select v.no as category, date '2024-05-01' as day, null as known_to, 0 as t_status, 1 as source
        from (values {held}) v(no)"""
    found = Duck().rows("met", f"select e.category from ({rows}) e where {sql}", dict(parameters))
    return {TREE_NAMES[number] for (number,) in found}


def test_a_selection_of_whole_months_is_answered_by_the_tally() -> None:
    found = picked()
    assert found.tally is not None
    assert found.singles
    assert "known_to" in found.events.sql
    assert "known_to" not in found.tally.sql
    assert set(found.tally.parameters) >= {"starts", "ends"}


@pytest.mark.parametrize(
    ("period", "cuts", "words"),
    [
        (Period(date(2024, 1, 15), date(2024, 2, 1)), (), {}),
        (Period(date(2024, 1, 1), date(2024, 2, 15)), (), {}),
        (YEAR, (date(2024, 3, 17),), {}),
        (YEAR, (), {"as_known_at": "2024-06-01"}),
        (YEAR, (), {"where": "tool=knife"}),
        (YEAR, (), {"where": "weekday=mon"}),
        (YEAR, (), {"where": "hour=3"}),
    ],
    ids=["starts inside", "ends inside", "weights change inside", "as known", "attribute", "weekday", "hour"],
)
def test_what_the_tally_does_not_hold_is_read_from_the_events(
    period: Period, cuts: tuple[date, ...], words: Mapping[str, object]
) -> None:
    assert picked(period, cuts, **words).tally is None


@pytest.mark.parametrize(
    "where",
    ["category=theft", "detection=proactive", "source=crimes", "agency=hub", "beat=B1", "status=charged"],
)
def test_what_the_tally_holds_it_answers(where: str) -> None:
    assert picked(cuts=(date(2024, 3, 1),), where=where).tally is not None


@pytest.mark.parametrize(
    ("words", "column", "numbers"),
    [
        ({"where": "source=crimes,intelligence"}, "e.source", {1, 2}),
        ({"where": "agency=hub"}, "e.source", {2}),
        ({"where": "weekday=mon,sun"}, "e.weekday", {1, 7}),
        ({"where": "beat=b1,UNPLACED"}, "e.a_beat__0", {0, 1}),
        ({"areas": "S2"}, "e.a_sector", {2}),
        ({"where": "status=charged,unheard of"}, "e.t_status", {1, -1}),
    ],
)
def test_words_become_numbers(words: dict[str, object], column: str, numbers: set[int]) -> None:
    assert bound(picked(**words), column) == numbers


def test_a_category_stands_for_all_below_it() -> None:
    found = picked(where="category=violence").events
    assert met(found.sql, found.parameters) == {"violence", "wounding", "assault"}


@pytest.mark.parametrize(
    ("categories", "where", "names"),
    [
        (["theft"], "", {"theft", "burglary"}),
        (["violence", "theft", "nuisance"], "", set(TREE) - {"weapon_found"}),
        (["violence", "theft"], "category=theft,nuisance", {"theft", "burglary"}),
        (["violence"], "category=theft", set()),
        (["violence", "theft"], "category=wounding,burglary", {"wounding", "burglary"}),
    ],
    ids=["one span", "two spans", "what both ask", "nothing that both ask", "numbers apart"],
)
def test_what_measure_and_question_ask_of_the_category_is_asked_once(
    categories: list[str], where: str, names: set[str]
) -> None:
    declared = domain([{"category": "theft", "points": 1}], measure={"lists": [], "categories": categories})
    found = picked(declared=declared, **({"where": where} if where else {})).events
    assert met(found.sql, found.parameters) == names
    assert found.sql.split("e.day")[0].count("category") <= 3  # a span or two, or a list led by its span


@pytest.mark.parametrize("left_out", [set(), {"assault"}, {"assault", "theft", "nuisance"}, set(TREE)])
@pytest.mark.parametrize("wanted", [set(), {"wounding"}, {"violence", "burglary", "nuisance"}, set(TREE)])
def test_a_span_runs_over_categories_that_do_not_occur(wanted: set[str], left_out: set[str]) -> None:
    present = {NUMBERS[name] for name in TREE if name not in left_out}
    term = category_term([NUMBERS[name] for name in wanted], lookup(present=frozenset(present)))
    assert met(term.sql, {}) - left_out == wanted - left_out
    assert term.categories == frozenset(NUMBERS[name] for name in wanted - left_out)


@pytest.mark.parametrize("hours", ["3", "22,23", "8,9,10", "0,23", "1,5,9"])
def test_hours_are_asked_as_a_span_or_as_bits(hours: str) -> None:
    sql = condition_term(Condition(field="hour", values=tuple(hours.split(","))), lookup()).sql
    rows = Duck().rows("hours", f"select e.hour from (select unnest(range(24)) as hour) e where {sql}")
    assert {str(hour) for (hour,) in rows} == set(hours.split(","))


def test_a_measure_restricts_by_its_own_sources_and_attributes() -> None:
    declared = domain(
        [{"category": "theft", "points": 1}],
        measure={"sources": ["intelligence"], "where": {"status": ["charged"]}},
    )
    found = picked(declared=declared)
    assert bound(found, "e.source") == {2}
    assert bound(found, "e.t_status") == {1}


def test_a_measure_leaves_events_out_by_an_attribute() -> None:
    declared = domain([{"category": "theft", "points": 1}], measure={"without": {"status": ["charged"]}})
    found = picked(declared=declared)
    # status counts among the weighing attributes of `lookup`, so the tally holds it.
    assert found.tally is not None
    assert "not (e.t_status in (" in found.tally.sql
    assert bound(found, "e.t_status") == {1}


def test_a_category_that_no_scheme_or_list_knows_matches_nothing() -> None:
    # Python callers may make a selection without the grammar's checks; it finds nothing and does not fail.
    selection = Selection(
        by="sector",
        measure="crime",
        weights="severity",
        period=YEAR,
        where=(Condition(field="source", values=("unheard_of",)),),
    )
    found = pick(selection, lookup(), YEAR)
    assert bound(found, "e.source") == set()
    assert "(false)" in found.events.sql
    assert met(found.events.sql, found.events.parameters) == set()


def test_an_unknown_area_names_the_nearest() -> None:
    with pytest.raises(SelectionError, match="no sector has the code 'S11'; did you mean 'S1'"):
        picked(areas="S11")


@pytest.mark.parametrize(
    ("starts", "ends", "cut"),
    [
        (date(2024, 1, 1), date(2024, 3, 1), []),
        (date(2024, 1, 2), date(2024, 3, 1), [date(2024, 1, 1)]),
        (date(2024, 1, 1), date(2024, 3, 31), [date(2024, 3, 1)]),
        (date(2024, 1, 31), date(2024, 2, 2), [date(2024, 1, 1), date(2024, 2, 1)]),
        (date(2024, 1, 10), date(2024, 1, 20), [date(2024, 1, 1)]),
    ],
)
def test_a_window_cuts_the_months_it_does_not_hold_whole(starts: date, ends: date, cut: list[date]) -> None:
    assert cut_months(Period(starts, ends)) == cut


def test_a_window_inside_a_month_holds_no_whole_month() -> None:
    found = picked(Period(date(2024, 1, 10), date(2024, 1, 20)))
    held = found.events.parameters
    assert (held["whole_starts"], held["whole_ends"]) == (date(2024, 2, 1), date(2024, 1, 1))


def test_hours_become_the_bits_of_one_number() -> None:
    # By hand: hour 0 is bit 1, hour 3 is bit 8.
    assert "((9 >> e.hour::integer) & 1) = 1" in picked(where="hour=0,3").events.sql


@pytest.mark.parametrize(
    ("words", "column", "table"),
    [
        ({"by": "sector"}, "a_sector", "counted_wide"),
        ({"by": "sector", "areas": "S1"}, "a_sector", "counted_wide"),
        ({"by": "beat"}, "a_beat__0", "counted_tally"),
        ({"by": "sector", "where": "beat=B1"}, "a_sector", "counted_tally"),
        ({"by": "beat", "areas": "B1"}, "a_beat__0", "counted_tally"),
    ],
)
def test_the_wide_tally_answers_for_geographies_of_few_areas_alone(
    words: dict[str, object], column: str, table: str
) -> None:
    assert f"from {table} e" in score_sql(picked(**words), column, ["status"])
    months = "counted_tally" if table == "counted_tally" and len(words) > 1 else "counted_wide"
    assert f"from {months} e" in month_sql(picked(**words), ["status"])


def test_a_measure_leaves_categories_out_by_how_they_come_to_notice() -> None:
    declared = domain([{"category": "theft", "points": 1}], measure={"without": {"detection": ["proactive"]}})
    found = picked(declared=declared).events
    assert met(found.sql, found.parameters) == set(TREE) - {"weapon_found"}
