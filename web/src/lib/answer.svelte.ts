// Asking the server: old answers stay until the new one comes, and a newer question cancels an older one.

import { query } from "./route.svelte";
import type { Words } from "./types";

export interface Problem {
  text: string;
  status: number;
}

const KEPT = 40;
const kept = new Map<string, unknown>();

export class Answer<T> {
  value: T | null = $state.raw(null);
  problem: Problem | null = $state.raw(null);
  /** The question `value` answers. */
  of = $state("");
  busy = $state(false);
  #call: AbortController | null = null;
  #asked: string | null = null;

  /** True while what is shown answers an earlier question. */
  get old(): boolean {
    return this.busy && this.value !== null;
  }

  async ask(address: string | null): Promise<void> {
    if (this.busy && address === this.#asked) return;
    this.#asked = address;
    this.#call?.abort();
    this.#call = null;
    this.busy = false;
    if (address === null) {
      this.value = null;
      this.problem = null;
      this.of = "";
      return;
    }
    const known = kept.get(address);
    if (known !== undefined) return this.#settle(address, known as T);
    const call = new AbortController();
    this.#call = call;
    this.busy = true;
    count(1);
    try {
      const answer = await get<T>(address, call.signal);
      if (call.signal.aborted) return;
      keep(address, answer);
      this.#settle(address, answer);
    } catch (error) {
      if (call.signal.aborted) return;
      this.busy = false;
      this.problem =
        error instanceof Refusal ? error.problem : { text: "The server did not answer.", status: 0 };
    } finally {
      count(-1);
    }
  }

  /** Give up waiting; the old answer stays. */
  stop(): void {
    this.#call?.abort();
    this.busy = false;
  }

  #settle(address: string, answer: T): void {
    this.value = answer;
    this.problem = null;
    this.of = address;
    this.busy = false;
  }
}

/** An answer that follows a question: it asks again whenever the address it is given changes. */
export function follow<T>(address: () => string | null): Answer<T> {
  const answer = new Answer<T>();
  $effect(() => {
    const asked = address();
    queueMicrotask(() => void answer.ask(asked));
  });
  return answer;
}

export function api(name: string, words: Words): string {
  return `/api/${name}${query(words)}`;
}

const LINES = "application/x-ndjson";

/** A long answer, read line by line so that the page answers meanwhile: its head, then rows of its main table. */
async function fromLines(response: Response): Promise<unknown> {
  const [first, ...others] = (await response.text()).split("\n");
  const head = JSON.parse(first ?? "") as { rows: string; answer: Record<string, unknown> };
  const rows: unknown[] = [];
  for (const line of others) {
    rows.push(...(JSON.parse(line) as unknown[]));
    await new Promise((next) => setTimeout(next));
  }
  return { ...head.answer, [head.rows]: rows };
}

class Refusal extends Error {
  constructor(readonly problem: Problem) {
    super(problem.text);
  }
}

async function get<T>(address: string, signal: AbortSignal): Promise<T> {
  const response = await fetch(address, { signal, headers: { accept: `application/json, ${LINES}` } });
  const byLine = response.headers.get("content-type")?.startsWith(LINES);
  const body: unknown = await (byLine ? fromLines(response) : response.json()).catch(() => null);
  if (response.ok && body !== null) return body as T;
  const said = (body as { error?: unknown } | null)?.error;
  const text = typeof said === "string" ? said : `The server answered ${response.status}.`;
  throw new Refusal({ text, status: response.status });
}

let open = 0;

/** Questions under way, told on the page's root so that whoever watches the page knows when it has settled. */
function count(change: 1 | -1): void {
  open += change;
  document.documentElement.dataset.asking = String(open);
}

function keep(address: string, answer: unknown): void {
  kept.set(address, answer);
  const oldest = kept.keys().next().value;
  if (kept.size > KEPT && oldest !== undefined) kept.delete(oldest);
}
