// What can be ranked besides areas. The workspace names some; its pages and the address name the rest.

import { capital } from "../lib/words";
import type { Words } from "../lib/types";
import type { Known } from "./types";

export interface Subject {
  id: string;
  plural: string;
}

/** Kinds other than areas, in the order in which the workspace's own pages ask for them. */
export function subjectsOf(workspace: Known, asked: string | undefined): Subject[] {
  const areas = new Set(workspace.geographies.map((each) => each.id));
  const named = new Map((workspace.subjects ?? []).map((each) => [each.id, each.plural]));
  const ids = [
    ...workspace.pages.map((page) => page.selection.by ?? ""),
    asked ?? "",
    ...named.keys(),
    "category",
  ].filter((id) => id && !areas.has(id));
  return [...new Set(ids)].map((id) => ({ id, plural: named.get(id) ?? pluralOf(id) }));
}

/** The measure under which a page of the workspace ranks a kind. */
export function measureFor(workspace: Known, by: string): string | undefined {
  return workspace.pages.find((page) => page.selection.by === by)?.selection.measure;
}

/** The question for the profile of a group: a kind has a measure of its own where the address names none. */
export function groupWords(workspace: Known, selection: Words, kind: string): Words {
  const measure = selection.measure ?? measureFor(workspace, kind);
  return { ...selection, by: kind, ...(measure ? { measure } : {}) };
}

/** The question for the profile of a family: its rule names measure, weights and kind itself. */
export function familyWords(selection: Words, code: string): Words {
  const { measure: _, weights: __, by: ___, ...rest } = selection;
  return { ...rest, areas: code };
}

function pluralOf(id: string): string {
  if (id === "category") return "Types";
  const name = capital(id.replaceAll("_", " "));
  return name.endsWith("y") ? `${name.slice(0, -1)}ies` : `${name}s`;
}
