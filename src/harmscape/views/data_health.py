"""Can these figures be trusted? Per source: what came, what was refused, what is late or unplaced."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from harmscape.engine import Engine
from harmscape.ingest.reasons import FLAG_REASONS, ROW_REASONS
from harmscape.model.period import Period, month_start
from harmscape.model.source import Source
from harmscape.views.arrivals import arrivals_of
from harmscape.views.context import Context
from harmscape.views.coverage import not_contained
from harmscape.views.extents import SourceExtent
from harmscape.views.question import Question, ask
from harmscape.views.result import Result
from harmscape.views.scored import score_areas
from harmscape.views.sector_overview import Sentence
from harmscape.views.words import number_word


@dataclass(frozen=True, slots=True)
class MonthOfRows:
    month: str
    rows: int | None
    gap: bool


@dataclass(frozen=True, slots=True)
class Reason:
    """Why rows were refused, flagged or not placed. says: what that means; empty where the name tells it."""

    reason: str
    rows: int
    says: str = ""


@dataclass(frozen=True, slots=True)
class SourceHealth:
    """One source: its files and rows, its months, its refused rows by reason, its flags.

    rejected and reasons: refused records of all deliveries, as they stand in `rejects/`. flags: of the rows
    that stand now and that this reader may see; `reclassified` is a change, counted each time it happened.
    astray: rows that tell of an event which never came (a link to a crime that no delivery held).
    late: the share of a month's rows known at its end, one month later and so on, until all are; none where
    the deliveries do not tell.
    """

    id: str
    title: str
    files: int
    refused_files: int
    rows: int
    first: date | None
    last: date | None
    as_of: date | None
    last_load: datetime | None
    months: tuple[MonthOfRows, ...]
    rejected: int
    reasons: tuple[Reason, ...]
    flags: tuple[Reason, ...]
    unplaced: int
    unplaced_share: float | None
    astray: int
    late: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Unmapped:
    """A code that an open list does not know: counted, queued, and worth nothing until mapped."""

    source: str
    text: str
    events: int


@dataclass(frozen=True, slots=True)
class NoWeight:
    category: str
    title: str
    events: int


@dataclass(frozen=True, slots=True)
class DifferingPair:
    """Rows that name one area while their point lies in another, or in none."""

    labelled: str
    placed: str
    events: int


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Where the row's own area label and its point name different areas."""

    both: int
    agree: int
    differ: int
    share: float
    pairs: tuple[DifferingPair, ...]


@dataclass(frozen=True, kw_only=True)
class DataHealth(Result):
    """The health of every declared source, and what the score does not contain."""

    ROWS: ClassVar[str] = "sources"

    sentence: Sentence
    sources: tuple[SourceHealth, ...]
    unmapped: tuple[Unmapped, ...]
    unweighted: tuple[NoWeight, ...]
    unplaced: tuple[Reason, ...]
    disagreement: Disagreement | None
    not_contained: tuple[str, ...]
    selection: Mapping[str, str]


def data_health(cursor: Engine, context: Context, words: Mapping[str, object]) -> DataHealth:
    """What came, what was refused, and what is missing, for all sources at once."""
    question = ask(cursor, context, words)
    scored = score_areas(question)
    titles = context.domain.categories
    sources = tuple(_sources(question))
    return DataHealth(
        sentence=_sentence(sources),
        sources=sources,
        unmapped=tuple(_unmapped(question)),
        unweighted=tuple(
            NoWeight(name, titles[name].title if name in titles else "Uncategorised", events)
            for name, events in sorted(scored.unweighted.items(), key=lambda each: -each[1])
        ),
        unplaced=tuple(_unplaced(question)),
        disagreement=_disagreement(question),
        not_contained=tuple(not_contained(question, scored)),
        warnings=tuple(question.notes()),
        selection=question.selection.words(),
    )


