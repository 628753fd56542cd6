// Axis ticks and the five classes of the map.

const STEPS = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10];
const SHARES = [0.15, 0.45, 0.7, 0.88];

/** Round ticks from `base` (a round figure itself, or 0) to at most `top`, about `wanted` of them. */
export function ticks(top: number, wanted: number, base = 0): number[] {
  if (!(top > base)) return [base];
  const step = stepOf((top - base) / wanted);
  return Array.from({ length: Math.floor((top - base) / step + 1e-9) + 1 }, (_, index) => +(base + index * step).toPrecision(12));
}

/** Where the axis of a line starts: at 0, or at a round figure below when all values lie in the upper half. */
export function baseOf(values: number[]): number {
  const least = Math.min(...values);
  const most = Math.max(...values);
  if (!values.length || !(least > 0.5 * most)) return 0;
  const step = stepOf((most - least * 0.9) / 3);
  return Math.floor((least * 0.95) / step) * step;
}

/** The friendly step at or above a rough one. */
function stepOf(rough: number): number {
  const size = 10 ** Math.floor(Math.log10(rough));
  return ([1, 2, 2.5, 5, 10].find((each) => each * size >= rough * 0.999) ?? 10) * size;
}

/** The nearest round figure with a friendly first digit. */
function round(value: number): number {
  const size = 10 ** Math.floor(Math.log10(value));
  const near = STEPS.reduce((best, each) => (Math.abs(each - value / size) < Math.abs(best - value / size) ? each : best));
  return +(near * size).toPrecision(12);
}

/**
 * At most four rounded breaks between five classes, near the 15th, 45th, 70th and 88th per cent of the values.
 * Fewer come back where values are few or equal, so that no class is empty.
 */
export function breaksOf(values: number[]): number[] {
  const sorted = values.filter((value) => value > 0).sort((a, b) => a - b);
  if (sorted.length < 2) return [];
  const breaks: number[] = [];
  for (const share of SHARES) {
    const near = round(sorted[Math.floor(share * (sorted.length - 1))] ?? 0);
    const floor = breaks.at(-1) ?? -Infinity;
    const between = (low: number, high: number) => values.some((value) => value >= low && value < high);
    if (near > floor && between(floor, near) && between(near, Infinity)) breaks.push(near);
  }
  return breaks;
}

/** The class of a value, 1 to 5. With fewer breaks the classes spread over the ramp. */
export function classOf(value: number, breaks: number[]): number {
  return shade(breaks.filter((each) => value >= each).length, breaks.length);
}

/** The step of the ramp for class `index` of `last + 1` classes. */
export function shade(index: number, last: number): number {
  return last === 0 ? 3 : Math.round((index * 4) / last) + 1;
}
