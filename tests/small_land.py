"""Land and points under the small force: sectors S1, S2, S3 in a row, each a square."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
import shapely

from harmscape.views import concentration_borders, concentration_ground
from tests.small_force import SmallForce


def in_a_row(force: SmallForce, *, side: float = 1) -> SmallForce:
    """Three squares of a side in metres, from west to east: S2 borders both others."""
    for kept in (concentration_borders.KEPT, concentration_ground.KEPT):
        kept.clear()  # every small force has a snapshot of the same name
    squares = [shapely.to_wkb(shapely.box(at * side, 0, (at + 1) * side, side)) for at in range(3)]
    force.engine.drop("areas")
    force.engine.register(
        "drawn",
        pa.table(
            {
                "geography": ["sector"] * 3,
                "edition": ["1"] * 3,
                "area_no": pa.array([1, 2, 3], pa.int32()),
                "geometry": pa.array(squares, pa.binary()),
                "epsg": pa.array([27700] * 3, pa.int32()),
            }
        ),
    )
    force.engine.create("areas", "select * from drawn", temporary=False)
    return force


def pointed(
    force: SmallForce, points: Sequence[tuple[float, float] | None], *, snapped: bool = False
) -> SmallForce:
    """Give each event a point in metres, or none."""
    force.engine.register(
        "given_point",
        pa.table(
            {
                "event_id": pa.array(range(1, len(points) + 1), pa.int64()),
                "x": pa.array([each and each[0] for each in points], pa.float64()),
                "y": pa.array([each and each[1] for each in points], pa.float64()),
                "epsg": pa.array([27700] * len(points), pa.int32()),
            }
        ),
    )
    grade = "snapped" if snapped else "exact"
    force.engine.create(
        "with_points",
        f"select e.* replace ('{grade}' as precision), g.x, g.y, g.epsg"
        " from event e join given_point g on g.event_id = e.event_id",
        temporary=False,
    )
    force.engine.drop("event")
    force.engine.create("event", "select * from with_points", temporary=False)
    return force
