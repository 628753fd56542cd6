// What an area's count says beside its own past, in the fixed words; and months of which records still come.

import type { Cell } from "../answers/changed";
import type { Month } from "./types";

/** What stands beside an area: a shape and a word; an area that is too rare to be tested has a word of its own. */
export interface News {
  mark: "rose" | "fell" | "near" | "none" | "rare";
  said: string;
}

const SAID: Record<News["mark"], string> = {
  rose: "rose",
  fell: "fell",
  near: "near the line",
  none: "none seen",
  rare: "too few",
};

/** The surest count of each area decides; of several measures the one that moved is named. Beside months that were
 * not usual, which a test cannot tell from a change, nothing is called a rise or a fall. */
export function newsOf(cells: Cell[], several: boolean, alike: boolean): Map<string, News> {
  const found = new Map<string, News>();
  for (const cell of [...cells].sort((a, b) => a.q - b.q || a.p - b.p)) {
    if (found.has(cell.area_id)) continue;
    const mark = markOf(cell);
    const moved = mark === "rose" || mark === "fell";
    if (moved && !alike) {
      found.set(cell.area_id, {
        mark: "near",
        said: mark === "rose" ? "more, not alike" : "fewer, not alike",
      });
      continue;
    }
    found.set(cell.area_id, { mark, said: moved && several ? `${SAID[mark]}: ${cell.title}` : SAID[mark] });
  }
  return found;
}

export const UNTESTED: News = { mark: "rare", said: SAID.rare };

/** The months of a trend, those still arriving no longer taken for whole. */
export function stillArriving(months: Month[], arriving: { month: string; known: number }[]): Month[] {
  const shares = new Map(arriving.map((each) => [each.month, each.known]));
  return months.map((month) => {
    const known = shares.get(month.month);
    return known === undefined ? month : { ...month, complete: false, known };
  });
}

function markOf(cell: Cell): News["mark"] {
  if (cell.verdict === "clearly_higher") return "rose";
  if (cell.verdict === "clearly_lower") return "fell";
  return cell.p <= 0.05 ? "near" : "none";
}
