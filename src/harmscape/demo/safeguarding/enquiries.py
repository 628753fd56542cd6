"""What the hub does: contacts come in, some become enquiries, some of these are sent on and assessed."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from harmscape.demo.areas import Ints
from harmscape.demo.events import Span
from harmscape.demo.safeguarding.agencies import AGENCIES
from harmscape.demo.safeguarding.families import NEVER, Families, Flags, Persons
from harmscape.demo.safeguarding.plan import Plan
from harmscape.demo.safeguarding.records import (
    ASSESSMENT,
    ASSESSMENTS,
    CONTACT,
    ENQUIRY,
    FIRST_CONTACTS,
    HUB_ENQUIRIES,
    SAFEGUARDING_REFERRAL,
    Records,
    join,
    make_records,
)
from harmscape.demo.safeguarding.rhythm import days_of_agencies, minutes_of, past_weekends

ENQUIRY_SHARE, REFERRAL_SHARE, ASSESSMENT_SHARE = 0.60, 0.35, 0.80
REPEAT_DAYS = 365
ERROR_SHARE, WITHDRAWN_SHARE = 0.006, 0.003
CONTACT_OUTCOMES = ("Open", "Enquiry", "Advice given", "No further action")
STATUSES = ("Open", "Closed", "Entered in error")
ASSESSMENT_OUTCOMES = ("No further action", "Early help", "Child in need plan", "Child protection plan")
URGENCIES = ("Red", "Amber", "Green")


class Step(NamedTuple):
    """What goes from one step of a case to the next, entry by entry."""

    person: Ints
    day: Ints
    case: Ints
    raised_by: Ints

    def some(self, chosen: Flags, after: Ints, span: Span) -> Step:
        """Those that go on to the next step, some days later."""
        day = past_weekends(self.day + after, span)[chosen]
        return Step(self.person[chosen], day, self.case[chosen], self.raised_by[chosen])


def expected_enquiries(events: float) -> float:
    """How many enquiries there are when contacts and all that comes of them are so many in all.

    >>> round(expected_enquiries(1_984))
    602
    """
    sent_on = ENQUIRY_SHARE * REFERRAL_SHARE
    return ENQUIRY_SHARE * events / (1 + ENQUIRY_SHARE + sent_on * (1 + ASSESSMENT_SHARE))


def draw_cases(
    plan: Plan, families: Families, persons: Persons, span: Span, rng: np.random.Generator
) -> Records:
    """Draw all contacts with what came of them; what happens after the span is left out."""
    years = span.days / 365.25
    family = np.repeat(np.arange(len(families.home)), rng.poisson(plan.enquiries / ENQUIRY_SHARE * years))
    count = len(family)
    children = families.size[family] - families.adults[family]
    child = families.first[family] + families.adults[family] + rng.integers(0, 1 << 30, count) % children
    agency = rng.choice(len(AGENCIES), count, p=[each.contacts for each in AGENCIES])
    contact = Step(child, days_of_agencies(agency, span, rng), np.arange(count), agency)
    goes_on = rng.random(count) < ENQUIRY_SHARE
    enquiry = contact.some(goes_on, rng.integers(0, 3, count), span)
    sent = rng.random(len(enquiry.day)) < REFERRAL_SHARE
    sent_on = enquiry.some(sent, rng.integers(1, 6, len(sent)), span)
    begun = rng.random(len(sent_on.day)) < ASSESSMENT_SHARE
    assessment = sent_on.some(begun, rng.integers(10, 46, len(begun)), span)
    opened, passed_on = minutes_of(enquiry.day, rng), minutes_of(sent_on.day, rng)
    repeat = repeats(persons.family[enquiry.person], opened)
    records = join(
        [
            _contacts(contact, goes_on, span, rng),
            _of_hub(enquiry, opened, ENQUIRY, repeat, rng),
            _of_hub(sent_on, passed_on, SAFEGUARDING_REFERRAL, np.zeros(len(passed_on), np.bool_), rng),
            _assessments(assessment, rng),
        ]
    )
    return records.take(records.day < span.days)


def repeats(family: Ints, minute: Ints) -> Flags:
    """Which enquiries come within 365 days after another one on the same family, by day.

    >>> repeats(np.array([7, 7, 7, 8]), np.array([0, 400, 765, 5]) * 1440).tolist()
    [False, False, True, False]
    """
    order = np.lexsort((minute, family))
    again, day = np.zeros(len(minute), np.bool_), minute[order] // 1440
    same = family[order][1:] == family[order][:-1]
    again[order[1:]] = same & (day[1:] - day[:-1] <= REPEAT_DAYS)
    return again


def _contacts(step: Step, goes_on: Flags, span: Span, rng: np.random.Generator) -> Records:
    count = len(step.day)
    recorded = step.day + rng.integers(0, 2, count)
    decided = past_weekends(recorded + rng.integers(1, 5, count), span)
    other = rng.integers(2, len(CONTACT_OUTCOMES), count)
    return make_records(
        stream=FIRST_CONTACTS + step.raised_by, kind=CONTACT, person=step.person, recorded=recorded,
        minute=minutes_of(step.day, rng), changed=decided, state=np.where(goes_on, 1, other),
        case=step.case, raised_by=step.raised_by,
    )  # fmt: skip


def _of_hub(step: Step, minute: Ints, kind: int, repeat: Flags, rng: np.random.Generator) -> Records:
    """Enquiries or safeguarding referrals; a few are withdrawn or marked as entered in error."""
    count = len(step.day)
    recorded = step.day + rng.integers(0, 4, count)
    in_error = rng.random(count) < ERROR_SHARE
    return make_records(
        stream=HUB_ENQUIRIES, kind=kind, person=step.person, recorded=recorded, repeat=repeat,
        minute=minute, changed=recorded + rng.integers(2, 25, count),
        state=np.where(in_error, 2, 1), case=step.case, raised_by=step.raised_by,
        urgency=rng.choice(3, count, p=(0.12, 0.38, 0.5)),
        withdrawn=np.where(rng.random(count) < WITHDRAWN_SHARE, recorded + rng.integers(3, 30, count), NEVER),
    )  # fmt: skip


def _assessments(step: Step, rng: np.random.Generator) -> Records:
    count = len(step.day)
    return make_records(
        stream=ASSESSMENTS, kind=ASSESSMENT, person=step.person, minute=minutes_of(step.day, rng),
        recorded=step.day + rng.integers(0, 10, count), case=step.case, raised_by=step.raised_by,
        state=rng.choice(len(ASSESSMENT_OUTCOMES), count, p=(0.34, 0.28, 0.25, 0.13)),
    )  # fmt: skip
