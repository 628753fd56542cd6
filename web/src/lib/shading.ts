// What the map is shaded by, and the same classes on the swatches of the list.

import { breaksOf } from "./scale";
import type { Show } from "./standings";
import type { Standing, Tier, Words } from "./types";

export type Shade = "harm" | "rate" | "shrunk" | "tier";

export interface Shading {
  by: Shade;
  title: string;
  values: Map<string, number>;
  breaks: number[];
  /** Names of the classes where they are not spans of a figure. */
  names: string[];
}

const STEPS: Record<Tier, number> = { clearly_low: 1, not_told_apart: 2, clearly_high: 3 };
const TITLES: Record<Shade, string> = {
  harm: "Harm score",
  rate: "Harm per 1,000",
  shrunk: "Harm score, drawn towards the middle where data are few",
  tier: "Tier",
};

export function shadeOf(words: Words, show: Show): Shade {
  const said = words.shade;
  if (said === "rate" || said === "shrunk" || said === "tier" || said === "harm") return said;
  return show === "rate" ? "rate" : "harm";
}

/** `beside`: areas of a second map that shares the classes. */
export function shadingOf(areas: Standing[], by: Shade, beside: Standing[] = []): Shading {
  const values = new Map(areas.map((area) => [area.area_id, valueOf(area, by)]));
  const tiers = by === "tier";
  return {
    by,
    title: TITLES[by],
    values,
    breaks: tiers ? [2, 3] : breaksOf([...areas, ...beside].map((area) => valueOf(area, by))),
    names: tiers ? ["clearly low", "not told apart", "clearly high"] : [],
  };
}

function valueOf(area: Standing, by: Shade): number {
  if (by === "tier") return STEPS[area.tier];
  if (by === "shrunk") return area.shrunk;
  return by === "rate" ? (area.rate ?? 0) : area.harm;
}
