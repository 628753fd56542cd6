// What the views of concentration, near repeats and clusters answer, as their page reads it.

import type { Kind, Ring, Sentence, Words } from "../lib/types";

/** How few places hold a share of the total, beside chance. */
export interface Holding {
  share: number;
  places: number;
  part: number;
  chance_places: number;
  chance_part: number;
  chance_part_lo: number;
  chance_part_hi: number;
  p: number;
}

/** A Lorenz curve at each hundredth of the places, worst first, and that of chance with its 95% band. */
export interface Curve {
  gini: number;
  gini_chance: number;
  excess: number;
  excess_lo: number;
  excess_hi: number;
  p: number;
  generalised: number | null;
  half: Holding;
  most: Holding;
  seen: number[];
  chance: number[];
  chance_lo: number[];
  chance_hi: number[];
}

export interface GatheredPlace {
  place_id: string;
  name: string;
  events: number;
  harm: number;
  share: number;
  is_spot: boolean;
  heat: "hot" | "cold" | null;
  window_ratio: number | null;
  q: number | null;
  stands_out: boolean;
}

export interface Concentration {
  sentence: Sentence;
  spots_sentence: string;
  heat_sentence: string;
  alike_sentence: string;
  places: GatheredPlace[];
  of: number;
  kind: string;
  /** What could be taken as a place: areas, points, attributes such as the street. */
  kinds: string[];
  things: string;
  harm: Curve;
  events: Curve;
  spots: { places: number; line: number; share: number; chance_share: number };
  together: { i: number; chance_lo: number; chance_hi: number; p: number } | null;
  exposure: string | null;
  total_events: number;
  total_harm: number;
  unplaced: number;
  draws: number;
  by: Kind;
  descriptor: string;
  warnings: string[];
  selection: Words;
}

export interface PairBand {
  metres_from: number;
  metres_to: number;
  gap_from: number;
  gap_to: number;
  pairs: number;
  chance: number;
  ratio: number | null;
  is_more: boolean;
}

export interface NearRepeats {
  sentence: Sentence;
  bands: PairBand[];
  unit: "days" | "months";
  on_map_points: boolean;
  paired: { incidents: number };
  descriptor: string;
  warnings: string[];
}

export interface FullestWindow {
  area_id: string | null;
  name: string;
  events: number;
  of: number;
  starts: string;
  ends: string;
  usual: number;
  p: number;
  is_more: boolean;
}

export interface Clusters {
  sentence: Sentence;
  windows: FullestWindow[];
  days: number;
  tested: number;
  by: Kind;
  descriptor: string;
  warnings: string[];
}

/** The densest land that holds a share of the harm. */
export interface Band {
  share: number;
  km2: number;
  part_of_land: number;
  per_km2: number;
  rings: Ring[];
}

/** A piece of the densest land. */
export interface Heart {
  no: number;
  place_id: string;
  name: string;
  lon: number;
  lat: number;
  km2: number;
  events: number;
  harm: number;
  share: number;
  /** The part of its harm that one incident makes. */
  largest: number;
}

/** A spot that holds clearly more or less than its usual share. */
export interface Spot {
  is_more: boolean;
  place_id: string;
  name: string;
  lon: number;
  lat: number;
  km2: number;
  incidents: number;
  share: number;
  usual: number;
  ratio: number | null;
}

export interface Beside {
  sentence: Sentence;
  kind: "period" | "figure";
  title: string;
  bandwidth_m: number;
  spots: Spot[];
  more_of: number;
  less_of: number;
  more: Ring[];
  less: Ring[];
  known: Ring[];
  known_part: number;
  known_share: number;
}

export interface Surface {
  sentence: Sentence;
  what: string;
  bandwidth_m: number;
  bandwidth_said: string;
  land_km2: number;
  incidents: number;
  bands: Band[];
  hearts: Heart[];
  hearts_of: number;
  beside: Beside | null;
  by: Kind;
  warnings: string[];
}

/** An area's share of all events in each period. */
export interface ShareOfTwo {
  area_id: string;
  name: string;
  before: number;
  after: number;
  share_before: number;
  share_after: number;
  q: number;
  way: "gained" | "lost" | null;
}

export interface Shift {
  sentence: Sentence;
  areas: ShareOfTwo[];
  of: number;
  gained: number;
  lost: number;
  s: number;
  s_andresen: number;
  against: string;
  by: Kind;
  descriptor: string;
  warnings: string[];
}
