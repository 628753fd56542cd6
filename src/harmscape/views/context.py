"""What a view may know besides the events: the domain, the areas, the figures that go with them."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from harmscape.model.domain import Domain
from harmscape.model.entity import EntityKind
from harmscape.model.errors import SelectionError
from harmscape.model.geography import AREA_KM2, Geography
from harmscape.model.operation import Registered
from harmscape.model.scheme import Scheme
from harmscape.scoring.terms import Lookup
from harmscape.scoring.weights import InForce, weights_in_force

_MOST_WEIGHED = 32
"""Sets of weights that are kept for the next question."""


@dataclass(frozen=True)
class AreaBook:
    """The areas of one edition of a geography, or the entities of a kind, in order of their numbers.

    The number of one (area_no) is its index + 1.

    figures: for each kind of denominator, one value per area (NaN: not known), with its year. size_km2: the
    size of each area, shape (p,). finer: whether the areas are finer than an LSOA, so that nothing is claimed
    of snapped points in them unless somebody asks for it by name.
    """

    geography: Geography | EntityKind
    edition: str
    codes: tuple[str, ...]
    names: tuple[str, ...]
    parents: tuple[str | None, ...]
    figures: Mapping[str, tuple[int, NDArray[np.float64]]]
    size_km2: NDArray[np.float64]
    finer: bool = False

    @cached_property
    def numbers(self) -> Mapping[str, int]:
        """Area number by code."""
        return {code: index + 1 for index, code in enumerate(self.codes)}

    def base(self, wanted: str | None = None) -> tuple[str, int, NDArray[np.float64]] | None:
        """A figure, the first declared unless named: kind, year (0: none) and values; None without one."""
        if wanted == AREA_KM2:
            return AREA_KM2, 0, self.size_km2
        for kind, (year, values) in self.figures.items():
            if wanted in (None, kind):
                return kind, year, values
        return None

    def index(self, code: str) -> int:
        """The index of an area by its code or its name, case ignored."""
        low = code.strip().casefold()
        for words in (self.codes, self.names):
            for index, word in enumerate(words):
                if word.casefold() == low:
                    return index
        raise SelectionError(f"no {self.geography.title.lower()} has the code or name {code[:40]!r}")


def _no_register(_: int | None) -> Sequence[Registered]:
    return ()


@dataclass(frozen=True)
class Context:
    """One snapshot of a workspace, as the views see it.

    operations: the register as it stands (None), or as it stood after the change numbered so.
    """

    domain: Domain
    lookup: Lookup
    books: Mapping[str, AreaBook]
    snapshot: str
    program: str
    operations: Callable[[int | None], Sequence[Registered]] = _no_register
    _weighed: dict[Hashable, tuple[InForce, ...]] = field(default_factory=dict, repr=False, compare=False)

    def weights(
        self,
        scheme: Scheme,
        categories: frozenset[str],
        *,
        dimensions: tuple[str, ...] = (),
        trial: tuple[tuple[str, Decimal], ...] = (),
    ) -> tuple[InForce, ...]:
        """The weights of a scheme in force for some categories, kept for the next question that has the same.

        dimensions and trial: see `weights_in_force`.
        """
        asked = (scheme.id, categories, dimensions, trial)
        found = self._weighed.get(asked)
        if found is None:
            while len(self._weighed) >= _MOST_WEIGHED:
                self._weighed.pop(next(iter(self._weighed)), None)
            found = tuple(
                weights_in_force(
                    scheme,
                    self.domain,
                    self.lookup.dictionaries,
                    categories,
                    dimensions=dimensions,
                    trial=dict(trial),
                )
            )
            self._weighed[asked] = found
        return found

    def book(self, geography: str) -> AreaBook:
        """The areas of a geography, in the edition in use. Raises SelectionError where none is loaded."""
        if geography not in self.books:
            raise SelectionError(
                f"geography {geography!r} holds no areas yet: run `harmscape load`, and see what it refused"
            )
        return self.books[geography]

    def child(self, geography: str) -> Geography | None:
        """The geography just below one, if any."""
        below = [
            each for each in self.domain.geographies if each.parent == geography and each.id in self.books
        ]
        return below[0] if below else None
