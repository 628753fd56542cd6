// The map that is zoomed into: own boundaries only, as tiles of our own server. Colours come from the page's tokens.

import { Map as GlMap, setWorkerUrl, type FilterSpecification, type StyleSpecification } from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?url";
import { boundsOf, isBoxed } from "./geometry";
import type { AreaShapes, Basemap, Box, Ring } from "./types";

// The worker is a file of its own: the content security policy knows no blob: address.
setWorkerUrl(new URL(workerUrl, location.href).href);

/** The last zoom that has tiles of its own. */
const FINEST = 13;
/** Areas told their fill at a time, so that the page answers in between. */
const AT_ONCE = 2000;
/** Narrower areas than this have no edges: they would be all that is seen. */
const EDGED_PX = 6;

/** How one area is filled: a step of the ramp (from 6 on of that from fell to rose), or hatched for few data; 0 where it is not ranked. */
export interface Look {
  step: number;
  few: boolean;
}

export interface Marks {
  high: string[];
  picked: string[];
  hovered: string[];
}

export class ZoomMap {
  readonly map: GlMap;
  readonly #shapes: AreaShapes;
  readonly #under: Basemap | null;
  /** An area's number in the tiles. */
  readonly #numbers: Map<string, number>;
  #told = new Map<number, Look>();
  #turn = 0;

  constructor(container: HTMLElement, shapes: AreaShapes, around: AreaShapes | null, under: Basemap | null) {
    this.#shapes = shapes;
    this.#under = under;
    this.#numbers = new Map(shapes.features.map((each, index) => [each.id, index + 1]));
    this.map = new GlMap({
      container,
      style: styleOf(shapes, around, under),
      bounds: boundsOf(shapes, null) ?? [-180, -60, 180, 75],
      fitBoundsOptions: { padding: 14 },
      attributionControl: false,
      keyboard: false,
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
      fadeDuration: 0,
      renderWorldCopies: false,
      cooperativeGestures: false,
    });
    this.map.touchZoomRotate.disableRotation();
    // A page is scrolled over the map; the wheel zooms only with Ctrl, as on other maps within pages.
    this.map.scrollZoom.disable();
    this.map.addImage("few", hatch(), { pixelRatio: 2 });
  }

  /** The area that is drawn at a point of the screen. */
  areaAt({ x, y }: { x: number; y: number }): string | null {
    const [found] = this.map.queryRenderedFeatures([x, y], { layers: ["fill"] });
    return this.#shapes.features[Number(found?.id) - 1]?.id ?? null;
  }

