"""Profiles on a small force in memory: a theme, a group, a family, and what may have been counted twice."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import combinations
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from tests import twin
from tests.small_force import LOCAL, SmallForce, an_event, small_force
from tests.steps.test_ties import (
    FEB,
    GANG_CRIME,
    JAN,
    MAR,
    MEMBERS,
    PRIMARY,
    crime,
    declared,
    member,
    primary_events,
    tie,
)

from harmscape.access import Reader
from harmscape.engine import Duck
from harmscape.model.domain import Domain
from harmscape.model.errors import SelectionError
from harmscape.model.role import Grant, Role
from harmscape.views.double_counts import DoubleCounts, double_counts
from harmscape.views.family_profile import FamilyProfile, family_profile
from harmscape.views.group_profile import GroupProfile, group_profile
from harmscape.views.near_pairs import groups_sql, pair_bounds, pairs_sql, plane
from harmscape.views.sector_overview import sector_overview
from harmscape.views.theme_view import theme_view

QUARTER = {"window": "3m", "to": "2024-03"}


def reader(*, count: int, see: int) -> Reader:
    """Someone who may count and open rows up to two sensitivities: registers and intelligence are at 3."""
    may_count, may_see = Grant(sensitivity=count), Grant(sensitivity=see)
    role = Role(id="partner", title="Partner", reason="a test", count=(may_count,), see=(may_see,))
    return Reader("bea", role)


# Themes


THEMED: list[Mapping[str, Any]] = [
    {"id": "violent", "categories": ["violence"], "theme": "harm"},
    {"id": "assaults", "categories": ["assault"], "theme": "harm"},
    {"id": "thefts", "categories": ["theft"], "theme": "gain"},
    {**MEMBERS, "theme": "harm"},
]


def themed(tmp_path: Path) -> SmallForce:
    events = [
        crime(JAN, "assault", "c1"),
        crime(FEB, "assault", "c2", "S2"),
        crime(MAR, "wounding", "c3", None),
        crime(date(2023, 11, 5), "assault", "c4"),  # in the three months before
        crime(JAN, "burglary", "c5"),
        member(date(2024, 3, 31), "ann", "g1"),
    ]
    return small_force(tmp_path, declared(*THEMED), events)


def test_a_theme_tells_each_of_its_measures_beside_the_period_before(tmp_path: Path) -> None:
    force = themed(tmp_path)
    with force.gate.narrowed(LOCAL) as cursor:
        found = theme_view(cursor, force.context, QUARTER, theme="Harm")
    # By hand: violent c1 c2 c3, assaults c1 c2 at 100 points each; one of each before; a member for a quarter
    # of a year at 120 points is 30.
    assert [(each.id, each.events, each.harm) for each in found.measures] == [
        ("violent", 3, Decimal(300)),
        ("assaults", 2, Decimal(200)),
        ("members_stock", 1, Decimal(30)),
    ]
    before = [(each.before_events, int(each.before_harm)) for each in found.measures]
    assert before == [(1, 100), (1, 100), (0, 0)]
    violent = found.measures[0]
    assert [(top.area_id, top.harm) for top in violent.top] == [("S1", Decimal(100)), ("S2", Decimal(100))]
    assert all(top.rank_lo <= top.rank <= top.rank_hi <= found.of for top in violent.top)
    assert [m.harm for m in violent.trend if m.in_window] == [100, 100, 100]
    assert "1 event (33.3%), 100 points, has no place" in violent.not_contained[0]


def test_a_theme_names_the_events_that_two_measures_count(tmp_path: Path) -> None:
    force = themed(tmp_path)
    with force.gate.narrowed(LOCAL) as cursor:
        found = theme_view(cursor, force.context, QUARTER, theme="harm")
        assert [(e.first, e.second, e.events, e.harm) for e in found.counted_twice] == [
            ("violent", "assaults", 2, Decimal(200))
        ]
        alone = theme_view(cursor, force.context, QUARTER, theme="gain")
    assert alone.counted_twice == ()
    assert str(alone.sentence) == "One measure in this theme. Most events: thefts, 1 (0 before)."


def test_a_sum_in_a_theme_says_what_it_counts_more_than_once(tmp_path: Path) -> None:
    held = declared(*PRIMARY[:3], {**PRIMARY[3], "theme": "all"})
    force = small_force(tmp_path, held, primary_events())
    with force.gate.narrowed(LOCAL) as cursor:
        (found,) = theme_view(cursor, force.context, QUARTER, theme="all").measures
    # By hand: c1, an assault of 100 points, is violent and by a member.
    assert (found.harm, found.overlap) == (Decimal(240), Decimal(100))
    assert found.adds == ("violent", "gang_crime", "members_stock")


def test_an_unknown_theme_is_an_error_with_the_nearest(tmp_path: Path) -> None:
    force = themed(tmp_path)
    with force.gate.narrowed(LOCAL) as cursor:
        with pytest.raises(SelectionError, match=r"no theme 'harms'; did you mean 'harm'\?"):
            theme_view(cursor, force.context, QUARTER, theme="harms")
        with pytest.raises(SelectionError, match="known: gain, harm"):
            theme_view(cursor, force.context, QUARTER)
        with pytest.raises(SelectionError, match="leave --measure out"):
            theme_view(cursor, force.context, {**QUARTER, "measure": "thefts"}, theme="harm")
        with pytest.raises(SelectionError, match="all areas"):
            theme_view(cursor, force.context, {**QUARTER, "areas": "S1"}, theme="harm")


def test_a_workspace_without_themes_says_so(tmp_path: Path) -> None:
    force = small_force(tmp_path, declared(), [crime(JAN, "assault", "c1")])
    with force.gate.narrowed(LOCAL) as cursor, pytest.raises(SelectionError, match=r"no measure .* theme"):
        theme_view(cursor, force.context, QUARTER, theme="harm")


def test_a_theme_without_events_has_nothing_to_say(tmp_path: Path) -> None:
    force = themed(tmp_path)
    with force.gate.narrowed(LOCAL) as cursor:
        found = theme_view(cursor, force.context, {"window": "1m", "to": "2024-03"}, theme="gain")
    assert found.sentence.rest == "No events are known in this window."
    assert found.measures[0].top == ()


def test_the_words_of_a_theme_give_the_same_theme_again(tmp_path: Path) -> None:
    held = declared(*THEMED).model_dump(by_alias=True)
    held["schemes"] = [
        *held["schemes"],
        {**held["schemes"][0], "id": "half", "weights": [{"category": "violence", "points": 50}]},
    ]
    held["measures"][2]["scheme"] = "half"  # assaults
    force = small_force(tmp_path, Domain.model_validate(held), [crime(JAN, "assault", "c1")])
    for words in (QUARTER, {**QUARTER, "weights": "severity"}, {**QUARTER, "weights": "half"}):
        with force.gate.narrowed(LOCAL) as cursor:
            first = theme_view(cursor, force.context, words, theme="harm")
            again = theme_view(cursor, force.context, first.selection, theme="harm")
        assert first == again
        own = {"severity": 100, "half": 50}
        wanted = [own[w] if (w := words.get("weights")) else 100, own[w] if w else 50]
        assert [each.harm for each in first.measures[:2]] == wanted
        # Points of two schemes are no figure together.
        assert first.counted_twice[0].harm == (own[w] if w else None)


# Groups


def group_events() -> list[twin.Event]:
    snapshot, last = date(2024, 2, 29), date(2024, 3, 31)
    return [
        member(snapshot, "old", "g1", starts=date(2023, 1, 1), ends=date(2024, 2, 1)),
        member(last, "ann", "g1", starts=date(2024, 1, 1)),
        member(last, "ann", "g2", sector="S1", starts=date(2024, 1, 1)),
        member(last, "bob", "g1", sector="S2", starts=date(2024, 1, 5)),
        member(last, "cat", "g2", sector="S3", starts=date(2024, 1, 1)),
        member(last, "dan", "g3", sector="S3", starts=date(2024, 1, 1)),
        crime(JAN, "assault", "c1"),  # Ann and Bob, so g1 twice over, and g2
        crime(FEB, "burglary", "c2", "S2"),  # Bob
        crime(FEB, "assault", "c3", "S2"),  # Bob as a witness, whose role does not count
        crime(FEB, "burglary", "c4", None),  # Old, 9 days after he left, within the lag of 30
        crime(JAN, "assault", "c5"),  # Cat alone
        tie("ann", "suspect", "c1"),
        tie("bob", "suspect", "c1"),
        tie("bob", "suspect", "c2"),
        tie("bob", "witness", "c2"),
        tie("bob", "witness", "c3"),
        tie("old", "suspect", "c4"),
        tie("cat", "suspect", "c5"),
    ]


def group(tmp_path: Path, who: Reader = LOCAL, **words: object) -> GroupProfile:
    force = small_force(tmp_path, declared(GANG_CRIME), group_events())
    with force.gate.narrowed(who) as cursor:
        return group_profile(cursor, force.context, {**QUARTER, "areas": "g1", **words})


def test_a_group_is_told_over_distinct_events_and_never_over_members(tmp_path: Path) -> None:
    found = group(tmp_path)
    # By hand: c1 100, c2 10, c4 10. Added over members it would be 220: c1 for Ann and for Bob.
    assert (found.figures.standing.events, found.figures.standing.harm) == (3, Decimal(120))
    assert {part.id: part.harm for part in found.figures.parts} == {"assault": 100, "burglary": 20}
    # Split: half of c1 is g2's.
    assert [(each.rule, each.events, each.harm) for each in found.by_rule] == [
        ("full", 3, Decimal(120)),
        ("split", 3, Decimal(70)),
    ]
    assert found.shared == "full"


def test_the_question_s_own_rule_of_sharing_decides_its_figures(tmp_path: Path) -> None:
    found = group(tmp_path, shared="split")
    assert (found.shared, found.figures.standing.harm) == ("split", Decimal(70))
    assert [each.harm for each in found.by_rule] == [Decimal(120), Decimal(70)]


def test_roles_of_links_are_kept_apart_and_say_whether_they_count(tmp_path: Path) -> None:
    found = {each.role: (each.counts, each.events, each.harm) for each in group(tmp_path).by_role}
    # By hand: suspects in c1, c2, c4; Bob is a witness in c2 and c3, which his group does not answer for.
    assert found == {"suspect": (True, 3, Decimal(120)), "witness": (False, 2, Decimal(110))}


def test_members_have_dates_and_the_groups_they_share(tmp_path: Path) -> None:
    found = group(tmp_path)
    rows = {each.code: (each.starts, each.ends, each.in_force, each.also_in) for each in found.members}
    assert rows == {
        "ANN": (date(2024, 1, 1), None, True, ("G2",)),
        "BOB": (date(2024, 1, 5), None, True, ()),
        "OLD": (date(2023, 1, 1), date(2024, 2, 1), False, ()),
    }
    assert {each.role for each in found.members} == {"member"}
    assert {each.listed_as for each in found.members} == {"Gang member"}
    assert [(each.name, each.groups) for each in found.brokers] == [("name of ann", ("G1", "G2"))]
    assert [(each.code, each.now, each.ever) for each in found.sharing] == [("G2", 1, 1)]
    assert found.withheld == 0


def test_a_group_stands_where_its_events_fall_and_where_its_members_live(tmp_path: Path) -> None:
    found = group(tmp_path)
    assert [(each.area_id, each.events, each.harm) for each in found.areas] == [
        ("S1", 1, Decimal(100)),
        ("S2", 1, Decimal(10)),
        ("UNPLACED", 1, Decimal(10)),
    ]
    # The last snapshot has Ann in S1 and Bob in S2; Old is not in it.
    assert [(each.area_id, each.members) for each in found.homes] == [("S1", 1), ("S2", 1)]


def test_who_may_count_a_register_and_not_open_it_is_told_of_no_member(tmp_path: Path) -> None:
    found = group(tmp_path, reader(count=4, see=2))
    assert found.figures.standing.harm == Decimal(120)
    assert (found.members, found.brokers, found.sharing, found.homes) == ((), (), (), ())
    assert found.withheld == 3
    assert found.figures.standing.name == "G1"


def test_who_may_not_count_a_register_knows_no_group(tmp_path: Path) -> None:
    with pytest.raises(SelectionError, match="no group has the code or name 'g1'"):
        group(tmp_path, reader(count=2, see=2))


def test_what_has_no_members_is_no_group(tmp_path: Path) -> None:
    with pytest.raises(SelectionError, match="Person has no members"):
        group(tmp_path, by="person", areas="ann")
    held = declared().model_dump(by_alias=True)
    held["entities"] = []
    held["sources"] = [{**each, "links": [], "about": None} for each in held["sources"][:2]]
    force = small_force(tmp_path, Domain.model_validate(held), [crime(JAN, "assault", "c1")])
    with force.gate.narrowed(LOCAL) as cursor, pytest.raises(SelectionError, match="no groups"):
        group_profile(cursor, force.context, {**QUARTER, "areas": "g1"})


def test_a_group_s_stock_is_its_members_and_has_no_roles_in_events(tmp_path: Path) -> None:
    force = small_force(tmp_path, declared(MEMBERS), group_events())
    words = {**QUARTER, "by": "group", "areas": "g1", "measure": "members_stock"}
    with force.gate.narrowed(LOCAL) as cursor:
        found = group_profile(cursor, force.context, words)
    # By hand: Ann and Bob in the last snapshot, each 120 points a year for a quarter of one.
    assert (found.figures.standing.events, found.figures.standing.harm) == (2, Decimal(60))
    assert found.by_role == ()


def test_homes_are_those_of_the_last_snapshot_in_the_window(tmp_path: Path) -> None:
    # The snapshot of February has Old, who left on the first of it, in S1, and Eve in S3; that of March, with
    # neither, lies after the window.
    eve = member(date(2024, 2, 29), "eve", "g1", sector="S3", starts=date(2023, 6, 1))
    force = small_force(tmp_path, declared(GANG_CRIME), [*group_events(), eve])
    with force.gate.narrowed(LOCAL) as cursor:
        found = group_profile(cursor, force.context, {**QUARTER, "to": "2024-02", "areas": "g1"})
    assert [(each.area_id, each.members) for each in found.homes] == [("S3", 1)]
    assert {each.code for each in found.members if each.in_force} >= {"EVE"}
    assert "OLD" not in {each.code for each in found.members if each.in_force}


def test_roles_in_a_sum_are_of_its_events_and_not_of_its_stocks(tmp_path: Path) -> None:
    force = small_force(tmp_path, declared(*PRIMARY), primary_events())
    words = {**QUARTER, "areas": "g1", "measure": "primary"}
    with force.gate.narrowed(LOCAL) as cursor:
        found = group_profile(cursor, force.context, words)
    # By hand: Ann is suspect in c1 (100) and c2 (10); her own entry of 30 points stands in the total alone.
    assert [(each.role, each.events, each.harm) for each in found.by_role] == [("suspect", 2, Decimal(110))]
    assert found.figures.standing.harm == Decimal(140)


def test_links_without_a_role_stand_in_none(tmp_path: Path) -> None:
    bare: Any = (("person", "ann", None), ("group", "g1", None))
    entry = an_event(date(2024, 3, 31), "gang_member", source="members", links=bare, starts=date(2024, 1, 1))
    events = [entry, crime(JAN, "assault", "c1")]
    held = declared(GANG_CRIME).model_dump(by_alias=True)
    # Ranked by groups unless asked, the workspace has its areas told by its first geography.
    held["settings"]["defaults"]["by"] = "group"
    force = small_force(tmp_path, Domain.model_validate(held), events)
    with force.gate.narrowed(LOCAL) as cursor:
        found = group_profile(cursor, force.context, {**QUARTER, "areas": "g1"})
    assert (found.by_role, found.figures.standing.events) == ((), 0)
    assert [(each.code, each.role) for each in found.members] == [("ANN", None)]
    assert found.geography == {"id": "sector", "title": "Sector"}


def test_a_group_as_it_was_known(tmp_path: Path) -> None:
    events = [
        member(date(2024, 3, 31), "ann", "g1", starts=date(2024, 1, 1)),
        member(date(2024, 3, 31), "bob", "g1", starts=date(2024, 1, 1), known_from=date(2024, 5, 1)),
        crime(JAN, "assault", "c1"),
        tie("ann", "suspect", "c1", known_from=date(2024, 5, 1)),
    ]
    force = small_force(tmp_path, declared(GANG_CRIME), events)
    words = {**QUARTER, "areas": "g1", "as_known_at": "2024-04-15"}
    with force.gate.narrowed(LOCAL) as cursor:
        found = group_profile(cursor, force.context, words, geography="beat")
    assert [each.code for each in found.members] == ["ANN"]
    assert (found.figures.standing.events, found.by_role, found.areas) == (0, (), ())
    assert [(each.area_id, each.members) for each in found.homes] == [("B1", 1)]


# Families


ANSWERS = {
    "id": "answers",
    "title": "Answers",
    "source": "invented",
    "categories": [
        {"id": f"{name}{suffix}", "title": f"{name}{suffix}"}
        | ({"answers": name, "answer": answer} if answer else {})
        for name in ("drink", "debt", "fear")
        for suffix, answer in (("", None), ("_none", "looked_for_none"), ("_not_asked", "not_asked"))
    ],
}
RULE = {
    "id": "two_of_three",
    "kind": "together",
    "categories": ["drink", "debt", "fear"],
    "at_least": 2,
    "counts": "group",
    "as": "both_kinds",
    "beside": "repeat_enquiries",
    "without": {"status": ["Error"]},
}
REPEATED = {"id": "repeat_enquiries", "categories": ["nuisance"]}


def families(child: Mapping[str, str] | None = None) -> Domain:
    """Both sources of the small force tell of answers: crimes are the police's, intelligence the hub's."""
    held = declared(RULE, REPEATED).model_dump(by_alias=True)
    held["category_lists"] = [*held["category_lists"], ANSWERS]
    held["entities"] = [
        {"id": "person", "title": "Person", "personal": True, "child": child},
        {"id": "group", "title": "Family", "personal": True},
    ]
    for source in held["sources"][:2]:
        source["category"] = {"list": "answers", "column": "kind"}
    return Domain.model_validate(held)


def answer(day: date, category: str, family: str = "f1", person: str = "ann", **more: Any) -> twin.Event:
    links = (("person", person, "subject"), ("group", family, "subject"))
    return an_event(day, category, links=links, **more)


def family(
    tmp_path: Path,
    events: Sequence[twin.Event],
    who: Reader = LOCAL,
    code: str = "f1",
    child: Mapping[str, str] | None = None,
) -> FamilyProfile:
    force = small_force(tmp_path, families(child), events)
    with force.gate.narrowed(who) as cursor:
        return family_profile(cursor, force.context, {**QUARTER, "areas": code})


def states(found: FamilyProfile) -> dict[tuple[str, str], str]:
    return {(each.circumstance, each.agency): each.state for each in found.matrix}


TWO_AGENCIES = [
    answer(JAN, "drink"),
    answer(FEB, "drink_none"),  # recorded once is enough, whatever came after
    answer(FEB, "debt_none", source="intelligence"),
    answer(MAR, "debt_not_asked", source="intelligence"),
    answer(MAR, "fear_not_asked"),
]


def test_not_asked_is_never_a_no(tmp_path: Path) -> None:
    found = family(tmp_path, TWO_AGENCIES)
    assert states(found) == {
        ("drink", "police"): "recorded",
        ("drink", "hub"): "not_asked",
        ("debt", "police"): "not_asked",
        ("debt", "hub"): "looked_for_none",
        ("fear", "police"): "not_asked",
        ("fear", "hub"): "not_asked",
    }
    latest = {(each.circumstance, each.agency): each.latest for each in found.matrix}
    assert latest["drink", "police"] == JAN
    assert latest["fear", "police"] == MAR
    assert latest["fear", "hub"] is None


@pytest.mark.parametrize(
    ("categories", "verdict", "counts"),
    [
        # By hand, at least 2 of 3.
        (["drink", "debt", "fear_not_asked"], "yes", (2, 0, 1)),
        (["drink", "debt_none", "fear_not_asked"], "cannot_be_told", (1, 1, 1)),
        (["drink", "debt_none"], "cannot_be_told", (1, 1, 1)),  # no row about fear: not asked
        (["drink", "debt_none", "fear_none"], "no", (1, 2, 0)),
        (["drink_none", "debt_none", "fear_not_asked"], "no", (0, 2, 1)),
        (["drink_not_asked"], "cannot_be_told", (0, 0, 3)),
        (["drink", "drink", "drink_none", "debt_none", "fear_none"], "no", (1, 2, 0)),
    ],
)
def test_the_rule_says_yes_no_or_that_it_cannot_be_told(
    tmp_path: Path, categories: list[str], verdict: str, counts: tuple[int, int, int]
) -> None:
    found = family(tmp_path, [answer(JAN, each) for each in categories]).verdict
    assert found.verdict == verdict
    assert (found.recorded, found.looked_for_none, found.not_asked) == counts
    assert str(found).startswith({"yes": "Yes:", "no": "No:", "cannot_be_told": "Cannot be told:"}[verdict])


def test_the_rule_is_the_measure_s_own(tmp_path: Path) -> None:
    events = [
        answer(JAN, "drink"),
        answer(
            JAN, "debt", attributes={"status": "Error"}
        ),  # the measure leaves it out, and so does the rule
        answer(date(2023, 12, 31), "fear"),  # before the window
        answer(JAN, "drink", "f2"),
        answer(JAN, "debt", "f2"),
    ]
    force = small_force(tmp_path, families(), events)
    with force.gate.narrowed(LOCAL) as cursor:
        words = {**QUARTER, "by": "group", "measure": "two_of_three"}
        ranked = {row.area_id: row.events for row in sector_overview(cursor, force.context, words).areas}
        for code, said in (("f1", "cannot_be_told"), ("f2", "yes")):
            found = family_profile(cursor, force.context, {**QUARTER, "areas": code})
            assert found.verdict.verdict == said
            assert ranked[code.upper()] == (said == "yes")


def test_the_timeline_gives_the_row_of_each_event_latest_first(tmp_path: Path) -> None:
    found = family(tmp_path, TWO_AGENCIES)
    rows = [(each.day, each.category, each.agency, each.reference, each.line) for each in found.timeline]
    assert rows[0] == (MAR, "fear_not_asked", "police", "ref 5", 5)
    assert rows[-1] == (JAN, "drink", "police", "ref 1", 1)
    assert len(rows) == 5
    assert {each.file for each in found.timeline} == {"crimes.csv", "intelligence.csv"}


def test_persons_are_those_that_its_rows_name(tmp_path: Path) -> None:
    events = [
        answer(JAN, "drink", attributes={"tool": "Child"}),
        answer(FEB, "debt", person="bob"),
        answer(MAR, "drink", "f2", "cat"),
    ]
    found = family(tmp_path, events, child={"attribute": "tool", "value": "child"})
    assert [(each.code, each.name, each.rows, each.first, each.child) for each in found.persons] == [
        ("ANN", "name of ann", 1, JAN, True),
        ("BOB", "name of bob", 1, FEB, False),
    ]
    assert found.children == ("ANN",)
    # Where nothing says how a row tells it, nobody is said to be no child.
    unknown = family(tmp_path, events)
    assert unknown.children is None
    assert {each.child for each in unknown.persons} == {None}


def test_sealed_rows_count_in_the_rule_and_are_shown_only_as_counts(tmp_path: Path) -> None:
    events = [answer(JAN, "drink"), answer(FEB, "debt", person="bob", source="intelligence")]
    found = family(tmp_path, events, reader(count=4, see=2))
    assert found.verdict.verdict == "yes"
    assert found.verdict.withheld_rows == 1
    assert "1 answers that your role counts and may not open" in found.sentence.rest
    assert states(found)["debt", "hub"] == "withheld"
    assert [each.withheld for each in found.matrix if each.agency == "hub"] == [0, 1, 0]
    assert [each.category for each in found.timeline] == ["drink"]
    assert [(each.agency, each.rows) for each in found.closed] == [("hub", 1)]
    assert [each.code for each in found.persons] == ["ANN"]


def test_a_tie_that_only_a_closed_row_tells_shows_no_row_and_no_name(tmp_path: Path) -> None:
    held = families().model_dump(by_alias=True)
    link = {"kind": "group", "column": "Family", "role": "subject"}
    held["sources"][1].update({"links": [link], "about": {"source": "crimes", "column": "Crime"}})

    def word(about: str, *links: tuple[str, str, str]) -> twin.Event:
        return an_event(JAN, "nuisance", source="intelligence", about=about, links=links)

    events = [
        crime(JAN, "drink", "c1"),  # only intelligence ties it to the family
        answer(FEB, "debt", key="c2"),  # ties itself to the family and to Ann
        word("c1", ("group", "f1", "subject")),
        word("c2", ("person", "bob", "seen")),
    ]
    force = small_force(tmp_path, Domain.model_validate(held), events)
    told = {}
    for name, who in (("owner", LOCAL), ("partner", reader(count=4, see=2))):
        with force.gate.narrowed(who) as cursor:
            told[name] = family_profile(cursor, force.context, {**QUARTER, "areas": "f1"})
    assert [each.category for each in told["owner"].timeline] == ["debt", "drink"]
    assert [each.code for each in told["owner"].persons] == ["ANN", "BOB"]
    assert [each.category for each in told["partner"].timeline] == ["debt"]
    assert [each.code for each in told["partner"].persons] == ["ANN"]
    assert [(each.source, each.rows) for each in told["partner"].closed] == [("Crimes", 1)]
    assert states(told["partner"])["drink", "police"] == "withheld"
    assert told["partner"].verdict.recorded == told["owner"].verdict.recorded == 2


def test_who_may_not_count_a_source_cannot_tell_that_it_holds_anything(tmp_path: Path) -> None:
    partner = reader(count=2, see=2)
    told = [answer(JAN, "drink")]
    sealed = [*told, answer(FEB, "debt", source="intelligence"), answer(FEB, "fear", source="intelligence")]
    without, with_it = (family(tmp_path / name, events, partner) for name, events in
                        (("a", told), ("b", sealed)))  # fmt: skip
    assert without == with_it
    assert with_it.agencies == ("police",)
    assert with_it.verdict.verdict == "cannot_be_told"


def test_repeats_have_a_place_among_families_with_a_range(tmp_path: Path) -> None:
    events = [
        answer(JAN, "drink"),
        *(an_event(FEB, "nuisance", links=(("group", "f1", "subject"),)) for _ in range(3)),
        an_event(FEB, "nuisance", links=(("group", "f2", "subject"),)),
        answer(JAN, "drink", "f3"),
    ]
    told = family(tmp_path, events).repeats
    assert told is not None
    assert (told.events, told.rank, told.of) == (3, 1, 2)
    assert told.rank_lo == 1
    assert told.rank_hi in (1, 2)
    # A family that never had one is not among them, and has no place.
    never = family(tmp_path, events, code="f3").repeats
    assert never is not None
    assert (never.events, never.rank, never.of) == (0, None, 2)


def test_without_a_measure_of_repeats_no_place_is_told(tmp_path: Path) -> None:
    held = families().model_dump(by_alias=True)
    for each in held["measures"]:
        each["beside"] = None
    force = small_force(tmp_path, Domain.model_validate(held), [answer(JAN, "drink")])
    words = {**QUARTER, "areas": "f1"}
    with force.gate.narrowed(LOCAL) as cursor:
        assert family_profile(cursor, force.context, words).repeats is None


def test_a_long_timeline_is_cut_and_says_so(tmp_path: Path) -> None:
    found = family(tmp_path, [answer(JAN, "drink") for _ in range(501)])
    assert len(found.timeline) == 500
    assert "The timeline shows the latest 500 of 501 rows." in found.warnings
    assert found.persons[0].rows == 501


def test_a_family_is_asked_for_by_its_code_under_a_rule(tmp_path: Path) -> None:
    force = small_force(tmp_path, families(), [answer(JAN, "drink")])
    cases: list[tuple[dict[str, object], str]] = [
        ({"areas": "f9"}, "no family has the code 'f9'"),
        ({}, "a profile shows one group"),
        ({"areas": "UNPLACED"}, "a profile shows one group"),
        ({"areas": "f1", "measure": "crime"}, "measure 'crime' is not of kind together"),
        ({"areas": "ann", "by": "person"}, "no measure of kind together counts 'person'"),
        ({"areas": "ann", "by": "person", "measure": "two_of_three"}, "counts 'group', not 'person'"),
    ]
    for words, cause in cases:
        with force.gate.narrowed(LOCAL) as cursor, pytest.raises(SelectionError, match=cause):
            family_profile(cursor, force.context, {**QUARTER, **words})
    plain = small_force(tmp_path / "plain", declared(), [crime(JAN, "assault", "c1")])
    with plain.gate.narrowed(LOCAL) as cursor, pytest.raises(SelectionError, match="no such profile"):
        family_profile(cursor, plain.context, {**QUARTER, "areas": "f1"})


def test_the_words_of_a_family_give_it_again(tmp_path: Path) -> None:
    force = small_force(tmp_path, families(), TWO_AGENCIES)
    with force.gate.narrowed(LOCAL) as cursor:
        first = family_profile(cursor, force.context, {**QUARTER, "areas": "f1"})
        assert family_profile(cursor, force.context, first.selection) == first


# Links and what a reader may open


def test_a_link_is_open_only_where_the_row_that_tells_it_is(tmp_path: Path) -> None:
    force = small_force(tmp_path, declared(), [member(date(2024, 3, 31), "ann", "g1")])
    seen = {}
    for name, who in (("all", LOCAL), ("counts", reader(count=4, see=2)), ("no", reader(count=2, see=2))):
        with force.gate.narrowed(who) as cursor:
            seen[name] = cursor.rows("links", "select l.visible, l.title from counted_link l order by l.kind")
    assert seen["all"] == [(True, "name of g1"), (True, "name of ann")]
    assert seen["counts"] == [(False, None), (False, None)]
    assert seen["no"] == []


# Double counts


PARTS: list[Mapping[str, Any]] = [
    {"id": "violent", "categories": ["violence"]},
    {"id": "weapons", "categories": ["weapon_found"]},
    {"id": "takings", "categories": ["theft"]},
    {"id": "all_told", "kind": "sum", "measures": ["violent", "weapons", "takings"]},
]
SPOT = (400_000.0, 500_000.0)
"""A point of the National Grid, in metres."""


def at(
    day: date, category: str, east: float | None = 0, hour: int | None = None, **more: Any
) -> dict[str, Any]:
    """An event so many metres east of the spot, at an hour or known by day only."""
    return {"event": crime(day, category, more.pop("key", "c"), **more), "east": east, "hour": hour}


def pointed(
    tmp_path: Path, rows: Sequence[dict[str, Any]], *, held: Domain | None = None, precision: str = "exact"
) -> SmallForce:
    """The small force with a point and a time for each event."""
    force = small_force(tmp_path, held or declared(*PARTS), [row["event"] for row in rows])
    times = [
        datetime.combine(row["event"].day, datetime.min.time()) + timedelta(hours=row["hour"] or 0)
        for row in rows
    ]
    table = pa.table(
        {
            "event_id": pa.array(range(1, len(rows) + 1), pa.int64()),
            "x": pa.array(
                [None if row["east"] is None else SPOT[0] + row["east"] for row in rows], pa.float64()
            ),
            "y": pa.array([SPOT[1]] * len(rows), pa.float64()),
            "epsg": pa.array([27700] * len(rows), pa.int32()),
            "from": pa.array(times, pa.timestamp("us")),
        }
    )
    force.engine.register("points", table)
    force.engine.create(
        "event",
        f"""
        select e.* replace (p."from" as occurred_from, '{precision}' as precision), p.x, p.y, p.epsg
        from event e join points p on p.event_id = e.event_id
        """,
        temporary=False,
    )
    hours = pa.table(
        {
            "event_id": table.column("event_id"),
            "hour": pa.array([row["hour"] for row in rows], pa.int8()),
        }
    )
    force.engine.register("points", hours)
    force.engine.create(
        "compact_event",
        "select c.* replace (h.hour as hour) from compact_event c join points h on h.event_id = c.event_id",
        temporary=False,
    )
    force.engine.drop("points")
    return force


def suggested(
    force: SmallForce, who: Reader = LOCAL, words: Mapping[str, object] = QUARTER, **options: Any
) -> DoubleCounts:
    with force.gate.narrowed(who) as cursor:
        return double_counts(cursor, force.context, words, **options)


def references(found: DoubleCounts) -> list[str]:
    return [each.references for each in found.suggestions]


def test_events_of_two_parts_near_in_place_and_time_are_suggested(tmp_path: Path) -> None:
    rows = [
        at(JAN, "assault", 0, 10),
        at(JAN, "weapon_found", 75, 22),  # 75 m and 12 h away: half of each limit
        at(JAN, "wounding", 0, 10),  # of the same part as the first
        at(FEB, "assault", 0, 10),
        at(FEB, "weapon_found", 151, 10),  # too far
        at(FEB + timedelta(days=1), "burglary", 0, 11),  # 25 h later
    ]
    found = suggested(pointed(tmp_path, rows))
    # The two violent events are of one part, so each makes a pair with the weapon.
    assert references(found) == ["ref 1; ref 2", "ref 2; ref 3"]
    first = found.suggestions[0]
    assert (first.distance_m, first.gap_hours, first.nearness) == (75.0, 12.0, 0.5)
    # By hand: an assault is 100 points, and a weapon has no weight.
    assert (first.harm, first.harm_once) == (Decimal(100), Decimal(100))
    assert [each.parts for each in first.events] == [("violent",), ("weapons",)]
    assert first.categories == "assault; weapon_found"
    assert found.compared.events == 6
    assert found.selection["measure"] == "all_told"


def test_what_is_told_three_times_is_one_suggestion_and_its_pairs_are_not_repeated(tmp_path: Path) -> None:
    rows = [
        at(JAN, "assault", 0, 10),
        at(JAN, "weapon_found", 30, 11, source="intelligence"),
        at(JAN, "burglary", 60, 14),
    ]
    (found,) = suggested(pointed(tmp_path, rows)).suggestions
    assert found.references == "ref 1; ref 2; ref 3"
    assert (found.distance_m, found.gap_hours) == (60.0, 4.0)
    # By hand: 1 - (60 / 150 + 4 / 24) / 2, that of the first and the last.
    assert found.nearness == pytest.approx(1 - (60 / 150 + 4 / 24) / 2, abs=1e-4)
    assert (found.harm, found.harm_once) == (Decimal(110), Decimal(100))


def test_events_known_by_day_are_near_on_the_same_day_only(tmp_path: Path) -> None:
    rows = [
        at(JAN, "assault", 0, 23),
        at(JAN, "weapon_found", 0),
        at(JAN + timedelta(days=1), "burglary", 0),
    ]
    force = pointed(tmp_path, rows)
    (pair,) = suggested(force).suggestions
    assert (pair.references, pair.gap_hours, pair.nearness) == ("ref 1; ref 2", None, 0.75)
    # At 48 hours the next day is near too.
    assert references(suggested(force, hours=48)) == ["ref 1; ref 2; ref 3"]


def test_snapped_points_are_never_used(tmp_path: Path) -> None:
    rows = [at(JAN, "assault", 0, 10), at(JAN, "weapon_found", 0, 10)]
    found = suggested(pointed(tmp_path, rows, precision="snapped"))
    assert (found.total, found.compared.events, found.compared.snapped) == (0, 0, 2)
    assert "No events" in found.sentence.sure


def test_what_cannot_be_compared_is_counted(tmp_path: Path) -> None:
    rows = [
        at(JAN, "assault", 0, 10),
        at(JAN, "weapon_found", None, 10),
        at(date(2024, 1, 1), "burglary", 0, whole_month=True),
        at(JAN, "weapon_found", 0, 10, source="intelligence"),
    ]
    force = pointed(tmp_path, rows)
    whole = suggested(force).compared
    assert (whole.events, whole.no_point, whole.month_only, whole.closed) == (2, 1, 1, 0)
    # Who may count intelligence and not open it is told of no pair with it, only that it was not compared.
    partner = suggested(force, reader(count=4, see=2))
    assert (partner.total, partner.compared.events, partner.compared.closed) == (0, 1, 1)
    # And who may not count it hears nothing at all.
    stranger = suggested(force, reader(count=2, see=2))
    assert (stranger.total, stranger.compared.closed) == (0, 0)


def test_suggestions_come_in_pages_nearest_first(tmp_path: Path) -> None:
    rows = [at(JAN, "assault", 0, 10), *(at(JAN, "weapon_found", 10 * n, 10) for n in range(4))]
    force = pointed(tmp_path, rows)
    whole = suggested(force)
    assert whole.total == 4
    assert [each.distance_m for each in whole.suggestions] == [0, 10, 20, 30]
    assert suggested(force, offset=1, limit=2).suggestions == whole.suggestions[1:3]
    assert suggested(force, metres="15").total == 2


def test_a_flow_is_compared_by_its_categories(tmp_path: Path) -> None:
    held = declared({"id": "both", "categories": ["violence", "theft"]})
    rows = [at(JAN, "assault", 0, 10), at(JAN, "burglary", 0, 10), at(JAN, "wounding", 0, 10)]
    force = pointed(tmp_path, rows, held=held)
    found = suggested(force, words={**QUARTER, "measure": "both"})
    assert references(found) == ["ref 1; ref 2", "ref 2; ref 3"]
    with pytest.raises(SelectionError, match="measure 'crime' has no parts to compare"):
        suggested(force)


@pytest.mark.parametrize(
    ("options", "cause"),
    [
        ({"metres": 0}, "metres must be a number from 1 to 5,000"),
        ({"metres": "far"}, "metres must be"),
        ({"hours": 10_000}, "hours must be a number from 0.25 to 744"),
        ({"limit": 0}, "a page holds 1 to 1,000"),
    ],
)
def test_limits_out_of_range_are_errors(tmp_path: Path, options: dict[str, Any], cause: str) -> None:
    force = pointed(tmp_path, [at(JAN, "assault", 0, 10)])
    with pytest.raises(SelectionError, match=cause):
        suggested(force, **options)


def test_a_stock_has_no_part_in_double_counts(tmp_path: Path) -> None:
    events = primary_events()
    rows = [{"event": each, "east": 0.0, "hour": 10} for each in events]
    force = pointed(tmp_path, rows, held=declared(*PRIMARY))
    found = suggested(force, words={**QUARTER, "measure": "primary"})
    # By hand: c1 is violent and by a member, c2 by a member, c3 violent: of these only c2 and c3 share no
    # part, and the entry of the register at the same place is no event of a flow.
    assert references(found) == ["ref 3; ref 4"]
    with pytest.raises(SelectionError, match="has no parts"):
        suggested(force, words={**QUARTER, "measure": "members_stock"})


START = datetime(2024, 6, 1)  # noqa: DTZ001 - the ledger's times are UTC without saying so


def _slow_pairs(
    events: Sequence[Mapping[str, Any]], metres: float, hours: float
) -> dict[tuple[int, int], float | None]:
    """Every pair by plain loops: the twin of the join on cells."""
    whole_days = max(math.ceil(hours / 24) - 1, 0)
    found: dict[tuple[int, int], float | None] = {}
    for a, b in combinations(events, 2):
        if a["parts"] & b["parts"] or (a["source"] == b["source"] and a["category"] == b["category"]):
            continue
        distance = math.hypot(a["x"] - b["x"], a["y"] - b["y"])
        if distance > metres:
            continue
        if a["at"] is None or b["at"] is None:
            if abs((a["day"] - b["day"]).days) <= whole_days:
                found[a["event_id"], b["event_id"]] = None
            continue
        gap = abs((a["at"] - b["at"]).total_seconds()) / 3600
        if gap <= hours:
            found[a["event_id"], b["event_id"]] = gap
    return found


@pytest.mark.parametrize(("seed", "metres", "hours"), [(1, 150, 24), (2, 150, 6), (3, 90, 100), (4, 400, 48)])
def test_the_join_on_cells_finds_the_pairs_of_plain_loops(seed: int, metres: float, hours: float) -> None:
    rng = random.Random(seed)
    events: list[dict[str, Any]] = []
    for number in range(1, 401):
        # Local days begin an hour before those of the clock, as in a summer.
        when = START + timedelta(minutes=rng.randrange(20 * 1440))
        events.append(
            {
                "event_id": number,
                "x": rng.uniform(-700, 700),
                "y": rng.uniform(-700, 700),
                "day": (when + timedelta(hours=1)).date(),
                "at": None if rng.random() < 0.3 else when,
                "parts": rng.choice([1, 2, 4, 3]),
                "source": rng.randrange(2),
                "category": rng.randrange(3),
            }
        )
    engine = Duck(threads=1)
    engine.register("given", pa.Table.from_pylist(events))
    engine.create("near_event", "select g.* from given g")
    engine.create("near_pair", pairs_sql(), pair_bounds(metres, hours))
    rows = engine.rows("pairs", "select p.first, p.second, p.gap_hours from near_pair p")
    wanted = _slow_pairs(events, metres, hours)
    assert len(rows) == len(wanted) > 20, seed
    for first, second, gap in rows:
        own = wanted[first, second]
        assert gap is None if own is None else gap == pytest.approx(own, abs=1e-9)
    # Triples are the triangles of those pairs, and every other pair stands by itself.
    engine.create("near_group", groups_sql())
    groups = engine.rows("groups", "select g.first, g.second, g.third from near_group g")
    triangles = {
        (a, b, c)
        for a, b in wanted
        for c in range(b + 1, 401)
        if (b, c) in wanted and (a, c) in wanted
    }  # fmt: skip
    held = {pair for t in triangles for pair in combinations(t, 2)}
    assert {g for g in groups if g[2] is not None} == triangles
    assert {g[:2] for g in groups if g[2] is None} == wanted.keys() - held
    assert len(groups) == len(triangles) + len(wanted.keys() - held)


def test_points_of_two_systems_are_brought_to_one_plane() -> None:
    import numpy as np

    # By hand: Newcastle's Grey's Monument in both systems; without the shift grid they agree to about 2 m.
    x, y = np.array([424_860.0, -1.6131]), np.array([564_420.0, 54.9738])
    east, north = plane(x, y, np.array([27700, 4326]))
    assert math.hypot(east[0] - east[1], north[0] - north[1]) < 15
    # A thousandth of a degree of latitude is 111 m, on the southern half too.
    east, north = plane(np.array([18.0, 18.0]), np.array([-33.0, -33.001]), np.array([4326, 4326]))
    assert math.hypot(east[0] - east[1], north[0] - north[1]) == pytest.approx(111, abs=1)
    none = np.array([])
    assert plane(none, none, none)[0].size == 0
