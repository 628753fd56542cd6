"""Workspaces to begin with: the declarations of a domain, without any data."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

from harmscape.model.errors import HarmscapeError, nearest

TEMPLATES = ("soc", "police-uk", "consumer", "safeguarding")
"""`soc`: serious and organised crime in a police force; `police-uk`: the open data of data.police.uk;
`consumer`: complaints to a trading standards service; `safeguarding`: a multi-agency hub."""

_FOLDERS = re.compile(r"^(\s*data: )\[(.+)\]$")
_FILE = re.compile(r"^(\s*file: )data(/.+)$")
_LABEL = re.compile(r"^(\s*)# label: \{geography: lsoa,")
_BY = re.compile(r"\bby: grid_1km\b")


def template(name: str) -> Path:
    """The folder of a template: a workspace without data, in files as they are installed.

    Raises HarmscapeError for an unknown name.

    >>> sorted(path.name for path in template("police-uk").glob("*.yml"))
    ['harmscape.yml']
    """
    if name not in TEMPLATES:
        raise HarmscapeError(f"there is no template {name!r}{nearest(name, TEMPLATES)}")
    return Path(__file__).parent / name


def write_template(
    name: str, folder: Path, *, data: str = "data", by: str | None = None, label: str | None = None
) -> list[Path]:
    """Copy a template into a folder and point it at its data; the files written, in order.

    data: the folder with the data, relative to the workspace or absolute. by: the geography that is ranked
    unless a question names another. label: the geography whose codes stand in the column `LSOA code` of
    data.police.uk. The caller declares the geographies that `by` and `label` name.
    Raises HarmscapeError, before anything is written, if one of the files is there already.
    """
    begin = template(name)
    sources = sorted(begin.rglob("*.yml"))
    targets = [folder / path.relative_to(begin) for path in sources]
    there = [path.relative_to(folder).as_posix() for path in targets if path.exists()]
    if there:
        raise HarmscapeError(
            f"{folder} already has {there[0]}" + (f" and {len(there) - 1} more" if len(there) > 1 else "")
            + "; choose another folder, or remove them first"
        )  # fmt: skip
    for path, target in zip(sources, targets, strict=True):
        target.parent.mkdir(parents=True, exist_ok=True)
        lines = path.read_text(encoding="utf-8").splitlines()
        text = "\n".join(_filled(lines, folder, data=data, by=by, label=label)) + "\n"
        target.write_text(text, encoding="utf-8", newline="\n")
    return targets


def _filled(lines: list[str], folder: Path, *, data: str, by: str | None, label: str | None) -> Iterator[str]:
    for line in lines:
        filled = line
        if data != "data":
            filled = _FILE.sub(lambda found: found[1] + _quoted(f"{data.rstrip('/')}{found[2]}"), filled)
            filled = _FOLDERS.sub(
                lambda found: found[1] + _folders(found[2].split(", "), folder, data), filled
            )
        if by is not None:
            filled = _BY.sub(f"by: {by}", filled)
        if label is not None:
            filled = _LABEL.sub(rf"\1label: {{geography: {label},", filled)
        yield filled


def _folders(names: list[str], folder: Path, data: str) -> str:
    """The data folders: those that the template names and that are there, else the whole folder given."""
    wanted = [data.rstrip("/") + name.removeprefix("data") for name in names]
    there = [name for name in wanted if (folder / name).is_dir()] or [data]
    return f"[{', '.join(_quoted(name) for name in there)}]"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
