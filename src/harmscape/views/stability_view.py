"""Would another judgement say the same? The standing under every other scheme."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from harmscape.engine import Engine
from harmscape.ranking.stability import stability
from harmscape.ranking.standing import Standings
from harmscape.views.areas import rank_areas
from harmscape.views.context import Context
from harmscape.views.question import Question, ask, weighed_categories
from harmscape.views.result import Result
from harmscape.views.scored import score_areas
from harmscape.views.sector_overview import Sentence
from harmscape.views.words import mid_sentence


@dataclass(frozen=True, slots=True)
class OtherScheme:
    """The same areas under another scheme: correlation of ranks; `moved` areas leave their 90 % range."""

    scheme: str
    title: str
    status: str
    spearman: float | None
    kendall: float | None
    moved: tuple[str, ...]
    changes_tier: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class StabilityView(Result):
    """How far a standing depends on its scheme."""

    ROWS: ClassVar[str] = "schemes"

    sentence: Sentence
    schemes: tuple[OtherScheme, ...]
    selection: Mapping[str, str]


def stability_view(cursor: Engine, context: Context, words: Mapping[str, object]) -> StabilityView:
    """Rank the same events under every other scheme, and compare."""
    question = ask(cursor, context, words)
    book = question.book
    own = rank_areas(question, score_areas(question))
    others = [each for each in _others(question) if each.weights]
    ranked = [_ranked(each) for each in others]
    found = stability(
        own.rank,
        np.array([each.rank for each in ranked]).reshape(len(ranked), len(book.codes)),
        rank_lo=own.rank_lo,
        rank_hi=own.rank_hi,
        tier=own.tier,
        other_tiers=np.array([each.tier for each in ranked]).reshape(len(ranked), len(book.codes)),
    )
    names = np.array(book.names, dtype=object)
    schemes = tuple(
        OtherScheme(
            scheme=each.selection.weights,
            title=context.domain.scheme(each.selection.weights).title,
            status=context.domain.scheme(each.selection.weights).status,
            spearman=float(found.spearman[i]),
            kendall=float(found.kendall[i]),
            moved=tuple(names[found.beyond_range[i]].tolist()),
            changes_tier=tuple(names[found.changes_tier[i]].tolist()),
        )
        for i, each in enumerate(others)
    )
    return StabilityView(
        sentence=_sentence(schemes, mid_sentence(book.geography.many)),
        schemes=schemes,
        warnings=tuple(question.notes()),
        selection=question.selection.words(),
    )


def _ranked(question: Question) -> Standings:
    question.put_weights()
    return rank_areas(question, score_areas(question))


def _others(question: Question) -> list[Question]:
    """The same question under each other scheme."""
    domain, context = question.context.domain, question.context
    measured = weighed_categories(question.selection, context)
    made = []
    for scheme in domain.schemes:
        if scheme.id == question.selection.weights:
            continue
        weights = context.weights(scheme, measured)
        selection = question.selection.model_copy(update={"weights": scheme.id, "points": ()})
        made.append(replace(question, selection=selection, weights=weights))
    return made


def _sentence(schemes: tuple[OtherScheme, ...], many: str) -> Sentence:
    if not schemes:
        return Sentence("No other scheme weighs these categories.", "")
    names = {name for scheme in schemes for name in scheme.changes_tier}
    if not names:
        return Sentence("Every scheme puts the same areas in the same tiers.", "")
    verb = "changes" if len(names) == 1 else "change"
    return Sentence(f"{len(names)} {many} {verb} tier under another scheme.", "Say which weights were used.")
