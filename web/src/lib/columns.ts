// Which columns of the rows stand at once, and how their cells are written.

import type { Cell, Column, RowPage } from "./types";
import { UNPLACED } from "./rows";
import { dayName, exact, lower, monthName } from "./words";

/** Columns a reader asks for: where the row was written and when it became known. */
const ASIDE = new Set(["known_from", "event_id", "file", "line"]);

/** What the server says of an event whose source gives its month and no day. */
const MONTH_ONLY = "month only";

/** An attribute's value that a source writes as a code: domestic_abuse_service. */
const CODE = /^[a-z]+(_[a-z]+)+$/;

/** The word that sorts by a column; columns not named here are not sorted. */
const SORTS: Record<string, string> = {
  day: "day",
  category: "category",
  category_title: "category",
  quantity: "quantity",
  points: "points",
  harm: "harm",
  area_name: "place",
};

export interface Shown extends Column {
  place: number;
  sort: string | null;
}

/** What a sheet of paper is wide enough for, besides the columns that every row has. */
const ON_PAPER = 10;
const EVERY = new Set([
  "day",
  "reference",
  "category",
  "category_title",
  "points",
  "harm",
  "area_name",
  "source_title",
]);

/** The columns to show: all, or those that say something on this page; on paper, as many as it is wide. */
export function columnsOf(page: RowPage, all: boolean, paper = false): Shown[] {
  const shown = saying(page, all);
  if (!paper || shown.length <= ON_PAPER) return shown;
  const every = shown.filter((each) => EVERY.has(each.id)).length;
  const own = shown.filter((each) => !EVERY.has(each.id)).slice(0, ON_PAPER - every);
  return shown.filter((each) => EVERY.has(each.id) || own.includes(each));
}

function saying(page: RowPage, all: boolean): Shown[] {
  const seen = new Set<string>();
  return page.columns.flatMap((column, place) => {
    const filled = page.rows.some((row) => row[place] !== null);
    const ones = column.id === "quantity" && page.rows.every((row) => row[place] === 1);
    const again = seen.has(column.title);
    seen.add(column.title);
    const aside = ASIDE.has(column.id) || column.id === "time" || isTwice(page, column.id);
    const fold = aside || ones || again || !filled;
    return all || !fold ? [{ ...column, place, sort: SORTS[column.id] ?? null }] : [];
  });
}

/** Where types are ranked, the subject of a row is its category, which has a column already. */
function isTwice(page: RowPage, id: string): boolean {
  const own = page.columns.findIndex((column) => column.id === "area_name");
  const other = page.columns.findIndex((column) => column.id === "category_title");
  return id === "area_name" && other >= 0 && page.rows.every((row) => row[own] === row[other]);
}

/** A cell in words; a day carries its time where the row has one. */
export function cellOf(row: Cell[], column: Shown, page: RowPage, all: boolean): string {
  const cell = row[column.place] ?? null;
  if (column.kind === "date" && cell !== null) {
    const time = all ? null : row[page.columns.findIndex((each) => each.id === "time")];
    if (time === MONTH_ONLY) return `${monthName(String(cell).slice(0, 7))}, ${time}`;
    return time ? `${dayName(String(cell))}, ${time}` : dayName(String(cell));
  }
  if (cell === null) return "not known";
  if (cell === UNPLACED) return `no ${lower(column.title)}`;
  if (column.id.startsWith("attr_") && CODE.test(String(cell))) return String(cell).replaceAll("_", " ");
  if (column.id === "line" || column.id === "event_id") return String(cell);
  return typeof cell === "number" ? exact(cell) : cell;
}
