"""Words: the closed list of ways a finding is said, made by the same figures that draw the chart."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

_NUMBERS = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten")


def number_word(count: int) -> str:
    """A count at the head of a sentence.

    >>> number_word(4), number_word(23)
    ('Four', '23')
    """
    return _NUMBERS[count] if 0 <= count < len(_NUMBERS) else f"{count:,}"


def number_of(count: int, what: str) -> str:
    """A count of things.

    >>> number_of(1, "event"), number_of(2600, "event")
    ('1 event', '2,600 events')
    """
    return f"{count:,} {what}" + ("" if count == 1 else "s")


def points(harm: Decimal) -> str:
    """Points as people read them: whole, with commas, and with decimals only below ten.

    >>> points(Decimal("41200.4")), points(Decimal("3.25"))
    ('41,200', '3.2')
    """
    return f"{harm:,.0f}" if abs(harm) >= 10 or harm == int(harm) else f"{harm:,.1f}"


def mid_sentence(title: str) -> str:
    """A title inside a sentence: its first letter small, unless it is an abbreviation.

    >>> mid_sentence("Area commands"), mid_sentence("LSOAs")
    ('area commands', 'LSOAs')
    """
    return title if title[:2].isupper() else title[:1].lower() + title[1:]


def standing_sentence(tiers: list[str], one: str, many: str) -> tuple[str, str]:
    """The finding of a standing: what is sure, and the rest."""
    areas = len(tiers)
    if areas == 0:
        return "There is nothing to rank.", f"No {mid_sentence(many)} are loaded."
    if areas == 1:
        return f"There is one {mid_sentence(one)}.", "Nothing stands beside it to be ranked."
    high, low = tiers.count("clearly_high"), tiers.count("clearly_low")
    between = areas - high - low
    if high:
        verb = "is" if high == 1 else "are"
        sure = f"{number_word(high)} of {areas:,} {mid_sentence(many)} {verb} clearly above the rest."
    else:
        sure = f"No {mid_sentence(one)} stands clearly above the rest."
    said = [f"{number_word(between).lower()} cannot be told apart"] if between else []
    said += [f"{number_word(low).lower()} {'is' if low == 1 else 'are'} clearly low"] if low else []
    rest = ", ".join(said)
    return sure, f"{rest[:1].upper()}{rest[1:]}." if rest else ""


def place_sentence(name: str, rank: int, rank_lo: int, rank_hi: int, of: int, tier: str) -> tuple[str, str]:
    """The finding of one area."""
    if of == 1:
        return f"{name} is the only one.", "Nothing stands beside it to be ranked."
    said = {
        "clearly_high": f"{name} is clearly high.",
        "clearly_low": f"{name} is clearly low.",
        "not_told_apart": f"{name} cannot be told apart from the middle.",
    }
    place = f"Place {rank:,} of {of:,}" + (
        f", but it could be any from {rank_lo:,} to {rank_hi:,}." if rank_lo != rank_hi else "."
    )
    return said[tier], place


def month_name(month: date) -> str:
    return f"{month:%B %Y}"


def day_name(day: date) -> str:
    """A day inside a sentence.

    >>> day_name(date(2026, 10, 5))
    '5 October 2026'
    """
    return f"{day.day} {day:%B %Y}"


def span_name(starts: date, ends: date | None) -> str:
    """From a day on, or up to and with another.

    >>> span_name(date(2020, 3, 23), None), span_name(date(2020, 3, 23), date(2021, 7, 18))
    ('from 23 March 2020', '23 March 2020 to 18 July 2021')
    """
    return f"from {day_name(starts)}" if ends is None else f"{day_name(starts)} to {day_name(ends)}"
