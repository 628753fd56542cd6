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
  "k",
  "apart",
  "finer",
  "points",
] as const;

/** Words that say how the page shows its answer: what is picked, score or rate, sorting, open tiers. */
const SHOWN = ["pick", "part", "show", "sort", "order", "from", "open"] as const;

type Word = (typeof GRAMMAR)[number] | (typeof SHOWN)[number];
export type Changes = Partial<Record<Word, string | null>>;

class Route {
  path = $state(location.pathname);
  words: Words = $state.raw(read());

  /** The words of the grammar in the address, without areas: every standing ranks them all. */
  get selection(): Words {
    const { areas: _, ...words } = only(this.words, GRAMMAR);
    return words;
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

/** The terms with one field set to these values (none: the field goes). */
export function withTerm(terms: Term[], field: string, values: string[]): Term[] {
  const others = terms.filter((term) => term.field !== field);
  return values.length ? [...others, { field, values }] : others;
}

function read(): Words {
  return only(Object.fromEntries(new URLSearchParams(location.search)), [...GRAMMAR, ...SHOWN]);
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
