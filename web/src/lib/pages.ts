// The pages by name: those of every day, in the order of a meeting, and the rest.

import { subjectsOf } from "../answers/subjects";
import { route } from "./route.svelte";
import type { Workspace } from "./types";

export interface PageName {
  path: string;
  title: string;
}

export const FURTHER: PageName[] = [
  { path: "/themes", title: "Themes" },
  { path: "/forecast", title: "Forecast" },
  { path: "/cohorts", title: "Cohorts" },
  { path: "/funnel", title: "Funnel" },
  { path: "/concentration", title: "Concentration" },
  { path: "/health", title: "Data health" },
  { path: "/weights", title: "Weights" },
  { path: "/configuration", title: "Configuration" },
];

/** What is used every day; what besides areas the workspace ranks first (groups, traders) is one of them. */
export function dailyPages(workspace: Workspace | null): PageName[] {
  const subject = workspace ? subjectsOf(workspace, undefined)[0] : undefined;
  return [
    { path: "/", title: "Overview" },
    { path: "/changed", title: "Changed" },
    ...(subject ? [{ path: "/standing", title: subject.plural }] : []),
    { path: "/tasks", title: "Tasks" },
    { path: "/operations", title: "Operations" },
  ];
}

/** Only the page of other subjects keeps a kind that is no area; it begins with its own measure. */
export function pageAddress(workspace: Workspace | null, path: string): string {
  const by = route.words.by?.split("@")[0];
  const isArea = workspace?.geographies.some((each) => each.id === by);
  const other = path === "/standing" ? { by: null, measure: null } : by && !isArea ? { by: null } : {};
  return route.page(path, { points: null, ...other });
}
