"""Did referring people away from crime help? Those referred beside like people who were not yet.

A person is referred when much is going wrong, and less would follow anyway: before and after alone says
nothing. So each is matched with people alike in what they did up to the same month, who were referred
themselves only after the time compared. Never those whom nobody thought of referring: whatever made somebody
think of it (and stands in no data) would look like an effect.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from harmscape.change.cohort import cohort_change, match_people
from harmscape.engine import Engine
from harmscape.model.entity import EntityKind
from harmscape.model.errors import SelectionError, nearest
from harmscape.model.period import Period, month_start
from harmscape.scoring.terms import among
from harmscape.scoring.ties import known_sql
from harmscape.views.context import Context
from harmscape.views.impact_figure import Figure, figure, known
from harmscape.views.impact_words import more_or_fewer, span
from harmscape.views.question import Question, ask, parameters
from harmscape.views.result import Result
from harmscape.views.sector_overview import Sentence

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

WINDOW_MONTHS, WINDOWS = 6, 4
"""People are matched on what they did in each half year of the two years before."""
AFTER_MONTHS = 12
MATCHES = 5
_FEWEST = 20


@dataclass(frozen=True, slots=True)
class Balance:
    """A half year before: events of a referred person, and of a match, on average."""

    months_before: int
    referred: float
    matches: float


@dataclass(frozen=True, kw_only=True)
class CohortImpact(Result):
    """What followed for people referred, beside what followed for their matches."""

    ROWS: ClassVar[str] = "balance"

    source: Mapping[str, str]
    sentence: Sentence
    effect: Figure
    referred: int
    matched: int
    observed: float
    expected: float
    raw_before: int
    balance: tuple[Balance, ...]
    after_months: int
    selection: Mapping[str, str]


def cohort_impact(
    cursor: Engine, context: Context, words: Mapping[str, object], *, source: str = "", only: str = ""
) -> CohortImpact:
    """Events of the people whom a source refers, in the year after, beside those of like people.

    source: whose rows are referrals, each with a link to a person. only: `attribute=value,value` of the
    referrals that count. The window ends where the data do; a person counts whose two years before and year
    after lie in it. Raises SelectionError where too few are left.
    """
    wanted = context.domain.source(source)
    kinds = {link.kind for link in wanted.links}
    if len(kinds) != 1:
        raise SelectionError(f"{wanted.title} must link to one kind of entity for its people to be followed")
    said = {
        key: value for key, value in words.items() if key not in ("window", "to", "by", "areas", "against")
    }
    first = ask(cursor, context, {**said, "window": "1m"})
    reach = first.complete_to()
    if reach is None:
        raise SelectionError("no events of this measure are loaded")
    starts = max(min(extent.months) for extent in first.counted_extents)
    period = Period(starts, month_start(reach + timedelta(days=1)))
    last = period.ends - timedelta(days=1)
    question = ask(cursor, context, {**said, "window": f"{period.days}d", "to": str(last)})
    gaps = [month for month in question.gaps() if month in period]
    if gaps:
        raise SelectionError(
            f"{gaps[0]:%B %Y} is missing: what followed for whom cannot be told across a gap"
        )
    (kind,) = kinds
    referred = _referred(question, wanted.id, kind, only)
    people = _counts(question, context.domain.entity(kind), period, referred)
    return _told(question, {"id": wanted.id, "title": wanted.title}, people, referred, period)


@dataclass(frozen=True)
class _People:
    """Events by person and month, shape (p, m), and the row of each person's number."""

    events: Floats
    row: Mapping[int, int]


@dataclass(frozen=True)
class _Referral:
    """A person's first referral, and whether it is one of those asked about."""

    month: date
    counts: bool


def _counts(question: Question, kind: EntityKind, period: Period, wanted: Iterable[int]) -> _People:
    """What each wanted person did by month: events that link to them in a role of doing; of most, nothing."""
    picked = question.pick()
    roles = _roles(question, kind)
    bound = parameters(picked, tallied=False)
    rows = question.cursor.rows(
        "events by person",
        f"""
        select l.entity_no, e.month, count(distinct e.event_id)
        from {picked.relation()} e
        join counted_link l on l.event_id = e.event_id and l.kind = $kind and l.known_to is null
            and (len($roles::varchar[]) = 0 or list_contains($roles::varchar[], l.role))
        where {picked.events.sql}
        group by all order by all
        """,
        {**bound, "kind": kind.id, "roles": roles},
    )
    months = {month: at for at, month in enumerate(period.months)}
    row = {number: at for at, number in enumerate(wanted)}
    events = np.zeros((len(row), len(months)))
    for number, month, count in rows:
        if number in row:
            events[row[number], months[month]] = count
    return _People(events, row)


def _roles(question: Question, kind: EntityKind) -> list[str]:
    """The roles in which a person does what is counted: those that a group's members answer for."""
    linked = question.measure.linked
    if linked is not None and linked.roles:
        return list(linked.roles)
    groups = (each.members for each in question.context.domain.entities if each.members)
    return next((list(members.roles) for members in groups if members.kind == kind.id), [])


