// Short numbers for areas: "12" for sector "S12". Only where every one is short enough to stand on a map.

const MOST = 120;

/**
 * A number per area id: what is left after the letters and zeros that all ids share.
 * Empty where ids are long codes, or too many to stand on a map.
 */
export function numbersOf(ids: string[]): Map<string, string> {
  if (ids.length > MOST) return new Map();
  const shared = ids.reduce((start, id) => common(start, id), ids[0] ?? "").replace(/\d+$/, "");
  const numbers = new Map(ids.map((id) => [id, id.slice(shared.length).replace(/^0+(?=\d)/, "")]));
  const short = [...numbers.values()].every((number) => /^\d{1,3}$/.test(number));
  return short ? numbers : new Map();
}

function common(one: string, other: string): string {
  let length = 0;
  while (length < one.length && one[length] === other[length]) length += 1;
  return one.slice(0, length);
}
