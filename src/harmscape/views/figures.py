"""What is known of the areas besides events? Residents, households, deprivation: whatever is declared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from harmscape.engine import Engine
from harmscape.model.errors import SelectionError, nearest
from harmscape.model.geography import Geography
from harmscape.views.context import Context
from harmscape.views.question import ask
from harmscape.views.result import Result


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of every area: its year, who says so, and, where it was asked for, a value by area code."""

    id: str
    title: str
    year: int
    source: str
    values: Mapping[str, float | None]


@dataclass(frozen=True, kw_only=True)
class Figures(Result):
    """The figures declared beside the areas of one geography, in the order declared."""

    ROWS: ClassVar[str] = "figures"

    figures: tuple[Figure, ...]
    by: Mapping[str, str]
    selection: Mapping[str, str]


def figures(cursor: Engine, context: Context, words: Mapping[str, object], *, figure: str = "") -> Figures:
    """The figures of the areas that a selection ranks; none for subjects that are not areas.

    figure: the one whose values are told. Raises SelectionError for one that is not declared.
    """
    question = ask(cursor, context, words)
    book = question.book
    declared = {
        figure.id: figure
        for edition in (book.geography.editions if isinstance(book.geography, Geography) else ())
        if edition.id == book.edition
        for figure in edition.denominators
    }
    if figure and figure not in book.figures:
        raise SelectionError(
            f"{book.geography.title} has no figure {figure[:40]!r}{nearest(figure[:40], book.figures)}"
        )
    held = [
        Figure(
            id=name,
            title=declared[name].title,
            year=year,
            source=declared[name].source,
            values={
                code: None if np.isnan(value) else float(value)
                for code, value in zip(book.codes, values, strict=True)
                if name == figure
            },
        )
        for name, (year, values) in book.figures.items()
    ]
    return Figures(
        figures=tuple(held),
        by={"id": question.selection.by, "title": book.geography.title},
        selection=question.selection.words(),
    )
