"""Standings: harm with intervals, likely harm, ranks with ranges, tiers, and what they rest on."""

from harmscape.ranking.competition import competition_ranks
from harmscape.ranking.interval import (
    dobson_byar,
    fay_feuer,
    fay_kim_mid_p,
    harm_interval,
    pooled_next_weight,
    tiwari,
)
from harmscape.ranking.rank_range import RankRange, rank_ranges
from harmscape.ranking.rank_set import RankSets, rank_sets
from harmscape.ranking.shrinkage import Posterior, shrink
from harmscape.ranking.stability import Stability, stability
from harmscape.ranking.standing import Standings, standings
from harmscape.ranking.tier import tiers

__all__ = [
    "Posterior",
    "RankRange",
    "RankSets",
    "Stability",
    "Standings",
    "competition_ranks",
    "dobson_byar",
    "fay_feuer",
    "fay_kim_mid_p",
    "harm_interval",
    "pooled_next_weight",
    "rank_ranges",
    "rank_sets",
    "shrink",
    "stability",
    "standings",
    "tiers",
    "tiwari",
]
