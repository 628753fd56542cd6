"""Picking events: a selection as one predicate over compact events.

Days are bound as parameters; what people write never reaches the text, only the numbers it was looked up to.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from harmscape.engine import identifier
from harmscape.model.domain import Domain
from harmscape.model.errors import SelectionError, nearest
from harmscape.model.geography import UNPLACED
from harmscape.model.period import Period, month_start
from harmscape.model.selection import WEEKDAYS, Condition, Selection
from harmscape.rollup import Dictionaries

TALLIED = frozenset({"category", "source", "agency", "detection"})
"""The fields of `where` that a tally by month can answer, beside geographies and weighing attributes."""


@dataclass(frozen=True, slots=True)
class Lookup:
    """What turns the words of a selection into numbers: the domain, its dictionaries, the area numbers.

    areas: for each geography, the area numbers by code. columns: the column that holds a geography.
    """

    domain: Domain
    dictionaries: Dictionaries
    areas: Mapping[str, Mapping[str, int]]
    columns: Mapping[str, str]
    weighing: frozenset[str]

    def area_column(self, geography: str) -> str:
        return f"a_{identifier(self.columns[geography])}"


@dataclass(frozen=True, slots=True)
class Predicate:
    """A condition on rows `e` and the values it binds."""

    sql: str
    parameters: dict[str, object]


@dataclass(frozen=True, slots=True)
class Pick:
    """A selection over compact events, and over the tally by month where that can answer it.

    singles: every event has a quantity of 1, so that a count is the sum of quantities. table: the tally that
    answers, the shared one or the reader's own.
    """

    events: Predicate
    tally: Predicate | None
    singles: bool = False
    table: str = "counted_tally"


def pick(selection: Selection, lookup: Lookup, period: Period, *, cuts: Sequence[date] = ()) -> Pick:
    """The events of a selection in a period, as they were known at its day.

    cuts: days on which weights change; a tally by month serves only when all are the first of a month.
    Events known only by month fall whole into calendar months: those of a month that the period cuts
    stay out, and `cut_months` says so.
    """
    shared: dict[str, object] = {"starts": period.starts, "ends": period.ends}
    terms = [_measured_term(selection, lookup)]
    tallied = period.is_whole_months and selection.as_known_at is None and all(day.day == 1 for day in cuts)
    for condition in _conditions(selection, lookup):
        column, values, in_tally = _term(condition, lookup)
        terms.append(_among(column, values))
        tallied = tallied and in_tally
    for name, left_out in lookup.domain.measure(selection.measure).without.items():
        column, values, in_tally = _term(Condition(field=name, values=left_out), lookup)
        terms.append(f"not ({_among(column, values)})")
        tallied = tallied and in_tally
    terms.append("e.day >= $starts and e.day < $ends")
    known, bound = _known(selection)
    within = [*terms, known]
    if not period.is_whole_months:
        within.append("(not e.whole_month or e.day >= $whole_starts and e.day < $whole_ends)")
        bound |= {"whole_starts": _ceiling(period.starts), "whole_ends": month_start(period.ends)}
    events = Predicate(" and ".join(within), shared | bound)
    tally = Predicate(" and ".join(terms), shared)
    return Pick(events, tally if tallied else None, lookup.dictionaries.singles)


def over_own_tally(picked: Pick, selection: Selection, lookup: Lookup, period: Period) -> Pick:
    """The same selection over a tally of the reader's own, which holds all its conditions but the areas."""
    terms = ["e.day >= $starts and e.day < $ends"]
    if selection.areas:
        numbers = _area_numbers(selection.by, selection.areas, lookup)
        terms.append(_among(f"e.{lookup.area_column(selection.by)}", numbers))
    own = Predicate(" and ".join(terms), {"starts": period.starts, "ends": period.ends})
    return replace(picked, tally=own, table="own_tally")


def cut_months(period: Period) -> list[date]:
    """The months a period cuts, whose month-grain events it leaves out."""
    return [
        month
        for month in period.months
        if month < period.starts or month_start(month, 1) > period.ends
    ]  # fmt: skip


