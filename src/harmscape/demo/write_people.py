"""The files that name people: links to crimes, registers, referrals, and the nominals themselves."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from harmscape.demo.areas import Ints
from harmscape.demo.cells import day_cells, numbered, pick, write_table
from harmscape.demo.custody import sentence, write_custody
from harmscape.demo.deliveries import plan
from harmscape.demo.diversion import Referrals, refer, write_referrals
from harmscape.demo.events import Events, Span
from harmscape.demo.groups import Underworld, draw_groups
from harmscape.demo.land import Land
from harmscape.demo.links import CHARGED, ROLES, Links, draw_links
from harmscape.demo.nominals import Nominals, draw_ordinary, nominal_columns, together
from harmscape.demo.numbers import RunningNumbers
from harmscape.demo.output import Output
from harmscape.demo.records import Records
from harmscape.demo.registers import (
    Priorities,
    choose_priorities,
    snapshot_days,
    write_groups,
    write_priorities,
)

CRIMES_PER_NOMINAL = 11
CAPITALS_EVERY = 53
"""One name in so many stands in capitals in the file of links, as it does where somebody types."""


@dataclass(frozen=True, slots=True)
class Cast:
    """Everyone, and what they are in: groups (their members come first among people), links, registers."""

    people: Nominals
    under: Underworld
    referrals: Referrals
    priorities: Priorities
    links: Links


def draw_cast(
    events: Events, records: Records, land: Land, span: Span, rng: np.random.Generator, *, null: bool
) -> Cast:
    """Draw the people of a force and link them to its crimes."""
    under = draw_groups(land, span, rng)
    ordinary = draw_ordinary(land, 400 + len(events.offence) // CRIMES_PER_NOMINAL, span, rng)
    people = together(under.members, ordinary, rng)
    referrals = refer(people, span, rng, null=null)
    (of_sentences,) = rng.spawn(1)
    people = sentence(people, referrals, of_sentences)
    priorities = choose_priorities(people, under, span, rng)
    links = draw_links(events, records, land, people, under, referrals, rng)
    return Cast(people, under, referrals, priorities, links)


def write_cast(output: Output, cast: Cast, numbers: RunningNumbers, land: Land, span: Span) -> int:
    """Write every file that names people; gives the number of rows of links."""
    write = partial(write_links, cast=cast, numbers=numbers, span=span)
    rows = output.deltas("links", "crime-nominals", span, write)
    for day in snapshot_days(span):
        people, places = cast.people, land.places
        path = output.path(f"registers/{day}-groups.csv")
        write_groups(path, day, under=cast.under, people=people, places=places, span=span)
        path = output.path(f"registers/{day}-priority-individuals.csv")
        write_priorities(path, day, priorities=cast.priorities, people=people, places=places, span=span)
    tell = partial(write_referrals, referrals=cast.referrals, people=cast.people, span=span)
    output.deltas("diversion", "referrals", span, tell)
    named = _named(cast, span)
    for delivery in plan(span):
        path = output.path(f"custody/{delivery.as_of}-custody.csv")
        write_custody(path, span.number(delivery.as_of), people=cast.people, named=named, span=span)
    path = output.path(f"nominals/{span.ends}-nominals.csv")
    write_table(path, nominal_columns(cast.people, named, land.places, span))
    return rows


def write_links(
    path: Path, after: int, as_of: int, *, cast: Cast, numbers: RunningNumbers, span: Span
) -> int:
    """One delivery of links: new ones, and those of suspects who were charged, after day `after`."""
    links = cast.links
    made = (links.linked_on <= as_of) & (links.linked_on > after)
    charged = (links.charged_on <= as_of) & (links.charged_on > after)
    rows = np.flatnonzero((made | charged) & (links.linked_on <= as_of))
    name = cast.people.names(links.person[rows])
    shouted = pa.array(rows % CAPITALS_EVERY == 0)
    return write_table(path, {
        "Link id": numbered("LNK-", rows + 1, 7),
        "Crime number": numbers.crimes(links.crime[rows]),
        "Nominal": cast.people.ids(links.person[rows]),
        "Name": pc.if_else(shouted, pc.utf8_upper(name), name),
        "Role": pick(ROLES, np.where(links.charged_on[rows] <= as_of, CHARGED, links.role[rows])),
        "Linked on": day_cells(span, links.linked_on[rows]),
    })  # fmt: skip


def _named(cast: Cast, span: Span) -> Ints:
    """Everyone whom some other file names."""
    links, stays, last = cast.links, cast.under.stays, span.days - 1
    listed = np.flatnonzero(stays.left > span.number(snapshot_days(span)[0]) - 70)
    return np.unique(np.concatenate([
        links.person[links.linked_on <= last], stays.person[listed], cast.referrals.person,
        cast.priorities.person,
    ]))  # fmt: skip
