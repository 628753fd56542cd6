"""Which reader a boundary file needs, told by its content, not by its name."""

from __future__ import annotations

from pathlib import Path

from harmscape.model.errors import FileRefusedError
from harmscape.places.features import Features, Limits
from harmscape.places.geojson import load_json, read_geojson
from harmscape.places.geopackage import SQLITE_MAGIC, is_geopackage, read_geopackage
from harmscape.places.geoparquet import read_geoparquet
from harmscape.places.kml import read_kml
from harmscape.places.shapefile import read_shapefile
from harmscape.places.topojson import read_topojson

HEAD_BYTES = 512
READABLE = "GeoJSON, TopoJSON, GeoPackage, a zipped Shapefile, KML or GeoParquet"
# What the content must look like for a name to be honest.
CONTENT_BY_ENDING = {
    ".geojson": "json",
    ".json": "json",
    ".topojson": "json",
    ".gpkg": "geopackage",
    ".zip": "zip",
    ".kml": "xml",
    ".parquet": "parquet",
    ".geoparquet": "parquet",
}


def read_features(path: Path, *, layer: str | None, limits: Limits) -> tuple[str, Features]:
    """The format of a boundary file and its features.

    Raises FileRefusedError: file_empty, file_too_large, file_type_mismatch if the content is not what the
    name says or nothing we read, and whatever the reader refuses.
    """
    content = _content_of(path, limits)
    expected = CONTENT_BY_ENDING.get(path.suffix.lower())
    if content is None or (expected is not None and content != expected):
        found = f"content that looks like {content}" if content else "unknown content"
        raise FileRefusedError(
            "file_type_mismatch", f"a {path.suffix or 'nameless'} file with {found}; expected {READABLE}"
        )
    try:
        return _read(content, path, layer, limits)
    except MemoryError:
        message = (
            f"reading {path.stat().st_size:,} bytes takes more memory than allowed; a GeoPackage takes less"
        )
        raise FileRefusedError("file_too_large", message) from None


def _read(content: str, path: Path, layer: str | None, limits: Limits) -> tuple[str, Features]:
    if content == "json":
        return _read_json(path, layer, limits)
    if content == "geopackage":
        return "GeoPackage", read_geopackage(path, layer, limits)
    if content == "zip":
        return "Shapefile", read_shapefile(path, layer, limits)
    if content == "xml":
        return "KML", read_kml(path, limits)
    return "GeoParquet", read_geoparquet(path, limits)


def _read_json(path: Path, layer: str | None, limits: Limits) -> tuple[str, Features]:
    document = load_json(path)
    if not isinstance(document, dict):
        raise FileRefusedError("file_malformed", "the JSON is not an object")
    if document.get("type") == "Topology":
        return "TopoJSON", read_topojson(document, layer, limits)
    return "GeoJSON", read_geojson(document, limits)


def _content_of(path: Path, limits: Limits) -> str | None:
    size = path.stat().st_size
    if size == 0:
        raise FileRefusedError("file_empty", "the file has no content")
    if size > limits.file_bytes:
        raise FileRefusedError("file_too_large", f"{size:,} bytes; at most {limits.file_bytes:,} are read")
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if head.startswith(SQLITE_MAGIC):
        return "geopackage" if is_geopackage(head) else None
    for magic, content in ((b"PK\x03\x04", "zip"), (b"PK\x05\x06", "zip"), (b"PAR1", "parquet")):
        if head.startswith(magic):
            return content
    if text.startswith((b"{", b"[")):
        return "json"
    return "xml" if text.startswith(b"<") else None
