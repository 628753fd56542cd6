"""What is each thing worth, says who? The weights in force, each with its source, and what they moved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import ClassVar

from harmscape.engine import Engine
from harmscape.scoring.weights import FOREVER
from harmscape.views.context import Context
from harmscape.views.question import Question, ask
from harmscape.views.result import Result
from harmscape.views.scored import score_areas


@dataclass(frozen=True, slots=True)
class WeightRow:
    """One weight in force for one category, with what it carried in the window."""

    category: str
    title: str
    points: Decimal
    dimension: str
    when: Mapping[str, str]
    starts: date | None
    ends: date | None
    status: str
    source: str
    reason: str | None
    signed_by: str | None
    file: str
    line: int
    events: int
    harm: Decimal


@dataclass(frozen=True, slots=True)
class SchemeFacts:
    id: str
    title: str
    status: str
    unit: str
    source: str
    version: str
    digest: str


@dataclass(frozen=True, slots=True)
class Unweighted:
    category: str
    title: str
    events: int


@dataclass(frozen=True, kw_only=True)
class SchemeView(Result):
    """The weights of the selection's scheme, most harm first."""

    ROWS: ClassVar[str] = "weights"

    scheme: SchemeFacts
    weights: tuple[WeightRow, ...]
    unweighted: tuple[Unweighted, ...]
    schemes: tuple[SchemeFacts, ...]
    selection: Mapping[str, str]


def scheme_view(cursor: Engine, context: Context, words: Mapping[str, object]) -> SchemeView:
    """The weights in force for a selection, and the categories that have none."""
    question = ask(cursor, context, words)
    scored = score_areas(question)
    domain = context.domain
    rows = [row for i in range(len(scored.cells)) for row in _rows(question, i, int(scored.events_by_cell[i]),
                                                                   scored.harm_by_cell[i])]  # fmt: skip
    titles = domain.categories
    return SchemeView(
        scheme=_facts(context, question.selection.weights),
        weights=tuple(sorted(rows, key=lambda row: (-row.harm, -row.points, row.category))),
        unweighted=tuple(
            Unweighted(name, titles[name].title if name in titles else "Uncategorised", events)
            for name, events in sorted(scored.unweighted.items(), key=lambda each: -each[1])
        ),
        schemes=tuple(_facts(context, scheme.id) for scheme in domain.schemes),
        warnings=tuple(question.notes()),
        selection=question.selection.words(),
    )


def _facts(context: Context, name: str) -> SchemeFacts:
    scheme = context.domain.scheme(name)
    return SchemeFacts(
        scheme.id, scheme.title, scheme.status, scheme.unit, scheme.source, scheme.version, scheme.digest
    )


def _rows(question: Question, index: int, events: int, harm: Decimal) -> list[WeightRow]:
    """One row per dimension of a weight in force; a trial weight is one row without a file."""
    cell = question.weights[index]
    scheme = question.context.domain.scheme(question.selection.weights)
    title = question.context.domain.categories[cell.category].title
    starts, ends = (None if day in FOREVER else day for day in (cell.starts, cell.ends))
    if not cell.parts:
        return [
            WeightRow(
                cell.category,
                title,
                cell.points,
                "harm",
                {},
                starts,
                ends,
                "trial",
                "this question",
                None,
                None,
                "",
                0,
                events,
                harm,
            )
        ]
    return [
        WeightRow(
            category=cell.category,
            title=title,
            points=part.points,
            dimension=part.dimension,
            when=dict(part.when),
            starts=starts,
            ends=ends,
            status=scheme.status_of(part),
            source=part.source or scheme.source,
            reason=part.reason,
            signed_by=part.signed_by,
            file=part.file,
            line=part.line,
            events=events,
            harm=harm * part.points / cell.points if cell.points else Decimal(0),
        )
        for part in cell.parts
    ]
