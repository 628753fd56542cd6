"""Events tied to people and groups: who counts, on which day, for which part, and what a stock is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests import twin
from tests.small_force import LOCAL, SmallForce, an_event, domain, small_force

from harmscape.access import Reader
from harmscape.model.domain import Domain
from harmscape.model.role import Role
from harmscape.views.drilldown import drilldown
from harmscape.views.place_profile import place_profile
from harmscape.views.sector_overview import SectorOverview, sector_overview

JAN, FEB, MAR = date(2024, 1, 10), date(2024, 2, 10), date(2024, 3, 10)
ENTITIES = [
    {"id": "person", "title": "Person", "plural": "People", "personal": True},
    {
        "id": "group",
        "title": "Group",
        "members": {"kind": "person", "roles": ["suspect"], "lag_days": 30},
    },
]
REGISTER_LIST = {
    "id": "registered_as",
    "title": "Registered as",
    "source": "invented",
    "categories": [
        {"id": "gang_member", "title": "Gang member"},
        {"id": "of_interest", "title": "Of interest"},
        {"id": "both_kinds", "title": "Both kinds"},
    ],
}


def declared(*measures: Mapping[str, Any]) -> Domain:
    """The small force with people, groups, a register of members, and link records about crimes."""
    plain = domain([{"category": "theft", "points": 10}, {"category": "violence", "points": 100}])
    held = plain.model_dump(by_alias=True)
    held["entities"] = ENTITIES
    held["category_lists"] = [*held["category_lists"], REGISTER_LIST]
    scheme = held["schemes"][0]
    scheme["categories"] = ["offences", "registered_as"]
    scheme["weights"] = [
        *scheme["weights"],
        {"category": "gang_member", "points": 120},
        {"category": "of_interest", "points": 60},
        {"category": "both_kinds", "points": 7},
    ]
    person = {"kind": "person", "column": "Person", "role": "member"}
    held["sources"] = [
        *held["sources"],
        {
            "id": "members",
            "title": "Members",
            "files": ["members.csv"],
            "delivery": "register",
            "key": ["Entry"],
            "category": {"list": "registered_as", "column": "kind"},
            "links": [person, {"kind": "group", "column": "Group", "role": "group"}],
            "attributes": {"whereabouts": "Whereabouts"},
            "policy": {"agency": "hub", "sensitivity": 3},
        },
        {
            "id": "nominals",
            "title": "Nominals",
            "files": ["nominals.csv"],
            "key": ["Link"],
            "occurred": {"column": "day", "grain": "day"},
            "category": {"list": "registered_as", "value": "of_interest"},
            "links": [{"kind": "person", "column": "Person", "role_column": "Role"}],
            "about": {"source": "crimes", "column": "Crime"},
            "policy": {"agency": "police", "sensitivity": 1},
        },
    ]
    held["measures"] = [
        *held["measures"],
        *({"scheme": "severity", "reason": "a test", "title": each["id"], **each} for each in measures),
    ]
    return Domain.model_validate(held)


def crime(day: date, category: str, key: str, sector: str | None = "S1", **more: Any) -> twin.Event:
    return an_event(day, category, sector, key=key, **more)


def tie(person: str, role: str, key: str, **more: Any) -> twin.Event:
    """A link record: a person in a crime."""
    return an_event(JAN, "of_interest", None, None, source="nominals", about=key,
                    links=(("person", person, role),), **more)  # fmt: skip


def member(
    day: date, person: str, group: str | None, kind: str = "gang_member", sector: str = "S1", **more: Any
) -> twin.Event:
    """An entry of the register in the snapshot of a day."""
    links = [("person", person, "member")] + ([("group", group, "group")] if group else [])
    return an_event(day, kind, sector, source="members", links=tuple(links), **more)


@contextmanager
def ranked(tmp_path: Path, held: Domain, events: Sequence[twin.Event], **words: object) -> Any:
    force = small_force(tmp_path, held, events)
    with force.gate.narrowed(LOCAL) as cursor:
        yield sector_overview(cursor, force.context, {"window": "3m", "to": "2024-03", **words})


def harm(found: SectorOverview) -> dict[str, Decimal]:
    return {row.area_id: row.harm for row in found.areas}


GANG_CRIME = {
    "id": "gang_crime",
    "lists": ["offences"],
    "linked": {"kind": "person", "roles": ["suspect"], "through": ["gang_member"], "lag_days": 30},
}


def test_a_crime_counts_while_its_suspect_stands_in_the_register_and_for_the_lag(tmp_path: Path) -> None:
    events = [
        # Ann was a member from 5 January to 1 February.
        member(date(2024, 3, 31), "ann", "g1", starts=date(2024, 1, 5), ends=date(2024, 2, 1)),
        crime(date(2024, 1, 4), "burglary", "c1"),  # before she joined
        crime(date(2024, 1, 5), "burglary", "c2"),  # her first day
        crime(date(2024, 3, 1), "assault", "c3"),  # 29 days after her last day: within the lag of 30
        crime(date(2024, 3, 2), "assault", "c4"),  # the day the lag is over
        crime(JAN, "assault", "c5"),  # as a victim
        crime(JAN, "assault", "c6"),  # of somebody else
        *(tie("ann", "suspect", key) for key in ("c1", "c2", "c3", "c4")),
        tie("ann", "victim", "c5"),
        tie("bob", "suspect", "c6"),
    ]
    with ranked(tmp_path, declared(GANG_CRIME), events, measure="gang_crime") as found:
        # By hand: c2 (10) and c3 (100).
        assert (found.total.events, found.total.harm) == (2, Decimal(110))


def test_membership_without_dates_holds_from_snapshot_to_snapshot(tmp_path: Path) -> None:
    measure = {**GANG_CRIME, "linked": {**GANG_CRIME["linked"], "lag_days": 0}}  # type: ignore[dict-item]
    events = [
        member(date(2024, 1, 31), "ann", "g1"),
        member(date(2024, 2, 29), "ann", "g1"),
        member(date(2024, 2, 29), "bob", "g1"),
        member(date(2024, 3, 31), "bob", "g1"),  # Ann is gone from the third snapshot
        crime(date(2024, 1, 30), "burglary", "c1"),
        crime(date(2024, 1, 31), "burglary", "c2"),
        crime(date(2024, 3, 30), "burglary", "c3"),
        crime(date(2024, 3, 31), "burglary", "c4"),
        *(tie("ann", "suspect", key) for key in ("c1", "c2", "c3", "c4")),
    ]
    with ranked(tmp_path, declared(measure), events, measure="gang_crime") as found:
        assert found.total.events == 2  # c2 and c3


def test_links_are_asked_as_they_were_known(tmp_path: Path) -> None:
    events = [
        member(date(2024, 3, 31), "ann", "g1", starts=date(2024, 1, 1)),
        crime(JAN, "burglary", "c1"),
        crime(JAN, "assault", "c2"),
        tie("ann", "suspect", "c1", known_from=date(2024, 4, 1)),
        tie("ann", "suspect", "c2", known_from=date(2024, 5, 1)),
    ]
    words = {"measure": "gang_crime", "as_known_at": "2024-04-15"}
    with ranked(tmp_path, declared(GANG_CRIME), events, **words) as found:
        assert found.total.events == 1


@pytest.mark.parametrize(
    ("shared", "rows"),
    [
        # By hand: c1 (100 points) has Ann of g1 and Bob of g2 as suspects, c2 (10 points) Ann alone.
        ("full", {"G1": Decimal(110), "G2": Decimal(100)}),
        ("split", {"G1": Decimal(60), "G2": Decimal(50)}),
    ],
)
def test_groups_share_an_event_and_the_total_counts_it_once(
    tmp_path: Path, shared: str, rows: Mapping[str, Decimal]
) -> None:
    events = [
        member(date(2024, 3, 31), "ann", "g1", starts=date(2024, 1, 1)),
        member(date(2024, 3, 31), "bob", "g2", starts=date(2024, 1, 1)),
        # Two members of one group in one crime: it counts once for the group.
        member(date(2024, 3, 31), "cat", "g1", starts=date(2024, 1, 1)),
        crime(JAN, "assault", "c1"),
        crime(JAN, "burglary", "c2"),
        crime(JAN, "burglary", "c3"),
        tie("ann", "suspect", "c1"),
        tie("bob", "suspect", "c1"),
        tie("cat", "suspect", "c1"),
        tie("ann", "suspect", "c2"),
    ]
    with ranked(tmp_path, declared(GANG_CRIME), events, by="group", shared=shared) as found:
        assert harm(found) == rows
        assert found.unplaced.harm == Decimal(10)
        assert (found.total.events, found.total.harm) == (3, Decimal(120))
        assert found.by["plural"] == "Groups"


def test_thirds_of_a_share_add_up_to_the_whole(tmp_path: Path) -> None:
    events = [
        *(member(date(2024, 3, 31), f"p{n}", f"g{n}", starts=date(2024, 1, 1)) for n in (1, 2, 3)),
        crime(JAN, "assault", "c1"),
        *(tie(f"p{n}", "suspect", "c1") for n in (1, 2, 3)),
    ]
    with ranked(tmp_path, declared(GANG_CRIME), events, by="group", shared="split") as found:
        # By hand: 0.333334 + 0.333333 + 0.333333 of 100 points, the first by number having the remainder.
        assert sorted(harm(found).values(), reverse=True) == [Decimal("33.3334"), *[Decimal("33.3333")] * 2]
        assert sum(harm(found).values()) == Decimal(100)


MEMBERS = {
    "id": "members_stock",
    "kind": "stock",
    "categories": ["gang_member", "of_interest"],
    "sources": ["members"],
    "counts": "person",
    "without": {"status": ["In prison"]},
}


def test_a_stock_counts_people_once_in_the_last_snapshot(tmp_path: Path) -> None:
    events = [
        member(date(2024, 2, 29), "old", "g1"),  # not in the last snapshot
        member(date(2024, 3, 31), "ann", "g1"),
        member(date(2024, 3, 31), "ann", "g2"),  # in two groups: one person
        member(date(2024, 3, 31), "ann", None, "of_interest"),  # and of interest: still one
        member(date(2024, 3, 31), "bob", "g1", sector="S2"),
        member(date(2024, 3, 31), "cat", "g1", sector="S2", attributes={"status": "In prison"}),
        member(date(2024, 3, 31), "dan", None, "of_interest", sector="S2"),
    ]
    with ranked(tmp_path, declared(MEMBERS), events, measure="members_stock") as found:
        # By hand: yearly weights 120 and 60 for 3 of 12 months: Ann 30; Bob 30 and Dan 15.
        assert harm(found) == {"S2": Decimal(45), "S1": Decimal(30), "S3": Decimal(0)}
        assert {row.area_id: row.events for row in found.areas} == {"S1": 1, "S2": 2, "S3": 0}
        # What is counted, not drawn by chance, has no interval.
        assert found.areas[0].harm_lo == found.areas[0].harm_hi == 45.0


def test_a_person_with_two_homes_counts_in_both_areas_and_once_in_all(tmp_path: Path) -> None:
    events = [member(date(2024, 3, 31), "ann", "g1"), member(date(2024, 3, 31), "ann", "g2", sector="S2")]
    with ranked(tmp_path, declared(MEMBERS), events, measure="members_stock") as found:
        assert {row.area_id: row.events for row in found.areas} == {"S1": 1, "S2": 1, "S3": 0}
        assert (found.total.events, found.total.harm) == (1, Decimal(30))


PRIMARY: list[Mapping[str, Any]] = [
    GANG_CRIME,
    MEMBERS,
    {"id": "violent", "categories": ["violence"]},
    {"id": "primary", "kind": "sum", "measures": ["violent", "gang_crime", "members_stock"]},
]


def primary_events() -> list[twin.Event]:
    return [
        member(date(2024, 3, 31), "ann", "g1", starts=date(2024, 1, 1)),
        crime(JAN, "assault", "c1"),  # violent, and by a member: in two measures
        crime(JAN, "burglary", "c2"),  # by a member
        crime(JAN, "assault", "c3", "S2"),  # violent
        crime(JAN, "burglary", "c4", "S2"),  # in none
        tie("ann", "suspect", "c1"),
        tie("ann", "suspect", "c2"),
    ]


@pytest.mark.parametrize(
    ("words", "rows", "total"),
    [
        # By hand: S1 has 100 + 10 and a stock of 30, S2 100; c1 stands in two measures.
        ({}, {"S1": 140, "S2": 100, "S3": 0}, 240),
        ({"sums": "published"}, {"S1": 240, "S2": 100, "S3": 0}, 340),
        ({"stocks": "no"}, {"S1": 110, "S2": 100, "S3": 0}, 210),
        ({"stocks": "no", "sums": "published"}, {"S1": 210, "S2": 100, "S3": 0}, 310),
    ],
)
def test_a_sum_is_told_distinct_and_as_published(
    tmp_path: Path, words: dict[str, str], rows: dict[str, int], total: int
) -> None:
    with ranked(tmp_path, declared(*PRIMARY), primary_events(), measure="primary", **words) as found:
        assert harm(found) == {code: Decimal(points) for code, points in rows.items()}
        assert found.total.harm == Decimal(total)
        # The parts of an area add up to its harm, however they are summed.
        for row in found.areas:
            assert sum((part.harm for part in row.parts), Decimal(0)) == row.harm


def test_the_parts_less_the_overlap_are_the_distinct_sum(tmp_path: Path) -> None:
    with ranked(tmp_path, declared(*PRIMARY), primary_events(), measure="primary") as found:
        assert found.composition is not None
        assert {each.id: each.harm for each in found.composition.measures} == {
            "violent": Decimal(200),
            "gang_crime": Decimal(110),
            "members_stock": Decimal(30),
        }
        assert found.composition.published == Decimal(340)
        assert found.composition.overlap == Decimal(100)
        assert found.composition.distinct == Decimal(240)


TOGETHER = {
    "id": "two_kinds",
    "kind": "together",
    "categories": ["violence", "theft"],
    "at_least": 2,
    "counts": "person",
    "as": "both_kinds",
}


def test_together_is_one_event_for_each_entity_with_enough_kinds(tmp_path: Path) -> None:
    def seen(day: date, category: str, person: str, sector: str | None) -> twin.Event:
        return an_event(day, category, sector, links=(("person", person, "seen"),))

    events = [
        seen(JAN, "assault", "ann", "S1"),
        seen(FEB, "burglary", "ann", "S2"),  # her second kind: she stands at S2
        seen(JAN, "assault", "bob", "S1"),
        seen(FEB, "wounding", "bob", "S1"),  # the same kind twice
        seen(JAN, "assault", "cat", "S3"),
        seen(MAR, "theft", "cat", None),  # her latest has no place: she stands at S3
    ]
    held = declared(TOGETHER)
    with ranked(tmp_path, held, events, measure="two_kinds") as found:
        assert harm(found) == {"S2": Decimal(7), "S3": Decimal(7), "S1": Decimal(0)}
        assert found.total.events == 2


def test_together_ranks_the_entities_themselves(tmp_path: Path) -> None:
    events = [
        an_event(JAN, "assault", links=(("person", "ann", "seen"),)),
        an_event(FEB, "burglary", links=(("person", "ann", "seen"), ("person", "bob", "seen"))),
    ]
    words = {"measure": "two_kinds", "by": "person"}
    with ranked(tmp_path, declared(TOGETHER), events, **words) as found:
        assert harm(found) == {"ANN": Decimal(7), "BOB": Decimal(0)}


def test_categories_are_ranked_like_areas(tmp_path: Path) -> None:
    events = [crime(JAN, "assault", "c1"), *(crime(JAN, "burglary", f"b{n}") for n in range(3))]
    with ranked(tmp_path, declared(), events, by="type") as found:
        rows = {row.area_id: (row.harm, row.volume_rank) for row in found.areas}
        assert rows["assault"] == (Decimal(100), 2)
        assert rows["burglary"] == (Decimal(30), 1)
        assert found.unplaced.events == 0


def test_a_group_has_a_profile_and_its_rows_sum_to_it(tmp_path: Path) -> None:
    events = [
        member(date(2024, 3, 31), "ann", "g1", starts=date(2024, 1, 1)),
        crime(JAN, "assault", "c1"),
        crime(FEB, "burglary", "c2"),
        crime(FEB, "burglary", "c3"),
        tie("ann", "suspect", "c1"),
        tie("ann", "suspect", "c2"),
    ]
    force: SmallForce = small_force(tmp_path, declared(GANG_CRIME), events)
    words = {"by": "group", "areas": "G1", "window": "3m", "to": "2024-03"}
    with force.gate.narrowed(LOCAL) as cursor:
        profile = place_profile(cursor, force.context, words)
        assert profile.standing.harm == Decimal(110)
        assert [month.harm for month in profile.trend] == [Decimal(100), Decimal(10), None]
    with force.gate.narrowed(LOCAL) as cursor:
        rows = drilldown(cursor, force.context, words)
        assert (rows.total.events, rows.total.harm) == (2, Decimal(110))
    with force.gate.narrowed(LOCAL) as cursor:
        of_group = {"by": "sector", "where": "group=g1", "window": "3m", "to": "2024-03"}
        found = sector_overview(cursor, force.context, of_group)
        assert found.total.harm == Decimal(110)


def test_a_share_by_role_gives_the_unnamed_none_and_shares_alike_where_nobody_is_named(
    tmp_path: Path,
) -> None:
    measure = {
        "id": "by_role",
        "lists": ["offences"],
        "shared": "role_weighted",
        "role_shares": {"suspect": 3, "driver": 1},
    }
    events = [
        crime(JAN, "assault", "c1"),
        tie("ann", "suspect", "c1"),
        tie("bob", "driver", "c1"),
        tie("cat", "witness", "c1"),
        crime(JAN, "burglary", "c2"),
        tie("bob", "witness", "c2"),
        tie("cat", "victim", "c2"),
    ]
    words = {"by": "person", "measure": "by_role"}
    with ranked(tmp_path, declared(measure), events, **words) as found:
        # By hand: of 100 points Ann has 3 parts and Bob 1; of 10 points Bob and Cat have half each.
        assert harm(found) == {"ANN": Decimal(75), "BOB": Decimal(30), "CAT": Decimal(5)}
        assert found.total.harm == Decimal(110)


def test_a_direct_link_needs_no_register(tmp_path: Path) -> None:
    measure = {"id": "named", "lists": ["offences"], "linked": {"kind": "person"}}
    events = [crime(JAN, "assault", "c1"), crime(JAN, "burglary", "c2"), tie("ann", "witness", "c1")]
    with ranked(tmp_path, declared(measure), events, measure="named") as found:
        assert found.total.harm == Decimal(100)


def test_a_stock_weighs_a_window_of_days_by_its_part_of_a_year(tmp_path: Path) -> None:
    events = [member(date(2024, 3, 31), "ann", "g1")]
    words = {"measure": "members_stock", "window": "7d"}
    with ranked(tmp_path, declared(MEMBERS), events, **words) as found:
        # By hand: 7 / 365.25 = 0.019165 (half-even at six places), times 120 points.
        assert found.total.harm == Decimal("2.2998")


def test_a_stock_left_out_leaves_nothing(tmp_path: Path) -> None:
    events = [member(date(2024, 3, 31), "ann", "g1")]
    with ranked(tmp_path, declared(MEMBERS), events, measure="members_stock", stocks="no") as found:
        assert (found.total.events, found.total.harm) == (0, Decimal(0))


def test_a_sum_is_ranked_by_category_too(tmp_path: Path) -> None:
    words = {"measure": "primary", "by": "category"}
    with ranked(tmp_path, declared(*PRIMARY), primary_events(), **words) as found:
        rows = {code: points for code, points in harm(found).items() if points}
        assert rows == {"assault": Decimal(200), "gang_member": Decimal(30), "burglary": Decimal(10)}


def test_an_entry_that_ended_before_its_snapshot_is_not_in_stock(tmp_path: Path) -> None:
    events = [
        member(date(2024, 3, 31), "ann", "g1", ends=date(2024, 3, 1)),
        member(date(2024, 3, 31), "bob", "g1", ends=date(2024, 4, 1)),
    ]
    with ranked(tmp_path, declared(MEMBERS), events, measure="members_stock") as found:
        assert found.total.events == 1


def test_a_reader_without_the_register_sees_no_crime_of_its_members(tmp_path: Path) -> None:
    events = [
        member(date(2024, 3, 31), "ann", "g1", starts=date(2024, 1, 1)),
        crime(JAN, "assault", "c1"),
        tie("ann", "suspect", "c1"),
    ]
    force = small_force(tmp_path, declared(GANG_CRIME), events)
    officer = Role.model_validate(
        {"id": "officer", "title": "Officer", "reason": "a test",
         "count": [{"sensitivity": 1}], "see": [{"sensitivity": 1}]}
    )  # fmt: skip
    words = {"window": "3m", "to": "2024-03"}
    with force.gate.narrowed(Reader("olly", officer)) as cursor:
        linked = sector_overview(cursor, force.context, {**words, "measure": "gang_crime"})
        assert linked.total.events == 0
    with force.gate.narrowed(Reader("olly", officer)) as cursor:
        groups = sector_overview(cursor, force.context, {**words, "by": "group"})
        assert groups.areas == ()
        assert groups.total.harm == Decimal(100)


def test_a_profile_gives_a_stock_no_range(tmp_path: Path) -> None:
    events = [member(date(2024, 3, 31), name, "g1") for name in ("ann", "bob")]
    force = small_force(tmp_path, declared(MEMBERS), events)
    words = {"measure": "members_stock", "areas": "S1", "window": "12m", "to": "2024-03"}
    with force.gate.narrowed(LOCAL) as cursor:
        (part,) = place_profile(cursor, force.context, words).parts
    assert (part.events, part.harm, part.harm_lo, part.harm_hi) == (2, Decimal(240), None, None)


def test_a_reader_is_not_shown_the_columns_of_a_source_that_is_closed_to_them(tmp_path: Path) -> None:
    held = declared(GANG_CRIME).model_dump(by_alias=True)
    # Only the intelligence source, which is restricted, tells of a tool.
    for source in held["sources"]:
        if source["id"] != "intelligence":
            source["attributes"].pop("tool", None)
    force = small_force(tmp_path, Domain.model_validate(held), [crime(JAN, "assault", "c1")])
    officer = Role.model_validate(
        {"id": "officer", "title": "Officer", "reason": "a test",
         "count": [{"sensitivity": 1}], "see": [{"sensitivity": 1}]}
    )  # fmt: skip
    shown = {}
    for name, reader in (("owner", LOCAL), ("officer", Reader("olly", officer))):
        with force.gate.narrowed(reader) as cursor:
            found = drilldown(cursor, force.context, {"window": "3m", "to": "2024-03"})
            shown[name] = {column.id for column in found.columns}
    assert shown["owner"] - shown["officer"] == {"attr_tool"}


def test_a_month_of_all_groups_counts_an_event_once_as_the_total_does(tmp_path: Path) -> None:
    events = [
        member(date(2024, 3, 31), "ann", "g1", starts=date(2024, 1, 1)),
        member(date(2024, 3, 31), "bob", "g2", starts=date(2024, 1, 1)),
        crime(JAN, "assault", "c1"),
        tie("ann", "suspect", "c1"),
        tie("bob", "suspect", "c1"),
        crime(FEB, "burglary", "c2"),
    ]
    with ranked(tmp_path, declared(GANG_CRIME), events, by="group") as found:
        # By hand: the assault stands in both groups and once in January; the burglary in none of them.
        assert harm(found) == {"G1": Decimal(100), "G2": Decimal(100)}
        assert found.total.harm == Decimal(110)
        assert [month.harm for month in found.trend] == [Decimal(100), Decimal(10), None]
