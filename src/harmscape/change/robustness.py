"""Would another analyst have found the same? The finding under other windows, controls, weights and cuts.

Answers "does it hang on one choice?" before anyone else asks. Each variant is the same question with one
choice changed. What is said first is the worst: a variant whose estimate has the other sign; then one that
loses the finding's surety (its range takes in no change) or gains one the finding does not have; only then
that all agree.

Source: Simonsohn, Simmons and Nelson 2020, Nature Human Behaviour 4:1208 (all reasonable choices at once).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import isfinite


@dataclass(frozen=True, slots=True)
class Variant:
    """One way of asking: which choice was changed, its name in a sentence, and the change with its limits.

    estimate, lo, hi: events or points, negative is fewer; nan where this way gives no answer.
    """

    kind: str
    name: str
    estimate: float
    lo: float
    hi: float

    @property
    def is_told(self) -> bool:
        return isfinite(self.estimate)

    @property
    def is_sure(self) -> bool:
        """Whether the range leaves no change out."""
        return self.is_told and (self.hi < 0 or self.lo > 0)


@dataclass(frozen=True, slots=True)
class Robustness:
    """The first sentence, and the names of variants that turn, lose, gain, or give no answer."""

    sentence: str
    turned: tuple[str, ...]
    lost: tuple[str, ...]
    gained: tuple[str, ...]
    untold: tuple[str, ...]
    rows: tuple[Variant, ...]


def robustness(main: Variant, others: Sequence[Variant]) -> Robustness:
    """Set the finding beside its variants.

    main: the finding as agreed before. others: the same with one choice changed, one entry each.

    >>> main = Variant("main", "as agreed", -30, -50, -10)
    >>> robustness(main, [Variant("window", "half a year", -12, -30, 6)]).sentence
    'The sign holds in the one other way of asking, but with half a year it cannot be told from chance.'
    """
    told = [each for each in others if each.is_told]
    turned = _names(told, lambda each: main.is_told and each.estimate * main.estimate < 0)
    lost = _names(told, lambda each: main.is_sure and not each.is_sure)
    gained = _names(told, lambda each: not main.is_sure and each.is_sure)
    untold = _names(others, lambda each: not each.is_told)
    sentence = _sentence(main, len(told), turned, lost, gained)
    return Robustness(sentence, turned, lost, gained, untold, (main, *others))


def _names(variants: Sequence[Variant], chosen: Callable[[Variant], bool]) -> tuple[str, ...]:
    return tuple(each.name for each in variants if chosen(each))


def _sentence(
    main: Variant, told: int, turned: tuple[str, ...], lost: tuple[str, ...], gained: tuple[str, ...]
) -> str:
    ways = "the one other way of asking" if told == 1 else f"all {told} other ways of asking"
    if not main.is_told:
        return "There is no finding to set beside others."
    if not told:
        return "No other way of asking was tried."
    if turned:
        return f"The sign turns with {_listed(turned)}: read the finding as undecided."
    if lost:
        return f"The sign holds in {ways}, but with {_listed(lost)} it cannot be told from chance."
    if gained:
        return (
            f"The sign holds in {ways}; only with {_listed(gained)} is it more than chance, "
            "which is no reason to prefer it."
        )
    if main.is_sure:
        return f"The finding holds in {ways}."
    return f"It cannot be told from chance, nor can it in {ways}."


def _listed(names: tuple[str, ...]) -> str:
    """Names in a sentence, at most three by name.

    >>> _listed(("a", "b", "c", "d"))
    'a, b and 2 more'
    """
    if len(names) == 1:
        return names[0]
    if len(names) <= 3:
        return ", ".join(names[:-1]) + " and " + names[-1]
    return ", ".join(names[:2]) + f" and {len(names) - 2} more"
