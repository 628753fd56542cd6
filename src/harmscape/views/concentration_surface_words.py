"""How a surface is said: on how little land it lies, around what place, and where it is told from usual."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from harmscape.views.concentration_words import percent
from harmscape.views.sector_overview import Sentence
from harmscape.views.words import number_word

_ONE_INCIDENT = 0.5


class Dense(Protocol):
    """What a sentence needs of the densest land."""

    @property
    def share(self) -> float: ...
    @property
    def km2(self) -> float: ...
    @property
    def part_of_land(self) -> float: ...


class Core(Protocol):
    """What a sentence needs of a heart."""

    @property
    def name(self) -> str: ...
    @property
    def largest(self) -> float: ...


class Placed(Protocol):
    """What a sentence needs of a spot."""

    @property
    def name(self) -> str: ...
    @property
    def share(self) -> float: ...
    @property
    def usual(self) -> float: ...
    @property
    def ratio(self) -> float | None: ...


def size_words(km2: float) -> str:
    """A size of land: whole from ten square kilometres on.

    >>> size_words(12.34), size_words(3.21), size_words(0.034)
    ('12 km²', '3.2 km²', '0.03 km²')
    """
    return f"{km2:,.0f} km²" if km2 >= 9.95 else f"{km2:.1f} km²" if km2 >= 0.95 else f"{km2:.2f} km²"


def surface_sentence(
    what: str, bands: Sequence[Dense], hearts: Sequence[Core], number: int, *, incidents: int
) -> Sentence:
    """On how little land a quarter and half lie, and around what place most of it."""
    if incidents == 0:
        return Sentence("Nothing was recorded here with a point that can be drawn.", "")
    if not bands:
        return Sentence(f"There is no {what} to draw.", "")
    if incidents == 1:
        return Sentence("There is one incident only: the surface is the kernel around it.", "")
    quarter, half = (next(band for band in bands if band.share == share) for share in (0.25, 0.5))
    spots = "one place" if number == 1 else f"{number_word(number).lower()} places"
    lie = "lies" if what == "harm" else "lie"
    sure = (
        f"A quarter of the {what} {lie} on {size_words(quarter.km2)} ({percent(quarter.part_of_land)} of the"
        f" land), in {spots}; half on {size_words(half.km2)} ({percent(half.part_of_land)})."
    )
    if not hearts:
        return Sentence(sure, "")
    first = hearts[0]
    # A single grave incident draws a peak of its own, which is no place to send anybody.
    alone = what == "harm" and first.largest >= _ONE_INCIDENT
    tail = f", where one incident makes {percent(first.largest)} of it" if alone else ""
    return Sentence(sure, f"Most lies around {first.name}{tail}.")


def beside_sentence(kind: str, title: str, more: Sequence[Placed], less: Sequence[Placed]) -> Sentence:
    """In how many spots it is clearly more or less than usual, and where the difference is largest."""
    usual = f"in {title}, whatever the level" if kind == "period" else f"their {title} would give"
    if not more and not less:
        return Sentence(f"No spot holds clearly more or clearly less than {usual}.", "")
    ways = [(way, len(spots)) for way, spots in (("more", more), ("less", less)) if spots]
    said = " and ".join(
        f"{number_word(count)} {'spot holds' if count == 1 else 'spots hold'} clearly {way}"
        for way, count in ways
    )
    top = max([*more, *less], key=lambda each: abs(each.share - each.usual))
    times = "" if top.ratio is None else f", {top.ratio:.1f} times as much"
    return Sentence(
        f"{said[:1]}{said[1:].lower()} than {usual}.",
        f"Most around {top.name}: {percent(top.share)} now, {percent(top.usual)} usual{times}.",
    )
