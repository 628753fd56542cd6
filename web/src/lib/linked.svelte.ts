// The questions behind linked views. Each view leaves out the condition it can change itself, so that what a choice
// excludes stays in sight; all the others follow every condition.

import { api, follow } from "./answer.svelte";
import { areasOf } from "./webgl";
import { readPicked, rowsOf, narrowedTo, type Picked } from "./rows";
import { readWhere, route, withTerm, writeWhere, type Term } from "./route.svelte";
import type {
  AreaShapes,
  Choice,
  ChoiceField,
  Choices,
  Rank,
  RowPage,
  Week,
  Words,
  Workspace,
} from "./types";

/** From so many areas on, what needs no list of them is asked by coarser ones. */
const FEW_AREAS = 2000;
const WEEK = ["weekday", "hour"];
const FIELDS = ["detection", "category", "agency", "source"];

export function link(workspace: () => Workspace) {
  const words = $derived(route.selection);
  const by = $derived(words.by ?? workspace().defaults.by);
  const picked = $derived(readPicked(route.words));
  const focus = $derived(narrowedTo(words, by, picked.areas));
  const isNarrow = $derived(focus !== words);
  const top = $derived(workspace().geographies.find((each) => each.parent === null && each.areas === 1));

  const ranked = follow<Rank>(() => api("rank", words));
  const focused = follow<Rank>(() =>
    isNarrow ? api("rank", { ...focus, by: coarsest(workspace(), by), against: "" }) : null,
  );
  const other = follow<Rank>(() => (route.second ? api("rank", route.second) : null));
  const summed = follow<Rank>(() => {
    const of = route.words.of;
    return of && of !== words.measure ? api("rank", { ...focus, measure: of }) : null;
  });
  const shapes = follow<AreaShapes>(() => areasOf(workspace(), by));
  const parent = $derived(workspace().geographies.find((each) => each.id === by)?.parent ?? null);
  /** The level above, whose borders stand over the land. */
  const above = follow<AreaShapes>(() =>
    parent && parent !== top?.id ? areasOf(workspace(), parent) : null,
  );
  const week = follow<Week>(() => api("hours", without(focus, WEEK)));
  const choices = follow<Choices>(() =>
    api("choices", {
      ...(route.onSecond ? route.edited : focus),
      fields: FIELDS.join(","),
    }),
  );
  const [kind] = $derived(kindsOf(workspace()));
  const members = follow<Rank>(() =>
    kind && choices.value
      ? api("rank", { ...without(focus, [kind]), by: kind, against: "", months: "no" })
      : null,
  );
  const groups = $derived(
    kind && members.value && !route.onSecond ? fieldOf(kind, members.value, readWhere(words.where)) : null,
  );
  const rows = follow<RowPage>(() => rowsOf(words, picked, route.words, categories(ranked.value, picked)));

  return {
    ranked,
    focused,
    other,
    summed,
    shapes,
    above,
    week,
    choices,
    rows,
    /** Groups as one more field to choose by; null where the workspace knows none. */
    get groups() {
      return groups;
    },
    get by() {
      return by;
    },
    get picked() {
      return picked;
    },
    /** The selection narrowed to the areas picked. */
    get focus() {
      return focus;
    },
    get isNarrow() {
      return isNarrow;
    },
  };
}

/** The areas by which a narrowed selection is summed: the fewest there are, since only sums and months are read. */
function coarsest(workspace: Workspace, by: string): string {
  const counts = workspace.geographies.map((each) => ({ id: each.id, areas: each.areas }));
  const own = counts.find((each) => each.id === by.split("@")[0]);
  if (!own || own.areas < FEW_AREAS) return by;
  const least = counts.reduce((one, other) => (other.areas < one.areas ? other : one), own);
  return least.areas < FEW_AREAS ? least.id : "category";
}

/** A standing of groups as a field with its four states. */
function fieldOf(kind: string, rank: Rank, terms: Term[]): ChoiceField {
  const named = terms.find((term) => term.field === kind)?.values ?? [];
  const values = rank.areas.map((each): Choice => {
    const on = named.includes(each.area_id);
    const lively = each.events > 0;
    const free = named.length ? "alternative" : "possible";
    const state = on ? (lively ? "selected" : "selected_excluded") : lively ? free : "excluded";
    return { value: each.area_id, title: each.name, events: each.events, harm: each.harm, state };
  });
  return { id: kind, title: rank.by.title, values };
}

/** Words without the conditions on some fields. */
function without(words: Words, fields: string[]): Words {
  const kept = readWhere(words.where).filter((term) => !fields.includes(term.field));
  return { ...words, where: writeWhere(kept) ?? "" };
}

/** Kinds of group that the workspace ranks: what its pages rank by, areas aside. */
function kindsOf(workspace: Workspace): string[] {
  const areas = new Set(workspace.geographies.map((each) => each.id));
  const named = workspace.pages.flatMap((page) => (page.selection.by ? [page.selection.by] : []));
  return [...new Set(named)].filter((by) => !areas.has(by.split("@")[0] ?? by) && !FIELDS.includes(by));
}

/** The categories behind the picked part: itself, or the branches that "other" gathers. */
function categories(rank: Rank | null, picked: Picked): string[] {
  const { part } = picked;
  return part ? (rank?.parts.find((each) => each.id === part)?.categories ?? [part]) : [];
}

/** The months shown narrowed to one, or, where it is that one already, as they were before. */
export function pickMonth(month: string): void {
  const { to, window, was } = route.words;
  if (window === "1m" && to === month) {
    const [before, until] = (was ?? "").split(",");
    return route.go({ window: before || null, to: until || null, was: null, from: null });
  }
  const now = window === "1m" ? was : [window ?? "", to ?? ""].join(",");
  route.go({ window: "1m", to: month, was: now === "," ? null : (now ?? null), from: null });
}

/** A cell of the week chosen alone or with others; the same cell again is taken back. */
export function pickHour(day: string | null, hour: number | null, more: boolean): void {
  let terms = readWhere(route.words.where);
  const same = (field: string, value: string) => {
    const now = terms.find((term) => term.field === field)?.values ?? [];
    return now.length === 1 && now[0] === value;
  };
  const wanted: [string, string][] = [];
  if (day !== null) wanted.push(["weekday", day]);
  if (hour !== null) wanted.push(["hour", String(hour)]);
  const again = wanted.every(([field, value]) => same(field, value));
  for (const [field, value] of wanted) {
    const now = terms.find((term) => term.field === field)?.values ?? [];
    const next = again ? [] : more ? [...new Set([...now, value])] : [value];
    terms = withTerm(terms, field, next);
  }
  route.go({ where: writeWhere(terms), from: null });
}
