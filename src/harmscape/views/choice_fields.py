"""The fields that a selection can choose by: their values, their codes on events, what is named of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, partial

from harmscape.engine import identifier
from harmscape.model.domain import Domain
from harmscape.model.errors import SelectionError, nearest
from harmscape.model.geography import UNPLACED
from harmscape.model.selection import WEEKDAYS, Selection
from harmscape.views.choice_tally import Held
from harmscape.views.question import Question

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MOST = 40


@dataclass(frozen=True)
class Field:
    """A field of `where`: its code on an event `e`, and for each code the values it counts for.

    listed: value to title, all values a reader may choose. of_code: code to values; a category counts for
    itself and all above it, a source for its agency. in_tally: whether a tally by month holds the code.
    """

    id: str
    title: str
    code: str
    listed: Mapping[str, str]
    of_code: Callable[[int], Sequence[str]]
    in_tally: bool = True
    is_area: bool = False
    others: Mapping[str, str] | None = None

    def named(self, selection: Selection) -> tuple[str, ...]:
        """The values of this field that the selection names."""
        own = [each.values for each in selection.where if each.field == self.id]
        areas = selection.areas if self.is_area and selection.by == self.id else ()
        return (*(value for values in own for value in values), *areas)

    def values(self, named: Sequence[str]) -> Mapping[str, str]:
        """The values to list with their titles: all of them, and what is named besides."""
        known = {value.casefold() for value in self.listed}
        besides = self.others or {}
        more = {v: besides.get(v, v) for v in named if v.casefold() not in known}
        return {**self.listed, **more}

    def fold(self, counted: Held) -> Held:
        """Events and harm by value, from those by code."""
        found: dict[str, tuple[int, Decimal]] = {}
        for code, (events, harm) in counted.items():
            for value in self.of_code(code):
                count, points = found.get(value, (0, Decimal(0)))
                found[value] = (count + events, points + harm)
        return found


@dataclass(frozen=True)
class MeasureField(Field):
    """The measures of a sum; choosing one of them asks for it in the sum's place."""

    sum_id: str = ""

    def named(self, selection: Selection) -> tuple[str, ...]:
        return () if selection.measure == self.sum_id else (selection.measure,)


def fields_of(question: Question) -> dict[str, Callable[[], Field]]:
    """Every field that can be asked for here, in the order in which they are shown."""
    domain, by = question.context.domain, question.selection.by
    sum_id = _sum_of(question)
    made: dict[str, Callable[[], Field]] = {}
    if sum_id:
        made["measure"] = lambda: _measure_field(domain, sum_id)
    made["category"] = lambda: _category_field(question)
    if by in question.context.books:
        made[by] = lambda: _area_field(question, by)
    made |= {
        "agency": lambda: _agency_field(question),
        "source": lambda: _source_field(question),
        "detection": lambda: _detection_field(question),
        "weekday": _weekday_field,
        "hour": _hour_field,
    }
    held = cache(partial(_held_values, question))
    for name in domain.attributes:
        made[name] = partial(_attribute_field, question, name, held)
    for geography in question.context.books:
        if "@" not in geography:
            made.setdefault(geography, partial(_area_field, question, geography))
    return made


def read_fields(question: Question, said: str) -> list[Field]:
    """The fields named, or by default all but the areas of other geographies than the one that is ranked."""
    made = fields_of(question)
    names = [name.strip().lower().replace("-", "_") for name in said.split(",") if name.strip()]
    if len(names) > _MOST:
        raise SelectionError(f"at most {_MOST} fields can be asked for at once")
    for name in names:
        if name not in made:
            raise SelectionError(f"there is no field {name[:40]!r} to choose by{nearest(name[:40], made)}")
    if not names:
        by = question.selection.by
        names = [name for name in made if name not in question.context.books or name == by]
    return [made[name]() for name in dict.fromkeys(names)]


def _sum_of(question: Question) -> str | None:
    """The sum whose measures can be chosen among: the one asked for, or one that the measure is part of."""
    domain, own = question.context.domain, question.measure
    if own.measures:
        return own.id
    holding = [each.id for each in domain.measures if own.id in each.measures]
    default = domain.settings.defaults.measure
    return default if default in holding else holding[0] if holding else None


