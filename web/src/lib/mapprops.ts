// What both ways of drawing the map are given.

import type { AreaShapes, Standing } from "./types";

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
  label: string;
  describe: (id: string) => string;
  pick: (id: string, more?: boolean) => void;
  hover: (id: string | null) => void;
}
