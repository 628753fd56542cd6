// Invented figures for the page of all parts: each state that a part can be in, none of it from any data.

import type { Composition, Month, PlacePart, Rank, Standing, Tier } from "../lib/types";
import type { FunnelAnswer, Step } from "./changed";
import type { Recent, Task } from "./tasks";
import type { Happening, MatrixCell, Member, Spread } from "./types";

const NAMES = [
  "Staithe Quay",
  "Cinder Bank",
  "Priory Gate",
  "Saltmere",
  "Low Beacon",
  "Ropewalk",
  "Marram",
  "Thrale",
];

export function standing(
  index: number,
  harm: number,
  tier: Tier,
  places: [number, number, number],
  events = 40 - index * 3,
): Spread {
  const spread = harm * 0.18;
  return {
    area_id: `X${index + 1}`,
    name: NAMES[index % NAMES.length] ?? "",
    events,
    harm,
    harm_lo: Math.max(0, harm - spread),
    harm_hi: harm + spread,
    shrunk: harm,
    rate: harm / 20,
    rate_base: 1000,
    base: 8000 + index * 2100,
    rank: places[0],
    rank_lo: places[1],
    rank_hi: places[2],
    p_top_k: index < 2 ? 0.96 : 0.2,
    tier,
    volume_rank: NAMES.length - index,
    share_largest: 0.1,
    variance_share_largest: 0.2,
    rank_apart: null,
    few: events < 10,
    before: { events: events + 2, harm: harm * 0.94, rank: places[0] },
    parts: [
      { id: "supply", title: "Drugs supply", events: 20, harm: harm * 0.6 },
      { id: "knife", title: "Knife crime", events: 12, harm: harm * 0.4 },
    ],
  };
}

export const MANY: Spread[] = [
  standing(0, 4120, "clearly_high", [1, 1, 2]),
  standing(1, 3890, "clearly_high", [2, 1, 2]),
  standing(2, 2010, "not_told_apart", [3, 3, 7]),
  standing(3, 1880, "not_told_apart", [4, 3, 7]),
  standing(4, 1790, "not_told_apart", [5, 3, 7]),
  standing(5, 1640, "not_told_apart", [6, 3, 7]),
  standing(6, 1580, "not_told_apart", [7, 3, 7]),
  standing(7, 410, "clearly_low", [8, 8, 8], 6),
];
export const ONE: Spread[] = [standing(0, 4120, "not_told_apart", [1, 1, 1])];
export const EQUAL: Spread[] = [0, 1, 2, 3].map((index) =>
  standing(index, 1200, "not_told_apart", [1, 1, 4], 12),
);

export function rankOf(areas: Standing[]): Rank {
  const harm = areas.reduce((sum, area) => sum + area.harm, 0);
  return {
    selection: {},
    title: "Sectors by harm",
    sentence: {
      sure: "Two of eight sectors are clearly above the rest.",
      rest: "Five cannot be told apart.",
    },
    descriptor: "",
    areas,
    unplaced: { events: 0, harm: 0 },
    total: { events: 200, harm },
    parts: [
      { id: "supply", title: "Drugs supply" },
      { id: "knife", title: "Knife crime" },
    ],
    rare: { events: 0, harm: 0, titles: [] },
    trend: [],
    coverage: [],
    warnings: [],
    k: 5,
    by: { id: "sector", title: "Sector", plural: "Sectors" },
    measure: { id: "sample", title: "Sample" },
    scheme: { id: "sample", title: "Sample", status: "local", unit: "points" },
    receipt: {},
  };
}

const month = (index: number) =>
  `${2025 + Math.floor((index + 3) / 12)}-${String(((index + 3) % 12) + 1).padStart(2, "0")}`;

export function months(values: (number | null)[], arriving = 0): Month[] {
  return values.map((harm, index) => ({
    month: month(index),
    events: harm === null ? null : Math.round(harm / 40),
    harm,
    complete: index < values.length - arriving,
    gap: harm === null,
    in_window: index >= values.length - 6,
  }));
}