def _sources(question: Question) -> list[SourceHealth]:
    extents = {extent.source: extent for extent in question.extents}
    files = _files(question)
    flags = _flags(question)
    placed = _placed(question)
    astray = dict(_astray(question))
    found = []
    for source in question.context.domain.sources:
        if source.id not in question.known_sources:
            continue
        own, extent = files.get(source.id, _NO_FILES), extents.get(source.id)
        rows, unplaced = placed.get(source.id, (0, 0))
        telling = rows if _has_place(source) else 0  # One that tells no place (links, referrals) lacks none.
        found.append(
            SourceHealth(
                id=source.id,
                title=source.title,
                files=own.files,
                refused_files=own.refused,
                rows=rows,
                first=min(extent.months) if extent else None,
                last=extent.up_to if extent else None,
                as_of=own.as_of,
                last_load=own.loaded_at,
                months=tuple(_months(extent)) if extent else (),
                rejected=own.rejected,
                reasons=tuple(_told(name, count) for name, count in own.reasons.most_common()),
                flags=tuple(
                    _told(name, count)
                    for name, count in (flags.get(source.id, Counter()) + own.changes).most_common()
                ),
                unplaced=unplaced if telling else 0,
                unplaced_share=unplaced / telling if telling else None,
                astray=astray.get(source.id, 0),
                late=_late(question, source) if extent else (),
            )
        )
    return found


def _late(question: Question, source: Source) -> tuple[float, ...]:
    """The late-arrival curve of a source up to the first age at which all is known; a register has none."""
    if source.delivery == "register":
        return ()
    shares = arrivals_of(question, source.id).shares
    full = next((age for age, share in enumerate(shares) if share > _ALL), len(shares) - 1)
    return tuple(round(share, 4) for share in shares[: full + 1])


@dataclass(frozen=True, slots=True)
class _Files:
    files: int
    refused: int
    rejected: int
    as_of: date | None
    loaded_at: datetime | None
    reasons: Counter[str]
    changes: Counter[str]


_ALL = 0.9995
"""A share from which a month counts as known whole."""

_CHANGES = ("reclassified",)
"""Flags of what a delivery changed; all others are of rows, which every delivery tells anew."""

_NO_FILES = _Files(0, 0, 0, None, None, Counter(), Counter())


def _files(question: Question) -> dict[str, _Files]:
    rows = question.cursor.rows(
        "files",
        """
        select f.source, count(*), count(*) filter (f.action = 'refuse'), sum(f.rejected)::bigint,
               max(f.as_of), max(f.loaded_at), list(f.flags)
        from delivered_file f group by f.source
        """,
    )
    found = {}
    for source, files, refused, rejected, as_of, loaded_at, notes in rows:
        reasons: Counter[str] = Counter()
        changes: Counter[str] = Counter()
        for note in filter(None, notes):
            held = json.loads(note)
            reasons.update(held.get("reasons", {}))
            told = held.get("flags", {})
            changes.update({name: told[name] for name in _CHANGES if name in told})
        found[source] = _Files(files, refused, rejected or 0, as_of, loaded_at, reasons, changes)
    return found


def _told(name: str, rows: int) -> Reason:
    return Reason(name, rows, ROW_REASONS.get(name) or FLAG_REASONS.get(name, ""))


def _flags(question: Question) -> dict[str, Counter[str]]:
    """Per source, how many of the rows that stand now carry each flag; one told three times is one."""
    rows = question.cursor.rows(
        "flags",
        """
        with flagged as (
            select e.source, unnest(string_split(e.flags, ',')) as flag
            from seen_event e join counted_event c using (event_id)
            where e.flags is not null and c.known_to is null
        )
        select f.source, f.flag, count(*) from flagged f group by f.source, f.flag order by f.source, f.flag
        """,
    )
    found: dict[str, Counter[str]] = {}
    for source, flag, count in rows:
        found.setdefault(source, Counter())[flag] = count
    return found


def _placed(question: Question) -> dict[str, tuple[int, int]]:
    names = {number: name for name, number in question.context.lookup.dictionaries.source.items()}
    rows = question.cursor.rows(
        "placed",
        f"""
        select t.source, sum(t.events)::bigint, sum(t.events) filter (t.{question.area_column} = 0)::bigint
        from counted_tally t group by t.source
        """,
    )
    return {names[source]: (events, unplaced or 0) for source, events, unplaced in rows}


