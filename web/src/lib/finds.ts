// What a search in the masthead can lead to: what the server finds by name, and what the browser alone knows.

import { subjectPath, themePath } from "../answers/paths";
import { addressOf } from "./bookmarks.svelte";
import { dailyPages, FURTHER, pageAddress } from "./pages";
import { route, readWhere, toggled, writeWhere } from "./route.svelte";
import type { Bookmark, Workspace } from "./types";
import { capital } from "./words";

/** What the server found; see the view `find`. */
export interface Finds {
  found: Found[];
  of: number;
  sentence: string;
}

interface Found {
  kind: "area" | "entity" | "theme" | "measure" | "category" | "operation";
  of: string;
  id: string;
  name: string;
  title: string;
  match: Match;
  within: string | null;
  measure: string | null;
}

export interface Find {
  title: string;
  /** What it is, and where or by which code: two of one name are told apart. */
  kind: string;
  address: string;
  match: Match;
}

/** How a name meets what is typed, nearest first. */
const MATCHES = ["code", "name", "start", "word", "inside"] as const;
type Match = (typeof MATCHES)[number];

const MOST = 12;

/** The best hits for what is typed, nearest first; what the server found stands before what is as near. */
export function finds(workspace: Workspace, found: Found[], kept: Bookmark[], typed: string): Find[] {
  const theirs = found.map((each) => ({
    title: each.name,
    kind: kindOf(each),
    address: address(each),
    match: each.match,
  }));
  const own = ownNames(workspace, kept).flatMap((each) => {
    const match = matchOf(each.title, typed);
    return match ? [{ ...each, match }] : [];
  });
  const nearness = (each: Find) => MATCHES.indexOf(each.match);
  return [...theirs, ...own].sort((a, b) => nearness(a) - nearness(b)).slice(0, MOST);
}

/** Pages, levels and bookmarks. */
function ownNames(workspace: Workspace, kept: Bookmark[]): Omit<Find, "match">[] {
  return [
    ...[...dailyPages(workspace), ...FURTHER].map((each) => ({
      kind: "Page",
      title: each.title,
      address: pageAddress(workspace, each.path),
    })),
    ...workspace.geographies.map((each) => ({
      kind: "Level",
      title: capital(each.plural),
      address: route.link({ ...DROPPED, by: each.id, open: null }, "/"),
    })),
    ...kept
      .filter((each) => each.view === "rank")
      .map((each) => ({ kind: "Bookmark", title: each.name, address: addressOf(each) })),
  ];
}

const DROPPED = { pick: null, part: null, from: null };

function kindOf(found: Found): string {
  if (found.within) return `${found.title} in ${found.within}`;
  return found.kind === "entity" && found.id !== found.name ? `${found.title} ${found.id}` : found.title;
}

function address(found: Found): string {
  switch (found.kind) {
    case "area":
      return route.page(subjectPath(found.of, found.id), { by: null });
    case "entity":
      return route.page(subjectPath(found.of, found.id), { by: null, measure: found.measure });
    case "theme":
      return route.page(themePath(found.id));
    case "operation":
      return route.page(`/operations/${encodeURIComponent(found.id)}`, { measure: null });
    case "measure":
      return route.link({ ...DROPPED, measure: found.id }, "/");
    case "category":
      return route.link(
        { ...DROPPED, where: writeWhere(toggled(readWhere(route.words.where), "category", found.id)) },
        "/",
      );
  }
}

function matchOf(title: string, typed: string): Match | null {
  const name = title.toLowerCase();
  const wanted = typed.toLowerCase();
  if (name === wanted) return "name";
  if (name.startsWith(wanted)) return "start";
  if (name.includes(` ${wanted}`)) return "word";
  return name.includes(wanted) ? "inside" : null;
}
