// Axis ticks and the five classes of the map.

const SHARES = [0.15, 0.45, 0.7, 0.88];

/** Round ticks from `base` (a round figure itself, or 0) to at most `top`, about `wanted` of them. */
export function ticks(top: number, wanted: number, base = 0): number[] {
  if (!(top > base)) return [base];
  const step = stepOf((top - base) / wanted);
  return Array.from(
    { length: Math.floor((top - base) / step + 1e-9) + 1 },
    (_, index) => +(base + index * step).toPrecision(12),
  );
}

/** Where the axis of a line starts: at 0, or at a round figure below when all values lie in the upper half. */
export function baseOf(values: number[]): number {
  const least = Math.min(...values);
  const most = Math.max(...values);
  if (!values.length || !(least > 0.5 * most)) return 0;
  const step = stepOf((most - least * 0.9) / 3);
  const base = Math.floor((least * 0.95) / step) * step;
  // The ticks above may need a wider step: they are round only when the base is a multiple of it.
  const wider = stepOf((most - base) / 4);
  return Math.floor(base / wider) * wider;
}

/** The friendly step at or above a rough one. */
function stepOf(rough: number): number {
  const size = 10 ** Math.floor(Math.log10(rough));
  return ([1, 2, 2.5, 5, 10].find((each) => each * size >= rough * 0.999) ?? 10) * size;
}

/**
 * At most four round breaks between five classes, near the 15th, 45th, 70th and 88th per cent of the values.
 * Of all friendly figures each is the one that cuts nearest, rounder ones first. Equal values make one class.
 */
export function breaksOf(values: number[]): number[] {
  const sorted = values.filter((value) => value > 0).sort((a, b) => a - b);
  const [least, most] = [sorted[0] ?? 0, sorted.at(-1) ?? 0];
  // Values within a twentieth of each other are one class: shades would claim a difference that is not there.
  if (sorted.length < 2 || most - least < most / 20) return [];
  const round = friendly(least, most);
  const breaks: number[] = [];
  const below = new Map(round.map((each) => [each.value, countBelow(sorted, each.value)]));
  for (const share of SHARES) {
    const cost = (each: Friendly) =>
      Math.abs((below.get(each.value) ?? 0) / sorted.length - share) + each.cost;
    const best = round.reduce((one, other) => (cost(other) < cost(one) ? other : one), round[0] as Friendly);
    const floor = breaks.at(-1) ?? 0;
    if (sorted.some((value) => value >= floor && value < best.value) && best.value > floor)
      breaks.push(best.value);
  }
  return breaks.filter((each) => sorted.some((value) => value >= each));
}

/** How many of some sorted values lie below a figure. */
function countBelow(sorted: number[], figure: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as number) < figure) low = middle + 1;
    else high = middle;
  }
  return low;
}

interface Friendly {
  value: number;
  cost: number;
}

/** Round figures between two values; those with a less friendly second digit cost a little. */
function friendly(least: number, most: number): Friendly[] {
  const found: Friendly[] = [];
  for (let size = 10 ** Math.floor(Math.log10(least)); size <= most; size *= 10)
    for (let step = 10; step < 100; step += 1) {
      const value = +((step / 10) * size).toPrecision(12);
      if (value > least && value <= most && (step % 10 === 0 || step < 40))
        found.push({ value, cost: costOf(step) });
    }
  return found.length ? found : [{ value: most, cost: 0 }];
}

function costOf(step: number): number {
  if (step % 10 === 0) return 0;
  return step % 5 === 0 ? 0.01 : step < 20 && step % 2 === 0 ? 0.02 : 0.04;
}

/** The class of a value, 1 to 5. With fewer breaks the classes spread over the ramp. */
export function classOf(value: number, breaks: number[]): number {
  let index = 0;
  while (index < breaks.length && value >= (breaks[index] as number)) index += 1;
  return shade(index, breaks.length);
}

/** The step of the ramp for class `index` of `last + 1` classes. */
export function shade(index: number, last: number): number {
  return last === 0 ? 3 : Math.round((index * 4) / last) + 1;
}
