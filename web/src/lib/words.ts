// Figures and dates in words: thousands with commas, a true minus, an en dash in ranges.

const WHOLE = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 0 });
const EXACT = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 10 });
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const SMALL = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];

/** A figure without decimals: 41,200. */
export function whole(value: number): string {
  return WHOLE.format(value).replace("-", "−");
}

/** A figure with every digit it has: 13,110.5. */
export function exact(value: number): string {
  return EXACT.format(value).replace("-", "−");
}

/** An axis or legend figure: 600, 6k, 1.5m. */
export function short(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e6) return `${EXACT.format(+(value / 1e6).toPrecision(3))}m`;
  if (size >= 1e3) return `${EXACT.format(+(value / 1e3).toPrecision(3))}k`;
  return EXACT.format(+value.toPrecision(3));
}

/** A figure that may be small: whole from 100 up, three digits below. */
export function figure(value: number): string {
  return Math.abs(value) >= 100 ? whole(value) : EXACT.format(+value.toPrecision(3)).replace("-", "−");
}

/** A share in per cent: 28%; "<1%" where rounding would say none. */
export function percent(share: number): string {
  return share > 0 && share < 0.005 ? "<1%" : `${Math.round(share * 100)}%`;
}

/** A chance in per cent; its ends never claim to be certain. */
export function chance(share: number): string {
  if (share > 0.99) return ">99%";
  return share < 0.01 ? "<1%" : percent(share);
}

/** A share with one decimal below ten per cent: 0.7%. */
export function finePercent(share: number): string {
  if (share > 0 && share < 0.0005) return "<0.1%";
  return share < 0.1 ? `${+(share * 100).toFixed(1)}%` : percent(share);
}

/** A size of land: 12 km², 3.2 km², 0.03 km². */
export function landSize(km2: number): string {
  return `${km2 >= 9.95 ? whole(km2) : km2.toFixed(km2 >= 0.95 ? 1 : 2)} km²`;
}

/** "1–2", or "1" where both ends are the same. */
export function range(low: number, high: number): string {
  return low === high ? whole(low) : `${whole(low)}–${whole(high)}`;
}

/** "(1–2)" after a place, or "firm" where the range is the place itself. */
export function placeRange(standing: { rank_lo: number; rank_hi: number }): string {
  return standing.rank_lo === standing.rank_hi ? "firm" : `(${range(standing.rank_lo, standing.rank_hi)})`;
}

/** "2026-10" as "Oct 2026". */
export function monthName(month: string): string {
  const [year, number] = month.split("-");
  return `${MONTHS[Number(number) - 1] ?? number} ${year}`;
}

/** "2026-10-31" (or an instant) as "31 Oct 2026". */
export function dayName(day: string): string {
  const [year, month, date] = day.slice(0, 10).split("-");
  return date === undefined
    ? monthName(day)
    : `${Number(date)} ${MONTHS[Number(month) - 1] ?? month} ${year}`;
}

/** "12m" as "12 months"; "28d" as "28 days". */
export function windowName(window: string): string {
  const number = Number.parseInt(window, 10);
  const unit = { m: "month", d: "day", y: "year", w: "week" }[window.slice(-1)] ?? "";
  return unit ? `${number} ${unit}${number === 1 ? "" : "s"}` : window;
}

/** "one row", "692 rows"; the number is spelt up to ten. */
export function count(number: number, singular: string, plural = `${singular}s`): string {
  return `${SMALL[number] ?? whole(number)} ${number === 1 ? singular : plural}`;
}

/** "692 rows", always in figures. */
export function tally(number: number, singular: string, plural = `${singular}s`): string {
  return `${whole(number)} ${number === 1 ? singular : plural}`;
}

export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** A title inside a sentence: "Theft offences" as "theft offences"; "LSOAs" stays. */
export function lower(text: string): string {
  return /^[A-Z](?![A-Z])/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;
}
