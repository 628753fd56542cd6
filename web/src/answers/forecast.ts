// What the view of demand to come answers, as its page reads it.

import type { Sentence, Titled, Words } from "../lib/types";
import { whole } from "../lib/words";

/** A figure as a forecast may say it: three figures that count. */
export function about(value: number): string {
  return whole(value >= 1000 ? +value.toPrecision(3) : value);
}

export interface PastMonth {
  month: string;
  events: number | null;
  gap: boolean;
  learned: boolean;
}

export interface MonthAhead {
  month: string;
  events: number;
  lo_80: number;
  hi_80: number;
  lo_95: number;
  hi_95: number;
}

export interface YearAhead {
  year: number;
  starts: string;
  ends: string;
  events: number;
  lo_80: number;
  hi_80: number;
  lo_95: number;
  hi_95: number;
  harm: number;
  harm_lo: number;
  harm_hi: number;
  tests: number;
  held_80: number;
}

export interface AreaAhead {
  area_id: string;
  name: string;
  last_year: number;
  next_year: number;
  next_lo: number;
  next_hi: number;
  final: number | null;
  final_lo: number | null;
  final_hi: number | null;
  harm: number;
}

export interface MeasureAhead extends Titled {
  last_year: number | null;
  next_year: number | null;
  next_lo: number | null;
  next_hi: number | null;
  final: number | null;
  final_lo: number | null;
  final_hi: number | null;
  method: string | null;
  is_better: boolean;
}

export interface MethodScore {
  method: string;
  title: string;
  forecasts: number;
  crps: number;
  error: number;
  held_80: number;
  held_95: number;
  is_chosen: boolean;
}

export interface BackTested {
  of: "total" | "areas" | "harm";
  title: string;
  unit: "years" | "months";
  chosen: string;
  is_better: boolean;
  gain: number;
  methods: MethodScore[];
}

export interface Where {
  starts: string;
  ends: string;
  k: number;
  of: number;
  areas: { area_id: string; name: string; forecast: number; came: number; rank_came: number }[];
  ties: number;
  tie_order: string;
  hit_rate: number | null;
  pai: number | null;
  pei: number | null;
  rri: number | null;
  last_year_hit_rate: number | null;
  last_year_pai: number | null;
  last_year_pei: number | null;
}

export interface ForecastAnswer {
  sentence: Sentence;
  title: string;
  method: string;
  place: { area_id: string; name: string } | null;
  history: PastMonth[];
  months: MonthAhead[];
  years: YearAhead[];
  last_year: number | null;
  areas: AreaAhead[];
  unplaced: AreaAhead | null;
  measures: MeasureAhead[];
  back_tests: BackTested[];
  where: Where | null;
  how: string[];
  by: Titled & { plural: string };
  measure: Titled;
  unit: string;
  warnings: string[];
  selection: Words;
}
