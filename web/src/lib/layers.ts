// Which layers lie over the map, as the address says it, and how their marks look.

import type { Density, Mark, Marks } from "../answers/layers";
import { breaksOf } from "./scale";
import type { PartName, Words } from "./types";
import { tally, whole } from "./words";

export type LayerName = "marks" | "density" | "tasks" | "operations";

/** A part of the score as the marks tell it; `at` is the number of its colour. */
export interface Theme {
  id: string;
  title: string;
  at: number;
  events: number;
  on: boolean;
}

export interface ShownMark extends Mark {
  /** Harm and events of the themes that are on. */
  harm: number;
  events: number;
  /** The colour of the theme with most harm. */
  colour: number;
  title: string;
}

export function layersOf(words: Words): Set<LayerName> {
  return new Set((words.layers ?? "").split(",").filter(Boolean) as LayerName[]);
}

/** The address's word after one layer is switched. */
export function switched(words: Words, name: LayerName): string | null {
  const now = layersOf(words);
  if (!now.delete(name)) now.add(name);
  return [...now].join(",") || null;
}

/** The themes of some marks in the order and colours of the parts of the score. */
export function themesOf(marks: Marks, parts: PartName[], off: string[]): Theme[] {
  const held = new Map<string, number>();
  for (const kind of marks.marks.flatMap((mark) => mark.kinds)) {
    const id = partOf(kind.id, parts);
    held.set(id, (held.get(id) ?? 0) + kind.events);
  }
  const named = parts.map((part, index) => ({ id: part.id, title: part.title, at: Math.min(index + 1, 6) }));
  return [...named, { id: "none", title: "Without a weight", at: 6 }].flatMap((each) => {
    const events = held.get(each.id) ?? 0;
    return events ? [{ ...each, events, on: !off.includes(each.id) }] : [];
  });
}

/** The marks with what is on in them, largest first, so that small ones stay on top. */
export function shownMarks(marks: Marks, parts: PartName[], themes: Theme[]): ShownMark[] {
  const on = new Map(themes.filter((each) => each.on).map((each) => [each.id, each]));
  return marks.marks
    .flatMap((mark) => {
      const held = mark.kinds
        .map((kind) => ({ ...kind, theme: on.get(partOf(kind.id, parts)) }))
        .filter((kind) => kind.theme !== undefined);
      const [first] = held;
      if (!first?.theme) return [];
      const harm = held.reduce((sum, kind) => sum + kind.harm, 0);
      const events = held.reduce((sum, kind) => sum + kind.events, 0);
      return [{ ...mark, harm, events, colour: first.theme.at, title: markTitle(mark, events, harm) }];
    })
    .sort((a, b) => b.harm - a.harm);
}

function markTitle(mark: Mark, events: number, harm: number): string {
  const where = mark.points > 1 ? ` at ${whole(mark.points)} points` : "";
  const moved = mark.snapped ? "; moved to a map point by the publisher" : "";
  return `${tally(events, "event")}${where}, ${whole(harm)} points of harm${moved}`;
}

/** The part of the score that a kind belongs to. */
function partOf(kind: string, parts: PartName[]): string {
  const own = parts.find((part) => part.id === kind || part.categories?.includes(kind));
  return own?.id ?? (parts.some((part) => part.id === "other") ? "other" : "none");
}

const LARGEST = 13;
const SMALLEST = 2.6;

/** The radius of a mark: its ink grows with its harm. */
export function radiusOf(harm: number, most: number): number {
  return most > 0 ? Math.max(LARGEST * Math.sqrt(harm / most), SMALLEST) : SMALLEST;
}

export function densityBreaks(density: Density): number[] {
  return breaksOf(density.cells.filter((cell) => !cell.few).map((cell) => cell.harm));
}

/** Corners of a drawn area, from the word of the address. */
export function cornersOf(text: string | undefined): [number, number][] {
  return (text ?? "").split(";").flatMap((part) => {
    const [lon, lat] = part.split(",").map(Number);
    return lon === undefined || lat === undefined || Number.isNaN(lon + lat) ? [] : [[lon, lat]];
  });
}

export function withinOf(corners: [number, number][]): string {
  return corners.map(([lon, lat]) => `${+lon.toFixed(5)},${+lat.toFixed(5)}`).join(";");
}
