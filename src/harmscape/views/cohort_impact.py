"""Did referring people away from crime help? Those referred beside like people who were not yet.

A person is referred when much is going wrong, and less would follow anyway: before and after alone says
nothing. So each is matched with people alike in what they did up to the same month, who were referred
themselves only after the time compared. Never those whom nobody thought of referring: whatever made somebody
think of it (and stands in no data) would look like an effect. Where a register tells who was in prison when,
that time is taken out of both sides: nobody does much there, and a sentence is no effect of a referral.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Any, ClassVar

import numpy as np

from harmscape.change.cohort import cohort_change, match_people
from harmscape.change.effect import NO_CHANGE
from harmscape.engine import Engine
from harmscape.model.errors import SelectionError
from harmscape.model.period import Period, month_start
from harmscape.views.cohort_people import (
    Away,
    Narrowing,
    People,
    Referral,
    away,
    narrowings,
    read_people,
    read_referrals,
    referring,
)
from harmscape.views.cohort_sides import (
    AFTER_MONTHS,
    Balance,
    LeftOut,
    Step,
    away_after,
    balance,
    followed,
    not_yet,
    steps,
)
from harmscape.views.cohort_words import CHOSEN, RULES, away_words, finding, likeness, too_early
from harmscape.views.context import Context
from harmscape.views.impact_figure import Figure, figure
from harmscape.views.impact_words import harm_words
from harmscape.views.question import Question, ask
from harmscape.views.result import Result
from harmscape.views.sector_overview import Sentence

MATCHES = 5
FEWEST = 20
"""A cohort of fewer people is too small to follow: it is too early to tell."""


@dataclass(frozen=True, kw_only=True)
class CohortImpact(Result):
    """What followed for people referred, beside what followed for their matches. Sums alone, no names."""

    ROWS: ClassVar[str] = "balance"

    source: Mapping[str, str]
    sources: tuple[Mapping[str, str], ...]
    measure: Mapping[str, str]
    only: str
    narrowings: tuple[Narrowing, ...]
    sentence: Sentence
    harm: str
    effect: Figure
    harm_figure: Figure
    too_early: bool
    referred: int
    matched: int
    different_matches: int
    observed: float
    expected: float
    likeness: str
    away: str
    is_away_known: bool
    left_out: tuple[LeftOut, ...]
    balance: tuple[Balance, ...]
    steps: tuple[Step, ...]
    after_months: int
    starts: date
    last: date
    selection: Mapping[str, str]


def cohort_impact(
    cursor: Engine, context: Context, words: Mapping[str, object], *, source: str = "", only: str = ""
) -> CohortImpact:
    """Events of the people whom a source refers, in the year after, beside those of like people.

    source: whose rows are referrals, each with a link to a person; the first of those that refer unless said.
    only: `attribute=value,value` of the referrals that count. The window ends where the data do; a person
    counts whose two years before and year after lie in it. Raises SelectionError where no source refers, and
    where nobody was referred.
    """
    question, period = _whole(cursor, context, words)
    refer = referring(context.domain, question.known_sources)
    if not source and not refer:
        raise SelectionError(
            "no source refers people: one whose rows name a person and are no harm themselves"
        )
    wanted = context.domain.source(source or refer[0].id)
    kinds = {link.kind for link in wanted.links}
    if len(kinds) != 1 or wanted.id not in question.known_sources:
        raise SelectionError(f"{wanted.title} must link to one kind of entity for its people to be followed")
    (kind,) = kinds
    referred = read_referrals(question, wanted.id, kind, only)
    if not any(each.counts for each in referred.values()):
        raise SelectionError("nobody was referred so: there is nobody to follow")
    people = read_people(question, context.domain.entity(kind), period, list(referred))
    told = _compare(people, referred, period, away(question))
    measure = question.measure
    return CohortImpact(
        source={"id": wanted.id, "title": wanted.title},
        sources=tuple({"id": each.id, "title": each.title} for each in refer),
        measure={"id": measure.id, "title": measure.title},
        only=only,
        narrowings=narrowings(question, wanted, kind),
        after_months=AFTER_MONTHS,
        starts=period.starts,
        last=period.ends - timedelta(days=1),
        warnings=(*question.notes(), *RULES, *((CHOSEN,) if only else ())),
        selection=question.selection.words(),
        **told,
    )


def _whole(cursor: Engine, context: Context, words: Mapping[str, object]) -> tuple[Question, Period]:
    """The question over all whole months of its data, which must have no gap."""
    dropped = ("window", "to", "by", "areas", "against")
    said = {key: value for key, value in words.items() if key not in dropped}
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
    return question, period


def _compare(
    people: People, referred: Mapping[int, Referral], period: Period, absent: Away
) -> dict[str, Any]:
    """Everything that is told of the two sides."""
    months = {month: at for at, month in enumerate(period.months)}
    ours, left = followed(people, referred, months)
    theirs = not_yet(people, referred, months, np.unique(ours.at))
    matches = match_people(
        ours.before, theirs.before, group=ours.at, people_group=theirs.at, each=MATCHES,
        free=ours.free_shares, people_free=theirs.free_shares,
    )  # fmt: skip
    unmatched = int((~matches.matched).sum())
    left += [LeftOut("nobody like them was referred later", unmatched)] if unmatched else []
    matched = int(matches.matched.sum())
    early = min(len(ours.row), matched) < FEWEST
    last = period.ends - timedelta(days=1)
    beside = partial(
        cohort_change,
        matches=matches,
        at_risk=ours.free_after,
        people_at_risk=theirs.free_after,
        who=theirs.row,
    )
    found = beside(ours.after, theirs.after)
    points = beside(ours.harm_after, theirs.harm_after)
    nothing = figure("cohort", "Beside like people", NO_CHANGE, None)
    effect = nothing if early else figure("cohort", "Beside like people", found.change, found.effect)
    in_points = nothing if early else figure("harm", "Harm beside like people", points.change, points.effect)
    alike = () if early else balance(ours, theirs, matches)
    return {
        "sentence": too_early(len(ours.row), matched, FEWEST)
        if early
        else finding(effect, matched, found.expected),
        "harm": "" if early or not points.expected else harm_words(in_points, ()),
        "effect": effect,
        "harm_figure": in_points,
        "too_early": early,
        "referred": len(ours.row),
        "matched": matched,
        "different_matches": len(np.unique(theirs.row[matches.chosen[matches.chosen >= 0]])),
        "observed": found.observed,
        "expected": round(found.expected, 4),
        "likeness": "" if early else likeness([each.apart for each in alike]),
        "away": away_words(absent, *away_after(ours, theirs, matches), last),
        "is_away_known": bool(absent.titles),
        "left_out": tuple(left),
        "balance": alike,
        "steps": () if early else steps(ours, theirs, matches),
    }
