// The map that is zoomed into: own boundaries only, nothing asked of anybody. Colours come from the page's tokens.

import type { FeatureCollection, Geometry } from "geojson";
import { Map as GlMap, setWorkerUrl, type StyleSpecification } from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?url";
import { boundsOf } from "./geometry";
import { outlineOf } from "./outline";
import type { AreaShapes, Ring } from "./types";

// The worker is a file of its own: the content security policy knows no blob: address.
setWorkerUrl(new URL(workerUrl, location.href).href);

/** How one area is filled: a step of the ramp, or hatched for few data; 0 where it is not ranked. */
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
  #looks = new Map<string, Look>();

  constructor(container: HTMLElement, shapes: AreaShapes, around: AreaShapes | null) {
    this.map = new GlMap({
      container,
      style: styleOf(shapes, around),
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

  /** Fill the areas; only those that look different are told to the graphics card. */
  fill(looks: Map<string, Look>): void {
    const few: string[] = [];
    for (const [id, look] of looks) {
      if (look.few) few.push(id);
      const before = this.#looks.get(id);
      if (before?.step !== look.step || before.few !== look.few)
        this.map.setFeatureState({ source: "areas", id }, { step: look.few ? 0 : look.step });
    }
    for (const id of this.#looks.keys())
      if (!looks.has(id)) this.map.setFeatureState({ source: "areas", id }, { step: 0 });
    this.#looks = looks;
    this.map.setFilter("few", only(few));
  }

  mark({ high, picked, hovered }: Marks): void {
    this.map.setFilter("high", only(high));
    for (const layer of ["picked-edge", "picked"]) this.map.setFilter(layer, only(picked));
    for (const layer of ["hovered-edge", "hovered"]) this.map.setFilter(layer, only(hovered));
  }

  /** Take the colours of the theme in force. */
  paint(): void {
    for (const [layer, property, value] of paints())
      this.map.setPaintProperty(layer, property as "fill-color", value as string);
    if (this.map.hasImage("few")) this.map.updateImage("few", hatch());
  }

  /** Frame some areas with their neighbours, or everything. */
  frame(shapes: AreaShapes, ids: string[], still: boolean): void {
    const bounds = boundsOf(shapes, ids.length ? ids : null);
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
    this.map.remove();
  }
}

function only(ids: string[]): ["in", ["get", "id"], ["literal", string[]]] {
  return ["in", ["get", "id"], ["literal", ids]];
}

function styleOf(shapes: AreaShapes, around: AreaShapes | null): StyleSpecification {
  const none = only([]);
  const line = { "line-join": "round" as const };
  const layers: StyleSpecification["layers"] = [
    { id: "ground", type: "background" },
    ...[14, 12.4, 8, 6.4].map((width, index) => ({
      id: `shore-${index}`,
      type: "line" as const,
      source: "outline",
      layout: line,
      paint: { "line-width": width },
    })),
    { id: "fill", type: "fill", source: "areas" },
    { id: "few", type: "fill", source: "areas", filter: none, paint: { "fill-pattern": "few" } },
    {
      id: "edges",
      type: "line",
      source: "areas",
      layout: line,
      paint: { "line-width": shapes.features.length > 300 ? 0.5 : 1 },
    },
    {
      id: "around",
      type: "line",
      source: "around",
      layout: line,
      paint: { "line-width": 1.4, "line-dasharray": [3, 2] },
    },
    { id: "coast", type: "line", source: "outline", layout: line, paint: { "line-width": 1.1 } },
    { id: "high", type: "line", source: "areas", filter: none, layout: line, paint: { "line-width": 2.4 } },
    {
      id: "hovered-edge",
      type: "line",
      source: "areas",
      filter: none,
      layout: line,
      paint: { "line-width": 5 },
    },
    {
      id: "hovered",
      type: "line",
      source: "areas",
      filter: none,
      layout: line,
      paint: { "line-width": 2.4 },
    },
    {
      id: "picked-edge",
      type: "line",
      source: "areas",
      filter: none,
      layout: line,
      paint: { "line-width": 6 },
    },
    { id: "picked", type: "line", source: "areas", filter: none, layout: line, paint: { "line-width": 3.4 } },
  ];
  const style = {
    version: 8 as const,
    sources: {
      areas: { type: "geojson" as const, promoteId: "id", tolerance: 0.2, data: collection(shapes) },
      outline: { type: "geojson" as const, data: outlines(shapes) },
      around: { type: "geojson" as const, data: around ? outlines(around, true) : empty() },
    },
    layers,
  };
  for (const [id, property, value] of paints()) {
    const layer = layers.find((each) => each.id === id);
    if (layer) layer.paint = { ...layer.paint, [property]: value };
  }
  return style as StyleSpecification;
}

function collection(shapes: AreaShapes): FeatureCollection {
  const features = shapes.features.flatMap((each) =>
    each.geometry
      ? [
          {
            type: "Feature" as const,
            properties: { id: each.id },
            geometry: each.geometry as Geometry,
          },
        ]
      : [],
  );
  return { type: "FeatureCollection", features };
}

/** The line around all areas, or around each. */
function outlines(shapes: AreaShapes, each = false): FeatureCollection {
  if (each && shapes.features.length < 2) return empty();
  const around = each ? null : (shapes.outline ?? outlineOf(shapes));
  if (!around) return each ? collection(shapes) : empty();
  return {
    type: "FeatureCollection",
    features: [{ type: "Feature", properties: {}, geometry: around as Geometry }],
  };
}

function empty(): FeatureCollection {
  return { type: "FeatureCollection", features: [] };
}

/** Every colour of the map: layer, property, and its value from the tokens. */
function paints(): [string, string, unknown][] {
  const ramp = [1, 2, 3, 4, 5].flatMap((step) => [step, token(`h${step}`)]);
  const step = ["coalesce", ["feature-state", "step"], 0];
  return [
    ["ground", "background-color", token("ground")],
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
  const pen = canvas.getContext("2d");
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
