"""Which few places stand far above the mean? Harm spots, beside those that chance alone would make.

Answers "where would one visit meet most harm?": a harm spot holds at least the mean of all places and two
standard deviations more. Rare heavy events make such spots by luck, so the number of spots and the share of
harm in them are told beside the same figures of chance (`placement`).

Source: Weinborn, Ariel, Sherman and O'Dwyer 2017, Applied Geography 86:226.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

DEVIATIONS = 2.0
_ENDS = (0.025, 0.975)


@dataclass(frozen=True, slots=True)
class HarmSpots:
    """is_spot: shape (p,). line: the harm from which a place is one. share: of all harm, in the spots.

    chance_number, chance_share: means of the draws, with 95 % ranges. p: of a share as great by chance.
    """

    is_spot: NDArray[np.bool_]
    line: float
    share: float
    chance_number: float
    chance_number_lo: float
    chance_number_hi: float
    chance_share: float
    chance_share_lo: float
    chance_share_hi: float
    p: float

    @property
    def number(self) -> int:
        return int(self.is_spot.sum())


def harm_spots(values: ArrayLike, drawn: ArrayLike, *, deviations: float = DEVIATIONS) -> HarmSpots:
    """Find the harm spots among places.

    values: harm by place, shape (p,). drawn: the same under chance, shape (draws, p). deviations: how far
    above the mean, in standard deviations of all places (divided by p, not p - 1).

    >>> found = harm_spots([10, 0, 0, 0, 0, 0, 0, 0, 0, 0], np.ones((99, 10)))
    >>> found.number, found.line, found.share, found.p  # mean 1, deviation 3
    (1, 7.0, 1.0, 0.01)
    """
    held, luck = np.asarray(values, dtype=float), np.asarray(drawn, dtype=float)
    line, spot = _spots(held, deviations)
    _, lucky = _spots(luck, deviations)
    total = held.sum()
    share = float(held[spot].sum() / total) if total > 0 else 0.0
    number = lucky.sum(axis=1)
    sums = luck.sum(axis=1)
    shares = np.where(lucky, luck, 0.0).sum(axis=1) / np.where(sums > 0, sums, 1.0)
    number_ends, share_ends = np.quantile(number, _ENDS), np.quantile(shares, _ENDS)
    return HarmSpots(
        is_spot=spot,
        line=float(line),
        share=share,
        chance_number=float(number.mean()),
        chance_number_lo=float(number_ends[0]),
        chance_number_hi=float(number_ends[1]),
        chance_share=float(shares.mean()),
        chance_share_lo=float(share_ends[0]),
        chance_share_hi=float(share_ends[1]),
        p=(1 + int((shares >= share - 1e-12).sum())) / (1 + len(luck)),
    )


def _spots(values: Floats, deviations: float) -> tuple[Floats, NDArray[np.bool_]]:
    """The line, and which places reach it; where all are equal none does."""
    spread = values.std(axis=-1, keepdims=True)
    line = values.mean(axis=-1, keepdims=True) + deviations * spread
    # Equal values may leave a spread in the last digit.
    level = 1e-12 * np.abs(values).max(axis=-1, keepdims=True, initial=0.0)
    return np.asarray(line[..., 0]), np.asarray((values >= line - level) & (spread > level))
