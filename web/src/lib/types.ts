// What the server answers, as the page reads it. Harm is in points of the weights' unit; shares lie in 0 to 1.

export type Words = Record<string, string>;

export type Tier = "clearly_high" | "not_told_apart" | "clearly_low";

export interface Titled {
  id: string;
  title: string;
}

export interface Kind extends Titled {
  plural: string;
}

export interface Workspace {
  title: string;
  marking: string;
  program: string;
  snapshot: string;
  data_up_to: string | null;
  loaded_at: string | null;
  demo: boolean;
  geographies: (Kind & { areas: number; parent: string | null; base?: string | null })[];
  measures: (Titled & { reason: string; scheme: string; no_outcome?: string | null })[];
  schemes: (Titled & { status: string; unit: string })[];
  defaults: { by: string; measure: string; window: string; k: number };
  attribution: string[];
  pages: (Titled & { selection: Words })[];
  categories?: Titled[];
  /** Kinds of places that are a layer of the map, such as services. */
  on_map?: Kind[];
  /** The local file under the map, or why it cannot be read. */
  basemap?: Basemap | { fault: string } | null;
}

export interface Basemap {
  kind: "vector" | "raster";
  /** The least and the most zoom that it has tiles of. */
  zooms: [number, number];
  bounds: Box;
  /** The names of its layers, where it is vector. */
  layers: string[];
}

export interface Part extends Titled {
  events: number;
  harm: number;
}

/** A part as the whole ranking names it; `categories` are its branches where it gathers several ("other"). */
export interface PartName extends Titled {
  categories?: string[];
}

export interface Standing {
  area_id: string;
  name: string;
  events: number;
  harm: number;
  harm_lo: number;
  harm_hi: number;
  shrunk: number;
  rate: number | null;
  rate_base: number | null;
  rank: number;
  rank_lo: number;
  rank_hi: number;
  p_top_k: number;
  tier: Tier;
  volume_rank: number;
  base: number | null;
  share_largest: number | null;
  rank_apart: number | null;
  few: boolean;
  before: { events: number; harm: number; rank: number } | null;
  parts: Part[];
}

export interface Month {
  month: string;
  events: number | null;
  harm: number | null;
  complete: boolean;
  /** The share of its events that is known by now, where the deliveries tell it. */
  known?: number;
  gap: boolean;
  in_window: boolean;
}

export interface Sentence {
  sure: string;
  rest: string;
}

export interface Sum {
  events: number;
  harm: number;
}

/** A sum of measures: what each comes to, added up as published, counted once each, and the difference. */
export interface Composition {
  measures: (Titled & { kind: "flow" | "stock"; events: number; harm: number })[];
  published: number;
  overlap: number;
  distinct: number;
}

export type ChoiceState = "selected" | "possible" | "alternative" | "excluded" | "selected_excluded";

export interface Choice {
  value: string;
  title: string;
  events: number;
  harm: number;
  state: ChoiceState;
}

export interface ChoiceField extends Titled {
  values: Choice[];
  left_out?: number;
}

export interface Choices {
  fields: ChoiceField[];
  selection: Words;
}

/** A question by name, as the server keeps it; without a snapshot it is asked of the newest data. */
export interface Bookmark {
  id?: number;
  name: string;
  view: string;
  words: Words;
  snapshot: string | null;
}

export interface Rank {
  selection: Words;
  title: string;
  sentence: Sentence;
  descriptor: string;
  areas: Standing[];
  unplaced: Sum;
  total: Sum;
  parts: PartName[];
  rare: Sum & { titles: string[] };
  trend: Month[];
  coverage: string[];
  warnings: string[];
  k: number;
  composition?: Composition | null;
  by: Kind & { kind?: string };
  measure: Titled;
  scheme: Titled & { status: string; unit: string };
  receipt: Record<string, unknown>;
}

/** One category of a place. Harm is missing without a weight; the range, where one event makes the part. */
export interface PlacePart extends Titled {
  events: number;
  harm: number | null;
  harm_lo: number | null;
  harm_hi: number | null;
  share: number | null;
  weight_status: string | null;
  /** The part of the standing that it belongs to; null where those are measures. */
  branch: string | null;
}

/** Events by weekday (Monday first) and hour, of those whose time is known; `events` counts all. */
export interface Hours {
  known: number;
  events: number;
  cells: number[][];
}

/** The answer of /api/hours. */
export interface Week {
  hours: Hours | null;
  selection: Words;
}

export interface Place {
  area: {
    area_id: string;
    name: string;
    geography: string;
    parents: { geography: string; area_id: string; name: string }[];
  };
  standing: Standing;
  sentence: Sentence;
  of: number;
  parts: PlacePart[];
  trend: Month[];
  hours: Hours | null;
  below: { by: Titled; areas: { area_id: string; name: string; events: number; harm: number }[] } | null;
  largest: { day: string; reference: string | null; category: string; harm: number; share: number | null }[];
  receipt: Record<string, unknown>;
  warnings: string[];
  selection: Words;
}

export type Cell = string | number | null;

export interface Column extends Titled {
  kind: "text" | "date" | "number" | "mono" | "link";
}

export interface RowPage {
  columns: Column[];
  rows: Cell[][];
  offset: number;
  limit: number;
  total: Sum;
  withheld: number | null;
  receipt: Record<string, unknown>;
  selection: Words;
}

export interface SourceHealth extends Titled {
  files: number;
  refused_files: number;
  rows: number;
  first: string | null;
  last: string | null;
  last_load: string | null;
  as_of: string | null;
  months: { month: string; rows: number | null; gap: boolean }[];
  rejected: number;
  reasons: { reason: string; rows: number; says: string }[];
  unplaced: number;
  unplaced_share: number | null;
  astray: number;
  flags: { reason: string; rows: number; says: string }[];
  /** The share of a month's rows known at its end, a month later, and so on. */
  late?: number[];
}

export interface Health {
  sentence: Sentence;
  sources: SourceHealth[];
  unmapped: { source: string; text: string; events: number }[];
  unweighted: { category: string; title: string; events: number }[];
  unplaced: { reason: string; rows: number }[];
  disagreement: { both: number; agree: number; differ: number; share: number } | null;
  not_contained: string[];
  selection: Words;
  receipt: Record<string, unknown>;
}

export interface Weight {
  category: string;
  title: string;
  points: number;
  dimension: string;
  when: Record<string, string>;
  starts: string | null;
  ends: string | null;
  status: string;
  source: string;
  reason: string | null;
  signed_by: string | null;
  file: string;
  line: number;
  events: number;
  harm: number;
}

export interface Weights {
  scheme: Titled & { source: string; status: string; unit: string; version: string };
  weights: Weight[];
  unweighted: { category: string; title: string; events: number }[];
  schemes: (Titled & { status: string; unit: string })[];
  receipt: Record<string, unknown>;
}

export type Ring = [number, number][];

export interface Shape {
  type: "Polygon" | "MultiPolygon";
  coordinates: Ring[] | Ring[][];
}

export interface AreaShapes {
  type: "FeatureCollection";
  /** In the order of their numbers. Of very many areas only the boxes come: west, south, east, north. */
  features: { id: string; properties: { name: string }; geometry: Shape | null; bbox?: Box }[];
  outline?: Shape | null;
  /** Of those about some areas: what of the land to show; shapes are cut a little outside it. */
  frame?: Box;
  /** Where their shapes are to be had as vector tiles. */
  tiles: string;
}

/** West, south, east and north in degrees. */
export type Box = [number, number, number, number];
