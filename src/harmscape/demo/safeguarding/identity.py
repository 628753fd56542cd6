"""How each record spells its person: the names, birth date and address as written, with realistic errors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from harmscape.demo.areas import Ints
from harmscape.demo.events import Span
from harmscape.demo.land import Land
from harmscape.demo.safeguarding.families import Families, Flags, Persons, lives_at
from harmscape.demo.safeguarding.person_names import GROUPS, SHORT, STREETS, WAYS

TYPO, OTHER_NAME, SHORT_NAME, NO_GIVEN = 0.035, 0.18, 0.25, 0.008
SWAPPED, YEAR_OUT, DAY_OUT, NO_BIRTH = 0.03, 0.006, 0.008, 0.04
ADDRESS_TYPO, OLD_ADDRESS, NO_ADDRESS, NO_POSTCODE = 0.03, 0.12, 0.05, 0.06
LETTERS = "ABDEFGHJLNPQRSTUWXYZ"
"""The letters that end a postcode. No postcode begins with ZX, so none of these is anyone's."""


@dataclass(frozen=True, slots=True)
class Spelt:
    """One entry a record, empty where it says nothing; `born` as YYYY-MM-DD."""

    given: list[str]
    surname: list[str]
    born: list[str]
    address: list[str]
    postcode: list[str]


def spell(
    families: Families, persons: Persons, person: Ints, day: Ints, *, land: Land, span: Span,
    rng: np.random.Generator,
) -> Spelt:  # fmt: skip
    """What the record of each person on a day says of them."""
    count = len(person)
    given, surname, other = true_names(families, persons)
    first = [given[each] for each in person]
    for row in _some(count, SHORT_NAME, rng):
        choice = SHORT.get(first[row])
        if choice:
            first[row] = choice[int(rng.integers(len(choice)))]
    last = [surname[each] for each in person]
    for row in _some(count, OTHER_NAME, rng):
        # Children go by either parent's name, women by the one before or after marriage; men keep theirs.
        if persons.is_female[person[row]] or not persons.is_adult[person[row]]:
            last[row] = other[person[row]]
    _misspell(first, TYPO, rng)
    _misspell(last, TYPO, rng)
    _empty(first, NO_GIVEN, rng)
    earlier = np.where(rng.random(count) < OLD_ADDRESS, np.maximum(day - 200, 0), day)
    household, place = lives_at(families, persons, person, earlier)
    address, postcode = _addresses(household), _postcodes(place, land)
    _misspell(address, ADDRESS_TYPO, rng)
    _empty(address, NO_ADDRESS, rng)
    _empty(postcode, NO_POSTCODE, rng)
    return Spelt(first, last, _births(persons.born[person], span, rng), address, postcode)


def true_names(families: Families, persons: Persons) -> tuple[list[str], list[str], list[str]]:
    """Given name, family name and other family name of each person."""
    given, surname, other = [], [], []
    for row, number in enumerate(families.group[persons.family].tolist()):
        group, woman = GROUPS[number], bool(persons.is_female[row])
        firsts = group.female if woman else group.male
        given.append(firsts[int(persons.given[row]) % len(firsts)])
        surname.append(_gendered(group.family[int(persons.family_name[row])], woman))
        other.append(_gendered(group.family[int(persons.other_name[row])], woman))
    return given, surname, other


def _gendered(name: str, woman: bool) -> str:
    """Polish names in -ski, -cki have a woman's form, which some records keep."""
    return f"{name[:-1]}a" if woman and name.endswith(("ski", "cki")) else name


def typo(word: str, rng: np.random.Generator) -> str:
    """A word with one slip: a letter dropped, doubled, swapped with the next, or another in its place.

    >>> typo("Fairley", np.random.default_rng(3)) != "Fairley"
    True
    """
    if len(word) < 3:
        return word
    at = int(rng.integers(1, len(word) - 1))
    letter = "abcdefghijklmnopqrstuvwxyz"[int(rng.integers(26))]
    slips: tuple[Callable[[], str], ...] = (
        lambda: word[:at] + word[at + 1 :],
        lambda: word[:at] + word[at] + word[at:],
        lambda: word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        lambda: word[:at] + letter + word[at + 1 :],
    )
    slipped = slips[int(rng.integers(4))]()
    return slipped if slipped != word else word[:at] + word[at + 1 :]


def _births(born: Ints, span: Span, rng: np.random.Generator) -> list[str]:
    count = len(born)
    out = np.where(rng.random(count) < DAY_OUT, rng.integers(-9, 10, count), 0)
    out += np.where(rng.random(count) < YEAR_OUT, 365 * rng.choice((-1, 1), count), 0)
    days = [span.starts + timedelta(days=number) for number in (born + out).tolist()]
    for row in _some(count, SWAPPED, rng):
        if days[row].day <= 12:
            days[row] = days[row].replace(month=days[row].day, day=days[row].month)
    texts = [day.isoformat() for day in days]
    _empty(texts, NO_BIRTH, rng)
    return texts


def _addresses(household: Ints) -> list[str]:
    """A house number and street by the number of the household: the same each time."""
    mixed = (household * 2_654_435_761) % (1 << 32)
    number, street, way = 1 + mixed % 97, (mixed // 97) % len(STREETS), (mixed // 3_203) % len(WAYS)
    return [f"{n} {STREETS[s]} {WAYS[w]}" for n, s, w in zip(number, street, way, strict=True)]


def _postcodes(place: Ints, land: Land) -> list[str]:
    area = land.places.area[place]
    one, two = (place // 3) % len(LETTERS), (place // 61) % len(LETTERS)
    return [
        f"ZX{a // 10 + 1} {a % 10}{LETTERS[i]}{LETTERS[j]}" for a, i, j in zip(area, one, two, strict=True)
    ]


def _some(count: int, share: float, rng: np.random.Generator) -> list[int]:
    chosen: Flags = rng.random(count) < share
    return [int(row) for row in np.flatnonzero(chosen)]


def _misspell(words: list[str], share: float, rng: np.random.Generator) -> None:
    for row in _some(len(words), share, rng):
        words[row] = typo(words[row], rng)


def _empty(words: list[str], share: float, rng: np.random.Generator) -> None:
    for row in _some(len(words), share, rng):
        words[row] = ""
