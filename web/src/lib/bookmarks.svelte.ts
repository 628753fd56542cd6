// Questions with names, kept by the server for all who use this workspace. An address holds no personal data.

import { route } from "./route.svelte";
import type { Bookmark } from "./types";

class Bookmarks {
  all = $state.raw<Bookmark[]>([]);
  /** Whether the server keeps bookmarks at all. */
  known = $state(false);
  problem = $state("");
  #asked = false;

  async read(): Promise<void> {
    if (this.#asked) return;
    this.#asked = true;
    try {
      const response = await fetch("/api/bookmarks", { headers: { accept: "application/json" } });
      if (!response.ok) return;
      const body = (await response.json()) as { bookmarks?: Bookmark[] };
      this.all = body.bookmarks ?? [];
      this.known = true;
    } catch {
      this.known = false;
    }
  }

  async add(title: string): Promise<boolean> {
    const bookmark = { title, address: route.link({ wall: null }) };
    this.problem = "";
    try {
      const response = await fetch("/api/bookmarks", {
        method: "POST",
        headers: { "content-type": "application/json", "X-Harmscape": "1" },
        body: JSON.stringify(bookmark),
      });
      const body = (await response.json()) as { id?: string; error?: string };
      if (response.ok) this.all = [...this.all, { ...bookmark, ...(body.id ? { id: body.id } : {}) }];
      else this.problem = body.error ?? `The server answered ${response.status}.`;
      return response.ok;
    } catch {
      this.problem = "The server did not answer.";
      return false;
    }
  }
}

export const bookmarks = new Bookmarks();