  /** Fill the areas; only those that look different are told to the graphics card, some at a time. */
  fill(looks: Map<string, Look>): void {
    const none = { step: 0, few: false };
    const changed: [number, Look][] = [];
    for (const [id, number] of this.#numbers) {
      const [now, told] = [looks.get(id) ?? none, this.#told.get(number) ?? none];
      if (now.step !== told.step || now.few !== told.few) changed.push([number, now]);
    }
    this.#tell(changed, ++this.#turn);
  }

  #tell(changed: [number, Look][], turn: number): void {
    if (turn !== this.#turn) return;
    for (const [id, { step, few }] of changed.splice(0, AT_ONCE)) {
      this.map.setFeatureState({ source: "areas", sourceLayer: "areas", id }, { step: few ? 0 : step, few });
      this.#told.set(id, { step, few });
    }
    if (changed.length) setTimeout(() => this.#tell(changed, turn));
  }

  mark({ high, picked, hovered }: Marks): void {
    this.#only(["high"], high);
    this.#only(["picked-edge", "picked"], picked);
    this.#only(["hovered-edge", "hovered"], hovered);
  }

  #only(layers: string[], ids: string[]): void {
    const numbers = ids.flatMap((id) => this.#numbers.get(id) ?? []);
    for (const layer of layers) this.map.setFilter(layer, only(numbers));
  }

  /** Take the colours of the theme in force. */
  paint(): void {
    for (const [layer, property, value] of paints(this.#under))
      this.map.setPaintProperty(layer, property as "fill-color", value as string);
    if (this.map.hasImage("few")) this.map.updateImage("few", hatch());
  }

  /** Frame some areas with their neighbours, or everything. */
  frame(ids: string[], still: boolean): void {
    const bounds = boundsOf(this.#shapes, ids.length ? ids : null);
    if (!bounds) return;
    const padding = ids.length ? Math.min(this.map.getContainer().clientWidth / 4, 110) : 14;
    this.map.fitBounds(bounds, { padding, maxZoom: 15, animate: !still, duration: 200 });
  }

  /** Frame the corners of something. */
  frameRing(ring: Ring, still: boolean): void {
    const lons = ring.map(([lon]) => lon);
    const lats = ring.map(([, lat]) => lat);
    const [west, east] = [Math.min(...lons), Math.max(...lons)];
    const [south, north] = [Math.min(...lats), Math.max(...lats)];
    this.map.fitBounds([west, south, east, north], {
      padding: 60,
      maxZoom: 17,
      animate: !still,
      duration: 200,
    });
  }

  remove(): void {
    this.#turn += 1;
    this.map.remove();
  }
}

function only(numbers: number[]): FilterSpecification {
  return ["in", ["id"], ["literal", numbers]];
}

function styleOf(shapes: AreaShapes, around: AreaShapes | null, under: Basemap | null): StyleSpecification {
  const none = only([]);
  const line = { "line-join": "round" as const };
  const areas = { source: "areas", "source-layer": "areas" };
  const outline = { source: "areas", "source-layer": "outline" };
  // What is marked changes with the pointer: tiles of their own, so that the land is not laid out anew.
  const marked = { type: "line" as const, source: "marked", "source-layer": "areas", filter: none };
  const from = edgedFrom(shapes);
  const layers: StyleSpecification["layers"] = [
    { id: "ground", type: "background" },
    ...(under ? layersUnder(under) : []),
    ...[14, 12.4, 8, 6.4].map((width, index) => ({
      id: `shore-${index}`,
      type: "line" as const,
      ...outline,
      layout: line,
      paint: { "line-width": width },
    })),
    {
      id: "fill",
      type: "fill",
      ...areas,
      paint: {
        "fill-antialias": ["step", ["zoom"], false, from, true],
        // What lies beneath is seen through the shades.
        ...(under ? { "fill-opacity": 0.8 } : {}),
      },
    },
    {
      id: "few",
      type: "fill",
      ...areas,
      paint: {
        "fill-pattern": "few",
        "fill-antialias": false,
        "fill-opacity": ["case", ["boolean", ["feature-state", "few"], false], 1, 0],
      },
    },
    {
      id: "edges",
      type: "line",
      ...areas,
      minzoom: from,
      layout: line,
      paint: { "line-width": shapes.features.length > 300 ? 0.5 : 1 },
    },
    {
      id: "around",
      type: "line",
      source: "around",
      "source-layer": "areas",
      layout: { ...line, visibility: around && around.features.length > 1 ? "visible" : "none" },
      paint: { "line-width": 1.4, "line-dasharray": [3, 2] },
    },
    { id: "coast", type: "line", ...outline, layout: line, paint: { "line-width": 1.1 } },
    ...(
      [
        ["high", 2.4],
        ["hovered-edge", 5],
        ["hovered", 2.4],
        ["picked-edge", 6],
        ["picked", 3.4],
      ] as const
    ).map(([id, width]) => ({ id, ...marked, layout: line, paint: { "line-width": width } })),
  ];
  const bounds = boundsOf(shapes, null);
  const tiled = (land: AreaShapes) => ({
    type: "vector" as const,
    tiles: [location.origin + land.tiles],
    maxzoom: FINEST,
    ...(bounds ? { bounds } : {}),
  });
  const style = {
    version: 8 as const,
    sources: {
      areas: tiled(shapes),
      marked: tiled(shapes),
      around: tiled(around ?? shapes),
      ...(under ? { under: sourceUnder(under) } : {}),
    },
    layers,
  };
  for (const [id, property, value] of paints(under)) {
    const layer = layers.find((each) => each.id === id);
    if (layer) layer.paint = { ...layer.paint, [property]: value };
  }
  return style as StyleSpecification;
}

/** The local file under the map, tile by tile from our own server. */
function sourceUnder({ kind, zooms: [minzoom, maxzoom], bounds }: Basemap) {
  const tiles = [`${location.origin}/api/basemap/{z}/{x}/{y}`];
  return { type: kind, tiles, minzoom, maxzoom, bounds, ...(kind === "raster" ? { tileSize: 256 } : {}) };
}

const WATER = /water|ocean|sea|river|lake/i;

/** Its layers in the page's own quiet colours, whatever they are called: ground under our data, no more. */
function layersUnder(under: Basemap): StyleSpecification["layers"] {
  if (under.kind === "raster")
    return [{ id: "under", type: "raster", source: "under", paint: { "raster-saturation": -0.7 } }];
  return under.layers.flatMap((name): StyleSpecification["layers"] => {
    const own = { source: "under", "source-layer": name };
    return [
      { id: `under-${name}`, type: "fill", ...own, filter: ["==", ["geometry-type"], "Polygon"] },
      {
        id: `under-${name}-line`,
        type: "line",
        ...own,
        filter: ["==", ["geometry-type"], "LineString"],
        paint: { "line-width": 0.8 },
      },
    ];
  });
}

/** The zoom from which areas are wide enough to have edges; those of few are always drawn. */
function edgedFrom(shapes: AreaShapes): number {
  if (!isBoxed(shapes)) return 0;
  const wide = shapes.features.map(({ bbox }) => (bbox as Box)[2] - (bbox as Box)[0]).sort((a, b) => a - b);
  const middle = wide[wide.length >> 1] || 360;
  return Math.min(Math.max(Math.log2((EDGED_PX * 360) / (512 * middle)), 0), 22);
}

/** Every colour of the map: layer, property, and its value from the tokens. */
function paints(under: Basemap | null): [string, string, unknown][] {
  const ramp = [1, 2, 3, 4, 5].flatMap((step) => [step, token(`h${step}`), step + 5, token(`d${step}`)]);
  const step = ["coalesce", ["feature-state", "step"], 0];
  return [
    ["ground", "background-color", token("ground")],
    ...(under?.layers ?? []).flatMap((name): [string, string, unknown][] => {
      const wet = WATER.test(name);
      return [
        [`under-${name}`, "fill-color", token(wet ? "water" : "outland")],
        [`under-${name}-line`, "line-color", token(wet ? "water" : "rule-2")],
      ];
    }),
    ...[0, 1, 2, 3].map((index): [string, string, unknown] => [
      `shore-${index}`,
      "line-color",
      token(index % 2 ? "ground" : "water"),
    ]),
    ["fill", "fill-color", ["match", step, ...ramp, token("outland")]],
    ["edges", "line-color", token("sheet")],
    ["around", "line-color", token("ink-2")],
    ["coast", "line-color", token("ink")],
    ["high", "line-color", token("ink")],
    ["hovered-edge", "line-color", token("sheet")],
    ["hovered", "line-color", token("ink")],
    ["picked-edge", "line-color", token("sheet")],
    ["picked", "line-color", token("act")],
  ];
}

function token(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

/** The hatching of few data: diagonal lines on the sheet, one tile of them. */
function hatch(): ImageData {
  const size = 12;
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = size;
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  if (!pen) return new ImageData(size, size);
  pen.fillStyle = token("sheet");
  pen.fillRect(0, 0, size, size);
  pen.strokeStyle = token("ink-3");
  pen.lineWidth = 1.8;
  for (const shift of [-size, 0, size]) {
    pen.beginPath();
    pen.moveTo(shift - 2, size + 2);
    pen.lineTo(shift + size + 2, -2);
    pen.stroke();
  }
  return pen.getImageData(0, 0, size, size);
}
