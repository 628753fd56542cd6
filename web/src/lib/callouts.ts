// Names of a few areas in the free space beside the land.

import type { Drawing, Drawn } from "./geometry";
import type { Ring } from "./types";

export interface Callout {
  id: string;
  text: string;
  x: number;
  y: number;
  end: boolean;
  fromX: number;
  fromY: number;
  toX: number;
  toY: number;
}

/** Names in the free space beside the land, each with one straight leader; a name without room is left out. */
export function callouts(drawing: Drawing, wanted: { id: string; text: string }[], unit: number): Callout[] {
  const spots = new Map(drawing.areas.map((area) => [area.id, area]));
  const names = wanted.flatMap(({ id, text }) => {
    const area = spots.get(id);
    return area ? [{ area, options: candidates(drawing, area, text, unit) }] : [];
  });
  // Each name takes the best place left to it, so the order matters: a few orders are tried.
  const orders = [
    names,
    [...names].sort((a, b) => a.area.y - b.area.y),
    [...names].sort((a, b) => b.area.y - a.area.y),
    [...names].sort((a, b) => a.options.length - b.options.length),
  ];
  const tries = orders.map((order) =>
    order.reduce<Callout[]>((placed, { options }) => {
      const found = options.find((each) => isFree(each, placed, unit));
      return found ? [...placed, found] : placed;
    }, []),
  );
  return tries.reduce((best, each) => (each.length > best.length ? each : best));
}

function candidates(drawing: Drawing, area: Drawn, text: string, unit: number): Callout[] {
  const long = text.length * 6.9 * unit;
  const found: (Callout & { cost: number })[] = [];
  for (let step = -9; step <= 9; step += 1) {
    const y = area.y + step * 14 * unit;
    if (y < 12 * unit || y > drawing.height - 6 * unit) continue;
    const land = landBetween(drawing.rings, y - 11 * unit, y + 9 * unit);
    const [west, east] = land ?? [area.x, area.x];
    for (const end of [true, false]) {
      const x = end ? west - 12 * unit : east + 12 * unit;
      if (end ? x - long < 0 : x + long > drawing.width) continue;
      const fromX = end ? x + 4 * unit : x - 4 * unit;
      const fromY = y - 4 * unit;
      if (Math.hypot(area.x - fromX, area.y - fromY) > drawing.width * 0.42) continue;
      const cost = Math.hypot(area.x - fromX, area.y - fromY) + Math.abs(step) * 4 * unit;
      found.push({ id: area.id, text, x, y, end, fromX, fromY, toX: area.x, toY: area.y, cost });
    }
  }
  return found.sort((a, b) => a.cost - b.cost);
}

/** How far west and east land reaches between two heights; null where there is none. */
function landBetween(rings: Ring[], top: number, bottom: number): [number, number] | null {
  let west = Infinity;
  let east = -Infinity;
  for (const ring of rings)
    for (let index = 1; index < ring.length; index += 1) {
      const [[x1, y1], [x2, y2]] = [ring[index - 1] as [number, number], ring[index] as [number, number]];
      if (Math.max(y1, y2) < top || Math.min(y1, y2) > bottom) continue;
      // Clip the edge to the band: simplified coasts have edges longer than a line of text is high.
      const at = (y: number) =>
        y1 === y2 ? x1 : x1 + ((Math.min(Math.max(y, top), bottom) - y1) / (y2 - y1)) * (x2 - x1);
      const ends = y1 === y2 ? [x1, x2] : [at(y1), at(y2)];
      west = Math.min(west, ...ends);
      east = Math.max(east, ...ends);
    }
  return west <= east ? [west, east] : null;
}

function isFree(one: Callout, placed: Callout[], unit: number): boolean {
  return placed.every((other) => {
    const apart = Math.abs(one.y - other.y) >= 15 * unit || one.end !== other.end;
    return apart && !cross(one, other);
  });
}

function cross(a: Callout, b: Callout): boolean {
  const side = (p: Callout, x: number, y: number) =>
    (p.toX - p.fromX) * (y - p.fromY) - (p.toY - p.fromY) * (x - p.fromX) > 0;
  return (
    side(a, b.fromX, b.fromY) !== side(a, b.toX, b.toY) && side(b, a.fromX, a.fromY) !== side(b, a.toX, a.toY)
  );
}
