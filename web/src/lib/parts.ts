// The parts of a whole ranking, summed over its areas.

import type { Part, Rank } from "./types";

/** Parts in the ranking's order with events and harm over all areas (unplaced events are not among them). */
export function partTotals(rank: Rank): Part[] {
  const sums = new Map(rank.parts.map((part) => [part.id, { ...part, events: 0, harm: 0 }]));
  for (const area of rank.areas)
    for (const part of area.parts) {
      const sum = sums.get(part.id);
      if (sum) [sum.events, sum.harm] = [sum.events + part.events, sum.harm + part.harm];
    }
  return [...sums.values()];
}
