// On paper every drawing is followed by its table, and the marking and the receipt stand on every sheet.

import { route } from "./route.svelte";
import type { Workspace } from "./types";
import { dayName } from "./words";

/** Longer lists are for the screen: paper has their first rows and says so. */
const MOST_ON_PAPER = 150;

class Printing {
  now = $state(false);

  /** Whether a folded list of so many rows is printed whole. */
  unfolds(rows: number): boolean {
    return this.now && rows <= MOST_ON_PAPER;
  }
}

export const printing = new Printing();

export function watchPrinting(): void {
  addEventListener("beforeprint", () => (printing.now = true));
  addEventListener("afterprint", () => (printing.now = false));
}

/** What stands on every sheet and beneath every picture. */
export const paper = $state({ marking: "", receipt: "" });

const sheet = new CSSStyleSheet();

/** Put the marking at the head of each sheet and the receipt at its foot. */
export function setPaper(marking: string, receipt: string): void {
  paper.marking = marking;
  paper.receipt = receipt;
  // The receipt wraps in its own box, so that it never runs into the number of the page.
  const left = `width:82%;white-space:normal;text-align:left;font-size:7pt;line-height:9pt`;
  const boxes =
    `@top-left{content:${quoted(marking)};font:600 8pt Archivo,sans-serif} @bottom-left{content:${quoted(receipt)};${left}}` +
    `@bottom-right{width:18%;white-space:nowrap}`;
  sheet.replaceSync(`@media print{@page{${boxes}}}`);
  if (!document.adoptedStyleSheets.includes(sheet)) document.adoptedStyleSheets.push(sheet);
}

/** The name of the page in the browser, and on paper its marking and receipt: whose data, up to when, which view. */
export function setHead(workspace: Workspace, title: string, more: string[] = []): void {
  document.title = `${title} · harmscape`;
  const reach = `data to ${workspace.data_up_to ? dayName(workspace.data_up_to) : "no day"}`;
  setPaper(workspace.marking, [workspace.title, reach, ...more, route.link({})].join(" · "));
}

function quoted(text: string): string {
  return `"${text.replace(/["\\\n]/g, " ")}"`;
}
