"""The sentences of a cohort, in the fixed words, from the figures that draw its picture."""

from __future__ import annotations

from datetime import date

from harmscape.views.cohort_people import Away
from harmscape.views.impact_figure import Figure
from harmscape.views.impact_words import more_or_fewer, span
from harmscape.views.sector_overview import Sentence


def finding(effect: Figure, people: int, expected: float) -> Sentence:
    """The answer in one sentence.

    >>> found = Figure("cohort", "", -31.2, -53.0, -9.4, 0.7, 0.5, 0.9, "clearly")
    >>> finding(found, 210, 104.0).rest
    'in the year after, for 210 people (95% range 9 to 53 fewer), consistent with an effect of the referral.'
    """
    whom = f"{people:,} people"
    if effect.estimate != effect.estimate or expected <= 0:
        return Sentence("Nothing can be told.", f"Too little followed for {whom} or their matches.")
    reach = f"(95% range {span(effect.lo, effect.hi)})"
    if effect.surety == "not_told_apart":
        return Sentence(
            "No effect can be told from chance:",
            f"{whom} had about {more_or_fewer(effect.estimate)} events than like people {reach}.",
        )
    side = "consistent with an effect of the referral" if effect.estimate < 0 else "which it did not prevent"
    if effect.surety == "probably":
        side = "which chance could still explain"
    return Sentence(
        f"{'About' if effect.surety == 'clearly' else 'Probably about'} {more_or_fewer(effect.estimate)}"
        " events than like people",
        f"in the year after, for {whom} {reach}, {side}.",
    )


def too_early(followed: int, matched: int, fewest: int) -> Sentence:
    """What is said of a cohort that is too small to follow.

    >>> too_early(12, 0, 20).rest
    'Only 12 people were referred with two years known before and one after; from 20 on they are compared.'
    """
    if followed < fewest:
        whom = f"Only {followed:,} people were" if followed != 1 else "Only one person was"
        rest = (
            f"{whom} referred with two years known before and one after; from {fewest} on they are compared."
        )
    else:
        rest = (
            f"Only {matched:,} of {followed:,} people have anybody like them; from {fewest} on they are"
            " compared."
        )
    return Sentence("It is too early to tell.", rest)


def likeness(apart: list[float]) -> str:
    """How alike the two sides were before, by the rule that a tenth of a standard deviation is little.

    Source: Austin 2009, Statistics in Medicine 28:3083 (the standardised difference and its tenth).

    >>> likeness([0.02, 0.05])
    'Alike: no half year before differs by more than 0.05 standard deviations.'
    """
    most = max(apart, default=0.0)
    if most <= 0.1:
        return f"Alike: no half year before differs by more than {most:.2f} standard deviations."
    return (
        f"Not quite alike: a half year before differs by {most:.2f} standard deviations, where 0.1 counts as"
        " little. Read the answer with care."
    )


def away_words(away: Away, ours: float, theirs: float, last: date) -> str:
    """What was done about time in which nobody can do much. ours, theirs: shares of the year after.

    >>> away_words(Away((), None), 0.0, 0.0, date(2026, 10, 31))[:52]
    'Time in prison is not taken out: no register that yo'
    """
    if not away.titles or away.known_to is None:
        return (
            "Time in prison is not taken out: no register that you may count tells it. Somebody who is away"
            " does less, which would look like an effect."
        )
    said = (
        f"{' and '.join(away.titles)}: taken out of both sides. In the year after, those referred were away"
        f" for {ours:.1%} of the time, their matches for {theirs:.1%}."
    )
    if away.known_to < last:
        said += f" It is known up to {away.known_to}: later stays are not taken out."
    return said


RULES = (
    "Everyone's year begins with the month after their referral, whether they took it up at once, later or"
    " not at all: the wait between the two is never counted as time of the one side only.",
    "A match was referred too, but only after the year compared: whatever made somebody think of it"
    " would otherwise look like an effect.",
    "Who is referred, and when, was not left to chance: read “consistent with”, never “caused”.",
)
CHOSEN = (
    "Only some referrals are looked at. Who takes one up differs from who does not in ways that no data hold:"
    " all referrals together are the fairer question."
)
