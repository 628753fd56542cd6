// Which columns of the rows stand at once, and how their cells are written.

import type { Cell, Column, RowPage } from "./types";
import { dayName, exact, monthName } from "./words";

/** Columns a reader asks for: where the row was written and when it became known. */
const ASIDE = new Set(["known_from", "event_id", "file", "line"]);

/** What the server says of an event whose source gives its month and no day. */
const MONTH_ONLY = "month only";

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

/** The columns to show: all, or those that say something on this page. */
export function columnsOf(page: RowPage, all: boolean): Shown[] {
  const seen = new Set<string>();
  return page.columns.flatMap((column, place) => {
    const filled = page.rows.some((row) => row[place] !== null);
    const ones = column.id === "quantity" && page.rows.every((row) => row[place] === 1);
    const again = seen.has(column.title);
    seen.add(column.title);
    const fold = ASIDE.has(column.id) || column.id === "time" || ones || again || !filled;
    return all || !fold ? [{ ...column, place, sort: SORTS[column.id] ?? null }] : [];
  });
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
  if (column.id === "line" || column.id === "event_id") return String(cell);
  return typeof cell === "number" ? exact(cell) : cell;
}
