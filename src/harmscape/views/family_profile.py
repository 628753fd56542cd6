"""What is known of this family, by whom, and what did nobody ask? One entity under a rule over circumstances.

Nothing here knows of families: the view is set up by a measure of kind `together`. Its `counts` is the kind
of entity, its `categories` are the circumstances, `at_least` is the rule, `beside` the measure whose standing
is told too. Categories that answer a circumstance say that it was looked for and not found, or not asked
about; agencies are those of the sources.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

from harmscape.engine import Engine
from harmscape.model.errors import SelectionError, nearest
from harmscape.model.geography import UNPLACED
from harmscape.model.measure import Measure
from harmscape.views.areas import area_rows, rank_areas
from harmscape.views.circumstance_matrix import Cell, RuleVerdict, agencies_of, cells, rule_verdict
from harmscape.views.context import Context
from harmscape.views.entity_names import find_entity
from harmscape.views.family_rows import (
    MOST,
    Closed,
    Happening,
    Person,
    answers,
    children_of,
    closed,
    collect,
    persons,
    timeline,
)
from harmscape.views.question import Question, ask
from harmscape.views.result import Result
from harmscape.views.scored import score_areas
from harmscape.views.sector_overview import Sentence


@dataclass(frozen=True, slots=True)
class Subject:
    """The entity asked for."""

    code: str
    name: str
    kind: str
    title: str


@dataclass(frozen=True, slots=True)
class Repeats:
    """What a measure of repeats counts for the entity, and its place among its peers with the 90 % range.

    Without any event of the measure's categories it has no place: it is not among the `of` peers.
    """

    measure: str
    title: str
    events: int
    rank: int | None
    rank_lo: int | None
    rank_hi: int | None
    tier: str | None
    of: int


@dataclass(frozen=True, kw_only=True)
class FamilyProfile(Result):
    """The profile of one entity; `matrix` holds one cell a circumstance and agency.

    timeline: the latest rows this reader may open. closed: those they may only count, by source. children:
    codes of the people that some row calls a child; None where no row could say so.
    """

    ROWS: ClassVar[str] = "matrix"

    subject: Subject
    sentence: Sentence
    verdict: RuleVerdict
    agencies: tuple[str, ...]
    matrix: tuple[Cell, ...]
    timeline: tuple[Happening, ...]
    closed: tuple[Closed, ...]
    persons: tuple[Person, ...]
    children: tuple[str, ...] | None
    repeats: Repeats | None
    selection: Mapping[str, str]


def family_profile(cursor: Engine, context: Context, words: Mapping[str, object]) -> FamilyProfile:
    """The profile of the one entity that `areas` names, by code or name.

    measure: a rule of kind `together`; the first unless said.
    Everything is told from rows this reader may count, and row by row only from those they may open.
    """
    measure = _rule(words, context)
    question = ask(cursor, context, {**words, "measure": measure.id, "by": measure.counts})
    named = question.selection.areas
    if len(named) != 1 or named[0] == UNPLACED:
        raise SelectionError(f"a profile shows one {measure.counts}: name its code")
    kind = context.domain.entity(str(measure.counts))
    entity_no, code, name = find_entity(cursor, kind, named[0])
    collect(question, kind.id, entity_no)
    told = answers(question, measure)
    verdict = rule_verdict(measure, told)
    people = persons(question, kind.id)
    found = FamilyProfile(
        subject=Subject(code, name, kind.id, kind.title),
        sentence=Sentence(str(verdict), _resting(verdict)),
        verdict=verdict,
        agencies=tuple(agencies_of(question, measure)),
        matrix=tuple(cells(question, measure, told)),
        timeline=tuple(timeline(question)),
        closed=tuple(closed(question)),
        persons=tuple(people),
        children=children_of(question, people),
        repeats=None,
        warnings=tuple(_warnings(question)),
        selection=question.selection.model_copy(update={"areas": (code,)}).words(),
    )
    return _with_repeats(found, cursor, context, words, measure.beside)


def _rule(words: Mapping[str, object], context: Context) -> Measure:
    rules = [each for each in context.domain.measures if each.kind == "together"]
    if not rules:
        raise SelectionError("no measure of this workspace is of kind together, so there is no such profile")
    by = words.get("by")
    kinds = [context.domain.subject(str(by)).id] if by else [each.counts for each in rules]
    if not words.get("measure"):
        found = [each for each in rules if each.counts in kinds]
        if not found:
            raise SelectionError(f"no measure of kind together counts {str(by)[:40]!r}")
        return found[0]
    measure = context.domain.measure(str(words["measure"]))
    if measure.kind != "together":
        hint = nearest(measure.id, [each.id for each in rules])
        raise SelectionError(f"measure {measure.id!r} is not of kind together{hint}")
    if by and measure.counts not in kinds:
        raise SelectionError(f"measure {measure.id!r} counts {measure.counts!r}, not {kinds[0]!r}")
    return measure


def _resting(verdict: RuleVerdict) -> str:
    if not verdict.withheld_rows:
        return ""
    return f"It rests also on {verdict.withheld_rows:,} answers that your role counts and may not open."


def _warnings(question: Question) -> list[str]:
    said = [
        "Told from the sources that your role may count; not asked is not a no.",
        "Counts of records, not a forecast for anybody.",
    ]
    ((rows,),) = question.cursor.rows("rows", "select count(*) from family_event f where f.visible")
    if rows > MOST:
        said.append(f"The timeline shows the latest {MOST:,} of {rows:,} rows.")
    return said + question.notes()


def _with_repeats(
    found: FamilyProfile, cursor: Engine, context: Context, words: Mapping[str, object], repeats: str | None
) -> FamilyProfile:
    if repeats is None:
        return found
    own = {
        key: value
        for key, value in words.items()
        if key not in {"areas", "weights", "points", "dimensions", "measure"}
    }
    question = ask(cursor, context, {**own, "measure": repeats, "by": found.subject.kind})
    scored = score_areas(question)
    rows = area_rows(question, scored, rank_areas(question, scored), apart=None)
    row = next((each for each in rows if each.area_id == found.subject.code), None)
    told = Repeats(
        measure=question.measure.id,
        title=question.measure.title,
        events=row.events if row else 0,
        rank=row.rank if row else None,
        rank_lo=row.rank_lo if row else None,
        rank_hi=row.rank_hi if row else None,
        tier=row.tier if row else None,
        of=len(rows),
    )
    return replace(found, repeats=told)
