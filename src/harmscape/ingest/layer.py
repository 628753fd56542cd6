"""Points of a map file as GeoJSON has them, whatever the file: features with properties and a geometry."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harmscape.ingest.contents import TableFile, opened, parts_of
from harmscape.model.errors import FileRefusedError

# Readers of boundaries judge polygons and live on this floor beside us; events need points alone, so the few
# lines that open a format stand twice rather than tie the two together.


@dataclass(frozen=True, slots=True)
class Layer:
    """The features of one layer in file order, and the EPSG number of the system the file states, if any."""

    features: list[dict[str, Any]]
    epsg: int | None = None


@contextmanager
def on_disk(table: TableFile) -> Iterator[Path]:
    """A table as a file under a name of our own, for readers that need a path; gone afterwards."""
    if table.member is None and not table.gzipped:
        yield table.path
        return
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for ending, part in parts_of(table).items():
            paths.append(Path(folder) / f"layer{ending}")
            with opened(part) as stream, paths[-1].open("wb") as file:
                shutil.copyfileobj(stream, file)
        yield paths[0]


def geometries(blobs: list[bytes | None]) -> list[dict[str, Any] | None]:
    """WKB as GeoJSON geometries: a point with its coordinates, anything else by its type alone.

    >>> import shapely
    >>> geometries([None, shapely.to_wkb(shapely.Point(-1.59, 54.95)), b"?"])
    [None, {'type': 'Point', 'coordinates': [-1.59, 54.95]}, {'type': 'Unreadable'}]
    """
    import numpy as np
    import shapely

    shapes = shapely.from_wkb(np.array(blobs, dtype=object), on_invalid="ignore")
    return [_geometry(shape, blob) for shape, blob in zip(shapes, blobs, strict=True)]


def _geometry(shape: Any, blob: bytes | None) -> dict[str, Any] | None:
    if blob is None:
        return None
    if shape is None:
        return {"type": "Unreadable"}
    if shape.geom_type != "Point":
        return {"type": shape.geom_type}
    return None if shape.is_empty else {"type": "Point", "coordinates": [shape.x, shape.y]}


def damaged(table: TableFile, what: str) -> FileRefusedError:
    """The refusal of a map file that cannot be read."""
    return FileRefusedError("file_malformed", f"{table.shown}: {what}; export the points again")
