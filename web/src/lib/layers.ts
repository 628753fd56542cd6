// Which layers lie over the map, as the address says it, and how their marks look.

import type { Density, Mark, Marks, Service, Services } from "../answers/layers";
import { nearest } from "./nearest";
import { breaksOf } from "./scale";
import type { PartName, Words } from "./types";
import { tally, whole } from "./words";

export const LAYERS = ["marks", "density", "services", "tasks", "operations"] as const;
export type LayerName = (typeof LAYERS)[number];

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
  return new Set(named(words).filter((each) => LAYERS.includes(each as LayerName)) as LayerName[]);
}

function named(words: Words): string[] {
  return (words.layers ?? "").split(",").filter(Boolean);
}

/** What the address asks of the map that there is none of, each in a plain sentence. */
export function unknownOf(words: Words, shades: string[]): string[] {
  const wrong = named(words).filter((each) => !LAYERS.includes(each as LayerName));
  const said = wrong.map(
    (each) => `The map has no layer \u201c${each.slice(0, 40)}\u201d${nearest(each, LAYERS)}`,
  );
  const { shade } = words;
  if (shade === "change" && !shades.includes("change"))
    return [...said, "Shading by change needs a period to compare with: choose one under Compare with."];
  if (shade && !shades.includes(shade))
    said.push(`The map has no shading \u201c${shade.slice(0, 40)}\u201d${nearest(shade, shades)}`);
  return said;
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

/** A kind of service as its key shows it, and whether it is on. */
export interface ServiceKind {
  id: string;
  title: string;
  letter: string;
  count: number;
  pointless: number;
  on: boolean;
}

export interface ShownService extends Service {
  letter: string;
  title: string;
}

/** The word of the address by which a kind of service is off. */
export const SERVICE = "service.";

/** The kinds of some services, each with a letter of its own to stand on the map. */
export function kindsOf(services: Services, off: string[]): ServiceKind[] {
  const taken = new Set<string>();
  return services.kinds.map((each, index) => {
    const free = [...each.title.toUpperCase()].find((letter) => /[A-Z]/.test(letter) && !taken.has(letter));
    const letter = free ?? String(index + 1);
    taken.add(letter);
    return { ...each, letter, on: !off.includes(SERVICE + each.id) };
  });
}

export function shownServices(services: Services, kinds: ServiceKind[]): ShownService[] {
  const on = new Map(kinds.filter((each) => each.on).map((each) => [each.id, each]));
  return services.services.flatMap((each) => {
    const kind = on.get(each.kind);
    return kind ? [{ ...each, letter: kind.letter, title: `${each.name}: ${kind.title}` }] : [];
  });
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
