// Months of a trend: those that are known, with figures.

import type { Month } from "./types";

export type KnownMonth = Month & { events: number; harm: number };

/** A month that came: a gap has no figures, and is never a zero. */
export function isKnown(month: Month | undefined): month is KnownMonth {
  return month !== undefined && !month.gap && month.harm !== null && month.events !== null;
}

export function knownOf(months: Month[]): KnownMonth[] {
  return months.filter(isKnown);
}
