// Whether this browser can draw the map that is zoomed into: at all, and without doing a graphics card's work itself.

import { api } from "./answer.svelte";
import { route } from "./route.svelte";
import type { Workspace } from "./types";

/** From here on a plain drawing is slower than WebGL even without a graphics card. */
export const MANY = 1500;
/** An address holds no more names. */
const MOST_NAMED = 300;

const able = new Map<boolean, boolean>();

function can(fast: boolean): boolean {
  const known = able.get(fast);
  if (known !== undefined) return known;
  const canvas = document.createElement("canvas");
  const found = canvas.getContext("webgl2", { failIfMajorPerformanceCaveat: fast });
  const usable = found !== null && !(fast && isSoftware(found));
  found?.getExtension("WEBGL_lose_context")?.loseContext();
  able.set(fast, usable);
  return usable;
}

/** Browsers do not always own up to drawing without a graphics card; the name of the renderer does. */
function isSoftware(context: WebGL2RenderingContext): boolean {
  const names = context.getExtension("WEBGL_debug_renderer_info");
  const name = names ? String(context.getParameter(names.UNMASKED_RENDERER_WEBGL)) : "";
  return /swiftshader|llvmpipe|software|basic render/i.test(name);
}

/** Whether the map can be zoomed into here at all. */
export function canZoom(): boolean {
  return can(false);
}

/** Whether to draw the map that is zoomed into: as the address says, or where it is the better one. */
export function wantsZoom(areas: number): boolean {
  if (route.words.map === "plain") return false;
  if (route.words.map === "zoom") return can(false);
  return can(true) || (areas > MANY && can(false));
}

/** Whether the areas of a geography can be drawn all at once with nobody waiting for it, as on a wall. */
export function isDrawn(workspace: Workspace, by: string): boolean {
  const areas = areasIn(workspace, by);
  return areas <= MANY || wantsZoom(areas);
}

/** Where the areas of a geography are asked for: very many come by their boxes alone, and their shapes as tiles. */
export function areasOf(workspace: Workspace, by: string): string {
  const areas = areasIn(workspace, by);
  return api("areas", { by, ...(areas > MANY && wantsZoom(areas) ? { most: String(MANY) } : {}) });
}

/** Where the areas of a geography are asked for by name: nobody draws them. */
export function namesOf(workspace: Workspace, by: string): string {
  return api("areas", { by, ...(areasIn(workspace, by) > MANY ? { most: String(MANY) } : {}) });
}

/** Where the areas about some are asked for, for a small map of them: about the first, of very many. */
export function areasAbout(by: string, areas: string[]): string | null {
  return areas.length ? api("areas", { by, near: areas.slice(0, MOST_NAMED).join(",") }) : null;
}

function areasIn(workspace: Workspace, by: string): number {
  return workspace.geographies.find((each) => each.id === by.split("@")[0])?.areas ?? 0;
}
