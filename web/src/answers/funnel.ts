// A funnel: what each area's figure would be by chance if all had the same rate, from the ranking's own figures.
//
// The harm of an area is a sum over its incidents, so its variance is near the sum over incidents of their squared
// points. That sum follows from the largest event: its share of the harm and its share of the variance are both given.
// Pooled over all areas it is what one common rate would give each by its size. Limits widen by the root of the
// over-dispersion factor, the mean of z squared with the outer tenths drawn in (Spiegelhalter, Statistics in
// Medicine 24, 2005, 1185-1202).

import type { Spread } from "./types";

export type Base = "residents" | "events";

export interface Point {
  area: Spread;
  /** Residents, or events. */
  size: number;
  /** Harm per `per` of the size. */
  value: number;
  z: number;
}

export interface Funnel {
  points: Point[];
  /** Areas without a size or without any figure: they cannot be drawn. */
  left: Spread[];
  mean: number;
  per: number;
  /** Over-dispersion: 1 where the areas differ no more than chance. */
  factor: number;
  limit: (size: number, z: number) => [number, number];
}

export const Z95 = 1.959964;
export const Z998 = 3.090232;

/** The funnel of a ranking; null where fewer than three areas can be drawn, or where chance has no part. */
export function funnelOf(areas: Spread[], base: Base): Funnel | null {
  const sizeOf = (area: Spread) => (base === "residents" ? (area.base ?? 0) : area.events);
  const drawn = areas.filter((area) => sizeOf(area) > 0);
  const left = areas.filter((area) => !(sizeOf(area) > 0));
  if (drawn.length < 3) return null;
  const per = base === "residents" ? (drawn[0]?.rate_base ?? 1000) : 1;
  const size = sum(drawn.map(sizeOf));
  const harm = sum(drawn.map((area) => area.harm));
  const known = drawn.map(squaresOf);
  // A stock is counted, not drawn by chance: it has no variance, and no funnel.
  if (!(harm > 0) || known.some((each) => each === null)) return null;
  const squares = sum(known.filter((each) => each !== null));
  const mean = harm / size;
  const spread = base === "residents" ? squares / size : squares / size - mean * mean;
  const plain = drawn.map((area) => {
    const own = sizeOf(area);
    const z = spread > 0 ? (area.harm / own - mean) / Math.sqrt(spread / own) : 0;
    return { area, size: own, value: (per * area.harm) / own, z };
  });
  const factor = Math.max(1, drawnIn(plain.map((point) => point.z * point.z)));
  const wide = Math.sqrt(factor);
  return {
    points: plain.map((point) => ({ ...point, z: point.z / wide })),
    left,
    mean: per * mean,
    per,
    factor,
    limit: (at, z) => {
      const half = z * wide * Math.sqrt(Math.max(spread, 0) / at);
      return [Math.max(0, per * (mean - half)), per * (mean + half)];
    },
  };
}

/** The sum of squared points of an area's incidents; null where it cannot be told. */
export function squaresOf(area: Spread): number | null {
  const { share_largest: share, variance_share_largest: part, harm } = area;
  if (share === null || share === undefined || !part) return harm === 0 ? 0 : null;
  return (share * harm) ** 2 / part;
}

/** The mean with the outer tenths drawn in to the values at their edge. */
function drawnIn(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const cut = Math.floor(sorted.length / 10);
  const [low, high] = [sorted[cut] ?? 0, sorted[sorted.length - 1 - cut] ?? 0];
  return sum(sorted.map((value) => Math.min(Math.max(value, low), high))) / (sorted.length || 1);
}

function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
