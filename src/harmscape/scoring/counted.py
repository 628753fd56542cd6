"""Counted: the events of a measure as rows to be summed, whatever its kind and whatever the subject.

A relation is text with `{base}` for the view it reads (`counted_event`, `counted_cluster`). Its rows are
those of the base with three columns more: the subject's number under its own name (for a kind of entity, or
for categories), `parts`, one bit for each measure of a sum that the row belongs to, and `certain`, for what
is no matter of chance, such as the stock of a register.
"""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal

from harmscape.engine import quoted
from harmscape.model.entity import CATEGORY, EVERYTHING
from harmscape.model.measure import Measure
from harmscape.model.period import Period
from harmscape.model.selection import Selection
from harmscape.model.tables import QUANTITY
from harmscape.scoring.terms import Lookup, all_of, among, any_of, asked_terms, branch, measure_terms
from harmscape.scoring.ties import known_sql, numbered_name, subject_name

_MONTHS_A_YEAR, _DAYS_A_YEAR = Decimal(12), Decimal("365.25")


def is_plain(selection: Selection, lookup: Lookup) -> bool:
    """Whether the events of a selection are the rows of the base itself: a flow, by an area."""
    return lookup.domain.measure(selection.measure).kind == "flow" and selection.by in lookup.columns


def counted_sql(
    selection: Selection, lookup: Lookup, period: Period, when: str, *, monthly: bool = False
) -> str:
    """The relation of a selection's events in a period; `when` is the condition on days and knowledge.

    monthly: stocks are taken at the last snapshot of each month, for a trend, not once for the window.
    """
    measure = lookup.domain.measure(selection.measure)
    parts = [lookup.domain.measure(name) for name in measure.measures] or [measure]
    numbered = list(enumerate(parts))
    flows = [(at, part) for at, part in numbered if part.kind == "flow"]
    others = [(at, part) for at, part in numbered if part.kind != "flow"]
    selects = [_flow_sql(flows, selection, lookup, when)] if flows else []
    for at, part in others:
        if part.kind == "together":
            selects.append(_together_sql(part, selection, lookup, when))
        elif selection.stocks:
            selects.append(_stock_sql(at, part, selection, lookup, period, when, monthly=monthly))
    if not selects:
        selects = [_flow_sql([(0, parts[0])], selection, lookup, f"{when} and false")]
    return " union all by name ".join(selects)


def stock_scale(period: Period, *, monthly: bool = False) -> Decimal:
    """What a yearly weight is worth over a window: its months over twelve, half-even at six places.

    >>> from datetime import date
    >>> stock_scale(Period(date(2026, 1, 1), date(2026, 6, 1)))
    Decimal('0.416667')
    """
    if monthly:
        share = 1 / _MONTHS_A_YEAR
    elif period.is_whole_months:
        share = len(period.months) / _MONTHS_A_YEAR
    else:
        share = period.days / _DAYS_A_YEAR
    return share.quantize(Decimal("0.000001"), rounding=ROUND_HALF_EVEN)


def _flow_sql(flows: list[tuple[int, Measure]], selection: Selection, lookup: Lookup, when: str) -> str:
    """The events of one or more flows, each once, with a bit for each flow it belongs to."""
    asked = {at: measure_terms(part, lookup) for at, part in flows}
    bits = " + ".join(
        f"(case when {all_of(terms, lookup)} then {1 << at} else 0 end)" for at, terms in asked.items()
    )
    if len(flows) == 1:
        bits = str(1 << flows[0][0])
    where = asked_terms(selection, lookup)
    categories = [term for term in where if term.categories is not None]
    others = [term for term in where if term.categories is None]
    counted = any_of([[*terms, *categories] for terms in asked.values()], lookup)
    terms = [f"({counted})", f"({all_of(others, lookup)})", when]
    subject, join, quantity = _subject_sql(selection, lookup)
    return f"""
        select e.* replace ({quantity} as quantity){subject}, ({bits})::bigint as parts, false as certain
        from {{base}} e {join}
        where {" and ".join(terms)}
    """


