// Which rows stand behind a mark: the selection of the page, narrowed to what is picked.

import { api } from "./answer.svelte";
import { readWhere, withTerm, writeWhere } from "./route.svelte";
import type { Rank, Words } from "./types";

export const PAGE = 25;
export const UNPLACED = "UNPLACED";

export interface Picked {
  areas: string[];
  part: string | null;
}

/** What is picked, as the address says it: areas with commas between, and a part of the score. */
export function readPicked(words: Words): Picked {
  const areas = (words.pick ?? words.areas ?? "").split(",").filter(Boolean);
  return { areas, part: words.part ?? null };
}

/** The areas after a click on one: alone, or with the others; a second click takes it back. */
export function repicked(areas: string[], id: string, more: boolean): string[] {
  if (!more) return areas.length === 1 && areas[0] === id ? [] : [id];
  return areas.includes(id) ? areas.filter((each) => each !== id) : [...areas, id];
}

/** The selection narrowed to the areas that are picked, for the views beside the standing. */
export function narrowedTo(selection: Words, by: string, areas: string[]): Words {
  const placed = areas.filter((each) => each !== UNPLACED);
  if (!placed.length) return selection;
  const where = writeWhere(withTerm(readWhere(selection.where), by.split("@")[0] ?? by, placed)) ?? "";
  return { ...selection, where };
}

/** The question for the rows behind what is picked; `categories` are those of the picked part. */
export function rowsOf(selection: Words, picked: Picked, shown: Words, categories: string[]): string {
  const words: Words = { ...selection };
  if (picked.areas.length) words.areas = picked.areas.join(",");
  if (categories.length)
    words.where = writeWhere(withTerm(readWhere(words.where), "category", categories)) ?? "";
  words.sort = shown.sort ?? "day";
  words.descending = shown.order === "up" ? "no" : "yes";
  words.offset = shown.from ?? "0";
  words.limit = String(PAGE);
  if (shown.point) words.point = shown.point;
  if (shown.search) words.search = shown.search;
  delete words.against;
  return api("rows", words);
}

/** The harm of the mark that was picked, as the ranking gave it; null where it gave none. */
export function markOf(rank: Rank, picked: Picked): number | null {
  const [id, ...others] = picked.areas;
  // Several areas are summed by the server alone: sums made here would differ in the last digit.
  if (others.length) return null;
  if (id === UNPLACED) return picked.part ? null : rank.unplaced.harm;
  if (!id) return picked.part ? null : rank.total.harm;
  const area = rank.areas.find((each) => each.area_id === id);
  if (!picked.part) return area?.harm ?? null;
  return area?.parts.find((each) => each.id === picked.part)?.harm ?? null;
}
