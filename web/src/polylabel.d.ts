declare module "polylabel" {
  /** The point of a polygon farthest from its border; `distance` says how far. */
  export default function polylabel(
    polygon: [number, number][][],
    precision?: number,
  ): number[] & { distance: number };
}
