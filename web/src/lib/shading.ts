// What the map is shaded by, and the same classes on the swatches of the list.

import type { Figure } from "../answers/layers";
import { breaksOf } from "./scale";
import type { Show } from "./standings";
import type { Standing, Tier, Words } from "./types";

export const SHADES = ["harm", "rate", "shrunk", "tier", "change"] as const;
export type Shade = (typeof SHADES)[number];

/** Colours of the classes: h, relief from little to much; d, from fell to rose. */
export type Ramp = "h" | "d";

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
  ramp: Ramp;
}

/** Whether an area has too few events to be shaded: harm of fewer is chance; the clearly high are past that. */
export function isFew(area: Standing, by: Shade): boolean {
  if (by === "change") return area.few && (area.before?.events ?? 0) < 10;
  return area.few && area.tier !== "clearly_high";
}

const STEPS: Record<Tier, number> = { clearly_low: 1, not_told_apart: 2, clearly_high: 3 };
const TITLES: Record<Shade, string> = {
  harm: "Harm score",
  rate: "Harm per 1,000",
  shrunk: "Harm score, drawn towards the middle where data are few",
  tier: "Tier",
  change: "Harm score less that of the period before",
};

export function shadeOf(words: Words, show: Show): Shade {
  const said = words.shade;
  const known = SHADES.find((each) => each === said);
  if (known) return known;
  return show === "rate" ? "rate" : "harm";
}

/** `beside`: areas of a second map that shares the classes. */
export function shadingOf(areas: Standing[], by: Shade, beside: Standing[] = []): Shading {
  const all = [...areas, ...beside];
  // Nothing is compared with: harm is shown, and the page says so.
  if (by === "change" && !all.some((area) => area.before)) return shadingOf(areas, "harm", beside);
  // An area without a figure is not shaded at all: nought would claim that nothing happens there.
  const known = (some: Standing[]) =>
    some.filter((area) => (by !== "rate" || area.rate !== null) && (by !== "change" || area.before !== null));
  const values = new Map(known(areas).map((area) => [area.area_id, valueOf(area, by)]));
  const others = known(beside).map((area) => valueOf(area, by));
  const tiers = by === "tier";
  return {
    by,
    title: TITLES[by],
    values,
    breaks: tiers ? [2, 3] : breaksBy([...values.values(), ...others], by),
    names: tiers ? ["clearly low", "not told apart", "clearly high"] : [],
    ramp: by === "change" ? "d" : "h",
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
    ramp: "h",
  };
}

/** Breaks of a change lie as far below nought as above it, so that a colour means as much either way. */
function breaksBy(values: number[], by: Shade): number[] {
  if (by !== "change") return breaksOf(values);
  const sizes = breaksOf(values.map(Math.abs));
  const [near, far] = [sizes[1] ?? sizes[0], sizes[3] ?? sizes[2]];
  if (near === undefined) return values.some((value) => value !== 0) ? [0] : [];
  return far === undefined ? [-near, near] : [-far, -near, near, far];
}

function valueOf(area: Standing, by: Shade): number {
  if (by === "tier") return STEPS[area.tier];
  if (by === "shrunk") return area.shrunk;
  if (by === "change") return area.harm - (area.before?.harm ?? 0);
  return by === "rate" ? (area.rate ?? 0) : area.harm;
}
