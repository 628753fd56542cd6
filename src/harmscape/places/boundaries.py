"""A boundary file read into areas: codes, names, shapes; and what was refused, feature by feature."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from harmscape.model.errors import FileRefusedError
from harmscape.places.crs import UK_BOX_LONLAT, Box, declared_epsg
from harmscape.places.features import Fault, Features, Limits, shapes_array
from harmscape.places.fields import find_field, guess_fields, guess_name_field
from harmscape.places.formats import read_features
from harmscape.places.judge import Judged, judge

LONGEST_TEXT = 10_000
BIDI_CONTROLS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


@dataclass(frozen=True, slots=True)
class Reject:
    """One refused feature: its position in the file from 0, its code or None, reason class and message."""

    feature: int
    code: str | None
    reason: str
    message: str


@dataclass(frozen=True, slots=True)
class BoundarySet:
    """The areas of one boundary file in order of code, and its refused features in order of the file.

    Entry i of codes, names, parents, wkb, flags and features belongs to one area; wkb is in the system
    `epsg`; flags are `repaired` and `third_value_dropped`; features are positions in the file from 0.
    records = accepted + len(rejects), always. `why` tells how the fields were chosen.
    """

    file_format: str
    epsg: int
    code_field: str
    name_field: str | None
    parent_field: str | None
    why: str
    codes: tuple[str, ...]
    names: tuple[str, ...]
    parents: tuple[str | None, ...]
    wkb: tuple[bytes, ...]
    flags: tuple[tuple[str, ...], ...]
    features: tuple[int, ...]
    rejects: tuple[Reject, ...]
    records: int

    @property
    def accepted(self) -> int:
        """How many features became areas."""
        return len(self.codes)

    def polygons(self) -> NDArray[Any]:
        """The shapes as object[n] of shapely polygons and multipolygons."""
        return np.asarray(shapely.from_wkb(shapes_array(self.wkb)))


def read_boundaries(
    path: str | Path,
    *,
    code: str | None = None,
    name: str | None = None,
    parent: str | None = None,
    crs: str | int | None = None,
    layer: str | None = None,
    box: Box | None = UK_BOX_LONLAT,
    limits: Limits = Limits(),  # noqa: B008  (frozen)
) -> BoundarySet:
    """Read GeoJSON, TopoJSON, GeoPackage, zipped Shapefile, KML or GeoParquet, told apart by content.

    code, name, parent: fields, whatever their case; code and name are guessed if not given. crs: overrides
    what the file says. layer: needed where a file holds several. box: west, south, east, north in degrees
    that every area must lie in, or None for the whole earth.
    One bad feature does not sink the rest: it is in `rejects`, and shapes mended by less than a hundredth of
    their area are flagged `repaired`. Of two features with one code (case ignored) the first good one is
    kept.
    Raises FileRefusedError for a file that cannot be used at all.
    """
    path = Path(path)
    declared = declared_epsg(crs)
    file_format, features = read_features(path, layer=layer, limits=limits)
    epsg = declared or features.epsg
    if epsg is None:
        raise FileRefusedError("crs_unknown", features.no_epsg)
    _refuse_unusable(features, limits)
    chosen = _chosen_fields(features, code, name, parent)
    judged = judge(features.shapes, features.faults, epsg=epsg, box=box, limits=limits)
    faults = judged.faults | _text_faults(features, chosen)
    faults |= _duplicates([_text(value) for value in features.fields[chosen.code]], judged.shapes, faults)
    return _in_order_of_code(file_format, epsg, features, chosen, judged, faults)


@dataclass(frozen=True, slots=True)
class _Chosen:
    """The fields in use, and why."""

    code: str
    name: str | None
    parent: str | None
    why: str


def _in_order_of_code(
    file_format: str, epsg: int, features: Features, chosen: _Chosen, judged: Judged, faults: dict[int, Fault]
) -> BoundarySet:
    codes = [_text(value) for value in features.fields[chosen.code]]
    names = codes if chosen.name is None else [_text(value) for value in features.fields[chosen.name]]
    parents = [] if chosen.parent is None else [_text(value) for value in features.fields[chosen.parent]]
    kept = sorted(set(range(len(codes))) - faults.keys(), key=lambda at: codes[at])
    return BoundarySet(
        file_format=file_format,
        epsg=epsg,
        code_field=chosen.code,
        name_field=chosen.name,
        parent_field=chosen.parent,
        why=chosen.why,
        codes=tuple(codes[at] for at in kept),
        names=tuple(names[at] or codes[at] for at in kept),
        parents=tuple((parents[at] or None) if parents else None for at in kept),
        wkb=tuple(shapely.to_wkb(judged.shapes[kept], byte_order=1).tolist()),
        flags=tuple(judged.flags.get(at, ()) for at in kept),
        features=tuple(kept),
        rejects=tuple(
            Reject(at, codes[at] or None, fault.reason, fault.message) for at, fault in sorted(faults.items())
        ),
        records=len(codes),
    )


def _refuse_unusable(features: Features, limits: Limits) -> None:
    if not len(features.shapes):
        raise FileRefusedError("file_empty", "the file holds no features")
    corners = int(shapely.get_num_coordinates(features.shapes).sum())
    if corners > limits.corners:
        raise FileRefusedError(
            "file_too_large", f"{corners:,} corner points; at most {limits.corners:,} are read"
        )


def _chosen_fields(features: Features, code: str | None, name: str | None, parent: str | None) -> _Chosen:
    """The fields declared, or guessed where none was."""
    columns = list(features.fields)
    if code is None:
        code_field, name_field, why = guess_fields(columns, features.fields)
    else:
        code_field = find_field(code, columns)
        name_field, why = guess_name_field(code_field, columns, features.fields)
        why = f"{code_field} was named as the code; {why}"
    if name is not None:
        name_field = find_field(name, columns)
        why = f"{why.split('; ')[0]}; {name_field} was named as the name"
    return _Chosen(code_field, name_field, None if parent is None else find_field(parent, columns), why)


def _text_faults(features: Features, chosen: _Chosen) -> dict[int, Fault]:
    """Features whose code is missing, or whose code or name holds what no text should."""
    faults: dict[int, Fault] = {}
    for field in dict.fromkeys([chosen.code, chosen.name or chosen.code]):
        for at, value in enumerate(features.fields[field]):
            text = _text(value)
            if field == chosen.code and not text:
                faults[at] = Fault("missing_required", f"the feature has no {field}")
            elif any(_is_control(character) for character in text):
                faults.setdefault(at, Fault("control_char", f"{field} holds a control character"))
            elif len(text) > LONGEST_TEXT:
                faults.setdefault(
                    at, Fault("field_too_long", f"{field} is longer than {LONGEST_TEXT:,} characters")
                )
    return faults


def _is_control(character: str) -> bool:
    return (
        (character < " " and character not in "\t\n\r") or character == "\x7f" or character in BIDI_CONTROLS
    )


def _text(value: Any) -> str:
    """A field's value as trimmed text; a whole number stored as a float loses its `.0`."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return unicodedata.normalize("NFC", str(value)).strip()


def _duplicates(codes: list[str], shapes: NDArray[Any], faults: dict[int, Fault]) -> dict[int, Fault]:
    """Features that repeat the code of an earlier good one, told apart by whether the shape is the same."""
    first: dict[str, int] = {}
    repeated = {}
    for at, code in enumerate(codes):
        if at in faults:
            continue
        kept = first.setdefault(code.casefold(), at)
        if kept == at:
            continue
        if shapely.equals(shapes[kept], shapes[at]):
            repeated[at] = Fault("duplicate_exact", f"feature {kept} has the same code and shape")
        else:
            repeated[at] = Fault("duplicate_conflict", f"feature {kept} has the same code and another shape")
    return repeated
