"""The truths about people: members by day, the network and its brokers, diversion, stocks, triples."""

from __future__ import annotations

from typing import Any

import numpy as np

from harmscape.demo.areas import Ints
from harmscape.demo.doubles import Triples
from harmscape.demo.events import Span
from harmscape.demo.groups import GROUP_KINDS, NETWORK, ROLES
from harmscape.demo.land import Land
from harmscape.demo.nominals import AT_HOME, IN_PRISON, NO_FIXED_ABODE, OUT_OF_FORCE
from harmscape.demo.numbers import RunningNumbers
from harmscape.demo.records import NEVER
from harmscape.demo.write_events import report_ids
from harmscape.demo.write_people import Cast

TOGETHER = {
    "OCG member or priority individual": ("OCG member", "Priority individual"),
    "UCG or PCG member": ("UCG member", "PCG member"),
}


def people_truth(cast: Cast, land: Land, span: Span) -> dict[str, Any]:
    """Everything planted among people, by nominal id."""
    brokers = cast.people.ids(np.array(cast.under.brokers)).to_pylist()
    referrals = cast.referrals
    engaged = np.flatnonzero(referrals.engaged)
    return {
        "groups": _groups(cast, land, span),
        "network": {
            "groups": sorted({group for pair in NETWORK for group in pair}),
            "brokers": [
                {"nominal": nominal, "connects": list(pair)}
                for nominal, pair in zip(brokers, NETWORK, strict=True)
            ],
        },
        "diversion": {
            "ratio": referrals.ratio,
            "ratio_of": "crimes as suspect in days free; days in prison stand in custody/",
            "engaged": dict(
                zip(
                    cast.people.ids(referrals.person[engaged]).to_pylist(),
                    [span.day(int(day)).isoformat() for day in referrals.referred_on[engaged]],
                    strict=True,
                )
            ),
        },
        "stocks": {
            "as_of": span.ends.isoformat(),
        }
        | _stocks(cast, land, span),
    }


def triples_truth(triples: Triples, numbers: RunningNumbers) -> list[dict[str, str]]:
    """The happenings that three sources tell of, by the ids in their files."""
    columns = (
        numbers.crimes(triples.crime),
        report_ids(triples.discharge),
        report_ids(triples.intelligence),
    )
    names = ("crime", "discharge", "intelligence")
    return [dict(zip(names, row, strict=True)) for row in zip(*(c.to_pylist() for c in columns), strict=True)]


def _groups(cast: Cast, land: Land, span: Span) -> list[dict[str, Any]]:
    """Each group with its sector and its stays, as 'nominal role joined left'; '-' for who is still in."""
    groups, stays = cast.under.groups, cast.under.stays
    names = cast.people.ids(stays.person).to_pylist()
    days = [[_day(span, number) for number in part] for part in (stays.joined, stays.left)]
    roles = [ROLES[role] for role in stays.role]
    words = [" ".join(row) for row in zip(names, roles, *days, strict=True)]
    told = []
    for number, group in enumerate(groups.id):
        rows = np.flatnonzero(stays.group == number)
        sector = land.sectors.code[land.sectors.members[groups.anchor[number]]]
        told.append({
            "id": group,
            "name": groups.name[number],
            "kind": GROUP_KINDS[groups.kind[number]].title,
            "sector": sector,
            "stays": [words[row] for row in rows],
        })  # fmt: skip
    return told


def _day(span: Span, number: int) -> str:
    """A day, or '-' for one after the last, which nobody knows of."""
    return "-" if number == NEVER or number >= span.days else span.day(int(number)).isoformat()


def _stocks(cast: Cast, land: Land, span: Span) -> dict[str, Any]:
    """Distinct people on the last day by kind of listing and where they are; sectors are those of homes."""
    stays, last = cast.under.stays, span.days - 1
    active = stays.active(last)
    kind = cast.under.groups.kind[stays.group]
    lists = {entry.title: stays.person[active & (kind == number)] for number, entry in enumerate(GROUP_KINDS)}
    watched = (cast.priorities.since <= last) & (cast.priorities.until > last)
    lists["Priority individual"] = cast.priorities.person[watched]
    # The sector overview counts these two together, each person once.
    for name, (first, second) in TOGETHER.items():
        lists[name] = np.concatenate([lists[first], lists[second]])
    return {name: _stock(cast, land, np.unique(person), last) for name, person in lists.items()}


def _stock(cast: Cast, land: Land, person: Ints, day: int) -> dict[str, Any]:
    where, lives = cast.people.whereabouts(person, day), cast.people.lives[person]
    sector = land.sector_of_place[cast.people.home[person]]

    def by_sector(rows: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> dict[str, int]:
        count = np.bincount(sector[rows], minlength=len(land.sectors.code))
        return {code: int(count[number]) for number, code in enumerate(land.sectors.code) if count[number]}

    return {
        "people": len(person),
        "at_home": by_sector(where == AT_HOME),
        "in_prison_with_a_home_here": by_sector((where == IN_PRISON) & (lives == AT_HOME)),
        "in_prison": int((where == IN_PRISON).sum()),
        "no_fixed_abode": int((where == NO_FIXED_ABODE).sum()),
        "out_of_force": int((where == OUT_OF_FORCE).sum()),
    }
