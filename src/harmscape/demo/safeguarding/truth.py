"""What was planted and what is true, so that counts, rules, linkage and later risk work can be judged."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from harmscape.demo.areas import Ints
from harmscape.demo.events import Span
from harmscape.demo.land import Land
from harmscape.demo.levels import Level
from harmscape.demo.safeguarding.agencies import ANSWERS, CIRCUMSTANCES, NOT_ASKED, RECORDED
from harmscape.demo.safeguarding.families import Families
from harmscape.demo.safeguarding.forms import window_starts
from harmscape.demo.safeguarding.geography import COUNTY_NAME
from harmscape.demo.safeguarding.person_names import GROUPS
from harmscape.demo.safeguarding.plan import HIDDEN, PAST, PATTERNS, YES, Plan
from harmscape.demo.safeguarding.records import FIRST_CIRCUMSTANCE, FIRST_FORMS, STREAMS, Records
from harmscape.demo.safeguarding.write import Sheets, family_id

AT_LEAST = 3
LATER_PLAN = (0.03, 0.24, 0.20, 0.09)
"""The chance that a child protection plan follows within 12 months, by the family's pattern."""

NOTE = (
    f"{COUNTY_NAME} is invented: every place, person, family, number and event. Any likeness to a real place "
    "or person is an accident. Rates are those the events were drawn from, not counts of what was drawn."
)
README = f"""{COUNTY_NAME}: an invented county with a multi-agency safeguarding hub

Everything here is made up: the land lies in open sea, the places, people, names, addresses and events were
drawn by a program. Any likeness to a real place, person, family or case is an accident. Do not use it as
evidence of anything.

geographies/    county, districts, localities and small areas, each inside the one above (EPSG:4326)
denominators/   residents, households, families with children, and children by area
contacts/       what nine agencies told the hub, each its own file: a history, then monthly news
hub/            enquiries and safeguarding referrals of the hub, the last three months told anew;
                and the assessments of social care
circumstances/  what the agencies' forms say of four circumstances: recorded; looked for, none; not asked
police/         children missing, from report to return, and crimes with a child present
services/       where people go for help: the partnership's directory, whole
truth.json, truth_people.csv, truth_families.csv     what was planted, for testing; no agency knows it

The date in a file's name is the day up to which it knows. Eastings and northings are British grid metres.
Ids of persons, families and households are those of the hub's case system. Sensitivity 4 is sealed.
"""


def tell_truth(
    plan: Plan, families: Families, records: Records, sheets: Sheets, *, land: Land, span: Span,
    levels: dict[str, Level], later: Ints, follows: Ints,
) -> dict[str, Any]:  # fmt: skip
    """The content of truth.json: ids, rates and counts; the window is the last 12 months of the span."""
    counts = np.bincount(records.stream, minlength=len(STREAMS)).tolist()
    yes = np.flatnonzero(plan.pattern == YES).tolist()
    return {
        "note": NOTE,
        "starts": span.starts.isoformat(),
        "ends": span.ends.isoformat(),
        "window_starts": span.day(window_starts(span)).isoformat(),
        "repeat_enquiries": {
            "families": _ids(plan.top),
            "enquiries_a_year": {family_id(f): round(float(plan.enquiries[f]), 4) for f in plan.top.tolist()},
            "most_of_any_other": round(float(np.delete(plan.enquiries, plan.top).max()), 4),
        },
        "three_of_four": _three_of_four(
            plan, families, states_in_window(plan, records, sheets, span), land, levels["small_areas"]
        ),
        "missing": _missing(plan, families, land, levels["localities"]),
        "later_outcomes": {
            family_id(f): {"enquiries": int(later[f]), "protection_plan": bool(follows[f])} for f in yes
        },
        "records": {stream.stem: count for stream, count in zip(STREAMS, counts, strict=True)},
        "withdrawn": int((records.withdrawn <= span.days - 1).sum()),
    }


def _three_of_four(plan: Plan, families: Families, states: Ints, land: Land, small: Level) -> dict[str, Any]:
    """The families by their pattern, and the small areas with those that have three, the most first."""
    yes = np.flatnonzero(plan.pattern == YES)
    per_area = np.bincount(land.places.area[families.home[yes]], minlength=len(small.members))
    code = {int(area): small.code[int(small.members[area])] for area in np.flatnonzero(per_area)}
    most = sorted(code, key=lambda area: (-per_area[area], code[area]))
    return {
        "at_least": AT_LEAST,
        "yes": _ids(yes),
        "yes_with_a_blank": _ids(yes[(states[yes] == NOT_ASKED).any(axis=1)]),
        "never_asked_about_the_third": _ids(np.flatnonzero(plan.pattern == HIDDEN)),
        "before_the_window_only": _ids(np.flatnonzero(plan.pattern == PAST)),
        "small_areas": {code[area]: int(per_area[area]) for area in most},
        "clustered_in": [small.code[int(small.members[area])] for area in plan.areas],
    }


