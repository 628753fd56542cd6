"""Terms: what a measure and a selection ask of an event, as conditions on compact events `e`.

What people write never reaches the text, only the numbers it was looked up to.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
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


_MOST_SPANS = 2

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
    """A condition on an event `e`, and whether a tally by month holds what it asks for.

    categories: those of the categories that occur which meet it, where it asks of nothing else.
    """

    sql: str
    in_tally: bool
    categories: frozenset[int] | None = None


def all_of(terms: Sequence[Term], lookup: Lookup) -> str:
    """All of some terms as one condition; what they ask of the category is asked once, for a scan's sake."""
    named = [term.categories for term in terms if term.categories is not None]
    once = [category_term(frozenset.intersection(*named), lookup)] if named else []
    others = [term for term in terms if term.categories is None]
    return " and ".join(f"({term.sql})" for term in (*once, *others)) or "true"


def any_of(choices: Sequence[Sequence[Term]], lookup: Lookup) -> str:
    """All terms of one choice or of another, as one condition, led by the categories of any."""
    named = [[term.categories for term in terms if term.categories is not None] for terms in choices]
    either = " or ".join(f"({all_of(terms, lookup)})" for terms in choices)
    if len(choices) == 1 or not all(named):
        return either
    wanted = frozenset.union(*(frozenset.intersection(*each) for each in named))
    return f"({category_term(wanted, lookup).sql}) and ({either})"


def measure_terms(measure: Measure, lookup: Lookup) -> list[Term]:
    """What a measure asks of an event: its categories, sources, attributes, links."""
    own = [Condition(field=name, values=values) for name, values in measure.where.items()]
    if measure.sources:
        own.append(Condition(field="source", values=measure.sources))
    counted = [lookup.dictionaries.category[name] for name in lookup.domain.categories_of(measure)]
    terms = [category_term(counted, lookup), *(condition_term(each, lookup) for each in own)]
    for name, left_out in measure.without.items():
        term = condition_term(Condition(field=name, values=left_out), lookup)
        terms.append(_without(term, lookup))
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
    if name == "category":
        return category_term(_branch(values, lookup), lookup)
    if name == "detection":
        return category_term([numbers.category[each] for each in detected], lookup)
    terms: dict[str, tuple[str, Sequence[int]]] = {
        "source": ("e.source", [numbers.source[each] for each in values if each in numbers.source]),
        "agency": ("e.source", [numbers.source[each] for each in owned]),
        "weekday": ("e.weekday", [WEEKDAYS.index(each) + 1 for each in values if each in WEEKDAYS]),
    }
    return Term(among(*terms[name]), name in TALLIED)


def category_term(numbers: Iterable[int], lookup: Lookup) -> Term:
    """Some categories. A span of numbers is told from its ends in a third of the time that a list takes."""
    present = lookup.dictionaries.present
    wanted = sorted(present & frozenset(numbers))
    spans = _spans(wanted, sorted(present))
    if 0 < len(spans) <= _MOST_SPANS:
        sql = _spanned("e.category", spans)
    else:
        whole = f"e.category between {wanted[0]} and {wanted[-1]} and " if wanted else ""
        sql = whole + among("e.category", wanted)
    return Term(sql, True, frozenset(wanted))


def among(column: str, numbers: Sequence[int]) -> str:
    """A column is one of some numbers of our dictionaries, written out: bound, they cost twice the scan."""
    return f"{column} in ({', '.join(str(int(each)) for each in numbers)})" if numbers else "false"


def branch(category: str, lookup: Lookup) -> list[int]:
    """The numbers of a category and of all below it."""
    return _branch((category,), lookup)


def _hour_sql(values: Sequence[str]) -> str:
    hours = sorted({int(each) for each in values if each.isdigit() and int(each) < 24})
    spans = _spans(hours, range(24))
    if len(spans) == 1:
        return _spanned("e.hour", spans)
    # The bits of one number are looked up in half the time of a list.
    return f"(({sum(1 << hour for hour in hours)} >> e.hour::integer) & 1) = 1"


def _entity_sql(kind: str, codes: Sequence[str], lookup: Lookup) -> str:
    numbers = among("s.subject_no", _area_numbers(kind, codes, lookup))
    return f"e.event_id in (select s.event_id from {subject_name(kind)} s where {numbers})"


def _without(term: Term, lookup: Lookup) -> Term:
    """What does not meet a term."""
    if term.categories is not None:
        return category_term(lookup.dictionaries.present - term.categories, lookup)
    return Term(f"not ({term.sql})", term.in_tally)


def _spans(numbers: Sequence[int], of: Sequence[int]) -> list[tuple[int, int]]:
    """The first and last of each unbroken run of some sorted numbers among those that there are.

    >>> _spans([2, 3, 7], [1, 2, 3, 5, 7])
    [(2, 3), (7, 7)]
    """
    place = {number: at for at, number in enumerate(of)}
    spans: list[tuple[int, int]] = []
    for number in numbers:
        if spans and place[number] == place[spans[-1][1]] + 1:
            spans[-1] = (spans[-1][0], number)
        else:
            spans.append((number, number))
    return spans


def _spanned(column: str, spans: Sequence[tuple[int, int]]) -> str:
    either = " or ".join(f"{column} between {first} and {last}" for first, last in spans)
    return f"({either})"


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
