// What both ways of drawing the map are given.

import type { Home } from "../answers/layers";
import type { ShownMark, ShownService } from "./layers";
import type { Ramp } from "./shading";
import type { AreaShapes, Basemap, Ring, Standing } from "./types";

/** A cell of the density as it is drawn: a step of the ramp, or hatched for few data. */
export interface ShownCell {
  code: string;
  ring: Ring;
  step: number;
  few: boolean;
  title: string;
}

/** A place that somebody drew or named: of a task, of an operation. */
export interface ShownPlace {
  id: string;
  rings: Ring[];
  title: string;
  kind: "task" | "operation";
}

/** What lies over the land. */
export interface Over {
  marks: ShownMark[];
  /** The harm of the largest mark: all are drawn on its scale. */
  most: number;
  cells: ShownCell[];
  homes: Home[];
  services: ShownService[];
  places: ShownPlace[];
  /** The drawn area that narrows the selection. */
  drawn: Ring;
  /** Corners of the area being drawn; null while none is. */
  corners: Ring | null;
  /** What the map frames: the drawn area, or a crowd of events that was opened. */
  framed: Ring;
  /** The land is left plain, so that what lies over it is seen. */
  muted: boolean;
  open: (mark: ShownMark) => void;
  choose: (cell: ShownCell) => void;
  visit: (service: ShownService) => void;
  corner: (at: [number, number]) => void;
  /** Told of the part of the world that is seen; null for all of it. */
  moved: (bounds: [number, number, number, number] | null) => void;
}

export const NOTHING_OVER: Over = {
  marks: [],
  most: 0,
  cells: [],
  homes: [],
  services: [],
  places: [],
  drawn: [],
  corners: null,
  framed: [],
  muted: false,
  open: () => {},
  choose: () => {},
  visit: () => {},
  corner: () => {},
  moved: () => {},
};

export interface MapProps {
  shapes: AreaShapes;
  standings: Map<string, Standing>;
  numbers: Map<string, string>;
  values: Map<string, number>;
  breaks: number[];
  picked: string[];
  hovered: string | null;
  /** Areas of the level above, whose borders stand over the land. */
  around: AreaShapes | null;
  /** A local file that lies under the land. */
  under?: Basemap | null;
  label: string;
  describe: (id: string) => string;
  pick: (id: string, more?: boolean) => void;
  hover: (id: string | null) => void;
  over?: Over;
  /** Whether an area's data are too few to be shaded. */
  hatched?: (area: Standing) => boolean;
  /** The ramp of the shades: relief, or fell to rose. */
  ramp?: Ramp;
}

/** How an area stands out on a map of few words: one way or the other, or as a spot; and what is said of it. */
export interface Marked {
  way: "high" | "low" | null;
  spot: boolean;
  text: string;
}
