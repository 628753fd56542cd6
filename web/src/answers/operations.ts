// The operations register and the impact of one of them, as their pages read and write them.

import type { Kind, Sentence, Words } from "../lib/types";
import { write } from "../lib/write";

export interface ChosenMeasure {
  id: string;
  title: string;
  chosen: string;
  by: string;
  added_after: string | null;
}

export interface Act {
  day: string;
  kind: string;
  text: string | null;
}

export interface Phase {
  phase: string;
  starts: string;
  ends: string | null;
}

export interface Operation {
  id: string;
  title: string;
  by: string | null;
  areas: string[];
  within: string | null;
  partners: string[];
  aim: string | null;
  cost: number | null;
  randomised: boolean;
  starts: string;
  ends: string | null;
  phases: Phase[];
  measures: ChosenMeasure[];
  log: Act[];
}

/** An operation of the register. `declared` names the file of one that people wrote there. */
export interface Registered extends Operation {
  number: number | null;
  declared: string | null;
  made_at: string | null;
  made_by: string | null;
  area_names: string[];
}

/** A change in events or points: above 0 more than expected, below it fewer; null where nothing can be told. */
export interface Figure {
  name: string;
  title: string;
  estimate: number | null;
  lo: number | null;
  hi: number | null;
  ratio: number | null;
  surety: "clearly" | "probably" | "not_told_apart";
  note: string;
}

export interface MonthPair {
  month: string;
  side: "before" | "after" | "neither";
  used: boolean;
  events: number | null;
  expected: number | null;
  lo: number | null;
  hi: number | null;
}

export interface Ring {
  name: string;
  metres_from: number | null;
  metres_to: number | null;
  areas: string[];
  before: number;
  after: number;
  change: Figure;
}

export interface Control {
  area_id: string;
  name: string;
  chosen: boolean;
  vetoed: string | null;
  events_a_month: number;
  level: number | null;
  trend: number | null;
  season: number | null;
  mix: number | null;
  distance: number | null;
}

export interface Other {
  kind: string;
  name: string;
  of: "events" | "points";
  estimate: number | null;
  lo: number | null;
  hi: number | null;
  turns: boolean;
}

export interface Impact {
  operation: Operation;
  measure: { id: string; title: string };
  sentence: Sentence;
  displacement: string;
  harm: string;
  methods: Figure[];
  harm_figure: Figure;
  harm_by_kind: { title: string; points: number; change: number }[];
  together: Figure | null;
  observed: number;
  expected: number | null;
  windows: {
    before_starts: string;
    before_months: number;
    after_starts: string;
    after_last: string;
    after_months: number;
    missing: string[];
  };
  months: MonthPair[];
  fit: number | null;
  study: { month: string; ratio: number; lo: number; hi: number | null; reference: boolean }[];
  drift_p: number | null;
  rings: Ring[];
  treated: string[];
  controls: Control[];
  likeness: string;
  elsewhere: { id: string; title: string; areas: number; overlaps: number }[];
  others: Other[];
  robustness: string;
  power: string;
  watch: { month: string; ratio: number | null; lo: number; hi: number | null; alarm: boolean }[];
  anyway: { last: number; past: number; expected_next: number; lo: number; hi: number } | null;
  by: Kind;
  warnings: string[];
  selection: Words;
}

export interface NewOperation {
  id: string;
  title: string;
  by?: string;
  areas?: string[];
  within?: string;
  phases: { phase: string; from: string; to: string | null }[];
  partners: string[];
  aim: string;
  cost: string;
  measures: string[];
}

export async function addOperation(operation: NewOperation): Promise<void> {
  await write("/api/operations", operation);
}

export async function addMeasure(id: string, measure: string): Promise<void> {
  await write(`/api/operations/${encodeURIComponent(id)}`, { measures: [measure] });
}

export async function logAct(id: string, act: { day: string; kind: string; text: string }): Promise<void> {
  await write(`/api/operations/${encodeURIComponent(id)}/log`, act);
}

/** A change in words: "31 fewer, 9 to 53 fewer". */
export function changeWords(found: Figure, plain: (value: number) => string): string {
  if (found.estimate === null || found.lo === null || found.hi === null) return "nothing can be told";
  return `${side(found.estimate, plain)}, ${rangeWords(found.lo, found.hi, plain)}`;
}

function side(value: number, plain: (value: number) => string): string {
  return `${plain(Math.abs(Math.round(value)))} ${Math.round(value) < 0 ? "fewer" : "more"}`;
}

/** "9 to 53 fewer", "12 fewer to 15 more". */
export function rangeWords(lo: number, hi: number, plain: (value: number) => string): string {
  const [low, high] = [Math.round(lo), Math.round(hi)];
  if (high < 0) return `${plain(-high)} to ${plain(-low)} fewer`;
  if (low >= 0) return `${plain(low)} to ${plain(high)} more`;
  return `${plain(-low)} fewer to ${plain(high)} more`;
}

/** The fixed words of how sure a change is. */
export function suretyWords(found: Figure): string {
  if (found.surety === "not_told_apart" || found.estimate === null) return "Cannot be told from chance";
  return `${found.surety === "clearly" ? "Clearly" : "Probably"} ${found.estimate < 0 ? "fewer" : "more"}`;
}
