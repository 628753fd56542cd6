"""The gate: every read passes here, is narrowed to what its reader may count and see, and is written down.

Steps above the gate get a cursor of their own on which only the views named here exist for events; they
never learn the names of the tables behind them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from threading import Lock
from typing import TypeVar

from harmscape.access.audit import Audit
from harmscape.engine import Engine, quoted
from harmscape.model.declared import digest_of
from harmscape.model.errors import RefusedError
from harmscape.model.role import Grant, Role
from harmscape.model.source import Policy

Answer = TypeVar("Answer")

_MOST_IDLE = 4
"""Cursors that are kept open for the next reader."""

OPEN_VIEWS = (
    "counted_event",
    "counted_tally",
    "counted_wide",
    "counted_cluster",
    "counted_extent",
    "counted_linked",
    "counted_link",
    "counted_register",
    "counted_astray",
    "counted_value",
    "known_entity",
    "seen_event",
    "seen_row",
    "event_place",
    "delivered_file",
    "known_source",
    "area",
    "denominator",
)
"""All that a step may read."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Who asks, in which role, and why."""

    actor: str
    role: Role
    purpose: str | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """What lies behind the gate, as SQL relations on the reader's connection."""

    compact: str
    clustered: str
    extent: str
    linked: str
    link: str
    register: str
    astray: str
    value: str
    entity: str
    tally: str
    wide: str
    event: str
    row: str
    place: str
    file: str
    area: str
    denominator: str


