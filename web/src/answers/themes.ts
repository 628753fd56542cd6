// The themes of a workspace: its measures name them where the server says so; a refusal lists them too.

import type { Known } from "./types";

export function themesOf(workspace: Known, refusal: string): string[] {
  const named = workspace.measures.flatMap((each) =>
    "theme" in each && typeof each.theme === "string" ? [each.theme] : [],
  );
  if (named.length) return [...new Set(named)].sort();
  const listed = /; known: ([^;?]+)/.exec(refusal)?.[1];
  return listed ? listed.split(", ") : [];
}