def _referred(question: Question, source: str, kind: str, only: str) -> Mapping[int, _Referral]:
    """The month in which each person was first referred."""
    lookup = question.context.lookup
    number = lookup.dictionaries.source[source]
    kept = "true"
    if only:
        name, _, values = only.partition("=")
        held = lookup.dictionaries.attributes.get(name.strip())
        if held is None:
            raise SelectionError(
                f"no attribute {name.strip()[:40]!r}{nearest(name, question.context.domain.attributes)}"
            )
        numbers = [held[each.strip()] for each in values.split(",") if each.strip() in held]
        kept = among(f"e.t_{name.strip()}", numbers)
    rows = question.cursor.rows(
        "referred",
        f"""
        select l.entity_no, min(e.month), bool_or({kept})
        from counted_event e
        join counted_link l on l.event_id = e.event_id and l.kind = $kind and l.known_to is null
        where e.source = $source and {known_sql("e", None)}
        group by all order by all
        """,
        {"kind": kind, "source": number},
    )
    return {person: _Referral(month, bool(counts)) for person, month, counts in rows}


def _told(
    question: Question,
    source: Mapping[str, str],
    people: _People,
    referred: Mapping[int, _Referral],
    period: Period,
) -> CohortImpact:
    months = {month: at for at, month in enumerate(period.months)}
    reach = WINDOW_MONTHS * WINDOWS
    own, group = [], []
    for person, each in referred.items():
        place = months.get(each.month, -1) if each.counts else -1
        if place >= reach and place + AFTER_MONTHS < len(months):
            own.append(people.row[person])
            group.append(place)
    if len(own) < _FEWEST:
        raise SelectionError(
            f"{len(own)} people were referred with two years of data before and one after: too few to follow"
        )
    ours, when = np.array(own), np.array(group)
    rows, at = _not_yet(people, referred, months, np.unique(when))
    before, after = _about(people.events, ours, when)
    theirs, followed = _about(people.events, rows, at)
    matches = match_people(before, theirs, group=when, people_group=at, each=MATCHES)
    found = cohort_change(after, followed, matches)
    effect = figure("cohort", "Beside like people", found.change, found.effect)
    return CohortImpact(
        source=source,
        sentence=_sentence(effect, int(found.matched), known(float(found.expected))),
        effect=effect,
        referred=len(own),
        matched=int(found.matched),
        observed=float(found.observed),
        expected=float(found.expected),
        raw_before=int(before[:, -AFTER_MONTHS // WINDOW_MONTHS :].sum()),
        balance=tuple(
            Balance((WINDOWS - n) * WINDOW_MONTHS, round(float(a), 4), round(float(b), 4))
            for n, (a, b) in enumerate(zip(matches.ours, matches.theirs, strict=True))
        ),
        after_months=AFTER_MONTHS,
        warnings=(
            *question.notes(),
            "The month of the referral is on neither side. Who is referred was not left to chance: read"
            " “consistent with”, never “caused”.",
            "Time in prison is not taken out: it would look like an effect.",
        ),
        selection=question.selection.words(),
    )


def _not_yet(
    people: _People, referred: Mapping[int, _Referral], months: Mapping[date, int], groups: Ints
) -> tuple[Ints, Ints]:
    """For each month of referral, those who were referred only after the year that follows it."""
    row = np.array([people.row[person] for person in referred])
    first = np.array([months.get(each.month, len(months)) for each in referred.values()])
    early = np.array([each.month < min(months) for each in referred.values()])
    rows, at = [], []
    for group in groups.tolist():
        waiting = row[(first > group + AFTER_MONTHS) & ~early]
        rows.append(waiting)
        at.append(np.full(len(waiting), group))
    return np.concatenate(rows), np.concatenate(at)


def _about(events: Floats, rows: Ints, at: Ints) -> tuple[Floats, Floats]:
    """Events of people in each half year before a month, (n, w), and in the year after it, (n,)."""
    total = np.concatenate([np.zeros((len(events), 1)), np.cumsum(events, axis=1)], axis=1)
    edges = at[:, None] - WINDOW_MONTHS * np.arange(WINDOWS, -1, -1)
    held = total[rows[:, None], edges]
    after = total[rows, at + 1 + AFTER_MONTHS] - total[rows, at + 1]
    return np.diff(held, axis=1), after


def _sentence(effect: Figure, people: int, expected: float | None) -> Sentence:
    whom = f"{people:,} people"
    if expected is None or effect.estimate != effect.estimate:
        return Sentence("Nothing can be told.", f"Too little followed for {whom} or their matches.")
    reach = f"(95% range {span(effect.lo, effect.hi)})"
    if effect.surety == "not_told_apart":
        return Sentence(
            "No effect can be told from chance:",
            f"{whom} had about {more_or_fewer(effect.estimate)} events than like people {reach}.",
        )
    side = "consistent with an effect of the referral" if effect.estimate < 0 else "which it did not prevent"
    if effect.surety == "probably":
        side = "which chance could still explain"
    return Sentence(
        f"{'About' if effect.surety == 'clearly' else 'Probably about'} {more_or_fewer(effect.estimate)}"
        " events than like people",
        f"in the year after, for {whom} {reach}, {side}.",
    )
