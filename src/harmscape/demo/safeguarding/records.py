"""The records of all agencies in one table, and the streams (kinds of file) that they are written to."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from harmscape.demo.areas import Ints
from harmscape.demo.safeguarding.agencies import AGENCIES, ANSWERS, CIRCUMSTANCES, HUB
from harmscape.demo.safeguarding.families import NEVER, Flags

CONTACT, ENQUIRY, SAFEGUARDING_REFERRAL, ASSESSMENT, MISSING = range(5)
CRIMES = ("Violence", "Sexual offence", "Drug offence", "Criminal damage")
FIRST_CRIME = MISSING + 1
FIRST_CIRCUMSTANCE = FIRST_CRIME + len(CRIMES)
KINDS = (
    "Contact", "Enquiry", "Safeguarding referral", "Assessment", "Missing episode",
    *(f"{crime}, child present" for crime in CRIMES),
    *(f"{name}: {answer}" for name in CIRCUMSTANCES for answer in ANSWERS),
)  # fmt: skip
"""Contact, enquiry, safeguarding referral and assessment are four different things, one after the other."""


class Stream(NamedTuple):
    """One kind of file: its folder and stem, who owns its rows, how sensitive they are, its numbers' prefix.

    restated: a file tells anew of its last three months; else it adds, and corrects what it told before.
    """

    folder: str
    stem: str
    agency: str
    sensitivity: int
    prefix: str
    restated: bool = False


STREAMS = (
    Stream("hub", "hub-enquiries", HUB, 2, "HUB", restated=True),
    Stream("hub", "social_care-assessments", "social_care", 3, "ASM"),
    Stream("police", "police-missing", "police", 2, "MIS"),
    Stream("police", "police-crimes", "police", 2, "CRI"),
    *(Stream("contacts", f"{each.id}-contacts", each.id, 2, f"{each.prefix}-C") for each in AGENCIES),
    *(
        Stream("circumstances", f"{each.id}-circumstances", each.id, each.sensitivity, f"{each.prefix}-F")
        for each in AGENCIES
    ),
)
HUB_ENQUIRIES, ASSESSMENTS, MISSING_EPISODES, CRIMES_SEEN = range(4)
FIRST_CONTACTS = 4
FIRST_FORMS = FIRST_CONTACTS + len(AGENCIES)


@dataclass(frozen=True, slots=True)
class Records:
    """One entry a record. Minutes and days count from the first day of the span; -1 stands for none.

    `kind`, `stream`: places in `KINDS` and `STREAMS`. `until`: the minute a missing child came back. `case`:
    what a contact and all that came of it share; `occasion`: the form that four answers stand on.
    `raised_by`: an agency. `repeat`: the family had another enquiry in the 365 days before.
    On day `changed` the record is told anew: decided, returned, filled in, or found to be entered in error.
    """

    stream: Ints
    kind: Ints
    person: Ints
    minute: Ints
    recorded: Ints
    until: Ints
    changed: Ints
    first_kind: Ints
    case: Ints
    occasion: Ints
    raised_by: Ints
    state: Ints
    urgency: Ints
    repeat: Flags
    withdrawn: Ints

    def take(self, rows: NDArray[np.integer] | Flags) -> Records:
        """Some of the records, in the order given."""
        return Records(*(getattr(self, field.name)[rows] for field in dataclasses.fields(self)))

    @property
    def day(self) -> Ints:
        return np.asarray(self.minute // 1440)


def make_records(
    *,
    stream: Ints | int,
    kind: Ints | int,
    person: Ints,
    minute: Ints,
    recorded: Ints,
    **others: Ints | Flags,
) -> Records:
    """Records with what is not named left out: no case, no occasion, never changed, never withdrawn."""
    count = len(person)
    usual = {"until": -1, "changed": NEVER, "case": -1, "occasion": -1, "raised_by": -1, "state": 0}
    columns: dict[str, Ints | Flags] = {
        name: np.full(count, value) for name, value in (usual | {"urgency": -1, "withdrawn": NEVER}).items()
    }
    columns |= {"stream": np.full(count, stream) if isinstance(stream, int) else stream}
    columns |= {"kind": np.full(count, kind) if isinstance(kind, int) else kind}
    columns |= {"repeat": np.zeros(count, np.bool_), "first_kind": columns["kind"]}
    columns |= {"person": person, "minute": minute, "recorded": recorded} | others
    return Records(**columns)  # type: ignore[arg-type]  # every column is named above, each of its own type


def join(parts: Sequence[Records]) -> Records:
    """All records of several tables."""
    return Records(
        *(
            np.concatenate([getattr(part, field.name) for part in parts])
            for field in dataclasses.fields(Records)
        )
    )
