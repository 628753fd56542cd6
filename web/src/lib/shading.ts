// What the map is shaded by, and the same classes on the swatches of the list.

import type { Figure } from "../answers/layers";
import { breaksOf } from "./scale";
import type { Show } from "./standings";
import type { Standing, Tier, Words } from "./types";

export type Shade = "harm" | "rate" | "shrunk" | "tier";

/** The shade of a figure that is declared beside the areas: "figure:residents". */
export const FIGURE = "figure:";

export interface Shading {
  by: Shade;
  title: string;
  values: Map<string, number>;
  breaks: number[];
  /** Names of the classes where they are not spans of a figure. */
  names: string[];
  /** Who says so, where it is a figure of the areas and no measure of events. */
  source?: string;
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
  // An area without a figure is not shaded at all: nought would claim that nothing happens there.
  const known = (some: Standing[]) => some.filter((area) => by !== "rate" || area.rate !== null);
  const values = new Map(known(areas).map((area) => [area.area_id, valueOf(area, by)]));
  const tiers = by === "tier";
  return {
    by,
    title: TITLES[by],
    values,
    breaks: tiers ? [2, 3] : breaksOf(known([...areas, ...beside]).map((area) => valueOf(area, by))),
    names: tiers ? ["clearly low", "not told apart", "clearly high"] : [],
  };
}

/** Areas by a figure of theirs, such as residents: not harm, so nothing is few. */
export function shadingOfFigure(figure: Figure): Shading {
  const known = Object.entries(figure.values).filter((pair): pair is [string, number] => pair[1] !== null);
  return {
    by: "harm",
    title: `${figure.title}, ${figure.year}`,
    values: new Map(known),
    breaks: breaksOf(known.map(([, value]) => value)),
    names: [],
    source: figure.source,
  };
}

function valueOf(area: Standing, by: Shade): number {
  if (by === "tier") return STEPS[area.tier];
  if (by === "shrunk") return area.shrunk;
  return by === "rate" ? (area.rate ?? 0) : area.harm;
}
