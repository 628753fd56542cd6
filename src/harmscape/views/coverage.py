"""What a score does not contain: said with every standing, before anybody asks."""

from __future__ import annotations

from dataclasses import replace

from harmscape.model.period import Period
from harmscape.views.question import Question, kind_of
from harmscape.views.scored import Scored
from harmscape.views.words import mid_sentence, month_name, number_of, points


def not_contained(question: Question, scored: Scored) -> list[str]:
    """One line for each thing missing from a score: events without place or weight, months, sources, lag."""
    domain, said = question.context.domain, []
    if scored.unplaced_events:
        said.append(_unplaced(question, scored))
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


def _unplaced(question: Question, scored: Scored) -> str:
    """What is in the total and in no area; or, where other subjects are ranked, in none of them."""
    events = scored.unplaced_events
    share = events / max(scored.total_events, 1)
    part = f"{share:.1%}" if share >= 0.0005 else "<0.1%"
    harm = f"{number_of(events, 'event')} ({part}), {points(scored.unplaced_harm)} points,"
    if kind_of(question) == "area":
        where = "has no place: it is" if events == 1 else "have no place: they are"
        return f"{harm} {where} in the total and in no area."
    one = mid_sentence(question.book.geography.title)
    where = "belongs to no" if events == 1 else "belong to no"
    return f"{harm} {where} {one}, and {'is' if events == 1 else 'are'} in the total alone."


def is_told(question: Question, period: Period) -> bool:
    """Whether the data reach back to the start of a period and hold some month of it."""
    firsts = [min(extent.months) for extent in question.counted_extents]
    gaps = question.gaps()
    return bool(firsts) and min(firsts) <= period.starts and any(each not in gaps for each in period.months)


def before_notes(question: Question) -> list[str]:
    """What must be said of the period compared with, if one is: not known, known in part, or not tested."""
    against = question.selection.against
    said = partly_known(question)
    if against is None or not is_told(question, against):
        return said
    return [*said, "The period before is shown beside; no test has been made of the difference."]


def partly_known(question: Question) -> list[str]:
    """What must be said of the period compared with, if one is: not known, or known in part."""
    against = question.selection.against
    if against is None:
        return []
    if not is_told(question, against):
        return [
            f"The period compared with, {against}, is not known: the data do not reach back to its start,"
            " or hold none of its months. No figure is given for it, which does not mean a zero."
        ]
    said = [
        f"{month_name(month)}, in the period compared with, is missing from {_titles(question, sources)}:"
        " a gap in the data, not a month of nothing."
        for month, sources in sorted(question.gaps().items())
        if against.starts <= month < against.ends
    ]
    late = [
        f"In the period compared with, {against}, {_titles(question, [extent.source])} is not known"
        f" before {month_name(min(extent.months))}."
        for extent in question.counted_extents
        if min(extent.months) > against.starts
    ]
    return [*said, *late]


def _titles(question: Question, sources: list[str]) -> str:
    return ", ".join(question.context.domain.source(each).title for each in sources)


def timeless_notes(question: Question) -> list[str]:
    """What is left out because a weekday or an hour was asked of events that have none."""
    selection = question.selection
    asked = {condition.field for condition in selection.where} & {"weekday", "hour"}
    if not asked:
        return []
    kept = tuple(each for each in selection.where if each.field not in asked)
    picked = replace(question, selection=selection.model_copy(update={"where": kept})).pick()
    # One condition, the first, so that a scan passes by all that have a time: months alone have no hour.
    none = "e.hour is null" if "hour" in asked else "e.whole_month"
    no_day, no_hour = question.cursor.rows(
        "timeless",
        f"""
        select count(*) filter (e.whole_month), count(*) filter (e.hour is null and not e.whole_month)
        from {picked.relation()} e where {none} and {picked.events.sql}
        """,
        picked.events.parameters,
    )[0]
    said = []
    if no_day:
        said.append(
            f"{number_of(no_day, 'event')} {'is' if no_day == 1 else 'are'} known only by month,"
            f" without a day or an hour: no answer by {' and '.join(sorted(asked))} counts them."
        )
    if no_hour and "hour" in asked:
        said.append(
            f"{number_of(no_hour, 'event')} {'has' if no_hour == 1 else 'have'} a day and no hour:"
            " no answer by hour counts them."
        )
    return said
