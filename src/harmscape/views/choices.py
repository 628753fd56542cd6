"""What else could be chosen? The values of each field, with what choosing them would come to.

A field is counted under all conditions of the selection but its own, so that its values stay choosable: those
that would empty the answer are told as such and stay listed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, ClassVar, Literal

from harmscape.engine import Engine
from harmscape.model.entity import EVERYTHING
from harmscape.model.selection import Selection
from harmscape.scoring.pick import Pick
from harmscape.scoring.weights import cut_days
from harmscape.views.choice_fields import Field, MeasureField, read_fields
from harmscape.views.choice_tally import Held, choice_sql
from harmscape.views.context import Context
from harmscape.views.question import Question, ask, parameters
from harmscape.views.result import Result, plain
from harmscape.views.scored import NOTHING, rare_cells, score_areas

State = Literal["selected", "possible", "alternative", "excluded", "selected_excluded"]
MOST_VALUES = 1000
"""Values listed of one field; beyond them, those with least harm are left out, and their number is said."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A value of a field: what it comes to under the other conditions, and how it stands.

    selected: named, and it holds events; selected_excluded: named, and the other conditions leave it none;
    alternative: another value of the field is named, and this one would hold events; possible: no value of
    the field is named, and it holds events; excluded: the other conditions leave it none.
    """

    value: str
    title: str
    events: int
    harm: Decimal
    state: State


@dataclass(frozen=True, slots=True)
class ChoiceField:
    """A field of the selection with its values. left_out: how many more values there are than are listed."""

    id: str
    title: str
    values: tuple[Choice, ...]
    left_out: int


@dataclass(frozen=True, slots=True)
class ChosenTotal:
    """All events of the selection, every condition holding."""

    events: int
    harm: Decimal


@dataclass(frozen=True, kw_only=True)
class Choices(Result):
    """The fields asked for, in the order asked."""

    ROWS: ClassVar[str] = "fields"

    fields: tuple[ChoiceField, ...]
    total: ChosenTotal
    selection: Mapping[str, str]

    def records(self) -> list[dict[str, Any]]:
        return [{"field": field.id, **plain(value)} for field in self.fields for value in field.values]


def choices(cursor: Engine, context: Context, words: Mapping[str, object], *, fields: str = "") -> Choices:
    """The values of fields with their states.

    fields: names with commas between; all that the workspace knows when empty. Raises SelectionError for a
    field that is not known.
    """
    question = ask(cursor, context, words)
    asked = read_fields(question, fields)
    rare = _rare(question)
    held: dict[str, Held] = {}
    plain = [field for field in asked if not isinstance(field, MeasureField)]
    total: tuple[int, Decimal] = (0, NOTHING)
    for selection, together in _passes(question, plain):
        found = _passed(question, selection, together, rare)
        if selection == question.selection:
            total = found[0].get(0, total)
        for field, counted in zip(together, found[1:], strict=True):
            held[field.id] = field.fold(counted)
    for field in asked:
        if isinstance(field, MeasureField):
            held[field.id] = _by_measure(cursor, context, question.selection, field)
    return Choices(
        fields=tuple(_told(field, held[field.id], question.selection) for field in asked),
        total=ChosenTotal(*total),
        warnings=tuple(question.notes()),
        selection=question.selection.words(),
    )


def state_of(*, named: bool, others_named: bool, events: int) -> State:
    """How a value stands.

    >>> state_of(named=False, others_named=True, events=3), state_of(named=True, others_named=False, events=0)
    ('alternative', 'selected_excluded')
    """
    if named:
        return "selected" if events else "selected_excluded"
    if not events:
        return "excluded"
    return "alternative" if others_named else "possible"


def _passes(question: Question, fields: Sequence[Field]) -> Iterable[tuple[Selection, list[Field]]]:
    """The fields that are counted under the same conditions, so that one scan answers for all of them."""
    own = question.selection
    passes: dict[str, tuple[Selection, list[Field]]] = {own.digest: (own, [])}
    for field in fields:
        selection = _without_own(question, field)
        _, together = passes.setdefault(selection.digest, (selection, []))
        together.append(field)
    return passes.values()


def _without_own(question: Question, field: Field) -> Selection:
    """The selection without the field's own condition. Counted by the field's own areas where it has some."""
    selection = question.selection
    where = tuple(each for each in selection.where if each.field != field.id)
    areas = () if field.id == selection.by else selection.areas
    by = field.id if field.is_area and not areas else selection.by
    return selection.model_copy(update={"where": where, "areas": areas, "by": by})


def _passed(
    question: Question, selection: Selection, fields: Sequence[Field], rare: Sequence[int]
) -> Sequence[Held]:
    """What each code of each field holds, after what all of them hold together (under code 0)."""
    picked = _picked(question, selection)
    tallied = picked.tally is not None
    period = selection.period
    daily = any(period.starts < day < period.ends for day in cut_days(question.weights))
    counted: list[dict[int, tuple[int, Decimal]]] = [{} for _ in range(len(fields) + 1)]
    low = [(at, field) for at, field in enumerate(fields, 1) if tallied and field.in_tally]
    rest = [(at, field) for at, field in enumerate(fields, 1) if not (tallied and field.in_tally)]
    for over_tally, some in ((True, low), (False, rest)):
        own = [(0, None), *some] if over_tally == (tallied) else some
        if not own:
            continue
        pick = picked if over_tally else replace(picked, tally=None)
        codes = [field.code if field else "0" for _, field in own]
        sql = choice_sql(pick, codes, question.attributes, daily=daily)
        for which, code, weight_no, events, harm in question.cursor.rows("choices", sql, parameters(pick)):
            if weight_no not in rare:
                one = counted[own[which][0]]
                count, points = one.get(code, (0, NOTHING))
                one[code] = (count + events, points + (harm or NOTHING))
    return counted


def _picked(question: Question, selection: Selection) -> Pick:
    """The events of a selection. Those of a sum or of groups count once, unless some subjects are named."""
    asked = replace(question, selection=selection, rolled={}, trending=None)
    picked = asked.pick()
    if not picked.marked or selection.areas or selection.by in question.lookup.columns:
        return picked
    return replace(asked, selection=selection.model_copy(update={"by": EVERYTHING})).pick()


def _by_measure(cursor: Engine, context: Context, selection: Selection, field: MeasureField) -> Held:
    """What each measure of the sum would come to, were it asked for alone."""
    words = selection.model_copy(update={"measure": field.sum_id}).words()
    question = ask(cursor, context, words)
    return field.fold(_passed(question, question.selection, (field,), _rare(question))[1])


def _rare(question: Question) -> list[int]:
    """The weights that are set apart of the standing, where the question sets them apart."""
    if not question.selection.apart:
        return []
    everywhere = replace(question, selection=question.selection.model_copy(update={"areas": ()}))
    scored = score_areas(everywhere)
    return [
        cell.no for cell, out in zip(scored.cells, rare_cells(scored, everywhere), strict=True) if out
    ]  # fmt: skip


def _told(field: Field, held: Held, selection: Selection) -> ChoiceField:
    named = field.named(selection)
    folded = {value.casefold() for value in named}
    values = []
    for value, title in field.values(named).items():
        events, harm = held.get(value, (0, NOTHING))
        own = value.casefold() in folded
        state = state_of(named=own, others_named=bool(folded), events=events)
        values.append(Choice(value, title, events, harm, state))
    kept = values
    if len(values) > MOST_VALUES:
        first = sorted(values, key=lambda each: (not each.state.startswith("selected"), -each.harm))
        chosen = {each.value for each in first[:MOST_VALUES]}
        kept = [each for each in values if each.value in chosen]
    return ChoiceField(field.id, field.title, tuple(kept), len(values) - len(kept))
