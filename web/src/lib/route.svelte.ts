// The address is the state: the selection in the words of the grammar, and what is picked and open on the page.

import type { Words } from "./types";

/** Words that the server reads. */
const GRAMMAR = [
  "by",
  "measure",
  "weights",
  "window",
  "to",
  "against",
  "as_known_at",
  "areas",
  "where",
  "within",
  "k",
  "apart",
  "finer",
  "points",
  "shared",
  "sums",
  "stocks",
  "dimensions",
] as const;

/** The same words for the second selection of a comparison; both rank the same areas, so `by` is not among them. */
const SECOND = GRAMMAR.filter((word) => word !== "by").map((word) => `b.${word}` as const);

/** Words that say how the page shows its answer: what is picked, score or rate, sorting, open tiers. */
const SHOWN = [
  "pick",
  "part",
  "show",
  "sort",
  "order",
  "from",
  "open",
  "of",
  "was",
  "point",
  "search",
  "source",
  "only",
  "places",
] as const;

/** Words that stay from page to page: how the map is drawn, and the comparison's names and edited side. */
const KEPT = ["shade", "map", "layers", "cells", "off", "side", "a", "b", "wall", "snapshot"] as const;

type Grammar = (typeof GRAMMAR)[number];
type Word = Grammar | `b.${Exclude<Grammar, "by">}` | (typeof SHOWN)[number] | (typeof KEPT)[number];
export type Changes = Partial<Record<Word, string | null>>;

class Route {
  path = $state(location.pathname);
  words: Words = $state.raw(read());

  /** The words of the grammar in the address, without areas: every standing ranks them all. */
  get selection(): Words {
    const { areas: _, ...words } = only(this.words, GRAMMAR);
    return this.words.snapshot ? { ...words, snapshot: this.words.snapshot } : words;
  }

  /** The second selection of a comparison; null where nothing is compared. */
  get second(): Words | null {
    if (!SECOND.some((word) => this.words[word])) return null;
    const words: Words = {};
    for (const [word, value] of Object.entries(only(this.words, SECOND))) words[word.slice(2)] = value;
    if (this.words.by) words.by = this.words.by;
    if (this.words.snapshot) words.snapshot = this.words.snapshot;
    delete words.areas;
    return words;
  }

  /** Whether chips and filters change the second selection. */
  get onSecond(): boolean {
    return this.words.side === "b" && this.second !== null;
  }

  /** The selection that chips and filters show and change. */
  get edited(): Words {
    return (this.onSecond && this.second) || this.selection;
  }

  /** Change the words of the selection that is being edited. */
  edit(changes: Changes): void {
    if (!this.onSecond) return this.go(changes);
    const other = Object.entries(changes).map(([word, value]) => {
      const own = `b.${word}`;
      return [(SECOND as readonly string[]).includes(own) ? own : word, value];
    });
    this.go(Object.fromEntries(other) as Changes);
  }

  /** The address once the selection shown is also the second one, ready to be changed. */
  split(measure: string): Changes {
    const words = only(this.selection, GRAMMAR);
    const copied = Object.entries(words)
      .filter(([word]) => word !== "by")
      .map(([word, value]) => [`b.${word}`, value]);
    return { ...Object.fromEntries(copied), "b.measure": words.measure ?? measure, side: "b" } as Changes;
  }

  /** What ends a comparison. */
  get joined(): Changes {
    const dropped = [...SECOND, "side", "a", "b"].map((word) => [word, null]);
    return Object.fromEntries(dropped) as Changes;
  }

  /** The address after some words change; null drops a word. */
  link(changes: Changes, path = this.path): string {
    const words: Words = { ...this.words };
    for (const [word, value] of Object.entries(changes)) {
      if (value === null || value === "") delete words[word];
      else if (value !== undefined) words[word] = value;
    }
    return path + query(words);
  }

  /** A page of its own: it keeps the selection and leaves behind what was picked. */
  page(path: string, changes: Changes = {}): string {
    const dropped = Object.fromEntries(SHOWN.map((word) => [word, null]));
    return this.link({ ...dropped, ...changes }, path);
  }

  go(changes: Changes, { replace = false } = {}): void {
    this.visit(this.link(changes), { replace });
  }

  visit(address: string, { replace = false } = {}): void {
    if (address === location.pathname + location.search) return;
    history[replace ? "replaceState" : "pushState"](null, "", address);
    const moved = location.pathname !== this.path;
    this.reread();
    if (moved) toTheTop();
  }

  reread(): void {
    this.path = location.pathname;
    this.words = read();
  }
}

export const route = new Route();

/** A new page begins at its top, for the eye and for whoever listens to it. */
function toTheTop(): void {
  scrollTo(0, 0);
  setTimeout(() => document.getElementById("main")?.focus({ preventScroll: true }));
}

export function query(words: Words): string {
  // Commas, colons and equals signs are legal in a query and read better unescaped.
  const text = Object.entries(words)
    .map(([word, value]) => `${word}=${plain(value)}`)
    .join("&");
  return text ? `?${text}` : "";
}

/** Follow links of the page itself without leaving it, and follow the browser's own back and forward. */
export function listen(): void {
  addEventListener("popstate", () => route.reread());
  document.addEventListener("click", (event) => {
    const link = (event.target as Element).closest("a");
    if (!link || link.origin !== location.origin || link.target || link.hasAttribute("download")) return;
    if (event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
    if (link.hash || link.pathname.startsWith("/api/")) return;
    event.preventDefault();
    route.visit(link.pathname + link.search);
  });
}

/** One term of `where`: a field and the values it may have. */
export interface Term {
  field: string;
  values: string[];
}

export function readWhere(text: string | undefined): Term[] {
  return (text ?? "")
    .split(";")
    .filter(Boolean)
    .map((term) => {
      const cut = term.indexOf("=");
      return {
        field: term.slice(0, cut),
        values: term
          .slice(cut + 1)
          .split(",")
          .filter(Boolean),
      };
    });
}

export function writeWhere(terms: Term[]): string | null {
  return (
    terms
      .filter((term) => term.values.length)
      .map((term) => `${term.field}=${term.values.join(",")}`)
      .join(";") || null
  );
}

/** The terms with a value of a field taken in, or taken back where it was in already. */
export function toggled(terms: Term[], field: string, value: string): Term[] {
  const now = terms.find((term) => term.field === field)?.values ?? [];
  const next = now.includes(value) ? now.filter((each) => each !== value) : [...now, value];
  return withTerm(terms, field, next);
}

/** The terms with one field set to these values (none: the field goes). */
export function withTerm(terms: Term[], field: string, values: string[]): Term[] {
  const others = terms.filter((term) => term.field !== field);
  return values.length ? [...others, { field, values }] : others;
}

function read(): Words {
  return only(Object.fromEntries(new URLSearchParams(location.search)), [
    ...GRAMMAR,
    ...SECOND,
    ...SHOWN,
    ...KEPT,
  ]);
}

function only(words: Words, allowed: readonly string[]): Words {
  return Object.fromEntries(
    Object.entries(words).filter(([word, value]) => allowed.includes(word) && value !== ""),
  );
}

function plain(value: string): string {
  return encodeURIComponent(value)
    .replace(/%2C/g, ",")
    .replace(/%3A/g, ":")
    .replace(/%3D/g, "=")
    .replace(/%3B/g, ";");
}
