"""What the map is drawn from, over HTTP: the areas, and tiles of their shapes."""

from __future__ import annotations

import threading
from typing import Annotated

from fastapi import FastAPI, Path, Query, Response

from harmscape.publish.api_answer import ERRORS
from harmscape.workspace import Workspace

_TILE = "application/vnd.mapbox-vector-tile"
_AN_HOUR = "private, max-age=3600"
"""A tile's address names its boundaries, so a tile kept by the browser is never of others."""
_NEAR = "Areas by code or name, commas between: only what lies about them comes, as far as `frame` shows."

Word = Annotated[str, Query(max_length=60)]
Named = Annotated[str | None, Query(max_length=60)]
Cell = Annotated[int, Path(ge=0, le=1 << 24)]


def add_map(app: FastAPI, workspace: Workspace, turn: threading.Lock) -> None:
    """The areas of a geography, whole, by their boxes, or those about some; and tiles of them."""

    @app.get(
        "/api/areas",
        summary="The areas of a geography as GeoJSON, simplified for a map.",
        responses={**ERRORS},
    )
    def areas(
        by: Word,
        snapshot: Named = None,
        most: Annotated[int | None, Query(ge=0, le=1_000_000)] = None,
        near: Annotated[str | None, Query(max_length=6000, description=_NEAR)] = None,
    ) -> Response:
        with turn:
            named = [each.strip() for each in (near or "").split(",") if each.strip()]
            shapes = workspace.areas_geojson(by, snapshot=snapshot, most=most, near=named)
            return Response(shapes, media_type="application/geo+json")

    @app.get(
        "/api/tiles/{by}/{z}/{x}/{y}",
        summary="A vector tile of the areas of a geography.",
        responses={**ERRORS, 204: {"description": "Nothing lies there."}},
    )
    def tile(
        by: Annotated[str, Path(max_length=60)],
        z: Cell,
        x: Cell,
        y: Cell,
        snapshot: Named = None,
        of: Named = None,
    ) -> Response:
        found = workspace.area_tile(by, z, x, y, snapshot=snapshot)
        headers = {"Cache-Control": _AN_HOUR} if of else {}
        return Response(found, 200 if found else 204, headers, _TILE)

    @app.get(
        "/api/basemap/{z}/{x}/{y}",
        summary="A tile of the local file that lies under the map.",
        responses={**ERRORS, 204: {"description": "Nothing lies there."}},
    )
    def under(z: Cell, x: Cell, y: Cell) -> Response:
        held = workspace.basemap
        found = held.tile(z, x, y) if held else None
        media = held.media if held else _TILE
        return Response(found or b"", 200 if found else 204, {"Cache-Control": _AN_HOUR}, media)