export const STEADY = months([810, 760, 905, 870, 990, 840, 795, 860, 910, 880, 930, 870]);
export const GAPPED = months([810, 760, 905, null, null, 840, 795, 860, 910, 880, 700, 320], 2);
export const LONE = months([810]);

export const PARTS: PlacePart[] = [
  {
    id: "supply",
    title: "Drugs supply",
    events: 40,
    harm: 1311,
    harm_lo: 1120,
    harm_hi: 1510,
    share: 0.5,
    weight_status: "derived",
    branch: null,
  },
  {
    id: "homicide",
    title: "Homicide",
    events: 1,
    harm: 797.9,
    harm_lo: null,
    harm_hi: null,
    share: 0.3,
    weight_status: "published",
    branch: null,
  },
  {
    id: "asb",
    title: "Nuisance",
    events: 12,
    harm: null,
    harm_lo: null,
    harm_hi: null,
    share: null,
    weight_status: null,
    branch: null,
  },
];

export const SUM: Composition = {
  measures: [
    { id: "supply", title: "Drugs supply", kind: "flow", events: 71, harm: 1311 },
    { id: "members", title: "Members of groups", kind: "stock", events: 12, harm: 540 },
    { id: "discharges", title: "Firearm discharges", kind: "flow", events: 3, harm: 301.5 },
  ],
  published: 2152.5,
  overlap: 120,
  distinct: 2032.5,
};
export const NO_SUM: Composition = {
  measures: [{ id: "supply", title: "Drugs supply", kind: "flow", events: 0, harm: 0 }],
  published: 0,
  overlap: 0,
  distinct: 0,
};

export const AGENCIES = ["police", "social_care", "health"];
const cell = (
  circumstance: string,
  agency: string,
  state: MatrixCell["state"],
  withheld = 0,
): MatrixCell => ({
  circumstance,
  title: circumstance,
  agency,
  state,
  latest: state === "recorded" || state === "looked_for_none" ? "2026-11-03" : null,
  withheld,
});
export const MATRIX: MatrixCell[] = [
  cell("Domestic abuse", "police", "recorded", 2),
  cell("Domestic abuse", "social_care", "recorded"),
  cell("Domestic abuse", "health", "looked_for_none"),
  cell("Substance misuse", "police", "looked_for_none"),
  cell("Substance misuse", "social_care", "not_asked"),
  cell("Substance misuse", "health", "withheld", 1),
];

const happening = (day: string, category: string, agency: string): Happening => ({
  day,
  category,
  agency,
  source: "Sample",
  reference: null,
  file: "sample.csv",
  line: 1,
});
export const LANES: Happening[] = [
  happening("2026-01-12", "Enquiry", "police"),
  happening("2026-03-02", "Enquiry", "hub"),
  happening("2026-03-20", "Assessment", "social_care"),
  happening("2026-06-11", "Contact", "police"),
  happening("2026-09-30", "Enquiry", "hub"),
];

export const MEMBERS: Member[] = [
  {
    code: "NOM-0001",
    name: "Invented name",
    kind: "person",
    role: "Principal",
    listed_as: "Member",
    starts: "2023-02-01",
    ends: null,
    in_force: true,
    also_in: [],
  },
  {
    code: "NOM-0002",
    name: "Another invented name",
    kind: "person",
    role: null,
    listed_as: "Member",
    starts: "2024-05-11",
    ends: "2025-06-30",
    in_force: false,
    also_in: ["PCG-09"],
  },
];

const task = (id: number, changes: Partial<Task>): Task => ({
  id,
  owner: "Insp. R. Dunne",
  partner: "Harbour council",
  by: "sector",
  areas: ["X1"],
  area_names: ["Staithe Quay"],
  polygon: null,
  aim: "Fewer street supply events, Thursday to Saturday evenings",
  measure: "sample",
  review: "2027-03-01",
  state: "open",
  reason: null,
  made_at: "2026-11-16T09:30:00Z",
  made_on: "2026-11-16",
  made_by: "a.lee",
  figures: null,
  ...changes,
});
export const TASKS: Task[] = [
  task(41, {
    figures: { days: 6, too_early: true, before: span(14, 6), after: span(11, 6), notes: [], test: null },
  }),
  task(38, {
    review: "2026-11-01",
    figures: {
      days: 40,
      too_early: false,
      before: span(92, 40),
      after: span(71, 40),
      notes: [],
      test: { verdict: "not_told_apart", sentence: "Fewer, which chance alone could bring." },
    },
  }),
  task(12, { state: "dropped", reason: "the street was closed", areas: [], area_names: [], partner: null }),
];

