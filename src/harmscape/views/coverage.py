"""What a score does not contain: said with every standing, before anybody asks."""

from __future__ import annotations

from harmscape.views.question import Question
from harmscape.views.scored import Scored
from harmscape.views.words import month_name, points


def not_contained(question: Question, scored: Scored) -> list[str]:
    """One line for each thing missing from a score: events without place or weight, months, sources, lag."""
    domain, said = question.context.domain, []
    if scored.unplaced_events:
        share = scored.unplaced_events / max(scored.total_events, 1)
        said.append(
            f"{scored.unplaced_events:,} events ({share:.1%}), {points(scored.unplaced_harm)} points,"
            " have no place: they are in the total and in no area."
        )
    unweighted = sum(scored.unweighted.values())
    if unweighted:
        said.append(f"{unweighted:,} events have no weight: they are counted and add nothing to the harm.")
    period = question.selection.period
    missing = [month for month in question.gaps() if period.starts <= month < period.ends]
    if missing:
        said.append(f"Missing months: {', '.join(month_name(month) for month in missing)}.")
    told = {extent.source for extent in question.extents}
    silent = [source.title for source in domain.sources if source.id in question.known_sources - told]
    if silent:
        said.append(f"Sources declared but holding nothing: {', '.join(silent)}.")
    return [*said, *domain.settings.not_in_the_score]
