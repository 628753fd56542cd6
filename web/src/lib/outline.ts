// The outline of a coverage: the edges that belong to one area only, joined into lines.

import type { AreaShapes, Ring, Shape } from "./types";

type Point = [number, number];

/**
 * Lines around the whole of neighbouring areas that share their borders to the last digit.
 * Null where borders are not shared (each area simplified alone): then the areas' own edges must do.
 */
export function outlineOf(shapes: AreaShapes): Shape | null {
  const edges = new Map<string, [Point, Point]>();
  for (const ring of shapes.features.flatMap((feature) => ringsOf(feature.geometry)))
    for (let index = 1; index < ring.length; index += 1) {
      const [from, to] = [ring[index - 1] as Point, ring[index] as Point];
      // A neighbour walks a shared border the other way; the two cancel out.
      if (!edges.delete(`${to}|${from}`)) edges.set(`${from}|${to}`, [from, to]);
    }
  const lines = joined([...edges.values()]);
  return lines.length > Math.max(20, shapes.features.length / 2)
    ? null
    : { type: "Polygon", coordinates: lines };
}

function joined(edges: [Point, Point][]): Ring[] {
  const next = new Map<string, [Point, Point][]>();
  for (const edge of edges) next.set(String(edge[0]), [...(next.get(String(edge[0])) ?? []), edge]);
  const used = new Set<[Point, Point]>();
  const lines: Ring[] = [];
  for (const start of edges) {
    if (used.has(start)) continue;
    const line: Ring = [start[0]];
    for (let edge: [Point, Point] | undefined = start; edge;) {
      used.add(edge);
      line.push(edge[1]);
      edge = next.get(String(edge[1]))?.find((each) => !used.has(each));
    }
    lines.push(line);
  }
  return lines;
}

function ringsOf(shape: Shape | null): Ring[] {
  if (!shape) return [];
  return shape.type === "Polygon" ? (shape.coordinates as Ring[]) : (shape.coordinates as Ring[][]).flat();
}
