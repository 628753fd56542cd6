"""Where it will be most: the areas forecast to have most, beside what came.

Answers "would we have sent people to the right places?". Of the k areas forecast to have most: the share of
all events that came there (hit rate); that share over their share of the land (PAI); the hit rate over the
best that any k areas had (PEI); what was forecast there over what came (RRI, 1 is right, above it too much
was forecast).

Ties: of areas with equal forecasts those count first to which FEWER events came, so that no figure owes
anything to a lucky order. PEI compares with the best k areas, whatever their size; with areas of unequal size
that is not the best that so much land could hold.

Sources: Chainey, Tompson and Uhlig 2008, Security Journal 21:4 (PAI); Hunt 2016, Do Crime Hot Spots Move?,
American University (PEI); RRI as forecast over observed, the form of Wheeler's R package ptools, after Levine
2008, Security Journal 21:295.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True, slots=True)
class Caught:
    """What the first k areas caught. None where nothing came, or where no size is known.

    chosen: their indices, most forecast first. ties: how many areas were forecast as many as the k-th, itself
    included; more than 1 and the order within them is by fewest first.
    """

    chosen: NDArray[np.int64]
    ties: int
    hit_rate: float | None
    land: float | None
    pai: float | None
    pei: float | None
    rri: float | None


def caught(forecast: ArrayLike, came: ArrayLike, size: ArrayLike, k: int) -> Caught:
    """Set the k areas forecast to have most beside what came.

    forecast, came: events by area, shape (p,). size: of each area, any unit, NaN where not known. k: at least
    1; all areas where there are fewer.

    >>> found = caught([9, 5, 1, 0], [8, 2, 6, 4], [1.0, 1.0, 4.0, 4.0], 2)
    >>> found.hit_rate, found.pai, round(found.pei, 3), found.rri  # 10/20; .5/(2/10); 10/14; 14/10
    (0.5, 2.5, 0.714, 1.4)
    """
    f, y, a = (np.asarray(each, dtype=float) for each in (forecast, came, size))
    order = np.lexsort((np.arange(len(f)), y, -f))
    chosen = order[: max(k, 1)]
    ties = int((f == f[chosen[-1]]).sum()) if len(chosen) else 0
    hits, total = float(y[chosen].sum()), float(y.sum())
    best = float(np.sort(y)[::-1][: len(chosen)].sum())
    land = float(a[chosen].sum() / a.sum()) if len(a) and np.isfinite(a).all() and a.sum() > 0 else None
    hit_rate = hits / total if total else None
    return Caught(
        chosen=chosen,
        ties=ties,
        hit_rate=hit_rate,
        land=land,
        pai=hit_rate / land if hit_rate is not None and land else None,
        pei=hits / best if best else None,
        rri=float(f[chosen].sum()) / hits if hits else None,
    )
