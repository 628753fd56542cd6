"""Which areas lie amid more harm than chance would gather there? Gi* by formula, and hot areas by draws.

Answers "where on the map is it hot, with its surroundings?". The window of an area is the area and those it
borders. `gi_star` is the textbook z-score, for many events of like weight. Harm is not like that: one grave
event outweighs hundreds, and the normal tail is wrong for it. `hot_areas` therefore asks two plain questions
of each window and believes an area only if both agree, so each alone keeps its error:
would the same incidents, dropped anew, put as much there (`placement`)? And would the areas' own figures,
dealt out anew over the map, lie so together (`shuffles`)? The first alone calls every busy area hot; the
second alone would call three chance murders side by side hot.

Sources: Ord and Getis 1995, Geographical Analysis 27:286 (Gi*); Berger 1982, Technometrics 24:295 (the
greater of two p-values tests "at least one null holds").
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

from harmscape.concentration.placement import shares, shuffles
from harmscape.concentration.standardised import standardised
from harmscape.concentration.tails import Tails, tails

Floats = NDArray[np.float64]


def gi_star(values: ArrayLike, borders: sparse.csr_array) -> Floats:
    """The z-score of each area's window, shape (p,); 0 where all values are equal.

    values: by area, shape (p,). borders: who borders whom, ones, shape (p, p), without the areas themselves.

    >>> row = sparse.csr_array([[0, 1, 0], [1, 0, 1], [0, 1, 0]])
    >>> gi_star([2, 1, 0], row).round(3).tolist()  # by hand: 1 / sqrt(2 / 3)
    [1.225, 0.0, -1.225]
    """
    y = np.asarray(values, dtype=float)
    size = len(y)
    members = 1.0 + borders.sum(axis=1)
    window = y + borders @ y
    spread = np.sqrt(np.maximum((y**2).mean() - y.mean() ** 2, 0.0)) if size else 0.0
    inside = (size * members - members**2) / max(size - 1, 1)
    scale = spread * np.sqrt(np.maximum(inside, 0.0))
    return np.asarray(np.where(scale > 1e-12, (window - y.mean() * members) / np.maximum(scale, 1e-300), 0.0))


def window_p(
    values: ArrayLike, drawn: ArrayLike, borders: sparse.csr_array, *, exposure: ArrayLike | None = None
) -> Tails:
    """How seldom do draws put as much, or as little, in each window? p-values, shape (p,) each.

    drawn: what draws put in each area, shape (draws, p). exposure: as it was for the draws; with the same for
    all, windows of as many areas share their draws.

    >>> row = sparse.csr_array([[0, 1, 0], [1, 0, 1], [0, 1, 0]])
    >>> window_p([2, 1, 0], [[0, 1, 2], [1, 1, 1]], row).high.tolist()  # windows of two: 3 beside 1, 3, 2, 2
    [0.4, 1.0, 1.0]
    """
    y, luck = np.asarray(values, dtype=float), np.asarray(drawn, dtype=float)
    alike = borders.sum(axis=1) if exposure is None else None
    return tails(y + borders @ y, luck + (borders @ luck.T).T, alike)


@dataclass(frozen=True, slots=True)
class HotAreas:
    """By area, shape (p,). window: harm in the area and those it borders; expected: by its exposure.

    z: Gi* of the standardised values. p_high, p_low: one-sided, the greater of both nulls. p: two-sided.
    """

    window: Floats
    expected: Floats
    z: Floats
    p_high: Floats
    p_low: Floats

    @property
    def p(self) -> Floats:
        return Tails(self.p_high, self.p_low).both

    @property
    def is_high(self) -> NDArray[np.bool_]:
        return np.asarray(self.p_high < self.p_low)


def hot_areas(
    values: ArrayLike,
    drawn: ArrayLike,
    borders: sparse.csr_array,
    *,
    squares: float,
    exposure: ArrayLike | None = None,
    seed: int = 0,
) -> HotAreas:
    """Test every area's window against chance events and against a chance map.

    values: harm by area, shape (p,). drawn: the same under `placements` with this exposure, shape (draws, p).
    squares: the sum over incidents of squared points.

    >>> row = sparse.csr_array(np.eye(9, k=1) + np.eye(9, k=-1))
    >>> from harmscape.concentration.placement import incidents, placements
    >>> fallen = incidents(np.ones(90))
    >>> y = [30, 40, 20, 0, 0, 0, 0, 0, 0]
    >>> found = hot_areas(y, placements(fallen, 9), row, squares=fallen.squares)
    >>> bool(found.is_high[0]), bool(found.is_high[8]), bool(found.p[1] < 0.1)
    (True, False, True)
    """
    y, luck = np.asarray(values, dtype=float), np.asarray(drawn, dtype=float)
    chance = shares(exposure, len(y))
    by_events = window_p(y, luck, borders, exposure=exposure)
    z = standardised(y, squares=squares, exposure=exposure)
    by_map = window_p(z, shuffles(z, draws=len(luck), seed=seed), borders)
    return HotAreas(
        window=y + borders @ y,
        expected=y.sum() * (chance + borders @ chance),
        z=gi_star(z, borders),
        p_high=np.maximum(by_events.high, by_map.high),
        p_low=np.maximum(by_events.low, by_map.low),
    )
