// Single keys for whoever works with the keyboard all day; each can be done without them, and they can be turned off.

import { route } from "./route.svelte";

export interface Key {
  keys: string;
  does: string;
}

export const KEYS: Key[] = [
  { keys: "/", does: "Search by name: areas, groups, measures, pages" },
  { keys: "g o", does: "Go to the overview" },
  { keys: "g c", does: "Go to what changed" },
  { keys: "g g", does: "Go to groups, or what else is ranked" },
  { keys: "g t", does: "Go to the tasks" },
  { keys: "g h", does: "Go to data health" },
  { keys: "g w", does: "Go to the weights" },
  { keys: "j k", does: "Next and previous row of the list" },
  { keys: "Enter", does: "Select the row, and take it back" },
  { keys: "Shift Enter", does: "Select it beside what is selected" },
  { keys: "r", does: "To the rows" },
  { keys: "c", does: "Compare two selections, A and B" },
  { keys: "[ ]", does: "Back and forward one selection" },
  { keys: "w", does: "Wall screen of this view" },
  { keys: "p", does: "Print" },
  { keys: "Escape", does: "Drop what is picked" },
  { keys: "?", does: "These words and keys" },
];

/** Whether a click or a key adds to what is selected. */
export function isMore(event: MouseEvent | KeyboardEvent): boolean {
  return event.shiftKey || event.ctrlKey || event.metaKey;
}

class Keyboard {
  /** Whether single keys do anything (WCAG 2.1.4). */
  on = $state(kept() !== "off");
  /** Whether the list of keys is open. */
  shown = $state(false);
  compare: (() => void) | null = null;
  #after = "";

  toggle(): void {
    this.on = !this.on;
    try {
      localStorage.setItem("keys", this.on ? "on" : "off");
    } catch {
      // Storage may be refused; the choice then lasts for this page only.
    }
  }

  /** What a key does, where no field is being written in. */
  press(event: KeyboardEvent): void {
    if (!this.on || event.ctrlKey || event.metaKey || event.altKey || isWriting(event.target)) return;
    const key = this.#after + event.key;
    this.#after = key === "g" ? "g " : "";
    const act = this.#acts()[key];
    if (!act) return;
    event.preventDefault();
    act();
  }

  #acts(): Record<string, () => void> {
    return {
      "/": () => document.getElementById("search")?.focus(),
      "g o": () => route.visit(route.page("/")),
      "g c": () => route.visit(route.page("/changed")),
      "g g": () => route.visit(route.page("/standing", { by: null, measure: null })),
      "g t": () => route.visit(route.page("/tasks")),
      "g h": () => route.visit(route.page("/health")),
      "g w": () => route.visit(route.page("/weights")),
      j: () => step(1),
      k: () => step(-1),
      r: toRows,
      c: () => this.compare?.(),
      "[": () => history.back(),
      "]": () => history.forward(),
      w: () => route.visit(route.link({ wall: "1" }, "/")),
      p: () => print(),
      "?": () => (this.shown = !this.shown),
    };
  }
}

export const keyboard = new Keyboard();

export function toRows(): void {
  const rows = document.getElementById("rows");
  rows?.scrollIntoView({ block: "start" });
  rows?.focus({ preventScroll: true });
}

/** Move along the names of the list, from where the focus is or from its top. */
function step(by: 1 | -1): void {
  const names = [...document.querySelectorAll<HTMLElement>("tr[data-area] .nm, .rows tbody .nm")];
  const at = names.indexOf(document.activeElement as HTMLElement);
  const next = names[at < 0 ? (by > 0 ? 0 : names.length - 1) : at + by];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}

function isWriting(target: EventTarget | null): boolean {
  const element = target as HTMLElement | null;
  return (
    element?.isContentEditable === true || ["INPUT", "SELECT", "TEXTAREA"].includes(element?.tagName ?? "")
  );
}

function kept(): string | null {
  try {
    return localStorage.getItem("keys");
  } catch {
    return null;
  }
}
