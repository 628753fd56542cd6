// The ranked list: tiers in order, what each row shows, and what folds away.

import type { Rank, Standing, Tier } from "./types";
import { whole } from "./words";

export type Show = "score" | "rate";

/** What a bar draws: harm, or harm per 1,000 of the base, with its range on the same footing. */
export interface Span {
  id: string;
  value: number;
  lo: number;
  hi: number;
}

export interface TierGroup {
  tier: Tier;
  name: string;
  icon: "high" | "mid" | "low";
  rows: Standing[];
  folded: Standing[];
}

const TIERS: { tier: Tier; name: string; icon: TierGroup["icon"]; atOnce: number }[] = [
  { tier: "clearly_high", name: "Clearly high", icon: "high", atOnce: 12 },
  { tier: "not_told_apart", name: "Cannot be told apart", icon: "mid", atOnce: 5 },
  { tier: "clearly_low", name: "Clearly low", icon: "low", atOnce: 0 },
];

/** Tiers that have areas; rows beyond the first few fold unless the tier is open. A picked area never folds. */
export function groupsOf(areas: Standing[], open: string[], picked: string[]): TierGroup[] {
  return TIERS.flatMap(({ tier, name, icon, atOnce }) => {
    const all = areas.filter((area) => area.tier === tier);
    if (!all.length) return [];
    const only = all.length === areas.length ? 10 : atOnce;
    const limit = open.includes(icon) || all.length <= only + 2 ? all.length : only;
    const rows = all.filter((area, index) => index < limit || picked.includes(area.area_id));
    const folded = all.filter((area, index) => index >= limit && !picked.includes(area.area_id));
    return [{ tier, name, icon, rows, folded }];
  });
}

export function spanOf(area: Standing, show: Show): Span {
  if (show === "score") return { id: area.area_id, value: area.harm, lo: area.harm_lo, hi: area.harm_hi };
  const per = area.rate !== null && area.harm > 0 ? area.rate / area.harm : 0;
  return { id: area.area_id, value: area.rate ?? 0, lo: area.harm_lo * per, hi: area.harm_hi * per };
}

export function spansOf(areas: Standing[], show: Show): Span[] {
  return areas.map((area) => spanOf(area, show));
}

/** A strip holds so many lines, one a pixel; of more areas every second, third ... is drawn. */
export const MOST_LINES = 200;

/** What order means inside a tier, in one sentence. */
export function tierWords(group: TierGroup, kind: string, kinds: string): string {
  const size = group.rows.length + group.folded.length;
  const counted = `${whole(size)} ${size === 1 ? kind : kinds}.`;
  if (group.tier === "clearly_high") return counted;
  if (group.tier === "clearly_low") return counted;
  return size === 1 ? counted : `${counted} Listed by score; where ranges overlap, the order is chance.`;
}

/** The colour of each part of a score, by its place among them: six, and the rest alike. */
export function coloursOf(rank: Rank | null): Map<string, number> {
  return new Map((rank?.parts ?? []).map((part, index) => [part.id, Math.min(index + 1, 6)]));
}
