"""Do these two differ? Two periods, two areas or two selections: counts, harm and rate, tested together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from harmscape.engine import Engine
from harmscape.model.errors import SelectionError, nearest
from harmscape.model.measure import Measure
from harmscape.model.selection import WORDS as SELECTION_WORDS
from harmscape.views.both_sides import BothSides
from harmscape.views.compared import Pair, judged
from harmscape.views.context import Context
from harmscape.views.drilldown import drilldown
from harmscape.views.flows import flows_of
from harmscape.views.past import Mark
from harmscape.views.question import Question, ask, kind_of
from harmscape.views.result import Result
from harmscape.views.sector_overview import Sentence
from harmscape.views.sides import SECOND, Sides, read_sides
from harmscape.views.tested import WORDS
from harmscape.views.words import mid_sentence, number_word

OPTIONS = ("tested", *(f"{SECOND}{word}" for word in SELECTION_WORDS))
"""The words of the second side, and what A is tested against: `baseline` or `pair`."""
_MOST_NAMED = 10


@dataclass(frozen=True, slots=True)
class Happened:
    """One event of a measure that is too small to be tested, as far as the reader may open its row."""

    measure: str
    day: str
    area: str | None
    category: str
    reference: str | None


@dataclass(frozen=True, kw_only=True)
class Compare(Result):
    """Lines in order: all of it, its measures, areas (surest first), areas pooled because each is too small.

    differ: `periods`, `areas` or `selections`. tested: `baseline` (A against the months before it) or `pair`
    (A against B). happened: events of A of measures too small to be tested.
    """

    ROWS: ClassVar[str] = "lines"

    sentence: Sentence
    differ: str
    tested: str
    against: str
    lag: str
    a: Mapping[str, str]
    b: Mapping[str, str]
    lines: tuple[Pair, ...]
    happened: tuple[Happened, ...]
    pooled: str
    marks: tuple[Mark, ...]
    unit: str
    by: Mapping[str, str]
    selection: Mapping[str, str]


def compare(
    cursor: Engine, context: Context, words: Mapping[str, object], *, tested: str = "", **other: Any
) -> Compare:
    """Compare A, the words of the selection, with B, the words that begin with `b.`.

    Without any, B is the period of `against` or the one before A, and A is tested against the 36 months
    before it (fewer where the data are shorter, and said so); other sides are tested against each other.
    tested: `baseline` or `pair` where that is not what is meant. Both sides are taken at the same age where
    the deliveries tell it. Raises SelectionError for two sides alike, other polygons, a register's stock, or
    entities without `areas`.
    """
    sides = read_sides(cursor, context, words, other)
    first = ask(cursor, context, sides.a_words)
    if kind_of(first) != "area" and not (sides.a.areas and sides.b.areas):
        raise SelectionError(f"name the {mid_sentence(first.book.geography.many)} to compare: --areas")
    plain = sides.differ == "periods" and not other and sides.a.areas == sides.b.areas
    how = tested or ("baseline" if plain else "pair")
    if how not in ("baseline", "pair"):
        raise SelectionError(f"expected --tested baseline or pair{nearest(how[:40], ('baseline', 'pair'))}")
    wider, whole, parts = _measures(context, sides)
    lines, marks, notes = [], dict[str, Mark](), list[str]()
    asked = BothSides(cursor, wider, sides, how)
    for measure in (whole, *parts):
        one = asked.measure(measure, "all" if measure is whole else "measure")
        lines.extend(one.lines)
        marks |= {mark.id: mark for mark in one.marks}
        notes.extend(one.notes)
        if measure is whole:
            top = one
    areas, pooled = asked.areas(whole) if _has_areas(first, sides) else ([], [])
    judged_lines = judged([*lines, *areas, *pooled])
    lines = [line for line in judged_lines if line.kind != "area" or line.is_tested]
    small = [
        line
        for line in lines
        if line.verdict == "not_tested" and (line.kind == "measure" or (line.kind == "all" and not parts))
    ]
    # The surest area first; where the line allows for so many that all are alike, by their own p.
    ordered = sorted(
        lines, key=lambda line: (_KINDS.index(line.kind), *((line.q, line.p) if line.kind == "area" else ()))
    )
    geography = first.book.geography
    return Compare(
        sentence=_sentence(ordered, tuple(marks.values())),
        differ=sides.differ,
        tested=how,
        against=top.against,
        lag=top.lag,
        a=sides.a.words(),
        b=sides.b.words(),
        lines=tuple(ordered),
        happened=tuple(_happened(cursor, context, sides, [line.id for line in small if line.a_events])),
        pooled=_pooled_words(pooled, geography.many),
        marks=tuple(marks.values()),
        unit=context.domain.scheme(sides.a.weights).unit,
        by={"id": geography.id, "title": geography.title, "plural": geography.many},
        warnings=tuple(dict.fromkeys([*(mark.says for mark in marks.values()), *notes])),
        selection=sides.a.words(),
    )


_KINDS = ("all", "measure", "area", "pool")


def _measures(context: Context, sides: Sides) -> tuple[Context, Measure, list[Measure]]:
    """All of it as one measure, and its parts; what a register holds is no event, and left out."""
    wider, whole, parts = flows_of(context, sides.a.measure)
    if sides.a.measure == sides.b.measure:
        return wider, whole, parts
    if whole.measures or context.domain.measure(sides.b.measure).measures:
        raise SelectionError("two measures are compared where neither is a sum: name one of its parts")
    flows_of(context, sides.b.measure)
    return context, whole, []


def _has_areas(question: Question, sides: Sides) -> bool:
    whole = not sides.a.areas and not sides.b.areas
    return (
        whole and sides.differ == "periods" and kind_of(question) == "area" and len(question.book.codes) > 1
    )


def _happened(cursor: Engine, context: Context, sides: Sides, measures: Sequence[str]) -> list[Happened]:
    """The newest events of A of each small measure, by name; what the reader may not open is left out."""
    pages = {
        name: drilldown(cursor, context, {**sides.a_words, "measure": name}, limit=_MOST_NAMED)
        for name in measures
    }
    return [
        Happened(
            name,
            str(row.get("day")),
            row.get("area_name"),
            str(row.get("category_title") or row.get("category") or "no category"),
            row.get("reference"),
        )
        for name, page in pages.items()
        for row in page.records()
    ]


def _pooled_words(pooled: Sequence[Pair], many: str) -> str:
    if not pooled:
        return ""
    lines = f"{number_word(len(pooled)).lower()} line" + ("" if len(pooled) == 1 else "s")
    return (
        f"{many} with fewer than ten events, happened and expected, are too small to be tested one by one:"
        f" they stand together in {lines}, by the area above them where it is known."
    )


def _sentence(lines: Sequence[Pair], marks: Sequence[Mark]) -> Sentence:
    top = lines[0]
    said = f"{top.sentence.removesuffix('.')}: {WORDS[top.verdict]}."
    believed = sum(line.verdict.startswith("clearly") for line in lines[1:])
    rest = ""
    if len(lines) == 2:
        rest = f"The one further line {'differs' if believed else 'does not differ'} clearly."
    elif len(lines) > 2:
        verb = "differ" if believed > 1 else "differs"
        rest = f"{believed or 'None'} of {len(lines) - 1:,} further lines {verb} clearly."
    unlike = [mark for mark in marks if not mark.is_alike]
    if unlike:
        return Sentence(f"Not like with like: {said}", f"{unlike[0].says} {rest}".strip())
    return Sentence(said, rest)
