// Which rows of a long list are near the screen: only those are drawn, however many there are.

/** Rows drawn before the first and after the last that are seen. */
const MARGIN = 30;

export class SeenRows {
  /** How high a row is, as those drawn last were in the middle. */
  height = $state(36);
  #tops: Record<string, number> = $state({});
  #screen = $state(innerHeight);
  #watched = new Map<string, HTMLElement>();
  #due = 0;

  /** The first of the rows to draw, and the first after them. */
  of(name: string, rows: number): [number, number] {
    const first = Math.floor(-(this.#tops[name] ?? 0) / this.height) - MARGIN;
    const drawn = Math.ceil(this.#screen / this.height) + 2 * MARGIN;
    const from = Math.min(Math.max(first, 0), Math.max(rows - drawn, 0));
    return [from, Math.min(from + drawn, rows)];
  }

  /** Follow where the part of a list by some name lies; no name where all of it is drawn. */
  watch = (node: HTMLElement, name: string) => {
    const start = (next: string) => {
      if (next) this.#watched.set(next, node);
      if (next) this.#look();
    };
    start(name);
    addEventListener("scroll", this.#look, { passive: true });
    addEventListener("resize", this.#look);
    return {
      update: (next: string) => {
        if (next === name) return;
        this.#watched.delete(name);
        start((name = next));
      },
      destroy: () => {
        this.#watched.delete(name);
        removeEventListener("scroll", this.#look);
        removeEventListener("resize", this.#look);
      },
    };
  };

  #look = (): void => {
    if (this.#due || !this.#watched.size) return;
    this.#due = requestAnimationFrame(() => {
      this.#due = 0;
      this.#screen = innerHeight;
      for (const [name, node] of this.#watched) {
        const rows = [...node.querySelectorAll<HTMLElement>("tr[data-area]")];
        const heights = rows.map((row) => row.offsetHeight).sort((a, b) => a - b);
        this.height = heights[heights.length >> 1] || this.height;
        this.#tops[name] = node.getBoundingClientRect().top;
      }
    });
  };
}
