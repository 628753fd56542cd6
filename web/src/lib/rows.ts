// Which rows stand behind a mark: the selection of the page, narrowed to what is picked.

import { api } from "./answer.svelte";
import { readWhere, withTerm, writeWhere } from "./route.svelte";
import type { Rank, Words } from "./types";

export const PAGE = 25;
export const UNPLACED = "UNPLACED";

export interface Picked {
  area: string | null;
  part: string | null;
}

/** The question for the rows behind what is picked; `categories` are those of the picked part. */
export function rowsOf(selection: Words, picked: Picked, shown: Words, categories: string[]): string {
  const words: Words = { ...selection };
  if (picked.area) words.areas = picked.area;
  if (categories.length)
    words.where = writeWhere(withTerm(readWhere(words.where), "category", categories)) ?? "";
  words.sort = shown.sort ?? "day";
  words.descending = shown.order === "up" ? "no" : "yes";
  words.offset = shown.from ?? "0";
  words.limit = String(PAGE);
  delete words.against;
  return api("rows", words);
}

/** The harm of the mark that was picked, as the ranking gave it; null where it gave none. */
export function markOf(rank: Rank, picked: Picked): number | null {
  if (picked.area === UNPLACED) return picked.part ? null : rank.unplaced.harm;
  if (!picked.area) return picked.part ? null : rank.total.harm;
  const area = rank.areas.find((each) => each.area_id === picked.area);
  if (!picked.part) return area?.harm ?? null;
  return area?.parts.find((each) => each.id === picked.part)?.harm ?? null;
}
