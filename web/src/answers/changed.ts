// What the views of change answer, as their pages read it; and what is written of a finding.

import type { Kind, Sentence, Titled, Words } from "../lib/types";
import { write } from "../lib/write";

export interface Step {
  starts: string;
  months: number;
  events: number | null;
  centre: number | null;
  lo: number | null;
  hi: number | null;
  /** The share of its events that is recorded by now. */
  known: number;
  in_window: boolean;
  signals: string[];
}

export interface Cell {
  area_id: string;
  name: string;
  measure: string;
  title: string;
  events: number;
  expected: number;
  expected_lo: number;
  expected_hi: number;
  ratio: number | null;
  p: number;
  q: number;
  verdict: string;
  stake: number | null;
  surety: number;
}

export interface Mark {
  id: string;
  title: string;
  reason: string;
  says: string;
  is_alike: boolean;
}

export interface Found {
  cell: Cell;
  says: string;
  steps: Step[];
}

export interface Changed {
  sentence: Sentence;
  findings: Found[];
  cells: Cell[];
  untested: {
    measure: string;
    title: string;
    events: number;
    expected: number;
    expected_lo: number;
    expected_hi: number;
    verdict: string;
  }[];
  measures: Titled[];
  believed: number;
  baseline: string;
  rules: string;
  lag: string;
  /** Months of which records still come, with the share that is known. */
  arriving: { month: string; known: number }[];
  marks: Mark[];
  by: Kind;
  unit: string;
  warnings: string[];
  selection: Words;
}

export interface Chart {
  title: string;
  sentence: Sentence;
  kind: "u" | "g" | "none";
  steps: Step[];
  gaps: { day: string; days: number; in_window: boolean; signals: string[] }[];
  centre: number | null;
  hi: number | null;
  baseline: string;
  rules: string;
  lag: string;
  marks: Mark[];
}

export interface FunnelPoint {
  area_id: string;
  name: string;
  size: number;
  events: number;
  value: number;
  lo_998: number;
  lo_95: number;
  hi_95: number;
  hi_998: number;
  z: number;
  q: number;
  where: string;
  is_apart: boolean;
}

export interface FunnelLimit {
  size: number;
  lo_998: number;
  lo_95: number;
  hi_95: number;
  hi_998: number;
}

export interface FunnelAnswer {
  sentence: Sentence;
  note: string;
  points: FunnelPoint[];
  curve: FunnelLimit[];
  common: number | null;
  factor: number | null;
  per: number;
  along: string;
  bases: string[];
  basis: string;
  left: string[];
  by: Kind;
  warnings: string[];
}

export interface AreaClass {
  area_id: string;
  name: string;
  kind: string;
  high: (boolean | null)[];
  events: (number | null)[];
}

export interface Classes {
  sentence: Sentence;
  rule: string;
  share: string;
  periods: string[];
  areas: AreaClass[];
  counts: Record<string, number>;
  by: Kind;
}

export interface HarmPair {
  a: number;
  a_lo: number;
  a_hi: number;
  b: number;
  b_lo: number;
  b_hi: number;
  difference: number;
  difference_lo: number;
  difference_hi: number;
  verdict: string;
}

export interface Line {
  kind: "all" | "measure" | "area" | "pool";
  id: string;
  title: string;
  a_events: number;
  b_events: number;
  expected: number;
  expected_lo: number | null;
  expected_hi: number | null;
  ratio: number | null;
  ratio_lo: number | null;
  ratio_hi: number | null;
  verdict: string;
  harm: HarmPair | null;
  a_rate: number | null;
  b_rate: number | null;
}

export interface Compared {
  sentence: Sentence;
  differ: "periods" | "areas" | "selections";
  tested: "baseline" | "pair";
  against: string;
  lag: string;
  a: Words;
  b: Words;
  lines: Line[];
  happened: {
    measure: string;
    day: string;
    area: string | null;
    category: string;
    reference: string | null;
  }[];
  pooled: string;
  marks: Mark[];
  unit: string;
  by: Kind;
  warnings: string[];
}

/** The fixed words of a verdict. */
export const VERDICTS: Record<string, string> = {
  clearly_higher: "clearly higher",
  probably_higher: "probably higher",
  not_told_apart: "cannot be told apart",
  probably_lower: "probably lower",
  clearly_lower: "clearly lower",
  not_tested: "too few to be tested",
};

export interface Parked {
  by: string;
  area: string;
  measure: string;
  window: string;
  to: string;
}

export interface ParkedAnswer {
  parked: Parked[];
  not_useful: Record<string, number>;
}

/** The findings called not useful as they stand now. */
export async function readParked(): Promise<ParkedAnswer> {
  const answer = await fetch("/api/findings", { headers: { accept: "application/json" } });
  if (!answer.ok) return { parked: [], not_useful: {} };
  return (await answer.json()) as ParkedAnswer;
}

/** Call a finding not useful, or take that back. */
export async function park(finding: Parked, back = false): Promise<void> {
  await write("/api/findings", { ...finding, ...(back ? { back } : {}) });
}

/** "Aug–Oct 2026" of a step, or its month. */
export function stepName(step: Pick<Step, "starts" | "months">): string {
  const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
  const year = Number(step.starts.slice(0, 4));
  const first = Number(step.starts.slice(5, 7)) - 1;
  const last = first + step.months - 1;
  const end = `${MONTHS[last % 12]} ${year + Math.floor(last / 12)}`;
  return step.months === 1 ? end : `${MONTHS[first]}–${end}`;
}

/** What is said beside the answer, without what its marks say already. */
export function besideMarks(warnings: string[], marks: Mark[]): string[] {
  return warnings.filter((line) => !marks.some((mark) => mark.says === line));
}
