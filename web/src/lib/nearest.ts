// The likeliest word meant by one that is not known, said as the server says it.

/** The end of a sentence about a word that is not known: "; did you mean ...?", or all that are. */
export function nearest(found: string, known: readonly string[]): string {
  const best = known
    .map((each) => ({ each, apart: distance(found.toLowerCase(), each.toLowerCase()) }))
    .sort((a, b) => a.apart - b.apart)[0];
  if (best && best.apart <= Math.max(best.each.length, found.length) * 0.4)
    return `; did you mean \u201c${best.each}\u201d?`;
  return `; there are: ${known.join(", ")}.`;
}

/** How many letters must be put in, left out, changed or swapped with the next to make one word of another. */
function distance(one: string, other: string): number {
  const rows: number[][] = [Array.from({ length: other.length + 1 }, (_, index) => index)];
  const at = (i: number, j: number) => rows[i]?.[j] ?? 0;
  for (let i = 1; i <= one.length; i += 1) {
    rows[i] = [i];
    for (let j = 1; j <= other.length; j += 1) {
      const changed = at(i - 1, j - 1) + (one[i - 1] === other[j - 1] ? 0 : 1);
      const swapped = one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1];
      rows[i]?.push(
        Math.min(at(i - 1, j) + 1, at(i, j - 1) + 1, changed, swapped ? at(i - 2, j - 2) + 1 : changed),
      );
    }
  }
  return at(one.length, other.length);
}
