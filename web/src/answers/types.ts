// What the views of groups, families, themes, tasks and recent days answer, as their pages read it.

import type { Kind, Month, Place, Sentence, Standing, Titled, Words, Workspace } from "../lib/types";

/** A standing with what its largest event adds to its variance, from which the sum of squared weights follows. */
export type Spread = Standing & { variance_share_largest?: number | null };

export interface TopArea {
  area_id: string;
  name: string;
  events: number;
  harm: number;
  rank: number;
  rank_lo: number;
  rank_hi: number;
  tier: Standing["tier"];
}

export interface ThemeMeasure extends Titled {
  kind: string;
  scheme: string;
  unit: string;
  events: number;
  harm: number;
  before_events: number;
  before_harm: number;
  trend: Month[];
  top: TopArea[];
  not_contained: string[];
}

export interface Theme {
  theme: string;
  sentence: Sentence;
  measures: ThemeMeasure[];
  counted_twice: { first: string; second: string; events: number; harm: number | null }[];
  by: Kind;
  of: number;
  warnings: string[];
  selection: Words;
}

export interface Member {
  code: string;
  name: string;
  kind: string;
  role: string | null;
  listed_as: string;
  starts: string;
  ends: string | null;
  in_force: boolean;
  also_in: string[];
}

export interface RoleHarm {
  role: string;
  counts: boolean;
  events: number;
  harm: number;
}

export interface Group {
  figures: Place;
  shared: string;
  members: Member[];
  withheld: number;
  brokers: { code: string; name: string; groups: string[] }[];
  sharing: { code: string; name: string; now: number; ever: number }[];
  by_role: RoleHarm[];
  by_rule: { rule: string; events: number; harm: number }[];
  areas: { area_id: string; name: string; events: number; harm: number }[];
  homes: { area_id: string; name: string; members: number }[];
  geography: Titled;
  warnings: string[];
  selection: Words;
}

export type State = "recorded" | "looked_for_none" | "not_asked" | "withheld";

export interface MatrixCell {
  circumstance: string;
  title: string;
  agency: string;
  state: State;
  latest: string | null;
  withheld: number;
}

export interface Happening {
  day: string;
  category: string;
  agency: string;
  source: string;
  reference: string | null;
  file: string;
  line: number;
}

export interface Family {
  subject: { code: string; name: string; kind: string; title: string };
  sentence: Sentence;
  verdict: {
    title: string;
    at_least: number;
    of: number;
    recorded: number;
    looked_for_none: number;
    not_asked: number;
    withheld_rows: number;
    verdict: "yes" | "no" | "cannot_be_told";
  };
  agencies: string[];
  matrix: MatrixCell[];
  timeline: Happening[];
  closed: { source: string; agency: string; rows: number }[];
  persons: {
    code: string;
    name: string;
    kind: string;
    roles: string[];
    rows: number;
    first: string;
    last: string;
    child: boolean | null;
  }[];
  children: string[] | null;
  repeats: {
    title: string;
    events: number;
    rank: number | null;
    rank_lo: number | null;
    rank_hi: number | null;
    tier: Standing["tier"] | null;
    of: number;
  } | null;
  warnings: string[];
  selection: Words;
}

/** Kinds that can be ranked beside areas, where the server names them. */
export type Known = Workspace & {
  subjects?: (Kind & { kind: string; members?: boolean })[];
  categories?: Titled[];
};
