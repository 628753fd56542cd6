"""Links in the cache: which entity each event names, and who stood in which register when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from harmscape.engine import Engine, quoted
from harmscape.linkage import Resolver, by_given_key


@dataclass(frozen=True, slots=True)
class LinkInput:
    """What links are made from: the ledger's relations, which sources tell about events of which other, and
    which sources are registers."""

    event: str
    closing: str
    link: str
    about: Mapping[str, str]
    registers: tuple[str, ...]


def build_links(engine: Engine, given: LinkInput, resolve: Resolver = by_given_key) -> None:
    """Make the stored tables `entity`, `link`, `linked`, `astray` and `register_row`; needs `compact_event`.

    entity, grain: one entity; `kind`, `entity_no` from 1 within its kind, `code`.
    link, grain: a version of an event, an entity and the telling of it: `role`, `title` to show, and the
    policy and clocks of the row that told it. linked: the compact events that have a link.
    astray, grain: a source and policy; `events` counts its rows that stand and tell of an event that never
    came.
    register_row, grain: an entry of a register in one snapshot; `member_` is who stands there, `group_` what
    it is a member of, if anything.
    """
    engine.create("resolved", resolve(given.link))
    engine.create(
        "entity", "select distinct r.kind, r.entity_no, r.code from resolved r order by all", temporary=False
    )
    engine.create("told", _told_sql(given))
    engine.create("link", _link_sql(given), temporary=False)
    engine.create(
        "linked",
        "select e.* from compact_event e semi join link l on l.event_id = e.event_id",
        temporary=False,
    )
    engine.create("astray", _astray_sql(given), temporary=False)
    engine.create("register_row", _register_sql(given), temporary=False)
    engine.drop("told")
    engine.drop("resolved")


def _told_sql(given: LinkInput) -> str:
    """`told`: links with the clocks and policy of the rows that told them."""
    return f"""
        select l.event_id, l.place, l.kind, r.entity_no, l.role, l.title,
               e.source, e.about, e.policy_id as policy, e.known_from, k.known_to
        from {given.link} l
        join {given.event} e on e.event_id = l.event_id
        join resolved r on r.kind = l.kind and r.key = l.key
        left join (
            select x.event_id, min(x.known_to) as known_to from {given.closing} x group by x.event_id
        ) k on k.event_id = l.event_id
    """


def _link_sql(given: LinkInput) -> str:
    """`link`: links of an event's own row, and those that rows about it told; see `build_links`."""
    columns = "t.kind, t.entity_no, t.role, t.title, t.policy, t.known_from, t.known_to"
    own = f"select t.event_id, {columns} from told t where t.about is null"
    if not given.about:
        return f"{own} order by all"
    return f"""
        {own}
        union all
        select v.event_id, {columns}
        from told t
        join ({_pairs(given.about)}) a on a.teller = t.source
        join {given.event} v on v.source = a.source and v.key = t.about
        where t.about is not null
        order by all
    """


def _astray_sql(given: LinkInput) -> str:
    """`astray`: see `build_links`; the event may still come with a later delivery."""
    return f"""
        select e.source, e.policy_id as policy, count(*) as events
        from {given.event} e
        join ({_pairs(given.about)}) a on a.teller = e.source
        anti join {given.closing} x on x.event_id = e.event_id
        where e.about is not null
            and not exists (select 1 from {given.event} v where v.source = a.source and v.key = e.about)
        group by all
    """


def _pairs(about: Mapping[str, str]) -> str:
    """A select of `teller` and the `source` whose events it tells of."""
    if not about:
        return "select null::varchar as teller, null::varchar as source where false"
    listed = ", ".join(f"({quoted(teller)}, {quoted(of)})" for teller, of in about.items())
    return f"select * from (values {listed}) a(teller, source)"


def _register_sql(given: LinkInput) -> str:
    """`register_row`: see `build_links`; the first link of a row is the member, the second its group."""
    registers = ", ".join(quoted(name) for name in given.registers) or "null"
    return f"""
        select c.event_id, c.source, c.policy, c.category, c.day, e.starts, e.ends, c.known_from, c.known_to,
               m.kind as member_kind, m.entity_no as member_no, g.kind as group_kind, g.entity_no as group_no
        from {given.event} e
        join compact_event c on c.event_id = e.event_id
        join told m on m.event_id = e.event_id and m.place = 0
        left join told g on g.event_id = e.event_id and g.place = 1
        where e.source in ({registers})
        order by all
    """
