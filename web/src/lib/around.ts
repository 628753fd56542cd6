// A square of land about a point, in degrees.

import type { Ring } from "./types";

const KM_A_DEGREE = 111.2;

/** The corners of a square `km` wide about a point. */
export function around(lon: number, lat: number, km: number): Ring {
  const up = km / 2 / KM_A_DEGREE;
  const across = up / Math.cos((lat * Math.PI) / 180);
  return [
    [lon - across, lat - up],
    [lon + across, lat - up],
    [lon + across, lat + up],
    [lon - across, lat + up],
  ];
}