def _ceiling(day: date) -> date:
    return day if day.day == 1 else month_start(day, 1)


def _measured_term(selection: Selection, lookup: Lookup) -> str:
    """The categories a measure counts, said the shorter way: those that occur, or those left out."""
    present, measured = lookup.dictionaries.present, _measured(selection, lookup)
    wanted, left_out = sorted(measured & present), sorted(present - measured)
    if len(left_out) < len(wanted):
        return f"not ({_among('e.category', left_out)})"
    return _among("e.category", wanted)


def _among(column: str, numbers: Sequence[int]) -> str:
    """A column is one of some numbers of our dictionaries, written out: bound, they cost twice the scan."""
    return f"{column} in ({', '.join(str(int(each)) for each in numbers)})" if numbers else "false"


def _known(selection: Selection) -> tuple[str, dict[str, object]]:
    if selection.as_known_at is None:
        return "e.known_to is null", {}
    return (
        "e.known_from <= $known_at and (e.known_to is null or e.known_to > $known_at)",
        {"known_at": selection.as_known_at},
    )


def _measured(selection: Selection, lookup: Lookup) -> set[int]:
    measure = lookup.domain.measure(selection.measure)
    return {lookup.dictionaries.category[name] for name in lookup.domain.categories_of(measure)}


def _conditions(selection: Selection, lookup: Lookup) -> list[Condition]:
    measure = lookup.domain.measure(selection.measure)
    own = [Condition(field=name, values=values) for name, values in measure.where.items()]
    if measure.sources:
        own.append(Condition(field="source", values=measure.sources))
    areas = [Condition(field=selection.by, values=selection.areas)] if selection.areas else []
    return [*own, *selection.where, *areas]


def _term(condition: Condition, lookup: Lookup) -> tuple[str, Sequence[int], bool]:
    """The column, the numbers it may have, and whether the tally holds it."""
    name, values = condition.field, condition.values
    domain, numbers = lookup.domain, lookup.dictionaries
    if name in lookup.columns:
        return f"e.{lookup.area_column(name)}", _area_numbers(name, values, lookup), True
    if name in lookup.dictionaries.attributes:
        found = [numbers.attributes[name].get(value, -1) for value in values]
        return f"e.t_{identifier(name)}", found, name in lookup.weighing
    detected = [each.id for each in domain.categories.values() if each.detection in values]
    owned = [each.id for each in domain.sources if each.policy.agency in values]
    # A month-grain event has no day of the week, so it never answers to one.
    weekday = "(case when e.whole_month then 0 else isodow(e.day) end)::integer"
    terms: dict[str, tuple[str, Sequence[int]]] = {
        "category": ("e.category", _branch(values, lookup) if name == "category" else ()),
        "detection": ("e.category", [numbers.category[each] for each in detected]),
        "source": ("e.source", [numbers.source[each] for each in values if each in numbers.source]),
        "agency": ("e.source", [numbers.source[each] for each in owned]),
        "weekday": (weekday, [WEEKDAYS.index(each) + 1 for each in values if each in WEEKDAYS]),
        "hour": ("e.hour", [int(each) for each in values if each.isdigit()]),
    }
    return (*terms[name], name in TALLIED)


def _branch(values: Sequence[str], lookup: Lookup) -> list[int]:
    whole = {each for value in values for each in lookup.domain.below[value]}
    return sorted(lookup.dictionaries.category[each] for each in whole)


def _area_numbers(geography: str, codes: Sequence[str], lookup: Lookup) -> list[int]:
    known = {code.casefold(): number for code, number in lookup.areas[geography].items()}
    numbers = []
    for code in codes:
        if code == UNPLACED:
            numbers.append(0)
            continue
        if code.casefold() not in known:
            hint = nearest(code[:40], lookup.areas[geography])
            raise SelectionError(f"no {geography} has the code {code[:40]!r}{hint}")
        numbers.append(known[code.casefold()])
    return numbers
