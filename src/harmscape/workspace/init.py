"""Making a workspace: a template pointed at data and boundaries, with every guess said."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from harmscape.model.declared import canonical_json
from harmscape.model.errors import FileRefusedError, HarmscapeError
from harmscape.model.geography import SMALLER_THAN_ANY_LSOA_M2
from harmscape.places.area import area_facts
from harmscape.places.boundaries import BoundarySet, read_boundaries
from harmscape.places.fields import SERIAL_NAME
from harmscape.sandbox import Workers
from harmscape.templates import write_template

_LEVELS = {
    "oa": ("oa", "Output area"),
    "lsoa": ("lsoa", "LSOA"),
    "msoa": ("msoa", "MSOA"),
    "wd": ("ward", "Ward"),
    "ward": ("ward", "Ward"),
    "lad": ("district", "District"),
    "ltla": ("district", "District"),
    "pfa": ("force", "Force"),
    "csp": ("csp", "Community safety partnership"),
}


@dataclass(frozen=True, slots=True)
class Begun:
    """What `init` did: the files it wrote, and the lines that tell what it guessed."""

    files: tuple[Path, ...]
    said: tuple[str, ...]


def init(
    folder: Path,
    template: str,
    *,
    data: Path | None = None,
    areas: Sequence[Path] = (),
    code: str | None = None,
    name: str | None = None,
) -> Begun:
    """Begin a workspace: a template's declarations, the data folder, a geography per boundary file.

    The code and name fields of a boundary file are guessed unless given; the guess is said, and written in
    geographies/, where it can be mended. Raises HarmscapeError (FileRefusedError for an unusable boundary
    file) before anything is written.
    """
    if data is not None and not data.exists():
        raise HarmscapeError(f"there is no folder {data}")
    read = [(path, _read(path, code, name)) for path in areas]
    levels = [_level(path, found) for path, found in read]
    named = [level for level, _ in levels]
    if len(set(named)) < len(named):
        raise HarmscapeError(
            f"two boundary files both look like {named[0]!r}; begin with one and declare the other"
        )
    files = write_template(
        template,
        folder,
        data=_relative(data, folder) if data else "data",
        by=named[0] if named else None,
        label="lsoa" if "lsoa" in named else None,
    )
    said = [
        f"{len(files)} files from template {template}; data: {_relative(data, folder) if data else 'data'}"
    ]
    for (path, found), (level, title) in zip(read, levels, strict=True):
        target = folder / "geographies" / f"{level}.yml"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(_geography_yaml(path, folder, found, level, title), encoding="utf-8")
        files.append(target)
        said.append(f"{title}: {_count(found.accepted, 'area')} in {path.name}; {found.why}")
        if found.rejects:
            reasons = Counter(reject.reason for reject in found.rejects)
            listed = ", ".join(f"{reason} {count:,}" for reason, count in sorted(reasons.items()))
            said.append(f"{title}: {_count(len(found.rejects), 'feature')} cannot be used: {listed}")
        said.append(f"rank with --by {level} (or --by {found.code_field.lower()})")
    return Begun(tuple(files), tuple(said))


def _read(path: Path, code: str | None, name: str | None) -> BoundarySet:
    if not path.exists():
        raise HarmscapeError(f"there is no boundary file {path}")
    from functools import partial

    with Workers() as workers:
        task = partial(read_boundaries, path, code=code, name=name)
        try:
            return workers.submit(task, size=path.stat().st_size, name=path.name).result()
        except FileRefusedError as fault:
            named = str(fault) if path.name in str(fault) else f"{path.name}: {fault}"
            raise FileRefusedError(fault.reason, named) from None


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}" + ("" if number == 1 else "s")


def _level(path: Path, found: BoundarySet) -> tuple[str, str]:
    """The level's own name and title, from the name of its code field, or of its name field where a program
    named the codes (`objectid`)."""
    field, ending = found.code_field, r"(_?(cd|code|id|ref|no))?$"
    if SERIAL_NAME.match(field.strip()):
        field, ending = found.name_field or "", r"(_?(nm|name|title|label))?$"
    stem = re.sub(ending, "", field.lower().strip())
    letters = re.sub(r"[^a-z]", "", stem)
    if letters in _LEVELS:
        return _LEVELS[letters]
    plain = re.sub(r"[^a-z0-9]+", "_", stem or path.stem.lower()).strip("_")
    plain = plain if re.match(r"^[a-z]", plain) else f"area_{plain}".strip("_")
    return plain, plain.replace("_", " ").capitalize()


def _geography_yaml(path: Path, folder: Path, found: BoundarySet, level: str, title: str) -> str:
    """The declaration of a guessed geography. JSON strings are YAML strings, whatever they hold."""
    also = [
        word
        for word in dict.fromkeys([found.code_field.lower(), _vintage(found.code_field) or level])
        if word != level
    ]
    finer = level == "oa" or _is_tiny(found)
    lines = [
        f"# {found.why}; mend the fields here if that is wrong.",
        "geography:",
        f"  id: {level}",
        f"  title: {canonical_json(title)}",
        f"  also: {canonical_json(also)}",
        *(["  finer_than_lsoa: true"] if finer else []),
        "  editions:",
        f"    - id: {canonical_json(_vintage(found.code_field) or level)}",
        f"      file: {canonical_json(_relative(path, folder))}",
        f"      code: {canonical_json(found.code_field)}",
        *([f"      name: {canonical_json(found.name_field)}"] if found.name_field else []),
    ]
    return "\n".join(lines) + "\n"


def _vintage(code_field: str) -> str:
    """LSOA11CD -> lsoa11: the level with its year; nothing where a program named the field."""
    if SERIAL_NAME.match(code_field.strip()):
        return ""
    return re.sub(r"_?(cd|code|id)$", "", code_field.lower())


def _is_tiny(found: BoundarySet) -> bool:
    if not found.codes:
        return False
    return bool(np.median(area_facts(found.wkb, found.epsg).area_m2) < SMALLER_THAN_ANY_LSOA_M2)


def _relative(path: Path, folder: Path) -> str:
    try:
        return Path(os.path.relpath(path.resolve(), folder.resolve())).as_posix()
    except ValueError:  # another drive
        return path.resolve().as_posix()