class Gate:
    """One way in to the events of a snapshot.

    policies: the distinct policies of rows, by the number that events carry. sources: the policy of each
    declared source; a reader who may not count its rows is not told that it exists.
    """

    def __init__(
        self,
        engine: Engine,
        held: Held,
        policies: Mapping[int, Policy],
        audit: Audit,
        *,
        sources: Mapping[str, Policy],
    ) -> None:
        self._engine = engine
        self._sources = sources
        self._held = held
        self._policies = policies
        self._audit = audit
        self._idle: list[tuple[Mapping[str, str], Engine]] = []
        self._keeping = Lock()

    def read(
        self, reader: Reader, step: str, detail: Mapping[str, object], answer: Callable[[Engine], Answer]
    ) -> Answer:
        """Work an answer out on a narrowed cursor; it is given only once its audit row is on the disk."""
        found = self.work_out(reader, answer)
        self.note(reader, step, detail)
        return found

    def work_out(self, reader: Reader, answer: Callable[[Engine], Answer]) -> Answer:
        """Work an answer out for the rights of a reader; nobody is given it before `note` has told of it."""
        self._refuse_without_verb(reader)
        with self.narrowed(reader) as cursor:
            return answer(cursor)

    def note(self, reader: Reader, step: str, detail: Mapping[str, object]) -> None:
        """Write down that a reader is given what was worked out for the very same rights."""
        self._refuse_without_verb(reader)
        self._audit.append(
            "consultation",
            actor=reader.actor,
            role=reader.role.id,
            step=step,
            purpose=reader.purpose,
            detail={**detail, "policy": self.digest(reader)},
        )

    def _refuse_without_verb(self, reader: Reader) -> None:
        if "read" not in reader.role.verbs:
            raise RefusedError(f"role {reader.role.id!r} may not read (rule: verbs)")

    def digest(self, reader: Reader) -> str:
        """What this reader may count and see, as part of every receipt and cache key."""
        return digest_of([self.countable(reader), self.visible(reader), self.known_sources(reader)])

    def countable(self, reader: Reader) -> list[int]:
        """The policy numbers whose rows may enter this reader's sums."""
        return self._allowed(reader.role.count, reader)

    def visible(self, reader: Reader) -> list[int]:
        """The policy numbers whose rows this reader may open; never more than may be counted."""
        return sorted(set(self._allowed(reader.role.see, reader)) & set(self.countable(reader)))

    def known_sources(self, reader: Reader) -> list[str]:
        """The declared sources whose rows this reader may count, and so may know of."""
        return sorted(
            name for name, policy in self._sources.items() if _allows(reader.role.count, policy, reader)
        )

    def _allowed(self, grants: tuple[Grant, ...], reader: Reader) -> list[int]:
        return sorted(number for number, policy in self._policies.items() if _allows(grants, policy, reader))

    @contextmanager
    def narrowed(self, reader: Reader) -> Iterator[Engine]:
        """A cursor on which the open views hold only what this reader may count and see.

        Opening the views takes longer than many an answer, so a cursor that has done its work is cleared and
        kept for the next reader to whom the very same views are open.
        """
        views = self._views(reader)
        cursor = self._idle_cursor(views) or self._opened(views)
        try:
            yield cursor
            cursor.clear(OPEN_VIEWS)
        except BaseException:
            cursor.close()
            raise
        self._keep(views, cursor)

    def close(self) -> None:
        """Let go of the cursors that are kept."""
        with self._keeping:
            for _, cursor in self._idle:
                cursor.close()
            self._idle.clear()

    def _idle_cursor(self, views: Mapping[str, str]) -> Engine | None:
        with self._keeping:
            found = next((each for each in self._idle if each[0] == views), None)
            if found is not None:
                self._idle.remove(found)
        return found[1] if found else None

    def _opened(self, views: Mapping[str, str]) -> Engine:
        cursor = self._engine.cursor()
        for view, sql in views.items():
            cursor.run(f"open {view}", f"create temporary view {view} as {sql}")
        return cursor

    def _keep(self, views: Mapping[str, str], cursor: Engine) -> None:
        with self._keeping:
            self._idle.append((views, cursor))
            spare = self._idle.pop(0)[1] if len(self._idle) > _MOST_IDLE else None
        if spare is not None:
            spare.close()

    def _views(self, reader: Reader) -> dict[str, str]:
        held = self._held
        count, see = self.countable(reader), self.visible(reader)
        known = self.known_sources(reader)
        hidden = sorted(self._sources.keys() - set(known))
        return {
            "counted_event": f"select e.*, {self._among('e.policy', see)} as visible from {held.compact} e"
            f" where {self._among('e.policy', count)}",
            "counted_tally": f"select t.* from {held.tally} t where {self._among('t.policy', count)}",
            "counted_wide": f"select t.* from {held.wide} t where {self._among('t.policy', count)}",
            "counted_cluster": f"select e.* from {held.clustered} e where {self._among('e.policy', count)}",
            "counted_extent": f"select x.* from {held.extent} x where {self._among('x.policy', count)}",
            "counted_linked": f"select e.* from {held.linked} e where {self._among('e.policy', count)}",
            # A name shows a person: it goes with the right to open the row that tells it.
            "counted_link": f"""select l.* replace (case when {self._among("l.policy", see)} then l.title end
                as title), {self._among("l.policy", see)} as visible
                from {held.link} l where {self._among("l.policy", count)}""",
            "counted_register": f"select r.* from {held.register} r where {self._among('r.policy', count)}",
            "counted_astray": f"select o.* from {held.astray} o where {self._among('o.policy', count)}",
            "counted_value": f"select v.* from {held.value} v where {self._among('v.policy', count)}",
            "known_entity": f"""select n.* from {held.entity} n semi join (
                select l.kind, l.entity_no from {held.link} l where {self._among("l.policy", count)}
                ) l on l.kind = n.kind and l.entity_no = n.entity_no""",
            "seen_event": f"select e.* from {held.event} e where {self._among('e.policy_id', see)}",
            "seen_row": f"""select r.event_id, r.raw from {held.row} r where r.event_id in (
                select e.event_id from {held.event} e where {self._among("e.policy_id", see)})""",
            "event_place": f"select p.* from {held.place} p",
            "delivered_file": f"select f.* from {held.file} f where not ({_named('f.source', hidden)})",
            "known_source": f"select s.source from (values {_listed(known)}) s(source)"
            if known
            else "select null::varchar as source where false",
            "area": f"select a.* from {held.area} a",
            "denominator": f"select d.* from {held.denominator} d",
        }

    def _among(self, column: str, policies: list[int]) -> str:
        """A policy is one of some of the ledger's numbers; they stand in the text: a view binds nothing."""
        if policies and set(policies) == self._policies.keys():
            return "true"
        return f"{column} in ({', '.join(str(int(each)) for each in policies)})" if policies else "false"


def _allows(grants: tuple[Grant, ...], policy: Policy, reader: Reader) -> bool:
    today = date.today()  # noqa: DTZ011 - grants run from and until local days
    return any(grant.allows(policy, purpose=reader.purpose or "", on=today) for grant in grants)


def _named(column: str, names: list[str]) -> str:
    """A source is one of some, by names that our own declarations allow."""
    return f"{column} in ({', '.join(quoted(name) for name in names)})" if names else "false"


def _listed(names: list[str]) -> str:
    return ", ".join(f"({quoted(name)})" for name in names)
