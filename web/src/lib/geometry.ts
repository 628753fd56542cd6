// The map's own projection: equirectangular, narrowed by the cosine of the middle latitude, fitted to a box.

import polylabel from "polylabel";
import { outlineOf } from "./outline";
import type { AreaShapes, Box, Ring, Shape } from "./types";

export interface Drawn {
  id: string;
  name: string;
  path: string;
  /** The place inside the area farthest from its border, and how far that is, in drawing units. */
  x: number;
  y: number;
  room: number;
  /** The longer side of the box around it. */
  span: number;
}

export interface Drawing {
  width: number;
  height: number;
  areas: Drawn[];
  outline: string;
  /** Rings of the outline in drawing units, to find free space beside the land. */
  rings: Ring[];
  /** Longitude and latitude of a point of the drawing. */
  lonLat: (x: number, y: number) => [number, number];
  /** Where a longitude and latitude lie in the drawing. */
  at: (lon: number, lat: number) => { x: number; y: number };
}

const MOST_LABELLED = 400;

/** Draw shapes (longitude, latitude) `width` wide, at most `tallest` high, `margin` left free at the sides. */
export function draw(shapes: AreaShapes, width: number, tallest: number, margin: number): Drawing {
  const boxed = isBoxed(shapes);
  const around = shapes.outline ?? (boxed ? null : outlineOf(shapes));
  const outer = around
    ? ringsOf(around)
    : boxed
      ? [corners(boundsOf(shapes, null) ?? [0, 0, 1, 1])]
      : shapes.features.flatMap((each) => ringsOf(each.geometry));
  const place = fit(outer, width, tallest, margin);
  const few = shapes.features.length <= MOST_LABELLED;
  const areas = shapes.features.map((feature): Drawn => {
    const { id, bbox } = feature;
    const { name } = feature.properties;
    // The map to zoom into draws tens of thousands of areas: by their boxes, without a path.
    if (bbox)
      return { id, name, path: "", ...middle(place.at([bbox[0], bbox[3]]), place.at([bbox[2], bbox[1]])) };
    const polygons = polygonsOf(feature.geometry).map((polygon) => polygon.map((ring) => ring.map(place.at)));
    const held = polygons.flat();
    const [west, east] = extent(held, 0);
    const [north, south] = extent(held, 1);
    let path: string | null = null;
    return {
      id,
      name,
      // Drawings are tried at several margins, and one of them is drawn.
      get path() {
        return (path ??= pathOf(held));
      },
      ...middle([west, north], [east, south]),
      ...(few ? widest(polygons) : {}),
    };
  });
  const rings = outer.map((ring) => ring.map(place.at));
  const outline = around ? pathOf(rings) : "";
  const at = (lon: number, lat: number) => {
    const [x, y] = place.at([lon, lat]);
    return { x, y };
  };
  return { width, height: place.height, areas, outline, rings, lonLat: place.lonLat, at };
}

/** Whether areas have come by their boxes alone. */
export function isBoxed(shapes: AreaShapes): boolean {
  return shapes.features[0]?.bbox !== undefined;
}

function corners([west, south, east, north]: Box): Ring {
  return [
    [west, south],
    [east, south],
    [east, north],
    [west, north],
  ];
}

function fit(rings: Ring[], width: number, tallest: number, margin: number) {
  const [west, east] = extent(rings, 0);
  const [south, north] = extent(rings, 1);
  const narrow = Math.cos((((south + north) / 2) * Math.PI) / 180);
  const wide = Math.max((east - west) * narrow, 1e-9);
  const high = Math.max(north - south, 1e-9);
  const edge = 10;
  const scale = Math.min((width - 2 * margin) / wide, (tallest - 2 * edge) / high);
  const height = Math.round(high * scale + 2 * edge);
  const left = (width - wide * scale) / 2;
  const at = ([lon, lat]: [number, number]): [number, number] => [
    left + (lon - west) * narrow * scale,
    edge + (north - lat) * scale,
  ];
  const lonLat = (x: number, y: number): [number, number] => [
    west + (x - left) / (narrow * scale),
    north - (y - edge) / scale,
  ];
  return { at, lonLat, height };
}