def _stock_sql(
    at: int,
    part: Measure,
    selection: Selection,
    lookup: Lookup,
    period: Period,
    when: str,
    *,
    monthly: bool,
) -> str:
    """Each entity in the last snapshot once for each subject, as part of a year."""
    counted = all_of(measure_terms(part, lookup), lookup)
    day = "e.source, e.day" if not monthly else "e.source, e.month, e.day"
    group = "e.source" if not monthly else "e.source, e.month"
    numbers = [lookup.dictionaries.category[name] for name in lookup.domain.categories_of(part)]
    last = f"""({day}) in (select {group}, max(e.day) from counted_linked e
        where {among("e.category", sorted(numbers))} and {when} group by {group})"""
    # An entry may lie in a snapshot before it begins or after it has ended.
    over = """e.event_id not in (
        select r.event_id from counted_register r where r.ends <= r.day or r.starts > r.day)"""
    terms = [counted, last, over, when, *_where(selection, lookup)]
    subject, join, _ = _subject_sql(selection, lookup)
    within = f"l.entity_no, {_bare_subject(selection, lookup)}" + (", e.month" if monthly else "")
    scale = stock_scale(period, monthly=monthly)
    return f"""
        select e.* replace ({scale}::{QUANTITY} as quantity, null::bigint as incident){subject},
               {1 << at}::bigint as parts, true as certain
        from {{base}} e
        join counted_link l on l.event_id = e.event_id and l.kind = {quoted(str(part.counts))}
            and {known_sql("l", selection.as_known_at)}
        {join}
        where {" and ".join(terms)}
        qualify row_number() over (
            partition by {within}
            order by {_order(part, lookup)}, e.category, {_places(lookup)}, e.event_id) = 1
    """


def _together_sql(part: Measure, selection: Selection, lookup: Lookup, when: str) -> str:
    """One event for each entity with enough of the categories, at its latest event that has a place."""
    counted = all_of(measure_terms(part, lookup), lookup)
    terms = " and ".join([counted, when, *_where(selection, lookup)])
    link = f"""join counted_link l on l.event_id = e.event_id and l.kind = {quoted(str(part.counts))}
            and {known_sql("l", selection.as_known_at)}"""
    kinds = " ".join(
        f"when {among('e.category', branch(name, lookup))} then {at}"
        for at, name in enumerate(part.categories)
    )
    stands_as = lookup.dictionaries.category[str(part.stands_as)]
    own = selection.by == part.counts
    subject, join, _ = (
        (f", n.no as {lookup.area_column(selection.by)}", _numbered(selection.by), "")
        if own
        else _subject_sql(selection, lookup)
    )
    placed = "true" if own else f"({_bare_subject(selection, lookup)} > 0)"
    return f"""
        select e.* replace ({stands_as}::smallint as category, 1::{QUANTITY} as quantity,
                            null::bigint as incident){subject}, 0::bigint as parts, false as certain
        from {{base}} e {link} {join}
        where {terms} and l.entity_no in (
            select l.entity_no from counted_linked e {link}
            where {terms}
            group by l.entity_no
            having count(distinct case {kinds} end) >= {int(part.at_least or 1)}
        )
        qualify row_number() over (
            partition by l.entity_no
            order by {placed} desc, e.day desc, e.hour desc nulls last, {_places(lookup)}, e.event_id) = 1
    """


def _subject_sql(selection: Selection, lookup: Lookup) -> tuple[str, str, str]:
    """The column of the subject, the join that brings it, and the quantity that counts for it."""
    column = lookup.area_column(selection.by)
    if selection.by in lookup.columns:
        return "", "", "e.quantity"
    if selection.by == EVERYTHING:
        return f", 0 as {column}", "", "e.quantity"
    if selection.by == CATEGORY.id:
        return f", {category_no_sql(lookup)} as {column}", "", "e.quantity"
    join = f"left join {subject_name(selection.by)} s on s.event_id = e.event_id"
    return f", coalesce(s.subject_no, 0) as {column}", join, "coalesce(s.part, e.quantity)"


def _bare_subject(selection: Selection, lookup: Lookup) -> str:
    """The subject's number before it has a name."""
    if selection.by in lookup.columns:
        return f"e.{lookup.area_column(selection.by)}"
    if selection.by == EVERYTHING:
        return "0"
    return category_no_sql(lookup) if selection.by == CATEGORY.id else "coalesce(s.subject_no, 0)"


def category_no_sql(lookup: Lookup) -> str:
    """The number of an event's category among those that a question ranks; 0 for the others."""
    ranked, numbers = lookup.areas[CATEGORY.id], lookup.dictionaries.category
    table = [0] * (max(numbers.values(), default=0) + 1)
    for name, number in ranked.items():
        table[numbers[name]] = number
    return f"([{', '.join(map(str, table))}])[e.category + 1]::integer"


def _numbered(kind: str) -> str:
    return f"join {numbered_name(kind)} n on n.entity_no = l.entity_no"


def _where(selection: Selection, lookup: Lookup) -> list[str]:
    return [f"({term.sql})" for term in asked_terms(selection, lookup)]


def _places(lookup: Lookup) -> str:
    """The areas of an event, so that the order of rows decides nothing between two of one day."""
    return ", ".join(f"e.{lookup.area_column(name)}" for name in sorted(lookup.columns)) or "0"


def _order(part: Measure, lookup: Lookup) -> str:
    """The order of a measure's categories: an entity under several counts under the first."""
    cases = " ".join(
        f"when {among('e.category', branch(name, lookup))} then {at}"
        for at, name in enumerate(part.categories)
    )
    return f"(case {cases} else {len(part.categories)} end)" if cases else "0"
