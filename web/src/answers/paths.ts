// Addresses of the pages of one subject and of one theme.

/** The profile of a subject of any kind: an area, a group, a family, a trader, a type. */
export function subjectPath(by: string, id: string): string {
  return `/places/${encodeURIComponent(by)}/${encodeURIComponent(id)}`;
}

export function themePath(theme: string): string {
  return `/themes/${encodeURIComponent(theme)}`;
}

/** "families/F02901" of an address as its parts, decoded; null where the address is another page's. */
export function partsOf(path: string, start: string): string[] | null {
  if (path !== start && !path.startsWith(`${start}/`)) return null;
  return path
    .slice(start.length)
    .split("/")
    .filter(Boolean)
    .map((part) => decodeURIComponent(part));
}
