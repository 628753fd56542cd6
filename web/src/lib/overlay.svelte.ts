// The layers of one map: what they ask of the server, and what lies over the land because of it.

import {
  readOperations,
  type Density,
  type Figures,
  type Marks,
  type OperationPlace,
  type Services,
} from "../answers/layers";
import { readTasks, type Task } from "../answers/tasks";
import { api, follow } from "./answer.svelte";
import { toRows } from "./keys.svelte";
import {
  cornersOf,
  densityBreaks,
  kindsOf,
  layersOf,
  shownMarks,
  shownServices,
  themesOf,
  withinOf,
  type ShownMark,
} from "./layers";
import type { Over, ShownCell, ShownPlace } from "./mapprops";
import { route } from "./route.svelte";
import { classOf } from "./scale";
import { FIGURE, shadingOfFigure } from "./shading";
import type { AreaShapes, PartName, Ring, Shape, Words } from "./types";
import { tally, whole } from "./words";

export interface Asked {
  words: Words;
  by: string;
  parts: PartName[];
  shapes: AreaShapes | null;
}

export function overlay(asked: () => Asked) {
  let bounds = $state.raw<string | null>(null);
  let crowd = $state.raw<Ring>([]);
  let corners = $state.raw<Ring | null>(null);
  let tasks = $state.raw<Task[]>([]);
  let operations = $state.raw<OperationPlace[]>([]);
  const on = $derived(layersOf(route.words));
  const off = $derived((route.words.off ?? "").split(",").filter(Boolean));
  const cells = $derived(route.words.cells ?? "h3-8");
  const shade = $derived(route.words.shade ?? "");

  const marks = follow<Marks>(() =>
    on.has("marks") ? api("marks", { ...asked().words, ...(bounds ? { bounds } : {}) }) : null,
  );
  const density = follow<Density>(() =>
    on.has("density") ? api("density", { ...asked().words, cells }) : null,
  );
  const services = follow<Services>(() => (on.has("services") ? api("services", asked().words) : null));
  const figures = follow<Figures>(() => {
    const by = asked().by;
    return by
      ? api("figures", { by, ...(shade.startsWith(FIGURE) ? { figure: shade.slice(FIGURE.length) } : {}) })
      : null;
  });
  $effect(() => {
    if (on.has("tasks"))
      void readTasks().then(
        (all) => (tasks = all ?? []),
        () => (tasks = []),
      );
  });
  $effect(() => {
    if (on.has("operations"))
      void readOperations().then(
        (all) => (operations = all),
        () => (operations = []),
      );
  });

  const themes = $derived(marks.value ? themesOf(marks.value, asked().parts, off) : []);
  const shown = $derived(marks.value ? shownMarks(marks.value, asked().parts, themes) : []);
  const breaks = $derived(density.value ? densityBreaks(density.value) : []);
  const drawnCells = $derived(
    (density.value?.cells ?? []).map((cell): ShownCell => ({
      code: cell.code,
      ring: cell.ring,
      step: classOf(cell.harm, breaks),
      few: cell.few,
      title: `${whole(cell.harm)} points of harm, ${tally(cell.events, "event")}`,
    })),
  );
  const places = $derived<ShownPlace[]>([
    ...(on.has("tasks") ? placesOf(tasks, asked().shapes, asked().by) : []),
    ...(on.has("operations") ? groundsOf(operations, asked().shapes, asked().by) : []),
  ]);
  const kinds = $derived(services.value ? kindsOf(services.value, off) : []);
  const drawn = $derived(cornersOf(route.edited.within));
  const over = $derived<Over>({
    marks: shown,
    most: Math.max(0, ...shown.map((mark) => mark.harm)),
    cells: drawnCells,
    homes: [],
    services: services.value ? shownServices(services.value, kinds) : [],
    places,
    drawn,
    corners,
    framed: crowd.length ? crowd : drawn,
    muted: on.has("density") || (on.has("marks") && !shade),
    open,
    choose: (cell) => route.edit({ within: withinOf(cell.ring), from: null }),
    visit: () => {},
    corner: (at) => (corners = [...(corners ?? []), at]),
    moved: (box) => (bounds = box ? box.map((each) => each.toFixed(4)).join(",") : null),
  });

  /** A mark of one point leads to its rows; one of several is looked at nearer. */
  function open(mark: ShownMark): void {
    if (mark.point) {
      route.go({ point: mark.point, from: null });
      toRows();
    } else if (mark.box) {
      const [west, south, east, north] = mark.box;
      const ring: Ring = [
        [west, south],
        [east, south],
        [east, north],
        [west, north],
      ];
      if (document.querySelector(".map.zoom")) crowd = ring;
      else route.edit({ within: withinOf(spread(ring)), from: null });
    }
  }

  return {
    marks,
    density,
    services,
    figures,
    get on() {
      return on;
    },
    get over() {
      return over;
    },
    get themes() {
      return themes;
    },
    /** The kinds of services, on or off. */
    get kinds() {
      return kinds;
    },
    get breaks() {
      return breaks;
    },
    get cells() {
      return cells;
    },
    /** The land by a figure of its own, where that is asked for and has come. */
    get figureShading() {
      const figure = figures.value?.figures.find((each) => FIGURE + each.id === shade);
      return figure && Object.keys(figure.values).length ? shadingOfFigure(figure) : null;
    },
    open,
    draw(next: Ring | null) {
      corners = next;
    },
  };
}

/** A box a few metres wider, so that what lies on its rim is in it. */
function spread(ring: Ring): Ring {
  const few = 0.00003;
  const signs = [
    [-1, -1],
    [1, -1],
    [1, 1],
    [-1, 1],
  ] as const;
  return ring.map(([lon, lat], index): [number, number] => {
    const [x, y] = signs[index] ?? [0, 0];
    return [lon + few * x, lat + few * y];
  });
}

/** Open tasks as places: what was drawn, or the areas that are named. */
function placesOf(tasks: Task[], shapes: AreaShapes | null, by: string): ShownPlace[] {
  return tasks
    .filter((task) => task.state === "open")
    .flatMap((task): ShownPlace[] => {
      const held = task.polygon as Shape | null;
      const rings = held ? ringsOf(held) : task.by === by ? ringsNamed(shapes, task.areas) : [];
      const title = `Task of ${task.owner}, to be reviewed ${task.review}: ${task.aim}`;
      return rings.length ? [{ id: `task ${task.id}`, rings, title, kind: "task" }] : [];
    });
}

/** Operations as places: the ground that was drawn, or the areas that are named. */
function groundsOf(operations: OperationPlace[], shapes: AreaShapes | null, by: string): ShownPlace[] {
  return operations.flatMap((each): ShownPlace[] => {
    const drawn = cornersOf(each.within ?? undefined);
    const rings = drawn.length ? [drawn] : each.by === by ? ringsNamed(shapes, each.areas) : [];
    const title = `${each.title}: from ${each.starts}${each.ends ? ` to ${each.ends}` : " on"}`;
    return rings.length ? [{ id: `operation ${each.id}`, rings, title, kind: "operation" }] : [];
  });
}

function ringsNamed(shapes: AreaShapes | null, areas: string[]): Ring[] {
  const named = (shapes?.features ?? []).filter((each) => areas.includes(each.id));
  return named.flatMap((each) => ringsOf(each.geometry));
}

function ringsOf(shape: Shape | null): Ring[] {
  if (!shape) return [];
  return shape.type === "Polygon" ? (shape.coordinates as Ring[]) : (shape.coordinates as Ring[][]).flat();
}