def _measure_field(domain: Domain, sum_id: str) -> Field:
    parts = [domain.measure(name) for name in domain.measure(sum_id).measures]

    def of_code(bits: int) -> Sequence[str]:
        return [part.id for at, part in enumerate(parts) if bits >> at & 1]

    listed = {part.id: part.title for part in parts}
    return MeasureField("measure", "Measure", "e.parts", listed, of_code, False, sum_id=sum_id)


def _category_field(question: Question) -> Field:
    domain, ids = question.context.domain, question.category_ids
    counted = domain.categories_of(question.measure)
    if question.measure.stands_as:
        counted |= {question.measure.stands_as}
    lines = {
        category.id: list(listed.line(category.id))
        for listed in domain.category_lists
        for category in listed.categories
        if category.id in counted
    }
    titles = {name: each.title for name, each in domain.categories.items()}
    roots = {line[-1]: titles[line[-1]] for line in lines.values()}
    return Field(
        "category",
        "Type",
        "e.category",
        roots,
        lambda code: lines.get(ids.get(code, ""), ()),
        others=titles,
    )


def _agency_field(question: Question) -> Field:
    owners = {
        number: question.context.domain.source(name).policy.agency
        for name, number in question.context.lookup.dictionaries.source.items()
    }
    known = {question.context.domain.source(name).policy.agency for name in question.known_sources}
    listed = {name: name.replace("_", " ").capitalize() for name in sorted(known)}
    return Field("agency", "Agency", "e.source", listed, lambda code: [owners[code]])


def _source_field(question: Question) -> Field:
    names = {number: name for name, number in question.context.lookup.dictionaries.source.items()}
    domain = question.context.domain
    listed = {each.id: each.title for each in domain.sources if each.id in question.known_sources}
    return Field("source", "Source", "e.source", listed, lambda code: [names[code]])


def _detection_field(question: Question) -> Field:
    domain, ids = question.context.domain, question.category_ids

    def of_code(code: int) -> Sequence[str]:
        return [domain.categories[ids[code]].detection] if code in ids else ()

    listed = {"reported": "Reported by people", "proactive": "Found by police or partner work"}
    return Field("detection", "How it came to notice", "e.category", listed, of_code)


def _weekday_field() -> Field:
    # A month-grain event has no day of the week, so it never answers to one.
    code = "coalesce(e.weekday, 0)::integer"
    listed = dict(zip(WEEKDAYS, _DAYS, strict=True))
    return Field(
        "weekday", "Weekday", code, listed, lambda day: WEEKDAYS[day - 1 : day] if day else (), False
    )


def _hour_field() -> Field:
    listed = {str(hour): f"{hour:02d}:00 to {hour:02d}:59" for hour in range(24)}
    code = "coalesce(e.hour, -1)::integer"
    return Field("hour", "Hour", code, listed, lambda hour: [str(hour)] if hour >= 0 else (), False)


def _held_values(question: Question) -> Mapping[str, Sequence[int]]:
    """The values of each attribute that rows bear which this reader may count: of others nobody is told."""
    found: dict[str, list[int]] = {}
    sql = "select distinct v.attribute, v.no from counted_value v order by all"
    for name, number in question.cursor.rows("values", sql):
        found.setdefault(name, []).append(number)
    return found


def _attribute_field(question: Question, name: str, held: Callable[[], Mapping[str, Sequence[int]]]) -> Field:
    lookup, column = question.context.lookup, f"t_{identifier(name)}"
    values = {number: value for value, number in lookup.dictionaries.attributes[name].items()}
    listed = {values[no]: values[no] for no in held().get(name, ())}
    title = name.replace("_", " ").capitalize()
    return Field(
        name,
        title,
        f"e.{column}",
        listed,
        lambda code: [values[code]] if code else (),
        name in lookup.weighing,
    )


def _area_field(question: Question, name: str) -> Field:
    book = question.context.book(name)
    codes = (UNPLACED, *book.codes)
    listed = dict(zip(codes, ("In no area", *book.names), strict=True))
    column = f"e.{question.lookup.area_column(name)}"
    title = book.geography.title
    return Field(name, title, column, listed, lambda code: [codes[code]], is_area=True)
