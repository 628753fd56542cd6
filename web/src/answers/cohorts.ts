// People who were referred beside people like them, as their page reads it.

import type { Sentence, Words } from "../lib/types";
import type { Figure } from "./operations";

export interface Step {
  from_month: number;
  to_month: number;
  side: "before" | "after";
  referred: number | null;
  referred_lo: number | null;
  referred_hi: number | null;
  matches: number | null;
  matches_lo: number | null;
  matches_hi: number | null;
}

export interface Cohort {
  source: { id: string; title: string };
  sources: { id: string; title: string }[];
  measure: { id: string; title: string };
  only: string;
  narrowings: { attribute: string; title: string; value: string; people: number }[];
  sentence: Sentence;
  harm: string;
  effect: Figure;
  harm_figure: Figure;
  too_early: boolean;
  referred: number;
  matched: number;
  different_matches: number;
  observed: number;
  expected: number;
  likeness: string;
  away: string;
  is_away_known: boolean;
  left_out: { why: string; people: number }[];
  balance: {
    months_before: number;
    referred: number;
    matches: number;
    apart: number;
    referred_free: number;
    matches_free: number;
  }[];
  steps: Step[];
  after_months: number;
  starts: string;
  last: string;
  warnings: string[];
  selection: Words;
}

/** "24 to 22 months before", "1 to 3 months after". */
export function stepName(step: Step): string {
  return step.side === "before"
    ? `${-step.from_month} to ${-step.to_month} months before`
    : `${step.from_month} to ${step.to_month} months after`;
}