function span(events: number, days: number) {
  return {
    starts: "2026-10-01",
    last: `2026-10-${String(Math.min(days, 31)).padStart(2, "0")}`,
    events,
    harm: events * 41.5,
  };
}

const lately = (days: number, events: number, range: [number, number] | null, word: string | null) => ({
  days,
  starts: "2026-10-25",
  last: "2026-10-31",
  events,
  expected: range ? (range[0] + range[1]) / 2 : null,
  lo: range ? range[0] : null,
  hi: range ? range[1] : null,
  word,
  weeks: range ? 52 : 4,
});
export const RECENT: Recent = {
  measures: [
    {
      id: "a",
      title: "Drugs supply",
      is_part: false,
      windows: [lately(7, 31, [10, 26], "more than usual"), lately(28, 74, [60, 92], "as usual")],
    },
    {
      id: "b",
      title: "Robbery",
      is_part: true,
      windows: [lately(7, 2, [4, 15], "fewer than usual"), lately(28, 40, null, null)],
    },
  ],
  data_to: "2026-10-31",
  late_days: 12,
  provisional: true,
  warnings: [],
};

/** A funnel around one rate; its limits fall with the root of the size, as those of the server nearly do. */
export function funnelOf(areas: Spread[]): FunnelAnswer {
  const common = 120;
  const half = (size: number, z: number) => (z * common * 22) / Math.sqrt(size);
  const limits = (size: number) => ({
    size,
    lo_998: Math.max(0, common - half(size, 3.09)),
    lo_95: Math.max(0, common - half(size, 1.96)),
    hi_95: common + half(size, 1.96),
    hi_998: common + half(size, 3.09),
  });
  const points = areas
    .filter((area) => (area.base ?? 0) > 0)
    .map((area) => {
      const size = area.base ?? 1;
      const value = (1000 * area.harm) / size;
      const z = (value - common) / half(size, 1);
      const line = Math.abs(z) > 3.09 ? "998" : Math.abs(z) > 1.96 ? "95" : "";
      return {
        ...limits(size),
        area_id: area.area_id,
        name: area.name,
        events: area.events,
        value,
        z,
        q: Math.exp(-z * z),
        where: line ? `${z > 0 ? "above" : "below"}_${line}` : "inside",
        is_apart: line === "998",
      };
    })
    .sort((a, b) => b.z - a.z);
  const far = Math.max(...points.map((point) => point.size)) * 1.05;
  return {
    sentence: { sure: "Two of the sectors stand above the rest for their size.", rest: "None stands below." },
    note: "Harm per 1,000 residents against residents.",
    points,
    curve: Array.from({ length: 41 }, (_, index) => limits(far * Math.max(index / 40, 0.02) ** 2)),
    common,
    factor: 2.4,
    per: 1000,
    along: "residents",
    bases: ["residents", "events"],
    basis: "residents",
    left: [],
    by: { id: "sector", title: "Sector", plural: "Sectors" },
    warnings: [],
  };
}

/** Twelve quarters of a steady count, one of them missing, and one that is not. */
export const STEPS: Step[] = [42, 46, 39, 51, null, 48, 44, 50, 47, 43, 49, 46, 71].map((events, index) => ({
  starts: `${2023 + Math.floor(index / 4)}-${String((index % 4) * 3 + 1).padStart(2, "0")}-01`,
  months: 3,
  events,
  centre: 46,
  lo: 26,
  hi: 66,
  known: index === 12 ? 0.98 : 1,
  in_window: index === 12,
  signals: index === 12 ? ["beyond the limits, above"] : [],
}));