def _missing(plan: Plan, families: Families, land: Land, localities: Level) -> dict[str, Any]:
    inside = land.sectors.members[land.places.area[families.home]] == plan.locality
    doubled = plan.doubling and asdict(plan.doubling) | {"starts": plan.doubling.starts.isoformat()}
    return {
        "locality": localities.code[plan.locality],
        "episodes_a_month_before": round(float(plan.missing[inside].sum()) / 12, 4),
        "doubled": doubled,
    }


def states_in_window(plan: Plan, records: Records, sheets: Sheets, span: Span) -> Ints:
    """Families x 4: what the forms of the last 12 months say together, as known at the end of the span.

    One form that records it is enough; else one that looked is; what nobody asked stays not asked.
    """
    last = span.days - 1
    rows = np.flatnonzero((records.stream >= FIRST_FORMS) & (records.day >= window_starts(span)))
    kind = np.where(records.changed[rows] <= last, records.kind[rows], records.first_kind[rows])
    circumstance, answer = np.divmod(kind - FIRST_CIRCUMSTANCE, len(ANSWERS))
    states = np.full((len(plan.pattern), len(CIRCUMSTANCES)), NOT_ASKED)
    np.minimum.at(states, (sheets.family[rows], circumstance), answer)
    return states


def verdicts(states: Ints) -> list[str]:
    """yes, no, or unknown: unknown where those not asked about could make it three.

    >>> verdicts(np.array([[0, 0, 0, 2], [0, 0, 1, 2], [0, 0, 1, 1], [2, 2, 2, 2], [0, 1, 1, 2]]))
    ['yes', 'unknown', 'no', 'unknown', 'no']
    """
    recorded, blank = (states == RECORDED).sum(axis=1), (states == NOT_ASKED).sum(axis=1)
    return [
        "yes" if sure >= AT_LEAST else "unknown" if sure + open_ >= AT_LEAST else "no"
        for sure, open_ in zip(recorded.tolist(), blank.tolist(), strict=True)
    ]


def draw_outcomes(plan: Plan, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Enquiries on each family in the 12 months after the span; 1 where a protection plan follows, else 0."""
    later = rng.poisson(plan.enquiries)
    follows = rng.random(len(later)) < np.array(LATER_PLAN)[plan.pattern]
    return later, follows.astype(np.int64)


def write_people(path: Path, records: Records, families: Families, sheets: Sheets) -> None:
    """One row a record: who it truly tells of; only tests of linkage may read it."""
    people = records.person.tolist()
    families_of, households = sheets.family.tolist(), sheets.household.tolist()
    groups = families.group[sheets.family].tolist()
    _write(
        path,
        ("Record", "Person", "Household", "Family", "Name group"),
        (
            (sheets.record(row), f"P{people[row] + 1:06d}", f"H{households[row] + 1:06d}",
             family_id(families_of[row]), GROUPS[groups[row]].id)
            for row in range(len(people))
        ),
    )  # fmt: skip


def write_families(
    path: Path, plan: Plan, states: Ints, *, later: Ints, follows: Ints, told: Sequence[bool]
) -> None:
    """One row a family with a record: its truths and what came later."""
    names = [name.lower().replace(" ", "_").replace("-", "_") for name in CIRCUMSTANCES]
    header = ["Family", "Pattern", "Enquiries a year", *(f"has_{name}" for name in names), *names]
    verdict = verdicts(states)
    _write(
        path,
        [*header, "Three of four", "Enquiries later", "Protection plan later"],
        (
            [
                family_id(row), PATTERNS[plan.pattern[row]], f"{plan.enquiries[row]:.4f}",
                *("yes" if has else "no" for has in plan.has[row]),
                *(ANSWERS[state] for state in states[row]),
                verdict[row], str(later[row]), "yes" if follows[row] else "no",
            ]
            for row in range(len(verdict)) if told[row]
        ),
    )  # fmt: skip


def _ids(families: Ints) -> list[str]:
    return [family_id(int(family)) for family in families]


def _write(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
