// The tasking register: reading it anew each time, and writing to it.

import { write } from "../lib/write";

export interface Span {
  starts: string;
  last: string;
  events: number;
  harm: number;
}

/** GeoJSON in degrees: a ring around, and holes. */
export interface Polygon {
  type: "Polygon";
  coordinates: [number, number][][];
}

export interface Task {
  id: number;
  owner: string;
  partner: string | null;
  by: string;
  areas: string[];
  area_names: string[];
  polygon: Polygon | null;
  aim: string;
  measure: string;
  review: string;
  state: "open" | "done" | "dropped";
  reason: string | null;
  made_at: string;
  made_on: string;
  made_by: string;
  figures: {
    days: number;
    too_early: boolean;
    before: Span | null;
    after: Span | null;
    notes: string[];
    test: { verdict: string; sentence: string } | null;
  } | null;
}

export interface Lately {
  days: number;
  starts: string;
  last: string;
  events: number;
  expected: number | null;
  lo: number | null;
  hi: number | null;
  word: string | null;
  weeks: number;
}

export interface Recent {
  measures: { id: string; title: string; is_part: boolean; windows: Lately[] }[];
  data_to: string | null;
  late_days: number | null;
  provisional: boolean;
  warnings: string[];
}

export interface NewTask {
  owner: string;
  partner?: string;
  by: string;
  areas?: string[];
  polygon?: Polygon;
  aim: string;
  measure: string;
  review: string;
}

/** All tasks as they stand now; null where this server keeps no register. */
export async function readTasks(): Promise<Task[] | null> {
  const answer = await fetch("/api/tasks", { headers: { accept: "application/json" } });
  if (answer.status === 404) return null;
  const body = (await answer.json()) as { tasks?: Task[]; error?: string };
  if (!answer.ok) throw new Error(body.error ?? `The server answered ${answer.status}.`);
  return body.tasks ?? [];
}

export async function addTask(task: NewTask): Promise<void> {
  await write("/api/tasks", task);
}

export async function changeTask(
  id: number,
  change: { state?: Task["state"]; reason?: string; review?: string },
): Promise<void> {
  await write(`/api/tasks/${id}`, change);
}

/** Corners typed one a line, longitude then latitude, as a closed ring; null where a line is no corner. */
export function ringOf(text: string): [number, number][] | null {
  const corners: [number, number][] = [];
  for (const line of text.split("\n").filter((each) => each.trim())) {
    const [lon, lat, ...rest] = line
      .trim()
      .split(/[\s,;]+/)
      .map(Number);
    if (lon === undefined || lat === undefined || rest.length || Number.isNaN(lon + lat)) return null;
    corners.push([lon, lat]);
  }
  const [first] = corners;
  const last = corners.at(-1);
  if (!first || !last || corners.length < 3) return null;
  return first[0] === last[0] && first[1] === last[1] ? corners : [...corners, first];
}
