// What lies over the land, as the server answers it: events as marks, density by cells, figures of areas.

import type { Titled, Words } from "../lib/types";

export interface Mark {
  lon: number;
  lat: number;
  events: number;
  harm: number;
  /** How many points it stands for. */
  points: number;
  /** Some of its points were moved to a map point by their publisher. */
  snapped: boolean;
  /** The words for its rows; null where it stands for several points. */
  point: string | null;
  /** West, south, east, north of its points, where they are several. */
  box: [number, number, number, number] | null;
  kinds: { id: string; events: number; harm: number }[];
}

export interface Home {
  lon: number;
  lat: number;
  members: number;
}

export interface Marks {
  marks: Mark[];
  homes: Home[];
  events: number;
  harm: number;
  unmarked: { withheld: number; guarded: number; pointless: number; elsewhere: number };
  clustered: boolean;
  snapped: boolean;
  warnings: string[];
  selection: Words;
}

export interface DensityCell {
  code: string;
  events: number;
  harm: number;
  few: boolean;
  ring: [number, number][];
}

export interface Density {
  cells: DensityCell[];
  kind: string;
  title: string;
  km2: number;
  events: number;
  pointless: number;
  snapped: boolean;
  warnings: string[];
}

/** A place people go to, such as a service; `area` is the ranked area it lies in. */
export interface Service {
  id: string;
  name: string;
  kind: string;
  lon: number;
  lat: number;
  area: string | null;
}

export interface Services {
  services: Service[];
  kinds: (Titled & { count: number; pointless: number })[];
  as_of: string | null;
  warnings: string[];
}

export interface Figure extends Titled {
  year: number;
  source: string;
  values: Record<string, number | null>;
}

export interface Figures {
  figures: Figure[];
}

/** The cells that the density can be told by. */
export const CELLS: { id: string; title: string }[] = [
  { id: "h3-7", title: "hexagons, 5 km²" },
  { id: "h3-8", title: "hexagons, 0.7 km²" },
  { id: "h3-9", title: "hexagons, 0.1 km²" },
  { id: "square-2000", title: "squares, 2 km" },
  { id: "square-1000", title: "squares, 1 km" },
  { id: "square-500", title: "squares, 500 m" },
  { id: "square-250", title: "squares, 250 m" },
];

/** An operation of the register, as far as the map shows it. */
export interface OperationPlace {
  id: string;
  title: string;
  by: string | null;
  areas: string[];
  /** Corners that were drawn, in the words of a selection. */
  within: string | null;
  starts: string;
  ends: string | null;
}

/** All operations, asked anew each time: people write them meanwhile. */
export async function readOperations(): Promise<OperationPlace[]> {
  const answer = await fetch("/api/operations", { headers: { accept: "application/json" } });
  if (!answer.ok) return [];
  return ((await answer.json()) as { operations?: OperationPlace[] }).operations ?? [];
}