/** West, south, east and north of some areas; null where they have no shape. */
export function boundsOf(shapes: AreaShapes, ids: string[] | null): Box | null {
  const wanted = ids && new Set(ids);
  const box: Box = [Infinity, Infinity, -Infinity, -Infinity];
  for (const { id, bbox, geometry } of shapes.features) {
    if (wanted && !wanted.has(id)) continue;
    if (bbox) widen(box, bbox[0], bbox[1]);
    if (bbox) widen(box, bbox[2], bbox[3]);
    else for (const ring of ringsOf(geometry)) for (const [lon, lat] of ring) widen(box, lon, lat);
  }
  return box[0] <= box[2] ? box : null;
}

function widen(box: Box, lon: number, lat: number): void {
  box[0] = Math.min(box[0], lon);
  box[1] = Math.min(box[1], lat);
  box[2] = Math.max(box[2], lon);
  box[3] = Math.max(box[3], lat);
}

function extent(rings: Ring[], axis: 0 | 1): [number, number] {
  let low = Infinity;
  let high = -Infinity;
  for (const ring of rings)
    for (const point of ring) {
      low = Math.min(low, point[axis]);
      high = Math.max(high, point[axis]);
    }
  return Number.isFinite(low) ? [low, high] : [0, 1];
}

function polygonsOf(shape: Shape | null): Ring[][] {
  if (!shape) return [];
  return shape.type === "Polygon" ? [shape.coordinates as Ring[]] : (shape.coordinates as Ring[][]);
}

function ringsOf(shape: Shape | null): Ring[] {
  return polygonsOf(shape).flat();
}

function pathOf(rings: Ring[]): string {
  return rings
    .map((ring) => `M${ring.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(" ")}Z`)
    .join("");
}

/** The middle of a box by its north-western and south-eastern corners, and its longer side. */
function middle([west, north]: [number, number], [east, south]: [number, number]) {
  const span = Math.max(east - west, south - north);
  return { x: (west + east) / 2, y: (north + south) / 2, room: 0, span };
}

function widest(polygons: Ring[][]): { x: number; y: number; room: number } {
  let best = { x: 0, y: 0, room: 0 };
  for (const polygon of polygons) {
    if ((polygon[0]?.length ?? 0) < 4) continue;
    const spot = polylabel(polygon, 1);
    if (spot.distance > best.room) best = { x: spot[0] ?? 0, y: spot[1] ?? 0, room: spot.distance };
  }
  return best;
}

/** The area nearest to `from` in a direction of the arrow keys; null at the edge. */
export function neighbour(areas: Drawn[], from: Drawn, key: string): Drawn | null {
  const dx = key === "ArrowRight" ? 1 : key === "ArrowLeft" ? -1 : 0;
  const dy = key === "ArrowDown" ? 1 : key === "ArrowUp" ? -1 : 0;
  let best: Drawn | null = null;
  let least = Infinity;
  for (const area of areas) {
    const along = (area.x - from.x) * dx + (area.y - from.y) * dy;
    const aside = Math.abs((area.x - from.x) * dy + (area.y - from.y) * dx);
    if (along <= 0.5) continue;
    const cost = along + 2 * aside;
    if (cost < least) [best, least] = [area, cost];
  }
  return best;
}

/** A box in degrees, in drawing units. */
export function frameOf(
  [west, south, east, north]: Box,
  whole: Drawing,
): { x: number; y: number; width: number; height: number } {
  const [from, to] = [whole.at(west, north), whole.at(east, south)];
  return { x: from.x, y: from.y, width: to.x - from.x, height: to.y - from.y };
}

/** The part of a drawing around some corners in degrees, in the shape of the whole. */
export function frameAround(
  ring: Ring,
  whole: Drawing,
): { x: number; y: number; width: number; height: number } {
  const spots = ring.map(([lon, lat]) => whole.at(lon, lat));
  const [xs, ys] = [spots.map((spot) => spot.x), spots.map((spot) => spot.y)];
  const [west, east, north, south] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const ratio = whole.height / whole.width;
  const room = Math.max((east - west) * 1.4, ((south - north) * 1.4) / ratio, whole.width / 14);
  const width = Math.min(room, whole.width);
  const height = width * ratio;
  return { x: (west + east - width) / 2, y: (north + south - height) / 2, width, height };
}
