"""What is planted in the demo force is really there, and in the twin nothing changes."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from harmscape.demo import make_force
from harmscape.demo.areas import Ints
from harmscape.demo.changes import Change, apply_changes, changed_by_sector
from harmscape.demo.events import Events, Span, draw_events
from harmscape.demo.groups import area_distances_km
from harmscape.demo.land import Land, lay_the_land
from harmscape.demo.links import SUSPECT
from harmscape.demo.offences import NUMBER
from harmscape.demo.operations import AIMED_AT, OPERATIONS, effects, ring, treated
from harmscape.demo.rates import MARKET_SECTOR, true_rates
from harmscape.demo.records import keep_records
from harmscape.demo.write_people import Cast, draw_cast

SPAN = Span(date(2021, 11, 1), date(2026, 10, 31))
NUMBERS = [NUMBER[code] for code in AIMED_AT]


def _crimes(seed: int, events: float, changes: list[Change]) -> Events:
    land = lay_the_land()
    rates = true_rates(land, events, np.random.default_rng([seed, 0]))
    drawn = draw_events(rates, land, SPAN, None, np.random.default_rng([seed, 3]))
    return apply_changes(drawn, rates, land, SPAN, changes, np.random.default_rng([seed, 6]))


def _before_and_after(events: Events, land: Land, areas: tuple[int, ...], starts: date) -> tuple[int, int]:
    """Crimes that the operation aims at, in some small areas, before it began and since."""
    hit = np.isin(land.places.area[events.place], areas) & np.isin(events.offence, NUMBERS)
    after = events.minute[hit] // 1440 >= SPAN.number(starts)
    return int((~after).sum()), int(after.sum())


def _cast(seed: int, events: float, *, null: bool) -> tuple[Events, Cast]:
    drawn = _crimes(seed, events, [])
    late = np.full(len(drawn.minute), SPAN.days, np.int32)
    crimes, records = keep_records(drawn, late, np.random.default_rng([seed, 4]))
    cast = draw_cast(crimes, records, lay_the_land(), SPAN, np.random.default_rng([seed, 10]), null=null)
    return crimes, cast


def test_the_operation_lowers_its_crimes_and_pushes_some_next_door() -> None:
    land = lay_the_land()
    (operation,) = (entry for entry in OPERATIONS if entry.works)
    starts, areas = operation.starts(SPAN.ends)[0], treated(land, operation)
    inside, beside, elsewhere = np.zeros(2), np.zeros(2), np.zeros(2)
    others = tuple(set(range(len(land.people.residents))) - set(areas) - set(ring(land, areas)))
    for seed in (1, 2):
        drawn = _crimes(seed, 1_000_000, effects(land, SPAN.ends))
        inside += _before_and_after(drawn, land, areas, starts)
        beside += _before_and_after(drawn, land, ring(land, areas), starts)
        elsewhere += _before_and_after(drawn, land, others, starts)
    trend = elsewhere[1] / elsewhere[0]
    # Each ratio within 3.5 standard deviations of what is planted, counts being Poisson counts.
    for counts, planted in ((inside, 0.7), (beside, 1.06)):
        found = counts[1] / counts[0] / trend
        assert abs(np.log(found / planted)) < 3.5 * np.sqrt((1 / counts).sum())
    assert np.sqrt((1 / beside).sum()) < 0.03, "the ring holds enough crime to tell 1.06 from 1"


def test_the_truth_of_an_operation_adds_up_to_what_was_drawn() -> None:
    land = lay_the_land()
    rates = true_rates(land, 400_000, np.random.default_rng([7, 0]))
    plain = _crimes(7, 400_000, [])
    for change in effects(land, SPAN.ends):
        changed = apply_changes(plain, rates, land, SPAN, [change], np.random.default_rng(8))
        added = changed_by_sector(rates, land, SPAN, change, 0)
        difference = len(changed.offence) - len(plain.offence)
        # Thinning and adding are Poisson draws: five standard deviations.
        assert abs(difference - added.sum()) < 5 * np.sqrt(abs(added.sum()))
        assert not np.delete(added, NUMBERS, axis=0).any()


def test_no_operation_touches_the_sector_whose_trafficking_is_doubled() -> None:
    land = lay_the_land()
    for change in effects(land, SPAN.ends):
        assert MARKET_SECTOR not in {land.sectors.code[n] for n in land.sectors.members[list(change.areas)]}


@pytest.mark.parametrize("null", [False, True])
def test_who_engages_with_diversion_offends_less_and_in_the_twin_as_before(null: bool) -> None:
    ratio = 1.0 if null else 0.6
    before, after = {True: 0.0, False: 0.0}, {True: 0.0, False: 0.0}
    expected_before, expected_after = {True: 0.0, False: 0.0}, {True: 0.0, False: 0.0}
    for seed in (1, 2):
        crimes, cast = _cast(seed, 400_000, null=null)
        links, referrals = cast.links, cast.referrals
        suspect = links.role == SUSPECT
        day = crimes.minute[links.crime] // 1440
        for number, person in enumerate(referrals.person.tolist()):
            hit = suspect & (links.person == person)
            starts, engaged = int(referrals.referred_on[number]), bool(referrals.engaged[number])
            after[engaged] += int((day[hit] >= starts).sum())
            before[engaged] += int((day[hit] < starts).sum())
            expected_before[engaged] += starts
            expected_after[engaged] += SPAN.days - starts

    def change(engaged: bool) -> float:
        # Persons are referred on days of chance, so that days before and after weigh alike in the mean.
        return (after[engaged] / expected_after[engaged]) / (before[engaged] / expected_before[engaged])

    spread = np.sqrt(sum(1 / counts[group] for counts in (before, after) for group in (True, False)))
    assert abs(np.log(change(True) / change(False) / ratio)) < 4 * spread < 0.5


def test_people_act_with_their_own_group_and_brokers_alone_tie_the_network() -> None:
    _, cast = _cast(3, 1_000_000, null=False)
    stays, groups = cast.under.stays, cast.under.groups
    groups_of: dict[int, set[int]] = defaultdict(set)
    for person, group in zip(stays.person.tolist(), stays.group.tolist(), strict=True):
        groups_of[person].add(group)
    together: dict[int, list[int]] = defaultdict(list)
    suspect = cast.links.role == SUSPECT
    for crime, person in zip(
        cast.links.crime[suspect].tolist(), cast.links.person[suspect].tolist(), strict=True
    ):
        if person < len(cast.under.members):
            together[crime].append(person)
    pairs = {tuple(people) for people in together.values() if len(people) == 2}
    assert len(pairs) > 1_000
    assert all(groups_of[first] & groups_of[second] for first, second in pairs)
    # Every broker is seen with both of the groups that he or she ties.
    for broker in cast.under.brokers:
        partners = {other for pair in pairs if broker in pair for other in pair} - set(cast.under.brokers)
        met = {group for partner in partners for group in groups_of[partner]}
        assert groups_of[broker] <= met, groups.id


def test_members_do_not_offend_before_they_join_nor_in_prison() -> None:
    crimes, cast = _cast(4, 200_000, null=True)
    links, stays, members = cast.links, cast.under.stays, cast.under.members
    first = np.full(len(members), 10**9)
    np.minimum.at(first, stays.person, stays.joined)
    ours: Ints = np.flatnonzero((links.role == SUSPECT) & (links.person < len(members)))
    person, day = links.person[ours], crimes.minute[links.crime[ours]] // 1440
    assert len(ours) > 1_000
    assert (day >= first[person]).all()
    assert ((day < members.prison_from[person]) | (day >= members.prison_to[person])).all()


def test_groups_act_near_where_they_gather() -> None:
    crimes, cast = _cast(5, 400_000, null=True)
    land, links, stays = lay_the_land(), cast.links, cast.under.stays
    anchor = np.full(len(cast.people), -1)
    anchor[stays.person] = cast.under.groups.anchor[stays.group]
    suspect = (links.role == SUSPECT) & (anchor[links.person] >= 0)
    area = land.places.area[crimes.place[links.crime[suspect]]]
    own = anchor[links.person[suspect]]
    apart = area_distances_km(land)
    # Beside it, the same crimes as if they were shared out among the groups by lot.
    by_lot = np.random.default_rng(1).permutation(own)
    assert np.median(apart[area, own]) < 0.5 * np.median(apart[area, by_lot])
    sector = land.sectors.members
    assert (sector[area] == sector[own]).mean() > 3 * (sector[area] == sector[by_lot]).mean()


def test_in_the_twin_the_truth_tells_of_no_change(tmp_path: Path) -> None:
    summary = make_force(tmp_path, events=2_000, years=1, null=True)
    truth = json.loads((summary.folder / "truth.json").read_text())
    assert truth["doubled"] is None
    assert truth["diversion"]["ratio"] == 1.0
    assert {(told["ratio"], told["displacement_ratio"]) for told in truth["operations"]} == {(1.0, 1.0)}
    assert truth["high_sectors"] == ["S12", "S07", "S31", "S03", "S18"]


def test_groups_and_registers_hold_as_many_at_the_start_as_at_the_end() -> None:
    first, last = [], []
    for seed in range(1, 9):
        _, cast = _cast(seed, 2_000, null=True)
        first.append(cast.under.stays.active(SPAN.days - 700).sum())
        last.append(cast.under.stays.active(SPAN.days - 1).sum())
    # Some 640 seats, nearly all of them held: eight seeds together scatter by less than 2 %.
    assert sum(last) / sum(first) == pytest.approx(1.0, abs=0.02)
