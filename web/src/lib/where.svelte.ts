// Where something is to happen, as a form takes it: areas chosen by name or code, or the corners of an area.

import { ringOf } from "../answers/tasks";

export class Where {
  /** Corners are typed, in place of areas chosen. */
  drawn = $state(false);
  corners = $state("");
  typed = $state("");
  chosen = $state<string[]>([]);

  /** within: corners as a question takes them, where the address has an area drawn. */
  constructor(areas: string[] = [], within = "") {
    this.chosen = [...areas];
    this.corners = within.replaceAll(",", " ").replaceAll(";", "\n");
    this.drawn = !areas.length && within !== "";
  }

  /** The corners as a closed ring; null while they are none, or not asked for. */
  get ring(): [number, number][] | null {
    return this.drawn ? ringOf(this.corners) : null;
  }

  /** The ring as a question takes it. */
  get within(): string | null {
    return (
      this.ring
        ?.slice(0, -1)
        .map((each) => each.join(","))
        .join(";") ?? null
    );
  }

  /** Take what is typed as an area, by its name or code. */
  take(names: Map<string, string>): void {
    const text = this.typed.trim().toLowerCase();
    const code = [...names].find((each) => each.some((word) => word.toLowerCase() === text))?.[0];
    if (code && !this.chosen.includes(code)) this.chosen = [...this.chosen, code];
    if (code) this.typed = "";
  }

  /** What is missing, in words for the form; null where there is a place. */
  missing(kind: string): string | null {
    if (this.drawn)
      return this.ring ? null : "Give three corners or more, one a line: longitude, then latitude";
    return this.chosen.length ? null : `Choose at least one ${kind}`;
  }

  clear(): void {
    this.corners = this.typed = "";
    this.chosen = [];
  }
}
