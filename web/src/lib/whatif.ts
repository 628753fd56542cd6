// Two standings side by side: what would change if one category had another weight.

import type { Rank, Standing } from "./types";

export interface Move {
  now: Standing;
  then: Standing;
}

export interface Difference {
  moves: Move[];
  places: Move[];
  tiers: Move[];
  /** Areas whose new place lies outside the range that they have now. */
  beyond: Move[];
  furthest: number;
  added: number;
}

export function compare(now: Rank, then: Rank): Difference {
  const after = new Map(then.areas.map((area) => [area.area_id, area]));
  const moves = now.areas.flatMap((area) => {
    const other = after.get(area.area_id);
    return other ? [{ now: area, then: other }] : [];
  });
  return {
    moves,
    places: moves.filter((move) => move.now.rank !== move.then.rank),
    tiers: moves.filter((move) => move.now.tier !== move.then.tier),
    beyond: moves.filter((move) => move.then.rank < move.now.rank_lo || move.then.rank > move.now.rank_hi),
    furthest: Math.max(0, ...moves.map((move) => Math.abs(move.now.rank - move.then.rank))),
    added: then.total.harm - now.total.harm,
  };
}
