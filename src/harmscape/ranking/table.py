"""The input of a standing: one row per area, checked to tell one story."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from harmscape.ranking.competition import Exact

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Table:
    """Areas and cells as floats: `counts` (p, m), `weights` (m,), the others (p,). See `standings`."""

    counts: Floats
    weights: Floats
    harm: Floats
    variance: Floats
    largest: Floats
    base: Floats | None
    certain: Floats
    events_squared: Floats | None

    def taken(self, rows: NDArray[np.intp]) -> Table:
        """The same table with its areas in another order."""
        return Table(
            counts=self.counts[rows],
            weights=self.weights,
            harm=self.harm[rows],
            variance=self.variance[rows],
            largest=self.largest[rows],
            base=None if self.base is None else self.base[rows],
            certain=self.certain[rows],
            events_squared=None if self.events_squared is None else self.events_squared[rows],
        )


def checked_table(
    ids: Sequence[str] | Sequence[int],
    *,
    counts: ArrayLike,
    weights: ArrayLike,
    harm: Sequence[Exact] | NDArray[np.integer] | NDArray[np.object_],
    variance: ArrayLike,
    largest: ArrayLike,
    base: ArrayLike | None,
    certain: ArrayLike | None,
    events_squared: ArrayLike | None,
) -> Table:
    """The figures as arrays, or a ValueError that says in a sentence what does not fit.

    Negative and missing values are refused, ids must differ, harm must be counts x weights (+ certain) to a
    millionth, and an area has a variance exactly where it has weighted events.

    >>> checked_table(["Moor"], counts=[[2]], weights=[5], harm=[11], variance=[50], largest=[5], base=None,
    ...     certain=None, events_squared=None)
    Traceback (most recent call last):
        ...
    ValueError: harm is not counts x weights (+ certain) in 1 of 1 areas
    """
    areas = len(ids)
    if len(set(ids)) != areas:
        raise ValueError("area ids must all be different")
    w = _numbers("weights", weights, None)
    n = np.asarray(counts, dtype=float)
    if n.size == 0:
        n = n.reshape(areas, len(w))
    if n.shape != (areas, len(w)):
        raise ValueError(f"counts must be areas x cells, ({areas}, {len(w)}), got {n.shape}")
    _not_negative("counts", n)
    table = Table(
        counts=n,
        weights=w,
        harm=_numbers("harm", [float(points) for points in harm], areas),
        variance=_numbers("variance", variance, areas),
        largest=_numbers("largest", largest, areas),
        base=None if base is None else _numbers("base", base, areas),
        certain=np.zeros(areas) if certain is None else _numbers("certain", certain, areas),
        events_squared=None if events_squared is None else _numbers("events_squared", events_squared, areas),
    )
    _fits(table)
    return table


def _numbers(name: str, values: ArrayLike, areas: int | None) -> Floats:
    found = np.asarray(values, dtype=float)
    if found.ndim != 1 or (areas is not None and len(found) != areas):
        wanted = "one figure per cell" if areas is None else f"one figure for each of {areas} areas"
        raise ValueError(f"{name} must be {wanted}, got shape {found.shape}")
    _not_negative(name, found)
    return found


def _not_negative(name: str, values: Floats) -> None:
    wrong = int((~np.isfinite(values) | (values < 0)).sum())
    if wrong:
        raise ValueError(f"{name} must be numbers of at least 0; {wrong} of {values.size} are not")


def _fits(table: Table) -> None:
    areas = len(table.harm)
    if table.base is not None and (table.base == 0).any():
        raise ValueError(f"base must be above 0; {int((table.base == 0).sum())} of {areas} areas have none")
    weighed = table.counts @ table.weights + table.certain
    off = int((np.abs(weighed - table.harm) > 1e-6 * np.maximum(table.harm, 1.0)).sum())
    if off:
        raise ValueError(f"harm is not counts x weights (+ certain) in {off} of {areas} areas")
    bare = int(((table.counts @ table.weights**2 > 0) != (table.variance > 0)).sum())
    if bare:
        raise ValueError(
            f"variance must be above 0 just where weighted events are; not so in {bare} of {areas}"
        )
