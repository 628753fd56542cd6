// Titles that state what a drawing shows, made from the figures that it draws.

import { UNPLACED, type Picked } from "./rows";
import type { Show } from "./standings";
import type { Rank, Standing, Words } from "./types";
import { capital, count, figure, lower, percent, placeRange, tally, whole } from "./words";

/** The areas of the clearly high tier. */
export function clearlyHigh(rank: Rank): Standing[] {
  return rank.areas.filter((area) => area.tier === "clearly_high");
}

/** "Seven sectors hold 49% of the harm". */
export function mapTitle(rank: Rank): string {
  const high = clearlyHigh(rank);
  const kind = lower(rank.by.title);
  if (!high.length) return `No ${kind} stands clear of the rest`;
  const share = high.reduce((sum, area) => sum + area.harm, 0) / (rank.total.harm || 1);
  const counted = capital(count(high.length, kind, lower(rank.by.plural)));
  return `${counted} ${high.length === 1 ? "holds" : "hold"} ${percent(share)} of the harm`;
}

/** The names of two selections, each beginning with its letter. */
export function sidesOf(words: Words): [string, string] {
  return [words.a ? `A, ${words.a}` : "A", words.b ? `B, ${words.b}` : "B"];
}

/** What the map shows, for whoever does not see it. */
export function mapLabel(rank: Rank, shaded: string, classes: number): string {
  const counted = tally(rank.areas.length, lower(rank.by.title), lower(rank.by.plural));
  const names = clearlyHigh(rank).map((area) => area.name);
  return [
    `Map of ${counted} shaded by ${lower(shaded)}`,
    `in ${classes} ${classes === 1 ? "class" : "classes"}.`,
    names.length ? `Clearly high: ${names.join(", ")}.` : "None is clearly high.",
    "The list holds the same figures.",
  ].join(" ");
}

/** One area in one line: name, figures, place with its range. */
export function areaLine(area: Standing, show: Show): string {
  const rate = show === "rate" && area.rate !== null ? `${figure(area.rate)} per 1,000, ` : "";
  const place = `place ${area.rank} ${placeRange(area)}`;
  return `${area.name}: ${rate}${whole(area.harm)} points, ${place}, ${tally(area.events, "event")}`;
}

/** What rows stand behind: "theft offences in Staithe Quay", "the unplaced", "this page". */
export function behindWords(
  picked: Picked,
  titles: Map<string, string>,
  name: (area: string) => string,
): string {
  const part = picked.part ? lower(titles.get(picked.part) ?? picked.part) : null;
  const said = picked.areas.map((area) => (area === UNPLACED ? "the unplaced" : name(area)));
  const place = said.length > 3 ? `${said.length} areas` : listed(said);
  return part && place ? `${part} in ${place}` : (part ?? place ?? "this page");
}

/** "Moor", "Moor and Eastside", "Moor, Eastside and Harbour"; null for none. */
export function listed(names: string[]): string | null {
  const last = names.at(-1);
  if (last === undefined) return null;
  return names.length === 1 ? last : `${names.slice(0, -1).join(", ")} and ${last}`;
}
