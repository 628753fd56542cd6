"""Trial weights in words: what was asked "what if", beside what the scheme says."""

from __future__ import annotations

from decimal import Decimal

from harmscape.views.question import Question


def trial_words(question: Question) -> list[str]:
    """One text for each trial weight: `Burglary 999 points in place of 42`; none where none is tried."""
    selection, context = question.selection, question.context
    scheme = context.domain.scheme(selection.weights)
    said = []
    for category, points in selection.points:
        held = context.weights(scheme, frozenset({category}), dimensions=selection.dimensions)
        period = selection.period
        own = sorted(
            {each.points for each in held if each.starts < period.ends and each.ends > period.starts}
        )
        title = context.domain.categories[category].title
        said.append(f"{title} {_plain(points)} {scheme.unit} in place of {_between(own)}")
    return said


def trial_notes(question: Question) -> list[str]:
    """The warning that goes with trial weights."""
    tried = trial_words(question)
    return [f"Trial weights, for this answer alone: {'; '.join(tried)}."] if tried else []


def _between(points: list[Decimal]) -> str:
    """The scheme's own weight: one, or from least to most where conditions and days differ."""
    if not points:
        return "no weight"
    least, most = _plain(points[0]), _plain(points[-1])
    return least if least == most else f"{least} to {most}"


def _plain(points: Decimal) -> str:
    """Points without zeros that say nothing.

    >>> _plain(Decimal("42.2000")), _plain(Decimal("1500.0000"))
    ('42.2', '1,500')
    """
    return f"{points.normalize():,f}"
