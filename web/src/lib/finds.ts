// What a search in the masthead can lead to: areas, measures, categories, levels and bookmarks, by their names.

import { addressOf } from "./bookmarks.svelte";
import { route, readWhere, toggled, writeWhere } from "./route.svelte";
import type { AreaShapes, Bookmark, Workspace } from "./types";
import { capital } from "./words";

export interface Find {
  kind: string;
  title: string;
  address: string;
}

const MOST = 8;

/** Everything that can be found, in the order in which equal hits are shown. */
export function findable(
  workspace: Workspace,
  areas: AreaShapes | null,
  by: string,
  kept: Bookmark[],
): Find[] {
  const level = workspace.geographies.find((each) => each.id === by);
  const drop = { pick: null, part: null, from: null };
  return [
    ...(areas?.features ?? []).map((each) => ({
      kind: level?.title ?? "Area",
      title: each.properties.name,
      address: route.page(`/places/${encodeURIComponent(by)}/${encodeURIComponent(each.id)}`, { by: null }),
    })),
    ...workspace.measures.map((each) => ({
      kind: "Measure",
      title: each.title,
      address: route.link({ ...drop, measure: each.id }, "/"),
    })),
    ...workspace.geographies.map((each) => ({
      kind: "Level",
      title: capital(each.plural),
      address: route.link({ ...drop, by: each.id, open: null }, "/"),
    })),
    ...(workspace.categories ?? []).map((each) => ({
      kind: "Category",
      title: each.title,
      address: route.link(
        { ...drop, where: writeWhere(toggled(readWhere(route.words.where), "category", each.id)) },
        "/",
      ),
    })),
    ...kept
      .filter((each) => each.view === "rank")
      .map((each) => ({ kind: "Bookmark", title: each.name, address: addressOf(each) })),
  ];
}

/** The best hits for what is typed: names that start with it, then words that do, then names that hold it. */
export function finds(all: Find[], typed: string): Find[] {
  const wanted = typed.trim().toLowerCase().slice(0, 80);
  if (!wanted) return [];
  const rank = (title: string) => {
    const name = title.toLowerCase();
    if (name.startsWith(wanted)) return 0;
    if (name.includes(` ${wanted}`)) return 1;
    return name.includes(wanted) ? 2 : 3;
  };
  return all
    .map((find) => ({ find, cost: rank(find.title) }))
    .filter((each) => each.cost < 3)
    .sort((a, b) => a.cost - b.cost || a.find.title.length - b.find.title.length)
    .slice(0, MOST)
    .map((each) => each.find);
}
