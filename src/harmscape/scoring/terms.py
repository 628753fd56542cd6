"""Terms: what a measure and a selection ask of an event, as conditions on compact events `e`.

What people write never reaches the text, only the numbers it was looked up to.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from harmscape.engine import identifier
from harmscape.model.domain import Domain
from harmscape.model.errors import SelectionError, nearest
from harmscape.model.geography import UNPLACED
from harmscape.model.measure import Measure
from harmscape.model.selection import WEEKDAYS, Condition, Selection
from harmscape.rollup import Dictionaries
from harmscape.scoring.ties import subject_name, tied_name

TALLIED = frozenset({"category", "source", "agency", "detection"})
"""The fields of `where` that a tally by month can answer, beside geographies and weighing attributes."""


DRAWN = "drawn_event"
"""The table of the events within a drawn area, made on the cursor before a question with one is answered."""


@dataclass(frozen=True, slots=True)
class Lookup:
    """What turns the words of a selection into numbers: the domain, its dictionaries, the area numbers.

    areas: for each geography, the area numbers by code; for kinds of entity that a question names, theirs.
    columns: the column that holds a geography.
    """

    domain: Domain
    dictionaries: Dictionaries
    areas: Mapping[str, Mapping[str, int]]
    columns: Mapping[str, str]
    weighing: frozenset[str]

    def area_column(self, subject: str) -> str:
        """The column of a tally that holds the subjects of a kind."""
        return f"a_{identifier(self.columns.get(subject, subject))}"


@dataclass(frozen=True, slots=True)
class Term:
    """A condition on an event `e`, and whether a tally by month holds what it asks for."""

    sql: str
    in_tally: bool


def measure_terms(measure: Measure, lookup: Lookup) -> list[Term]:
    """What a measure asks of an event: its categories, sources, attributes, links."""
    own = [Condition(field=name, values=values) for name, values in measure.where.items()]
    if measure.sources:
        own.append(Condition(field="source", values=measure.sources))
    terms = [Term(_measured_sql(measure, lookup), True), *(condition_term(each, lookup) for each in own)]
    for name, left_out in measure.without.items():
        term = condition_term(Condition(field=name, values=left_out), lookup)
        terms.append(Term(f"not ({term.sql})", term.in_tally))
    if measure.linked is not None:
        tied = f"e.event_id in (select t.event_id from {tied_name(measure.linked)} t)"
        terms.append(Term(tied, False))
    return terms


def area_term(selection: Selection, lookup: Lookup) -> Term | None:
    """The subjects that a selection is restricted to, if any, as a condition on their column."""
    if not selection.areas:
        return None
    numbers = _area_numbers(selection.by, selection.areas, lookup)
    return Term(among(f"e.{lookup.area_column(selection.by)}", numbers), True)


def asked_terms(selection: Selection, lookup: Lookup) -> list[Term]:
    """What a selection asks of every event beside its subjects: its conditions, and the area drawn."""
    terms = [condition_term(condition, lookup) for condition in selection.where]
    if selection.within:
        terms.append(Term(f"e.event_id in (select d.event_id from {DRAWN} d)", False))
    return terms


def condition_term(condition: Condition, lookup: Lookup) -> Term:
    """One condition of a `where`."""
    name, values = condition.field, condition.values
    domain, numbers = lookup.domain, lookup.dictionaries
    if name in lookup.columns:
        column = f"e.{lookup.area_column(name)}"
        return Term(among(column, _area_numbers(name, values, lookup)), True)
    if name in lookup.dictionaries.attributes:
        found = [numbers.attributes[name].get(value, -1) for value in values]
        return Term(among(f"e.t_{identifier(name)}", found), name in lookup.weighing)
    if name == "hour":
        return Term(_hour_sql(values), False)
    if any(kind.id == name for kind in domain.entities):
        return Term(_entity_sql(name, values, lookup), False)
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
    }
    return Term(among(*terms[name]), name in TALLIED)


def among(column: str, numbers: Sequence[int]) -> str:
    """A column is one of some numbers of our dictionaries, written out: bound, they cost twice the scan."""
    return f"{column} in ({', '.join(str(int(each)) for each in numbers)})" if numbers else "false"


def branch(category: str, lookup: Lookup) -> list[int]:
    """The numbers of a category and of all below it."""
    return _branch((category,), lookup)


def _hour_sql(values: Sequence[str]) -> str:
    # The bits of one number are looked up in half the time of a list.
    bits = sum(1 << hour for hour in {int(each) for each in values if each.isdigit()} if hour < 24)
    return f"(({bits} >> e.hour::integer) & 1) = 1"


def _entity_sql(kind: str, codes: Sequence[str], lookup: Lookup) -> str:
    numbers = among("s.subject_no", _area_numbers(kind, codes, lookup))
    return f"e.event_id in (select s.event_id from {subject_name(kind)} s where {numbers})"


def _measured_sql(measure: Measure, lookup: Lookup) -> str:
    """The categories a measure counts, said the shorter way: those that occur, or those left out."""
    numbers = lookup.dictionaries
    present = numbers.present
    measured = {numbers.category[name] for name in lookup.domain.categories_of(measure)}
    wanted, left_out = sorted(measured & present), sorted(present - measured)
    if len(left_out) < len(wanted):
        return f"not ({among('e.category', left_out)})"
    return among("e.category", wanted)


def _branch(values: Sequence[str], lookup: Lookup) -> list[int]:
    whole = {each for value in values for each in lookup.domain.below[value]}
    return sorted(lookup.dictionaries.category[each] for each in whole)


def _area_numbers(subject: str, codes: Sequence[str], lookup: Lookup) -> list[int]:
    known = {code.casefold(): number for code, number in lookup.areas[subject].items()}
    numbers = []
    for code in codes:
        if code == UNPLACED:
            numbers.append(0)
            continue
        if code.casefold() not in known:
            hint = nearest(code[:40], lookup.areas[subject])
            raise SelectionError(f"no {subject} has the code {code[:40]!r}{hint}")
        numbers.append(known[code.casefold()])
    return numbers
