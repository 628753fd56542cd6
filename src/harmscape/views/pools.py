"""Small areas put together until there is enough to test: by the area above them, or all in one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from harmscape.model.geography import Geography
from harmscape.views.context import AreaBook, Context
from harmscape.views.tested import ENOUGH

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Pool:
    """Areas that stand together: their indexes, and what they are called."""

    id: str
    title: str
    members: tuple[int, ...]

    def put(self, values: Floats) -> Floats:
        """Figures of all areas, shape (p,) or (p, m), added up over the members: shape (1,) or (m,)."""
        return np.atleast_1d(np.asarray(values[list(self.members)].sum(axis=0), dtype=float))


def pools_of(book: AreaBook, context: Context, small: NDArray[np.bool_], expected: Floats) -> list[Pool]:
    """The small areas by the area above them; those whose pool would still be small, and those without one,
    in one pool of their own. Nothing where no area is small.

    small: which areas, shape (p,). expected: events expected of each, shape (p,).
    """
    above: dict[str, list[int]] = {}
    rest: list[int] = []
    for i in np.flatnonzero(small).tolist():
        parent = book.parents[i]
        (above.setdefault(parent, []) if parent else rest).append(i)
    pools = []
    names = _names_above(book, context)
    for code, members in sorted(above.items()):
        if expected[members].sum() >= ENOUGH:
            pools.append(Pool(code, f"{names.get(code, code)}, {len(members)} small areas", tuple(members)))
        else:
            rest.extend(members)
    if rest:
        pools.append(Pool("rest", f"{len(rest):,} small areas", tuple(sorted(rest))))
    return pools


def _names_above(book: AreaBook, context: Context) -> dict[str, str]:
    geography = book.geography
    parent = geography.parent if isinstance(geography, Geography) else None
    if parent is None or parent not in context.books:
        return {}
    above = context.books[parent]
    return dict(zip(above.codes, above.names, strict=True))
