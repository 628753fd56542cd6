// Questions with names, kept by the server for all who use this workspace: the words of one selection, no more.

import { query, route } from "./route.svelte";
import type { Bookmark, Words } from "./types";
import { write } from "./write";

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

  /** The bookmark of the selection shown; null where none is kept. */
  get here(): Bookmark | null {
    const here = JSON.stringify(sorted(route.selection));
    return this.all.find((each) => JSON.stringify(sorted(wordsOf(each))) === here) ?? null;
  }

  async add(name: string): Promise<boolean> {
    const { snapshot, ...words } = route.selection;
    const bookmark = { name, view: "rank", words, snapshot: snapshot ?? null };
    const others = this.all.filter((each) => each.name.toLowerCase() !== name.toLowerCase());
    return this.#write(bookmark, [...others, bookmark]);
  }

  async drop(name: string): Promise<boolean> {
    return this.#write(
      { name, dropped: true },
      this.all.filter((each) => each.name !== name),
    );
  }

  async #write(body: object, after: Bookmark[]): Promise<boolean> {
    this.problem = "";
    try {
      await write("/api/bookmarks", body);
      this.all = after;
      return true;
    } catch (fault) {
      this.problem = fault instanceof Error ? fault.message : "The server did not answer.";
      return false;
    }
  }
}

export const bookmarks = new Bookmarks();

/** The words of a bookmark in the page's address. */
export function wordsOf(bookmark: Bookmark): Words {
  return bookmark.snapshot ? { ...bookmark.words, snapshot: bookmark.snapshot } : bookmark.words;
}

export function addressOf(bookmark: Bookmark): string {
  return `/${query(wordsOf(bookmark))}`;
}

function sorted(words: Words): [string, string][] {
  return Object.entries(words).sort(([a], [b]) => (a < b ? -1 : 1));
}
