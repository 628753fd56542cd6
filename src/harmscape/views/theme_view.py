"""What does this theme come to? Each of its measures by itself, and what several of them count together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import combinations
from typing import ClassVar

from harmscape.engine import Engine
from harmscape.model.domain import Domain
from harmscape.model.entity import EVERYTHING
from harmscape.model.errors import SelectionError, nearest
from harmscape.model.measure import Measure
from harmscape.scoring.score import score_sql
from harmscape.views.areas import area_rows, rank_areas
from harmscape.views.composition import composition
from harmscape.views.context import Context
from harmscape.views.coverage import not_contained
from harmscape.views.question import Question, ask, parameters
from harmscape.views.result import Result
from harmscape.views.scored import score_areas
from harmscape.views.sector_overview import Month, Sentence, trend, trend_span
from harmscape.views.words import mid_sentence, number_word

_TOP = 5
_EVERY_ONE = "theme_measures"


@dataclass(frozen=True, slots=True)
class TopArea:
    """An area that carries much of a measure, its place with the 90 % range."""

    area_id: str
    name: str
    events: int
    harm: Decimal
    rank: int
    rank_lo: int
    rank_hi: int
    tier: str


@dataclass(frozen=True, slots=True)
class ThemeMeasure:
    """One measure of the theme by itself: harm in the points of its own scheme, most harmful areas first.

    adds: for a sum, the measures it adds up, and overlap the harm that several of them count.
    """

    id: str
    title: str
    kind: str
    scheme: str
    unit: str
    events: int
    harm: Decimal
    before_events: int
    before_harm: Decimal
    adds: tuple[str, ...]
    overlap: Decimal | None
    trend: tuple[Month, ...]
    top: tuple[TopArea, ...]
    not_contained: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CountedTwice:
    """Events that two measures of the theme both count; harm only where both weigh by one scheme."""

    first: str
    second: str
    events: int
    harm: Decimal | None


@dataclass(frozen=True, kw_only=True)
class ThemeView(Result):
    """The measures of a theme; `measures` stand in the order of their declarations."""

    ROWS: ClassVar[str] = "measures"

    theme: str
    sentence: Sentence
    measures: tuple[ThemeMeasure, ...]
    counted_twice: tuple[CountedTwice, ...]
    by: Mapping[str, str]
    of: int
    selection: Mapping[str, str]


def theme_view(
    cursor: Engine, context: Context, words: Mapping[str, object], *, theme: str = ""
) -> ThemeView:
    """All measures whose `theme` this is, each in the window and in the period before.

    Figures of different measures are not added up: one event may stand in several, and their schemes may
    differ. Without `weights` each measure keeps its own scheme. Raises SelectionError for an unknown theme.
    """
    measures = _measures_of(theme, context.domain)
    own = _own_weights(words, measures, context.domain)
    said = {key: value for key, value in words.items() if key != "measure" and not (own and key == "weights")}
    said.setdefault("against", "prev")
    found, questions = [], []
    for measure in measures:
        question = ask(cursor, context, {**said, "measure": measure.id})
        if question.selection.areas:
            raise SelectionError("a theme is told of all areas; to open one, use `place` with a measure")
        questions.append(question)
        found.append(_measure(question))
    first = questions[0]
    twice = tuple(_counted_twice(cursor, context, said, measures, questions))
    selection = first.selection.words()
    if not own:
        selection.pop("measure")
    geography = first.book.geography
    return ThemeView(
        theme=measures[0].theme or theme,
        sentence=_sentence(found),
        measures=tuple(found),
        counted_twice=twice,
        by={"id": geography.id, "title": geography.title, "plural": geography.many},
        of=len(first.book.codes),
        warnings=(
            *dict.fromkeys(note for question in questions for note in question.notes()),
            "The period before is shown beside; no test has been made of the difference.",
        ),
        selection=selection,
    )


def _measures_of(theme: str, domain: Domain) -> list[Measure]:
    low = theme.strip().casefold()
    known = sorted({measure.theme for measure in domain.measures if measure.theme})
    if not known:
        raise SelectionError("no measure of this workspace names a theme")
    found = [each for each in domain.measures if each.theme and each.theme.casefold() == low]
    if not found:
        if not low:
            raise SelectionError(f"name a theme; known: {', '.join(known)}")
        raise SelectionError(f"no theme {theme.strip()[:40]!r}{nearest(low[:40], known)}")
    return found


def _own_weights(words: Mapping[str, object], measures: Sequence[Measure], domain: Domain) -> bool:
    """Whether each measure keeps its own scheme: no weights were said, or a receipt says so by naming the
    first measure with its own."""
    said = words.get("measure")
    if said is not None and said != measures[0].id:
        raise SelectionError("a theme says its measures itself: leave --measure out")
    weights = words.get("weights")
    return not weights or (said is not None and weights == domain.scheme(measures[0].scheme).id)


def _measure(question: Question) -> ThemeMeasure:
    selection, domain = question.selection, question.context.domain
    against = selection.against
    assert against is not None, "a theme is always compared with a period before"
    question = question.roll_up(against, trend=trend_span(question))
    scored = score_areas(question)
    rows = area_rows(question, scored, rank_areas(question, scored), apart=None)
    months = tuple(trend(question))
    missing = tuple(not_contained(question, scored))
    made_up = composition(question, scored)
    before = score_areas(question, against)
    scheme = domain.scheme(selection.weights)
    return ThemeMeasure(
        id=question.measure.id,
        title=question.measure.title,
        kind=question.measure.kind,
        scheme=scheme.id,
        unit=scheme.unit,
        events=scored.total_events,
        harm=scored.total_harm,
        before_events=before.total_events,
        before_harm=before.total_harm,
        adds=question.measure.measures,
        overlap=made_up.overlap if made_up else None,
        trend=months,
        top=tuple(
            TopArea(row.area_id, row.name, row.events, row.harm, row.rank, row.rank_lo, row.rank_hi, row.tier)
            for row in rows[:_TOP]
            if row.events
        ),
        not_contained=missing,
    )


def _counted_twice(
    cursor: Engine,
    context: Context,
    said: Mapping[str, object],
    measures: Sequence[Measure],
    questions: Sequence[Question],
) -> list[CountedTwice]:
    """The events that two flows of the theme both count, told by a sum of them that nobody declared.

    Stocks and rules over several events count entities, which are no events of another measure.
    """
    flows = [(at, each) for at, each in enumerate(measures) if each.kind == "flow"]
    if len(flows) < 2:
        return []
    schemes = [questions[at].selection.weights for at, _ in flows]
    together = Measure(
        id=_EVERY_ONE,
        title="All measures of the theme",
        kind="sum",
        measures=tuple(each.id for _, each in flows),
        scheme=schemes[0],
        reason="To see which events several of them count.",
    )
    domain = context.domain.model_copy(update={"measures": (*context.domain.measures, together)})
    wider = replace(context, domain=domain, lookup=replace(context.lookup, domain=domain))
    question = ask(cursor, wider, {**said, "measure": together.id, "weights": schemes[0]})
    everything = question.selection.model_copy(update={"by": EVERYTHING})
    picked = replace(question, selection=everything).pick()
    rows = cursor.rows(
        "counted twice",
        f"""
        with score as ({score_sql(picked, f"a_{EVERYTHING}", question.attributes)})
        select s.parts, sum(s.events)::bigint, coalesce(sum(s.harm), 0) from score s
        where bit_count(s.parts) > 1 group by s.parts
        """,
        parameters(picked),
    )
    pairs: dict[tuple[int, int], tuple[int, Decimal]] = {}
    for parts, events, harm in rows:
        for pair in combinations([bit for bit in range(len(flows)) if parts >> bit & 1], 2):
            held = pairs.get(pair, (0, Decimal(0)))
            pairs[pair] = (held[0] + events, held[1] + harm)
    return [
        CountedTwice(
            flows[a][1].id, flows[b][1].id, events, harm if schemes[a] == schemes[b] == schemes[0] else None
        )
        for (a, b), (events, harm) in sorted(pairs.items())
    ]


def _sentence(found: Sequence[ThemeMeasure]) -> Sentence:
    several = len(found) > 1
    sure = f"{number_word(len(found))} {'measures' if several else 'measure'} in this theme."
    most = max(found, key=lambda each: each.events)
    if not most.events:
        return Sentence(sure, "No events are known in this window.")
    rest = f"Most events: {mid_sentence(most.title)}, {most.events:,} ({most.before_events:,} before)."
    return Sentence(sure, rest)
