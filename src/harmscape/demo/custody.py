"""Time in prison: who is away when, so that it can be taken out of what a referral is judged by.

Some of those who engage with a scheme are sentenced soon after for what they did before. Whoever counts their
crimes but not their days away takes the sentence for the scheme.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from harmscape.demo.areas import Ints
from harmscape.demo.cells import day_cells, numbered, write_table
from harmscape.demo.diversion import Referrals
from harmscape.demo.events import Span
from harmscape.demo.nominals import Nominals
from harmscape.demo.records import NEVER

SENTENCED_SHARE = 0.3
SENTENCED_AFTER_DAYS, AWAY_DAYS = (45, 200), (120, 320)


def sentence(people: Nominals, referrals: Referrals, rng: np.random.Generator) -> Nominals:
    """The same people, of whom some who engaged go to prison soon after they were referred."""
    engaged = referrals.person[referrals.engaged]
    day = referrals.referred_on[referrals.engaged]
    some = (rng.random(len(engaged)) < SENTENCED_SHARE) & (people.prison_from[engaged] == NEVER)
    starts = day + rng.integers(*SENTENCED_AFTER_DAYS, len(engaged))
    ends = starts + rng.integers(*AWAY_DAYS, len(engaged))
    since, until = people.prison_from.copy(), people.prison_to.copy()
    since[engaged[some]], until[engaged[some]] = starts[some], ends[some]
    return replace(people, prison_from=since, prison_to=until)


def write_custody(path: Path, as_of: int, *, people: Nominals, named: Ints, span: Span) -> int:
    """The register of time in prison as known on a day: stays begun by then of those whom others name."""
    rows = named[(people.prison_from[named] != NEVER) & (people.prison_from[named] <= as_of)]
    rows = rows[people.number[rows].argsort()]
    out = people.prison_to[rows] <= as_of
    return write_table(path, {
        "Custody id": numbered("CUS-", people.number[rows], 7),
        "Nominal": people.ids(rows),
        "Name": people.names(rows),
        "From": day_cells(span, people.prison_from[rows]),
        "To": day_cells(span, np.where(out, people.prison_to[rows], 0), missing=~out),
    })  # fmt: skip