def _astray(question: Question) -> list[tuple[str, int]]:
    return question.cursor.rows(
        "astray", "select o.source, sum(o.events)::bigint from counted_astray o group by o.source"
    )


def _months(extent: SourceExtent) -> list[MonthOfRows]:
    span, gaps = Period(min(extent.months), month_start(max(extent.months), 1)).months, set(extent.gaps)
    return [
        MonthOfRows(f"{m:%Y-%m}", extent.months.get(m, None if m in gaps else 0), m in gaps) for m in span
    ]


def _unmapped(question: Question) -> list[Unmapped]:
    rows = question.cursor.rows(
        "unmapped",
        """
        select e.source, e.category_text, count(*) from seen_event e
        where e.category is null and e.category_text is not null
        group by all order by count(*) desc, e.source, e.category_text limit 200
        """,
    )
    return [Unmapped(*row) for row in rows]


def _has_place(source: Source) -> bool:
    """Whether a source says where its events happened, by a point or by an area's code."""
    return source.point is not None or source.label is not None


def _placing_sources(question: Question) -> list[int]:
    numbers = question.context.lookup.dictionaries.source
    return [numbers[source.id] for source in question.context.domain.sources if _has_place(source)]


def _unplaced(question: Question) -> list[Reason]:
    book = question.book
    rows = question.cursor.rows(
        "unplaced",
        """
        select p.reason, count(*) from event_place p join counted_event e using (event_id)
        where p.geography = $geography and p.edition = $edition and p.area_no = 0 and e.known_to is null
            and list_contains($sources, e.source)
        group by p.reason order by count(*) desc, p.reason
        """,
        {"geography": book.geography.id, "edition": book.edition, "sources": _placing_sources(question)},
    )
    return [Reason(reason or "not known", events) for reason, events in rows]


def _disagreement(question: Question) -> Disagreement | None:
    both, agree = question.cursor.rows(
        "disagreement",
        """
        select count(*), count(*) filter (p.agrees) from event_place p join counted_event e using (event_id)
        where p.agrees is not null and e.known_to is null
        """,
    )[0]
    if not both:
        return None
    pairs = question.cursor.rows(
        "differing pairs",
        """
        select e.label, coalesce(a.code, 'UNPLACED'), count(*)
        from event_place p
        join counted_event c using (event_id)
        join seen_event e using (event_id)
        left join area a on a.geography = p.geography and a.edition = p.edition and a.area_no = p.area_no
        where not p.agrees and c.known_to is null
        group by all order by count(*) desc, 1, 2 limit 10
        """,
    )
    differing = tuple(DifferingPair(*row) for row in pairs)
    return Disagreement(both, agree, both - agree, (both - agree) / both, differing)


def _sentence(sources: tuple[SourceHealth, ...]) -> Sentence:
    held = [source for source in sources if source.rows]
    whole = [s for s in held if not s.rejected and not s.refused_files and not any(m.gap for m in s.months)]
    sure = (
        f"{number_word(len(whole)) if whole else 'None'} of {len(held)}"
        f" {'source' if len(held) == 1 else 'sources'} with rows"
        + (" are whole." if len(whole) > 1 else " is whole.")
    )
    refused = sum(source.rejected for source in held)
    gaps = sum(month.gap for source in held for month in source.months)
    rest = []
    if refused:
        rest.append(f"{refused:,} rows were refused and are kept with their reasons.")
    if astray := sum(source.astray for source in held):
        rest.append(f"{astray:,} rows tell of events that never came.")
    if gaps:
        short = sum(any(month.gap for month in source.months) for source in held)
        one = len({month.month for source in held for month in source.months if month.gap}) == 1
        what = "One month is" if one else f"{number_word(gaps)} months are"
        rest.append(f"{what} missing{f', from {number_word(short).lower()} sources' if short > 1 else ''}.")
    return Sentence(sure, " ".join(rest))
