"""How concentration is said: sentences from the figures that draw its charts, in fixed words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from harmscape.views.sector_overview import Sentence
from harmscape.views.words import mid_sentence, number_word

SURE = 0.05


class Held(Protocol):
    """What a sentence needs of a holding."""

    @property
    def places(self) -> int: ...
    @property
    def part(self) -> float: ...
    @property
    def chance_part(self) -> float: ...
    @property
    def p(self) -> float: ...


def percent(part: float) -> str:
    """A part of a whole, with one decimal below ten per cent.

    >>> percent(0.1249), percent(0.0432), percent(1.0)
    ('12%', '4.3%', '100%')
    """
    return f"{100 * part:.0f}%" if part >= 0.0995 else f"{100 * part:.1f}%"


def finding(half: Held, of: int, things: str, *, total: float) -> Sentence:
    """Half of the harm in how few places, and where chance alone would put it."""
    if total <= 0:
        return Sentence("There is no harm to gather.", "")
    if of == 1:
        return Sentence("There is one place only, and all of the harm is in it.", "")
    places = f"{half.places:,} of {of:,} {mid_sentence(things)}"
    sure = f"Half of the harm is in {places} ({percent(half.part)});"
    chance = f"chance alone would put half in {percent(half.chance_part)}"
    if half.p > SURE:
        return Sentence(sure, f"{chance}: the two cannot be told apart.")
    return Sentence(sure, f"{chance}.")


def spots_sentence(
    number: int, of: int, share: float, chance: float, p: float, thing: str, things: str
) -> str:
    """The harm spots, and what such spots would hold by chance."""
    if number == 0:
        return f"No {mid_sentence(thing)} is a harm spot: none stands two standard deviations above the mean."
    verb = "is a harm spot and holds" if number == 1 else "are harm spots and hold"
    return (
        f"{number_word(number)} of {of:,} {mid_sentence(things)} {verb} {percent(share)} of the harm;"
        f" by chance such spots would hold {percent(chance)}"
        + (", so these are no more than luck makes." if p > SURE else ".")
    )


def heat_sentence(heats: Sequence[str | None] | None, thing: str, things: str) -> str:
    """How many areas are hot or cold with those around them."""
    if heats is None:
        return ""
    hot, cold = list(heats).count("hot"), list(heats).count("cold")
    if not hot and not cold:
        return f"No {mid_sentence(thing)} is hot or cold beyond chance with those around it."
    said = [f"{number_word(hot)} {mid_sentence(thing if hot == 1 else things)}"] if hot else []
    words = f"{said[0]} {'is' if hot == 1 else 'are'} hot with those around" if hot else ""
    if cold:
        words += (
            f", {number_word(cold).lower()} {'is' if cold == 1 else 'are'} cold"
            if hot
            else (
                f"{number_word(cold)} {mid_sentence(thing if cold == 1 else things)}"
                f" {'is' if cold == 1 else 'are'} cold with those around"
            )
        )
    return f"{words}."


def alike_sentence(p: float, i: float) -> str:
    """Whether harmful areas lie together."""
    if p > SURE:
        return "Whether harmful areas lie together cannot be told from chance."
    if i > 0:
        return "Harmful areas lie together: neighbours are more alike than by chance."
    return "Harmful areas lie apart: neighbours are less alike than by chance."
