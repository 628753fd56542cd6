"""Which entities have a name or a code like this? Those that a reader may know of, and what opens them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from harmscape.engine import Engine
from harmscape.model.entity import EntityKind
from harmscape.model.errors import SelectionError
from harmscape.model.measure import Measure
from harmscape.views.context import Context


@dataclass(frozen=True, slots=True)
class NamedEntity:
    """One entity; measure: one under which its profile opens, None where it needs none."""

    code: str
    name: str
    measure: str | None


def kinds_known(cursor: Engine, context: Context) -> list[EntityKind]:
    """The kinds with profiles that some source links whose rows this reader may count."""
    known = {name for (name,) in cursor.rows("sources", "select s.source from known_source s")}
    linked = {link.kind for source in context.domain.sources if source.id in known for link in source.links}
    return [kind for kind in context.domain.entities if kind.id in linked and not kind.on_map]


def named_entities(cursor: Engine, context: Context, kind: EntityKind, low: str) -> Iterator[NamedEntity]:
    """The entities of a kind whose name in some row holds a search, or whose code begins with it.

    low: the search in small letters; of a personal kind it must be the whole code. A name is the one most
    rows give, among those that the reader may open; without any it is the code. Those that no measure can
    open are left out.
    """
    measures = dict(_measures(context, kind))
    is_ruled = _is_under_a_rule(context, kind)
    for code, title, categories, has_members in cursor.rows(
        "named", _named_sql(personal=kind.personal), {"kind": kind.id, "low": low}
    ):
        told = set(categories or ())
        opening = next((name for name, counted in measures.items() if has_members or counted & told), None)
        if opening or is_ruled:
            yield NamedEntity(code, title or code, None if is_ruled else opening)


def _named_sql(*, personal: bool) -> str:
    """`named`: code, title, the numbers of the categories it is told in, and whether it has members."""
    coded = "lower(n.code) = $low" if personal else "starts_with(lower(n.code), $low)"
    titled = (
        ""
        if personal
        else """
            union
            select l.entity_no from counted_link l where l.kind = $kind and contains(lower(l.title), $low)"""
    )
    return f"""
        with hit as (
            select n.entity_no from known_entity n where n.kind = $kind and {coded}{titled}
        ),
        link as (
            select l.entity_no, l.event_id, l.title
            from counted_link l semi join hit h on h.entity_no = l.entity_no where l.kind = $kind
        ),
        called as (
            select l.entity_no, l.title from link l where l.title is not null
            group by l.entity_no, l.title
            qualify row_number() over (partition by l.entity_no order by count(*) desc, l.title) = 1
        ),
        told as (
            select l.entity_no, list(distinct e.category) as categories
            from link l join counted_linked e on e.event_id = l.event_id group by l.entity_no
        ),
        having_members as (select distinct r.group_no from counted_register r where r.group_kind = $kind)
        select upper(n.code), c.title, t.categories, g.group_no is not null
        from known_entity n
        semi join hit h on h.entity_no = n.entity_no
        left join called c on c.entity_no = n.entity_no
        left join told t on t.entity_no = n.entity_no
        left join having_members g on g.group_no = n.entity_no
        where n.kind = $kind order by n.entity_no
    """


def _measures(context: Context, kind: EntityKind) -> Iterator[tuple[str, frozenset[int]]]:
    """The measures that rank a kind, with what they count: that of its own page, the default, the others."""
    domain, numbers = context.domain, context.lookup.dictionaries.category
    pages = [page.selection.get("measure") for page in domain.pages if _ranks(page.selection, context, kind)]
    wanted = [*pages, domain.settings.defaults.measure, *(each.id for each in domain.measures)]
    for name in dict.fromkeys(filter(None, wanted)):
        measure = domain.measure(str(name))
        if measure.kind != "together":
            yield measure.id, frozenset(numbers[each] for each in domain.categories_of(measure))


def _ranks(selection: Mapping[str, object], context: Context, kind: EntityKind) -> bool:
    by = selection.get("by")
    try:
        return by is not None and context.domain.subject(str(by)).id == kind.id
    except SelectionError:
        return False


def _is_under_a_rule(context: Context, kind: EntityKind) -> bool:
    """Whether a rule over circumstances tells the profile of this kind, whatever was counted of it."""
    rule: Measure | None = next((each for each in context.domain.measures if each.kind == "together"), None)
    return rule is not None and rule.counts == kind.id
