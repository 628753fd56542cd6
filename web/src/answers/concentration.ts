// What the views of concentration, near repeats and clusters answer, as their page reads it.

import type { Kind, Sentence, Words } from "../lib/types";

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
  harm: Curve;
  events: Curve;
  spots: { places: number; line: number; share: number; chance_share: number };
  together: { i: number; chance_lo: number; chance_hi: number; p: number } | null;
  shift: {
    sentence: string;
    areas: number;
    moved: { area_id: string; name: string; share_before: number; share_after: number }[];
  } | null;
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

export interface Band {
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
  bands: Band[];
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
